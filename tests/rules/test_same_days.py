"""The days that today is held against, and the pace that a target is made of."""

from datetime import date, timedelta

from workbench.rules.throughput import Flow, SameDay, paces, same_days
from workbench.rules.working_time import (
    FRIDAY,
    THURSDAY,
    WorkCalendar,
    WorkWeek,
    weekday_of,
)

SATURDAY = date(2025, 11, 22)


HOLIDAY = SATURDAY - timedelta(days=14)
CALENDAR = WorkCalendar(
    weeks=(WorkWeek(valid_from=date(2020, 1, 1), off_days=frozenset({THURSDAY, FRIDAY})),),
    holidays=frozenset({HOLIDAY}),
)


def test_the_days_alike_are_the_last_four_that_were_worked() -> None:
    found = same_days(SATURDAY, CALENDAR)
    assert len(found) == 4 and list(found) == sorted(found, reverse=True)
    assert {weekday_of(on) for on in found} == {0}
    assert HOLIDAY not in found and found[0] == SATURDAY - timedelta(days=7)


def test_a_friday_is_held_against_fridays() -> None:
    friday = SATURDAY - timedelta(days=1)
    assert {weekday_of(on) for on in same_days(friday, CALENDAR)} == {FRIDAY}


def test_the_mean_of_no_day_is_none() -> None:
    assert SameDay(name="came", today=3, former=()).mean is None
    assert SameDay(name="came", today=3, former=(1, 2)).mean == 1.5


def test_the_pace_leaves_today_out_and_counts_rest_days_with_the_working_ones() -> None:
    flows = [
        Flow(on=SATURDAY + timedelta(days=n), is_working=n != 1, left=left)
        for n, left in enumerate((4, 2, 6, 100))
    ]
    assert paces(flows)["left"] == 12 / 2
    assert paces(flows[-1:]) == {}
