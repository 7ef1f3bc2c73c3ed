"""The working calendar of the desk: holidays, the weekly schedule, and the corrections on top."""

from datetime import date
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.holidays_iran import iran_holidays
from workbench.db.models import CalendarDay, WeeklySchedule
from workbench.rules.working_time import FRIDAY, THURSDAY, WorkCalendar, WorkWeek

FIRST_YEAR = 2020
LAST_YEAR = 2032  # Gregorian; the holiday package estimates the lunar days of the last ones
DEFAULT_WEEK = (date(FIRST_YEAR, 1, 1), f"{THURSDAY},{FRIDAY}")

Weeks = tuple[tuple[date, str], ...]
Corrections = tuple[tuple[date, bool], ...]


def work_calendar(session: Session) -> WorkCalendar:
    """The calendar as recorded now; the same rows give the same, already warm, object."""
    weeks = session.execute(
        select(WeeklySchedule.valid_from, WeeklySchedule.off_weekdays).order_by(
            WeeklySchedule.recorded_at, WeeklySchedule.id
        )
    ).all()
    days = session.execute(
        select(CalendarDay.day_on, CalendarDay.is_off).order_by(
            CalendarDay.recorded_at, CalendarDay.id
        )
    ).all()
    # A later row of the same day replaces the earlier one.
    newest_weeks = dict((row[0], row[1]) for row in weeks) or dict([DEFAULT_WEEK])
    newest_days = dict((row[0], row[1]) for row in days)
    return _calendar(tuple(sorted(newest_weeks.items())), tuple(sorted(newest_days.items())))


@lru_cache(maxsize=16)
def _calendar(weeks: Weeks, corrections: Corrections) -> WorkCalendar:
    return WorkCalendar(
        weeks=tuple(
            WorkWeek(
                valid_from=valid_from,
                off_days=frozenset(int(day) for day in off_weekdays.split(",") if day),
            )
            for valid_from, off_weekdays in weeks
        ),
        holidays=frozenset(iran_holidays(FIRST_YEAR, LAST_YEAR)),
        closures=frozenset(day for day, is_off in corrections if is_off),
        extra_working=frozenset(day for day, is_off in corrections if not is_off),
    )
