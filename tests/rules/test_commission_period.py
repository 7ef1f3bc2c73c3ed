"""The commission's figures of a period from made-up rounds: flow, hours, forecast of mornings."""

import random
from datetime import UTC, date, datetime, time, timedelta

import pytest

from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.commission_figures import (
    TOLD_MAX,
    PlanRoundFact,
    plan_flows,
    round_hours,
    tell,
    told_days,
)
from workbench.rules.forecast import end_of_day, measure_pace
from workbench.rules.forecast_check import back_test, known_at
from workbench.rules.working_time import (
    FRIDAY,
    THURSDAY,
    WorkCalendar,
    WorkWeek,
    deadline,
    working_hours_between,
)

WEEK = WorkWeek(valid_from=date(2020, 1, 1), off_days=frozenset({THURSDAY, FRIDAY}))
CALENDAR = WorkCalendar(weeks=(WEEK,))
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)


def fact(key: str, at: datetime, hours: float | None, result: str | None) -> PlanRoundFact:
    return PlanRoundFact(
        key=key,
        submitted_at=at,
        due_at=deadline(at, CALENDAR).due_at,
        closed_at=None if hours is None else at + timedelta(hours=hours),
        result=result,
    )


@pytest.fixture
def rounds() -> list[PlanRoundFact]:
    """Some hundred rounds over four months: decided, returned, open; on time and late."""
    dice, found = random.Random(11), []
    for n in range(300):
        at = datetime(2026, 7, 15, 5, tzinfo=UTC) + timedelta(minutes=dice.randrange(160_000))
        result = dice.choice(["decided"] * 8 + ["returned", None])
        found.append(fact(f"1-{n}-1", at, dice.uniform(1, 150) if result else None, result))
    return found


def test_each_day_is_a_plain_count(rounds: list[PlanRoundFact]) -> None:
    for flow in plan_flows(rounds, FIRST, LAST, CALENDAR):
        closed = [r for r in rounds if r.closed_at and day_of(r.closed_at) == flow.on]
        decided = [r for r in closed if r.result == "decided"]
        assert flow.came == sum(day_of(r.submitted_at) == flow.on for r in rounds)
        assert (flow.left, flow.decided) == (len(closed), len(decided))
        assert flow.returned == len(closed) - len(decided)
        assert flow.on_time == sum(r.closed_at <= r.due_at for r in decided if r.closed_at)
        assert flow.is_working == CALENDAR.is_working_day(flow.on)


def test_the_deadline_itself_is_on_time() -> None:
    at = datetime(2026, 9, 5, 6, tzinfo=UTC)
    due = deadline(at, CALENDAR).due_at
    for second, on_time in ((0, 1), (1, 0)):
        one = fact("a", at, (due - at) / timedelta(hours=1) + second / 3600, "decided")
        assert sum(f.on_time for f in plan_flows([one], FIRST, LAST, CALENDAR)) == on_time


def test_hours_are_those_of_the_rounds_closed_in_the_period(rounds: list[PlanRoundFact]) -> None:
    hours = sorted(
        working_hours_between(CALENDAR, r.submitted_at, r.closed_at)
        for r in rounds
        if r.closed_at and FIRST <= day_of(r.closed_at) <= LAST
    )
    found = round_hours(rounds, FIRST, LAST, CALENDAR)
    assert found.count == len(hours) > 20
    assert sum(h <= found.median for h in hours) * 2 >= len(hours)
    assert sum(h < found.median for h in hours) * 2 <= len(hours)
    assert (
        sum(h <= found.p90 for h in hours) >= 0.9 * len(hours) > sum(h < found.p90 for h in hours)
    )
    empty = round_hours([], FIRST, LAST, CALENDAR)
    assert (empty.count, empty.median, empty.p90) == (0, None, None)


def test_a_morning_is_told_as_the_promise_board_would_have(rounds: list[PlanRoundFact]) -> None:
    days = told_days(FIRST, LAST, CALENDAR)
    whole = [r.round for r in rounds]
    for told in tell(rounds, days, CALENDAR):
        at = datetime.combine(told.on, time(8), TEHRAN)
        assert told.expected == measure_pace(known_at(whole, at), CALENDAR, at).arrivals_per_day
        assert (told.tested,) == back_test(whole, CALENDAR, end_of_day(told.on), days=1)
    assert sum(each.tested.count for each in tell(rounds, days, CALENDAR)) > 20


def test_what_came_is_told_once_rest_days_with_the_day_after(rounds: list[PlanRoundFact]) -> None:
    days = told_days(FIRST, LAST, CALENDAR)
    came = sum(each.came for each in tell(rounds, days, CALENDAR))
    before = max(
        on for on in (days[0] - timedelta(n) for n in range(1, 9)) if CALENDAR.is_working_day(on)
    )
    assert came == sum(end_of_day(before) <= r.submitted_at < end_of_day(days[-1]) for r in rounds)


def test_mornings_are_the_last_working_days_of_the_period() -> None:
    assert told_days(date(2026, 11, 19), date(2026, 11, 20), CALENDAR) == ()  # Thursday, Friday
    assert told_days(date(2026, 11, 22), date(2026, 11, 21), CALENDAR) == ()
    ten_years = told_days(date(2016, 11, 1), LAST, CALENDAR)
    assert len(ten_years) == TOLD_MAX and ten_years[-1] == date(2026, 10, 31)
