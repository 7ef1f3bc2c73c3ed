"""``verify`` finds a letter whose state, reserve and cases contradict each other."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import registered_world as world
from sqlalchemy import update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import CeilingReservation, Referral
from workbench.services.referrals.expiry import expire_referrals
from workbench.services.verification.of_letters import letter_problems


def fill(database: Database, now: datetime) -> None:
    """One letter in use with a case, one unused."""

    def work(session: Session) -> None:
        world.build(session, now)
        world.referral(session, now)
        world.referral(session, now, "700002")
        world.batch(session, now)
        world.register_claim(session, None, world.indirect(), now=now)

    database.in_tx(work)


@pytest.fixture
def desk(database: Database, prepared: Callable[..., Any], now: datetime) -> Database:
    prepared(fill, now)
    return database


def problems(database: Database) -> list[str]:
    with database.reading() as session:
        return [problem for problem in letter_problems(session) if problem]


def test_two_sound_letters_are_counted(desk: Database, now: datetime) -> None:
    with desk.reading() as session:
        assert list(letter_problems(session)) == [None, None]
    expire_referrals(desk, now=now + timedelta(days=400))
    assert problems(desk) == []


@pytest.mark.parametrize(
    ("number", "columns", "problem"),
    [
        ("700002", {"state": "expired"}, "has ended and still holds a reserve"),
        ("700002", {"state": "cancelled"}, "has ended and still holds a reserve"),
        ("700002", {"state": "requested"}, "is not approved and holds a reserve"),
        ("700001", {"state": "requested"}, "is not approved and has a case"),
        ("700001", {"state": "issued"}, "is unused and has a case"),
        ("700001", {"first_service_at": None}, "is in use without a first service"),
        ("700002", {"amount_rial": 9_999_999}, "holds more than its amount"),
    ],
)
def test_a_letter_changed_behind_the_programs_back_is_named(
    desk: Database, number: str, columns: dict[str, Any], problem: str
) -> None:
    change = update(Referral).where(Referral.number == number).values(**columns)
    desk.in_tx(lambda session: session.execute(change))
    assert f"referral {number} {problem}" in problems(desk)


def test_an_ended_letter_with_a_case_is_named(desk: Database) -> None:
    def work(session: Session) -> None:
        session.execute(update(CeilingReservation).values(reserved_left_rial=0))
        session.execute(update(Referral).where(Referral.number == "700001").values(state="expired"))

    desk.in_tx(work)
    assert problems(desk) == ["referral 700001 has ended unused and has a case"]
