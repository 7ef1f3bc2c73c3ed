"""The HTML of one letter: its facts, life, ledger, cases and sheets. Every text is escaped."""

from collections.abc import Mapping
from html import escape

from workbench.i18n import _
from workbench.pages.referrals.amounts import shown_amount
from workbench.pages.referrals.ceiling_panels import KIND_LOOKS, signed
from workbench.services.errors import state_name
from workbench.services.referrals.letter_words import ceiling_kind_name, franchise_words
from workbench.services.referrals.list_words import relation_name
from workbench.services.referrals.view import LetterCase, LetterEntry, LetterView, Sheet
from workbench.ui.format import day, days_word, digits, instant, ltr, pill, rial, state_pill

STATE_TONES = {
    "requested": "waiting",
    "issued": "review",
    "amended": "review",
    "in_use": "approved",
    "settled": "approved",
    "expired": "late",
    "invalid": "late",
    "cancelled": "waiting",
}
REQUESTED = "requested"
OPEN_STATES = frozenset({"issued", "amended"})


def head(view: LetterView) -> str:
    """Number, state, time left."""
    left = ""
    if view.state in OPEN_STATES:
        words = _("{days} left") if view.days_left else _("the last day is today")
        left = escape(words.format(days=days_word(view.days_left)))
    return f"""<div class="az"><div class="ph"><h1 style="white-space:nowrap">
{escape(_("Referral letter"))} {ltr(view.number)}</h1>
{pill(STATE_TONES[view.state], state_name(view.state))}
<span class="ink2 s13">{left}</span></div></div>"""


def facts(view: LetterView) -> str:
    """What stands on the letter, and what is left of it."""
    money = (
        (_("Amount"), rial(view.amount_rial), "big"),
        (_("Still reserved"), rial(view.reserved_left_rial, zero=_("zero")), "big"),
        (_("Used"), rial(view.used_rial, zero=_("zero")), "big"),
        (_("Valid until"), "–" if view.state == REQUESTED else ltr(day(view.last_valid_on)), "big"),
    )
    person = escape(view.person_name)
    issued = _("Requested on") if view.state == REQUESTED else _("Issued on")
    rest = (
        (_("Insured person"), f"{person} · {escape(relation_name(view.relation))}", ""),
        (_("National code"), ltr(view.masked_national_code), ""),
        (_("Centre"), escape(view.centre), ""),
        (issued, f"{ltr(day(view.issued_on))} · {escape(_issuer(view))}", ""),
        (_("Cover"), escape(view.cover_title), ""),
        (_("Franchise"), ltr(franchise_words(view.franchise_basis)), ""),
        (_("Kind of ceiling"), escape(ceiling_kind_name(is_family=view.is_family)), ""),
        (_("Contract"), ltr(view.contract_number), ""),
        (_("Contract valid until"), ltr(day(view.contract_end_on)), ""),
        (_("Insurer"), escape(view.insurer), ""),
        (_("Policyholder"), escape(view.policyholder), ""),
        (_("Plan"), escape(view.plan), ""),
    )
    body = "".join(
        f'<div class="{kind}"><span>{escape(label)}</span><b>{value}</b></div>'
        for label, value, kind in (*money, *rest)
    )
    return f"""<div class="az"><section class="card"><header><h2>{escape(_("The letter"))}</h2>
</header><div class="lt-facts">{body}</div>{_remarks(view)}</section></div>"""


def _issuer(view: LetterView) -> str:
    return _("by the insurer") if view.issued_by == "insurer" else _("by the centre")


def _remarks(view: LetterView) -> str:
    said = [_waiting(view)] if view.state == REQUESTED else []
    said += [view.excluded] if view.excluded else []
    if view.replaces_number:
        words = _("Issued again in place of letter {number}.")
        said.append(words.format(number=digits(view.replaces_number)))
    if view.replaced_by_number:
        words = _("Issued again as letter {number}.")
        said.append(words.format(number=digits(view.replaced_by_number)))
    if view.end_reason:
        declined, cancelled = _("Declined because: {reason}"), _("Cancelled because: {reason}")
        words = declined if view.is_declined else cancelled
        said.append(words.format(reason=view.end_reason))
    return "".join(
        f'<div class="warn-note" style="margin:0 14px 12px"><span>{escape(text)}</span></div>'
        for text in said
    )


def _waiting(view: LetterView) -> str:
    """Why the letter is not in force yet, and who decides."""
    limit = shown_amount(view.letter_limit_rial or 0)
    words = _(
        "It waits for an approval, because its amount is above the contract's limit of {limit} "
        "rials. Nothing is reserved before."
    ).format(limit=limit)
    if view.is_own_request and view.may_approve:
        words += " " + _("You asked for it yourself: another lead, or a manager, decides.")
    return words


