"""Summing the steps of closed days, and again where a step came later or was undone.

A day is closed when two more have begun. What is summed is made from the steps alone and can be
made again at any time; the days that changed since are read plainly until then.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    literal_column,
    select,
)
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import (
    ChangedDay,
    ClaimStep,
    Insurer,
    LineDeduction,
    ReasonSum,
    StepSum,
    SumsUntil,
    User,
    WaitSum,
)
from workbench.db.models.step_sum import DAY, MONTH, OF_ASSESSOR, OF_CENTRE, ROUND, WHOLE
from workbench.db.queries.deductions import with_deductions
from workbench.db.queries.step_sums import COUNTS, SCOPE_KEYS
from workbench.db.queries.throughput import MINUTES_A_BIN, STEPS_WITH_WAIT
from workbench.db.step_rows import AMOUNTS
from workbench.persian.jalali import day_of
from workbench.rules.closed_days import months_between
from workbench.rules.steps import DROP, FINISH, STEPS

CLOSED_AFTER_DAYS = 2
LEAST_STEPS = 200_000
"""With fewer, the steps are counted as fast, and the sums would be more rows than they."""
DAYS_AT_ONCE = 3
NOBODY: ColumnElement[int] = literal_column("0")
IS_LATER = ClaimStep.round > 1
ACTIONS = (*STEPS.values(), DROP)
"""All of them, by name: so their days are found by the index of action and day."""
NAMES = (*COUNTS, *AMOUNTS)
DEDUCTED = ("amount_rial", "lines")
SCOPES = {WHOLE: NOBODY, **SCOPE_KEYS}


def sum_closed_days(
    database: Database, *, now: datetime, least_steps: int = LEAST_STEPS
) -> Iterator[int]:
    """Sum what closed or changed since the last time; yields each day that is done.

    A few days in one transaction, so that no other writer waits for long. Nothing until there are
    ``least_steps``.
    """
    if not _is_worth_it(database, least_steps):
        return
    last_day = day_of(now).toordinal() - CLOSED_AFTER_DAYS
    for work in (lambda session: _sum_next(session, last_day), _sum_changed):
        while days := database.in_tx(work):
            yield from days


def _is_worth_it(database: Database, least_steps: int) -> bool:
    """Whether summing has begun, or there are steps enough to begin."""
    with database.reading() as session:
        if session.get(SumsUntil, 1) is not None:
            return True
        last = select(ClaimStep.id).offset(max(0, least_steps - 1)).limit(1)
        return session.scalar(last) is not None


def _sum_next(session: Session, last_day: int) -> Sequence[int]:
    """The next days that closed, of one month; empty when there are none."""
    row = session.get(SumsUntil, 1, with_for_update=True)
    first_day = row.day + 1 if row else first_day_of(session)
    if first_day is None or first_day > last_day:
        return ()
    _month, _first, end = next(months_between(first_day, first_day))
    days = range(first_day, min(end, last_day, first_day + DAYS_AT_ONCE - 1) + 1)
    sum_days(session, days[0], days[-1])
    if row is None:
        session.add(SumsUntil(id=1, day=days[-1]))
    else:
        row.day = days[-1]
    if days[-1] == end:
        sum_months(session, days[0], days[-1])
    return days


def first_day_of(session: Session) -> int | None:
    """The first day of all steps, by the index of action and day."""
    first = (select(func.min(ClaimStep.day)).where(ClaimStep.action == each) for each in ACTIONS)
    days = [session.scalar(statement) for statement in first]
    return min((day for day in days if day is not None), default=None)


def _sum_changed(session: Session) -> Sequence[int]:
    """Some of the days that changed; their marks go, those that came meanwhile stay."""
    until = session.get(SumsUntil, 1, with_for_update=True)
    marks = session.execute(
        select(ChangedDay.insurer_id, ChangedDay.id, ChangedDay.day).order_by(ChangedDay.day)
    ).all()
    days = sorted({mark.day for mark in marks})[:DAYS_AT_ONCE]
    if until is None or not days:
        return ()
    for insurer_id, id_, day in marks:
        if day in days:
            is_it = (ChangedDay.insurer_id == insurer_id) & (ChangedDay.id == id_)
            session.execute(delete(ChangedDay).where(is_it))
    for day in days:
        sum_days(session, day, day)
    for _month, first, last in _months_of(days):
        if last <= until.day:
            sum_months(session, first, last)
    return days


def _months_of(days: Sequence[int]) -> list[tuple[int, int, int]]:
    return sorted({month for day in days for month in months_between(day, day)})


def sum_days(session: Session, first_day: int, last_day: int) -> None:
    """Make the sums of such days anew from their steps."""
    _forget(session, DAY, first_day, last_day)
    deducted = [reasons_of(scope, first_day, last_day) for scope in SCOPES]
    _take(session, ReasonSum, deducted)
    told_apart = (counts_of(scope, first_day, last_day) for scope in (OF_ASSESSOR, OF_CENTRE))
    _take(session, StepSum, [*told_apart, _whole_of(first_day, last_day)])
    _take(session, WaitSum, waits_of(WHOLE, DAY, first_day, last_day))


def sum_months(session: Session, first_day: int, last_day: int) -> None:
    """Make the sums of the Jalali months of such days anew, from the sums of their days."""
    for month, first, last in list(months_between(first_day, last_day)):
        _forget(session, MONTH, month, month)
        _take(session, StepSum, [_month_of(StepSum, month, first, last, NAMES)])
        _take(session, ReasonSum, [_month_of(ReasonSum, month, first, last, DEDUCTED)])
        _take(session, WaitSum, [_month_of(WaitSum, month, first, last, ("steps",))])
        _take(session, WaitSum, waits_of(OF_ASSESSOR, MONTH, first, last))


def _forget(session: Session, span: str, first: int, last: int) -> None:
    """Delete the sums of such days or months, by every column of their keys."""
    anyone = select(NOBODY).union_all(select(User.id))
    for table, more in ((StepSum, []), (ReasonSum, []), (WaitSum, [WaitSum.key.in_(anyone)])):
        statement = delete(table).where(*_within(table, span, first, last), *more)
        session.execute(statement.execution_options(synchronize_session=False))


def _within(
    table: Any, span: str, first: int, last: int, *, scopes: Sequence[str] = tuple(SCOPES)
) -> list[ColumnElement[bool]]:
    return [
        table.insurer_id.in_(select(Insurer.id)),
        table.scope.in_(scopes),
        table.span == span,
        table.span_at.between(first, last),
    ]


def _take(session: Session, table: Any, statements: Any) -> None:
    for statement in statements:
        names = [column.name for column in statement.selected_columns]
        session.execute(insert(table).from_select(names, statement))


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


def _whole_of(first_day: int, last_day: int) -> Any:
    """The sums of such days of all assessors together."""
    by = [column for column in StepSum.__table__.c if column.name not in ("scope", "key", *NAMES)]
    return (
        select(
            *by,
            *_fixed(scope=WHOLE),
            NOBODY.label("key"),
            *(func.sum(getattr(StepSum, name)).label(name) for name in NAMES),
        )
        .where(*_within(StepSum, DAY, first_day, last_day, scopes=(OF_ASSESSOR,)))
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
    return [
        _hours(scope, span, select(*_named(_places(scope, span) | columns)).where(days, *limits))
        for columns, limits in ((later, waited), (ended, decided))
    ]


PLACES = ("insurer_id", "key", "span_at", "kind")


def _places(scope: str, span: str) -> dict[str, Any]:
    day = ClaimStep.month if span == MONTH else ClaimStep.day
    columns = (ClaimStep.insurer_id, SCOPES[scope], day, ClaimStep.kind)
    return dict(zip(PLACES, columns, strict=True))


def _named(columns: dict[str, Any]) -> list[ColumnElement[Any]]:
    return [column.label(name) for name, column in columns.items()]


def _hours(scope: str, span: str, statement: Any) -> Any:
    steps = statement.subquery()
    counted = func.count().label("steps")
    fixed = _fixed(scope=scope, span=span)
    return select(*steps.c, *fixed, counted).group_by(*steps.c)


def _month_of(table: Any, month: int, first: int, last: int, names: Sequence[str]) -> Any:
    """The sums of the days, as one of their month."""
    is_wait = table is WaitSum
    by = [column for column in table.__table__.c if column.name not in ("span", "span_at", *names)]
    return (
        select(
            *by,
            literal(MONTH).label("span"),
            literal(month).label("span_at"),
            *(func.sum(getattr(table, name)).label(name) for name in names),
        )
        .where(*_within(table, DAY, first, last), *([table.key == NOBODY] if is_wait else []))
        .group_by(*by)
    )
