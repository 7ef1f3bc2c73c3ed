"""The HTML of the deductions page: reasons with their shares, defects, centres."""

from html import escape

from workbench.i18n import _, counted, language
from workbench.pages.manager.throughput_panels import number, percent
from workbench.persian.rial import format_rial
from workbench.services.deductions import RANKED_LEAST, CentreSum, Deductions, ReasonSum
from workbench.ui.format import digits, rial

REASONS_MAX, DEFECTS_MAX, CENTRES_MAX = 10, 8, 50
MILLION = 1_000_000


def amounts_head(view: Deductions) -> str:
    """What the waterfall is of."""
    many = counted(view.cases, _("{n} decided case"), _("{n} decided cases"))
    note = _("{cases}; million rials and share of the cost").format(
        cases=many.format(n=digits(f"{view.cases:,}"))
    )
    return _head(_("From cost to payable"), note)


def _head(name: str, note: str) -> str:
    return (
        f'<div class="az"><h2 class="mg-h">{escape(name)}'
        f'<span class="mut s13">{escape(note)}</span></h2></div>'
    )


def _card(name: str, note: str, body: str) -> str:
    return f'<div class="az panel mg-card">{_head(name, note)}{body}</div>'


def reasons(view: Deductions) -> str:
    """The reasons of deduction, the largest first, with the share that is reached so far."""
    if not view.reasons:
        return _card(_("Deductions by reason"), "", f"<p>{escape(_('No deduction.'))}</p>")
    shown, rest = view.reasons[:REASONS_MAX], view.reasons[REASONS_MAX:]
    top = shown[0].amount_rial
    rows = "".join(_reason(each, top) for each in shown)
    if rest:
        many = counted(len(rest), _("others, {n} reason"), _("others, {n} reasons"))
        others = many.format(n=digits(len(rest)))
        amount = sum(each.amount_rial for each in rest)
        rows += f"<tr><td>{escape(others)}</td><td></td><td class='num'>{rial(amount)}</td>"
        rows += "<td></td><td></td></tr>"
    heads = (_("Reason"), "", _("Rials"), _("Lines"), _("So far"))
    head = "".join(f"<th>{escape(word)}</th>" for word in heads)
    total = format_rial(sum(each.amount_rial for each in view.reasons), language())
    note = _("{amount} rials in all").format(amount=total)
    table = f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return _card(_("Deductions by reason"), note, table)


def _reason(each: ReasonSum, top: int) -> str:
    share = percent(100 * each.share_so_far)
    return (
        f"<tr><td>{code(each.code)} <bdi>{escape(each.title)}</bdi></td>"
        f'<td class="mg-bar"><div><i class="d" style="width:{100 * each.amount_rial / top:.1f}%">'
        f"</i></div></td><td class='num'>{rial(each.amount_rial)}</td>"
        f"<td class='num mut'>{number(each.lines)}</td><td class='num'>{share}</td></tr>"
    )


def code(text: str) -> str:
    """A code of the catalogue, in its own digits."""
    return f'<bdi dir="ltr">{escape(text)}</bdi>'


def defects(view: Deductions) -> str:
    """The defects that cases were returned with."""
    if not view.defects:
        return _card(_("Returns by defect"), "", f"<p>{escape(_('No return.'))}</p>")
    rows = "".join(
        f"<tr><td>{code(each.code)} <bdi>{escape(each.title)}</bdi></td>"
        f"<td class='num'>{number(each.returns)}</td>"
        f"<td class='num'>{number(each.repeated)}</td></tr>"
        for each in view.defects[:DEFECTS_MAX]
    )
    heads = (_("Defect"), _("Returns"), _("again for the same case"))
    head = "".join(f"<th>{escape(word)}</th>" for word in heads)
    table = f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return _card(_("Returns by defect"), "", table)


def centres(view: Deductions) -> str:
    """The centres by their deduction; a press limits the page to one."""
    heads = (
        *(_("Centre"), _("Cases"), _("Cost"), _("Technical deduction"), _("Deduction rate")),
        *(_("First reason"), _("Return rate")),
    )
    head = "".join(f"<th{' class=num' if n else ''}>{escape(w)}</th>" for n, w in enumerate(heads))
    rows = "".join(_centre(each) for each in view.centres[:CENTRES_MAX])
    note = _("by technical deduction, rials; under {n} cases no rate is told").format(
        n=digits(RANKED_LEAST)
    )
    table = f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return _card(_("Centres"), note, table)


def _centre(each: CentreSum) -> str:
    few = f'<span class="mut">{escape(_("too few"))}</span>'
    rates = (
        percent(each.deduction_percent) if each.is_ranked else few,
        code(each.first_reason) if each.first_reason else "–",
        percent(each.return_percent) if each.is_ranked else few,
    )
    figures = (number(each.cases), rial(each.cost_rial), rial(each.technical_deduction_rial))
    cells = "".join(f'<td class="num">{cell}</td>' for cell in (*figures, *rates))
    return (
        f'<tr data-open="{each.centre_id}" role="button" tabindex="0">'
        f"<td><bdi>{escape(each.name)}</bdi></td>{cells}</tr>"
    )
