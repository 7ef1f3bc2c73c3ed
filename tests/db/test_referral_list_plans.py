"""No page of letters reads all of them: said by EXPLAIN, over 20,000."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from tests.services import letter_rows, queue_rows
from tests.services.letter_rows import Drawer
from workbench.db.engine import Database
from workbench.db.queries import referral_lists as queries
from workbench.persian.jalali import day_of
from workbench.rules.workflow import ReferralState
from workbench.services.referrals.lists import ExpiringFilter, expiring_wanted

COUNT = 20_000
FULL_SCAN = re.compile(
    r"SCAN (referral|person|claim|referral_contact)\b"
    r"|Seq Scan on (referral|claim)\b"
)
SORT_OF_A_SCAN = re.compile(r"USE TEMP B-TREE FOR ORDER BY")


@pytest.fixture
def drawer(database: Database, now: datetime) -> Drawer:
    """Twenty thousand letters of two hundred people at twenty centres."""

    def work(session: Any) -> Drawer:
        made = letter_rows.open_drawer(session, now, people=200, centres=20)
        letter_rows.add_letters(session, made, now, COUNT)
        return made

    return database.in_tx(work)


def _lists(drawer: Drawer, now: datetime) -> Iterator[tuple[str, queries.Wanted, str]]:
    """Name, what is wanted, and the index its pages go by."""

    def expiring(**fields: Any) -> queries.Wanted:
        return expiring_wanted(drawer.reception, ExpiringFilter(**fields), now)

    contract = (drawer.insurer_id, drawer.contract_id)
    all_states = tuple(queries.Span(state=state) for state in ReferralState)
    everything = queries.Wanted(spans=all_states)
    yield "expiring", expiring(), "ix_referral_expiry"
    yield "one day", expiring(day_on=day_of(now)), "ix_referral_expiry"
    yield "insurer", expiring(insurer_id=drawer.insurer_id), "ix_referral_insurer_expiry"
    yield "contract", expiring(contract=contract), "expiry"
    yield "centre", expiring(centre_id=drawer.centre_ids[0]), "ix_referral_centre_expiry"
    yield "all", everything, "ix_referral_expiry"
    yield "number", replace(everything, number="900012"), "ix_referral_number"
    yield "name", replace(everything, name_key="کریمی مهتاب"), "ix_referral_person"
    yield "common name", replace(everything, name_key="کریمی", is_common_name=True), "expiry"


def _problems(database: Database, drawer: Drawer, now: datetime) -> list[str]:
    boundary = queries.Boundary(last_valid_on=day_of(now), referral_id=5)
    problems = []
    for name, wanted, index in _lists(drawer, now):
        pages = [
            queries.letter_rows(wanted, start, descending=is_back, size=26)
            for start, is_back in ((None, False), (boundary, False), (boundary, True))
        ]
        for statement in [*pages, queries.letter_total(wanted)]:
            plan = queue_rows.plan_of(database, statement)
            if FULL_SCAN.search(plan):
                problems.append(f"{name}: reads every row\n{plan}")
            if index not in plan:
                problems.append(f"{name}: not by {index}\n{plan}")
    return problems


def test_each_list_goes_by_its_index(database: Database, drawer: Drawer, now: datetime) -> None:
    # Without statistics, on an empty desk, SQLite may take a wider index, but never all letters.
    problems = [each for each in _problems(database, drawer, now) if "every row" in each]
    assert not problems, "\n\n".join(problems)
    database.refresh_statistics()
    database.dispose()
    problems = _problems(database, drawer, now)
    assert not problems, "\n\n".join(problems)


def test_a_page_of_the_expiring_is_read_in_order_and_not_sorted_whole(
    database: Database, drawer: Drawer, now: datetime
) -> None:
    if not database.is_sqlite:
        pytest.skip("the plan's words are those of SQLite")
    wanted = expiring_wanted(drawer.reception, ExpiringFilter(), now)
    boundary = queries.Boundary(last_valid_on=day_of(now), referral_id=5)
    plan = queue_rows.plan_of(
        database, queries.letter_rows(wanted, boundary, descending=False, size=26)
    )
    # One sort is left: that of the two short scans after they were joined.
    assert len(SORT_OF_A_SCAN.findall(plan)) == 1, plan


def test_the_sums_read_only_the_letters_of_the_days(
    database: Database, drawer: Drawer, now: datetime
) -> None:
    wanted = expiring_wanted(drawer.reception, ExpiringFilter(), now)
    for statement in (
        queries.reserve_by_day(wanted),
        queries.reserve_by_contract(wanted),
        queries.reserve_by_centre(wanted),
        queries.contact_counts(wanted),
    ):
        plan = queue_rows.plan_of(database, statement)
        assert "ix_referral_expiry" in plan, plan
        assert not FULL_SCAN.search(plan), plan
