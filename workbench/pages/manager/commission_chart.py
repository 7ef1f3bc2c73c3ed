"""The charts of the commission: what came and left with the share on time; forecast and fact."""

from collections.abc import Sequence
from datetime import date
from itertools import groupby
from typing import Any

from workbench.i18n import _, language
from workbench.pages.manager.bars import bar_day, bar_label, bar_look, bar_width, shade_rest
from workbench.pages.manager.figure_parts import plain_decimal
from workbench.persian.jalali import month_of
from workbench.rules.commission_figures import DayTold
from workbench.rules.throughput import Flow, Grain, grain_of, grouped
from workbench.rules.working_time import weekday_of
from workbench.services.figures.commission import CommissionFigures
from workbench.ui import charts
from workbench.ui.format import digits, whole

HEIGHT, TOLD_HEIGHT = 360, 250
PERCENT_MARKS = (0, 50, 100)


def flow_figure(view: CommissionFigures, *, is_today: bool) -> tuple[Any, list[date]]:
    """Plans that came (bars) and were closed (line), the share on time; first day of each bar.

    ``is_today``: the last bar is not over, so it is hollow.
    """
    from plotly.subplots import make_subplots  # Heavy: only for who looks at charts.

    colours, grain = charts.tokens(), grain_of(len(view.flows))
    bars = grouped(view.flows, grain)
    places = list(range(len(bars)))
    said = [_said(bar, grain) for bar in bars]
    figure = make_subplots(
        rows=2, shared_xaxes=True, row_heights=[0.62, 0.38], vertical_spacing=0.08
    )
    hover = {"customdata": said, "hovertemplate": "%{customdata}<extra></extra>"}
    figure.add_bar(
        x=places,
        y=[bar.came for bar in bars],
        width=bar_width(len(bars)),
        marker=bar_look(len(bars), colours["review"], is_hollow=is_today),
        row=1,
        col=1,
        **hover,
    )
    figure.add_scatter(
        x=places,
        y=[bar.left if bar.is_working or bar.left else None for bar in bars],
        mode="lines+markers",
        line={"color": colours["accent"], "width": 2},
        marker={"size": 5},
        row=1,
        col=1,
        **hover,
    )
    figure.add_scatter(
        x=places,
        y=[100 * bar.on_time / bar.decided if bar.decided else None for bar in bars],
        mode="lines+markers",
        line={"color": colours["approved"], "width": 2},
        marker={"size": 6},
        connectgaps=True,
        row=2,
        col=1,
        **hover,
    )
    shade_rest(figure, bars, grain, colours["rest"])
    charts.framed(figure, height=HEIGHT)
    figure.update_yaxes(**charts.scale(max(max(b.came, b.left) for b in bars)), row=1, col=1)
    figure.update_yaxes(**_percents(), row=2, col=1)
    figure.update_xaxes(**charts.ticks([bar_label(bar.on, grain) for bar in bars]), row=2, col=1)
    return figure, [bar.on for bar in bars]


def _percents() -> dict[str, Any]:
    mark = "٪" if language() == "fa" else "%"
    words = [charts.isolated(digits(each) + mark) for each in PERCENT_MARKS]
    return {"tickvals": list(PERCENT_MARKS), "ticktext": words, "range": [0, 108]}


def told_figure(told: Sequence[DayTold]) -> Any:
    """Plans that came (bars) against those expected that morning (line)."""
    import plotly.graph_objects as plots  # Heavy: only for who looks at charts.

    colours, grain = charts.tokens(), grain_of(2 * len(told))
    bars = [list(days) for _key, days in groupby(told, key=lambda each: _key_of(each.on, grain))]
    places, figure = list(range(len(bars))), plots.Figure()
    came = [sum(each.came for each in days) for days in bars]
    expected = [sum(each.expected for each in days) for days in bars]
    said = [_told(*each, grain) for each in zip(bars, came, expected, strict=True)]
    hover = {"customdata": said, "hovertemplate": "%{customdata}<extra></extra>"}
    look = {"width": bar_width(len(bars)), "marker": {"color": colours["review"]}}
    figure.add_bar(x=places, y=came, **look, **hover)
    figure.add_scatter(
        x=places,
        y=expected,
        mode="lines+markers",
        line={"color": colours["ink"], "width": 2, "dash": "dot"},
        marker={"size": 5},
        **hover,
    )
    charts.framed(figure, height=TOLD_HEIGHT)
    figure.update_yaxes(**charts.scale(max([*came, *expected], default=0)))
    labels = [bar_label(days[0].on, grain) for days in bars]
    figure.update_xaxes(**charts.ticks(labels, most=4))
    return figure


def _key_of(on: date, grain: Grain) -> object:
    if grain is Grain.DAY:
        return on
    return month_of(on) if grain is Grain.MONTH else on.toordinal() - weekday_of(on)


def _said(bar: Flow, grain: Grain) -> str:
    text = _(
        "{day}: {came} came, {decided} decided, {on_time} of them on time, {returned} returned"
    )
    return charts.isolated(
        text.format(
            day=bar_day(bar.on, grain),
            came=whole(bar.came),
            decided=whole(bar.decided),
            on_time=whole(bar.on_time),
            returned=whole(bar.returned),
        )
    )


def _told(days: Sequence[DayTold], came: int, expected: float, grain: Grain) -> str:
    late = sum(each.tested.hits + each.tested.misses for each in days)
    said = sum(each.tested.hits + each.tested.false_alarms for each in days)
    text = _("{day}: {came} came, {expected} expected; {late} became late, {said} were forecast")
    return charts.sentence(
        text.format(
            day=bar_day(days[0].on, grain),
            came=digits(came),
            expected=plain_decimal(expected),
            late=digits(late),
            said=digits(said),
        )
    )
