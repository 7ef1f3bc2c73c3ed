"""How often the forecast was right: made again as of past mornings, held against what happened."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.forecast import (
    MEASURED_DAYS,
    OpenPlan,
    Round,
    end_of_day,
    forecast,
    last_working_days,
    measure_pace,
)
from workbench.rules.working_time import WorkCalendar

TESTED_DAYS = 5
TESTED_AT = time(8)


@dataclass(frozen=True, slots=True, kw_only=True)
class TestedDay:
    """One day's forecast against what happened to the plans due until its end."""

    at: datetime
    hits: int
    false_alarms: int
    misses: int
    in_time: int

    @property
    def count(self) -> int:
        """How many plans the forecast spoke about."""
        return self.hits + self.false_alarms + self.misses + self.in_time

    @property
    def right(self) -> int:
        """Of how many it was right: late as said, or in time as said."""
        return self.hits + self.in_time


def back_test(
    rounds: Sequence[Round],
    calendar: WorkCalendar,
    now: datetime,
    *,
    days: int = TESTED_DAYS,
    at: time = TESTED_AT,
    measured_days: int = MEASURED_DAYS,
) -> tuple[TestedDay, ...]:
    """What would have been forecast on each of the last working days, and what happened.

    Only what was known at that instant is used. It speaks about the plans that were open and not
    late yet, and due until the end of that day. Votes of then are not known: each plan costs a
    whole decision.
    """
    return tuple(
        _tested(rounds, calendar, datetime.combine(day, at, TEHRAN), measured_days)
        for day in last_working_days(calendar, day_of(now), days)
    )


def known_at(rounds: Iterable[Round], moment: datetime) -> tuple[Round, ...]:
    """The rounds as they looked at an instant: later ones are not there, later ends not known."""
    return tuple(
        replace(each, closed_at=None)
        if each.closed_at is not None and each.closed_at > moment
        else each
        for each in rounds
        if each.submitted_at <= moment
    )


def _tested(
    rounds: Sequence[Round], calendar: WorkCalendar, at: datetime, measured_days: int
) -> TestedDay:
    known = known_at(rounds, at)
    pace = measure_pace(known, calendar, at, days=measured_days)
    queue = [
        OpenPlan(key=each.key, submitted_at=each.submitted_at, due_at=each.due_at)
        for each in known
        if each.closed_at is None
    ]
    until = end_of_day(day_of(at))
    became_late = {each.key: _was_late(each) for each in rounds if each.submitted_at <= at}
    found = Counter(
        (each.is_late, became_late[each.plan.key])
        for each in forecast(queue, pace, calendar, at)
        if at <= each.plan.due_at < until
    )
    return TestedDay(
        at=at,
        hits=found[True, True],
        false_alarms=found[True, False],
        misses=found[False, True],
        in_time=found[False, False],
    )


def _was_late(each: Round) -> bool:
    return each.closed_at is None or each.closed_at > each.due_at
