"""Sums of closed days: whatever came late or was undone, a figure is the plain count of steps."""

import itertools
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tests.services.office import CHILD_CODE, CLEAN, DIRECT, Office
from workbench.db.models import (
    ChangedDay,
    Claim,
    ClaimLine,
    ClaimStep,
    LineDeduction,
    MixSum,
    ReasonSum,
    StepSum,
    SumsUntil,
    WaitSum,
    new_id,
)
from workbench.db.queries import mix_sums, reason_sums, step_sums, wait_sums
from workbench.db.queries.throughput import STEPS_WITH_WAIT, Counted
from workbench.db.step_rows import AMOUNTS
from workbench.persian.jalali import day_of
from workbench.rules.steps import FINISH, INTO_WORK, OUT_OF_WORK, RETURN
from workbench.services.claim_steps import record_step
from workbench.services.step_sums import sum_closed_days
from workbench.services.verification_of_sums import sum_problems

NUMBERS = (CLEAN, CHILD_CODE, DIRECT)
MOVES = ("receive", "take", "finish", "return", "resubmit", "reopen", "send_to_finance")
CENTRES = (11, 12)
DAYS = 70
ROUNDS = itertools.count(10)
PARTED = ("assessor", "insurer", "centre")
COUNTED_IN = {ReasonSum: "lines", MixSum: "observed"}
BY = {"assessor": "actor_id", "insurer": "insurer_id", "centre": "centre_id", "kind": "kind"}


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
        at = office.now - timedelta(days=day, minutes=chance.randint(0, 600))
        claim.service_groups = chance.choice(("", "endo", "endo,resto"))
        claim.due_at = at + timedelta(days=chance.choice((-1, 1)))
        if action == FINISH:
            claim.round = next(ROUNDS)
            session.add_all(deductions(office, number, claim, chance))
            session.add_all(lines(session, claim, chance))
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


def all_steps(office: Office) -> Sequence[ClaimStep]:
    with office.database.reading() as session:
        return session.scalars(select(ClaimStep)).all()


def of(steps: Sequence[ClaimStep], counted: Counted) -> list[ClaimStep]:
    limits = {
        "centre_id": counted.centre_id,
        "actor_id": counted.assessor_id,
        "kind": counted.kind,
    }
    return [
        step
        for step in steps
        if counted.first_day <= step.day <= counted.last_day
        and (counted.insurer_ids is None or step.insurer_id in counted.insurer_ids)
        and all(want is None or getattr(step, name) == want for name, want in limits.items())
    ]


def counts(steps: Sequence[ClaimStep], key: Callable[[ClaimStep], Any]) -> dict[Any, Any]:
    """Steps, those that hold, those on time, by the key."""
    found: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    for step in steps:
        each = found[key(step)]
        each[0] += 1
        each[1] += not step.is_undone
        each[2] += bool(step.is_on_time) and not step.is_undone
    return {key: tuple(values) for key, values in found.items()}


def compare(office: Office, counted: Counted) -> None:
    """Every figure of the pages against a count in Python."""
    steps = of(all_steps(office), counted)
    flowing = [step for step in steps if step.action in INTO_WORK | OUT_OF_WORK]
    leaving = [step for step in steps if step.action in OUT_OF_WORK]
    finishes = [step for step in steps if step.action == FINISH and not step.is_undone]
    with office.database.reading() as session:
        found = step_sums.flows(session, counted)
        assert {
            (row.day, row.action): (row.steps, row.holding, row.on_time) for row in found
        } == counts(flowing, lambda step: (step.day, step.action))
        for group, name in BY.items():
            rows = step_sums.by_group(session, group, counted)
            assert {
                (row.key, row.action): (row.steps, row.holding, row.on_time) for row in rows
            } == counts(
                leaving if group == "assessor" else flowing,
                lambda step, n=name: (getattr(step, n), step.action),
            ), group
        came = sum(step.action in INTO_WORK for step in steps)
        assert step_sums.net_flow(session, counted) == came - len(leaving)
        amounts = step_sums.amounts(session, counted)
        assert amounts.cases == len(finishes)
        for name in AMOUNTS:
            assert getattr(amounts, name) == sum(getattr(step, name) for step in finishes)
        rounds = {row.round: row.cases for row in step_sums.rounds(session, counted)}
        assert rounds == Counter(step.round for step in finishes)
        for group in PARTED:
            compare_parts(step_sums.parts(session, group, counted), steps, BY[group])
        compare_reasons(session, counted, finishes)
        compare_hours(session, counted, steps, finishes)
        compare_mixes(session, counted, steps, finishes)