def records(view: LetterView, thumbs: Mapping[int, str]) -> str:
    """Ledger and cases beside the life of the letter; cases and sheets open.

    ``thumbs``: the address of a sheet's small picture by its id.
    """
    return f"""<div class="az"><div class="lt-grid">
<div class="grid" style="gap:12px">{_ledger(view)}
{_cases(view)}{_sheets(view, thumbs)}</div>{_life(view)}</div></div>"""


def _ledger(view: LetterView) -> str:
    heads = (
        (_("Time"), ""),
        (_("Event"), ""),
        (_("Case"), ""),
        (_("Recorded by"), ""),
        (_("Change of reserve"), "n"),
        (_("Change of use"), "n"),
        (_("Still reserved"), "n"),
    )
    body = "".join(_entry(entry) for entry in view.entries)
    return _card(_("Ledger of its reserve"), heads, body, _("No entry."))


def _entry(entry: LetterEntry) -> str:
    tone, icon = KIND_LOOKS[entry.kind]
    return f"""<tr><td>{ltr(instant(entry.at))}</td>
<td><span class="bdg {tone}"><i class="ic ic-{icon} i"></i>{escape(entry.kind_name)}</span></td>
<td>{ltr(entry.claim or "–")}</td><td class="ink2">{escape(entry.actor or _("the system"))}</td>
<td class="n">{signed(entry.reserved_change_rial)}</td>
<td class="n">{signed(entry.used_change_rial)}</td>
<td class="n w6">{rial(entry.left_rial)}</td></tr>"""


def _cases(view: LetterView) -> str:
    heads = (
        (_("Case"), ""),
        (_("Case date"), ""),
        (_("State"), ""),
        (_("Service cost"), "n"),
        (_("Payable to the centre"), "n"),
    )
    body = "".join(_case(case, may_open=view.may_open_cases) for case in view.cases)
    return _card(_("Cases under it"), heads, body, _("No service has been recorded on it yet."))


def _case(case: LetterCase, *, may_open: bool) -> str:
    number = ltr(case.number)
    if may_open:
        target = f'data-open="case:{escape(case.number)}"'
        number = f'<a class="lnk" role="link" tabindex="0" {target}>{number}</a>'
    return f"""<tr><td class="w6">{number}</td><td>{ltr(day(case.case_on))}</td>
<td>{state_pill(case.state)}</td><td class="n">{rial(case.cost_rial)}</td>
<td class="n">{rial(case.payable_rial)}</td></tr>"""


def _sheets(view: LetterView, thumbs: Mapping[int, str]) -> str:
    if not view.sheets:
        return ""
    heads = (
        (_("Sheet"), ""),
        (_("Time"), ""),
        (_("Signed for the amount"), "n"),
        (_("Recorded by"), ""),
    )
    body = "".join(_sheet(sheet, thumbs.get(sheet.sheet_id)) for sheet in view.sheets)
    return _card(_("Signed sheets of amendments"), heads, body, "")


def _sheet(sheet: Sheet, thumb: str | None) -> str:
    label = escape(_("The signed sheet"))
    picture = (
        f'<img class="lt-thumb" role="link" tabindex="0" alt="{label}" title="{label}"'
        f' data-open="sheet:{sheet.sheet_id}" src="{thumb}">'
        if thumb
        else f'<span class="mut">{escape(_("no picture"))}</span>'
    )
    return f"""<tr><td>{picture}</td><td>{ltr(instant(sheet.added_at))}</td>
<td class="n">{rial(sheet.amount_rial)}</td>
<td class="ink2">{escape(sheet.actor or "–")}</td></tr>"""


def _card(title: str, heads: tuple[tuple[str, str], ...], body: str, empty: str) -> str:
    titles = "".join(f'<th class="{kind}">{escape(name)}</th>' for name, kind in heads)
    shown = body or f'<tr><td colspan="{len(heads)}" class="empty">{escape(empty)}</td></tr>'
    return f"""<section class="card"><header><h2>{escape(title)}</h2></header><div class="scroll">
<table class="c"><thead><tr>{titles}</tr></thead><tbody>{shown}</tbody></table></div></section>"""


def _life(view: LetterView) -> str:
    """What was done to the letter, oldest first."""
    steps = "".join(
        f"""<li class="review"><b>{escape(event.title)}</b>
<div class="ink2">{escape(event.details)}</div>
<div class="d">{ltr(instant(event.at))} · {escape(event.actor or _("the system"))}</div></li>"""
        for event in view.events
    )
    return f"""<section class="card"><header><h2>{escape(_("Its life"))}</h2></header>
<div class="lt-life"><ul class="tm">{steps}</ul></div></section>"""
