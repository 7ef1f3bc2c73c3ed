"""The waterfall from what was asked to what is payable, in the order of reading."""

from typing import Any

from workbench.i18n import _, language
from workbench.persian.rial import format_rial
from workbench.services.figures.deductions import Deductions
from workbench.services.figures.words import column_name
from workbench.ui import charts

HEIGHT = 360
STEPS = (
    ("cost_rial", "total", "ink"),
    ("tariff_reject_rial", "less", "deducted"),
    ("technical_deduction_rial", "less", "deducted"),
    ("patient_share_rial", "less", "waiting"),
    ("technical_approval_rial", "total", "ink"),
    ("ceiling_reject_rial", "less", "returned"),
    ("payable_rial", "total", "accent"),
)
"""Column of money, whether it stands from zero or is taken off, and its colour."""


def waterfall_figure(view: Deductions) -> Any:
    """Columns of what is there, and between them what was taken off."""
    import plotly.graph_objects as plots  # Heavy: only for who looks at charts.

    colours = charts.tokens()
    bases, heights = _bars(view.amounts)
    figure = plots.Figure()
    figure.add_bar(
        x=list(range(len(STEPS))),
        y=[height / charts.MILLION for height in heights],
        base=[base / charts.MILLION for base in bases],
        marker={"color": [colours[colour] for _name, _kind, colour in STEPS]},
        text=[_label(view.amounts, name, kind) for name, kind, _colour in STEPS],
        textposition="outside",
        textfont={"color": colours["ink"]},
        cliponaxis=False,
        customdata=[_said(view.amounts, name) for name, _kind, _colour in STEPS],
        hovertemplate="%{customdata}<extra></extra>",
        constraintext="none",
    )
    charts.framed(figure, height=HEIGHT)
    figure.update_xaxes(
        tickvals=list(range(len(STEPS))),
        ticktext=[charts.in_lines(column_name(name)) for name, _kind, _colour in STEPS],
        tickangle=0,
    )
    figure.update_yaxes(**charts.scale(1.1 * view.amounts["cost_rial"] / charts.MILLION))
    return figure


def _bars(amounts: dict[str, int]) -> tuple[list[int], list[int]]:
    """Base and height of each column; what is taken off hangs from what was left before."""
    bases, heights, left = [], [], 0
    for name, kind, _colour in STEPS:
        amount = amounts[name]
        left = amount if kind == "total" else left - amount
        bases.append(0 if kind == "total" else left)
        heights.append(amount)
    return bases, heights


def _label(amounts: dict[str, int], name: str, kind: str) -> str:
    """Millions of rials and the share of the cost."""
    amount, cost = amounts[name], amounts["cost_rial"]
    sign = "−" if kind == "less" and amount else ""
    mark = "٪" if language() == "fa" else "%"
    share = f"<br>{charts.decimal(100 * amount / cost)}{mark}" if cost else ""
    return f"\u2066{sign}{charts.millions(amount)}\u2069{share}"


def _said(amounts: dict[str, int], name: str) -> str:
    """The column in a sentence."""
    amount, cost = amounts[name], amounts["cost_rial"]
    text = _("{column}: {amount} rials, {share}% of the cost").format(
        column=column_name(name),
        amount=f"\u2066{format_rial(amount, language())}\u2069",
        share=charts.decimal(100 * amount / cost if cost else 0.0),
    )
    return charts.isolated(text)
