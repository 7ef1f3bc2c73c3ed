"""Charts by Plotly with the page's tokens. Time and parts run as the page is read, from right to
left in Persian, and the scale stands where the reading begins.

One token dictionary a theme (``static/tokens.css`` holds the same values), one font family, labels
in Persian digits, every figure without Plotly's own tool bar.
"""

from collections.abc import Callable, Sequence
from math import floor, log10
from typing import Any

import streamlit as st

from workbench.i18n import _, language
from workbench.ui.components.events import event_of
from workbench.ui.components.save_chart import save_chart
from workbench.ui.format import digits, whole

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
MARK_STANDOFF = 4
"""Pixels between the points at zero and the marks beneath them."""
FONT, FONT_ADDRESS = "Arzyab Chart", "/ui/fonts/digits.ttf"
MARKS = 4
DIRECTION_MARKS = "\u2066\u2067\u2069"
SCALE_MARGIN, MARK_DIGIT, MARK_ABOVE, END_MARGIN = 44, 7, 14, 28
"""Pixels: beside a chart for its scale, of one digit there, and for half of the last mark above and
at the end: a mark without room is not drawn."""
MILLION = 1_000_000
TENTHS_BELOW = 100_000
"""From so many millions of rials on, tenths of one say nothing and take room."""


def tokens() -> dict[str, str]:
    """The colours of the theme that the browser shows."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def isolated(text: str) -> str:
    """A label that keeps its direction among others: right to left on a Persian page."""
    start = "\u2067" if language() == "fa" else "\u2066"
    return f"{start}{text}\u2069"


def sentence(text: str) -> str:
    """A sentence on hover, its parts beneath each other: a long line leaves the chart."""
    parts = text.replace("؛", ";").split("; ")
    mark = "؛" if language() == "fa" else ";"
    return f"{mark}<br>".join(isolated(part) for part in parts)


def is_right_to_left() -> bool:
    """Whether the present page is read from right to left."""
    return language() == "fa"


def as_read(first: float, last: float) -> list[float]:
    """The range of an axis across the page that begins where the reading begins."""
    return [last, first] if is_right_to_left() else [first, last]


def decimal(number: float) -> str:
    """A number with one place after the point, as the present language writes it."""
    text = digits(f"{number:,.1f}")
    return text.replace(",", "٬").replace(".", "٫") if language() == "fa" else text


def millions(amount_rial: float) -> str:
    """Rials as millions: with tenths while they say something, then whole."""
    amount = amount_rial / MILLION
    return decimal(amount) if abs(amount) < TENTHS_BELOW else whole(round(amount))


def framed(figure: Any, *, height: int) -> Any:
    """The figure in the page's clothes; ``height`` in pixels."""
    colours, is_rtl = tokens(), is_right_to_left()
    figure.update_layout(
        height=height,
        margin={
            "l": END_MARGIN if is_rtl else SCALE_MARGIN,
            "r": SCALE_MARGIN if is_rtl else END_MARGIN,
            "t": MARK_ABOVE,
            "b": 8,
        },
        paper_bgcolor=colours["panel"],
        plot_bgcolor=colours["panel"],
        font={"family": FONT, "size": 12, "color": colours["ink3"]},
        showlegend=False,
        bargap=0.25,
        hoverlabel={
            "bgcolor": colours["panel"],
            "bordercolor": colours["ink3"],
            "align": "right" if is_rtl else "left",
            "font": {"family": FONT, "size": 13, "color": colours["ink"]},
        },
        dragmode=False,
    )
    figure.update_traces(cliponaxis=False, selector={"type": "scatter"})
    figure.update_xaxes(
        autorange="reversed" if is_rtl else True,
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        automargin=True,
        ticklabelstandoff=MARK_STANDOFF,
    )
    figure.update_yaxes(
        side="right" if is_rtl else "left",
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
    words = [isolated(labels[place]) for place in places]
    return {"tickvals": places, "ticktext": words, "tickangle": 0}


def scale(top: float) -> dict[str, Any]:
    """Marks of a scale of counts from 0 to a round number at or above ``top``, in its digits."""
    step = _round_step(top / MARKS)
    marks = [step * n for n in range(MARKS + 2) if step * (n - 1) < top or n < 2]
    return {
        "tickvals": marks,
        "ticktext": [whole(mark) for mark in marks],
        "range": [0, max(marks[-1], top * 1.05)],
    }


def give_room(figure: Any) -> None:
    """Widen the margin of the scale for its longest mark: the automatic one cuts long numbers."""
    marks = [mark for axis in figure.select_yaxes() for mark in axis.ticktext or ()]
    longest = max((len(mark.strip(DIRECTION_MARKS)) for mark in marks), default=0)
    side = "r" if is_right_to_left() else "l"
    room = max(figure.layout.margin[side] or SCALE_MARGIN, MARK_DIGIT * (longest + 1))
    figure.update_layout(margin={side: room})


def _round_step(least: float) -> int:
    """1, 2 or 5 with zeros behind, at or above ``least``."""
    power = 10 ** max(0, floor(log10(least))) if least > 0 else 1
    return next(n * power for n in (1, 2, 5, 10) if n * power >= least)


def in_lines(name: str) -> str:
    """A label with each word on a line of its own: a column is narrow."""
    return "<br>".join(isolated(word) for word in name.split())


def signed(amount_rial: float) -> str:
    """Rials as millions with their sign, in the page's digits."""
    sign = "−" if amount_rial < 0 else "+" if amount_rial > 0 else ""
    return f"\u2066{sign}{millions(abs(amount_rial))}\u2069"


def signed_scale(low: float, high: float) -> dict[str, Any]:
    """Marks of a scale on both sides of zero, with room for labels at its ends."""
    step = _round_step(max(high - low, 1) / MARKS)
    first, last = floor(low / step), -floor(-high / step)
    marks = [step * n for n in range(first, last + 1)]
    room = 0.15 * max(high - low, 1)
    return {
        "tickvals": marks,
        "ticktext": [f"\u2066{whole(mark)}\u2069" for mark in marks],
        "range": [low - room if low < 0 else 0, high + room if high > 0 else 0],
    }


def draw(
    figure: Any, key: str, on_pick: Callable[[int], None] | None = None, *, name: str = ""
) -> None:
    """Show a figure; ``on_pick`` gets the position of what was clicked.

    With a ``name``, which then stands over the picture, it can be saved as a PNG.
    """
    give_room(figure)
    with st.container(key=f"{key}_chart"):
        if name:
            _offer_picture(key, name)
        if on_pick is None:
            st.plotly_chart(figure, key=key, theme=None, config=CONFIG)
            return

        def picked() -> None:
            selection = event_of(key, "selection")
            if selection is not None and selection["points"]:
                on_pick(int(selection["points"][0]["point_index"]))

        st.plotly_chart(
            figure, key=key, theme=None, config=CONFIG, on_select=picked, selection_mode="points"
        )


def _offer_picture(key: str, name: str) -> None:
    colours = tokens()
    data = {
        "chart": key,
        "name": name,
        "file": key.partition("_")[2],
        "hint": _("Save this chart as a picture (PNG)"),
        "font": FONT_ADDRESS,
        "family": FONT,
        "ground": colours["panel"],
        "ink": colours["ink"],
    }
    save_chart(f"{key}_png", data)
