"""Both decisions of a case side by side, and the lead's word about a difference."""

from html import escape

import streamlit as st

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.pages.rechecks.second_lines import act
from workbench.pages.rechecks.words import recheck_pill
from workbench.pages.referrals.amounts import amount_of, group_amount
from workbench.rules.agreement import LineVerdict, Verdict
from workbench.rules.facts import Line
from workbench.services.desk import drafts
from workbench.services.rechecks.agreement_words import resolution_word
from workbench.services.rechecks.messages import MESSAGES
from workbench.services.rechecks.rechecks import RecheckPlace
from workbench.services.rechecks.resolution import (
    Compared,
    draft_key,
    read_compared,
    resolve_recheck,
)
from workbench.ui import navigate
from workbench.ui.address import asked_ids
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import instant, listed, ltr, rial
from workbench.ui.page import Context, context, draw_told, reading, show_refusal

FIELDS = RESOLUTION, NOTE, EXAMPLE, RIGHT = "rc_who", "rc_why", "rc_example", "rc_right"
CHOICES = ("first", "second", "neither")
INVOLVED = MESSAGES["recheck_resolver_involved"]
OPENED = "rc_compared"
KEYS = {"Ctrl+Enter": "rc_do_resolve", "Ctrl+K": "top_search"}


def compared_page() -> None:
    """The page of leads and managers, of who assessed second, and of examples."""
    asking = context()
    ids = asked_ids("compared", "insurer", "recheck")
    if ids is None:
        show_refusal(Refused("recheck_not_found"))
        return
    place = RecheckPlace(insurer_id=ids[0], recheck_id=ids[1])
    view = reading(lambda s: read_compared(s, asking.actor, place))
    draft = draft_key(place)
    open_rows("rc_head", _head(view), navigate.open_case)
    st.html(_table(view))
    if said := _said(view):
        st.html(said)
    if view.is_party:
        st.html(f'<div class="az panel rc-card"><p>{escape(_(INVOLVED))}</p></div>')
    if view.may_resolve:
        with st.container(border=True, key="rc_resolve"):
            _draw_form(asking, view)
    page_agent("agent", {"keys": KEYS, "drafts": {NOTE: draft}}, lambda: None)
    draw_told()


def _head(view: Compared) -> str:
    who = (
        (_("First"), view.first_by, view.decided_at),
        (_("Second"), view.second_by, view.second_at),
    )
    said = " · ".join(
        f'<span class="mut">{escape(name)}:</span> <bdi>{escape(by)}</bdi> {ltr(instant(at))}'
        for name, by, at in who
    )
    link = (
        f'<a class="lnk" role="link" tabindex="0" data-open="{escape(view.number)}">'
        f"{ltr(view.number)}</a>"
    )
    return (
        f'<div class="az"><div class="ph"><h1>{escape(_("Two decisions of case"))} {link}</h1>'
        f'{recheck_pill(view.state)}</div><p class="s13">{said}</p></div>'
    )


def _table(view: Compared) -> str:
    heads = (_("Line"), _("Cost"), _("First decision"), "", _("Second decision"), "")
    head = "".join(
        f"<th{' class=num' if n in (1, 3, 5) else ''}>{escape(w)}</th>" for n, w in enumerate(heads)
    )
    differing = view.pair.differing
    both = zip(view.case.lines, view.pair.first.lines, view.pair.second.lines, strict=True)
    rows = "".join(
        f'<tr class="{"rc-off" if line.number in differing else ""}">'
        f"<td>{_line(line)}</td><td class='num'>{rial(line.cost_rial)}</td>"
        f"{_verdict(view, one)}{_verdict(view, two)}</tr>"
        for line, one, two in both
    )
    sums = (
        f'<tr class="{"rc-off" if 0 in differing else ""}"><td><b>{escape(_("Payable"))}</b></td>'
        f"<td></td>{_sum(view, view.pair.first)}{_sum(view, view.pair.second)}</tr>"
    )
    return (
        '<div class="az panel rc-card"><table class="c rc-two"><thead><tr>'
        f"{head}</tr></thead><tbody>{rows}{sums}</tbody></table></div>"
    )


