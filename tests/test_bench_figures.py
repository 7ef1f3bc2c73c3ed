"""Claims made inside the database: their steps follow each other, and their sums are theirs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from scripts.bench import figures_part
from scripts.bench.figures_filling import fill_figures
from scripts.bench.figures_places import DAYS
from scripts.bench.figures_rows import CENTRES
from workbench.db.engine import Database
from workbench.db.models import CeilingEntry, Claim, ClaimStep, WorkCounter
from workbench.rules.referral_figures import Fate
from workbench.rules.steps import FINISH, INTO_WORK, OUT_OF_WORK
from workbench.services.figures.commission import read_commission
from workbench.services.figures.deductions import read_deductions
from workbench.services.figures.referrals import read_letters_figures
from workbench.services.figures.throughput import Wanted
from workbench.services.verification.of_sums import sum_problems

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


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    path = tmp_path_factory.mktemp("bench") / "whole.db"
    database = Database(f"sqlite:///{path}", synchronous="NORMAL")
    fill_figures(database, CLAIMS, now=NOW, tell=lambda _sentence: None, is_whole=True)
    yield database
    database.dispose()


OF_ROUND = "l.insurer_id = s.insurer_id AND l.claim_id = s.claim_id AND l.round = s.round"


def test_lines_and_reasons_sum_up_to_the_steps(whole: Database) -> None:
    amounts = ("cost", "tariff_reject", "technical_deduction", "patient_share")
    sums = [*amounts, "technical_approval"]
    wrong = " OR ".join(f"sum(l.{name}_rial) <> s.{name}_rial" for name in sums)
    lines = (
        f"SELECT s.id, count(*) FROM claim_step s JOIN claim_line l ON {OF_ROUND}"
        " WHERE s.action = 'finish' GROUP BY s.insurer_id, s.id HAVING count(*) <> 4 OR "
    )
    reasons = (
        "SELECT l.id, l.technical_deduction_rial, sum(d.amount_rial) FROM claim_line l"
        " LEFT JOIN line_deduction d ON d.insurer_id = l.insurer_id AND d.line_id = l.id"
        " GROUP BY l.insurer_id, l.id"
        " HAVING coalesce(l.technical_deduction_rial, 0) <> coalesce(sum(d.amount_rial), 0)"
        " OR count(d.id) <> count(DISTINCT d.reason)"
    )
    finishes = "SELECT count(*) FROM claim_step WHERE action IN ('finish', 'return')"
    with whole.reading() as session:
        assert session.execute(text(lines + wrong)).all() == []
        assert session.execute(text(reasons)).all() == []
        ends = session.scalar(text(finishes)) or 0
        assert session.scalar(text("SELECT count(*) FROM claim_line")) == 4 * ends
        returns = session.scalar(text("SELECT count(*) FROM claim_step WHERE action = 'return'"))
        named = session.scalar(
            text("SELECT count(*) FROM (SELECT DISTINCT claim_id, round FROM defect) AS d")
        )
        assert named == returns


def test_each_page_has_something_to_say_of_the_whole_filling(whole: Database) -> None:
    wanted = Wanted(first_on=NOW.date() - timedelta(days=1_400), last_on=NOW.date())
    with whole.reading() as session:
        found = read_deductions(session, figures_part.MANAGER, wanted, now=NOW, part_by="service")
        commission = read_commission(session, figures_part.MANAGER, wanted, now=NOW)
        letters = read_letters_figures(session, figures_part.MANAGER, wanted, now=NOW)
        expired = session.scalar(select(func.count()).where(CeilingEntry.kind == "expire"))
        orphans = session.execute(text("PRAGMA foreign_key_check")).all()
    assert (
        sum(each.amount_rial for each in found.reasons) == found.amounts["technical_deduction_rial"]
    )
    assert found.amounts["tariff_reject_rial"] and found.amounts["ceiling_reject_rial"]
    assert found.defects and all(part.first_reason for part in found.parts[:20])
    assert commission.total("decided") and commission.total("returned") and commission.groups
    assert len(commission.members) > 5 and (commission.on_time_percent or 0) > 50
    assert set(letters.whole.letters) == set(Fate)
    assert expired and letters.returned_rial
    assert {row[0] for row in orphans} <= {"claim"}
