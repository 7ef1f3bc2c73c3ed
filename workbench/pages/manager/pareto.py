"""The reasons of deduction as bars, the largest first, and beside them their share so far."""

from typing import Any

from workbench.i18n import _, counted, language
from workbench.persian.rial import format_rial
from workbench.services.figures.deductions import Deductions, ReasonSum
from workbench.ui import charts
from workbench.ui.format import digits

REASONS_MAX = 10
ROW_HEIGHT, AXIS_HEIGHT = 31, 50
TITLE_LETTERS_MAX, TITLE_WIDTH = 22, 186
LABEL_DIGIT, MARK_LEAST = 0.045, 7
"""Beside the longest bar: its share that one digit of the label takes, and the fewest digits."""
MOST = 80
"""Per cent: the reasons up to it are the ones to begin with."""


def pareto_figure(view: Deductions) -> Any:
    """Bars at the start of the line, the cumulative share in a panel of its own at its end."""
    from plotly.subplots import make_subplots  # Heavy: only for who looks at charts.

    colours, shown = charts.tokens(), view.reasons[:REASONS_MAX]
    is_persian = language() == "fa"
    bars, line = (2, 1) if is_persian else (1, 2)
    widths = [0.24, 0.76] if is_persian else [0.76, 0.24]
    figure = make_subplots(cols=2, shared_yaxes=True, column_widths=widths, horizontal_spacing=0.04)
    places = list(range(len(shown)))
    said = [_said(each) for each in shown]
    figure.add_bar(
        y=places,
        x=[each.amount_rial / charts.MILLION for each in shown],
        orientation="h",
        marker={"color": [_colour(colours, view, place) for place in places]},
        text=[_label(each) for each in shown],
        textposition="outside",
        textfont={"color": colours["ink"]},
        cliponaxis=False,
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
        row=1,
        col=bars,
    )
    figure.add_scatter(
        y=places,
        x=[100 * each.share_so_far for each in shown],
        mode="lines+markers",
        line={"color": colours["ink3"], "width": 2},
        marker={"size": 6},
        customdata=said,
        hovertemplate="%{customdata}<extra></extra>",
        row=1,
        col=line,
    )
    charts.framed(figure, height=ROW_HEIGHT * max(3, len(shown)) + AXIS_HEIGHT)
    _lay_out(figure, view, colours, bars, line)
    return figure


def _lay_out(figure: Any, view: Deductions, colours: dict[str, str], bars: int, line: int) -> None:
    shown = view.reasons[:REASONS_MAX]
    is_persian = language() == "fa"
    top = shown[0].amount_rial / charts.MILLION
    figure.update_xaxes(autorange=None, gridcolor=colours["line"], showticklabels=False)
    room = 1 + LABEL_DIGIT * max(MARK_LEAST, len(charts.millions(shown[0].amount_rial)))
    figure.update_xaxes(range=charts.as_read(0, room * top), row=1, col=bars)
    mark = "٪" if is_persian else "%"
    figure.update_xaxes(
        range=charts.as_read(-6, 106),
        tickvals=[0, MOST],
        ticktext=[digits(f"{tick}{mark}") for tick in (0, MOST)],
        tickangle=0,
        showticklabels=True,
        showgrid=False,
        row=1,
        col=line,
    )
    figure.add_vline(x=MOST, line={"color": colours["ink3"], "dash": "dot", "width": 1}, col=line)
    figure.update_yaxes(
        range=[len(shown) - 0.4, -0.6],
        showgrid=False,
        showticklabels=False,
        rangemode="normal",
        automargin=False,
    )
    figure.update_layout(margin={"r" if is_persian else "l": TITLE_WIDTH, "b": 30})
    figure.update_yaxes(
        side="right" if is_persian else "left",
        showticklabels=True,
        tickvals=list(range(len(shown))),
        ticktext=[_name(each) for each in shown],
        tickfont={"color": colours["ink"]},
        ticks="outside",
        ticklen=4,
        tickcolor=colours["panel"],
        row=1,
        col=bars,
    )


def _colour(colours: dict[str, str], view: Deductions, place: int) -> str:
    """The reasons that make up the most of it together are in the colour of a deduction."""
    before = view.reasons[place - 1].share_so_far if place else 0.0
    return colours["deducted"] if 100 * before < MOST else colours["waiting"]


def _name(each: ReasonSum) -> str:
    title = each.title
    if len(title) > TITLE_LETTERS_MAX:
        title = title[:TITLE_LETTERS_MAX].rstrip() + "…"
    return charts.isolated(f"\u2066{each.code}\u2069 {title}")


def _label(each: ReasonSum) -> str:
    """Millions of rials."""
    return f"\u2066{charts.millions(each.amount_rial)}\u2069"


def _said(each: ReasonSum) -> str:
    lines = counted(each.lines, _("{n} service line"), _("{n} service lines")).format(
        n=digits(each.lines)
    )
    text = _("{code} {title}: {amount} rials, {lines}; up to here {share}% of all").format(
        code=f"\u2066{each.code}\u2069",
        title=each.title,
        amount=f"\u2066{format_rial(each.amount_rial, language())}\u2069",
        lines=lines,
        share=charts.decimal(100 * each.share_so_far),
    )
    return charts.sentence(text)
