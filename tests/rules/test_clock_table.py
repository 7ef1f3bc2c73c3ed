"""The table that explains the clock: its hours are the clock's, each day says why."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.persian.jalali import parse_day, parse_instant
from workbench.rules.clock_table import clock_table
from workbench.rules.working_time import (
    FRIDAY,
    THURSDAY,
    DayKind,
    OfficeHours,
    WorkCalendar,
    WorkWeek,
    deadline,
    working_hours_between,
)

WEEK = WorkWeek(valid_from=date(2020, 1, 1), off_days=frozenset({THURSDAY, FRIDAY}))
INSTANTS = st.datetimes(
    datetime(2021, 6, 1),  # noqa: DTZ001 — the strategy adds the zone
    datetime(2025, 6, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
DAYS = st.frozensets(st.dates(date(2021, 6, 1), date(2025, 8, 1)), max_size=200)
LONGEST = timedelta(days=30)


def test_a_weekend_a_holiday_and_a_closure_are_named():
    calendar = WorkCalendar(
        weeks=(WEEK,),
        holidays=frozenset({parse_day("1402/09/11")}),
        closures=frozenset({parse_day("1402/09/12")}),
        extra_working=frozenset({parse_day("1402/09/09")}),
    )
    start = parse_instant("1402/09/08 15:00")
    rows = clock_table(calendar, start, deadline(start, calendar).due_at)
    assert [(row.kind, row.hours) for row in rows] == [
        (DayKind.WORKING, 9),
        (DayKind.EXTRA_WORKING, 24),
        (DayKind.WEEKEND, 0),
        (DayKind.HOLIDAY, 0),
        (DayKind.CLOSURE, 0),
        (DayKind.WORKING, 15),
    ]
    assert rows[0].from_at == start
    assert [row.day for row in rows] == [parse_day(f"1402/09/{day:02}") for day in range(8, 14)]


def test_before_and_after_the_office_nothing_counts():
    office = OfficeHours(opens_at=time(8), closes_at=time(16))
    calendar = WorkCalendar(weeks=(WEEK,), office=office)
    start, end = parse_instant("1402/09/04 15:00"), parse_instant("1402/09/05 07:00")
    assert [row.hours for row in clock_table(calendar, start, end)] == [1, 0]


def test_an_end_at_midnight_adds_no_empty_day():
    calendar = WorkCalendar(weeks=(WEEK,))
    start, end = parse_instant("1402/09/04 00:00"), parse_instant("1402/09/05 00:00")
    assert [row.hours for row in clock_table(calendar, start, end)] == [24]
    assert [row.hours for row in clock_table(calendar, start, start)] == [0]


def test_a_span_that_ends_before_it_starts_is_a_mistake():
    calendar = WorkCalendar(weeks=(WEEK,))
    with pytest.raises(ValueError, match="ends after"):
        clock_table(calendar, parse_instant("1402/09/05 00:00"), parse_instant("1402/09/04 00:00"))


@given(start=INSTANTS, span=st.timedeltas(timedelta(), LONGEST), holidays=DAYS, closures=DAYS)
def test_the_hours_are_those_of_the_clock_and_no_day_is_missing(start, span, holidays, closures):
    calendar = WorkCalendar(weeks=(WEEK,), holidays=holidays, closures=closures)
    rows = clock_table(calendar, start, start + span)
    expected = working_hours_between(calendar, start, start + span)
    assert sum(row.hours for row in rows) == pytest.approx(expected)
    days = [row.day for row in rows]
    assert days == [days[0] + timedelta(days=count) for count in range(len(days))]
    assert all((row.hours > 0) <= calendar.is_working_day(row.day) for row in rows)
