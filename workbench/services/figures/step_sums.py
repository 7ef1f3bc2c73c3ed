"""Summing the steps of closed days, and again where a step came later or was undone.

A day is closed when two more have begun. What is summed is made from the steps alone and can be
made again at any time; the days that changed since are read plainly until then.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import (
    ChangedDay,
    ClaimStep,
    MixSum,
    ReasonSum,
    StepSum,
    SumsUntil,
    WaitSum,
)
from workbench.db.models.step_sum import (
    DAY,
    MONTH,
    OF_ASSESSOR,
    OF_CENTRE,
    REVIEW,
    REVIEW_KIND,
    REVIEW_TOTAL,
    TOTAL,
    WHOLE,
)
from workbench.db.queries.mix_sums import MIXED
from workbench.db.queries.summed_rows import (
    ACTIONS,
    DEDUCTED,
    NAMES,
    SCOPES,
    counts_of,
    deducted_in,
    mixes_on,
    month_of,
    of_anyone,
    reasons_of,
    reviews_of,
    waits_of,
    whole_of,
    within,
)
from workbench.persian.jalali import day_of
from workbench.rules.closed_days import months_between

CLOSED_AFTER_DAYS = 2
LEAST_STEPS = 200_000
"""With fewer, the steps are counted as fast, and the sums would be more rows than they."""
DAYS_AT_ONCE = 3


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
    _take(session, StepSum, [*told_apart, whole_of(first_day, last_day)])
    for scope in (WHOLE, TOTAL):
        _take(session, WaitSum, waits_of(scope, DAY, first_day, last_day))
    for scope in (REVIEW, REVIEW_TOTAL):
        _take(session, WaitSum, reviews_of(scope, DAY, first_day, last_day))
    _take(session, MixSum, mixes_on(first_day, last_day))


def sum_months(session: Session, first_day: int, last_day: int) -> None:
    """Make the sums of the Jalali months of such days anew, from the sums of their days."""
    for month, first, last in list(months_between(first_day, last_day)):
        _forget(session, MONTH, month, month)
        _take(session, StepSum, [month_of(StepSum, month, first, last, NAMES)])
        _take(session, ReasonSum, [month_of(ReasonSum, month, first, last, DEDUCTED)])
        _take(session, MixSum, [month_of(MixSum, month, first, last, MIXED)])
        _take(session, MixSum, [deducted_in(first, last)])
        _take(session, WaitSum, [month_of(WaitSum, month, first, last, ("steps",))])
        _take(session, WaitSum, waits_of(OF_ASSESSOR, MONTH, first, last))
        _take(session, WaitSum, reviews_of(REVIEW_KIND, MONTH, first, last))


def _forget(session: Session, span: str, first: int, last: int) -> None:
    """Delete the sums of such days or months, by every column of their keys."""
    for table in (StepSum, ReasonSum, MixSum, WaitSum):
        statement = delete(table).where(*within(table, span, first, last), *of_anyone(table))
        session.execute(statement.execution_options(synchronize_session=False))


def _take(session: Session, table: Any, statements: Any) -> None:
    for statement in statements:
        names = [column.name for column in statement.selected_columns]
        session.execute(insert(table).from_select(names, statement))
