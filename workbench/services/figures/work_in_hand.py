"""What is in hand now by state and age, and how today goes against the same weekday."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.queries import throughput as queries
from workbench.persian.jalali import day_of
from workbench.rules.throughput import (
    AGE_DAYS,
    HOURS_A_DAY,
    SameDay,
    StateAge,
    StepCount,
    flow_of,
)
from workbench.rules.working_time import WorkCalendar, working_hours_before
from workbench.settings import settings

OPEN_ORDER = ("accepted", "under_review", "parked", "returned")
COMPARED = ("came", "decided", "returned")


def ages_of(
    session: Session,
    counted: queries.Counted,
    calendar: WorkCalendar,
    now: datetime,
    pace: Mapping[str, float],
) -> tuple[StateAge, ...]:
    """The open cases by state, in the order of the work; ``pace``: cases a working day."""
    borders = [working_hours_before(calendar, now, days * HOURS_A_DAY) for days in AGE_DAYS]
    rows = {row.state: row for row in session.execute(queries.ages(now, counted, borders))}
    return tuple(
        StateAge(
            state=state,
            counts=tuple(getattr(rows[state], f"age_{n}") for n in range(len(borders) + 1)),
            overdue=rows[state].overdue,
            target=_target(state, pace),
        )
        for state in OPEN_ORDER
        if state in rows
    )


def _target(state: str, pace: Mapping[str, float]) -> int | None:
    """As many cases as leave the state in its days at the present pace."""
    days = settings().target_days.get(state)
    daily = pace.get("returned" if state == "returned" else "left")
    return None if days is None or daily is None else round(days * daily)


def read_same_day(
    session: Session, counted: queries.Counted, alike: Sequence[date], now: datetime
) -> tuple[SameDay, ...]:
    """Came, decided and returned, today and on the days alike up to the same time of day."""
    today = day_of(now)
    untils = {on.toordinal(): now - (today - on) for on in (today, *alike)}
    found: dict[int, list[StepCount]] = {day: [] for day in untils}
    for row in session.execute(queries.flows_until(counted, untils)):
        found[row.day].append(counted_step(row))
    days = [flow_of(found[day], date.fromordinal(day)) for day in untils]
    return tuple(
        SameDay(
            name=name,
            today=getattr(days[0], name),
            former=tuple(getattr(flow, name) for flow in days[1:]),
        )
        for name in COMPARED
    )


def counted_step(row: Any) -> StepCount:
    """A row of ``queries.flows``."""
    return StepCount(
        action=row.action,
        on=date.fromordinal(row.day),
        steps=row.steps,
        holding=row.holding,
        on_time=row.on_time,
    )
