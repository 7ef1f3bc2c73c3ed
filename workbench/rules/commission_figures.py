"""The commission's figures of a period from its rounds: flow, working hours, forecast. Pure.

The forecast is that of the promise board (``rules.forecast``), made again as of each morning with
what was known then, and held against what happened.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil, inf

from workbench.persian.jalali import TEHRAN
from workbench.rules.forecast import (
    MEASURED_DAYS,
    Round,
    end_of_day,
    last_working_days,
    measure_pace,
)
from workbench.rules.forecast_check import TESTED_AT, TestedDay, back_test, known_at
from workbench.rules.throughput import Flow
from workbench.rules.working_time import WorkCalendar

DECIDED, RETURNED = "decided", "returned"
TOLD_MAX = 30
"""Mornings that the forecast is made again for, the last ones of the period: six weeks."""
MEMBER_UNITS_LEAST = 30
"""A member with fewer units has no shares to be compared by."""
SECONDS_AN_HOUR = 3_600
_ONE_DAY = timedelta(days=1)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundCount:
    """So many rounds of one day: that came (``result`` None) or were closed with a result."""

    on: date
    result: str | None
    rounds: int
    on_time: int = 0


def plan_flows(
    counts: Iterable[RoundCount], first_on: date, last_on: date, calendar: WorkCalendar
) -> tuple[Flow, ...]:
    """One flow a day: rounds that came, were decided (of these on time) or returned."""
    days: defaultdict[date, Counter[str]] = defaultdict(Counter)
    for each in counts:
        found = days[each.on]
        if each.result is None:
            found["came"] += each.rounds
        else:
            found["left"] += each.rounds
            found["decided"] += each.rounds if each.result == DECIDED else 0
            found["returned"] += each.rounds if each.result == RETURNED else 0
            found["on_time"] += each.on_time if each.result == DECIDED else 0
    span = range((last_on - first_on).days + 1)
    return tuple(
        Flow(on=on, is_working=calendar.is_working_day(on), **days[on])
        for on in (first_on + n * _ONE_DAY for n in span)
    )


class WorkSeconds:
    """The working seconds up to an instant, so that many spans of time are two look-ups each.

    What it says of two instants differs by their ``working_hours_between``; both lie between
    ``first_on`` and ``last_on``.
    """

    def __init__(self, calendar: WorkCalendar, first_on: date, last_on: date) -> None:
        self._opens, self._lengths, self._before = list[float](), list[float](), list[float]()
        ran = 0.0
        for on, opens_at, closes_at in calendar.spans_from(first_on):
            if on > last_on:
                break
            self._opens.append(opens_at.timestamp())
            self._lengths.append((closes_at - opens_at).total_seconds())
            self._before.append(ran)
            ran += self._lengths[-1]

    def until(self, second: float) -> float:
        """The working seconds until a second of the epoch."""
        place = bisect_right(self._opens, second) - 1
        if place < 0:
            return 0.0
        return self._before[place] + min(second - self._opens[place], self._lengths[place])


def round_hours(spans: Iterable[tuple[float, float]], seconds: WorkSeconds) -> Hours:
    """Of rounds by the seconds of the epoch in which they came and were closed."""
    hours = sorted(
        max(0.0, seconds.until(end) - seconds.until(start)) / SECONDS_AN_HOUR
        for start, end in spans
    )
    return Hours(count=len(hours), median=_share(hours, 0.5), p90=_share(hours, 0.9))


def _share(hours: Sequence[float], share: float) -> float | None:
    """The least of the hours that so much of them does not exceed."""
    return hours[ceil(share * len(hours)) - 1] if hours else None


def told_days(first_on: date, last_on: date, calendar: WorkCalendar) -> tuple[date, ...]:
    """The finished working days of a period that the forecast is made again for."""
    span = range((last_on - first_on).days + 1)
    days = [first_on + n * _ONE_DAY for n in span]
    return tuple(on for on in days if calendar.is_working_day(on))[-TOLD_MAX:]


def known_since(days: Sequence[date], calendar: WorkCalendar) -> date:
    """The first day that the forecast of the first of ``days`` looks back to."""
    return last_working_days(calendar, days[0], MEASURED_DAYS)[0]


def tell(
    rounds: Iterable[Round], days: Sequence[date], calendar: WorkCalendar
) -> tuple[DayTold, ...]:
    """The forecast of each morning and what came of it; ``days`` are over."""
    ordered = sorted(rounds, key=_end)
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
