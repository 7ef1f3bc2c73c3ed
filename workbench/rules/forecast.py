"""Which plans the commission will decide late, by a simulation of its real queue.

It assumes, and a reader is told so (``Pace``): plans are served by their deadline, the earliest
first; they are served during the hours of a working day in which plans were served until now, at
the speed measured over the last finished working days; a plan that has votes already costs only
those that are missing. A later plan has a later deadline, so it delays no earlier one: arrivals
change the backlog, not the forecast of what is open. Source: issue "The commission", promise board.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.working_time import (
    OfficeHours,
    WorkCalendar,
    add_working_hours,
    working_hours_between,
)

MEASURED_DAYS = 10
SHOWN_DAYS = 14
BACKLOG_DAYS = 5
OUTSIDE_PER_CENT = 5
CLOSINGS_MIN = 20  # fewer say nothing about the hours of work
USUAL_OFFICE = OfficeHours(opens_at=time(8), closes_at=time(16))

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPlan:
    """A plan in the queue; ``work``: the share of a whole decision that it still costs."""

    key: str
    submitted_at: datetime
    due_at: datetime
    work: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One round of a plan as it went; ``closed_at`` None: open. A return closes it as well."""

    key: str
    submitted_at: datetime
    due_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the forecast rests on: speed, hours of work and arrivals of the last working days.

    ``arrival_minutes`` are the minutes of the day (Tehran) at which plans came, in order.
    """

    days: tuple[date, ...]
    closed: int
    arrived: int
    office: OfficeHours
    arrival_minutes: tuple[int, ...] = ()

    @property
    def office_hours(self) -> float:
        """The hours of work of one working day."""
        opens_at, closes_at = self.office.opens_at, self.office.closes_at
        return (_minutes(closes_at) - _minutes(opens_at)) / 60

    @property
    def closed_per_hour(self) -> float:
        """Plans taken off the queue in an hour of work; 0: none was."""
        return self.closed / (len(self.days) * self.office_hours) if self.days else 0.0

    @property
    def arrivals_per_day(self) -> float:
        """Plans that come for each working day, those of the rest days between included."""
        return self.arrived / len(self.days) if self.days else 0.0

    def arrivals_after(self, moment: datetime) -> float:
        """How many still come on the day of ``moment``, as on the days measured."""
        if not self.days:
            return 0.0
        minute = _minutes(moment.astimezone(TEHRAN).time())
        return sum(1 for each in self.arrival_minutes if each > minute) / len(self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """When a plan will be decided (None: never, at this speed) and how late, in working hours."""

    plan: OpenPlan
    decided_at: datetime | None
    late_hours: float

    @property
    def is_late(self) -> bool:
        """Whether the decision comes after the deadline; one exactly at it is in time."""
        return self.decided_at is None or self.decided_at > self.plan.due_at


@dataclass(frozen=True, slots=True, kw_only=True)
class DayFlow:
    """What came and what was closed on a day; ``is_over``: the day has ended."""

    on: date
    is_working: bool
    arrived: int
    closed: int
    is_over: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """How many plans will be open at the end of a working day."""

    on: date
    arrivals: float
    open_plans: float


def measure_pace(
    rounds: Iterable[Round],
    calendar: WorkCalendar,
    now: datetime,
    *,
    days: int = MEASURED_DAYS,
) -> Pace:
    """The pace of the last working days before the day of ``now``; what comes later is not read."""
    counted = last_working_days(calendar, day_of(now), days)
    since = counted[0]
    known = [each for each in rounds if each.submitted_at <= now]
    arrived = [
        each.submitted_at for each in known if since <= day_of(each.submitted_at) < day_of(now)
    ]
    worked = frozenset(counted)
    closed = [
        each.closed_at
        for each in known
        if each.closed_at is not None and each.closed_at <= now and day_of(each.closed_at) in worked
    ]
    return Pace(
        days=counted,
        closed=len(closed),
        arrived=len(arrived),
        office=_office(closed),
        arrival_minutes=tuple(sorted(_minute_of(at) for at in arrived if day_of(at) in worked)),
    )


def last_working_days(calendar: WorkCalendar, before: date, count: int) -> tuple[date, ...]:
    """The ``count`` working days before a day, the oldest first."""
    found: list[date] = []
    day = before
    while len(found) < count:
        day -= _ONE_DAY
        if calendar.is_working_day(day):
            found.append(day)
    return tuple(reversed(found))


def forecast(
    plans: Iterable[OpenPlan], pace: Pace, calendar: WorkCalendar, now: datetime
) -> tuple[Expected, ...]:
    """When each open plan will be decided, in the order in which they are served."""
    office = replace(calendar, office=pace.office)
    speed = pace.closed_per_hour
    served_until: datetime | None = now if speed > 0 else None
    expected = []
    for plan in sorted(plans, key=lambda each: (each.due_at, each.submitted_at, each.key)):
        if served_until is not None:
            served_until = add_working_hours(office, served_until, plan.work / speed)
        expected.append(_expected(plan, served_until, calendar, now))
    return tuple(expected)


def _expected(
    plan: OpenPlan, decided_at: datetime | None, calendar: WorkCalendar, now: datetime
) -> Expected:
    """Without a decision in sight the lateness is the one reached already."""
    until = decided_at or now
    late = working_hours_between(calendar, plan.due_at, until) if until > plan.due_at else 0.0
    return Expected(plan=plan, decided_at=decided_at, late_hours=late)


def late_between(
    expected: Iterable[Expected], after: datetime, until: datetime
) -> tuple[Expected, ...]:
    """Those whose deadline falls between the two instants and will be missed."""
    return tuple(each for each in expected if each.is_late and after <= each.plan.due_at < until)


def end_of_day(day: date) -> datetime:
    """The midnight in Tehran that ends a day."""
    return datetime.combine(day + _ONE_DAY, time(), TEHRAN)


def backlog(
    plans: Iterable[OpenPlan],
    pace: Pace,
    calendar: WorkCalendar,
    now: datetime,
    *,
    days: int = BACKLOG_DAYS,
) -> tuple[Backlog, ...]:
    """How many plans are open at the end of today (if worked) and of the next working days.

    Never fewer than none: nobody decides what has not come.
    """
    office = replace(calendar, office=pace.office)
    waiting, since = float(len(list(plans))), now
    ends: list[Backlog] = []
    for day, _opens_at, _closes_at in calendar.spans_from(day_of(now)):
        is_today = day == day_of(now)
        if len(ends) == days + (1 if ends and ends[0].on == day_of(now) else 0):
            return tuple(ends)
        arrivals = pace.arrivals_after(now) if is_today else pace.arrivals_per_day
        until = end_of_day(day)
        worked = working_hours_between(office, since, until) * pace.closed_per_hour
        waiting, since = max(0.0, waiting + arrivals - worked), until
        ends.append(Backlog(on=day, arrivals=arrivals, open_plans=waiting))
    raise AssertionError("spans_from does not end")


def day_flows(
    rounds: Sequence[Round], calendar: WorkCalendar, now: datetime, *, days: int = SHOWN_DAYS
) -> tuple[DayFlow, ...]:
    """What came and what was closed, from ``days`` working days back until today, day by day."""
    today = day_of(now)
    first = last_working_days(calendar, today, days)[0]
    arrived = Counter(day_of(each.submitted_at) for each in rounds)
    closed = Counter(day_of(each.closed_at) for each in rounds if each.closed_at is not None)
    return tuple(
        DayFlow(
            on=day,
            is_working=calendar.is_working_day(day),
            arrived=arrived[day],
            closed=closed[day],
            is_over=day < today,
        )
        for day in (first + n * _ONE_DAY for n in range((today - first).days + 1))
    )


def _office(closed: Sequence[datetime]) -> OfficeHours:
    """The whole hours of the day between which nine in ten plans were closed."""
    if len(closed) < CLOSINGS_MIN:
        return USUAL_OFFICE
    minutes = sorted(_minute_of(at) for at in closed)
    outside = len(minutes) * OUTSIDE_PER_CENT // 100
    opens = minutes[outside] // 60
    closes = minutes[-1 - outside] // 60 + 1
    closes_at = time(closes) if closes < 24 else time(23, 59)
    return OfficeHours(opens_at=time(opens), closes_at=closes_at)


def _minute_of(moment: datetime) -> int:
    return _minutes(moment.astimezone(TEHRAN).time())


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
