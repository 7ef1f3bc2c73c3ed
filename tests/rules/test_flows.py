"""Flows, backlog, medians and forecast, each against numbers counted by hand."""

from datetime import date, timedelta

import pytest

from workbench.rules.throughput import (
    Flow,
    Grain,
    StepCount,
    backlogs,
    flows_of,
    forecast,
    grain_of,
    grouped,
    spread,
)
from workbench.rules.working_time import FRIDAY, THURSDAY, WorkCalendar, WorkWeek

CALENDAR = WorkCalendar(
    weeks=(WorkWeek(valid_from=date(2020, 1, 1), off_days=frozenset({THURSDAY, FRIDAY})),)
)
SATURDAY = date(2025, 11, 1)


def count(action: str, on: date, steps: int, holding: int = 0, on_time: int = 0) -> StepCount:
    return StepCount(action=action, on=on, steps=steps, holding=holding, on_time=on_time)


def flow(day: int, came: int, left: int) -> Flow:
    on = SATURDAY + timedelta(days=day)
    return Flow(on=on, is_working=CALENDAR.is_working_day(on), came=came, left=left)


def test_a_day_without_steps_is_there() -> None:
    found = flows_of([], SATURDAY, SATURDAY + timedelta(days=6), CALENDAR)
    assert [each.is_working for each in found] == [True] * 5 + [False] * 2
    assert all(each.came == each.left == 0 for each in found)


def test_an_undone_finish_left_work_but_is_no_decision() -> None:
    (found,) = flows_of(
        [
            count("arrive", SATURDAY, 5),
            count("resubmit", SATURDAY, 1),
            count("reopen", SATURDAY, 1),
            count("finish", SATURDAY, 3, holding=2, on_time=2),
            count("return", SATURDAY, 2, holding=2, on_time=1),
            count("void", SATURDAY, 1, holding=1),
        ],
        SATURDAY,
        SATURDAY,
        CALENDAR,
    )
    assert (found.came, found.left, found.decided, found.returned) == (7, 6, 2, 2)
    assert found.on_time == 3


def test_the_backlog_goes_back_from_what_there_is() -> None:
    assert backlogs([flow(0, 10, 4), flow(1, 0, 5), flow(2, 3, 3)], 20) == (25, 20, 20)
    assert backlogs([], 20) == ()


@pytest.mark.parametrize(
    ("hours", "median", "p90"),
    [({}, None, None), ({0: 1}, 0.5, 0.5), ({0: 9, 24: 1}, 0.5, 0.5), ({0: 8, 24: 2}, 0.5, 24.5)],
)
def test_median_and_ninetieth(
    hours: dict[int, int], median: float | None, p90: float | None
) -> None:
    found = spread(hours)
    assert found.count == sum(hours.values())
    assert found.median_days == (None if median is None else median / 24)
    assert found.p90_days == (None if p90 is None else p90 / 24)


def test_the_forecast_counts_rest_days_into_the_working_ones() -> None:
    week = [flow(n, 10, 8) for n in range(5)] + [flow(5, 2, 0), flow(6, 3, 0)]
    found = forecast([*week, flow(7, 100, 0)], 50, CALENDAR)
    assert len(found) == 10
    assert found[0] == (SATURDAY + timedelta(days=8), 53.0)  # (5 × 2 + 5) ÷ 5 a working day
    assert found[4][0] == SATURDAY + timedelta(days=14)  # over Thursday and Friday


def test_no_forecast_without_a_finished_working_day() -> None:
    assert forecast([flow(0, 3, 1)], 2, CALENDAR) == ()
    assert forecast([], 2, CALENDAR) == ()


def test_a_forecast_is_never_below_nothing() -> None:
    found = forecast([flow(0, 0, 30), flow(1, 0, 0)], 40, CALENDAR)
    assert [value for _on, value in found][:3] == [10.0, 0.0, 0.0]


def test_bars_are_days_then_weeks_then_months() -> None:
    assert [grain_of(days) for days in (1, 92, 93, 644, 645)] == [
        Grain.DAY,
        Grain.DAY,
        Grain.WEEK,
        Grain.WEEK,
        Grain.MONTH,
    ]


def test_a_week_begins_on_saturday_and_a_month_with_its_jalali_first() -> None:
    flows = [flow(n, 1, 2) for n in range(-2, 33)]
    weeks = grouped(flows, Grain.WEEK)
    assert [each.came for each in weeks] == [2, 7, 7, 7, 7, 5]
    assert weeks[1].on == SATURDAY
    months = grouped(flows, Grain.MONTH)  # 1404/08/08 … 1404/09/11: Aban has 30 days
    assert [each.left for each in months] == [2 * 23, 2 * 12]
