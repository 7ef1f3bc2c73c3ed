"""Instants of the demo: office hours on working days, and deadlines counted backwards."""

import random
from datetime import UTC, date, datetime, timedelta

from workbench.persian.jalali import TEHRAN
from workbench.rules.working_time import WorkCalendar, add_working_hours, deadline

OPENS, CLOSES = 8, 16
DUE_HOURS = 72
SEARCH = timedelta(days=40)
MINUTE = timedelta(minutes=1)


def day_in_tehran(instant: datetime) -> date:
    """The day of an instant in Tehran."""
    return instant.astimezone(TEHRAN).date()


def office(calendar: WorkCalendar, instant: datetime, latest: datetime) -> datetime:
    """The first moment of office hours from ``instant`` on, never after ``latest``."""
    local = instant.astimezone(TEHRAN)
    while not calendar.is_working_day(local.date()) or local.hour >= CLOSES:
        following = local.date() + timedelta(days=1)
        local = datetime(
            following.year, following.month, following.day, OPENS, 20, local.second, tzinfo=TEHRAN
        )
    if local.hour < OPENS:
        local = local.replace(hour=OPENS, minute=20)
    return min(local.astimezone(UTC), latest)


def accepted_for(
    calendar: WorkCalendar, now: datetime, hours_left: float, due_hours: int = DUE_HOURS
) -> datetime:
    """When something was accepted that has ``hours_left`` working hours left now."""
    due_at = add_working_hours(calendar, now, hours_left)
    low, high = now - SEARCH, now
    while high - low > MINUTE:
        middle = low + (high - low) / 2
        if deadline(middle, calendar, due_hours).due_at < due_at:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


class Steps:
    """The instants of one case or batch, each later than the one before, none after ``latest``."""

    def __init__(
        self, calendar: WorkCalendar, chance: random.Random, start: datetime, latest: datetime
    ) -> None:
        self._calendar, self._chance, self._latest = calendar, chance, latest
        self.at = min(start, latest)

    def later(self, least_hours: float, most_hours: float) -> datetime:
        """The next instant, in office hours."""
        wait = timedelta(minutes=round(60 * self._chance.uniform(least_hours, most_hours)))
        self.at = max(self.at, office(self._calendar, self.at + wait, self._latest))
        return self.at

    def minutes(self, least: int, most: int) -> datetime:
        """A few minutes later."""
        wait = timedelta(minutes=self._chance.randint(least, most))
        self.at = max(self.at, min(self.at + wait, self._latest))
        return self.at
