"""Changes of the working calendar: shown with what they move, then made and recorded.

Nothing is edited: a change is a new row, a withdrawn correction a row without a title. Each open
deadline is computed anew from the start of its round, so a change may lie in the past; what was
decided keeps its deadline.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from workbench.db.models import CalendarDay, WeeklySchedule, new_id
from workbench.db.queries.calendar import (
    FIRST_YEAR,
    LAST_YEAR,
    CalendarRows,
    Correction,
    calendar_of,
    calendar_rows,
    hold_calendar,
)
from workbench.errors import Refused
from workbench.rules.working_time import (
    LONGEST_REST_DAYS,
    DayKind,
    WorkCalendar,
)
from workbench.services import audit
from workbench.services.access import Actor, may_see_insurer, require
from workbench.services.calendar.deadlines import (
    CLAIM,
    PLAN,
    MovedDeadline,
    move_deadlines,
    moved_deadlines,
)
from workbench.services.texts import kept_text

STREAM = "calendar"
LISTED_MAX = 50
TITLE_MAX = 120
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWeek:
    """Another working week from a day on; weekdays count from Saturday, 0, to Friday, 6.

    It holds until a week that begins later takes over, also when that one was recorded before.
    """

    valid_from: date
    off_days: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDay:
    """A day on which the desk is closed, and why."""

    day: date
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkDay:
    """A holiday or weekend day that is worked, and why."""

    day: date
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawCorrection:
    """A day that is again what holidays and week say."""

    day: date


Change = NewWeek | CloseDay | WorkDay | WithdrawCorrection


@dataclass(frozen=True, slots=True, kw_only=True)
class Moves:
    """What a change moves. ``listed``: the first ones of the actor's insurers, late ones first.

    ``seen`` says in short what was shown, for ``make_change``.
    """

    plan_count: int
    claim_count: int
    overdue_count: int
    relieved_count: int
    listed: tuple[MovedDeadline, ...]

    @property
    def count(self) -> int:
        """How many deadlines move."""
        return self.plan_count + self.claim_count

    @property
    def seen(self) -> str:
        """The numbers a user decides by."""
        counts = self.plan_count, self.claim_count, self.overdue_count, self.relieved_count
        return "-".join(map(str, counts))


def preview_change(session: Session, actor: Actor, change: Change, *, now: datetime) -> Moves:
    """What the change would move; refused as ``make_change`` is."""
    require(actor, "calendar.manage")
    rows = _changed(calendar_rows(session), change)
    return _moves(actor, moved_deadlines(session, calendar_of(rows)), now)


def make_change(
    session: Session, actor: Actor, change: Change, *, seen: str | None = None, now: datetime
) -> Moves:
    """Record the change and move the open deadlines with it, all in the caller's transaction.

    Refused: ``calendar_moves_changed`` when it moves others than the user saw (``seen``),
    ``calendar_week_without_work``, ``calendar_weekday_unknown``, ``calendar_title_needed``,
    ``calendar_title_long``, ``calendar_day_unsupported``, ``calendar_same_week``,
    ``calendar_day_off_already``, ``calendar_day_worked_already``, ``calendar_day_closed``,
    ``calendar_nothing_to_withdraw``, ``calendar_rest_too_long``.
    """
    require(actor, "calendar.manage")
    hold_calendar(session)
    present = calendar_rows(session)
    changed = _changed(present, change)
    moved = moved_deadlines(session, calendar_of(changed), is_held=True)
    moves = _moves(actor, moved, now)
    if seen is not None and seen != moves.seen:
        raise Refused("calendar_moves_changed", plans=moves.plan_count, claims=moves.claim_count)
    row_id = _write(session, present, changed, change, now)
    move_deadlines(session, moved, actor_id=actor.user_id, now=now)
    _record(session, actor, change, row_id, moves, now)
    return moves


def off_weekdays(off_days: frozenset[int]) -> str:
    """Weekdays as they are stored."""
    return ",".join(map(str, sorted(off_days)))


def _changed(rows: CalendarRows, change: Change) -> CalendarRows:
    """The calendar with the change; refused when it is none or cannot be."""
    calendar = calendar_of(rows)
    match change:
        case NewWeek():
            return _with_week(rows, calendar, change)
        case CloseDay():
            changed = _with_closure(rows, calendar, change)
        case WorkDay():
            changed = _with_work(rows, calendar, change)
        case WithdrawCorrection():
            changed = _without(rows, change.day)
    _refuse_long_rest(calendar_of(changed), change.day)
    return changed


def _with_week(rows: CalendarRows, calendar: WorkCalendar, change: NewWeek) -> CalendarRows:
    unknown = sorted(change.off_days - frozenset(range(7)))
    if unknown:
        raise Refused("calendar_weekday_unknown", weekday=unknown[0])
    if len(change.off_days) == 7:
        raise Refused("calendar_week_without_work")
    _refuse_unsupported(change.valid_from)
    if change.off_days == calendar.off_days_on(change.valid_from):
        raise Refused("calendar_same_week", on=change.valid_from)
    return rows.with_week(change.valid_from, off_weekdays(change.off_days))


def _with_closure(rows: CalendarRows, calendar: WorkCalendar, change: CloseDay) -> CalendarRows:
    title = _title(change.day, change.title)
    if not calendar.is_working_day(change.day):
        raise Refused("calendar_day_off_already", on=change.day)
    return rows.with_correction(Correction(day=change.day, is_off=True, title=title))


def _with_work(rows: CalendarRows, calendar: WorkCalendar, change: WorkDay) -> CalendarRows:
    title = _title(change.day, change.title)
    if calendar.kind_of(change.day) is DayKind.CLOSURE:
        raise Refused("calendar_day_closed", on=change.day)
    if calendar.is_working_day(change.day):
        raise Refused("calendar_day_worked_already", on=change.day)
    return rows.with_correction(Correction(day=change.day, is_off=False, title=title))


def _without(rows: CalendarRows, day: date) -> CalendarRows:
    present = rows.correction_of(day)
    if present is None:
        raise Refused("calendar_nothing_to_withdraw", on=day)
    return rows.with_correction(Correction(day=day, is_off=present.is_off, title=""))


def _title(day: date, title: str) -> str:
    """The reason as it is kept, of a day that the calendar knows."""
    _refuse_unsupported(day)
    kept = kept_text(title)
    if not kept:
        raise Refused("calendar_title_needed")
    if len(kept) > TITLE_MAX:
        raise Refused("calendar_title_long", letters=TITLE_MAX)
    return kept


def _refuse_unsupported(day: date) -> None:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        first, last = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
        raise Refused("calendar_day_unsupported", first=first, last=last)


def _refuse_long_rest(calendar: WorkCalendar, day: date) -> None:
    """The clock looks so many days ahead for a working day, not farther."""
    first = day
    while not calendar.is_working_day(first - _ONE_DAY):
        first -= _ONE_DAY
    last = day
    while not calendar.is_working_day(last) and (last - first).days <= LONGEST_REST_DAYS:
        last += _ONE_DAY
    if (last - first).days > LONGEST_REST_DAYS:
        raise Refused("calendar_rest_too_long", days=LONGEST_REST_DAYS)


def _moves(actor: Actor, moved: list[MovedDeadline], now: datetime) -> Moves:
    seen = [each for each in moved if may_see_insurer(actor, each.insurer_id)]
    seen.sort(
        key=lambda each: (
            not each.becomes_overdue(now),
            not each.is_overdue_no_more(now),
            each.due_at == each.former_due_at,
            each.kind != PLAN,
            each.former_due_at,
            each.number,
        )
    )
    return Moves(
        plan_count=sum(each.kind == PLAN for each in moved),
        claim_count=sum(each.kind == CLAIM for each in moved),
        overdue_count=sum(each.becomes_overdue(now) for each in moved),
        relieved_count=sum(each.is_overdue_no_more(now) for each in moved),
        listed=tuple(seen[:LISTED_MAX]),
    )


def _write(
    session: Session, present: CalendarRows, changed: CalendarRows, change: Change, now: datetime
) -> int:
    """The new row's key."""
    row: WeeklySchedule | CalendarDay
    if isinstance(change, NewWeek):
        row = WeeklySchedule(
            id=new_id(),
            valid_from=change.valid_from,
            off_weekdays=off_weekdays(change.off_days),
            recorded_at=now,
        )
    else:
        kept = changed.correction_of(change.day) or present.correction_of(change.day)
        assert kept is not None
        row = CalendarDay(
            id=new_id(),
            day_on=change.day,
            is_off=kept.is_off,
            title="" if isinstance(change, WithdrawCorrection) else kept.title,
            recorded_at=now,
        )
    session.add(row)
    session.flush()
    return row.id


ACTIONS = {NewWeek: "week", CloseDay: "close", WorkDay: "work", WithdrawCorrection: "withdraw"}


def _record(
    session: Session, actor: Actor, change: Change, row_id: int, moves: Moves, now: datetime
) -> None:
    """One event for the change; its reason is free text and stays out of the trail."""
    day = day_of_change(change).isoformat()
    audit.record(
        session,
        action=f"calendar.{ACTIONS[type(change)]}",
        stream=STREAM,
        actor_id=actor.user_id,
        now=now,
        row=row_id,
        on=None if isinstance(change, NewWeek) else day,
        from_on=day if isinstance(change, NewWeek) else None,
        weekdays=sorted(change.off_days) if isinstance(change, NewWeek) else None,
        moved_plans=moves.plan_count,
        moved_claims=moves.claim_count,
        became_overdue=moves.overdue_count,
        no_longer_overdue=moves.relieved_count,
    )


def day_of_change(change: Change) -> date:
    """The day it concerns, or from which it holds."""
    return change.valid_from if isinstance(change, NewWeek) else change.day
