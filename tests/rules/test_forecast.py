"""The forecast of the commission's queue: small queues counted by hand, properties, the check."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.persian.jalali import day_of, parse_day, parse_instant
from workbench.rules.forecast import (
    USUAL_OFFICE,
    OpenPlan,
    Pace,
    Round,
    backlog,
    day_flows,
    end_of_day,
    forecast,
    last_working_days,
    late_between,
    measure_pace,
)
from workbench.rules.forecast_check import back_test, known_at
from workbench.rules.working_time import FRIDAY, THURSDAY, OfficeHours, WorkCalendar, WorkWeek

CALENDAR = WorkCalendar(
    weeks=(WorkWeek(valid_from=date(2020, 1, 1), off_days=frozenset({THURSDAY, FRIDAY})),)
)
WEDNESDAY = parse_instant("1405/08/20 14:00")
HOUR = timedelta(hours=1)


def at(text):
    return parse_instant(text)


def pace(closed=10, days=5, office=USUAL_OFFICE, **fields):
    """Ten plans in five days of eight hours: a plan in four hours of work."""
    counted = last_working_days(CALENDAR, day_of(WEDNESDAY), days)
    return Pace(
        days=counted, closed=closed, arrived=fields.pop("arrived", 0), office=office, **fields
    )


def plan(key, due, work=1.0):
    return OpenPlan(key=key, submitted_at=at("1405/08/18 09:00"), due_at=at(due), work=work)


def test_a_queue_is_served_over_the_weekend_by_its_deadlines():
    plans = [
        plan("c", "1405/08/24 09:00"),
        plan("a", "1405/08/20 17:00"),
        plan("b", "1405/08/23 10:00", work=0.5),
    ]
    found = forecast(plans, pace(), CALENDAR, WEDNESDAY)
    # Two hours on Wednesday (until 16:00), two on Saturday; then two; then four.
    assert [(each.plan.key, each.decided_at) for each in found] == [
        ("a", at("1405/08/23 10:00")),
        ("b", at("1405/08/23 12:00")),
        ("c", at("1405/08/23 16:00")),
    ]
    # From Wednesday 17:00 seven hours ran that day, ten on Saturday; the weekend does not count.
    assert [each.late_hours for each in found] == [17.0, 2.0, 0.0]
    assert [each.is_late for each in found] == [True, True, False]


def test_a_decision_exactly_at_the_deadline_is_in_time():
    [found] = forecast([plan("a", "1405/08/23 10:00")], pace(), CALENDAR, WEDNESDAY)
    assert found.decided_at == found.plan.due_at and not found.is_late
    [late] = forecast(
        [replace(found.plan, due_at=found.plan.due_at - timedelta(seconds=1))],
        pace(),
        CALENDAR,
        WEDNESDAY,
    )
    assert late.is_late


def test_what_is_overdue_already_is_late_and_not_said_to_become_so():
    found = forecast([plan("a", "1405/08/20 13:59")], pace(), CALENDAR, WEDNESDAY)
    assert found[0].is_late
    assert late_between(found, WEDNESDAY, end_of_day(day_of(WEDNESDAY))) == ()


def test_what_becomes_late_is_told_by_the_day_of_its_deadline():
    found = forecast(
        [plan("a", "1405/08/20 15:00"), plan("b", "1405/08/23 09:00")], pace(), CALENDAR, WEDNESDAY
    )
    today = end_of_day(day_of(WEDNESDAY))
    assert [each.plan.key for each in late_between(found, WEDNESDAY, today)] == ["a"]
    saturday = end_of_day(parse_day("1405/08/23"))
    assert [each.plan.key for each in late_between(found, today, saturday)] == ["b"]


def test_without_any_decision_there_is_no_end_in_sight():
    found = forecast(
        [plan("a", "1405/08/20 13:00"), plan("b", "1405/08/24 09:00")],
        pace(closed=0),
        CALENDAR,
        WEDNESDAY,
    )
    assert [(each.decided_at, each.late_hours, each.is_late) for each in found] == [
        (None, 1.0, True),
        (None, 0.0, True),
    ]


def test_the_pace_counts_the_days_that_are_over_and_nothing_later():
    def closed(key, at_text):
        return Round(
            key=key,
            submitted_at=at("1405/08/16 10:00"),
            due_at=at("1405/08/18 10:00"),
            closed_at=at(at_text),
        )

    rounds = [
        closed("a", "1405/08/18 11:00"),
        closed("b", "1405/08/19 12:00"),
        closed("today", "1405/08/20 09:00"),
        closed("later", "1405/08/24 09:00"),
        closed("before", "1405/08/17 11:00"),
    ]
    measured = measure_pace(rounds, CALENDAR, WEDNESDAY, days=2)
    assert measured.days == (parse_day("1405/08/18"), parse_day("1405/08/19"))
    assert (measured.closed, measured.arrived, measured.office_hours) == (2, 0, 8.0)
    assert measured.closed_per_hour == 2 / 16


def test_the_hours_of_work_are_those_in_which_plans_were_closed():
    rounds = [
        Round(
            key=str(n),
            submitted_at=at("1405/08/18 09:00"),
            due_at=at("1405/08/20 09:00"),
            closed_at=at("1405/08/19 10:30") + n * timedelta(minutes=10),
        )
        for n in range(20)
    ]
    measured = measure_pace(rounds, CALENDAR, WEDNESDAY, days=5)
    # One in twenty is left out on either side: 10:40 to 13:30.
    assert measured.office == OfficeHours(opens_at=time(10), closes_at=time(14))
    assert measure_pace(rounds[:19], CALENDAR, WEDNESDAY, days=5).office == USUAL_OFFICE


def test_arrivals_of_rest_days_count_to_the_days_after_them():
    rounds = [
        Round(key="fri", submitted_at=at("1405/08/15 20:00"), due_at=at("1405/08/19 00:00")),
        Round(key="sat", submitted_at=at("1405/08/16 15:00"), due_at=at("1405/08/18 15:00")),
    ]
    measured = measure_pace(rounds, CALENDAR, WEDNESDAY, days=5)
    assert measured.arrivals_per_day == 2 / 5
    assert measured.arrivals_after(at("1405/08/20 14:00")) == 1 / 5
    assert measured.arrivals_after(at("1405/08/20 15:00")) == 0


def test_the_backlog_adds_what_comes_and_takes_off_what_is_worked():
    given_pace = pace(arrived=15, arrival_minutes=(15 * 60,) * 5)
    ends = backlog(
        [plan(str(n), "1405/08/24 09:00") for n in range(3)], given_pace, CALENDAR, WEDNESDAY
    )
    assert [each.on for each in ends[:2]] == [parse_day("1405/08/20"), parse_day("1405/08/23")]
    # Today one comes still and two of eight hours are left; then three come and two are closed.
    assert [each.open_plans for each in ends] == pytest.approx([3.5, 4.5, 5.5, 6.5, 7.5, 8.5])
    empty = backlog([], pace(), CALENDAR, parse_instant("1405/08/21 10:00"))
    assert [each.open_plans for each in empty] == [0.0] * 5


def test_every_day_of_the_chart_is_there_and_today_is_not_over():
    rounds = [
        Round(
            key="a",
            submitted_at=at("1405/08/15 10:00"),
            due_at=at("1405/08/18 10:00"),
            closed_at=at("1405/08/20 10:00"),
        )
    ]
    flows = day_flows(rounds, CALENDAR, WEDNESDAY, days=5)
    assert [each.on for each in flows] == [
        parse_day("1405/08/13") + timedelta(days=n) for n in range(8)
    ]
    assert [(each.arrived, each.closed) for each in flows if each.arrived or each.closed] == [
        (1, 0),
        (0, 1),
    ]
    assert [each.is_working for each in flows] == [True, False, False, *[True] * 5]
    assert [each.is_over for each in flows] == [True] * 7 + [False]


MINUTES = st.integers(-4_000, 10_000)
QUEUES = st.lists(st.tuples(MINUTES, st.sampled_from((0.5, 1.0))), max_size=12)


def _queue(numbers):
    return [
        OpenPlan(
            key=str(n),
            submitted_at=WEDNESDAY,
            due_at=WEDNESDAY + timedelta(minutes=minutes),
            work=work,
        )
        for n, (minutes, work) in enumerate(numbers)
    ]


@settings(max_examples=60)
@given(QUEUES, st.integers(1, 40), st.integers(0, 40))
def test_more_speed_never_makes_more_late(numbers, closed, more):
    slow = forecast(_queue(numbers), pace(closed), CALENDAR, WEDNESDAY)
    fast = forecast(_queue(numbers), pace(closed + more), CALENDAR, WEDNESDAY)
    for before, after in zip(slow, fast, strict=True):
        assert after.decided_at <= before.decided_at
        assert after.late_hours <= before.late_hours


@settings(max_examples=60)
@given(QUEUES, MINUTES)
def test_a_plan_due_later_delays_none_due_earlier(numbers, minutes):
    queue = _queue(numbers)
    last = max((each.due_at for each in queue), default=WEDNESDAY)
    more = replace(
        OpenPlan(key="later", submitted_at=WEDNESDAY, due_at=last),
        due_at=last + timedelta(minutes=abs(minutes) + 1),
    )
    alone = forecast(queue, pace(), CALENDAR, WEDNESDAY)
    assert forecast([*queue, more], pace(), CALENDAR, WEDNESDAY)[: len(queue)] == alone


@settings(max_examples=60)
@given(QUEUES)
def test_decisions_come_one_after_the_other_and_not_before_now(numbers):
    found = forecast(_queue(numbers), pace(), CALENDAR, WEDNESDAY)
    times = [each.decided_at for each in found]
    assert times == sorted(times) and all(each > WEDNESDAY for each in times)


MORNING = at("1405/08/19 08:00")  # Tuesday


def _history():
    """Four closed in the two days before, four due on Tuesday, one later."""
    former = [
        Round(
            key=f"f{n}",
            submitted_at=at("1405/08/15 10:00"),
            due_at=at("1405/08/19 10:00"),
            closed_at=at(f"1405/08/{17 + n % 2} 1{n // 2}:00"),
        )
        for n in range(4)
    ]

    def due(key, due_at, closed_at):
        return Round(
            key=key,
            submitted_at=at("1405/08/17 07:00"),
            due_at=at(due_at),
            closed_at=None if closed_at is None else at(closed_at),
        )

    # Four in two days: one in four hours, so decisions are forecast for 12:00, 16:00, 12:00, 16:00.
    return [
        *former,
        due("in time", "1405/08/19 12:00", "1405/08/19 11:00"),
        due("missed", "1405/08/19 16:00", "1405/08/19 17:00"),
        due("alarm", "1405/08/19 17:00", "1405/08/19 16:30"),
        due("hit", "1405/08/19 18:00", None),
        due("tomorrow", "1405/08/20 09:00", None),
    ]


def test_a_forecast_is_held_against_what_happened():
    [day] = back_test(_history(), CALENDAR, WEDNESDAY, days=1, measured_days=2)
    assert day.at == MORNING
    assert (day.hits, day.false_alarms, day.misses, day.in_time) == (1, 1, 1, 1)
    assert (day.right, day.count) == (2, 4)


def test_the_past_forecast_sees_nothing_of_the_future():
    known = known_at(_history(), MORNING)
    assert all(each.closed_at is None or each.closed_at <= MORNING for each in known)
    rewritten = [
        replace(each, closed_at=MORNING + 7 * HOUR)
        if (each.closed_at or WEDNESDAY) > MORNING
        else each
        for each in _history()
    ] + [Round(key="new", submitted_at=MORNING + HOUR, due_at=MORNING + 2 * HOUR)]
    assert known_at(rewritten, MORNING) == known
    [before] = back_test(_history(), CALENDAR, WEDNESDAY, days=1, measured_days=2)
    [after] = back_test(rewritten, CALENDAR, WEDNESDAY, days=1, measured_days=2)
    # The same two plans are said to be late whatever happens to them.
    assert before.hits + before.false_alarms == after.hits + after.false_alarms == 2
    assert before.count == after.count


def test_what_is_late_at_the_moment_itself_is_no_forecast():
    late = Round(key="late", submitted_at=at("1405/08/15 10:00"), due_at=MORNING - HOUR)
    [day] = back_test([late], CALENDAR, WEDNESDAY, days=1, measured_days=2)
    assert day.count == 0


@pytest.mark.parametrize("moment", [datetime(2026, 11, 11, 10, 0)])  # noqa: DTZ001 - that is it
def test_an_instant_needs_a_time_zone(moment):
    with pytest.raises(ValueError):
        forecast([plan("a", "1405/08/20 17:00")], pace(), CALENDAR, moment)
