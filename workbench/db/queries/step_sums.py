"""Sums over steps for the managers' figures: of closed days as summed, of the others plainly.

Each statement joins the pieces of its period (``rules.closed_days``), so a figure is the plain
count of its steps, whatever is summed. By centre and assessor at once nothing is summed.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Subquery,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from workbench.db.models import ChangedDay, ClaimStep, Insurer, StepSum, SumsUntil
from workbench.db.models.step_sum import (
    DAY,
    MONTH,
    OF_ASSESSOR,
    OF_CENTRE,
    REVIEW_TOTAL,
    TOTAL,
    WHOLE,
)
from workbench.db.queries.listed import Rows
from workbench.db.queries.throughput import Counted, limited
from workbench.db.step_rows import AMOUNTS
from workbench.rules.closed_days import Pieces, numbers_between, pieces_of
from workbench.rules.steps import FINISH, INTO_WORK, OUT_OF_WORK, RETURN

COUNTS = ("steps", "holding", "on_time")
KILO = 1_000
SCOPE_KEYS = {
    OF_CENTRE: ClaimStep.centre_id,
    OF_ASSESSOR: func.coalesce(ClaimStep.actor_id, literal_column("0")),
}


def _kilo(column: Any) -> ColumnElement[Any]:
    """Rials as thousands, rounded: sums of their squares stay whole numbers of eight bytes."""
    return cast((column + KILO // 2) // KILO, BigInteger)


SQUARES = {
    "cost_squared": _kilo(ClaimStep.cost_rial) * _kilo(ClaimStep.cost_rial),
    "deduction_squared": _kilo(ClaimStep.technical_deduction_rial)
    * _kilo(ClaimStep.technical_deduction_rial),
    "product": _kilo(ClaimStep.cost_rial) * _kilo(ClaimStep.technical_deduction_rial),
}
PIECES_MAX = 60
"""Ranges that one statement joins; a period of more pieces is counted plainly."""


def pieces(session: Session, counted: Counted, *, has_months: bool = True) -> Pieces:
    """What of the period is summed."""
    is_within = ChangedDay.day.between(counted.first_day, counted.last_day)
    changed: Rows = select(literal_column("1"), ChangedDay.day).where(is_within).distinct()
    if counted.insurer_ids is not None:
        changed = changed.where(ChangedDay.insurer_id.in_(counted.insurer_ids))
    rows = session.execute(union_all(select(literal_column("0"), SumsUntil.day), changed)).all()
    found = pieces_of(
        counted.first_day,
        counted.last_day,
        until=max((day for is_changed, day in rows if not is_changed), default=0),
        changed={day for is_changed, day in rows if is_changed},
        has_months=has_months,
    )
    is_long = len(found.months) + len(found.days) + len(found.plain) > PIECES_MAX
    return plainly(counted) if is_long else found


def plainly(counted: Counted) -> Pieces:
    """The whole period by its steps."""
    return Pieces(plain=((counted.first_day, counted.last_day),))


def flows(session: Session, counted: Counted) -> list[Any]:
    """Day, action and ``COUNTS``: all steps, those that hold, those on time."""
    source = _counts(session, counted, sorted(INTO_WORK | OUT_OF_WORK), COUNTS, has_months=False)
    day, action = source.c.span_at.label("day"), source.c.action
    statement = select(day, action, *sums_of(source, COUNTS)).group_by(day, action)
    return list(session.execute(statement))


def by_group(session: Session, group: str, counted: Counted) -> list[Any]:
    """Key of the group, action and ``COUNTS``; of an assessor only what leaves work."""
    actions = sorted(OUT_OF_WORK if group == "assessor" else INTO_WORK | OUT_OF_WORK)
    source = _counts(session, counted, actions, COUNTS, group=group)
    key = key_of(source, group)
    statement = select(key, source.c.action, *sums_of(source, COUNTS))
    return list(session.execute(statement.group_by(key, source.c.action)))


def step_count(session: Session, counted: Counted, actions: Sequence[str]) -> int:
    """How many such steps there are."""
    source = _counts(session, counted, actions, ("steps",))
    return int(session.scalar(select(*sums_of(source, ("steps",)))) or 0)


def net_flow(session: Session, counted: Counted) -> int:
    """How many cases more came into work than left it."""
    if counted.last_day < counted.first_day:
        return 0
    came = step_count(session, counted, sorted(INTO_WORK))
    return came - step_count(session, counted, sorted(OUT_OF_WORK))


def amounts(session: Session, counted: Counted) -> Any:
    """``cases``: the finishes that hold, and the sums of their seven columns."""
    source = _counts(session, counted, (FINISH,), ("holding", *AMOUNTS))
    cases, *sums = sums_of(source, ("holding", *AMOUNTS))
    return session.execute(select(cases.label("cases"), *sums)).one()


def rounds(session: Session, counted: Counted) -> list[Any]:
    """In which round cases were finished, and how many."""
    source = _counts(session, counted, (FINISH,), ("holding",))
    cases = sums_of(source, ("holding",))[0].label("cases")
    statement = select(source.c.round, cases).group_by(source.c.round).having(cases > 0)
    return list(session.execute(statement.order_by(source.c.round)))


def parts(session: Session, group: str, counted: Counted) -> list[Any]:
    """Key, finished cases, their cost, deduction and payable, and returns, by deduction."""
    names = ("cost_rial", "technical_deduction_rial", "payable_rial")
    source = _counts(session, counted, (FINISH, RETURN), ("holding", *names), group=group)
    key = key_of(source, group)
    is_finish = source.c.action == FINISH
    cost, deduction, payable = sums_of(source, names)
    statement = select(
        key,
        whole(case((is_finish, source.c.holding), else_=0)).label("cases"),
        *(cost, deduction, payable),
        whole(case((is_finish, 0), else_=source.c.holding)).label("returns"),
    )
    rows = statement.group_by(key).having(whole(source.c.holding) > 0)
    return list(session.execute(rows.order_by(deduction.desc(), key)))


def money(session: Session, counted: Counted) -> list[Any]:
    """Assessor, finishes that hold, their cost and deduction, and ``SQUARES``."""
    names = ("holding", "cost_rial", "technical_deduction_rial", *SQUARES)
    source = _counts(session, counted, (FINISH,), names, group="assessor")
    key = key_of(source, "assessor")
    statement = select(key, *sums_of(source, names)).where(source.c.key != 0).group_by(key)
    return list(session.execute(statement.having(whole(source.c.holding) > 0)))


def named(**columns: Any) -> list[Any]:
    return [column.label(name) for name, column in columns.items()]


def sums_of(source: Subquery, names: Sequence[str]) -> list[Any]:
    return [whole(source.c[name]).label(name) for name in names]


def whole(column: Any) -> ColumnElement[int]:
    """Summed as a whole number, 0 where there is nothing."""
    return cast(func.coalesce(func.sum(column), 0), BigInteger)


def key_of(source: Subquery, group: str) -> ColumnElement[Any]:
    """What a row of the source is of; None where it is nobody\'s."""
    if group in ("insurer", "kind"):
        return source.c["insurer_id" if group == "insurer" else "kind"].label("key")
    return func.nullif(source.c.key, literal_column("0")).label("key")


