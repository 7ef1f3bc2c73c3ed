"""Claims made inside the database: their steps follow each other, and their sums are theirs."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select

from scripts.bench import figures_part
from scripts.bench.figures_filling import DAYS, fill_figures
from scripts.bench.figures_rows import CENTRES
from workbench.db.engine import Database
from workbench.db.models import Claim, ClaimStep, WorkCounter
from workbench.rules.steps import FINISH, INTO_WORK, OUT_OF_WORK
from workbench.services.verification_of_sums import sum_problems

CLAIMS = 2_000
NOW = datetime.fromisoformat("2026-11-21T08:00:00+00:00")


@pytest.fixture
def filled(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path / 'figures.db'}", synchronous="NORMAL")
    meta = fill_figures(database, CLAIMS, now=NOW, tell=lambda _sentence: None)
    assert meta["steps"] > 5 * CLAIMS
    yield database
    database.dispose()


def test_steps_are_those_of_the_claims(filled: Database) -> None:
    with filled.reading() as session:
        counts = dict(
            session.execute(select(ClaimStep.action, func.count()).group_by(ClaimStep.action)).all()
        )
        claims = session.scalar(select(func.count()).select_from(Claim))
        in_work = session.scalar(
            select(func.sum(WorkCounter.count)).where(
                WorkCounter.state.in_(["accepted", "under_review"])
            )
        )
        days, centres = session.execute(
            select(
                func.max(ClaimStep.day) - func.min(ClaimStep.day),
                func.count(ClaimStep.centre_id.distinct()),
            )
        ).one()
        holding = session.scalar(
            select(func.count()).where(ClaimStep.action == FINISH, ClaimStep.is_undone.is_(False))
        )
        undone = session.scalar(select(func.count()).where(ClaimStep.is_undone.is_(True)))
    assert CLAIMS - 5 < counts["arrive"] == claims <= CLAIMS
    came = sum(counts[action] for action in INTO_WORK)
    left = sum(counts.get(action, 0) for action in OUT_OF_WORK)
    assert came - left == in_work
    assert (holding + undone, undone) == (counts["finish"], counts["reopen"])
    assert DAYS - 10 < days <= DAYS
    assert centres == CENTRES


def test_their_sums_are_sound(filled: Database) -> None:
    (summed,) = figures_part.sum_steps(filled, NOW)
    assert summed.note.startswith("1,4")
    with filled.reading() as session:
        assert [each for each in sum_problems(session) if each] == []
