"""The HTML of a tried change: figures, centres, lines that come out otherwise."""

from collections.abc import Sequence
from datetime import datetime
from html import escape

from workbench.i18n import _, counted
from workbench.pages.manager.throughput_panels import NONE, number, percent
from workbench.rules.what_if import FlipKind
from workbench.services.catalogue.what_if import WhatIf
from workbench.services.catalogue.what_if_sheets import kind_name
from workbench.services.catalogue.what_if_sums import FlipRow
from workbench.ui import charts
from workbench.ui.format import instant, ltr, pill, rial, whole

CENTRES_MAX = 6
TONES = {
    FlipKind.LESS: "deducted",
    FlipKind.MORE: "approved",
    FlipKind.CEILING: "waiting",
    FlipKind.RETURNED: "returned",
    FlipKind.ASKED: "waiting",
}


def tiles(found: WhatIf) -> str:
    """Lines, cases, insured people, centres and the change of the payment."""
    sums = found.sums
    paid_rial = sums.before["payable_rial"]
    of_paid = _("nothing was paid in the period")
    if paid_rial:
        share = _signed_percent(100 * found.difference_rial / paid_rial)
        of_paid = _("{share} of what was paid").format(share=share)
    parts = (
        _tile(_("Lines that flip"), number(found.flips), _share(found.flips, sums.lines)),
        _tile(_("Cases"), number(sums.changed_cases), _share(sums.changed_cases, sums.cases)),
        _tile(_("Insured people"), number(len(sums.persons)), _("each counted once")),
        _tile(_("Centres"), number(len(sums.centres)), _("with such a line")),
        _tile(_("Change of payment"), _difference(found), of_paid),
    )
    return f'<div class="az mg-tiles wi-tiles">{"".join(parts)}</div>'


def _difference(found: WhatIf) -> str:
    if not found.difference_rial:
        return NONE
    shown = ltr(charts.signed(found.difference_rial))
    return f"{shown} <i>{escape(_('million rials'))}</i>"


def _tile(word: str, figure: str, note: str) -> str:
    return (
        f'<div class="mg-tile"><span>{escape(word)}</span><b>{figure}</b>'
        f"<small>{note}</small></div>"
    )


def _share(part: int, whole: int) -> str:
    if not whole:
        return escape(_("nothing was decided in the period"))
    said = escape(_("{share} of {whole}"))
    return said.format(share=percent(100 * part / whole), whole=number(whole))


def _signed_percent(share: float) -> str:
    sign = "−" if share < 0 else ""
    return f'<bdi dir="ltr">{sign}{percent(abs(share))}</bdi>'


def card_head(name: str, note: str) -> str:
    """A panel's name with what it shows."""
    return (
        f'<div class="az"><h2 class="mg-h">{escape(name)}'
        f'<span class="mut s13">{escape(note)}</span></h2></div>'
    )


def lines_note(found: WhatIf) -> str:
    """What the chart of lines counts."""
    if found.sums.gaps_months:
        return _("by months since the treatment they repeat; grey: found anyway")
    return _("by code of the service")


def proof(found: WhatIf, as_of: datetime) -> str:
    """Whether the decisions come out as they were without the change; when it was computed."""
    sums = found.sums
    if sums.drifted or sums.unreadable:
        said = _("{drifted} of {n} came out otherwise without the change, {bad} are unreadable")
        words = said.format(
            drifted=whole(sums.drifted), n=whole(sums.computed), bad=whole(sums.unreadable)
        )
        return _line(pill("late", words), _computed(found, as_of))
    if not sums.computed:
        words = _("no case has what the change speaks of: none was computed again")
        return _line(pill("waiting", words), _computed(found, as_of))
    many = counted(
        sums.computed,
        _("{n} case computed again: without the change the same to the rial"),
        _("{n} cases computed again: without the change the same to the rial"),
    )
    words = many.format(n=whole(sums.computed))
    return _line(pill("approved", words), _computed(found, as_of))


def _line(said: str, when: str) -> str:
    return f'<div class="az"><div class="row wrap">{said}{when}</div></div>'


def _computed(found: WhatIf, as_of: datetime) -> str:
    said = _("as of {at}, in {seconds} seconds").format(
        at=ltr(instant(as_of)), seconds=ltr(charts.decimal(found.seconds))
    )
    return f'<span class="mut s13">{said}</span>'


