"""The commission's panel (administrator, chair): how many vote, by groups and amount."""

from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.referrals.amounts import NO_AMOUNT, amount_of, group_amount, shown_amount
from workbench.rules.panel import Majority, PanelRule
from workbench.services.commission.panel_settings import (
    AMOUNT_MAX_RIAL,
    SEATS_MAX,
    PanelChange,
    PanelInput,
    PanelSettings,
    change_panel,
    panel_groups,
    read_panel_settings,
    withdraw_panel,
)
from workbench.services.referrals.letter_words import group_name
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import digits, instant, listed, rial
from workbench.ui.page import Context, context, doing, reading, tell

GROUPS, AMOUNT, SEATS, QUORUM, MAJORITY, CHOSEN = (
    "panels_groups",
    "panels_amount",
    "panels_seats",
    "panels_quorum",
    "panels_majority",
    "panels_chosen",
)
LOOK = """<style>
.st-key-panels_form, .st-key-panels_end { background: var(--panel); }
</style>"""


def panels_page() -> None:
    """The page of administrator and chair."""
    asking = context()
    title = escape(_("Commission panel"))
    st.html(f'{LOOK}<div class="az"><div class="ph"><h1>{title}</h1></div></div>')
    settings = reading(lambda s: read_panel_settings(s, asking.actor))
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            st.html(_explained(settings))
            st.html(_in_force(settings))
            if settings.history:
                st.html(_history(settings))
        with st.container(width=380):
            with st.container(border=True, key="panels_form"):
                _form(asking)
            if settings.rules:
                with st.container(border=True, key="panels_end"):
                    _end_form(asking, settings)
    page_agent("agent", {"keys": {}}, lambda: None)


def _explained(settings: PanelSettings) -> str:
    """How a panel decides, and from when a setting holds (HTML)."""
    said = (
        _(
            "A plan is decided by the largest panel that one of its services asks for. For a "
            "service, a setting that names its group comes before one for all groups; of several, "
            "the one from the highest amount."
        ),
        _("Without the votes of the quorum nothing is decided; a tie goes to the chair."),
        _(
            "A new setting holds for plans that are submitted or submitted again from then on. "
            "Plans that are with the commission already keep the panel they came with."
        ),
    )
    lines = "".join(
        f'<li style="margin-bottom:4px !important">{escape(line)}</li>' for line in said
    )
    warning = ""
    largest = max((rule.quorum for rule in settings.rules), default=PanelRule().quorum)
    if largest > settings.member_count:
        words = _(
            "A quorum of {quorum} cannot be reached. Members of the commission with an open "
            "account, chairs included: {members}."
        ).format(quorum=digits(largest), members=digits(settings.member_count))
        warning = f'<div class="bad-note" style="margin-top:8px">{escape(words)}</div>'
    return (
        f'<div class="az panel" style="padding:12px 16px"><ul class="s13 ink2">{lines}</ul>'
        f"{warning}</div>"
    )


def _in_force(settings: PanelSettings) -> str:
    heads = (_("Services"), _("From amount (rial)"), _("Members"), _("Quorum"), _("Decides"))
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in heads)
    rows = "".join(_rule_row(rule) for rule in settings.rules)
    if not any(not rule.groups and not rule.from_rial for rule in settings.rules):
        rows = _rule_row(PanelRule(), note=_("default")) + rows
    return (
        f'<div class="az card"><header><h2>{escape(_("In force"))}</h2></header>'
        f'<div class="scroll"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></div>"
    )


