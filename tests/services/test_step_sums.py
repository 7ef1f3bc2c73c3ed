"""Sums of closed days: whatever came late or was undone, a figure is the plain count of steps."""

import itertools
import random
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tests.services.office import CHILD_CODE, CLEAN, DIRECT, Office
from tests.services.plain_counts import compare
from workbench.db.models import (
    ChangedDay,
    Claim,
    ClaimLine,
    ClaimStep,
    Defect,
    LineDeduction,
    MixSum,
    ReasonSum,
    StepSum,
    SumsUntil,
    WaitSum,
    new_id,
)
from workbench.db.queries import reason_sums, step_sums
from workbench.db.queries.throughput import Counted
from workbench.db.step_rows import AMOUNTS
from workbench.persian.jalali import day_of
from workbench.rules.sampling import BANDS_RIAL
from workbench.rules.steps import FINISH, RETURN
from workbench.services.claims.steps import record_step
from workbench.services.figures.step_sums import sum_closed_days
from workbench.services.verification.of_sums import sum_problems

NUMBERS = (CLEAN, CHILD_CODE, DIRECT)
MOVES = ("receive", "take", "finish", "return", "resubmit", "reopen", "send_to_finance")
CENTRES = (11, 12)
DAYS = 70
DEFECTS = ("R01", "R03")
ROUNDS = itertools.count(10)
COUNTED_IN = {ReasonSum: "lines", MixSum: "observed"}


def move(office: Office, number: str, action: str, day: int, chance: random.Random) -> None:
    """A step by the service, on any day and in any order, of a case as it might be."""
    actors = (office.desk.assessor.user_id, office.desk.lead.user_id, None)

    def work(session: Any) -> None:
        claim = office.claim(number)
        claim.centre_id = chance.choice(CENTRES)
        claim.kind = chance.choice(("direct", "indirect"))
        claim.round = chance.randint(1, 3)
        for name in AMOUNTS:
            setattr(claim, name, chance.randint(0, 9_000_000))
        claim.cost_rial = chance.choice((9_000, BANDS_RIAL[0] - 1, *BANDS_RIAL))
        at = office.now - timedelta(days=day, minutes=chance.randint(0, 600))
        claim.service_groups = chance.choice(("", "endo", "endo,resto"))
        claim.due_at = at + timedelta(days=chance.choice((-1, 1)))
        if action == FINISH:
            claim.round = next(ROUNDS)
            session.add_all(deductions(office, number, claim, chance))
            session.add_all(lines(session, claim, chance))
        if action == RETURN:
            claim.round = next(ROUNDS)
            session.add_all(defects(claim, chance))
        record_step(session, claim, action, actor_id=chance.choice(actors), at=at)

    office.database.in_tx(work)


def deductions(
    office: Office, number: str, claim: Claim, chance: random.Random
) -> list[LineDeduction]:
    """Some of the round, two on one line for one reason among them."""
    return [
        LineDeduction(
            insurer_id=claim.insurer_id,
            claim_id=claim.id,
            round=claim.round,
            line_id=office.line_id(number),
            reason=chance.choice(("D03", "D05")),
            amount_rial=chance.choice((0, 1_000, 70_000)),
            at=office.now,
            actor_id=office.desk.lead.user_id,
        )
        for _ in range(chance.randint(0, 3))
    ]


def defects(claim: Claim, chance: random.Random) -> list[Defect]:
    """Some of the round, the same twice among them."""
    return [
        Defect(
            insurer_id=claim.insurer_id,
            claim_id=claim.id,
            round=claim.round,
            reason=chance.choice(DEFECTS),
            scope="case",
        )
        for _ in range(chance.randint(0, 3))
    ]


