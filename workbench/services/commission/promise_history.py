"""What the promise board says about days that are over: speed, flow, how right the forecast was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from workbench.db.models import PlanRound
from workbench.db.queries import plan_flow as queries
from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.forecast import (
    MEASURED_DAYS,
    SHOWN_DAYS,
    DayFlow,
    Pace,
    Round,
    day_flows,
    last_working_days,
    measure_pace,
)
from workbench.rules.forecast_check import TESTED_DAYS, TestedDay, back_test
from workbench.rules.working_time import WorkCalendar
from workbench.services.access import Actor, within_insurers


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """The speed of the last working days, what came and went day by day, how right it was."""

    pace: Pace
    flows: tuple[DayFlow, ...]
    tested: tuple[TestedDay, ...]


_Known = tuple[datetime, date, frozenset[int] | None, WorkCalendar]
_KEPT: WeakKeyDictionary[Engine, dict[_Known, History]] = WeakKeyDictionary()


def rounds_since(
    session: Session, actor: Actor, rows: Sequence[Any], since: datetime, now: datetime
) -> list[Round]:
    """The open rounds and those closed since an instant."""
    closed = session.execute(
        within_insurers(queries.closed_rounds(since, now), actor, PlanRound.insurer_id)
    ).all()
    ended = [
        Round(
            key=f"{row.insurer_id}-{row.plan_id}-{row.number}",
            submitted_at=row.submitted_at,
            due_at=row.due_at,
            closed_at=row.closed_at,
        )
        for row in closed
    ]
    return ended + [
        Round(key=key_of(row), submitted_at=row.submitted_at, due_at=row.due_at) for row in rows
    ]


def history_of(
    session: Session, actor: Actor, rows: Sequence[Any], calendar: WorkCalendar, now: datetime
) -> History:
    """What the days that are over say; it is computed once an hour.

    Kept in the process, for each database, of the present hour alone.
    """
    engine = session.get_bind().engine
    hour = now.replace(minute=0, second=0, microsecond=0)
    key = (hour, day_of(now), actor.insurer_ids, calendar)
    kept = _KEPT.get(engine, {})
    if key not in kept:
        days_back = max(SHOWN_DAYS, MEASURED_DAYS + TESTED_DAYS)
        first = last_working_days(calendar, day_of(now), days_back)[0]
        rounds = rounds_since(session, actor, rows, datetime.combine(first, time(), TEHRAN), now)
        found = History(
            pace=measure_pace(rounds, calendar, now),
            flows=day_flows(rounds, calendar, now),
            tested=back_test(rounds, calendar, now),
        )
        kept = {other: each for other, each in kept.items() if other[0] == hour} | {key: found}
        _KEPT[engine] = kept
    return kept[key]


def key_of(row: Any) -> str:
    """The key of an open plan's row."""
    return f"{row.insurer_id}:{row.number}"
