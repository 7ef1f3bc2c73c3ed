"""The working calendar of the desk: holidays, the weekly schedule, and the corrections on top."""

from dataclasses import dataclass, replace
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

_HOLD = select(WeeklySchedule.id).order_by(WeeklySchedule.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What wins over holiday and week on one day: off or worked, and why."""

    day: date
    is_off: bool
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRows:
    """The calendar as recorded: weeks (from, off weekdays) and corrections in force, by day."""

    weeks: tuple[tuple[date, str], ...]
    corrections: tuple[Correction, ...]

    def correction_of(self, day: date) -> Correction | None:
        """The correction in force on a day."""
        return next((row for row in self.corrections if row.day == day), None)

    def with_week(self, valid_from: date, off_weekdays: str) -> "CalendarRows":
        """The same with one more week; of the same day it replaces the earlier one."""
        weeks = dict(self.weeks) | {valid_from: off_weekdays}
        return replace(self, weeks=tuple(sorted(weeks.items())))

    def with_correction(self, correction: Correction) -> "CalendarRows":
        """The same with one more correction; one without a title withdraws that of its day."""
        others = [row for row in self.corrections if row.day != correction.day]
        added = [correction] if correction.title else []
        return replace(self, corrections=tuple(sorted(others + added, key=lambda row: row.day)))


def hold_calendar(session: Session) -> None:
    """Wait for those who write deadlines, and let nobody else use or change the calendar.

    SQLite has one writer and needs no such lock.
    """
    session.execute(_HOLD.with_for_update()).all()


def calendar_rows(session: Session) -> CalendarRows:
    """What is recorded now; a later row of the same day replaces the earlier one."""
    weeks = session.execute(
        select(WeeklySchedule.valid_from, WeeklySchedule.off_weekdays).order_by(
            WeeklySchedule.recorded_at, WeeklySchedule.id
        )
    ).all()
    days = session.execute(
        select(CalendarDay.day_on, CalendarDay.is_off, CalendarDay.title).order_by(
            CalendarDay.recorded_at, CalendarDay.id
        )
    ).all()
    newest_weeks = dict((row[0], row[1]) for row in weeks) or dict([DEFAULT_WEEK])
    newest_days = {row[0]: Correction(day=row[0], is_off=row[1], title=row[2]) for row in days}
    return CalendarRows(
        weeks=tuple(sorted(newest_weeks.items())),
        corrections=tuple(row for _day, row in sorted(newest_days.items()) if row.title),
    )


def work_calendar(session: Session, *, is_held: bool = False) -> WorkCalendar:
    """The calendar as recorded now; the same rows give the same, already warm, object.

    ``is_held``: nobody changes it until the transaction ends, so that a deadline written by it is
    seen by who changes the calendar next.
    """
    if is_held:
        session.execute(_HOLD.with_for_update(read=True)).all()
    return calendar_of(calendar_rows(session))


@lru_cache(maxsize=16)
def calendar_of(rows: CalendarRows) -> WorkCalendar:
    """The calendar that such rows make; the same rows give the same object."""
    return WorkCalendar(
        weeks=tuple(
            WorkWeek(valid_from=valid_from, off_days=weekdays_of(off_weekdays))
            for valid_from, off_weekdays in rows.weeks
        ),
        holidays=frozenset(iran_holidays(FIRST_YEAR, LAST_YEAR)),
        closures=frozenset(row.day for row in rows.corrections if row.is_off),
        extra_working=frozenset(row.day for row in rows.corrections if not row.is_off),
    )


def weekdays_of(off_weekdays: str) -> frozenset[int]:
    """The weekdays of a stored list (0 = Saturday … 6 = Friday)."""
    return frozenset(int(day) for day in off_weekdays.split(",") if day)
