"""The commission's clock of 48 working hours.

Source: ``calendar.md`` §1. The clock runs 24 hours on a working day, in Tehran time, and stands
still on any other day; with office hours set it runs only between them. Instants come in aware
and go out in UTC.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

from workbench.persian.jalali import TEHRAN

DUE_HOURS = 48
AT_RISK_HOURS = 8
LIMIT_DAYS = 3

# As the Persian week counts: Saturday is 0, Friday 6.
THURSDAY = 5
FRIDAY = 6
LONGEST_REST_DAYS = 90  # no calendar closes longer; more is a mistake in its tables

_ONE_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_NOTHING = timedelta()
_CACHED_DAYS = 4_096

Span = tuple[date, datetime, datetime]
"""A working day and the UTC instants between which the clock runs on it."""


def weekday_of(day: date) -> int:
    """The weekday as the Persian week counts: Saturday is 0, Friday 6."""
    return (day.weekday() + 2) % 7


class DayKind(StrEnum):
    """What a day is to the clock; it runs on the first two only."""

    WORKING = "working"
    EXTRA_WORKING = "extra_working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    CLOSURE = "closure"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkWeek:
    """The weekdays (Saturday is 0) that are off, from a day on until a later week takes over."""

    valid_from: date
    off_days: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeHours:
    """Opening hours in Tehran for the ``business_hours`` mode."""

    opens_at: time
    closes_at: time


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Which days are worked. A closure wins over an extra working day, this over holiday and week.

    Before the first ``valid_from`` its week holds as well. Without ``weeks``, or with a week that
    is off altogether: ``ValueError``.
    """

    weeks: tuple[WorkWeek, ...]
    holidays: frozenset[date] = frozenset()
    closures: frozenset[date] = frozenset()
    extra_working: frozenset[date] = frozenset()
    office: OfficeHours | None = None
    _next_spans: dict[date, Span] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        if not self.weeks:
            raise ValueError("a calendar needs a working week")
        if any(len(week.off_days) >= 7 for week in self.weeks):
            raise ValueError("a working week needs a working day")
        if self.office and self.office.opens_at >= self.office.closes_at:
            raise ValueError("an office opens before it closes")

    def is_working_day(self, day: date) -> bool:
        """Whether the clock runs on this day."""
        return self.kind_of(day) in {DayKind.WORKING, DayKind.EXTRA_WORKING}

    def kind_of(self, day: date) -> DayKind:
        """Why the clock runs, or does not run, on this day."""
        if day in self.closures:
            return DayKind.CLOSURE
        if day in self.extra_working:
            return DayKind.EXTRA_WORKING
        if day in self.holidays:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if weekday_of(day) in self.off_days_on(day) else DayKind.WORKING

    def spans_from(self, day: date) -> Iterator[Span]:
        """The working days at or after this one with their spans, without end.

        More than 90 days of rest in a row are a ``ValueError``.
        """
        while True:
            span = self._next_spans.get(day)
            if span is None:
                span = self._next_spans[day] = self._find_span(day)
            yield span
            day = span[0] + _ONE_DAY

    def off_days_on(self, day: date) -> frozenset[int]:
        """The weekdays (Saturday is 0) that are off in the week in force on that day."""
        in_force = [week for week in self.weeks if week.valid_from <= day]
        if in_force:
            return max(in_force, key=lambda week: week.valid_from).off_days
        return min(self.weeks, key=lambda week: week.valid_from).off_days

    def _find_span(self, first_day: date) -> Span:
        for rested_days in range(LONGEST_REST_DAYS + 1):
            day = first_day + rested_days * _ONE_DAY
            if self.is_working_day(day):
                return self._make_span(day)
        raise ValueError(f"no working day in the {LONGEST_REST_DAYS} days after {first_day}")

    def _make_span(self, day: date) -> Span:
        if self.office is None:
            return day, _midnight(day), _midnight(day + _ONE_DAY)
        return day, _utc(day, self.office.opens_at), _utc(day, self.office.closes_at)