def compare_parts(rows: Sequence[Any], steps: Sequence[ClaimStep], name: str) -> None:
    wanted: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    for step in steps:
        if step.action in (FINISH, RETURN) and not step.is_undone:
            each = wanted[getattr(step, name)]
            each[0] += step.action == FINISH
            each[1] += step.action == RETURN
            each[2] += step.technical_deduction_rial or 0
    assert {
        row.key: [row.cases, row.returns, row.technical_deduction_rial] for row in rows
    } == wanted
    order = [row.technical_deduction_rial for row in rows]
    assert order == sorted(order, reverse=True)


def compare_reasons(session: Any, counted: Counted, finishes: Sequence[ClaimStep]) -> None:
    by_round = {(step.claim_id, step.round): step for step in finishes}
    rials: Counter[str] = Counter()
    of_parts: dict[str, Counter[Any]] = {group: Counter() for group in PARTED}
    for row in session.scalars(select(LineDeduction).where(LineDeduction.amount_rial > 0)):
        step = by_round.get((row.claim_id, row.round))
        if step is None:
            continue
        rials[row.reason] += row.amount_rial
        for group in PARTED:
            of_parts[group][getattr(step, BY[group]), row.reason] += row.amount_rial
    found = reason_sums.reasons(session, counted)
    assert {row.reason: row.amount_rial for row in found} == rials
    for group in PARTED:
        parts = reason_sums.part_reasons(session, group, counted)
        assert {(row.key, row.reason): row.amount_rial for row in parts} == of_parts[group]


def compare_hours(
    session: Any, counted: Counted, steps: Sequence[ClaimStep], finishes: Sequence[ClaimStep]
) -> None:
    waited = Counter(
        (step.former, step.action, step.round > 1, step.waited_minutes // 60)
        for step in steps
        if step.action in STEPS_WITH_WAIT and step.former and step.waited_minutes is not None
    )
    rows = wait_sums.waits(session, counted)
    assert {
        (row.former, row.action, bool(row.is_later), row.hours): row.steps for row in rows
    } == waited
    turned = Counter(
        step.round_minutes // 60 for step in finishes if step.round_minutes is not None
    )
    found = {row.hours: row.steps for row in wait_sums.turnaround(session, counted)}
    found.pop(None, None)
    assert found == turned


def compare_mixes(
    session: Session,
    counted: Counted,
    steps: Sequence[ClaimStep],
    finishes: Sequence[ClaimStep],
) -> None:
    """What the page of assessors reads, and the services."""
    by_round = {(step.claim_id, step.round): step for step in finishes}
    wanted: dict[Any, list[int]] = defaultdict(lambda: [0, 0, 0])
    services: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in session.scalars(select(ClaimLine)):
        step = by_round.get((row.claim_id, row.round))
        if step is None:
            continue
        values = (row.cost_rial, row.technical_deduction_rial or 0)
        services[row.code] = [a + b for a, b in zip(services[row.code], values, strict=True)]
        each = wanted[step.actor_id, "line", step.kind, row.code]
        wanted[step.actor_id, "line", step.kind, row.code] = [
            a + b for a, b in zip(each, (1, *values), strict=True)
        ]
    decisions = [step for step in steps if step.action in (FINISH, RETURN) and not step.is_undone]
    for step in decisions:
        unit = "later" if step.round > 1 else "first"
        each = wanted[step.actor_id, unit, step.kind, step.service_groups]
        each[0] += 1
        each[1] += 1
        each[2] += step.action == RETURN
    found = mix_sums.by_assessor(session, counted)
    assert {
        (row.key, row.unit, row.kind, row.mix): [row.size, row.weight, row.observed]
        for row in found
    } == {key: values for key, values in wanted.items() if key[0] is not None}
    found = mix_sums.services(session, counted)
    assert {row.key: [row.cost_rial, row.technical_deduction_rial] for row in found} == services
    squares = Counter[int | None]()
    for step in finishes:
        squares[step.actor_id] += (
            ((step.cost_rial or 0) + 500)
            // 1000
            * (((step.technical_deduction_rial or 0) + 500) // 1000)
        )
    money = {row.key: row.product for row in step_sums.money(session, counted)}
    assert money == {key: sum_ for key, sum_ in squares.items() if key is not None}
    reviewed = Counter(
        (step.actor_id, (m if m < 120 else m // 10 * 10))
        for step in decisions
        if step.former == "take" and step.actor_id and (m := step.waited_minutes) is not None
    )
    rows = wait_sums.reviews(session, counted)
    assert {(row.key, row.minutes): row.steps for row in rows} == reviewed


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
