"""Figures of the managers' page from counted steps: flows, backlog, medians, forecast. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby

from workbench.persian.jalali import month_of
from workbench.rules.steps import FINISH, INTO_WORK, OUT_OF_WORK, RETURN
from workbench.rules.working_time import WorkCalendar, weekday_of

FORECAST_DAYS = 10
MEASURED_DAYS = 20
"""Working days that the forecast's pace is measured over."""
HOURS_A_DAY, DAYS_A_WEEK = 24, 7
BARS_MAX = 92
AGE_DAYS = (1, 2, 4)
"""Borders between the classes of age, in working days."""
SAME_DAYS, SAME_DAY_WEEKS_MAX = 4, 12
"""Former same weekdays that today is held against, and how many weeks back they may be."""
COUNTED = ("came", "decided", "on_time", "returned", "left")
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Cases of one day: into work, decided (of these on time), returned, all that left work.

    ``decided`` holds still: a finish that was reopened since counts in ``left`` alone.
    """

    on: date
    is_working: bool
    came: int = 0
    decided: int = 0
    on_time: int = 0
    returned: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCount:
    """Steps of one action on one day: all, those that hold, those on time."""

    action: str
    on: date
    steps: int
    holding: int
    on_time: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Median and ninetieth percentile in working days, to the hour; None where nothing is."""

    count: int
    median_days: float | None
    p90_days: float | None


def flows_of(
    counts: Iterable[StepCount], first_on: date, last_on: date, calendar: WorkCalendar
) -> tuple[Flow, ...]:
    """One flow a day, days without a step included."""
    days: dict[date, list[StepCount]] = {}
    for each in counts:
        days.setdefault(each.on, []).append(each)
    return tuple(
        flow_of(days.get(on, ()), on, is_working=calendar.is_working_day(on))
        for on in _days(first_on, last_on)
    )


def flow_of(counts: Iterable[StepCount], on: date, *, is_working: bool = True) -> Flow:
    """The sums of such steps, whatever their day."""
    sums = dict.fromkeys(COUNTED, 0)
    for each in counts:
        sums["came"] += each.steps if each.action in INTO_WORK else 0
        sums["left"] += each.steps if each.action in OUT_OF_WORK else 0
        sums["decided"] += each.holding if each.action == FINISH else 0
        sums["on_time"] += each.on_time if each.action in (FINISH, RETURN) else 0
        sums["returned"] += each.steps if each.action == RETURN else 0
    return Flow(on=on, is_working=is_working, **sums)


@dataclass(frozen=True, slots=True, kw_only=True)
class StateAge:
    """Cases in one state by working days since they came (``AGE_DAYS``), and how many are late.

    ``target``: how many there may be; None where nothing was worked that tells a pace.
    """

    state: str
    counts: tuple[int, ...]
    overdue: int
    target: int | None = None

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The figures of one insurer, centre, assessor or kind; ``key`` as in the filter."""

    key: int | str | None
    name: str
    flow: Flow

    @property
    def on_time_percent(self) -> float | None:
        """Of its decisions and returns."""
        decided = self.flow.decided + self.flow.returned
        return 100 * self.flow.on_time / decided if decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class SameDay:
    """What came or left today so far, and on the former same weekdays up to the same time."""

    name: str
    today: int
    former: tuple[int, ...]

    @property
    def mean(self) -> float | None:
        """Of the former days."""
        return sum(self.former) / len(self.former) if self.former else None


def same_days(today: date, calendar: WorkCalendar) -> tuple[date, ...]:
    """The last same weekdays that were worked, or rested, as today is; the newest first."""
    weeks = (today - n * DAYS_A_WEEK * _ONE_DAY for n in range(1, SAME_DAY_WEEKS_MAX + 1))
    is_working = calendar.is_working_day(today)
    alike = [on for on in weeks if calendar.is_working_day(on) == is_working]
    return tuple(alike[:SAME_DAYS])


def paces(flows: Sequence[Flow]) -> dict[str, float]:
    """Cases returned, and all that left work, a working day, over the last finished ones."""
    working = [flow for flow in flows[:-1] if flow.is_working][-MEASURED_DAYS:]
    if not working:
        return {}
    measured = [flow for flow in flows[:-1] if flow.on >= working[0].on]
    return {
        name: sum(getattr(flow, name) for flow in measured) / len(working)
        for name in ("returned", "left")
    }


class Grain(StrEnum):
    """What one bar of a chart stands for."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


def grain_of(days: int) -> Grain:
    """So many days at most, that the bars of a chart can be told apart."""
    if days <= BARS_MAX:
        return Grain.DAY
    return Grain.WEEK if days <= BARS_MAX * DAYS_A_WEEK else Grain.MONTH


def grouped(flows: Sequence[Flow], grain: Grain) -> tuple[Flow, ...]:
    """The flows of each day, week (from Saturday) or Jalali month, ``on`` its first day there."""
    if grain is Grain.DAY:
        return tuple(flows)
    found = []
    for _key, days in groupby(flows, key=lambda flow: _group_of(flow.on, grain)):
        each = list(days)
        sums = {name: sum(getattr(flow, name) for flow in each) for name in COUNTED}
        found.append(Flow(on=each[0].on, is_working=any(x.is_working for x in each), **sums))
    return tuple(found)


def _group_of(on: date, grain: Grain) -> object:
    if grain is Grain.MONTH:
        return month_of(on)
    return on - weekday_of(on) * _ONE_DAY


def backlogs(flows: Sequence[Flow], at_the_end: int) -> tuple[int, ...]:
    """Cases in work at the end of each day, from what there is at the end of the last."""
    found, left = [], at_the_end
    for flow in reversed(flows):
        found.append(left)
        left -= flow.came - flow.left
    return tuple(reversed(found))


def spread(hours: Mapping[int, int]) -> Spread:
    """Of whole working hours and how often each: the middle of the hour that holds the share."""
    count = sum(hours.values())
    return Spread(count=count, median_days=_share(hours, 0.5), p90_days=_share(hours, 0.9))


def _share(hours: Mapping[int, int], share: float) -> float | None:
    wanted, seen = share * sum(hours.values()), 0
    for hour in sorted(hours):
        seen += hours[hour]
        if seen >= wanted:
            return (hour + 0.5) / HOURS_A_DAY
    return None


def forecast(
    flows: Sequence[Flow], backlog: int, calendar: WorkCalendar
) -> tuple[tuple[date, float], ...]:
    """Cases in work at the end of the next working days, at the pace of the last finished ones.

    The last of ``flows`` is today, which is not over and counts for nothing. Rest days bring what
    they brought: arrivals are measured a working day with the rest days before it.
    """
    past = flows[:-1]
    working = [flow for flow in past if flow.is_working][-MEASURED_DAYS:]
    if not working or not flows:
        return ()
    measured = [flow for flow in past if flow.on >= working[0].on]
    change = sum(flow.came - flow.left for flow in measured) / len(working)
    coming: list[tuple[date, float]] = []
    on = flows[-1].on
    while len(coming) < FORECAST_DAYS:
        on += _ONE_DAY
        if calendar.is_working_day(on):
            coming.append((on, max(0.0, backlog + change * (len(coming) + 1))))
    return tuple(coming)


def _days(first_on: date, last_on: date) -> Iterable[date]:
    return (first_on + n * _ONE_DAY for n in range((last_on - first_on).days + 1))
