"""Rows about the commission's clock: deadlines a second, a forecast of a long queue."""

from datetime import datetime, timedelta

from scripts.bench.timing import Result, timed_ms
from workbench.db.holidays_iran import iran_calendar
from workbench.persian.jalali import day_of
from workbench.rules.forecast import (
    USUAL_OFFICE,
    OpenPlan,
    Pace,
    forecast,
    last_working_days,
)
from workbench.rules.working_time import WorkCalendar, deadline

DEADLINES, DEADLINES_GOAL = 100_000, 100_000
PLANS, FORECAST_GOAL_S = 5_000, 1.0
RUNS = 3
MEASURED_DAYS, CLOSED = 10, 500


def measure(now: datetime) -> list[Result]:
    """The best of three runs each; no database is asked."""
    calendar = iran_calendar(now.year - 2, now.year + 3)
    return [_deadlines(calendar, now), _forecast(calendar, now)]


def _deadlines(calendar: WorkCalendar, now: datetime) -> Result:
    """Submissions seven minutes apart, so that no two are alike."""
    moments = [now - timedelta(minutes=7 * n) for n in range(DEADLINES)]

    def work() -> None:
        for moment in moments:
            deadline(moment, calendar)

    rate = DEADLINES / (min(timed_ms(work) for _ in range(RUNS)) / 1000)
    return Result(
        part="clock",
        name="working-time deadline",
        measured=rate,
        unit="a second",
        goal=DEADLINES_GOAL,
        is_rate=True,
    )


def _forecast(calendar: WorkCalendar, now: datetime) -> Result:
    plans = []
    for n in range(PLANS):
        submitted_at = now - timedelta(minutes=3 * n)
        due_at = deadline(submitted_at, calendar).due_at
        plans.append(OpenPlan(key=str(n), submitted_at=submitted_at, due_at=due_at))
    pace = Pace(
        days=last_working_days(calendar, day_of(now), MEASURED_DAYS),
        closed=CLOSED,
        arrived=CLOSED,
        office=USUAL_OFFICE,
    )
    return Result(
        part="clock",
        name=f"forecast over {PLANS:,} open plans",
        measured=min(timed_ms(lambda: forecast(plans, pace, calendar, now)) for _ in range(RUNS))
        / 1000,
        unit="s",
        goal=FORECAST_GOAL_S,
    )
