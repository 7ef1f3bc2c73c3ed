"""The promise board: what was decided on time, what is late, and what will be.

Every figure has its list of plans. Only the insurers of the actor are counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.models import PlanRound, TreatmentPlan
from workbench.db.queries import plan_flow as queries
from workbench.db.queries.calendar import work_calendar
from workbench.i18n import _
from workbench.persian.jalali import TEHRAN, day_from_parts, day_of, format_instant, month_of
from workbench.rules.forecast import (
    Backlog,
    DayFlow,
    Expected,
    OpenPlan,
    Pace,
    backlog,
    day_flows,
    end_of_day,
    forecast,
    late_between,
)
from workbench.rules.forecast_check import TestedDay
from workbench.rules.working_time import ClockState, Deadline, WorkCalendar, state_of
from workbench.services import audit
from workbench.services.access import Actor, require, within_insurers
from workbench.services.commission.promise_history import history_of, key_of, rounds_since
from workbench.services.list_files import xlsx_file

COMING_DAYS = 5
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many were decided, and how many of them on time."""

    decided: int
    in_time: int

    @property
    def per_cent(self) -> float | None:
        """The share on time; None where nothing was decided."""
        return 100 * self.in_time / self.decided if self.decided else None


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """A plan in one of the lists; instants UTC, None where it has none of that kind."""

    number: str
    due_at: datetime
    expected_at: datetime | None = None
    late_hours: float = 0.0
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LateDay:
    """The plans whose deadline falls on a day and will be missed."""

    on: date
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """Everything the board shows. ``lists`` are the plans behind the figures, by their name.

    ``is_capped``: more are open than the forecast looks at, the most urgent ones are in it.
    """

    as_of: datetime
    today: Share
    month: Share
    month_first_on: date
    open_count: int
    lists: dict[str, tuple[BoardRow, ...]]
    late_days: tuple[LateDay, ...]
    pace: Pace
    flows: tuple[DayFlow, ...]
    coming: tuple[Backlog, ...]
    tested: tuple[TestedDay, ...]
    is_capped: bool

    @property
    def late_today(self) -> LateDay:
        """What will become late until the end of today."""
        return self.late_days[0]


def read_board(session: Session, actor: Actor, *, now: datetime) -> Board:
    """The board at an instant; refused: ``not_permitted``."""
    require(actor, "board.read")
    calendar = work_calendar(session)
    rows = session.execute(
        within_insurers(queries.open_plans(), actor, TreatmentPlan.insurer_id)
    ).all()
    is_capped = len(rows) > queries.OPEN_MAX
    rows = rows[: queries.OPEN_MAX]
    today = datetime.combine(day_of(now), time(), TEHRAN)
    history = history_of(session, actor, rows, calendar, now)
    pace = history.pace
    of_today = day_flows(rounds_since(session, actor, rows, today, now), calendar, now)[-1]
    plans = [_open_plan(row) for row in rows]
    expected = forecast(plans, pace, calendar, now)
    year, month = month_of(day_of(now))
    month_first_on = day_from_parts(year, month, 1)
    return Board(
        as_of=now,
        today=_share(session, actor, today, now),
        month=_share(session, actor, datetime.combine(month_first_on, time(), TEHRAN), now),
        month_first_on=month_first_on,
        open_count=len(rows),
        lists=_lists(session, actor, rows, expected, today, now),
        late_days=_late_days(expected, calendar, now),
        pace=pace,
        flows=(*history.flows[:-1], of_today),
        coming=backlog(plans, pace, calendar, now),
        tested=history.tested,
        is_capped=is_capped,
    )


def export_forecast(session: Session, actor: Actor, *, now: datetime) -> bytes:
    """The forecast of every open plan as XLSX; leaves an audit event, so it needs a writing one."""
    board = read_board(session, actor, now=now)
    rows = board.lists["open"]
    audit.record(
        session,
        action="board.export",
        stream=f"user:{actor.user_id}",
        actor_id=actor.user_id,
        now=now,
        rows=len(rows),
    )
    titles = [_("Plan"), _("Deadline"), _("Decision expected"), _("Late by (working hours)")]
    return xlsx_file(_("Forecast"), titles, [_cells(row) for row in rows])


def _cells(row: BoardRow) -> list[str | int | None]:
    expected = _("not in sight") if row.expected_at is None else format_instant(row.expected_at)
    return [row.number, format_instant(row.due_at), expected, f"{row.late_hours:.1f}"]


def _open_plan(row: Any) -> OpenPlan:
    """A quorum that is reached leaves one word more: the vote of the last or the chair's."""
    missing = max(row.panel_quorum - row.votes, 1)
    return OpenPlan(
        key=key_of(row),
        submitted_at=row.submitted_at,
        due_at=row.due_at,
        work=missing / row.panel_quorum,
    )


def _share(session: Session, actor: Actor, since: datetime, now: datetime) -> Share:
    row = session.execute(
        within_insurers(queries.decided_counts(since, now), actor, PlanRound.insurer_id)
    ).one()
    return Share(decided=row.decided, in_time=row.in_time)


def _lists(
    session: Session,
    actor: Actor,
    rows: Sequence[Any],
    expected: Sequence[Expected],
    today: datetime,
    now: datetime,
) -> dict[str, tuple[BoardRow, ...]]:
    """The plans behind each figure."""
    states = {key_of(row): state_of(_clock(row), now) for row in rows}
    lists = {
        name: tuple(_board_row(each) for each in expected if states[each.plan.key] == name)
        for name in (ClockState.AT_RISK, ClockState.OVERDUE, ClockState.BREACHED)
    }
    returned = session.execute(
        within_insurers(queries.returned_plans(), actor, TreatmentPlan.insurer_id)
    )
    decided = session.execute(
        within_insurers(queries.decided_plans(today, now), actor, PlanRound.insurer_id)
    )
    return {
        **{str(name): found for name, found in lists.items()},
        "open": tuple(_board_row(each) for each in expected),
        "returned": tuple(BoardRow(number=row.number, due_at=row.due_at) for row in returned),
        "today": tuple(
            BoardRow(number=row.number, due_at=row.due_at, closed_at=row.closed_at)
            for row in decided
        ),
    }


def _clock(row: Any) -> Deadline:
    return Deadline(
        start_at=row.submitted_at,
        at_risk_at=row.at_risk_at,
        due_at=row.due_at,
        limit_at=row.limit_at,
    )


def _board_row(each: Expected) -> BoardRow:
    return BoardRow(
        number=each.plan.key.partition(":")[2],
        due_at=each.plan.due_at,
        expected_at=each.decided_at,
        late_hours=each.late_hours,
    )


def _late_days(
    expected: Sequence[Expected], calendar: WorkCalendar, now: datetime
) -> tuple[LateDay, ...]:
    """Today, whether worked or not, and the next working days."""
    days, day = [day_of(now)], day_of(now)
    while len(days) <= COMING_DAYS:
        day += _ONE_DAY
        if calendar.is_working_day(day):
            days.append(day)
    found, since = [], now
    for on in days:
        late = late_between(expected, since, end_of_day(on))
        found.append(LateDay(on=on, rows=tuple(_board_row(each) for each in late)))
        since = end_of_day(on)
    return tuple(found)
