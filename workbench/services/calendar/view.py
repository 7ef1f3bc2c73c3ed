"""The working calendar as the administrator sees it: a month, the weeks, corrections, history."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.holidays_iran import iran_holidays
from workbench.db.models import AuditEvent, CalendarDay, User, WeeklySchedule
from workbench.db.queries.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarRows,
    calendar_of,
    calendar_rows,
    weekdays_of,
)
from workbench.i18n import language
from workbench.persian.jalali import day_from_parts, days_in_month, month_of
from workbench.rules.working_time import DayKind, WorkCalendar
from workbench.services.access import Actor, require
from workbench.services.calendar.changes import STREAM

HISTORY_MAX = 50
_LANGUAGES = {"fa": "fa_IR", "en": "en_US"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayView:
    """A day of the month: what it is to the clock, and the name of its holiday or correction."""

    on: date
    kind: DayKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekView:
    """A working week; ``until_on`` None: it holds on."""

    valid_from: date
    until_on: date | None
    off_days: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionView:
    """A correction in force."""

    day: date
    is_off: bool
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryView:
    """One recorded change.

    ``action`` as in the trail; ``on`` the day it concerns or begins with; ``by`` None: the system;
    ``moved_count`` None: nothing is known of it.
    """

    at: datetime
    by: str | None
    action: str
    on: date
    title: str
    off_days: frozenset[int]
    moved_count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarView:
    """The calendar around a Jalali month (its days in order)."""

    days: tuple[DayView, ...]
    weeks: tuple[WeekView, ...]
    corrections: tuple[CorrectionView, ...]
    history: tuple[HistoryView, ...]


def supported_months() -> tuple[tuple[int, int], tuple[int, int]]:
    """The first and the last Jalali month (year, month) of the calendar."""
    return month_of(date(FIRST_YEAR, 1, 1)), month_of(date(LAST_YEAR, 12, 31))


def read_calendar(session: Session, actor: Actor, year: int, month: int) -> CalendarView:
    """The Jalali month with all weeks and corrections in force and the newest changes."""
    require(actor, "calendar.manage")
    rows = calendar_rows(session)
    return CalendarView(
        days=_days(rows, year, month),
        weeks=_weeks(rows),
        corrections=tuple(
            CorrectionView(day=row.day, is_off=row.is_off, title=row.title)
            for row in reversed(rows.corrections)
        ),
        history=_history(session),
    )


def _days(rows: CalendarRows, year: int, month: int) -> tuple[DayView, ...]:
    first = day_from_parts(year, month, 1)
    calendar = calendar_of(rows)
    names = iran_holidays(FIRST_YEAR, LAST_YEAR, _LANGUAGES[language()])
    days = (first + timedelta(days=n) for n in range(days_in_month(year, month)))
    return tuple(_day(rows, calendar, names, on) for on in days)


def _day(
    rows: CalendarRows, calendar: WorkCalendar, names: Mapping[date, str], on: date
) -> DayView:
    kind, correction = calendar.kind_of(on), rows.correction_of(on)
    name = names.get(on, "") if correction is None else correction.title
    return DayView(on=on, kind=kind, name=name)


def _weeks(rows: CalendarRows) -> tuple[WeekView, ...]:
    """Newest first, each until the day before the next one."""
    begins = [valid_from for valid_from, _off in rows.weeks]
    ends = [*(begin - timedelta(days=1) for begin in begins[1:]), None]
    views = [
        WeekView(valid_from=valid_from, until_on=until, off_days=weekdays_of(off))
        for (valid_from, off), until in zip(rows.weeks, ends, strict=True)
    ]
    return tuple(reversed(views))


def _history(session: Session) -> tuple[HistoryView, ...]:
    weeks = session.scalars(
        select(WeeklySchedule)
        .order_by(WeeklySchedule.recorded_at.desc(), WeeklySchedule.id.desc())
        .limit(HISTORY_MAX)
    )
    days = session.scalars(
        select(CalendarDay)
        .order_by(CalendarDay.recorded_at.desc(), CalendarDay.id.desc())
        .limit(HISTORY_MAX)
    )
    known = _events(session)
    views = [
        *(_of_week(row, known.get(row.id)) for row in weeks),
        *(_of_day(row, known.get(row.id)) for row in days),
    ]
    return tuple(sorted(views, key=lambda view: view.at, reverse=True)[:HISTORY_MAX])


_Event = tuple[str | None, int]
"""Who made a change, and how many deadlines it moved."""


def _events(session: Session) -> dict[int, _Event]:
    """The newest changes by the row that each wrote."""
    found = session.execute(
        select(AuditEvent.facts, User.display_name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.stream == STREAM)
        .order_by(AuditEvent.sequence.desc())
        .limit(2 * HISTORY_MAX)
    )
    return {
        facts["row"]: (name, facts["moved_plans"] + facts["moved_claims"]) for facts, name in found
    }


def _of_week(row: WeeklySchedule, event: _Event | None) -> HistoryView:
    return HistoryView(
        at=row.recorded_at,
        by=event[0] if event else None,
        action="calendar.week",
        on=row.valid_from,
        title="",
        off_days=weekdays_of(row.off_weekdays),
        moved_count=event[1] if event else None,
    )


def _of_day(row: CalendarDay, event: _Event | None) -> HistoryView:
    action = "calendar.close" if row.is_off else "calendar.work"
    return HistoryView(
        at=row.recorded_at,
        by=event[0] if event else None,
        action=action if row.title else "calendar.withdraw",
        on=row.day_on,
        title=row.title,
        off_days=frozenset(),
        moved_count=event[1] if event else None,
    )