def _rule_row(rule: PanelRule, note: str = "") -> str:
    mark = f' <span class="bdg waiting">{escape(note)}</span>' if note else ""
    cells = (
        f"{escape(groups_words(rule.groups))}{mark}",
        rial(rule.from_rial, zero=_("any amount")),
        digits(rule.seats),
        digits(rule.quorum),
        escape(majority_word(rule.majority)),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _history(settings: PanelSettings) -> str:
    heads = (_("Recorded"), _("By"), _("Services"), _("From amount (rial)"), _("Setting"))
    head = "".join(f'<th scope="col">{escape(title)}</th>' for title in heads)
    rows = "".join(_history_row(change) for change in settings.history)
    return (
        f'<div class="az card"><header><h2>{escape(_("Changes of the panel"))}</h2></header>'
        f'<div class="scroll"><table class="c"><thead><tr>{head}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div></div>"
    )


def _history_row(change: PanelChange) -> str:
    cells = (
        f'<bdi dir="ltr">{escape(instant(change.at))}</bdi>',
        escape(change.by or _("the system")),
        escape(groups_words(change.groups)),
        rial(change.from_rial, zero=_("any amount")),
        escape(_("withdrawn") if change.rule is None else rule_words(change.rule)),
    )
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def groups_words(groups: tuple[str, ...]) -> str:
    """The groups of a setting."""
    return listed(group_name(group) for group in groups) or _("all services")


def majority_word(majority: str) -> str:
    """How the votes decide."""
    return {
        Majority.MORE_THAN_HALF: _("more than half of the votes"),
        Majority.ALL: _("all votes agree"),
    }[Majority(majority)]


def rule_words(rule: PanelRule) -> str:
    """A setting in one line."""
    return _("{seats} members, quorum {quorum}, {majority}").format(
        seats=digits(rule.seats),
        quorum=digits(rule.quorum),
        majority=majority_word(rule.majority),
    )


def _form(asking: Context) -> None:
    default = PanelRule()
    for key, value in ((SEATS, default.seats), (QUORUM, default.quorum)):
        st.session_state.setdefault(key, value)
    st.html(f'<div class="az"><h2>{escape(_("Add or replace a setting"))}</h2></div>')
    st.multiselect(
        _("Services"),
        list(panel_groups()),
        key=GROUPS,
        format_func=group_name,
        placeholder=_("all services"),
    )
    st.text_input(
        _("From amount (rial)"),
        key=AMOUNT,
        placeholder=shown_amount(0),
        on_change=group_amount,
        args=(AMOUNT,),
    )
    with st.container(horizontal=True):
        counts = list(range(1, SEATS_MAX + 1))
        st.selectbox(_("Members"), counts, key=SEATS, format_func=digits)
        st.selectbox(_("Quorum"), counts, key=QUORUM, format_func=digits)
    st.selectbox(_("Decides"), list(Majority), key=MAJORITY, format_func=majority_word)
    st.button(_("Save"), key="panels_save", type="primary", on_click=_save, args=(asking,))


def _save(asking: Context) -> None:
    state = st.session_state
    amount_rial = amount_of(state[AMOUNT]) if state[AMOUNT].strip() else 0
    if amount_rial is None or amount_rial > AMOUNT_MAX_RIAL:
        tell("refused", _(NO_AMOUNT))
        return
    wanted = PanelInput(
        groups=tuple(state[GROUPS]),
        from_rial=amount_rial,
        seats=state[SEATS],
        quorum=state[QUORUM],
        majority=state[MAJORITY],
    )
    saved = doing(
        lambda s: change_panel(s, asking.actor, wanted, now=clock.now()),
        done=_("The setting is saved. It holds for plans submitted from now on."),
    )
    if saved is not None:
        state[GROUPS], state[AMOUNT] = [], ""


def _end_form(asking: Context, settings: PanelSettings) -> None:
    names = {
        _key_of(rule): listed((groups_words(rule.groups), _amount_words(rule)))
        for rule in settings.rules
    }
    st.html(f'<div class="az"><h2>{escape(_("Withdraw a setting"))}</h2></div>')
    st.selectbox(_("Setting"), list(names), key=CHOSEN, format_func=names.__getitem__)
    st.caption(_("A more general setting, or the default, holds again."))
    st.button(_("Withdraw"), key="panels_withdraw", on_click=_withdraw, args=(asking,))


def _amount_words(rule: PanelRule) -> str:
    if not rule.from_rial:
        return _("any amount")
    return _("from {amount} rial").format(amount=shown_amount(rule.from_rial))


def _key_of(rule: PanelRule) -> str:
    return f"{','.join(rule.groups)}|{rule.from_rial}"


def _withdraw(asking: Context) -> None:
    groups, _bar, from_rial = st.session_state[CHOSEN].partition("|")
    named = [group for group in groups.split(",") if group]
    doing(
        lambda s: withdraw_panel(s, asking.actor, named, int(from_rial), now=clock.now()),
        done=_("The setting is withdrawn."),
    )
