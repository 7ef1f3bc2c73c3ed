"""Prices of a tariff set: what holds today, what comes, every version; a new one is proposed."""

from html import escape

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.catalogue.grid import card, grid, note
from workbench.pages.catalogue.price_files import draw_files
from workbench.pages.referrals.amounts import NO_AMOUNT, amount_of, group_amount
from workbench.persian.jalali import day_of
from workbench.rules.changes import PriceItem
from workbench.services.access import may
from workbench.services.catalogue.changes import propose
from workbench.services.catalogue.lists import (
    CORRECTED,
    FUTURE,
    PAST,
    PRESENT,
    PricedService,
    PriceList,
    Version,
    read_prices,
)
from workbench.services.referrals.letter_words import group_name
from workbench.ui.change_words import contracted_name, level_name
from workbench.ui.components.table import (
    Column,
    Row,
    code_cell,
    link_cell,
    number_cell,
    table,
    text_cell,
)
from workbench.ui.format import day, digits, listed, ltr, pill, rial, whole
from workbench.ui.jalali_input import jalali_input, not_a_day, typed_day
from workbench.ui.page import Context, doing, reading, tell
from workbench.ui.paging import first_and_next

SET, TEXT, AFTER, CHOSEN = "cat_set", "cat_price_text", "cat_price_after", "cat_price_code"
KIND, AMOUNT, ON, REASON = "cat_price_kind", "cat_price_amount", "cat_price_on", "cat_price_reason"
KINDS = ((True, "general"), (True, "specialist"), (False, "general"), (False, "specialist"))
SHOWN_KINDS = ((True, "general"), (False, "general"))


def draw_prices(asking: Context) -> None:
    """The list; a row opens its versions and, for who may, the form of a new price."""
    st.html(note(_explained()))
    prices = _filtered(asking)
    draw_files(asking, prices.tariff_set)
    chosen = next((row for row in prices.rows if row.code == st.session_state.get(CHOSEN)), None)
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            _list(prices, None if chosen is None else chosen.code)
            first_and_next("cat_prices", st.session_state.get(AFTER), prices.next_key, _turn)
        if chosen is not None:
            with st.container(width=420):
                st.html(_versions(chosen))
                if may(asking.actor, "catalogue.propose"):
                    with st.container(border=True, key="cat_form_price"):
                        _form(asking, prices.tariff_set, chosen)


def _explained() -> str:
    return _(
        "A price holds from its first day until the next one begins. Choose a row to see all its "
        "versions and to propose a new price; a second person publishes it."
    )


def _filtered(asking: Context) -> PriceList:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        sets = reading(lambda s: read_prices(s, asking.actor, now=asking.now, size=1)).sets
        chosen = st.selectbox(
            _("Tariff set"),
            list(sets),
            key=SET,
            format_func=sets.__getitem__,
            on_change=_turn,
            args=(None,),
            width=320,
        )
        text = st.text_input(_("Code or title"), key=TEXT, on_change=_turn, args=(None,), width=320)
    after = st.session_state.get(AFTER)
    return reading(
        lambda s: read_prices(
            s, asking.actor, tariff_set=chosen, text=text, after=after, now=asking.now
        )
    )


def _turn(to: str | None) -> None:
    st.session_state[AFTER] = to


def _list(prices: PriceList, selected: str | None) -> None:
    columns: list[Column] = [
        {"id": "code", "title": _("Code")},
        {"id": "title", "title": _("Service"), "wraps": True},
        {"id": "group", "title": _("Group"), "wide_only": True},
        {"id": "contracted", "title": _("Contracted (rial)"), "numeric": True},
        {"id": "other", "title": _("Not contracted (rial)"), "numeric": True},
        {"id": "from", "title": _("From")},
        {"id": "next", "title": _("Next price from")},
    ]
    rows: list[Row] = [_row(row) for row in prices.rows]
    table(
        "cat_prices",
        columns=columns,
        rows=rows,
        on_open=_choose,
        selected=selected,
        dense=True,
        words={"label": _("Prices"), "empty": _("No service has this code or title.")},
    )


def _row(row: PricedService) -> Row:
    present = {kind: row.present(kind) for kind in SHOWN_KINDS}
    first, following = present[SHOWN_KINDS[0]], row.next(SHOWN_KINDS[0])
    title = row.title if row.is_active else f"{row.title} ({_('not active')})"
    return {
        "id": row.code,
        "cells": [
            link_cell(digits(row.code)),
            text_cell(title, muted=not row.is_active),
            text_cell(group_name(row.group)),
            *(number_cell(_amount(present[kind])) for kind in SHOWN_KINDS),
            code_cell(day(first.from_on) if first else "–"),
            code_cell(day(following.from_on) if following else "–", muted=following is None),
        ],
    }


def _amount(version: Version | None) -> str:
    return "–" if version is None else whole(version.value)


def _choose(code: str) -> None:
    st.session_state[CHOSEN] = code


def kind_name(kind: tuple[bool, str]) -> str:
    """Whose price it is."""
    return listed((contracted_name(is_contracted=kind[0]), level_name(kind[1])))


def state_pill(state: str) -> str:
    """Whether a version holds today (HTML)."""
    tone, word = {
        PRESENT: ("approved", _("holds today")),
        FUTURE: ("review", _("to come")),
        PAST: ("waiting", _("past")),
        CORRECTED: ("late", _("corrected")),
    }[state]
    return pill(tone, word)


def _versions(row: PricedService) -> str:
    heads = (_("From"), _("Until"), _("Price (rial)"), _("State"))
    parts = []
    for kind in KINDS:
        versions = row.prices.get(kind, ())
        if versions:
            rows = [
                (
                    ltr(day(version.from_on)),
                    ltr(day(version.until_on)),
                    rial(version.value),
                    state_pill(version.state),
                )
                for version in versions
            ]
            look = "padding:8px 12px;font-weight:600"
            name = f'<div class="s13" style="{look}">{escape(kind_name(kind))}</div>'
            parts.append(name + grid(heads, rows))
    body = "".join(parts) or f'<p class="mut s13" style="padding:12px">{escape(_("No price."))}</p>'
    return card(f"{digits(row.code)} {row.title}", body)


def _form(asking: Context, tariff_set: str, row: PricedService) -> None:
    st.selectbox(_("Whose price"), KINDS, key=KIND, format_func=kind_name)
    st.text_input(_("New price (rial)"), key=AMOUNT, on_change=group_amount, args=(AMOUNT,))
    jalali_input(_("First day"), ON, day_of(asking.now))
    st.text_input(_("Reason of the change"), key=REASON)
    st.button(
        _("Propose"),
        key="cat_price_save",
        type="primary",
        on_click=_propose,
        args=(asking, tariff_set, row.code),
    )


def _propose(asking: Context, tariff_set: str, code: str) -> None:
    on, amount_rial = typed_day(ON), amount_of(st.session_state[AMOUNT])
    if on is None or amount_rial is None:
        tell("refused", not_a_day() if on is None else _(NO_AMOUNT))
        return
    is_contracted, level = st.session_state[KIND]
    item = PriceItem(
        tariff_set=tariff_set,
        code=code,
        amount_rial=amount_rial,
        is_contracted=is_contracted,
        level=level,
    )
    reason, now = st.session_state[REASON], clock.now()
    done = doing(
        lambda s: propose(s, asking.actor, reason=reason, from_on=on, items=[item], now=now)
    )
    if done is not None:
        tell("done", _("Proposed. It waits among the changes for a second person."))
        st.session_state[REASON] = st.session_state[AMOUNT] = ""
