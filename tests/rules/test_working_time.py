"""The clock of 48 working hours; the cases are in ``tests/cases/deadlines.toml``."""

import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.db.holidays_iran import ESTIMATED, iran_calendar, iran_holidays
from workbench.persian.jalali import TEHRAN, format_instant, parse_day, parse_instant
from workbench.rules.working_time import (
    FRIDAY,
    THURSDAY,
    OfficeHours,
    WorkCalendar,
    WorkWeek,
    add_working_hours,
    deadline,
    first_working_instant,
    state_of,
    weekday_of,
    working_hours_before,
    working_hours_between,
)

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "deadlines.toml").read_text("utf-8"))
YEARS = (2023, 2027)
HOUR = timedelta(hours=1)

DAYS = st.dates(date(2021, 6, 1), date(2027, 6, 1))
INSTANTS = st.datetimes(
    datetime(2021, 6, 1),  # noqa: DTZ001 — the strategy adds the zone; until 2022 there was summer time
    datetime(2027, 6, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, TEHRAN]),
)
HOURS = st.integers(0, 200)
LITTLE_LATER, MUCH_LATER = (st.timedeltas(timedelta(), timedelta(hours=n)) for n in (1, 100))


def _week(*off_days):
    return WorkWeek(valid_from=date(2020, 1, 1), off_days=frozenset(off_days))


def _calendar(**fields):
    return WorkCalendar(weeks=(_week(THURSDAY, FRIDAY),), **fields)


def _days(*jalali_days):
    return frozenset(parse_day(day) for day in jalali_days)


@st.composite
def calendars(draw):
    off_days = draw(st.sampled_from([(), (FRIDAY,), (THURSDAY, FRIDAY)]))
    holidays = draw(st.frozensets(DAYS, max_size=20))
    return WorkCalendar(weeks=(_week(*off_days),), holidays=holidays)


@pytest.mark.parametrize("thursday", ["off", "working"])
@pytest.mark.parametrize("case", CASES["case"], ids=lambda case: case["name"])
def test_worked_deadline(case, thursday):
    calendar = iran_calendar(*YEARS, thursday_is_off=thursday == "off")
    found = deadline(parse_instant(case["submitted"]), calendar)
    assert {
        "start": format_instant(found.start_at),
        "due": format_instant(found.due_at),
        "limit": format_instant(found.limit_at),
    } == case[f"thursday_{thursday}"]


@pytest.mark.parametrize("case", CASES["state"], ids=lambda case: case["name"])
def test_state_on_the_clock(case):
    round_ = deadline(parse_instant("1402/09/04 10:00"), iran_calendar(*YEARS))
    assert state_of(round_, parse_instant(case["now"])) == case["state"]


def test_over_a_weekend_with_exactly_eight_hours_left_nothing_is_at_risk_yet():
    # Start on Tuesday 08:00; 40 hours have run when Wednesday ends.
    round_ = deadline(parse_instant("1402/09/07 08:00"), iran_calendar(*YEARS))
    assert format_instant(round_.due_at) == "1402/09/11 08:00"
    assert state_of(round_, parse_instant("1402/09/10 12:00")) == "running"
    assert state_of(round_, parse_instant("1402/09/11 00:01")) == "at_risk"


def test_instants_come_out_in_utc_whatever_zone_they_came_in():
    utc = parse_instant("1402/09/04 10:00")
    found = deadline(utc.astimezone(TEHRAN), iran_calendar(*YEARS))
    assert found == deadline(utc, iran_calendar(*YEARS))
    assert {at.tzinfo for at in (found.start_at, found.due_at, found.limit_at)} == {UTC}


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        deadline(datetime(2023, 11, 25, 10), _calendar())  # noqa: DTZ001


def test_the_persian_week_begins_on_saturday():
    assert [weekday_of(parse_day(f"1402/09/{day:02d}")) for day in range(4, 11)] == list(range(7))


