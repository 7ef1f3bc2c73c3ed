"""The HTML of the page of agreement: figures, reasons, couples of assessors, drawn cases."""

from html import escape

from workbench.i18n import _, counted, language
from workbench.pages.manager.deductions_panels import code
from workbench.pages.manager.throughput_panels import NONE, number, percent
from workbench.pages.rechecks.words import recheck_pill
from workbench.rules.agreement import (
    CASES_LEAST,
    LINES_LEAST,
    USES_LEAST,
    Estimate,
    ReasonAgreement,
)
from workbench.rules.kappa import Kappa
from workbench.services.rechecks import agreement_words as words
from workbench.services.rechecks.agreement import PAIR_LEAST, Agreement, Couple, RecheckLine
from workbench.services.rechecks.agreement_words import resolution_word
from workbench.services.rechecks.rechecks import HANDED_IN
from workbench.ui import charts
from workbench.ui.format import digits, instant, ltr, rial, whole

REASONS_MAX, COUPLES_MAX = 12, 10


def tiles(view: Agreement) -> str:
    """The figures of the page."""
    few = _small(view.cases) if view.is_small else ""
    parts = (
        _tile(_("Assessed twice"), number(view.cases), _of_decided(view), words.twice_is()),
        _tile(_("Same decision"), _share(view.equal_cases, view.cases), few, words.same_is()),
        _tile(
            _("Same on the line"),
            _share(view.equal_lines, view.lines),
            _lines(view),
            words.line_is(),
        ),
        _tile(
            _("Same amount"), _share(view.equal_amounts, view.cases), _off(view), words.amount_is()
        ),
        _tile(_("Money found wrong"), _sum(view.wrong), _interval(view.wrong), words.wrong_is()),
        _tile(
            _("Paid too much"), _sum(view.overpaid), _interval(view.overpaid), words.overpaid_is()
        ),
    )
    return f'<div class="az mg-tiles">{"".join(parts)}</div>'


def _tile(word: str, figure: str, note: str, definition: str) -> str:
    return (
        f'<div class="mg-tile" title="{escape(definition)}"><span>{escape(word)}</span>'
        f"<b>{figure}</b><small>{note}</small></div>"
    )


def _share(some: int, of: int) -> str:
    return percent(100 * some / of if of else None)


def _of_decided(view: Agreement) -> str:
    said = _("of {decided} decided, {drawn} drawn")
    return escape(said.format(decided=whole(view.decided), drawn=whole(view.drawn)))


def _small(cases: int) -> str:
    return escape(_("small sample: under {n} cases").format(n=digits(CASES_LEAST))) if cases else ""


def _lines(view: Agreement) -> str:
    many = counted(view.lines, _("{n} service line"), _("{n} service lines"))
    return escape(many.format(n=whole(view.lines)))


def _off(view: Agreement) -> str:
    if view.mean_difference_rial is None or view.median_difference_rial is None:
        return ""
    said = _("mean difference {mean}, median {median} rials")
    return said.format(
        mean=rial(round(view.mean_difference_rial), zero=_("zero")),
        median=rial(round(view.median_difference_rial), zero=_("zero")),
    )


def _sum(found: Estimate | None) -> str:
    if found is None:
        return NONE
    return f"{_millions(found.total_rial)} <i>{escape(_('million rials'))}</i>"


def _interval(found: Estimate | None) -> str:
    if found is None:
        return escape(_("nothing was assessed twice"))
    if found.low_rial is None or found.high_rial is None:
        return escape(_("too few cases for an interval"))
    low, high = _millions(found.low_rial), _millions(found.high_rial)
    return _("95% between {low} and {high}").format(low=low, high=high)


def _millions(amount_rial: int) -> str:
    sign = "−" if amount_rial < 0 else ""
    return ltr(sign + charts.millions(abs(amount_rial)))


