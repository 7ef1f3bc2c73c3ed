"""The commission's figures of a period from its rounds: flow, working hours, forecast. Pure.

The forecast is that of the promise board (``rules.forecast``), made again as of each morning with
what was known then, and held against what happened.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import inf

from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.forecast import (
    MEASURED_DAYS,
    Round,
    end_of_day,
    last_working_days,
    measure_pace,
)
from workbench.rules.forecast_check import TESTED_AT, TestedDay, back_test, known_at
from workbench.rules.throughput import BARS_MAX, Flow
from workbench.rules.working_time import WorkCalendar, working_hours_between

DECIDED, RETURNED = "decided", "returned"
TOLD_MAX = BARS_MAX
"""Mornings that the forecast is made again for, the last ones of the period."""
MEMBER_UNITS_LEAST = 30
"""A member with fewer units has no shares to be compared by."""
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRoundFact:
    """One round of a plan as it went; ``result`` and ``closed_at`` None: open."""

    key: str
    submitted_at: datetime
    due_at: datetime
    closed_at: datetime | None
    result: str | None

    @property
    def is_on_time(self) -> bool:
        """Closed at its deadline at the latest."""
        return self.closed_at is not None and self.closed_at <= self.due_at

    @property
    def round(self) -> Round:
        """As the forecast knows it."""
        return Round(
            key=self.key,
            submitted_at=self.submitted_at,
            due_at=self.due_at,
            closed_at=self.closed_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Hours:
    """Working hours of rounds: how many, the middle one, and what nine in ten stay within."""

    count: int
    median: float | None
    p90: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayTold:
    """A working day's forecast and what came; rest days before it are counted to it."""

    on: date
    expected: float
    came: int
    tested: TestedDay


def plan_flows(
    rounds: Iterable[PlanRoundFact], first_on: date, last_on: date, calendar: WorkCalendar
) -> tuple[Flow, ...]:
    """One flow a day: rounds that came, were decided (of these on time) or returned."""
    days: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for each in rounds:
        days[day_of(each.submitted_at)]["came"] += 1
        if each.closed_at is not None:
            counts = days[day_of(each.closed_at)]
            counts["left"] += 1
            counts["decided"] += each.result == DECIDED
            counts["returned"] += each.result == RETURNED
            counts["on_time"] += each.result == DECIDED and each.is_on_time
    span = range((last_on - first_on).days + 1)
    return tuple(
        Flow(on=on, is_working=calendar.is_working_day(on), **days[on])
        for on in (first_on + n * _ONE_DAY for n in span)
    )


def round_hours(
    rounds: Iterable[PlanRoundFact], first_on: date, last_on: date, calendar: WorkCalendar
) -> Hours:
    """Of the rounds closed in the period, decided or returned."""
    hours = sorted(
        working_hours_between(calendar, each.submitted_at, each.closed_at)
        for each in rounds
        if each.closed_at is not None and first_on <= day_of(each.closed_at) <= last_on
    )
    return Hours(count=len(hours), median=_share(hours, 0.5), p90=_share(hours, 0.9))


def _share(hours: Sequence[float], share: float) -> float | None:
    """The least of the hours that so much of them does not exceed."""
    return next((each for n, each in enumerate(hours, 1) if n >= share * len(hours)), None)


def told_days(first_on: date, last_on: date, calendar: WorkCalendar) -> tuple[date, ...]:
    """The finished working days of a period that the forecast is made again for."""
    span = range((last_on - first_on).days + 1)
    days = [first_on + n * _ONE_DAY for n in span]
    return tuple(on for on in days if calendar.is_working_day(on))[-TOLD_MAX:]


def known_since(days: Sequence[date], calendar: WorkCalendar) -> date:
    """The first day that the forecast of the first of ``days`` looks back to."""
    return last_working_days(calendar, days[0], MEASURED_DAYS)[0]


def tell(
    rounds: Iterable[PlanRoundFact], days: Sequence[date], calendar: WorkCalendar
) -> tuple[DayTold, ...]:
    """The forecast of each morning and what came of it; ``days`` are over."""
    ordered = sorted((each.round for each in rounds), key=_end)
    ends = [_end(each) for each in ordered]
    return tuple(_told(ordered[_start(ends, on, calendar) :], on, calendar) for on in days)


def _end(each: Round) -> float:
    return inf if each.closed_at is None else each.closed_at.timestamp()


def _start(ends: Sequence[float], on: date, calendar: WorkCalendar) -> int:
    """Rounds that were closed before the measured days say nothing."""
    since = datetime.combine(known_since([on], calendar), time(), TEHRAN)
    return bisect_left(ends, since.timestamp())


def _told(rounds: Sequence[Round], on: date, calendar: WorkCalendar) -> DayTold:
    until = end_of_day(on)
    there = [each for each in rounds if each.submitted_at < until]
    at = datetime.combine(on, TESTED_AT, TEHRAN)
    pace = measure_pace(known_at(there, at), calendar, at)
    since = end_of_day(last_working_days(calendar, on, 1)[0])
    (tested,) = back_test(there, calendar, until, days=1)
    return DayTold(
        on=on,
        expected=pace.arrivals_per_day,
        came=sum(1 for each in there if each.submitted_at >= since),
        tested=tested,
    )
