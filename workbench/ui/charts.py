"""Charts by Plotly with the page's tokens: time from right to left, the scale at the right.

One token dictionary a theme (``static/tokens.css`` holds the same values), one font family, labels
in Persian digits, every figure without Plotly's own tool bar.
"""

from collections.abc import Sequence
from typing import Any

import streamlit as st

from workbench.i18n import language

LIGHT = {
    "panel": "#FFFFFF",
    "line": "#DDE0E6",
    "ink": "#171A21",
    "ink3": "#636B79",
    "accent": "#4A40A3",
    "review": "#1F86CB",
    "approved": "#2B9A5A",
    "returned": "#B58700",
    "deducted": "#E2691B",
    "late": "#D33A32",
    "waiting": "#8A93A3",
    "rest": "#F3F4F6",
}
DARK = {
    "panel": "#1A1D23",
    "line": "#30353F",
    "ink": "#E8EAEE",
    "ink3": "#949CAA",
    "accent": "#B1AAF3",
    "review": "#3A9BDD",
    "approved": "#38A868",
    "returned": "#D6A000",
    "deducted": "#E8732A",
    "late": "#E0524A",
    "waiting": "#7E8796",
    "rest": "#20242B",
}
CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False}
FONT = "Arzyab Chart"


def tokens() -> dict[str, str]:
    """The colours of the theme that the browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def isolated(text: str) -> str:
    """A label that keeps its direction among others: right to left on a Persian page."""
    start = "\u2067" if language() == "fa" else "\u2066"
    return f"{start}{text}\u2069"


def framed(figure: Any, *, height: int) -> Any:
    """The figure in the page's clothes; ``height`` in pixels."""
    colours = tokens()
    figure.update_layout(
        height=height,
        margin={"l": 8, "r": 8, "t": 8, "b": 8},
        paper_bgcolor=colours["panel"],
        plot_bgcolor=colours["panel"],
        font={"family": FONT, "size": 12, "color": colours["ink3"]},
        showlegend=False,
        bargap=0.25,
        hoverlabel={"font": {"family": FONT, "size": 13}},
        dragmode=False,
    )
    figure.update_xaxes(
        autorange="reversed", showgrid=False, zeroline=False, fixedrange=True, automargin=True
    )
    figure.update_yaxes(
        side="right",
        gridcolor=colours["line"],
        zeroline=False,
        fixedrange=True,
        rangemode="tozero",
        automargin=True,
    )
    return figure


def ticks(labels: Sequence[str], most: int = 8) -> dict[str, Any]:
    """Tick marks of an axis of positions 0, 1, …: the last one always, not more than ``most``."""
    step = max(1, -(-len(labels) // most))
    places = list(range(len(labels) - 1, -1, -step))
    return {"tickvals": places, "ticktext": [isolated(labels[place]) for place in places]}


def draw(figure: Any, key: str) -> list[int]:
    """Show a figure; the positions of what was clicked."""
    event = st.plotly_chart(
        figure,
        key=key,
        theme=None,
        config=CONFIG,
        on_select="rerun",
        selection_mode="points",
    )
    points = event["selection"]["points"]
    return [int(point["x"]) for point in points if "x" in point]