class ClockState(StrEnum):
    """Where an undecided request stands on the clock."""

    RUNNING = "running"
    AT_RISK = "at_risk"
    OVERDUE = "overdue"
    BREACHED = "breached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """The instants of one round, all UTC: the clock starts; the last hours begin (``at_risk_at``);
    the decision is due; the hard limit, the end of the third working day."""

    start_at: datetime
    at_risk_at: datetime
    due_at: datetime
    limit_at: datetime


def first_working_instant(calendar: WorkCalendar, moment: datetime) -> datetime:
    """The moment itself if the clock runs then, else the next instant at which it does."""
    moment = _utc_of(moment)
    return _first_from(calendar, _local_day(moment), moment)[1]


def add_working_hours(calendar: WorkCalendar, start: datetime, hours: float) -> datetime:
    """The earliest instant by which so many working hours have run since ``start``.

    Two full days from Tuesday 00:00 end on Thursday 00:00, whether or not Thursday is worked.
    Negative hours are a ``ValueError``.
    """
    start = _utc_of(start)  # hours are added to the instant, never to a wall clock
    return _add_from(calendar, _local_day(start), start, hours * _HOUR)


def working_hours_before(calendar: WorkCalendar, end: datetime, hours: float) -> datetime:
    """The latest whole second from which so many working hours have run until ``end``."""
    end = _utc_of(end)
    least, most = 0, int((LONGEST_REST_DAYS + hours) * 24 * 3600)
    while least < most:
        middle = (least + most) // 2
        if working_hours_between(calendar, end - timedelta(seconds=middle), end) < hours:
            least = middle + 1
        else:
            most = middle
    return end - timedelta(seconds=least)


def working_hours_between(calendar: WorkCalendar, start: datetime, end: datetime) -> float:
    """The working hours that run from ``start`` to ``end``; negative if ``end`` is earlier."""
    start, end = _utc_of(start), _utc_of(end)
    if end < start:
        return -working_hours_between(calendar, end, start)
    ran = timedelta()
    for _, opens_at, closes_at in calendar.spans_from(_local_day(start)):
        if opens_at >= end:
            return ran / _HOUR
        ran += max(min(closes_at, end) - max(opens_at, start), timedelta())
    raise AssertionError("spans_from does not end")


def deadline(
    submitted_at: datetime,
    calendar: WorkCalendar,
    hours: float = DUE_HOURS,
    *,
    at_risk_hours: float = AT_RISK_HOURS,
    limit_days: int = LIMIT_DAYS,
) -> Deadline:
    """The deadline of a request submitted then.

    The day of the start is the first of the ``limit_days``; the limit is never before ``due_at``
    (with office hours, 48 hours last longer than three days).
    """
    moment = _utc_of(submitted_at)
    day, start_at = _first_from(calendar, _local_day(moment), moment)
    calm_until = _add_from(calendar, day, start_at, max(hours - at_risk_hours, 0) * _HOUR)
    due_at = _add_from(calendar, day, start_at, hours * _HOUR)
    return Deadline(
        start_at=start_at,
        # Exactly eight hours stay left over a weekend: they begin to run when the clock does.
        at_risk_at=_first_from(calendar, day, calm_until)[1],
        due_at=due_at,
        limit_at=max(due_at, _end_of_working_day(calendar, day, limit_days)),
    )


def state_of(deadline: Deadline, now: datetime) -> ClockState:
    """The state at an instant; each begins after its instant, not at it."""
    if now > deadline.limit_at:
        return ClockState.BREACHED
    if now > deadline.due_at:
        return ClockState.OVERDUE
    return ClockState.AT_RISK if now > deadline.at_risk_at else ClockState.RUNNING


def _first_from(calendar: WorkCalendar, day: date, moment: datetime) -> tuple[date, datetime]:
    """The first working instant and its day; ``day`` is at or before that of ``moment`` (UTC)."""
    for on, opens_at, closes_at in calendar.spans_from(day):
        if moment < closes_at:
            return on, moment if moment >= opens_at else opens_at
    raise AssertionError("spans_from does not end")


def _add_from(calendar: WorkCalendar, day: date, start: datetime, left: timedelta) -> datetime:
    """``add_working_hours`` for an instant in UTC; ``day`` is at or before its day.

    Plain comparisons: it is what a million deadlines spend their time on.
    """
    if left <= _NOTHING:
        if left < _NOTHING:
            raise ValueError("the clock does not run backwards")
        return start
    for _, opens_at, closes_at in calendar.spans_from(day):
        if closes_at > start:
            end = (start if start > opens_at else opens_at) + left
            if end <= closes_at:
                return end
            left = end - closes_at
    raise AssertionError("spans_from does not end")


def _end_of_working_day(calendar: WorkCalendar, day: date, count: int) -> datetime:
    """The midnight that ends the ``count``-th working day, this day being the first."""
    if count < 1:
        raise ValueError("the limit is at least one working day")
    days = calendar.spans_from(day)
    for _ in range(count - 1):
        next(days)
    return _midnight(next(days)[0] + _ONE_DAY)


def _utc_of(moment: datetime) -> datetime:
    """In UTC first: a wall time that the summer time skipped has no day of its own."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return moment.astimezone(UTC)


def _local_day(moment: datetime) -> date:
    return moment.astimezone(TEHRAN).date()


@lru_cache(maxsize=_CACHED_DAYS)
def _midnight(day: date) -> datetime:
    return _utc(day, time())


def _utc(day: date, at: time) -> datetime:
    return datetime.combine(day, at, TEHRAN).astimezone(UTC)