def lines(session: Session, claim: Claim, chance: random.Random) -> list[ClaimLine]:
    """Some of the round, two with one code among them."""
    first = session.scalars(select(ClaimLine).filter_by(claim_id=claim.id).limit(1)).one()
    same = {column.name: getattr(first, column.name) for column in ClaimLine.__table__.c}
    changed = ("id", "round", "number", "code", "technical_deduction_rial")
    values = {name: value for name, value in same.items() if name not in changed}
    return [
        ClaimLine(
            **values,
            id=new_id(),
            round=claim.round,
            number=number,
            code=chance.choice(("a", "b")),
            technical_deduction_rial=chance.choice((None, 0, 70_000)),
        )
        for number in range(chance.randint(0, 3))
    ]


def sums(office: Office, days_ago: int = 0) -> int:
    now = office.now - timedelta(days=days_ago)
    done = sum_closed_days(office.database, now=now, least_steps=1)
    return len(list(done))


def problems(office: Office) -> list[str]:
    with office.database.reading() as session:
        return [each for each in sum_problems(session) if each is not None]


def periods(office: Office, chance: random.Random) -> list[Counted]:
    """All there is, and some of it by every filter."""
    today = day_of(office.now).toordinal()
    insurer_id = office.keys[CLEAN].insurer_id
    filters: list[dict[str, Any]] = [
        {},
        {"insurer_ids": [insurer_id]},
        {"centre_id": CENTRES[0]},
        {"assessor_id": office.desk.lead.user_id},
        {"kind": "direct"},
        {"centre_id": CENTRES[1], "assessor_id": office.desk.assessor.user_id},
    ]
    found = [Counted(first_day=today - DAYS - 2, last_day=today, **each) for each in filters]
    first, last = sorted(today - chance.randint(0, DAYS) for _ in range(2))
    return [*found, Counted(first_day=first, last_day=last, **chance.choice(filters))]


MOVED = st.tuples(
    st.sampled_from(NUMBERS), st.sampled_from(MOVES), st.integers(min_value=0, max_value=DAYS)
)
SUMMED = st.integers(min_value=0, max_value=DAYS)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 10**6), done=st.lists(st.one_of(MOVED, SUMMED), max_size=15))
def test_figures_are_plain_counts_whatever_was_summed_and_when(
    office: Office, seed: int, done: list[Any]
) -> None:
    chance = random.Random(seed)
    for each in done:
        if isinstance(each, int):
            sums(office, each)
        else:
            move(office, *each, chance)
    for counted in periods(office, chance):
        compare(office, counted)
    assert problems(office) == []


@pytest.fixture
def summed(office: Office) -> Office:
    """Three months of steps, summed up to three days ago."""
    chance = random.Random(7)
    for day in range(DAYS, 2, -1):
        move(office, chance.choice(NUMBERS), chance.choice(MOVES), day, chance)
    assert sums(office) == DAYS - 1
    return office


def test_a_small_desk_is_counted_plainly_until_it_has_begun(summed: Office) -> None:
    day_later = summed.now + timedelta(days=1)
    assert len(list(sum_closed_days(summed.database, now=day_later))) == 1
    summed.database.in_tx(lambda session: session.execute(delete(SumsUntil)))
    assert list(sum_closed_days(summed.database, now=day_later)) == []


def test_months_and_days_are_summed_once(summed: Office) -> None:
    with summed.database.reading() as session:
        spans = {row[0] for row in session.execute(select(StepSum.span))}
        until = session.scalar(select(SumsUntil.day))
    assert spans == {"day", "month"}
    assert until == day_of(summed.now).toordinal() - 2
    assert sums(summed) == 0
    assert problems(summed) == []


def test_a_late_step_is_counted_at_once_and_summed_later(summed: Office) -> None:
    chance = random.Random(1)
    move(summed, CLEAN, "finish", 60, chance)
    with summed.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ChangedDay)) == 1
    for counted in periods(summed, chance):
        compare(summed, counted)
    assert sums(summed) == 1
    with summed.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ChangedDay)) == 0
    for counted in periods(summed, chance):
        compare(summed, counted)
    assert problems(summed) == []


