"""A period as months, days and plain days."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from workbench.persian.jalali import day_from_parts
from workbench.rules.closed_days import Pieces, months_between, pieces_of, ranges

FIRST = day_from_parts(1404, 11, 20).toordinal()
LAST = day_from_parts(1405, 2, 5).toordinal()


def day(year: int, month: int, number: int) -> int:
    return day_from_parts(year, month, number).toordinal()


def test_whole_months_stand_between_the_days_at_both_ends() -> None:
    assert pieces_of(FIRST, LAST, until=LAST - 2, changed=()) == Pieces(
        months=((140412, 140501),),
        days=((FIRST, day(1404, 11, 30)), (day(1405, 2, 1), LAST - 2)),
        plain=((LAST - 1, LAST),),
    )


def test_a_changed_day_is_plain_and_takes_its_month_apart() -> None:
    changed = day(1405, 1, 10)
    found = pieces_of(FIRST, LAST, until=LAST, changed={changed})
    assert found.months == ((140412, 140412),)
    assert found.plain == ((changed, changed),)


def test_nothing_summed_is_all_plain_and_one_day_is_one() -> None:
    assert pieces_of(FIRST, LAST, until=0, changed=()) == Pieces(plain=((FIRST, LAST),))
    assert pieces_of(FIRST, FIRST, until=LAST, changed=()) == Pieces(days=((FIRST, FIRST),))


def test_a_month_that_is_not_over_is_read_by_days() -> None:
    until = day(1405, 1, 30)
    found = pieces_of(day(1405, 1, 1), day(1405, 1, 31), until=until, changed=())
    assert found == Pieces(days=((day(1405, 1, 1), until),), plain=((until + 1, until + 1),))


def test_months_follow_each_other_over_the_year() -> None:
    assert ranges([140411, 140412, 140501, 140503]) == ((140411, 140501), (140503, 140503))


@given(
    first=st.integers(date(2022, 1, 1).toordinal(), date(2026, 1, 1).toordinal()),
    length=st.integers(0, 1_500),
    closed=st.integers(-10, 1_600),
    changed=st.sets(st.integers(0, 1_500), max_size=6),
    has_months=st.booleans(),
)
def test_every_day_is_in_one_piece(
    first: int, length: int, closed: int, changed: set[int], has_months: bool
) -> None:
    last, until = first + length, first + closed
    changed_days = {first + each for each in changed}
    found = pieces_of(first, last, until=until, changed=changed_days, has_months=has_months)
    months = {month: (start, end) for month, start, end in months_between(first, last)}
    covered = [
        number
        for month, (start, end) in months.items()
        if any(a <= month <= b for a, b in found.months)
        for number in range(start, end + 1)
    ]
    summed = covered + [n for a, b in found.days for n in range(a, b + 1)]
    plain = [n for a, b in found.plain for n in range(a, b + 1)]
    assert sorted(summed + plain) == list(range(first, last + 1))
    assert all(number <= until and number not in changed_days for number in summed)
