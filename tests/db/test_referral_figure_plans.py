"""How the figures of letters are read: said by EXPLAIN, over 20,000."""

from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from tests.services import letter_rows, queue_rows
from tests.services.letter_rows import Drawer
from workbench.db.engine import Database
from workbench.db.queries import referral_figures as queries
from workbench.persian.jalali import TEHRAN, day_of

DAY = timedelta(days=1)
COUNT = 20_000


@pytest.fixture
def drawer(database: Database, now: datetime) -> Drawer:
    """Twenty thousand letters at twenty centres, and what SQLite's planner knows of them."""

    def work(session: Any) -> Drawer:
        made = letter_rows.open_drawer(session, now, people=200, centres=20)
        letter_rows.add_letters(session, made, now, COUNT)
        return made

    made = database.in_tx(work)
    database.refresh_statistics()
    database.dispose()
    return made


def of_days(now: datetime, days: int) -> queries.Within:
    first_on, last_on = day_of(now) - (days - 1) * DAY, day_of(now)
    return queries.Within(
        first_on=first_on,
        last_on=last_on,
        since=datetime.combine(first_on, time(), TEHRAN),
        until=datetime.combine(last_on + DAY, time(), TEHRAN),
        today=last_on,
    )


def test_few_of_all_letters_are_found_by_index(
    database: Database, drawer: Drawer, now: datetime
) -> None:
    quarter, years = of_days(now, 90), of_days(now, 1_461)
    for within, index in (
        (quarter, "ix_referral_expiry"),
        (replace(quarter, insurer_ids=[drawer.insurer_id]), "ix_referral_insurer_expiry"),
        (replace(years, insurer_ids=[drawer.insurer_id]), "ix_referral_insurer_expiry"),
        (replace(years, centre_id=drawer.centre_ids[0]), "ix_referral_centre_expiry"),
    ):
        plan = queue_rows.plan_of(database, queries.lives(within, "centre"))
        assert index in plan, plan


def test_most_of_all_letters_are_read_as_they_lie(
    database: Database, drawer: Drawer, now: datetime
) -> None:
    if not database.is_sqlite:
        pytest.skip("PostgreSQL plans it by its statistics")
    plan = queue_rows.plan_of(database, queries.lives(of_days(now, 1_461), "centre"))
    assert "SCAN referral" in plan and "ix_referral" not in plan, plan


def test_what_a_letter_gave_back_is_read_from_the_index_alone(
    database: Database, drawer: Drawer, now: datetime
) -> None:
    if not database.is_sqlite:
        pytest.skip("the plan's words are those of SQLite")
    plan = queue_rows.plan_of(database, queries.expired(of_days(now, 1_461)))
    assert "ceiling_entry USING COVERING INDEX ix_ceiling_entry_reservation" in plan, plan
