"""Which hours between two instants the commission's clock counted, which not, and why."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from workbench.persian.jalali import day_of
from workbench.rules.working_time import DayKind, WorkCalendar

_ONE_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DayHours:
    """One day of the table, in Tehran; ``from_at`` and ``to_at`` (UTC) None: nothing counted."""

    day: date
    kind: DayKind
    from_at: datetime | None
    to_at: datetime | None

    @property
    def hours(self) -> float:
        """The hours that counted."""
        if self.from_at is None or self.to_at is None:
            return 0.0
        return (self.to_at - self.from_at) / _HOUR


def clock_table(calendar: WorkCalendar, start: datetime, end: datetime) -> tuple[DayHours, ...]:
    """Every day from ``start`` to ``end`` with what counted on it; the sum is the clock's time.

    A day of which nothing but its midnight belongs to the span is left out. An end before the start
    is a ``ValueError``.
    """
    if end < start:
        raise ValueError("a span ends after it starts")
    days = []
    day, last = day_of(start), max(day_of(start), day_of(end - timedelta.resolution))
    while day <= last:
        days.append(_hours_of(calendar, day, start, end))
        day += _ONE_DAY
    return tuple(days)


def _hours_of(calendar: WorkCalendar, day: date, start: datetime, end: datetime) -> DayHours:
    kind = calendar.kind_of(day)
    if kind in {DayKind.WORKING, DayKind.EXTRA_WORKING}:
        _day, opens_at, closes_at = next(calendar.spans_from(day))
        from_at, to_at = max(opens_at, start), min(closes_at, end)
        if from_at < to_at:
            return DayHours(day=day, kind=kind, from_at=from_at, to_at=to_at)
    return DayHours(day=day, kind=kind, from_at=None, to_at=None)
