"""Jalali days at the edges; inside there are Gregorian days and UTC instants.

Strings carry Latin digits; the screen makes them Persian. A conversion by ``jdatetime`` takes
about 29 µs, so each unique day is converted once.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import jdatetime

from workbench.persian.digits import drop_direction_marks, to_ascii

TEHRAN = ZoneInfo("Asia/Tehran")

FIRST_YEAR = 1250
LAST_YEAR = 1500  # a Gregorian year typed by mistake lies outside

MONTHS = {
    "fa": (
        *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
        *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
    ),
    "en": (
        *("Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar"),
        *("Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"),
    ),
}
# As Python counts weekdays: Monday first.
WEEKDAYS = {
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنج‌شنبه", "جمعه", "شنبه", "یک‌شنبه"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

_DAY = re.compile(r"([0-9]{4})([/.\-])([0-9]{1,2})\2([0-9]{1,2})|([0-9]{4})([0-9]{2})([0-9]{2})")
_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})")
_CACHED_DAYS = 65_536  # some 180 years


@lru_cache(maxsize=_CACHED_DAYS)
def parts(day: date) -> tuple[int, int, int]:
    """Year, month and day of the month in the Jalali calendar."""
    jalali = jdatetime.date.fromgregorian(year=day.year, month=day.month, day=day.day)
    return jalali.year, jalali.month, jalali.day


@lru_cache(maxsize=_CACHED_DAYS)
def day_from_parts(year: int, month: int, day: int) -> date:
    """The Gregorian day of a Jalali one; a day that does not exist is a ``ValueError``."""
    gregorian: date = jdatetime.date(year, month, day).togregorian()
    return gregorian


@lru_cache
def is_leap_year(year: int) -> bool:
    """Whether Esfand of the Jalali year has 30 days."""
    return bool(jdatetime.date(year, 1, 1).isleap())


def days_in_month(year: int, month: int) -> int:
    """The length of a Jalali month: 31, 30 or (Esfand of a common year) 29 days."""
    if month <= 6:
        return 31
    return 30 if month < 12 or is_leap_year(year) else 29


@lru_cache(maxsize=_CACHED_DAYS)
def format_day(day: date) -> str:
    """A Gregorian day as ``1402/09/14``, Latin digits."""
    if isinstance(day, datetime):
        raise TypeError("an instant has no day before its time zone is chosen: use day_of")
    return "{:04d}/{:02d}/{:02d}".format(*parts(day))


def parse_day(text: str) -> date:
    """The Gregorian day of ``1402/09/14``, ``1402-9-14``, ``1402.9.14`` or ``14020914``.

    Any digits. Anything else, years outside 1250–1500 and days that do not exist: ``ValueError``.
    """
    match = _DAY.fullmatch(to_ascii(drop_direction_marks(text)).strip())
    if match is None:
        raise ValueError(f"not a Jalali day: {text!r}")
    year, month, day = (int(match[n] or match[m]) for n, m in ((1, 5), (3, 6), (4, 7)))
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"year {year} is not between {FIRST_YEAR} and {LAST_YEAR}")
    if not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
        raise ValueError(f"there is no such Jalali day: {text!r}")
    return day_from_parts(year, month, day)


def day_of(instant: datetime) -> date:
    """The day of an aware instant in Tehran; a naive one is a ``ValueError``."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs a time zone")
    return instant.astimezone(TEHRAN).date()


def format_instant(instant: datetime) -> str:
    """An aware instant as ``1402/09/14 10:30``, Tehran time, Latin digits."""
    return f"{format_day(day_of(instant))} {instant.astimezone(TEHRAN):%H:%M}"


def parse_instant(text: str) -> datetime:
    """The UTC instant of ``1402/09/14 10:30`` in Tehran time; else a ``ValueError``."""
    day, _, time_of_day = to_ascii(drop_direction_marks(text)).strip().partition(" ")
    match = _TIME.fullmatch(time_of_day.strip())
    if match is None:
        raise ValueError(f"not a Jalali day and a time: {text!r}")
    on = parse_day(day)
    local = datetime(on.year, on.month, on.day, int(match[1]), int(match[2]), tzinfo=TEHRAN)
    return local.astimezone(UTC)


def add_months(day: date, months: int) -> date:
    """The same Jalali day some months later (earlier if negative), at most the month's last."""
    year, month, day_of_month = parts(day)
    year, month_index = divmod(year * 12 + month - 1 + months, 12)
    last = days_in_month(year, month_index + 1)
    return day_from_parts(year, month_index + 1, min(day_of_month, last))


def completed_months(birth_on: date, on: date) -> int:
    """Whole Jalali months since birth; 31st and 30th fall on the last day of a shorter month."""
    birth_year, birth_month, birth_day = parts(birth_on)
    year, month, day = parts(on)
    is_before_the_day = day < min(birth_day, days_in_month(year, month))
    return (year - birth_year) * 12 + month - birth_month - is_before_the_day


def completed_years(birth_on: date, on: date) -> int:
    """The age in whole Jalali years; negative before birth.

    A birthday on 30 Esfand falls on 29 Esfand in a common year.
    """
    return completed_months(birth_on, on) // 12


def age_years_months(birth_on: date, on: date) -> tuple[int, int]:
    """The age in whole Jalali years and the months over; before birth a ``ValueError``."""
    if on < birth_on:
        raise ValueError("there is no age before birth")
    return divmod(completed_months(birth_on, on), 12)


def month_of(day: date) -> tuple[int, int]:
    """Jalali year and month of a Gregorian day."""
    year, month, _ = parts(day)
    return year, month


def month_name(month: int, lang: str = "fa") -> str:
    """The name of a Jalali month, 1 to 12; another number is a ``ValueError``."""
    if not 1 <= month <= 12:
        raise ValueError(f"there is no month {month}")
    return MONTHS[lang][month - 1]


def day_name(day: date, lang: str = "fa") -> str:
    """The name of the weekday."""
    return WEEKDAYS[lang][day.weekday()]
