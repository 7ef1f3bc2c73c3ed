"""The HTML of a ceiling account: head, bar, shares, ledger (mock-up 10). Every text is escaped."""

from collections.abc import Sequence
from html import escape

from workbench.i18n import _, counted, language
from workbench.pages.referrals.ceiling_chart import chart
from workbench.persian.rial import format_rial
from workbench.services.ceiling.view import (
    CeilingView,
    Entry,
    Share,
    Standing,
    account_name,
    kind_of_ceiling,
)
from workbench.services.referrals.list_words import relation_name
from workbench.ui.format import day, digits, instant, ltr, rial

MILLION = 1_000_000
KIND_LOOKS = {
    "grant": ("review", "plus"),
    "reserve": ("review", "lock"),
    "amend": ("review", "round"),
    "release": ("waiting", "round"),
    "expire": ("returned", "clock"),
    "use": ("approved", "check"),
    "ceiling_reject": ("deducted", "tag"),
    "credit_back": ("deducted", "round"),
}


def head(view: CeilingView) -> str:
    """Whose ceiling, of which cover and contract, valid until when."""
    said = [
        _("cover {title}").format(title=view.cover_title),
        digits(kind_of_ceiling(view)),
        view.policyholder,
        view.insurer,
    ]
    parts = " · ".join(f"<bdi>{escape(text)}</bdi>" for text in said)
    contract = _("contract {number}, valid until {on}")
    shown = escape(contract).format(
        number=ltr(view.contract_number), on=ltr(day(view.contract_end_on))
    )
    return f"""<div class="az"><div class="ph" style="flex-wrap:wrap"><h1>
{escape(digits(account_name(view)))}</h1>
<span class="ink2 s13">{parts} · {shown}</span></div></div>"""


def overview(view: CeilingView) -> str:
    """Bar, chart of the year and shares."""
    return f"""<div class="az"><div class="grid" style="gap:12px">{_bar(view)}<div class="cl-two">
<section class="card"><header><h2>{escape(_("Balance over the year"))}</h2>
<span class="c s12">{escape(_("million rials; time from left to right"))}</span></header>
{chart(view)}</section>
<section class="card"><header><h2>{escape(_shares_title(view))}</h2>
<span class="c s12">{_shares_scale(view.standing)}</span></header>{_shares(view)}</section>
</div></div></div>"""


def _bar(view: CeilingView) -> str:
    now = view.standing
    limit = _("Unlimited ceiling") if now.limit_rial is None else _("Ceiling {amount} rials")
    title = escape(limit).format(amount=rial(now.limit_rial))
    free = ""
    if now.withdrawable_rial is not None:
        free = escape(_("withdrawable {amount} rials")).format(amount=rial(now.withdrawable_rial))
    held = now.reserved_rial - now.overdue_rial
    parts = [("cl-used", _("Used"), now.used_rial), ("cl-res", _("Reserved"), held)]
    if now.withdrawable_rial is not None:
        parts.append(("cl-free", _("Free"), now.withdrawable_rial))
    whole = max(1, sum(amount for _name, _word, amount in parts))
    bars = "".join(
        f'<div class="{name if amount else "cl-free"}" style="flex:{amount / whole:.4f} 1 0">'
        f"<span>{escape(word)}"
        f" {_per_cent(amount, whole)}</span><b>{rial(amount, zero=_('zero'))}</b></div>"
        for name, word, amount in parts
    )
    return f"""<section class="card"><header><h2>{title}</h2><span class="c s13">{free}</span>
<span class="sp"></span>{_proof(view)}</header>{_overdue(now)}<div class="cl-bar">{bars}</div>
</section>"""


def _per_cent(amount: int, whole: int) -> str:
    text = f"{100 * amount / whole:.1f}".rstrip("0").rstrip(".")
    return ltr(f"{text.replace('.', '٫')}٪" if language() == "fa" else f"{text}%")


def _proof(view: CeilingView) -> str:
    """Whether all entries add up to the balance of the account."""
    count = view.entry_count
    if not view.is_proven:
        words = _("The sum of the {n} entries does NOT equal the balance: tell the administrator")
        tone, icon = "late", "warning"
    else:
        words = counted(
            count,
            _("The {n} entry equals the balance"),
            _("The sum of the {n} entries equals the balance"),
        )
        tone, icon = "approved", "check"
    said = escape(words.format(n=digits(count)))
    return f'<span class="bdg {tone}"><i class="ic ic-{icon} i"></i>{said}</span>'


def _overdue(now: Standing) -> str:
    if not now.overdue_rial:
        return ""
    words = _(
        "{amount} rials are still recorded for letters whose time is over; they count as free and "
        "return with the next letter or the hourly run."
    )
    amount = rial(now.overdue_rial)
    return (
        f'<div class="warn-note" style="margin:0 14px 10px">'
        f"<span>{escape(words).format(amount=amount)}</span></div>"
    )


def _shares_title(view: CeilingView) -> str:
    return _("Share of each person") if view.is_family else _("Use of the ceiling")


def _shares_scale(now: Standing) -> str:
    if now.limit_rial is None:
        return ""
    amount = digits(f"{now.limit_rial / MILLION:g}")
    return escape(_("each bar up to {amount} million").format(amount=amount))


def _shares(view: CeilingView) -> str:
    now = view.standing
    whole = now.limit_rial or max(1, now.used_rial + now.reserved_rial)
    rows = "".join(_share(share, whole) for share in view.shares)
    key = "".join(
        f'<span><i class="{name}"></i>{escape(word)}</span>'
        for name, word in (("cl-used", _("Used")), ("cl-res", _("Reserved")))
    )
    return f'<div class="cl-shares">{rows}<div class="cl-key">{key}</div></div>'