def scope_of(counted: Counted, group: str | None) -> tuple[str, Any, int | None] | None:
    """The scope that tells the period apart as asked, its column, its key; None: there is none."""
    by_centre = counted.centre_id is not None or group == "centre"
    by_assessor = counted.assessor_id is not None or group == "assessor"
    if by_centre and by_assessor:
        return None
    if by_centre:
        return OF_CENTRE, SCOPE_KEYS[OF_CENTRE], counted.centre_id
    if by_assessor:
        return OF_ASSESSOR, SCOPE_KEYS[OF_ASSESSOR], counted.assessor_id
    return WHOLE, literal(0), None


def _counts(
    session: Session,
    counted: Counted,
    actions: Sequence[str],
    names: Sequence[str],
    *,
    group: str | None = None,
    has_months: bool = True,
) -> Subquery:
    """The pieces of the period, one under another, still to be summed."""
    scope = scope_of(counted, group)
    found = pieces(session, counted, has_months=has_months) if scope else plainly(counted)
    key = scope[1] if scope else SCOPE_KEYS.get(group or "", literal(0))
    statements: list[Any] = [
        limited(
            select(
                *named(span_at=ClaimStep.day, action=ClaimStep.action, key=key),
                *named(insurer_id=ClaimStep.insurer_id, kind=ClaimStep.kind),
                *named(round=ClaimStep.round),
                *(_plain_value(name).label(name) for name in names),
            ),
            replace(counted, first_day=first, last_day=last),
            actions,
        )
        for first, last in found.plain or ((1, 0),)
    ]
    columns = (
        *(StepSum.span_at, StepSum.action, StepSum.key, StepSum.insurer_id, StepSum.kind),
        *(StepSum.round, *(getattr(StepSum, name) for name in names)),
    )
    for span, ranges in ((DAY, found.days), (MONTH, found.months)):
        for first, last in ranges:
            assert scope is not None
            chosen = within_sums(select(*columns), StepSum, counted, scope[0], scope[2])
            statements.append(
                chosen.where(
                    StepSum.span == span,
                    StepSum.span_at.between(first, last),
                    StepSum.action.in_(actions),
                )
            )
    return union_all(*statements).subquery()


def _plain_value(name: str) -> ColumnElement[Any]:
    """What one step adds to a sum."""
    holds = ClaimStep.is_undone.is_(False)
    if name == "steps":
        return literal(1)
    if name == "holding":
        return case((holds, 1), else_=0)
    if name == "on_time":
        return case((holds & ClaimStep.is_on_time.is_(True), 1), else_=0)
    return case(
        (holds, func.coalesce(SQUARES.get(name, getattr(ClaimStep, name, None)), 0)), else_=0
    )


def is_within(column: InstrumentedAttribute[int], ends: tuple[int, int]) -> ColumnElement[bool]:
    """Each day or month by itself: so that what stands behind it in the key is found too."""
    return column.in_(numbers_between(*ends))


def within_sums(
    statement: Rows, table: Any, counted: Counted, scope: str | None, key: int | None
) -> Rows:
    """Limit a statement over ``StepSum`` or its like to the scope, if any, and to what counts."""
    insurers: Any = select(Insurer.id) if counted.insurer_ids is None else counted.insurer_ids
    is_of_all = scope in (TOTAL, REVIEW_TOTAL)
    statement = statement.where(table.insurer_id.in_([0] if is_of_all else insurers))
    if scope is not None:
        statement = statement.where(table.scope == scope)
    if counted.kind is not None:
        statement = statement.where(table.kind == counted.kind)
    return statement if key is None else statement.where(table.key == key)
