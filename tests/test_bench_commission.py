"""The plans the bench fills in are ones that the inbox, the plan page and ``verify`` can read."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from scripts.bench import commission_part, filling
from workbench.db.engine import Database
from workbench.db.models import TreatmentPlan
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.inbox import Tab, count_inbox, read_inbox
from workbench.services.commission.reading import read_clock, read_plan
from workbench.services.verification.verification import verify

NOW = datetime.fromisoformat("2026-11-21T08:00:00+00:00")
PLANS = filling.PlanCount(open_plans=400, closed_plans=800, people=300, members=5)


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bench") / "plans.db"
    filling.fill_sqlite(path, 100, now=NOW, tell=lambda _sentence: None, plans=PLANS)
    return path


@pytest.fixture
def filled(filled_file: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{filled_file}", synchronous="NORMAL")
    yield database
    database.dispose()


def test_so_many_plans_are_open_and_closed_as_asked(filled: Database) -> None:
    with filled.reading() as session:
        found = session.execute(
            select(TreatmentPlan.state, func.count()).group_by(TreatmentPlan.state)
        )
        counts = {state: count for state, count in found}
        checks = verify(session, now=NOW).checks
    # Its plans come past the services: their decisions have no event.
    assert [check.name for check in checks if check.problems] == ["plans"]
    assert counts["decided"] == PLANS.closed_plans
    assert counts["submitted"] + counts["returned"] == PLANS.open_plans
    assert counts["returned"]


def test_every_list_of_the_inbox_has_plans(filled: Database) -> None:
    chairs, member = commission_part.readers(filled)
    with filled.reading() as session:
        counts = count_inbox(session, chairs[0].actor, now=NOW)
        own = count_inbox(session, member.actor, now=NOW)
    lists = set(counts) - {Tab.VOTE, Tab.MINE}
    assert {tab for tab in lists if counts[tab][0]} == lists
    assert own[Tab.MINE][0]


def test_a_plan_can_be_opened(filled: Database) -> None:
    chairs, _member = commission_part.readers(filled)
    chair = chairs[0].actor
    with filled.reading() as session:
        row = read_inbox(session, chair, Tab.OPEN, now=NOW).rows[0]
        place = PlanPlace(insurer_id=row.insurer_id, plan_id=row.plan_id)
        view = read_plan(session, chair, place, now=NOW)
        assert read_clock(session, chair, place, now=NOW).clock == view.clock
    assert (view.number, len(view.images)) == (row.number, 4)
    assert view.pack.missing == ()


def test_what_finds_a_list_is_told_from_what_its_rows_show(filled: Database) -> None:
    chairs, _member = commission_part.readers(filled)
    results = commission_part.measure_list(
        filled, chairs[0], commission_part.Asked("open", Tab.OPEN), NOW
    )
    assert [result.name.rpartition(", ")[2] for result in results] == ["first page", "page by key"]
    assert all(result.measured > 0 for result in results)
