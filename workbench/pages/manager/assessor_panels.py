"""The HTML of the assessors' page: work done, and deductions and returns against the expected."""

from html import escape

from workbench.i18n import _
from workbench.pages.manager import figure_parts as parts
from workbench.pages.manager.throughput_panels import number, percent
from workbench.rules.standardised import CASES_LEAST, LINES_LEAST, Ratio, Standing
from workbench.services.figures import assessor_words as words
from workbench.services.figures.assessors import AssessorFigures, Assessors
from workbench.ui.format import digits, pill, whole

RATIO_MAX = 3.0
"""The scale of the intervals ends here; what is beyond is cut off."""
TONES = {Standing.ABOVE: "deducted", Standing.WITHIN: "waiting", Standing.BELOW: "review"}


def tiles(view: Assessors) -> str:
    """All of them together."""
    all_ = view.whole
    return parts.tiles(
        (
            parts.tile(
                None,
                _("Assessors"),
                number(len(view.each)),
                _("{n} can be compared").format(n=digits(len(view.ranked))),
                _("Users who finished or returned a case in the period; those who left count."),
            ),
            parts.tile("decided:", _("Decided"), number(all_.cases), "", words.cases_is()),
            parts.tile(None, _("Assessed lines"), number(all_.lines), "", words.lines_is()),
            parts.tile(
                None,
                _("Deduction rate"),
                percent(all_.deduction_percent),
                _("of the cost"),
                words.rate_is(),
            ),
            parts.tile(
                "returned:",
                _("Return rate"),
                percent(all_.return_percent),
                _("{n} returns").format(n=whole(all_.returns)) if all_.returns else "",
                words.returns_is(),
            ),
            parts.tile(
                None,
                _("Time of a case"),
                _minutes(all_.median_minutes),
                _p90(all_),
                words.time_is(),
            ),
        )
    )


def _minutes(minutes: int | None) -> str:
    if minutes is None:
        return parts.NONE
    return f"{number(minutes) if minutes else digits(0)} <i>{escape(_('working minutes'))}</i>"


def _p90(all_: AssessorFigures) -> str:
    if all_.p90_minutes is None:
        return _("no decision in the period")
    return _("ninetieth percentile {n}").format(n=whole(all_.p90_minutes))


def deductions(view: Assessors) -> str:
    """Each assessor's deduction rate against the expected."""
    columns = (
        (_("Assessor"), ""),
        (_("Rate"), words.rate_is()),
        (_("Expected"), words.expected_is()),
        (_("Observed ÷ expected"), words.interval_is()),
        ("", ""),
    )
    rows = [_deduction(each) for each in view.each]
    body = parts.table(columns, rows) if rows else parts.empty(_("No decision in the period."))
    return parts.card(
        _("Deductions against the expected"),
        _("for the same mix of services"),
        body,
        words.expected_is(),
    )


def _deduction(each: AssessorFigures) -> str:
    expected = None
    if each.deductions is not None and each.cost_rial:
        expected = 100 * each.deductions.expected / each.cost_rial
    cells = [_name(each), percent(each.deduction_percent), percent(expected)]
    return parts.row(f"decided:{each.assessor_id}", [*cells, *_compared(each.deductions)])


def returns(view: Assessors) -> str:
    """Each assessor's return rate against the expected."""
    columns = (
        (_("Assessor"), ""),
        (_("Rate"), words.returns_is()),
        (_("Expected"), words.expected_returns_is()),
        (_("Observed ÷ expected"), words.interval_is()),
        ("", ""),
    )
    rows = [_return(each) for each in view.each]
    body = parts.table(columns, rows) if rows else parts.empty(_("No decision in the period."))
    return parts.card(
        _("Returns against the expected"),
        _("for the same mix of cases"),
        body,
        words.expected_returns_is(),
    )


def _return(each: AssessorFigures) -> str:
    expected = None
    if each.returned is not None:
        expected = 100 * each.returned.expected / each.decisions
    cells = [_name(each), percent(each.return_percent), percent(expected)]
    return parts.row(f"returned:{each.assessor_id}", [*cells, *_compared(each.returned)])


def _compared(ratio: Ratio | None) -> tuple[str, str]:
    """The interval drawn, and where he stands in words."""
    if ratio is None:
        return "", f'<span class="mut">{escape(_("too few"))}</span>'
    if ratio.value is None:
        return "", parts.NONE
    return _interval(ratio), pill(TONES[ratio.standing], words.standing_name(ratio.standing))


def _interval(ratio: Ratio) -> str:
    value = ratio.value or 0.0
    low, high = ratio.low, ratio.high
    drawn, said = "", parts.plain_decimal(value, 2)
    if low is not None and high is not None:
        start, end = _place(low), _place(high)
        drawn = f'<i style="inset-inline-start:{start:.1f}%;width:{end - start:.1f}%"></i>'
        said = _("{ratio}, 95% interval {low} to {high}").format(
            ratio=said, low=parts.plain_decimal(low, 2), high=parts.plain_decimal(high, 2)
        )
    return (
        f'<div class="mg-iv" title="{escape(said)}"><b>{parts.decimal(value, 2)}</b><div>'
        f'<s style="inset-inline-start:{_place(1):.1f}%"></s>{drawn}'
        f'<u style="inset-inline-start:{_place(value):.1f}%"></u></div></div>'
    )


def _place(value: float) -> float:
    return 100 * min(value, RATIO_MAX) / RATIO_MAX


def work(view: Assessors) -> str:
    """What each did, and in what time."""
    columns = (
        (_("Assessor"), ""),
        (_("Decided"), words.cases_is()),
        (_("Returned"), words.returns_is()),
        (_("Assessed lines"), words.lines_is()),
        (_("Lines a decided case"), _("Lines of the decided cases ÷ these cases.")),
        (_("Median time"), words.time_is()),
        (_("90% time"), _("Nine in ten of his cases took no longer; working minutes.")),
    )
    rows = [_work(each) for each in view.each]
    body = parts.table(columns, rows) if rows else parts.empty(_("No decision in the period."))
    note = _(
        "working minutes; under {cases} decisions or {lines} assessed lines nobody is compared"
    )
    return parts.card(
        _("Work of each"), note.format(cases=digits(CASES_LEAST), lines=digits(LINES_LEAST)), body
    )


def _work(each: AssessorFigures) -> str:
    cells = [
        _name(each),
        number(each.cases),
        number(each.returns),
        number(each.lines),
        parts.decimal(each.lines / each.cases if each.cases else None),
        parts.decimal(each.median_minutes, 0),
        parts.decimal(each.p90_minutes, 0),
    ]
    return parts.row(f"decided:{each.assessor_id}", cells)


def _name(each: AssessorFigures) -> str:
    left = f' <span class="bdg waiting">{escape(_("left"))}</span>' if each.has_left else ""
    return parts.name(each.name) + left
