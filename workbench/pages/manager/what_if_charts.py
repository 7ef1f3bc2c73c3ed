"""The charts of a tried change: which lines flip, and how the payment changes."""

from typing import Any

from workbench.i18n import _
from workbench.services.catalogue.what_if import WhatIf
from workbench.ui import charts
from workbench.ui.format import digits, whole

HEIGHT = 300
CODES_MAX = 12
SLOTS_MIN = 5
REASONS_MAX = 3
ROUNDING_SHOWN_RIAL = 50_000  # below it, a label in millions says nothing
LABELLED_MONTHS = 6


def lines_figure(found: WhatIf) -> Any:
    """Lines by months since the treatment they repeat, or by code of the service."""
    import plotly.graph_objects as plots  # Heavy: only for who looks at charts.

    if found.sums.gaps_months:
        return _gaps(plots.Figure(), found)
    return _codes(plots.Figure(), found)


def _gaps(figure: Any, found: WhatIf) -> Any:
    colours, sums = charts.tokens(), found.sums
    months = [*sums.gaps_months, *sums.known_gaps_months]
    span = range(min(months), max(months) + 1)
    for counts, colour in ((sums.known_gaps_months, "waiting"), (sums.gaps_months, "deducted")):
        figure.add_bar(
            x=list(span),
            y=[counts[month] for month in span],
            marker={"color": colours[colour]},
            hovertemplate="%{y}<extra></extra>",
        )
    charts.framed(figure, height=HEIGHT)
    figure.update_layout(barmode="stack")
    marks = [month for month in span if month % LABELLED_MONTHS == 0] or list(span)
    figure.update_xaxes(tickvals=marks, ticktext=[digits(month) for month in marks])
    top = max(sums.gaps_months[month] + sums.known_gaps_months[month] for month in span)
    figure.update_yaxes(**charts.scale(top))
    return figure


def _codes(figure: Any, found: WhatIf) -> Any:
    colours = charts.tokens()
    rows = found.sums.lines_by_code.most_common(CODES_MAX)
    places = list(range(len(rows)))
    figure.add_bar(
        x=places,
        y=[lines for _code, lines in rows],
        marker={"color": colours["deducted"]},
        text=[whole(lines) for _code, lines in rows],
        textposition="outside",
        textfont={"color": colours["ink"]},
        cliponaxis=False,
        hovertemplate="%{text}<extra></extra>",
    )
    charts.framed(figure, height=HEIGHT)
    codes = [f"\u2066{digits(code)}\u2069" for code, _lines in rows]
    last = max(SLOTS_MIN, len(rows)) - 0.5
    figure.update_xaxes(
        tickvals=places,
        ticktext=codes,
        tickangle=0,
        autorange=False,
        range=charts.as_read(-0.5, last),
    )
    figure.update_yaxes(**charts.scale(1.15 * max((lines for _code, lines in rows), default=1)))
    return figure


def money_figure(found: WhatIf) -> Any:
    """How the payment changes, in the order of reading: each part hangs from the one before."""
    import plotly.graph_objects as plots

    colours = charts.tokens()
    parts = money_parts(found)
    bases, heights, left = [], [], 0
    for _name, amount_rial, is_total in parts:
        start = 0 if is_total else left
        left = amount_rial if is_total else left + amount_rial
        bases.append(start / charts.MILLION)
        heights.append(amount_rial / charts.MILLION)
    shown = [_colour(colours, amount, is_total=last) for _name, amount, last in parts]
    figure = plots.Figure()
    figure.add_bar(
        x=list(range(len(parts))),
        y=heights,
        base=bases,
        marker={"color": shown},
        text=[charts.signed(amount_rial) for _name, amount_rial, _last in parts],
        textposition="outside",
        textfont={"color": colours["ink"]},
        cliponaxis=False,
        hovertemplate="%{text}<extra></extra>",
        constraintext="none",
    )
    charts.framed(figure, height=HEIGHT)
    names = [charts.in_lines(name) for name, _amount, _last in parts]
    figure.update_xaxes(tickvals=list(range(len(parts))), ticktext=names, tickangle=0)
    ends = [base + height for base, height in zip(bases, heights, strict=True)]
    figure.update_yaxes(
        rangemode="normal",
        zeroline=True,
        zerolinecolor=colours["ink"],
        **charts.signed_scale(min(0, *ends), max(0, *ends)),
    )
    return figure


def money_parts(found: WhatIf) -> list[tuple[str, int, bool]]:
    """What changes the payment: a name, rials (less paid: negative), and whether it is the sum."""
    sums = found.sums
    change = {name: sums.after[name] - sums.before[name] for name in sums.after}
    reasons = sums.by_reason.most_common()
    reasons.sort(key=lambda pair: -abs(pair[1]))
    parts = [(code, -amount_rial) for code, amount_rial in reasons[:REASONS_MAX] if amount_rial]
    rest = sum(amount_rial for _code, amount_rial in reasons[REASONS_MAX:])
    parts += [(_("Other cuts"), -rest)] if rest else []
    for name, word in (
        ("tariff_reject_rial", _("Tariff reject")),
        ("patient_share_rial", _("Patient share")),
        ("ceiling_reject_rial", _("Ceiling reject")),
    ):
        parts += [(word, -change.get(name, 0))] if change.get(name) else []
    parts.sort(key=lambda part: -abs(part[1]))
    rounding = found.difference_rial - sum(amount_rial for _name, amount_rial in parts)
    parts += [(_("Rounding"), rounding)] if abs(rounding) >= ROUNDING_SHOWN_RIAL else []
    shown = [(name, amount_rial, False) for name, amount_rial in parts]
    return [*shown, (_("Change of payment"), found.difference_rial, True)]


def _colour(colours: dict[str, str], amount_rial: int, *, is_total: bool) -> str:
    if is_total:
        return colours["ink"]
    return colours["deducted"] if amount_rial < 0 else colours["approved"]