def nothing_flips(found: WhatIf, as_of: datetime) -> str:
    """In place of charts that would show nothing."""
    if not found.sums.cases:
        said = _("Nothing was decided in the period: choose another one, or fewer limits.")
    else:
        said = _("No line of the decided cases comes out otherwise with this change.")
    when = "" if found.sums.cases else f"<p>{_computed(found, as_of)}</p>"
    return f'<div class="az panel mg-card"><p>{escape(said)}</p>{when}</div>'


def centres(found: WhatIf) -> str:
    """The centres whose payment changes most."""
    sums = found.sums
    rows = sorted(sums.by_centre.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    if not rows:
        return f'<div class="az"><p class="mut">{escape(_("No line flips."))}</p></div>'
    top = max(1, abs(rows[0][1]))
    shown = "".join(
        _centre(name, sums.lines_by_centre[name], amount_rial, top)
        for name, amount_rial in rows[:CENTRES_MAX]
    )
    rest = rows[CENTRES_MAX:]
    if rest:
        many = counted(len(rest), _("{n} more centre"), _("{n} more centres"))
        name = many.format(n=whole(len(rest)))
        lines = sum(sums.lines_by_centre[each] for each, _amount in rest)
        shown += _centre(name, lines, sum(amount for _name, amount in rest), top)
    return f'<div class="az wi-centres">{shown}</div>'


def _centre(name: str, lines: int, amount_rial: int, top_rial: int) -> str:
    many = counted(lines, _("{n} service line"), _("{n} service lines")).format(n=whole(lines))
    width = min(100.0, 100 * abs(amount_rial) / top_rial)
    tone = "d" if amount_rial < 0 else "a"
    return (
        f'<div><bdi>{escape(name)}</bdi> <span class="mut s12">{escape(many)}</span>'
        f'<b>{_signed_rial(amount_rial)}</b><div><i class="{tone}" style="width:{width:.1f}%">'
        "</i></div></div>"
    )


def _signed_rial(amount_rial: int) -> str:
    if not amount_rial:
        return NONE
    return f'<bdi dir="ltr">{"−" if amount_rial < 0 else "+"}{rial(abs(amount_rial))}</bdi>'


def rows(shown: Sequence[FlipRow], *, has_gaps: bool) -> str:
    """Lines that come out otherwise; a press opens the case."""
    heads = [
        (_("Case"), False),
        (_("Centre"), False),
        (_("Service"), False),
        (_("Tooth and surfaces"), False),
        *([(_("Months since"), True)] if has_gaps else []),
        (_("With the change"), False),
        (_("Paid now"), True),
        (_("Then"), True),
        (_("Difference"), True),
    ]
    head = "".join(
        f"<th scope='col'{' class=num' if is_number else ''}>{escape(word)}</th>"
        for word, is_number in heads
    )
    body = "".join(_row(each, has_gaps=has_gaps) for each in shown)
    return (
        '<div class="az panel"><div class="scroll"><table class="c"><thead><tr>'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div></div>"
    )


def _row(each: FlipRow, *, has_gaps: bool) -> str:
    place = " ".join(filter(None, (str(each.tooth or ""), each.surfaces)))
    reasons = " ".join(each.reasons)
    said = " ".join(
        filter(None, (kind_name(each.kind), f"\u2066{reasons}\u2069" if reasons else ""))
    )
    gap = f"<td class='num'>{number(each.gap_months or 0)}</td>" if has_gaps else ""
    return (
        f'<tr data-open="{escape(each.number)}" role="link" tabindex="0">'
        f"<td>{ltr(each.number)}</td><td><bdi>{escape(each.centre)}</bdi></td>"
        f"<td>{ltr(each.code)} <bdi>{escape(each.title)}</bdi></td>"
        f"<td>{ltr(place) if place else NONE}</td>"
        f"{gap}<td>{pill(TONES[each.kind], said)}</td>"
        f"<td class='num'>{rial(each.before_rial)}</td><td class='num'>{rial(each.after_rial)}</td>"
        f"<td class='num'>{_signed_rial(each.difference_rial)}</td></tr>"
    )
