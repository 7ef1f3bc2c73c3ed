"""The chart of letters: issued as bars, first used and expired as lines."""

from datetime import date
from typing import Any

from workbench.i18n import _
from workbench.pages.manager.bars import bar_day, bar_label, bar_look, bar_width
from workbench.rules.referral_figures import LetterFlow, letter_bars
from workbench.rules.throughput import Grain, grain_of
from workbench.services.figures.referrals import ReferralFigures
from workbench.ui import charts
from workbench.ui.format import whole

HEIGHT = 320


def letters_figure(view: ReferralFigures, *, is_today: bool) -> tuple[Any, list[date]]:
    """The figure, and the first day of each of its bars.

    ``is_today``: the last bar is not over, so it is hollow.
    """
    import plotly.graph_objects as plots  # Heavy: only for who looks at charts.

    colours, grain = charts.tokens(), grain_of(len(view.flows))
    bars = letter_bars(view.flows, grain)
    places, figure = list(range(len(bars))), plots.Figure()
    hover = {
        "customdata": [_said(bar, grain) for bar in bars],
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    figure.add_bar(
        x=places,
        y=[bar.issued for bar in bars],
        width=bar_width(len(bars)),
        marker=bar_look(len(bars), colours["review"], is_hollow=is_today),
        **hover,
    )
    for name, colour, dash in (("used", "accent", "solid"), ("expired", "late", "dot")):
        figure.add_scatter(
            x=places,
            y=[getattr(bar, name) for bar in bars],
            mode="lines+markers",
            line={"color": colours[colour], "width": 2, "dash": dash},
            marker={"size": 5},
            **hover,
        )
    charts.framed(figure, height=HEIGHT)
    top = max(max(bar.issued, bar.used, bar.expired) for bar in bars)
    figure.update_yaxes(**charts.scale(top))
    figure.update_xaxes(**charts.ticks([bar_label(bar.on, grain) for bar in bars]))
    return figure, [bar.on for bar in bars]


def _said(bar: LetterFlow, grain: Grain) -> str:
    text = _("{day}: {issued} issued, {used} first used, {expired} expired").format(
        day=bar_day(bar.on, grain),
        issued=whole(bar.issued),
        used=whole(bar.used),
        expired=whole(bar.expired),
    )
    return charts.isolated(text)