def test_a_finish_undone_after_its_day_was_summed_counts_no_more(summed: Office) -> None:
    chance = random.Random(2)
    move(summed, CLEAN, "finish", 50, chance)
    sums(summed)
    whole = periods(summed, chance)[0]
    with summed.database.reading() as session:
        before = step_sums.amounts(session, whole).cases
    move(summed, CLEAN, "reopen", 0, chance)
    with summed.database.reading() as session:
        assert step_sums.amounts(session, whole).cases == before - 1
    compare(summed, whole)


def test_who_has_only_an_undone_finish_is_no_assessor_of_the_period(summed: Office) -> None:
    chance = random.Random(6)
    actor_id = summed.colleague.user_id

    def finish(session: Session) -> None:
        at = summed.now - timedelta(days=30)
        record_step(session, summed.claim(CLEAN), "finish", actor_id=actor_id, at=at)

    summed.database.in_tx(finish)
    sums(summed)
    move(summed, CLEAN, "reopen", 0, chance)
    sums(summed)
    whole = periods(summed, chance)[0]
    with summed.database.reading() as session:
        assert actor_id not in {row.key for row in step_sums.money(session, whole)}
    compare(summed, whole)


def test_a_decision_without_a_former_step_has_no_hours_and_is_summed(summed: Office) -> None:
    chance = random.Random(5)
    move(summed, CLEAN, "finish", 40, chance)
    alone = {"former": None, "waited_minutes": None, "round_minutes": None}
    last = select(func.max(ClaimStep.id)).scalar_subquery()
    summed.database.in_tx(
        lambda session: session.execute(
            update(ClaimStep).where(ClaimStep.id == last).values(alone),
            execution_options={"synchronize_session": False},
        )
    )
    sums(summed)
    for counted in periods(summed, chance):
        compare(summed, counted)


def test_today_marks_no_day(summed: Office) -> None:
    move(summed, CLEAN, "take", 0, random.Random(3))
    with summed.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ChangedDay)) == 0
    compare(summed, periods(summed, random.Random(3))[0])


def test_lines_with_a_reason_are_counted_once_a_round(summed: Office) -> None:
    chance = random.Random(8)
    whole = periods(summed, chance)[0]

    def lines() -> int:
        with summed.database.reading() as session:
            return sum(row.lines for row in reason_sums.reasons(session, whole))

    before = lines()
    summed.database.in_tx(
        lambda session: session.add_all(
            LineDeduction(
                insurer_id=summed.keys[CLEAN].insurer_id,
                claim_id=summed.keys[CLEAN].claim_id,
                round=1,
                line_id=summed.line_id(CLEAN),
                reason="D03",
                amount_rial=amount,
                at=summed.now,
                actor_id=summed.desk.lead.user_id,
            )
            for amount in (5, 6, 0)
        )
    )

    def finish(session: Any) -> None:
        claim = summed.claim(CLEAN)
        at = summed.now - timedelta(days=30)
        record_step(session, claim, "finish", actor_id=None, at=at)

    summed.database.in_tx(finish)
    assert lines() == before + 1
    sums(summed)
    assert lines() == before + 1


@pytest.mark.parametrize("table", [StepSum, WaitSum, ReasonSum, MixSum])
@pytest.mark.parametrize("span", ["day", "month"])
def test_verify_finds_a_changed_sum(summed: Office, table: Any, span: str) -> None:
    def change(session: Any) -> None:
        at = select(func.max(table.span_at)).where(table.span == span).scalar_subquery()
        changed = update(table).where(table.span == span, table.span_at == at)
        column = getattr(table, COUNTED_IN.get(table, "steps"))
        session.execute(changed.values({column: column + 1}))

    summed.database.in_tx(change)
    (first, *_others) = problems(summed)
    assert first.startswith(f"sums of {span} ")


def test_verify_finds_a_step_that_no_one_marked(summed: Office) -> None:
    def unmark(session: Any) -> None:
        for mark in session.scalars(select(ChangedDay)).all():
            session.delete(mark)

    move(summed, CLEAN, "take", 40, random.Random(4))
    assert problems(summed) == []
    summed.database.in_tx(unmark)
    assert problems(summed)