def reasons(view: Agreement) -> str:
    """Each reason: used by both, by one, and kappa with its interval."""
    note = _("kappa from {lines} lines and {uses} uses on").format(
        lines=digits(LINES_LEAST), uses=digits(USES_LEAST)
    )
    title = _head(_("Agreement by reason"), note)
    if not view.reasons:
        body = f'<p class="rc-none">{escape(_no_reason(view))}</p>'
        return f'<div class="az panel mg-card">{title}{body}</div>'
    heads = (
        *(_("Reason"), _("Both"), _("First only"), _("Second only"), _("Same")),
        *(_("Kappa"), _("95% interval")),
    )
    head = "".join(f"<th{' class=num' if n else ''}>{escape(w)}</th>" for n, w in enumerate(heads))
    rows = "".join(_reason(view, each) for each in view.reasons[:REASONS_MAX])
    return (
        f'<div class="az panel mg-card" title="{escape(words.kappa_is())}">{title}<table class="c">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _no_reason(view: Agreement) -> str:
    if view.cases:
        return _("Neither the first nor the second deducted anything.")
    return _("No case of the period has been assessed twice yet.")


def _reason(view: Agreement, each: ReasonAgreement) -> str:
    found = each.kappa
    cells = (
        *(number(each.both), number(each.first_only), number(each.second_only)),
        *(percent(100 * each.equal_share), _kappa(found), _kappa_interval(found)),
    )
    title = view.titles.get(each.code, "")
    return (
        f'<tr><td class="wrap">{code(each.code)} <bdi>{escape(title)}</bdi></td>'
        + "".join(f'<td class="num">{cell}</td>' for cell in cells)
        + "</tr>"
    )


def _kappa(found: Kappa | None) -> str:
    return NONE if found is None else _decimal(found.value)


def _kappa_interval(found: Kappa | None) -> str:
    if found is None:
        return NONE
    said = _("{low} to {high}")
    return said.format(low=_decimal(found.low), high=_decimal(found.high))


def _decimal(value: float) -> str:
    shown = f"{value:z.2f}".replace("-", "−")
    return ltr(shown.replace(".", "٫") if language() == "fa" else shown)


def couples(view: Agreement) -> str:
    """Who decided first and who second, and how often they agree."""
    note = _("under {n} cases neither share nor rials are told").format(n=digits(PAIR_LEAST))
    title = _head(_("By assessor"), note)
    if not view.couples:
        text = _("No two assessors have a case in common.")
        body = f'<p class="rc-none">{escape(text)}</p>'
        return f'<div class="az panel mg-card">{title}{body}</div>'
    heads = (_("First"), _("Second"), _("Cases"), _("Same"), _("First less second"))
    head = "".join(
        f"<th{' class=num' if n > 1 else ''}>{escape(w)}</th>" for n, w in enumerate(heads)
    )
    rows = "".join(_couple(each) for each in view.couples[:COUPLES_MAX])
    table = f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="az panel mg-card">{title}{table}</div>'


def _couple(each: Couple) -> str:
    few = f'<span class="mut">{escape(_("too few"))}</span>'
    share = few if each.equal is None else _share(each.equal, each.cases)
    off = each.difference_rial
    less = few if off is None else rial(off, zero=_("zero"))
    return (
        f"<tr><td><bdi>{escape(each.first_by)}</bdi></td>"
        f"<td><bdi>{escape(each.second_by)}</bdi></td><td class='num'>{number(each.cases)}</td>"
        f"<td class='num'>{share}</td>"
        f"<td class='num'>{less}</td></tr>"
    )


def draw_is(share: int) -> str:
    """What the button does."""
    return _(
        "{percent} percent of each insurer, band of amount and assessor, by chance; weeks end on "
        "Friday. It happens by itself; a week that was drawn is not drawn again."
    ).format(percent=digits(share))


def cases(view: Agreement) -> str:
    """What differs and waits, then what is closed; a press opens both decisions."""
    heads = (
        *(_("Case"), _("Decided"), _("First"), _("Second"), _("First payable")),
        *(_("Second payable"), _("State"), _("Who was right")),
    )
    numbers = (1, 4, 5)
    head = "".join(
        f"<th{' class=num' if n in numbers else ''}>{escape(w)}</th>" for n, w in enumerate(heads)
    )
    shown = (*view.open, *view.closed)
    rows = "".join(_case(each) for each in shown)
    note = _("differences first; amounts open once both decisions are in")
    if len(shown) < view.drawn:
        note += " · " + _("{some} of {all}, the others stand in the export").format(
            some=whole(len(shown)), all=whole(view.drawn)
        )
    if not rows:
        text = _("Nothing was drawn of this period's decisions.")
        return (
            f'<div class="az panel mg-card">{_head(_("Drawn cases"), note)}'
            f'<p class="rc-none">{escape(text)}</p></div>'
        )
    return (
        f'<div class="az panel mg-card">{_head(_("Drawn cases"), note)}<table class="c"><thead>'
        f"<tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _case(each: RecheckLine) -> str:
    is_in = each.state in HANDED_IN
    key = f"{each.place.insurer_id}-{each.place.recheck_id}"
    opens = f'data-open="{key}" role="button" tabindex="0"' if is_in else ""
    names = "".join(
        f"<td><bdi>{escape(name or '–')}</bdi></td>" for name in (each.first_by, each.second_by)
    )
    amounts = "".join(
        f"<td class='num'>{rial(amount, zero=_('zero'))}</td>"
        for amount in (each.payable_rial, each.second_payable_rial)
    )
    return (
        f"<tr {opens}><td>{ltr(each.number)}</td>"
        f"<td class='num'>{ltr(instant(each.decided_at).split(' ')[0])}</td>{names}{amounts}"
        f"<td>{recheck_pill(each.state)}</td><td>{escape(resolution_word(each.resolution))}</td></tr>"
    )


def _head(name: str, note: str) -> str:
    return (
        f'<div class="az"><h2 class="mg-h">{escape(name)}'
        f'<span class="mut s13">{escape(note)}</span></h2></div>'
    )
