"""A new letter (C1): national code → valid contracts and what is left → centre, amount → letter."""

from html import escape

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.pages.referrals.amounts import NO_AMOUNT, amount_of, group_amount, shown_amount
from workbench.pages.referrals.letter import AGAIN
from workbench.rules.workflow import ReferralState
from workbench.services.ceiling.coverage import ContractLeft, Coverage, CoverLeft, read_coverage
from workbench.services.ceiling.holders import Holder
from workbench.services.errors import sentence
from workbench.services.referrals.issue import (
    FormerLetter,
    LetterRequest,
    issue_letter,
    new_nonce,
    read_centres,
    read_coverage_again,
)
from workbench.services.referrals.letter_words import ceiling_kind_name, franchise_words
from workbench.services.referrals.list_words import relation_name
from workbench.services.runtime import database
from workbench.ui import navigate
from workbench.ui.case_panels import refusal
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import day, digits, ltr, rial
from workbench.ui.page import Context, context, doing, take_refusals, tell
from workbench.ui.page import reading as read

CODE, COVER, CENTRE, AMOUNT, NONCE = (
    "issue_code",
    "issue_cover",
    "issue_centre",
    "issue_amount",
    "issue.nonce",
)
REFUSED, FILLED = "issue.refused", "issue.filled_as"
Former = tuple[str, str]


def issue_page() -> None:
    """Who, under which cover, where, how much."""
    asking = context()
    st.html(f'<div class="az"><div class="ph"><h1>{escape(_("New letter"))}</h1></div></div>')
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(_("National code"), key=CODE, width=220, on_change=_another_person)
        st.button(_("Show the contracts"), key="issue_show")
    coverage, former = _coverage(asking)
    if coverage is not None:
        st.html(_person(coverage, former))
        _form(asking, coverage, former)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}}, lambda: None)


def _another_person() -> None:
    for name in (AGAIN, COVER, AMOUNT, NONCE, FILLED):
        st.session_state.pop(name, None)


def _coverage(asking: Context) -> tuple[Coverage | None, Former | None]:
    """The coverage of the typed code or of the letter to issue again; a refusal is said here."""
    again = st.session_state.get(AGAIN)
    code = st.session_state.get(CODE, "").strip()
    if not again and not code:
        hint = _("The contracts that are valid today, and what is left of each ceiling, follow.")
        st.html(
            f'<div class="az az-empty"><b>{escape(_("Type the national code first."))}</b>'
            f"<p>{escape(hint)}</p></div>"
        )
        return None, None
    try:
        with database().reading() as session:
            if not again:
                return read_coverage(session, asking.actor, code, now=asking.now), None
            insurer_id, _dash, referral_id = again.partition("-")
            coverage, letter = read_coverage_again(
                session, asking.actor, int(insurer_id), int(referral_id), now=asking.now
            )
    except Refused as refused:
        st.html(refusal(sentence(refused)))
        return None, None
    _fill_as_before(again, letter)
    return coverage, (
        letter.number,
        f"{letter.insurer_id}|{letter.contract_id}|{letter.cover_code}",
    )


def _fill_as_before(again: str, letter: FormerLetter) -> None:
    """A letter that is issued again begins with the centre and the amount it had."""
    if st.session_state.get(FILLED) == again:
        return
    st.session_state[FILLED] = again
    st.session_state[CENTRE] = letter.centre_code
    st.session_state[AMOUNT] = shown_amount(letter.amount_rial)


def _person(coverage: Coverage, former: Former | None) -> str:
    years = _("{n} years").format(n=digits(coverage.age[0]))
    again = ""
    if former is not None:
        words = _(
            "Letter {number} is issued again: only services from today on count, each with a note."
        )
        said = escape(words.format(number=digits(former[0])))
        again = f'<div class="warn-note" style="margin-top:8px">{said}</div>'
    return f"""<div class="az"><div class="row"><b class="s16">
{escape(coverage.person_name)}</b><span class="ink2">{ltr(coverage.masked_national_code)}</span>
<span class="ink2">{escape(years)}</span></div>{again}</div>"""


def _form(asking: Context, coverage: Coverage, former: Former | None) -> None:
    covers = {
        f"{contract.insurer_id}|{contract.contract_id}|{cover.code}": (contract, cover)
        for contract in coverage.contracts
        for cover in contract.covers
    }
    left, right = st.columns([7, 5], gap="medium")
    with right:
        open_keys = [key for key, (_contract, cover) in covers.items() if cover.is_covered]
        if former is not None:
            open_keys = [key for key in open_keys if key == former[1]]
        chosen = st.selectbox(
            _("Cover"),
            open_keys,
            format_func=lambda key: _cover_name(*covers[key]),
            key=COVER,
            placeholder=_("No cover"),
        )
        _fields(asking, coverage, chosen, former[0] if former else None)
    left.html(
        '<div class="az"><div class="grid" style="gap:12px">'
        + "".join(_contract(contract, chosen) for contract in coverage.contracts)
        + "</div></div>"
    )


def _cover_name(contract: ContractLeft, cover: CoverLeft) -> str:
    return f"{cover.title} · {digits(contract.number)}"


