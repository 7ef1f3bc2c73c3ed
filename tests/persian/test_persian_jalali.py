"""Jalali days at the edges: reading, showing, months and ages."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.persian.digits import to_persian
from workbench.persian.jalali import (
    add_months,
    age_years_months,
    completed_years,
    day_name,
    day_of,
    days_in_month,
    format_day,
    format_instant,
    is_leap_year,
    month_name,
    month_of,
    parse_day,
    parse_instant,
)

DAYS = st.dates(date(1930, 1, 1), date(2060, 12, 31))


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        (date(2023, 12, 5), "1402/09/14"),
        (date(2024, 3, 19), "1402/12/29"),
        (date(2024, 3, 20), "1403/01/01"),
        (date(2025, 3, 20), "1403/12/30"),
        (date(2025, 3, 21), "1404/01/01"),
    ],
)
def test_a_day_is_shown_and_read(day, shown):
    assert format_day(day) == shown
    assert parse_day(shown) == day
    assert parse_day(to_persian(shown)) == day


@pytest.mark.parametrize(
    "typed", ["1402-9-14", "1402.09.14", "14020914", " ١٤٠٢/٩/١٤ ", "1402/9/14"]
)
def test_a_day_is_read_in_every_usual_form(typed):
    assert parse_day(typed) == date(2023, 12, 5)


@pytest.mark.parametrize(
    "typed",
    [
        *("", "1402", "1402/09", "02/09/14", "1402/9/14/1", "1402/09-14", "امروز"),
        *("1402/13/01", "1402/00/01", "1402/01/00", "1402/01/32", "1402/07/31", "1402/12/30"),
        *("2023/12/05", "1249/01/01", "1501/01/01", "1402/9/14 10:30"),
    ],
)
def test_what_is_no_jalali_day_is_refused(typed):
    with pytest.raises(ValueError):
        parse_day(typed)


@given(DAYS)
def test_every_day_is_read_back_from_how_it_is_shown(day):
    assert parse_day(format_day(day)) == day


def test_leap_years():
    assert [year for year in range(1396, 1416) if is_leap_year(year)] == [1399, 1403, 1408, 1412]
    assert [days_in_month(1402, month) for month in (1, 6, 7, 11, 12)] == [31, 31, 30, 30, 29]
    assert days_in_month(1403, 12) == 30


def test_an_instant_is_shown_in_tehran_time():
    assert format_instant(datetime(2023, 12, 5, 7, 0, tzinfo=UTC)) == "1402/09/14 10:30"
    assert format_instant(datetime(2023, 12, 5, 20, 30, tzinfo=UTC)) == "1402/09/15 00:00"


def test_the_day_of_an_instant_is_that_of_tehran():
    assert day_of(datetime(2023, 12, 5, 20, 29, tzinfo=UTC)) == date(2023, 12, 5)
    assert day_of(datetime(2023, 12, 5, 20, 30, tzinfo=UTC)) == date(2023, 12, 6)


def test_an_instant_without_a_zone_has_no_day():
    naive = datetime(2023, 12, 5, 20, 30)  # noqa: DTZ001
    for show in (day_of, format_instant):
        with pytest.raises(ValueError):
            show(naive)
    with pytest.raises(TypeError):
        format_day(datetime(2023, 12, 5, tzinfo=UTC))


def test_an_instant_is_read_in_tehran_time():
    instant = datetime(2023, 12, 5, 7, 0, tzinfo=UTC)
    assert parse_instant("1402/09/14 10:30") == parse_instant("۱۴۰۲/۹/۱۴  ۱۰:۳۰") == instant
    assert parse_instant("1402/09/14 10:30").tzinfo is UTC


@pytest.mark.parametrize("typed", ["1402/09/14", "1402/09/14 24:00", "1402/09/14 10:60", "10:30"])
def test_what_is_no_instant_is_refused(typed):
    with pytest.raises(ValueError):
        parse_instant(typed)


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        ("1402/09/13", 2, "1402/11/13"),
        ("1402/06/31", 1, "1402/07/30"),
        ("1402/06/31", 2, "1402/08/30"),
        ("1402/10/30", 2, "1402/12/29"),
        ("1403/10/30", 2, "1403/12/30"),
        ("1402/12/29", 1, "1403/01/29"),
        ("1403/12/30", 12, "1404/12/29"),
        ("1402/01/31", -1, "1401/12/29"),
        ("1402/01/15", -15, "1400/10/15"),
        ("1402/01/31", 0, "1402/01/31"),
    ],
)
def test_months_are_added_and_the_day_clamped(day, months, later):
    assert format_day(add_months(parse_day(day), months)) == later


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        ("1390/05/10", "1402/05/09", 11),
        ("1390/05/10", "1402/05/10", 12),
        ("1399/12/30", "1402/12/28", 2),
        ("1399/12/30", "1402/12/29", 3),
        ("1399/12/30", "1403/12/29", 3),
        ("1399/12/30", "1403/12/30", 4),
        ("1402/09/14", "1402/09/14", 0),
        ("1402/09/14", "1402/09/13", -1),
    ],
    ids=[
        "the day before the birthday",
        "the birthday",
        "30 Esfand: 28 Esfand of a common year",
        "30 Esfand: 29 Esfand of a common year is the birthday",
        "30 Esfand: 29 Esfand of a leap year is not",
        "30 Esfand of a leap year",
        "the day of birth",
        "before birth",
    ],
)
def test_completed_years(born, on, years):
    assert completed_years(parse_day(born), parse_day(on)) == years


def test_age_in_years_and_months():
    born_on = parse_day("1395/06/31")
    assert age_years_months(born_on, parse_day("1402/06/30")) == (6, 11)
    assert age_years_months(born_on, parse_day("1402/07/29")) == (7, 0)
    assert age_years_months(born_on, parse_day("1402/07/30")) == (7, 1)
    with pytest.raises(ValueError):
        age_years_months(born_on, parse_day("1395/06/30"))


@given(DAYS, st.integers(0, 100))
def test_every_birthday_completes_a_year(birth_on, years):
    birthday_on = add_months(birth_on, 12 * years)
    assert completed_years(birth_on, birthday_on) == years
    assert completed_years(birth_on, birthday_on - timedelta(days=1)) == (years - 1)


def test_names_of_days_and_months():
    day = parse_day("1402/09/14")
    assert (day_name(day), day_name(day, "en")) == ("سه‌شنبه", "Tuesday")
    assert (month_name(9), month_name(9, "en")) == ("آذر", "Azar")
    assert month_of(day) == (1402, 9)


@pytest.mark.parametrize("month", [0, 13, -1])
def test_there_are_twelve_months(month):
    with pytest.raises(ValueError):
        month_name(month)
