"""Bars of a chart stay slim where they are few; marks of days never lean."""

from workbench.pages.manager.bars import BAR_WIDTH, SLOTS_MIN, bar_width
from workbench.ui import charts


def test_a_single_bar_does_not_fill_the_chart() -> None:
    assert bar_width(1) < 0.1
    assert bar_width(SLOTS_MIN) == bar_width(100) == BAR_WIDTH


def test_the_last_mark_is_always_there_and_none_leans() -> None:
    marks = charts.ticks([str(day) for day in range(30)], most=4)
    assert marks["tickvals"][0] == 29
    assert len(marks["tickvals"]) <= 4
    assert marks["tickangle"] == 0
