"""Many letters for the tests of lists: one that a service issued, and copies of it as rows."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from tests.services import desk as users
from tests.services import queue_rows
from tests.services import registered_world as world
from workbench.db.models import CeilingReservation, Referral, new_id
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.access import Actor

AMOUNT_RIAL = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawer:
    """What the copies hang on, and who reads them."""

    insurer_id: int
    contract_id: int
    centre_ids: tuple[int, ...]
    person_ids: tuple[int, ...]
    reception: Actor
    template: dict[str, Any]


def open_drawer(session: Session, now: datetime, *, people: int = 10, centres: int = 3) -> Drawer:
    """One insurer with one issued letter of a million, some people and centres, a reception."""
    world.build(session, now)
    letter = world.referral(session, now, issued_on=day_of(now), amount_rial=AMOUNT_RIAL)
    assert isinstance(letter, Referral)
    session.flush()
    columns = Referral.__mapper__.columns
    return Drawer(
        insurer_id=letter.insurer_id,
        contract_id=letter.contract_id,
        centre_ids=tuple(queue_rows._centre(session, n) for n in range(centres)),
        person_ids=tuple(queue_rows._person(session, n) for n in range(people)),
        reception=users.user(session, now, "reception-1", Role.RECEPTION),
        template={column.key: getattr(letter, column.key) for column in columns},
    )


def letter(
    session: Session, drawer: Drawer, number: str, last_valid_on: date, **changes: Any
) -> int:
    """A copy with a reservation of its own that holds its whole amount; returns its id."""
    values = drawer.template | {"id": new_id(), "number": number, "last_valid_on": last_valid_on}
    values |= changes
    reservation = CeilingReservation(
        insurer_id=drawer.insurer_id,
        id=new_id(),
        account_id=values["account_id"],
        reserved_left_rial=values["amount_rial"],
    )
    session.add(reservation)
    session.flush()
    values["reservation_id"] = reservation.id
    session.execute(insert(Referral), [values])
    return int(values["id"])


def add_letters(session: Session, drawer: Drawer, now: datetime, count: int) -> None:
    """``count`` copies over states, centres, people and days; one reservation for all of them."""
    states = ("issued", "issued", "amended", "in_use", "settled", "expired")
    rows = [
        drawer.template
        | {
            "id": new_id(),
            "number": f"{900_000 + n}",
            "state": states[n % len(states)],
            "last_valid_on": day_of(now) + timedelta(n % 120 - 59),
            "centre_id": drawer.centre_ids[n % len(drawer.centre_ids)],
            "person_id": drawer.person_ids[n % len(drawer.person_ids)],
        }
        for n in range(count)
    ]
    for start in range(0, count, 500):
        session.execute(insert(Referral), rows[start : start + 500])
