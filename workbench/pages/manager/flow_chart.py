"""The chart of the flow: what came as bars, what left as a line, beneath it what waits."""

from datetime import date
from typing import Any

from workbench.i18n import _
from workbench.pages.manager.bars import bar_day, bar_label, bar_look, bar_width, shade_rest
from workbench.rules.throughput import Flow, Grain, grain_of, grouped
from workbench.services.figures.throughput import Throughput
from workbench.ui import charts
from workbench.ui.format import whole

HEIGHT = 420


def flow_figure(view: Throughput, *, is_today: bool) -> tuple[Any, list[date]]:
    """The figure, and the first day of each of its bars.

    ``is_today``: the last bar is not over, so it is hollow.
    """
    from plotly.subplots import make_subplots  # Heavy: only for who looks at charts.

    colours = charts.tokens()
    grain = grain_of(len(view.flows))
    bars = grouped(view.flows, grain)
    places = list(range(len(bars)))
    figure = make_subplots(
        rows=2, shared_xaxes=True, row_heights=[0.62, 0.38], vertical_spacing=0.06
    )
    said = [_said(bar, grain) for bar in bars]
    figure.add_bar(
        x=places,
        y=[bar.came for bar in bars],
        width=bar_width(len(bars)),
        marker=bar_look(len(bars), colours["review"], is_hollow=is_today),
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=places,
        y=[bar.left if bar.is_working or bar.left else None for bar in bars],
        mode="lines+markers",
        line={"color": colours["accent"], "width": 2},
        marker={"size": 5},
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
        connectgaps=False,
        row=1,
        col=1,
    )
    figure.add_scatter(
        x=places,
        y=_ends(view, bars),
        mode="lines" if len(bars) > 1 else "markers",
        line={"color": colours["ink"], "width": 2},
        fill="tozeroy",
        fillcolor=colours["rest"],
        hovertemplate=_("%{y} waiting at the end") + "<extra></extra>",
        row=2,
        col=1,
    )
    shade_rest(figure, bars, grain, colours["rest"])
    charts.framed(figure, height=HEIGHT)
    figure.update_yaxes(**charts.scale(max(max(b.came, b.left) for b in bars)), row=1, col=1)
    figure.update_yaxes(**charts.scale(max(view.backlogs)), row=2, col=1)
    figure.update_xaxes(**charts.ticks([bar_label(bar.on, grain) for bar in bars]), row=2, col=1)
    return figure, [bar.on for bar in bars]


def _ends(view: Throughput, bars: tuple[Flow, ...]) -> list[int]:
    """The backlog at the end of each bar."""
    starts = {bar.on for bar in bars}
    ends: list[int] = []
    for flow, backlog in zip(view.flows, view.backlogs, strict=True):
        if flow.on in starts:
            ends.append(backlog)
        else:
            ends[-1] = backlog
    return ends


def _said(bar: Flow, grain: Grain) -> str:
    text = _("{day}: {came} came, {decided} decided, {returned} returned").format(
        day=bar_day(bar.on, grain),
        came=whole(bar.came),
        decided=whole(bar.decided),
        returned=whole(bar.returned),
    )
    return charts.isolated(text)
