"""How a period is put together from sums of months, sums of days, and plain days. Pure."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from workbench.persian.jalali import day_from_parts, days_in_month, month_of

Ranges = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """Ranges, both ends included: of Jalali months as yyyymm, of days as proleptic ordinals.

    No two of them overlap; together they are the period. ``plain``: days to be counted by steps.
    """

    months: Ranges = ()
    days: Ranges = ()
    plain: Ranges = ()


def pieces_of(
    first_day: int, last_day: int, *, until: int, changed: Collection[int], has_months: bool = True
) -> Pieces:
    """A whole month where each of its days is summed and none changed since, else its days.

    ``until``: the last summed day; ``changed``: days that must be counted plainly.
    """
    months: list[int] = []
    days: list[int] = []
    plain: list[int] = []
    for month, first, last in months_between(first_day, last_day):
        kept = range(max(first, first_day), min(last, last_day) + 1)
        is_whole = len(kept) == last - first + 1 and last <= until
        if has_months and is_whole and changed_within(changed, first, last) == 0:
            months.append(month)
            continue
        for day in kept:
            (days if day <= until and day not in changed else plain).append(day)
    return Pieces(months=ranges(months), days=ranges(days), plain=ranges(plain))


def changed_within(changed: Collection[int], first: int, last: int) -> int:
    """How many of them lie there."""
    return sum(1 for day in changed if first <= day <= last)


def months_between(first_day: int, last_day: int) -> Iterator[tuple[int, int, int]]:
    """The Jalali months that the days touch: yyyymm, first and last day of the whole month."""
    day = first_day
    while day <= last_day:
        year, month = month_of(date.fromordinal(day))
        first = day_from_parts(year, month, 1).toordinal()
        last = first + days_in_month(year, month) - 1
        yield year * 100 + month, first, last
        day = last + 1


def ranges(numbers: Iterable[int]) -> Ranges:
    """Rising numbers as ranges of those that follow each other, months over the year too."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == _after(found[-1][1]):
            found[-1][1] = number
        else:
            found.append([number, number])
    return tuple((first, last) for first, last in found)


def numbers_between(first: int, last: int) -> list[int]:
    """The days or months of a range, one by one."""
    found = [first]
    while found[-1] < last:
        found.append(_after(found[-1]))
    return found


def _after(number: int) -> int:
    """The next day, or the month that follows a twelfth."""
    is_last_month = 100_000 < number < 200_000 and number % 100 == 12
    return number + 89 if is_last_month else number + 1
