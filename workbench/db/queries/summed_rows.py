"""The rows of the sums of closed days, as statements over the steps of such days."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, literal_column, select

from workbench.db.models import ClaimStep, Insurer, LineDeduction, MixSum, StepSum, User, WaitSum
from workbench.db.models.step_sum import (
    DAY,
    MONTH,
    OF_ASSESSOR,
    REVIEW,
    REVIEW_TOTAL,
    REVIEWS,
    ROUND,
    TOTAL,
    WHOLE,
)
from workbench.db.queries.deductions import with_deductions
from workbench.db.queries.mix_sums import deducted_codes, mixes_of
from workbench.db.queries.step_sums import COUNTS, SCOPE_KEYS, SQUARES
from workbench.db.queries.throughput import MINUTES_A_BIN, STEPS_WITH_WAIT, Counted
from workbench.db.queries.wait_sums import REVIEW_MINUTES, plain_reviews
from workbench.db.step_rows import AMOUNTS
from workbench.rules.steps import DROP, FINISH, RETURN, STEPS, TAKE

NOBODY: ColumnElement[int] = literal_column("0")
IS_LATER = ClaimStep.round > 1
ACTIONS = (*STEPS.values(), DROP)
"""All of them, by name: so their days are found by the index of action and day."""
NAMES = (*COUNTS, *AMOUNTS, *SQUARES)
DEDUCTED = ("amount_rial", "lines")
SCOPES = {WHOLE: NOBODY, **SCOPE_KEYS}


def within(
    table: Any,
    span: str,
    first: int,
    last: int,
    *,
    scopes: Sequence[str] = (*SCOPES, TOTAL, *REVIEWS),
) -> list[ColumnElement[bool]]:
    """The sums of such days or months; ``MixSum`` has no scope."""
    return [
        table.insurer_id.in_(select(NOBODY).union_all(select(Insurer.id))),
        *([] if table is MixSum else [table.scope.in_(scopes)]),
        table.span == span,
        table.span_at.between(first, last),
    ]


def counts_of(scope: str, first_day: int, last_day: int) -> Any:
    """The rows of ``StepSum`` for such days, counted from the steps."""
    key = SCOPES[scope]
    by = {
        "insurer_id": ClaimStep.insurer_id,
        "span_at": ClaimStep.day,
        "action": ClaimStep.action,
        "key": key,
        "kind": ClaimStep.kind,
        "round": ClaimStep.round,
    }
    holds = ClaimStep.is_undone.is_(False)
    made: dict[str, ColumnElement[Any]] = {
        "steps": func.count(),
        "holding": _count_if(holds),
        "on_time": _count_if(and_(holds, ClaimStep.is_on_time.is_(True))),
        **{name: _sum_if(holds, getattr(ClaimStep, name)) for name in AMOUNTS},
        **{name: _sum_if(holds, square) for name, square in SQUARES.items()},
    }
    return (
        select(
            *_named(by),
            *_fixed(scope=scope, span=DAY),
            *_named(made),
        )
        .where(ClaimStep.day.between(first_day, last_day), ClaimStep.action.in_(ACTIONS))
        .group_by(*(column for column in by.values() if column is not NOBODY))
    )


def _fixed(**texts: str) -> list[ColumnElement[str]]:
    return [literal(value).label(name) for name, value in texts.items()]


def _count_if(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.sum(case((condition, 1), else_=0))


def _sum_if(condition: ColumnElement[bool], column: Any) -> ColumnElement[Any]:
    return func.sum(case((condition, func.coalesce(column, 0)), else_=0))


def whole_of(first_day: int, last_day: int) -> Any:
    """The sums of such days of all assessors together."""
    by = [column for column in StepSum.__table__.c if column.name not in ("scope", "key", *NAMES)]
    return (
        select(
            *by,
            *_fixed(scope=WHOLE),
            NOBODY.label("key"),
            *(func.sum(getattr(StepSum, name)).label(name) for name in NAMES),
        )
        .where(*within(StepSum, DAY, first_day, last_day, scopes=(OF_ASSESSOR,)))
        .group_by(*by)
    )


def reasons_of(scope: str, first_day: int, last_day: int) -> Any:
    """The rows of ``ReasonSum`` for such days, by the lines of the finishes that hold."""
    columns = {
        **_places(scope, DAY),
        "reason": LineDeduction.reason,
        "amount_rial": LineDeduction.amount_rial,
        "line_id": LineDeduction.line_id,
    }
    lines = (
        with_deductions(select(*_named(columns)))
        .where(LineDeduction.amount_rial > 0, ClaimStep.action == FINISH)
        .where(ClaimStep.day.between(first_day, last_day))
        .subquery()
    )
    by = [lines.c[name] for name in (*PLACES, "reason")]
    return select(
        *by,
        *_fixed(scope=scope, span=DAY),
        func.sum(lines.c.amount_rial).label("amount_rial"),
        func.count(lines.c.line_id.distinct()).label("lines"),
    ).group_by(*by)


def waits_of(scope: str, span: str, first_day: int, last_day: int) -> list[Any]:
    """The rows of ``WaitSum`` for each day, or for the month that the days are, from the steps."""
    later: dict[str, Any] = {
        "former": ClaimStep.former,
        "action": ClaimStep.action,
        "is_later": IS_LATER,
    }
    later["hours"] = ClaimStep.waited_minutes // MINUTES_A_BIN
    ended: dict[str, Any] = {
        "former": literal(ROUND),
        "action": ClaimStep.action,
        "is_later": false(),
    }
    ended["hours"] = ClaimStep.round_minutes // MINUTES_A_BIN
    waited = ClaimStep.action.in_(STEPS_WITH_WAIT), ClaimStep.former.is_not(None)
    decided = ClaimStep.action == FINISH, ClaimStep.is_undone.is_(False)
    days = ClaimStep.day.between(first_day, last_day)
    places = _places(scope, span)
    plain = [
        select(*_named(places | columns)).where(days, *limits, columns["hours"].is_not(None))
        for columns, limits in ((later, waited), (ended, decided))
    ]
    return [_hours(scope, span, statement) for statement in plain]


def reviews_of(scope: str, span: str, first_day: int, last_day: int) -> list[Any]:
    """The rows of ``WaitSum`` of such a scope of ``REVIEWS`` for the days or their month."""
    columns = {
        **_places(scope, span),
        "former": literal(TAKE),
        "action": literal(FINISH),
        "is_later": false(),
        "hours": REVIEW_MINUTES,
    }
    is_decision = ClaimStep.action.in_((FINISH, RETURN))
    days = ClaimStep.day.between(first_day, last_day)
    return [_hours(scope, span, plain_reviews(*_named(columns)).where(days, is_decision))]


def mixes_on(first_day: int, last_day: int) -> list[Any]:
    """The rows of ``MixSum`` for such days, from the steps and their lines."""
    days = Counted(first_day=first_day, last_day=last_day)
    return [made.add_columns(*_fixed(span=DAY)) for _unit, made in mixes_of(days)]


def deducted_in(first_day: int, last_day: int) -> Any:
    """The rows of ``MixSum`` of ``DEDUCTED`` for the month that the days are."""
    days = Counted(first_day=first_day, last_day=last_day)
    return deducted_codes(days).add_columns(*_fixed(span=MONTH))


PLACES = ("insurer_id", "key", "span_at", "kind")


def _places(scope: str, span: str) -> dict[str, Any]:
    is_review = scope in REVIEWS
    has_kind = scope not in (TOTAL, REVIEW, REVIEW_TOTAL)
    columns: tuple[Any, ...] = (
        NOBODY if scope in (TOTAL, REVIEW_TOTAL) else ClaimStep.insurer_id,
        SCOPES[OF_ASSESSOR] if is_review else SCOPES.get(scope, NOBODY),
        ClaimStep.month if span == MONTH else ClaimStep.day,
        ClaimStep.kind if has_kind else literal(""),
    )
    return dict(zip(PLACES, columns, strict=True))


def _named(columns: dict[str, Any]) -> list[ColumnElement[Any]]:
    return [column.label(name) for name, column in columns.items()]


def _hours(scope: str, span: str, statement: Any) -> Any:
    steps = statement.subquery()
    counted = func.count().label("steps")
    fixed = _fixed(scope=scope, span=span)
    return select(*steps.c, *fixed, counted).group_by(*steps.c)


def month_of(table: Any, month: int, first: int, last: int, names: Sequence[str]) -> Any:
    """The sums of the days, as one of their month."""
    by = [column for column in table.__table__.c if column.name not in ("span", "span_at", *names)]
    return (
        select(
            *by,
            literal(MONTH).label("span"),
            literal(month).label("span_at"),
            *(func.sum(getattr(table, name)).label(name) for name in names),
        )
        .where(*within(table, DAY, first, last), *of_anyone(table))
        .group_by(*by)
    )


def of_anyone(table: Any) -> list[ColumnElement[bool]]:
    """``WaitSum`` is kept by its key before the span: so it is found by each of them."""
    if table is not WaitSum:
        return []
    return [WaitSum.key.in_(select(NOBODY).union_all(select(User.id)))]
