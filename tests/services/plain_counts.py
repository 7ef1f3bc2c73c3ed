"""What the figures must be: every one of them counted in Python, step by step."""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.services.office import Office
from workbench.db.models import ClaimLine, ClaimStep, Defect, LineDeduction
from workbench.db.queries import mix_sums, reason_sums, step_sums, wait_sums
from workbench.db.queries.throughput import STEPS_WITH_WAIT, Counted
from workbench.db.step_rows import AMOUNTS
from workbench.rules.sampling import amount_band
from workbench.rules.steps import FINISH, INTO_WORK, OUT_OF_WORK, RETURN

PARTED = ("assessor", "insurer", "centre")
BY = {"assessor": "actor_id", "insurer": "insurer_id", "centre": "centre_id", "kind": "kind"}


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
        compare_service_reasons(session, counted, finishes)
        compare_defects(session, counted, steps)
        compare_bands(session, counted, finishes)


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
        (step.actor_id, binned(m))
        for step in decisions
        if step.former == "take" and step.actor_id and (m := step.waited_minutes) is not None
    )
    rows = wait_sums.reviews(session, counted)
    assert {(row.key, row.minutes): row.steps for row in rows} == reviewed


def binned(minutes: int) -> int:
    """By the minute, then by two, five and ten of them, then by hours."""
    for below, width in ((20, 1), (60, 2), (120, 5), (480, 10)):
        if minutes < below:
            return minutes - minutes % width
    return minutes - minutes % 60


def compare_service_reasons(
    session: Session, counted: Counted, finishes: Sequence[ClaimStep]
) -> None:
    by_round = {(step.claim_id, step.round) for step in finishes}
    codes = {line.id: line.code for line in session.scalars(select(ClaimLine))}
    wanted: Counter[tuple[str, str]] = Counter()
    for row in session.scalars(select(LineDeduction).where(LineDeduction.amount_rial > 0)):
        if (row.claim_id, row.round) in by_round:
            wanted[codes[row.line_id], row.reason] += row.amount_rial
    found = mix_sums.service_reasons(session, counted)
    assert {(code, reason): amount for code, reason, amount in found} == wanted


def compare_defects(session: Session, counted: Counted, steps: Sequence[ClaimStep]) -> None:
    """Each return by each of its defects once; again if an earlier round had it too."""
    rounds: dict[Any, set[str]] = defaultdict(set)
    for row in session.scalars(select(Defect)):
        rounds[row.claim_id, row.round].add(row.reason)
    wanted: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for step in steps:
        if step.action != RETURN:
            continue
        for reason in rounds[step.claim_id, step.round]:
            wanted[reason][0] += 1
            wanted[reason][1] += any(
                reason in named
                for (claim_id, number), named in list(rounds.items())
                if claim_id == step.claim_id and number < step.round
            )
    found = mix_sums.defects(session, counted)
    assert {row.reason: [row.returns, row.repeated] for row in found} == wanted


def compare_bands(session: Session, counted: Counted, finishes: Sequence[ClaimStep]) -> None:
    found = mix_sums.bands(session, counted)
    assert {(row.insurer_id, int(row.band), row.key): row.cases for row in found} == Counter(
        (step.insurer_id, amount_band(step.cost_rial or 0), step.actor_id)
        for step in finishes
        if step.actor_id is not None
    )