def test_a_closure_wins_over_an_extra_working_day_and_this_over_holiday_and_week():
    sunday, thursday = parse_day("1402/09/05"), parse_day("1402/09/09")
    assert _calendar().is_working_day(sunday)
    assert not _calendar().is_working_day(thursday)
    assert not _calendar(holidays={sunday}).is_working_day(sunday)
    worked = {"holidays": {sunday}, "extra_working": {sunday, thursday}}
    assert _calendar(**worked).is_working_day(sunday)
    assert _calendar(**worked).is_working_day(thursday)
    assert not _calendar(**worked, closures={sunday}).is_working_day(sunday)


def test_a_closure_at_short_notice_moves_the_deadline_by_a_day():
    before = iran_calendar(*YEARS)
    after = replace(before, closures=_days("1402/09/05"))
    submitted_at = parse_instant("1402/09/04 10:00")
    assert format_instant(deadline(submitted_at, before).due_at) == "1402/09/06 10:00"
    assert format_instant(deadline(submitted_at, after).due_at) == "1402/09/07 10:00"


def test_the_working_week_changes_on_its_day_of_effect():
    calendar = WorkCalendar(
        weeks=(
            WorkWeek(valid_from=parse_day("1402/09/08"), off_days=frozenset({FRIDAY})),
            WorkWeek(valid_from=parse_day("1402/01/01"), off_days=frozenset({THURSDAY, FRIDAY})),
        )
    )
    assert not calendar.is_working_day(parse_day("1402/09/02"))  # Thursday before
    assert calendar.is_working_day(parse_day("1402/09/09"))  # Thursday after
    assert not calendar.is_working_day(parse_day("1401/12/25"))  # before all: the first week


def test_with_office_hours_forty_eight_hours_are_six_days_of_eight():
    office = OfficeHours(opens_at=time(8), closes_at=time(16))
    found = deadline(parse_instant("1402/09/03 17:00"), _calendar(office=office))
    assert format_instant(found.start_at) == "1402/09/04 08:00"
    assert format_instant(found.due_at) == "1402/09/11 16:00"
    assert found.limit_at == found.due_at  # the limit is never before the due time


@pytest.mark.parametrize(
    "fields",
    [
        {"weeks": ()},
        {"weeks": (_week(*range(7)),)},
        {"weeks": (_week(),), "office": OfficeHours(opens_at=time(16), closes_at=time(8))},
    ],
    ids=["no week", "no working day", "closes before it opens"],
)
def test_a_calendar_on_which_no_clock_can_run_is_refused(fields):
    with pytest.raises(ValueError):
        WorkCalendar(**fields)


def test_endless_closures_are_refused_instead_of_searched_for_ever():
    first = parse_day("1402/09/01")
    closures = frozenset(first + timedelta(days=n) for n in range(200))
    with pytest.raises(ValueError, match="no working day"):
        deadline(parse_instant("1402/09/04 10:00"), _calendar(closures=closures))


def test_hours_and_days_that_run_backwards_are_refused():
    start = parse_instant("1402/09/04 10:00")
    with pytest.raises(ValueError):
        add_working_hours(_calendar(), start, -1)
    with pytest.raises(ValueError):
        deadline(start, _calendar(), limit_days=0)


def test_hours_that_end_with_a_day_end_then_even_before_a_weekend():
    tuesday = parse_instant("1402/09/07 00:00")
    due_at = add_working_hours(_calendar(), tuesday, 48)
    assert format_instant(due_at) == "1402/09/09 00:00"
    assert format_instant(first_working_instant(_calendar(), due_at)) == "1402/09/11 00:00"


@given(calendars(), INSTANTS, HOURS)
def test_start_and_duration_add_up(calendar, start, hours):
    end = add_working_hours(calendar, start, hours)
    assert working_hours_between(calendar, start, end) == hours
    assert working_hours_between(calendar, end, start) == -hours


