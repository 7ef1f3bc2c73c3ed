"""The commission's figures of a period from made-up rounds: flow, hours, forecast of mornings."""

import math
import random
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import median_low

import pytest

from workbench.persian.jalali import TEHRAN, day_of
from workbench.rules.commission_figures import (
    TOLD_MAX,
    RoundCount,
    WorkSeconds,
    plan_flows,
    round_hours,
    tell,
    told_days,
)
from workbench.rules.forecast import Round, end_of_day, measure_pace
from workbench.rules.forecast_check import back_test, known_at
from workbench.rules.working_time import (
    FRIDAY,
    THURSDAY,
    OfficeHours,
    WorkCalendar,
    WorkWeek,
    deadline,
    working_hours_between,
)

WEEK = WorkWeek(valid_from=date(2020, 1, 1), off_days=frozenset({THURSDAY, FRIDAY}))
CALENDAR = WorkCalendar(weeks=(WEEK,))
FIRST, LAST = date(2026, 9, 1), date(2026, 10, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A made-up round."""

    round: Round
    result: str | None


@pytest.fixture
def facts() -> list[Fact]:
    """Some hundred rounds over four months: decided, returned, open; on time and late."""
    dice, found = random.Random(11), []
    for n in range(300):
        at = datetime(2026, 7, 15, 5, tzinfo=UTC) + timedelta(minutes=dice.randrange(160_000))
        result = dice.choice(["decided"] * 8 + ["returned", None])
        closed_at = at + timedelta(minutes=dice.randrange(60, 9_000)) if result else None
        due_at = deadline(at, CALENDAR).due_at
        made = Round(key=f"1-{n}-1", submitted_at=at, due_at=due_at, closed_at=closed_at)
        found.append(Fact(round=made, result=result))
    return found


@pytest.fixture
def rounds(facts: list[Fact]) -> list[Round]:
    return [fact.round for fact in facts]


def test_each_day_is_the_sum_of_its_counts() -> None:
    on = FIRST + timedelta(days=3)
    counts = [
        RoundCount(on=on, result=None, rounds=5),
        RoundCount(on=on, result="decided", rounds=4, on_time=3),
        RoundCount(on=on, result="decided", rounds=2, on_time=2),
        RoundCount(on=on, result="returned", rounds=1, on_time=1),
    ]
    flows = {flow.on: flow for flow in plan_flows(counts, FIRST, LAST, CALENDAR)}
    found = flows[on]
    assert (found.came, found.left, found.decided, found.returned) == (5, 7, 6, 1)
    assert found.on_time == 5  # a return in time is no decision on time
    assert len(flows) == (LAST - FIRST).days + 1
    assert sum(flow.left for flow in flows.values()) == 7
    assert all(flow.is_working == CALENDAR.is_working_day(flow.on) for flow in flows.values())


@pytest.mark.parametrize("office", [None, OfficeHours(opens_at=time(8), closes_at=time(16))])
def test_hours_are_the_working_hours_between(
    rounds: list[Round], office: OfficeHours | None
) -> None:
    calendar = replace(CALENDAR, office=office)
    closed = [(r.submitted_at, r.closed_at) for r in rounds if r.closed_at]
    hours = sorted(working_hours_between(calendar, *span) for span in closed)
    first_on = day_of(min(came for came, _closed in closed))
    last_on = day_of(max(end for _came, end in closed))
    seconds = WorkSeconds(calendar, first_on, last_on)
    for came, end in closed:
        ran = seconds.until(end.timestamp()) - seconds.until(came.timestamp())
        assert ran / 3_600 == pytest.approx(working_hours_between(calendar, came, end))
    found = round_hours(((a.timestamp(), b.timestamp()) for a, b in closed), seconds)
    assert found.count == len(hours) > 200
    assert found.median == pytest.approx(median_low(hours))
    assert found.p90 == pytest.approx(hours[math.ceil(0.9 * len(hours)) - 1])
    empty = round_hours([], seconds)
    assert (empty.count, empty.median, empty.p90) == (0, None, None)


def test_a_morning_is_told_as_the_promise_board_would_have(rounds: list[Round]) -> None:
    days = told_days(FIRST, LAST, CALENDAR)
    whole = rounds
    for told in tell(rounds, days, CALENDAR):
        at = datetime.combine(told.on, time(8), TEHRAN)
        assert told.expected == measure_pace(known_at(whole, at), CALENDAR, at).arrivals_per_day
        assert (told.tested,) == back_test(whole, CALENDAR, end_of_day(told.on), days=1)
    assert sum(each.tested.count for each in tell(rounds, days, CALENDAR)) > 20


def test_what_came_is_told_once_rest_days_with_the_day_after(rounds: list[Round]) -> None:
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
