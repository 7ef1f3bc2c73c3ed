"""What the charts of days, weeks or months share: how a bar looks and what it is called."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from workbench.i18n import language
from workbench.persian.jalali import day_name, month_name, parts
from workbench.rules.throughput import Flow, Grain
from workbench.ui.format import day, digits

BAR_WIDTH, SLOTS_MIN = 0.75, 8


def bar_look(count: int, colour: str, *, is_hollow: bool) -> dict[str, Any]:
    """The look of the bars of a chart; the last one, if it is not over, is hollow."""
    if not is_hollow:
        return {"color": colour}
    fills, widths = [colour] * (count - 1) + ["rgba(0,0,0,0)"], [0.0] * (count - 1) + [1.5]
    return {"color": fills, "line": {"color": colour, "width": widths}}


def bar_width(count: int) -> float:
    """The width of each of so many bars, of the room it has: a few stay slim."""
    return BAR_WIDTH * min(1.0, count / SLOTS_MIN)


def bar_label(on: date, grain: Grain) -> str:
    """What stands below a bar that begins on this day."""
    year, month, day_of_month = parts(on)
    name = month_name(month, language())
    return digits(f"{name} {year}" if grain is Grain.MONTH else f"{day_of_month} {name}")


def bar_day(on: date, grain: Grain) -> str:
    """The first day of a bar in a sentence; that of a single day with its weekday."""
    name = day_name(on, language()) if grain is Grain.DAY else ""
    return f"{name} {day(on)}".strip()


def shade_rest(figure: Any, bars: Sequence[Flow], grain: Grain, colour: str) -> None:
    """Shade the rest days in both plots of a chart of days."""
    if grain is not Grain.DAY:
        return
    rest = [place for place, bar in enumerate(bars) if not bar.is_working]
    look = {"type": "rect", "fillcolor": colour, "line_width": 0, "layer": "below"}
    figure.update_layout(
        shapes=[
            {**look, "x0": place - 0.5, "x1": place + 0.5, "y0": 0, "y1": 1, **of_plot}
            for place in rest
            for of_plot in ({"xref": "x", "yref": "y domain"}, {"xref": "x2", "yref": "y2 domain"})
        ]
    )