def _share(share: Share, whole: int) -> str:
    said = []
    if share.used_rial:
        said.append(escape(_("used {amount}")).format(amount=rial(share.used_rial)))
    if share.reserved_rial:
        said.append(escape(_("reserved {amount}")).format(amount=rial(share.reserved_rial)))
    words = " · ".join(said) or f'<span class="mut">{escape(_("nothing open"))}</span>'
    return f"""<div><div class="row"><span><b>{escape(share.name)}</b>
<span class="mut">{escape(relation_name(share.relation))}</span></span><span>{words}</span></div>
<div class="hb">{_parts(share.used_rial, share.reserved_rial, whole)}</div></div>"""


def _parts(used_rial: int, reserved_rial: int, whole: int) -> str:
    return "".join(
        f'<i class="{name}" style="width:{100 * amount / max(1, whole):.2f}%"></i>'
        for name, amount in (("cl-used", used_rial), ("cl-res", reserved_rial))
        if amount
    )


def ledger(view: CeilingView) -> str:
    """The table of entries, newest first; letters, cases and batches open."""
    heads = (
        (_("Time"), ""),
        (_("Event"), ""),
        (_("Cause"), ""),
        (_("Centre"), "lg-only"),
        (_("Recorded by"), ""),
        (_("For"), ""),
        (_("Change of reserve"), "n"),
        (_("Change of use"), "n"),
        (_("Reserved afterwards"), "n after"),
        (_("Used afterwards"), "n"),
        (_("Free afterwards"), "n"),
        (_("Composition"), "lg-only"),
    )
    titles = "".join(f'<th class="{kind}">{escape(title)}</th>' for title, kind in heads)
    body = "".join(_row(view, entry) for entry in view.entries) or _empty(len(heads))
    return f"""<section class="az card"><div class="scroll"><table class="c"><thead>
<tr>{titles}</tr></thead><tbody>{body}</tbody></table></div></section>"""


def _empty(columns: int) -> str:
    text = escape(_("No entry of this kind until this day."))
    return f'<tr><td colspan="{columns}" class="empty">{text}</td></tr>'


def _row(view: CeilingView, entry: Entry) -> str:
    tone, icon = KIND_LOOKS[entry.kind]
    is_unlimited = view.standing.limit_rial is None
    free = None if is_unlimited else entry.limit_rial - entry.reserved_rial - entry.used_rial
    whole = max(entry.limit_rial, entry.reserved_rial + entry.used_rial)
    is_grant = entry.kind == "grant"
    whom = relation_name(entry.relation) if entry.relation and not is_grant else "–"
    name = "" if is_grant else escape(entry.person_name or "")
    centre = "–" if is_grant else escape(entry.centre or "–")
    return f"""<tr><td>{ltr(instant(entry.at))}</td>
<td><span class="bdg {tone}"><i class="ic ic-{icon} i"></i>{escape(entry.kind_name)}</span></td>
<td class="cause">{_cause(view, entry)}</td>
<td class="ink2 lg-only">{centre}</td>
<td class="ink2">{escape(entry.actor or _("the system"))}</td><td title="{name}">{escape(whom)}</td>
<td class="n">{signed(entry.reserved_change_rial)}</td>
<td class="n">{signed(entry.used_change_rial)}</td>
<td class="n after">{rial(entry.reserved_rial)}</td><td class="n">{rial(entry.used_rial)}</td>
<td class="n w6">{rial(free)}</td><td class="lg-only"><div class="hb mini">
{_parts(entry.used_rial, entry.reserved_rial, whole)}</div></td></tr>"""


def signed(change_rial: int) -> str:
    """A change with its sign (HTML); none is a grey dash."""
    if change_rial == 0:
        return '<span class="mut">–</span>'
    sign = "+" if change_rial > 0 else "−"
    return f'<bdi dir="ltr">{sign}{format_rial(abs(change_rial), language())}</bdi>'


def _cause(view: CeilingView, entry: Entry) -> str:
    said: list[str] = []
    if entry.kind == "grant":
        said.append(escape(_("contract {number}")).format(number=ltr(view.contract_number)))
    if entry.batch:
        link = f"batch:{entry.batch}" if view.may_open_batches else None
        said.append(_linked(_("acceptance of batch {number}"), entry.batch, link))
    if entry.claim and entry.kind != "grant":
        link = f"case:{entry.claim}" if view.may_open_cases else None
        said.append(_linked(_("case {number}"), entry.claim, link))
    if entry.referral and not entry.claim and entry.kind != "grant":
        link = f"letter:{entry.referral_id}"
        said.append(_linked(_("letter {number}"), entry.referral, link))
    said += _reasons(entry)
    return ("، " if language() == "fa" else ", ").join(said) or "–"


def _reasons(entry: Entry) -> Sequence[str]:
    if entry.kind == "expire":
        return [escape(_("its time was over"))]
    if entry.kind == "amend":
        return [escape(_("signed sheet attached"))]
    if entry.kind == "ceiling_reject":
        return [escape(_("above the reserve: {amount}")).format(amount=rial(entry.amount_rial))]
    return []


def _linked(words: str, number: str, target: str | None) -> str:
    shown = ltr(number)
    if target:
        shown = f'<a class="lnk" role="link" tabindex="0" data-open="{escape(target)}">{shown}</a>'
    return escape(words).format(number=shown)