def _line(line: Line) -> str:
    title = line.service.title if line.service else line.code
    number = f'<span class="mut">{ltr(line.number)}</span>'  # a dot would read as a Persian zero
    return f"{number}&ensp;{ltr(line.code)} <small><bdi>{escape(title)}</bdi></small>"


def _verdict(view: Compared, verdict: LineVerdict) -> str:
    said = "".join(
        f"<small>{_code(code)} <bdi>{escape(view.titles.get(code, ''))}</bdi> "
        f"{rial(amount)}</small>"
        for code, amount in verdict.reasons
    )
    said = said or f"<small>{escape(_('no deduction'))}</small>"
    return f"<td>{ltr(verdict.code)}{said}</td><td class='num'>{_paid(verdict.approval_rial)}</td>"


def _sum(view: Compared, verdict: Verdict) -> str:
    returns = [f"{code} {view.titles.get(code, '')}" for code in verdict.returns]
    said = _("would have returned it: {defects}").format(defects=listed(returns)) if returns else ""
    return f"<td>{escape(said)}</td><td class='num'><b>{_paid(verdict.payable_rial)}</b></td>"


def _paid(amount_rial: int | None) -> str:
    return rial(amount_rial, zero=_("zero"))


def _code(code: str) -> str:
    return f'<bdi dir="ltr">{escape(code)}</bdi>'


def _said(view: Compared) -> str:
    parts = []
    if view.note:
        parts.append((_("The second wrote:"), view.note))
    if view.resolution is not None:
        by = _("{name}: {word}.").format(
            name=view.resolved_by, word=resolution_word(view.resolution)
        )
        parts.append((by, view.resolution_note))
    body = "".join(
        f'<p><span class="mut">{escape(name)}</span> <bdi>{escape(text)}</bdi></p>'
        for name, text in parts
    )
    if view.resolution == "neither":
        body += f"<p>{escape(_('Right to pay:'))} {_paid(view.right_payable_rial)}</p>"
    if view.is_example:
        body += f'<p class="s13 ink2">{escape(_("Kept as an example for all assessors."))}</p>'
    return f'<div class="az panel rc-card">{body}</div>' if body else ""


def _draw_form(asking: Context, view: Compared) -> None:
    st.html(f'<div class="az"><h2 class="mg-h">{escape(_("Who was right?"))}</h2></div>')
    _restore(asking, view)
    chosen = st.segmented_control(
        _("Who was right?"),
        CHOICES,
        key=RESOLUTION,
        format_func=resolution_word,
        label_visibility="collapsed",
    )
    if chosen == "neither":
        st.text_input(_("Right to pay, rials"), key=RIGHT, on_change=group_amount, args=(RIGHT,))
    st.text_area(_("Why"), key=NOTE, height=80)
    st.checkbox(_("Keep it as an example for all assessors"), key=EXAMPLE)
    st.button(
        _("Resolve"),
        key="rc_do_resolve",
        type="primary",
        disabled=chosen is None,
        shortcut="Ctrl+Enter",
        on_click=_resolve,
        args=(asking, view),
    )


def _restore(asking: Context, view: Compared) -> None:
    """What is typed for one case stays with it; its reason outlives a reload."""
    state, draft = st.session_state, draft_key(view.place)
    if state.get(OPENED) != draft:
        state[OPENED] = draft
        for key in FIELDS:
            state.pop(key, None)
    if NOTE not in state:
        kept = reading(lambda s: drafts.drafts(s, asking.actor.user_id, draft))
        state[NOTE] = kept.get(draft, "")


def _resolve(asking: Context, view: Compared) -> None:
    state = st.session_state
    done = act(
        lambda s: resolve_recheck(
            s,
            asking.actor,
            view.place,
            version=view.version,
            resolution=state[RESOLUTION],
            note=state[NOTE],
            right_payable_rial=amount_of(state.get(RIGHT, "")),
            is_example=state[EXAMPLE],
            now=clock.now(),
        )
    )
    if done:
        for key in FIELDS:
            state.pop(key, None)
