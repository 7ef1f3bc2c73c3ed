"""Many claims for the tests of lists: copies of one registered claim, put in as rows.

Real services make the first claim with all it hangs on; the copies differ in what a queue looks at.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from tests.services import registered_world
from workbench.db.engine import Database
from workbench.db.models import Centre, Claim, Insurer, Person, User, UserRole, WorkCounter, new_id
from workbench.persian.identifiers import make_national_code
from workbench.persian.text import normalise
from workbench.rules.workflow import OPEN_STATES, WAITING_STATES, Role
from workbench.services.access import Actor, actor_of
from workbench.services.claims.registration import register_claim

FAMILY_NAMES = ("کریمی", "رستمی", "يزدانى", "بهمنی", "نادری", "توکلی", "شریفی")
FIRST_NAMES = ("مهتاب", "کاوه", "سارا", "نگار", "سیاوش")
STATES = ("accepted",) * 5 + ("under_review", "parked", "returned", "finished", "ready_to_send")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hall:
    """What the copies hang on: ids to filter by, and the users."""

    insurer_id: int
    centre_ids: tuple[int, ...]
    person_ids: tuple[int, ...]
    assessor: Actor
    colleague: Actor
    lead: Actor
    template: dict[str, Any]


def open_hall(session: Session, now: datetime, *, people: int = 40, centres: int = 4) -> Hall:
    """One insurer with a contract, some people and centres, two assessors and a lead."""
    registered_world.build(session, now)
    first = register_claim(session, None, registered_world.direct(), now=now)
    claim = session.get_one(Claim, (first.insurer_id, first.claim_id))
    template = {column.key: getattr(claim, column.key) for column in Claim.__mapper__.columns}
    return Hall(
        insurer_id=first.insurer_id,
        centre_ids=tuple(_centre(session, n) for n in range(centres)),
        person_ids=tuple(_person(session, n) for n in range(people)),
        assessor=_user(session, now, "negar", Role.ASSESSOR),
        colleague=_user(session, now, "kaveh", Role.ASSESSOR),
        lead=_user(session, now, "lead", Role.LEAD),
        template=template,
    )


def add_claims(session: Session, hall: Hall, now: datetime, count: int) -> list[dict[str, Any]]:
    """``count`` copies over states, centres, people and days; returns their columns."""
    rows = [_copy(hall, now, n) for n in range(count)]
    for start in range(0, count, 500):
        session.execute(insert(Claim), rows[start : start + 500])
    for state in sorted({row["state"] for row in rows}):
        _count(session, hall.insurer_id, state, sum(row["state"] == state for row in rows))
    return rows


def filled_hall(database: Database, now: datetime, count: int) -> Hall:
    """An open hall with ``count`` claims."""

    def work(session: Session) -> Hall:
        hall = open_hall(session, now)
        add_claims(session, hall, now, count)
        return hall

    return database.in_tx(work)


def second_insurer(session: Session, now: datetime) -> int:
    """Another insurer, without a claim."""
    row = Insurer(id=new_id(), code="ins-2", name="بیمه دیگر")
    session.add(row)
    session.flush()
    return row.id


def plan_of(database: Database, statement: Any) -> str:
    """How the database would run a statement, as its EXPLAIN says."""
    with database.reading() as session:
        dialect = session.get_bind().dialect
        compiled = statement.compile(
            dialect=dialect, compile_kwargs={"render_postcompile": True, "literal_binds": False}
        )
        prefix = "EXPLAIN QUERY PLAN" if dialect.name == "sqlite" else "EXPLAIN"
        if dialect.name == "sqlite":
            values = tuple(compiled.construct_params()[name] for name in compiled.positiontup)
            values = tuple(v.replace(tzinfo=None) if isinstance(v, datetime) else v for v in values)
            rows = session.connection().exec_driver_sql(f"{prefix} {compiled}", values)
            return "\n".join(str(row[3]) for row in rows)
        session.execute(text("SET LOCAL enable_seqscan = off"))
        rows = session.connection().exec_driver_sql(
            f"{prefix} {compiled}", compiled.construct_params()
        )
        return "\n".join(str(row[0]) for row in rows)


def _copy(hall: Hall, now: datetime, n: int) -> dict[str, Any]:
    state = STATES[n % len(STATES)]
    registered_at = now - timedelta(hours=n % 200)
    is_sent = state != "ready_to_send"
    return hall.template | {
        "id": new_id(),
        "number": f"99{n:07d}",
        "tracking_code": f"1403/14/{n}/036/92",
        "state": state,
        "is_open": state in OPEN_STATES,
        "is_waiting": state in WAITING_STATES,
        "round": 1 + (n % 7 == 0),
        "centre_id": hall.centre_ids[n % len(hall.centre_ids)],
        "person_id": hall.person_ids[n % len(hall.person_ids)],
        "registered_at": registered_at,
        "accepted_at": registered_at if is_sent else None,
        # Several claims share an instant, so that the id decides their order.
        "due_at": now + timedelta(hours=n % 60 - 10) if is_sent else None,
        "cost_rial": 1_000_000 * (1 + n % 30),
        "open_finding_count": n % 3,
        "assignee_id": None,
        "lease_until_at": None,
        "account_id": hall.template["account_id"],
        "reservation_id": None,
        "case_on": date(2025, 11, 1),
    }


def _centre(session: Session, n: int) -> int:
    row = Centre(id=new_id(), code=f"q-{n}", name=f"مرکز {n}", province="تهران")
    session.add(row)
    session.flush()
    return row.id


def _person(session: Session, n: int) -> int:
    first = FIRST_NAMES[n % len(FIRST_NAMES)]
    last = FAMILY_NAMES[n % len(FAMILY_NAMES)]
    row = Person(
        id=new_id(),
        national_code=make_national_code(f"{300_000_000 + n}"),
        first_name=first,
        last_name=last,
        birth_on=date(1990, 1, 1),
        search_key=normalise(f"{last} {first}"),
        first_search_key=normalise(f"{first} {last}"),
    )
    session.add(row)
    session.flush()
    return row.id


def _user(session: Session, now: datetime, name: str, role: Role) -> Actor:
    row = User(id=new_id(), username=name, display_name=name.title(), created_at=now)
    session.add(row)
    session.flush()
    session.add(UserRole(user_id=row.id, role=role.value))
    session.flush()
    return actor_of(session, row)


def _count(session: Session, insurer_id: int, state: str, count: int) -> None:
    key = (insurer_id, state, 0)
    row = session.get(WorkCounter, key)
    if row is None:
        session.add(WorkCounter(insurer_id=insurer_id, state=state, shard=0, count=count))
    else:
        row.count += count
    session.flush()


def all_claims(session: Session) -> list[Claim]:
    """Every claim there is."""
    return list(session.scalars(select(Claim)))
