"""The steps of a claim follow from its moves and the calendar."""

from datetime import date, datetime

import pytest

from workbench.persian.jalali import day_from_parts, parse_instant
from workbench.rules import steps
from workbench.rules.working_time import FRIDAY, THURSDAY, WorkCalendar, WorkWeek

CALENDAR = WorkCalendar(
    weeks=(WorkWeek(valid_from=date(2020, 1, 1), off_days=frozenset({THURSDAY, FRIDAY})),)
)


def made(*moves: tuple[str, str]) -> list[steps.Step]:
    return list(steps.steps_of([(name, parse_instant(at)) for name, at in moves], CALENDAR))


def test_minutes_are_worked_ones_over_the_weekend() -> None:
    arrive, take, finish = made(
        ("arrive", "1404/08/07 22:00"),  # a Wednesday
        ("take", "1404/08/10 01:30"),  # the Saturday after it
        ("finish", "1404/08/10 02:00"),
    )
    assert (arrive.former, arrive.waited_minutes, arrive.round_minutes) == (None, None, None)
    assert (take.former, take.waited_minutes, take.round_minutes) == ("arrive", 120 + 90, None)
    assert (finish.former, finish.waited_minutes, finish.round_minutes) == ("take", 30, 240)


def test_a_new_round_starts_its_own_clock() -> None:
    made_steps = made(
        ("arrive", "1404/08/10 08:00"),
        ("take", "1404/08/10 09:00"),
        ("return", "1404/08/10 10:00"),
        ("resubmit", "1404/08/12 10:00"),
        ("take", "1404/08/12 11:00"),
        ("finish", "1404/08/12 11:45"),
    )
    assert [step.round_minutes for step in made_steps] == [None, None, 120, None, None, 105]
    assert made_steps[3].waited_minutes == 2 * 24 * 60


def test_a_reopened_finish_holds_no_more_and_the_next_one_does() -> None:
    made_steps = made(
        ("arrive", "1404/08/10 08:00"),
        ("finish", "1404/08/10 09:00"),
        ("reopen", "1404/08/11 09:00"),
        ("finish", "1404/08/11 09:30"),
    )
    assert [step.is_undone for step in made_steps] == [False, True, False, False]
    assert made_steps[3].round_minutes == 30


@pytest.mark.parametrize(
    ("at", "month", "day"),
    [
        ("1404/07/30 23:59", 140407, (1404, 7, 30)),
        ("1404/08/01 00:00", 140408, (1404, 8, 1)),
        ("1403/12/30 12:00", 140312, (1403, 12, 30)),
        ("1404/01/01 00:00", 140401, (1404, 1, 1)),
    ],
)
def test_day_and_month_are_those_of_tehran(at: str, month: int, day: tuple[int, int, int]) -> None:
    (step,) = made(("arrive", at))
    assert (step.month, date.fromordinal(step.day)) == (month, day_from_parts(*day))


def test_a_receipt_dated_back_waits_no_negative_time() -> None:
    step = steps.next_step(
        "take",
        datetime.fromisoformat("2025-11-01T08:00:00+00:00"),
        made(("arrive", "1404/08/12 08:00"))[0],
        CALENDAR,
    )
    assert step.waited_minutes == 0


def test_a_returned_case_that_becomes_void_leaves_work_once() -> None:
    made_steps = made(
        ("arrive", "1404/08/10 08:00"),
        ("return", "1404/08/10 09:00"),
        ("void", "1404/08/11 09:00"),
    )
    assert [step.action in steps.OUT_OF_WORK for step in made_steps] == [False, True, False]
    assert made(("arrive", "1404/08/10 08:00"), ("void", "1404/08/10 09:00"))[1].action == "void"
