"""Two at the same plan at the same moment, each over a connection of its own: one result."""

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import import_bundle as bundles
import pytest
from plan_world import CLERK, Panel, decide, pack, plan, plan_of, unit, vote, word
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session
from test_import_plans import FILES, bundle
from test_import_plans import plan as plan_line

from workbench.db.engine import Database
from workbench.db.models import (
    AuditEvent,
    ImportRecord,
    Notice,
    PlanRound,
    PlanSeat,
    PlanUnit,
    PlanVote,
    Referral,
    TreatmentPlan,
)
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.services.commission.submission import submit_plan
from workbench.services.imports import import_folder
from workbench.services.imports.report import ImportReport

PATIENCE_SECONDS = 0.4
"""How long everybody stands at the lock before the first gets through."""


@pytest.fixture
def another(database_url: str) -> Iterator[Callable[[], Database]]:
    """``another()``: the same database opened once more, as another process opens it."""
    opened: list[Database] = []

    def open_it() -> Database:
        opened.append(Database(database_url))
        return opened[-1]

    yield open_it
    for each in opened:
        each.dispose()


@contextmanager
def holding(database: Database, rows: Select[Any]) -> Iterator[None]:
    """Rows are held while the others start, so that all of them have read before one writes."""
    with Session(database.write_engine) as session, session.begin():
        session.execute(rows.with_for_update()).all()
        yield
        time.sleep(PATIENCE_SECONDS)


def at_once(
    database: Database, rows: Select[Any], works: Sequence[Callable[[], object]]
) -> list[object]:
    """What each returned, or the code of its refusal."""

    def result(work: Callable[[], object]) -> object:
        try:
            return work()
        except Refused as refused:
            return refused.code

    with ThreadPoolExecutor(len(works)) as pool:
        with holding(database, rows):
            futures = [pool.submit(result, work) for work in works]
        return [future.result() for future in futures]


def count(database: Database, model: Any, *conditions: Any) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


PLANS = select(TreatmentPlan.id)
LETTERS = select(Referral.id)


def test_of_two_chairs_one_decides(
    database: Database, panel: Panel, now: datetime, another: Callable[[], Database]
) -> None:
    vote(database, panel, panel.members[0], "aa", now)
    vote(database, panel, panel.members[1], "ar", now)
    first, second, third = another(), another(), another()
    results = at_once(
        third,
        PLANS,
        [
            lambda: decide(first, panel, now, casting=[word(2, "a")]),
            lambda: decide(second, panel, now, panel.other_chair, casting=[word(2, "r")]),
        ],
    )
    number = plan_of(database).number
    assert Counter(results) == {number: 1, "wrong_state": 1}
    winner = (panel.chair, panel.other_chair)[results.index(number)]
    assert plan_of(database).result == ("approved" if winner is panel.chair else "partly_approved")
    assert count(database, PlanVote, PlanVote.is_casting.is_(True)) == 1
    assert count(database, AuditEvent, AuditEvent.action == "plan.decide") == 1
    assert count(database, Notice) == 1
    with database.reading() as session:
        assert session.scalars(select(PlanRound.closed_by_id)).one() == winner.user_id


def test_two_votes_at_once_both_count_and_decide_once(
    database: Database, panel: Panel, now: datetime, another: Callable[[], Database]
) -> None:
    desks, third = [another(), another()], another()
    results = at_once(
        third,
        PLANS,
        [
            lambda desk=desk, who=who: vote(desk, panel, who, "aa", now).is_decided  # type: ignore[misc]
            for desk, who in zip(desks, panel.members, strict=False)
        ],
    )
    assert Counter(results) == {True: 1, False: 1}
    row = plan_of(database)
    assert (row.votes, row.state, row.result) == (2, "decided", "approved")
    assert count(database, AuditEvent, AuditEvent.action == "plan.decide") == 1


def test_a_member_who_clicks_twice_votes_once(
    database: Database, panel: Panel, now: datetime, another: Callable[[], Database]
) -> None:
    first, second, third = another(), another(), another()
    results = at_once(
        third,
        PLANS,
        [
            lambda: vote(first, panel, panel.members[0], "aa", now).is_decided,
            lambda: vote(second, panel, panel.members[0], "rr", now).is_decided,
        ],
    )
    assert Counter(results) == {False: 1, "vote_twice": 1}
    assert plan_of(database).votes == 1
    assert (count(database, PlanVote), count(database, PlanSeat)) == (2, 1)


@pytest.mark.parametrize(("number", "code"), [(None, "plan_repeated"), ("1234567", "plan_exists")])
def test_a_plan_sent_twice_at_once_is_one(
    database: Database,
    panel: Panel,
    now: datetime,
    another: Callable[[], Database],
    number: str | None,
    code: str,
) -> None:
    sent = plan(number=number, units=(unit(tooth=46),), images=pack(first_shade=30))

    def submit(desk: Database) -> str:
        desk.in_tx(lambda s: submit_plan(s, CLERK, sent, now=now).number)
        return "taken in"

    first, second, third = another(), another(), another()
    results = at_once(third, LETTERS, [lambda: submit(first), lambda: submit(second)])
    assert Counter(results) == {"taken in": 1, code: 1}
    assert count(database, PlanUnit, PlanUnit.tooth == 46) == 1


def test_an_import_that_runs_twice_at_once_lands_a_plan_once_and_refuses_nothing(
    database: Database,
    now: datetime,
    another: Callable[[], Database],
    store: EvidenceStore,
    tmp_path: Path,
) -> None:
    folder = bundles.write(tmp_path / "in", bundle(), bundles.IMAGES | FILES)
    import_folder(database, store, folder, now=now)
    bundles.write(tmp_path / "in", bundle(plan_line()), bundles.IMAGES | FILES)

    def load(desk: Database) -> ImportReport:
        return import_folder(desk, store, folder, now=now)

    first, second, third = another(), another(), another()
    reports = at_once(third, LETTERS, [lambda: load(first), lambda: load(second)])
    outcomes: Counter[str] = Counter()
    for report in reports:
        assert isinstance(report, ImportReport)
        assert [row.sentence for row in report.refused] == []
        outcomes.update(report.counts()["plans"])
    assert outcomes == {"landed": 1, "unchanged": 1}
    assert count(database, TreatmentPlan) == count(database, PlanUnit) == 1
    assert count(database, ImportRecord, ImportRecord.kind == "plans") == 1
