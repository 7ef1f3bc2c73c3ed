"""The official holidays of Iran and the default calendar built on them.

Source: the ``holidays`` package (country IR, language fa_IR), which knows the Jalali and the lunar
days: confirmed up to 2026, «تخمینی» (estimated) later. Its weekend is Friday alone, so the week is
given here. It is slow to build and is built once per process.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays

from workbench.rules.working_time import FRIDAY, THURSDAY, WorkCalendar, WorkWeek

ESTIMATED = "تخمینی"


@lru_cache
def iran_holidays(first_year: int, last_year: int, language: str = "fa_IR") -> Mapping[date, str]:
    """Official holidays of the Gregorian years, both included, in order: day → name.

    ``language``: ``fa_IR`` or ``en_US``. An estimated lunar day carries «(تخمینی)» in its name.
    """
    years = range(first_year, last_year + 1)
    found = holidays.country_holidays("IR", years=years, language=language)
    return MappingProxyType({day: name.replace("; ", "؛ ") for day, name in sorted(found.items())})


def iran_calendar(
    first_year: int,
    last_year: int,
    thursday_is_off: bool = True,
    additions: Iterable[date] = (),
    removals: Iterable[date] = (),
) -> WorkCalendar:
    """The calendar of the Gregorian years, both included; corrections win over the package.

    Outside these years only the week counts. The same arguments give the same object, whose
    working days are remembered.
    """
    return _calendar(
        first_year, last_year, thursday_is_off, frozenset(additions), frozenset(removals)
    )


@lru_cache(maxsize=32)
def _calendar(
    first_year: int,
    last_year: int,
    thursday_is_off: bool,
    additions: frozenset[date],
    removals: frozenset[date],
) -> WorkCalendar:
    off_days = frozenset({THURSDAY, FRIDAY}) if thursday_is_off else frozenset({FRIDAY})
    return WorkCalendar(
        weeks=(WorkWeek(valid_from=date(first_year, 1, 1), off_days=off_days),),
        holidays=(frozenset(iran_holidays(first_year, last_year)) | additions) - removals,
    )
