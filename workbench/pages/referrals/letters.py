"""All referral letters: search, filters, pages by key."""

from dataclasses import replace
from functools import partial
from typing import TypeVar

import streamlit as st

from workbench.i18n import _, language
from workbench.pages.referrals.expiring_panels import letters_word
from workbench.persian.rial import format_rial
from workbench.rules.workflow import ReferralState
from workbench.services.referrals.lists import (
    LetterFilter,
    LetterPage,
    ListedLetter,
    is_text_long_enough,
    letter_key,
    read_letters,
    referral_choices,
    referral_state_name,
)
from workbench.ui import navigate
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.table import (
    Column,
    Row,
    Tone,
    code_cell,
    link_cell,
    number_cell,
    pill_cell,
    table,
    text_cell,
)
from workbench.ui.format import day, digits
from workbench.ui.page import Context, context, reading
from workbench.ui.paging import first_page, pager, place_in, turn

T = TypeVar("T")
NAME = "letters"
FIELDS = ("letters_text", "letters_state", "letters_centre", "letters_insurer")
TONES: dict[str, Tone] = {
    ReferralState.REQUESTED: "waiting",
    ReferralState.ISSUED: "review",
    ReferralState.AMENDED: "review",
    ReferralState.IN_USE: "approved",
    ReferralState.SETTLED: "approved",
    ReferralState.EXPIRED: "late",
    ReferralState.INVALID: "late",
    ReferralState.CANCELLED: "waiting",
}


def letters_page() -> None:
    """The page of who may read letters."""
    asking = context()
    with st.container(horizontal=True, vertical_alignment="center"):
        title = f'<div class="az"><div class="ph"><h1>{_("Referral letters")}</h1></div></div>'
        st.html(title, width="stretch")
        _requested(asking)
    chosen = _filters(asking)
    if not is_text_long_enough(chosen):
        said = _("Type at least three letters of a name, or a whole number.")
        st.html(f'<div class="az"><p class="warn-note" role="alert">{said}</p></div>')
        chosen = replace(chosen, text="")
    page = reading(
        lambda s: read_letters(
            s,
            asking.actor,
            chosen,
            now=asking.now,
            **place_in(NAME),
        )
    )
    table(
        "letters_rows",
        columns=_columns(),
        rows=[_row(letter) for letter in page.rows],
        on_open=_open,
        on_page=partial(turn, NAME, page),
        dense=True,
        words={
            "label": _("Referral letters"),
            "empty": _("No letter fits these filters"),
            "hint": _("Take a filter away, or choose another state."),
        },
    )
    _foot(page)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}}, lambda: None)


def _requested(asking: Context) -> None:
    """How many letters wait for an approval; one press shows them."""
    wanted = LetterFilter(state=ReferralState.REQUESTED)
    page = reading(lambda s: read_letters(s, asking.actor, wanted, now=asking.now, size=1))
    if page.total:
        count = digits(page.total_text if page.is_total_capped else page.total)
        words = _("{count} wait for an approval").format(count=count)
        st.button(words, key="letters_requested", on_click=_show_requested)


def _show_requested() -> None:
    for key in FIELDS:
        st.session_state[key] = "" if key == "letters_text" else None
        st.session_state[f"kept.{key}"] = st.session_state[key]
    st.session_state["letters_state"] = ReferralState.REQUESTED.value
    _keep("letters_state")


def _filters(asking: Context) -> LetterFilter:
    """The fields; what stands in them is still there after a look at a letter."""
    choices = reading(lambda s: referral_choices(s, asking.actor, now=asking.now))
    for key in FIELDS:
        if key not in st.session_state and f"kept.{key}" in st.session_state:
            st.session_state[key] = st.session_state[f"kept.{key}"]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        text = st.text_input(
            _("Letter, national code or name"),
            key="letters_text",
            on_change=_keep,
            args=("letters_text",),
            width=280,
        )
        states = {state.value: referral_state_name(state) for state in ReferralState}
        state = _choice(_("State"), "letters_state", states)
        insurer_id = _choice(_("Insurer"), "letters_insurer", dict(choices.insurers))
        centre_id = _choice(_("Centre"), "letters_centre", dict(choices.centres))
    return LetterFilter(state=state, insurer_id=insurer_id, centre_id=centre_id, text=text)


def _choice(label: str, key: str, names: dict[T, str]) -> T | None:
    return st.selectbox(
        label,
        list(names),
        index=None,
        format_func=lambda value: names.get(value, ""),
        placeholder=_("All"),
        key=key,
        on_change=_keep,
        args=(key,),
        width=220,
    )


def _keep(key: str) -> None:
    st.session_state[f"kept.{key}"] = st.session_state[key]
    first_page(NAME)


def _columns() -> list[Column]:
    return [
        {"id": "number", "title": _("Letter number")},
        {"id": "state", "title": _("State")},
        {"id": "person", "title": _("Insured person")},
        {"id": "code", "title": _("National code")},
        {"id": "contract", "title": _("Contract"), "wide_only": True},
        {"id": "centre", "title": _("Centre")},
        {"id": "insurer", "title": _("Insurer"), "wide_only": True},
        {"id": "issued", "title": _("Issued on")},
        {"id": "until", "title": _("Valid until")},
        {"id": "amount", "title": _("Letter amount (rial)"), "numeric": True},
        {"id": "cases", "title": _("Number of cases"), "numeric": True},
        {"id": "by", "title": _("Issued by"), "wide_only": True},
    ]


def _row(letter: ListedLetter) -> Row:
    is_requested = letter.state == ReferralState.REQUESTED
    by = _("insurer") if letter.issued_by == "insurer" else _("centre")
    return {
        "id": letter.key,
        "cells": [
            link_cell(digits(letter.number)),
            pill_cell(TONES[letter.state], referral_state_name(letter.state)),
            text_cell(letter.person_name),
            code_cell(digits(letter.masked_national_code)),
            code_cell(digits(letter.contract_number)),
            text_cell(letter.centre_name),
            text_cell(letter.insurer_name),
            code_cell(day(letter.issued_on)),
            code_cell("–" if is_requested else day(letter.last_valid_on)),
            number_cell(format_rial(letter.amount_rial, language())),
            number_cell(digits(letter.case_count), muted=letter.case_count == 0),
            text_cell(by),
        ],
    }


def _open(key: str) -> None:
    insurer_id, referral_id = letter_key(key)
    navigate.go("letter", insurer=str(insurer_id), letter=str(referral_id))


def _foot(page: LetterPage) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        total = page.total_text if page.is_total_capped else page.total
        said = _("{letters}, the longest valid first").format(letters=letters_word(total))
        st.html(f'<div class="az"><span class="mut s13">{said}</span></div>', width="stretch")
        pager("letters", page, partial(turn, NAME, page))