def _fields(asking: Context, coverage: Coverage, chosen: str | None, replaces: str | None) -> None:
    centres = read(lambda s: read_centres(s, asking.actor))
    st.selectbox(
        _("Treatment centre"),
        list(centres),
        index=None,
        format_func=lambda code: centres[code],
        placeholder=_("Choose the centre"),
        key=CENTRE,
    )
    st.text_input(_("Amount (rial)"), key=AMOUNT, on_change=group_amount, args=(AMOUNT,))
    for text in st.session_state.pop(REFUSED, []):
        st.html(refusal(text))
    st.session_state.setdefault(NONCE, new_nonce())
    st.button(
        _("Issue the letter"),
        key="b_issue",
        type="primary",
        disabled=chosen is None,
        shortcut="Ctrl+Enter",
        on_click=_issue,
        args=(asking, coverage.national_code, chosen, replaces),
    )


def _issue(asking: Context, national_code: str, chosen: str, replaces: str | None) -> None:
    insurer_id, contract_id, cover_code = chosen.split("|", 2)
    amount_rial, centre = amount_of(st.session_state[AMOUNT]), st.session_state[CENTRE]
    if centre is None:
        st.session_state[REFUSED] = [_("Choose the treatment centre first.")]
        return
    if amount_rial is None:
        st.session_state[REFUSED] = [_(NO_AMOUNT)]
        return
    request = LetterRequest(
        insurer_id=int(insurer_id),
        contract_id=int(contract_id),
        cover_code=cover_code,
        national_code=national_code,
        centre_code=centre,
        amount_rial=amount_rial,
        replaces_number=replaces,
        nonce=st.session_state[NONCE],
    )

    def work(session: Session) -> tuple[int, int, str, str]:
        letter = issue_letter(session, asking.actor, request, now=clock.now())
        return letter.insurer_id, letter.id, letter.number, letter.state

    made = doing(work)
    st.session_state[REFUSED] = take_refusals()
    if made is not None:
        st.session_state.pop(CENTRE, None)
        said = (
            _("Letter {number} is above the limit and waits for an approval.")
            if made[3] == ReferralState.REQUESTED
            else _("Letter {number} was issued; its amount is reserved.")
        )
        tell("done", said.format(number=digits(made[2])))
        _another_person()
        st.session_state[CODE] = ""
        navigate.go("letter", insurer=str(made[0]), letter=str(made[1]))


def _contract(contract: ContractLeft, chosen: str | None) -> str:
    said = " · ".join(
        f"<bdi>{escape(text)}</bdi>"
        for text in (
            contract.insurer,
            contract.policyholder,
            contract.plan,
            relation_name(contract.relation),
        )
    )
    until = escape(_("valid until {on}")).format(on=ltr(day(contract.valid_until_on)))
    limit = contract.letter_limit_rial
    above = ""
    if limit is not None:
        amount = shown_amount(limit)
        words = _("A letter above {amount} rials needs an approval.").format(amount=amount)
        above = f'<div class="sec ink2 s13">{escape(words)}</div>'
    prefix = f"{contract.insurer_id}|{contract.contract_id}|"
    covers = "".join(
        _cover(each, is_chosen=prefix + each.code == chosen) for each in contract.covers
    )
    return f"""<section class="card"><header style="height:auto;padding:10px 14px;flex-wrap:wrap">
<h2>{escape(_("Contract"))} {ltr(contract.number)}</h2><span class="c s13">{said} · {until}</span>
</header>{above}{covers}</section>"""


def _cover(cover: CoverLeft, *, is_chosen: bool) -> str:
    if not cover.is_covered:
        words = escape(_("not covered by this contract"))
        return f"""<div class="sec"><div class="row"><b>{escape(cover.title)}</b>
<span class="bdg late">{words}</span></div></div>"""
    limit = rial(cover.limit_rial) if cover.limit_rial is not None else escape(_("unlimited"))
    items = [
        (_("Withdrawable"), _left(cover.withdrawable_rial), "big"),
        (_("Remaining"), _left(cover.remaining_rial), ""),
        (_("Ceiling"), limit, ""),
        (_("Reserved"), rial(cover.reserved_rial, zero=_("zero")), ""),
        (_("Kind of ceiling"), escape(ceiling_kind_name(is_family=cover.is_family)), ""),
        (_("Franchise"), ltr(franchise_words(cover.franchise_basis)), ""),
    ]
    body = "".join(
        f'<div class="{kind}"><span>{escape(label)}</span><b>{value}</b></div>'
        for label, value, kind in items
    )
    mark = ' style="box-shadow:inset 0 0 0 2px var(--accent)"' if is_chosen else ""
    return f"""<div class="sec"{mark}><div class="row" style="margin-bottom:8px">
<b>{escape(cover.title)}</b></div><div class="lt-facts" style="padding:0">{body}</div>
{_excluded(cover)}{_holders(cover.holders)}</div>"""


def _left(amount_rial: int | None) -> str:
    return escape(_("unlimited")) if amount_rial is None else rial(amount_rial, zero=_("zero"))


def _excluded(cover: CoverLeft) -> str:
    if not cover.excluded:
        return ""
    return f'<div class="warn-note" style="margin-top:10px">{escape(cover.excluded)}</div>'


def _holders(holders: tuple[Holder, ...] | None) -> str:
    """Who holds the rest of the ceiling, one a line."""
    if not holders:
        return ""
    words = {"letter": _("letter {number}"), "claim": _("document {number}")}
    rows = "".join(
        f"<tr><td>{escape(words[each.kind]).format(number=ltr(each.number))}</td>"
        f'<td>{escape(each.person_name)}</td><td class="n">{rial(each.held_rial)}</td></tr>'
        for each in holders
    )
    return f"""<div class="lt-held"><span class="mut s12">{escape(_("Held by"))}</span>
<table class="c">{rows}</table></div>"""