@given(calendars(), INSTANTS, HOURS, HOURS)
def test_hours_can_be_added_in_two_parts(calendar, start, first, second):
    halfway = add_working_hours(calendar, start, first)
    at_once = add_working_hours(calendar, start, first + second)
    assert add_working_hours(calendar, halfway, second) == at_once


@given(calendars(), INSTANTS, st.one_of(LITTLE_LATER, MUCH_LATER))
def test_who_submits_later_is_never_due_earlier(calendar, submitted_at, later):
    early, late = (
        deadline(submitted_at, calendar),
        deadline(submitted_at.astimezone(UTC) + later, calendar),
    )
    assert early.start_at <= late.start_at
    assert early.due_at <= late.due_at
    assert early.limit_at <= late.limit_at


@given(calendars(), INSTANTS, DAYS)
def test_a_further_holiday_never_makes_a_deadline_earlier(calendar, submitted_at, holiday):
    before = deadline(submitted_at, calendar)
    after = deadline(submitted_at, replace(calendar, holidays=calendar.holidays | {holiday}))
    assert after.start_at >= before.start_at
    assert after.at_risk_at >= before.at_risk_at
    assert after.due_at >= before.due_at
    assert after.limit_at >= before.limit_at


@given(calendars(), INSTANTS)
def test_the_instants_of_a_deadline_follow_each_other(calendar, submitted_at):
    found = deadline(submitted_at, calendar)
    assert submitted_at <= found.start_at <= found.at_risk_at <= found.due_at <= found.limit_at


@given(calendars(), INSTANTS, HOURS)
@settings(max_examples=30)
def test_the_clock_agrees_with_counting_hour_by_hour(calendar, start, hours):
    """An independent slow clock: step by whole hours, counting those on working days."""
    moment = first_working_instant(calendar, start).replace(minute=30, second=0, microsecond=0)
    begin, counted = moment, 0
    while counted < hours:
        counted += calendar.is_working_day(moment.astimezone(TEHRAN).date())
        moment += HOUR
    assert add_working_hours(calendar, begin, hours) == moment


def test_the_default_calendar_knows_jalali_and_lunar_holidays():
    names = iran_holidays(*YEARS)
    assert "نوروز" in names[parse_day("1403/01/01")]
    assert "عاشورا" in names[parse_day("1403/04/26")]
    assert ESTIMATED not in names[parse_day("1403/04/26")]
    assert any(ESTIMATED in name for day, name in names.items() if day.year == 2027)


def test_corrections_win_over_the_package():
    ashura, ordinary = parse_day("1403/04/26"), parse_day("1403/05/01")
    plain = iran_calendar(*YEARS)
    assert (plain.is_working_day(ashura), plain.is_working_day(ordinary)) == (False, True)
    corrected = iran_calendar(*YEARS, additions=[ordinary], removals=[ashura])
    assert (corrected.is_working_day(ashura), corrected.is_working_day(ordinary)) == (True, False)


def test_the_calendar_is_built_once():
    assert iran_calendar(*YEARS) is iran_calendar(*YEARS)


def test_an_hour_added_at_the_jump_to_summer_time_is_an_hour():
    calendar = WorkCalendar(weeks=(WorkWeek(valid_from=date(2020, 1, 1), off_days=frozenset()),))
    skipped = datetime(2022, 3, 22, 0, 0, tzinfo=TEHRAN)  # the clocks went from 00:00 to 01:00
    assert add_working_hours(calendar, skipped, 1) - skipped.astimezone(UTC) == timedelta(hours=1)


@settings(max_examples=60)
@given(end=INSTANTS, hours=st.integers(1, 100))
def test_the_hours_before_are_the_hours_between(end: datetime, hours: int) -> None:
    calendar = _calendar()
    start = working_hours_before(calendar, end, hours)
    assert working_hours_between(calendar, start, end) >= hours
    assert working_hours_between(calendar, start + timedelta(seconds=1), end) < hours
