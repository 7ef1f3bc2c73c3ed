"""``verify``: whether the sums of closed days are those of the steps."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import ChangedDay, MixSum, ReasonSum, StepSum, SumsUntil, WaitSum
from workbench.db.models.step_sum import (
    DAY,
    MONTH,
    OF_ASSESSOR,
    REVIEW,
    REVIEW_TOTAL,
    REVIEWS,
    TOTAL,
    WHOLE,
)
from workbench.db.queries.mix_sums import MIXED
from workbench.db.queries.summed_rows import (
    DEDUCTED,
    NAMES,
    SCOPES,
    counts_of,
    deducted_in,
    mixes_on,
    reasons_of,
    reviews_of,
    waits_of,
)
from workbench.rules.closed_days import months_between
from workbench.services.figures.step_sums import first_day_of

Sums = dict[tuple[Any, ...], tuple[int, ...]]
WAIT_KEYS = ("kind", "former", "action", "is_later", "hours")
REASON_KEYS = ("kind", "reason")
COUNT_KEYS = ("kind", "action", "round")
MIX_KEYS = ("unit", "kind", "mix")


TABLES: dict[Any, tuple[tuple[str, ...], tuple[str, ...]]] = {
    StepSum: (COUNT_KEYS, NAMES),
    WaitSum: (WAIT_KEYS, ("steps",)),
    ReasonSum: (REASON_KEYS, DEDUCTED),
    MixSum: (MIX_KEYS, MIXED),
}
"""What beside scope, span and place tells the rows apart, and what they sum."""


def sum_problems(session: Session) -> Iterator[str | None]:
    """Month by month the sums kept against the steps; None for each that is right.

    A day that changed since it was summed is read plainly, so it and its month are left out.
    """
    until = session.scalar(select(SumsUntil.day)) or 0
    changed = set(session.scalars(select(ChangedDay.day).distinct()))
    first = min(filter(None, (first_day_of(session), _first_summed(session))), default=until + 1)
    for month, first_day, last_day in months_between(first, until):
        days = [day for day in range(first_day, min(last_day, until) + 1) if day not in changed]
        yield from _problems(_days(session, first_day, last_day, days))
        if len(days) == last_day - first_day + 1:
            yield from _problems(_month(session, month, first_day, last_day))


def _first_summed(session: Session) -> int | None:
    """The first day that there is a sum of, whether or not there is a step."""
    days = select(StepSum.span_at).where(StepSum.span == DAY).order_by(StepSum.span_at).limit(1)
    return session.scalar(days)


def _days(session: Session, first: int, last: int, days: list[int]) -> Iterator[tuple[Sums, Sums]]:
    for table, scope, plain in _added_up(session, first, last):
        kept = _kept(session, table, scope, DAY, first, last)
        yield _of_days(plain, days), _of_days(kept, days)
    for scope in (WHOLE, TOTAL):
        waits = _plain(session, WaitSum, waits_of(scope, DAY, first, last))
        kept = _kept(session, WaitSum, scope, DAY, first, last)
        yield _of_days(waits, days), _of_days(kept, days)
    for scope in (REVIEW, REVIEW_TOTAL):
        reviews = _plain(session, WaitSum, reviews_of(scope, DAY, first, last))
        kept = _kept(session, WaitSum, scope, DAY, first, last)
        yield _of_days(reviews, days), _of_days(kept, days)


def _month(session: Session, month: int, first: int, last: int) -> Iterator[tuple[Sums, Sums]]:
    for table, scope, plain in _added_up(session, first, last):
        sums = _of_month(plain, month)
        if table is MixSum:
            sums |= _plain(session, MixSum, [deducted_in(first, last)])
        yield sums, _kept(session, table, scope, MONTH, month, month)
    for scope in (WHOLE, TOTAL, OF_ASSESSOR):
        waits = _plain(session, WaitSum, waits_of(scope, MONTH, first, last))
        yield waits, _kept(session, WaitSum, scope, MONTH, month, month)
    for scope in REVIEWS:
        reviews = _plain(session, WaitSum, reviews_of(scope, MONTH, first, last))
        yield reviews, _kept(session, WaitSum, scope, MONTH, month, month)


def _added_up(session: Session, first: int, last: int) -> Iterator[tuple[Any, str, Sums]]:
    """Table, scope and the sums of each day by the steps, of what adds up to that of the month."""
    for scope in SCOPES:
        yield StepSum, scope, _plain(session, StepSum, [counts_of(scope, first, last)])
        yield ReasonSum, scope, _plain(session, ReasonSum, [reasons_of(scope, first, last)])
    yield MixSum, OF_ASSESSOR, _plain(session, MixSum, mixes_on(first, last))


def _of_month(days: Sums, month: int) -> Sums:
    """The sums of days added up as those of their month."""
    found: Sums = {}
    for key, values in days.items():
        of_month = (key[0], MONTH, month, *key[3:])
        sums = found.get(of_month, (0,) * len(values))
        found[of_month] = tuple(a + b for a, b in zip(sums, values, strict=True))
    return found


def _plain(session: Session, table: Any, statements: list[Any]) -> Sums:
    keys, names = TABLES[table]
    return {
        _key(row, keys): tuple(int(getattr(row, name)) for name in names)
        for statement in statements
        for row in session.execute(statement)
    }


def _kept(session: Session, table: Any, scope: str, span: str, first: int, last: int) -> Sums:
    rows = select(*table.__table__.c).where(table.span == span, table.span_at.between(first, last))
    if table is not MixSum:
        rows = rows.where(table.scope == scope)
    return _plain(session, table, [rows])


def _key(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    """Scope, span, day or month, insurer, key, and what else tells the row apart."""
    more = (int(value) if isinstance(value, bool) else value for value in _values(row, names))
    scope = getattr(row, "scope", OF_ASSESSOR)
    return scope, row.span, row.span_at, row.insurer_id, row.key, *more


def _values(row: Any, names: tuple[str, ...]) -> Iterator[Any]:
    return (getattr(row, name) for name in names)


def _of_days(sums: Sums, days: list[int]) -> Sums:
    wanted = set(days)
    return {key: values for key, values in sums.items() if key[2] in wanted}


def _problems(pairs: Iterator[tuple[Sums, Sums]]) -> Iterator[str | None]:
    for plain, kept in pairs:
        for key in sorted(plain.keys() | kept.keys(), key=str):
            if plain.get(key) == kept.get(key):
                yield None
                continue
            scope, span, at, insurer_id, whose = key[:5]
            yield (
                f"sums of {span} {at}, insurer {insurer_id}, {scope} {whose}: "
                f"{kept.get(key)} kept, {plain.get(key)} by the steps"
            )
