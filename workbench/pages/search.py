"""Search: by national code, three letters of a name, referral, case, batch or tracking code."""

from html import escape

import streamlit as st

from workbench.i18n import _, language
from workbench.persian.rial import format_rial
from workbench.services.claims.listed import ListedClaim
from workbench.services.desk.search import SearchResult, search, search_person
from workbench.services.errors import state_name
from workbench.ui import claim_cells as cells
from workbench.ui import navigate
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.table import (
    Column,
    Row,
    code_cell,
    link_cell,
    number_cell,
    pill_cell,
    table,
    text_cell,
)
from workbench.ui.format import STATE_TONES, day, digits, instant
from workbench.ui.page import Context, context, doing, reading, take_refusals

TEXT, PERSON, LAST = "search.text", "search.person", "search.last"


def search_page() -> None:
    """The page of who may search."""
    asking = context()
    st.html(f'<div class="az"><div class="ph"><h1>{_("Search")}</h1></div></div>')
    with st.container(width=520):
        st.text_input(
            _("National code, three letters of a name, case, referral, batch or tracking code"),
            key=TEXT,
            on_change=_forget_person,
        )
    st.button(
        _("Tooth history"),
        key="search_teeth",
        type="tertiary",
        on_click=navigate.go,
        args=("teeth",),
    )
    text = st.session_state.get(TEXT, "").strip()
    if text:
        _show(asking, text)
    else:
        _say(_("What are you looking for?"), _("Digits and letters may be Persian or Arabic."))
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}}, lambda: None)


def _forget_person() -> None:
    st.session_state[PERSON] = None


def _show(asking: Context, text: str) -> None:
    person = st.session_state.get(PERSON)
    found: SearchResult | None
    if person is not None and st.session_state.get(LAST) == text:
        st.button(_("All results"), key="search_all", on_click=_forget_person)
        found = reading(lambda s: search_person(s, asking.actor, person))
    else:
        found = doing(lambda s: search(s, asking.actor, text, now=asking.now))
    st.session_state[LAST] = text
    if found is None:
        _say(_("Nothing was searched"), " ".join(take_refusals()))
        return
    if found.is_empty:
        _say(_("Nothing found"), _("Check the digits, or type the first letters of the name."))
        return
    if found.is_cut:
        st.html(
            '<div class="az"><p class="mut s13">{}</p></div>'.format(
                _("There is more than is shown. Type more letters.")
            )
        )
    _claims(asking, found)
    _people(found)
    _referrals(found)
    _batches(found)


def _say(title: str, hint: str) -> None:
    st.html(f'<div class="az az-empty empty"><b>{escape(title)}</b><p>{escape(hint)}</p></div>')


def _group(key: str, title: str, columns: list[Column], rows: list[Row], on_open: object) -> None:
    if not rows:
        return
    with st.container(key=f"{key}_card", gap=None):
        st.html(
            f'<div class="az"><div class="row" style="min-height:36px"><h2>{title}</h2>'
            f'<span class="mut s13">{digits(len(rows))}</span></div></div>'
        )
        table(key, columns=columns, rows=rows, on_open=on_open, dense=True, words={"label": title})  # type: ignore[arg-type]


def _claims(asking: Context, found: SearchResult) -> None:
    columns: list[Column] = [
        {"id": "number", "title": _("Case")},
        {"id": "person", "title": _("Insured person")},
        {"id": "code", "title": _("National code")},
        {"id": "centre", "title": _("Centre")},
        {"id": "insurer", "title": _("Insurer"), "wide_only": True},
        {"id": "services", "title": _("Kind of service"), "wide_only": True},
        {"id": "cost", "title": _("Service cost (rial)"), "numeric": True},
        {"id": "payable", "title": _("Payable (rial)"), "numeric": True},
        {"id": "state", "title": _("State")},
        {"id": "registered", "title": _("Registered")},
        {"id": "holder", "title": _("Held by")},
    ]
    rows = [_claim_row(asking, claim) for claim in found.claims]
    _group("search_claims", _("Cases"), columns, rows, navigate.open_case)


def _claim_row(asking: Context, claim: ListedClaim) -> Row:
    return {
        "id": claim.number,
        "cells": [
            cells.number_link(claim),
            text_cell(claim.person_name),
            cells.masked_cell(claim.masked_national_code),
            text_cell(claim.centre_name),
            text_cell(claim.insurer_name),
            text_cell(cells.services_text(claim)),
            cells.rial_cell(claim.cost_rial),
            cells.rial_cell(claim.payable_rial),
            cells.state_cell(claim),
            code_cell(instant(claim.registered_at)),
            cells.holder_cell(claim, asking.now, asking.actor.user_id),
        ],
    }


def _people(found: SearchResult) -> None:
    columns: list[Column] = [
        {"id": "name", "title": _("Insured person")},
        {"id": "code", "title": _("National code")},
        {"id": "birth", "title": _("Birth date")},
        {"id": "cases", "title": _("Cases"), "numeric": True},
    ]
    rows: list[Row] = [
        {
            "id": str(person.person_id),
            "cells": [
                text_cell(person.name, strong=True),
                cells.masked_cell(person.masked_national_code),
                code_cell(day(person.birth_on)),
                cells.count_cell(person.claim_count),
            ],
        }
        for person in found.people
    ]
    _group("search_people", _("People"), columns, rows, _open_person)


def _open_person(person_id: str) -> None:
    st.session_state[PERSON] = int(person_id)


def _referrals(found: SearchResult) -> None:
    columns: list[Column] = [
        {"id": "number", "title": _("Referral")},
        {"id": "person", "title": _("Insured person")},
        {"id": "code", "title": _("National code")},
        {"id": "centre", "title": _("Centre")},
        {"id": "amount", "title": _("Amount (rial)"), "numeric": True},
        {"id": "issued", "title": _("Issued on")},
        {"id": "valid", "title": _("Valid until")},
        {"id": "state", "title": _("State")},
    ]
    rows: list[Row] = [
        {
            "id": letter.number,
            "closed": True,
            "cells": [
                code_cell(digits(letter.number)),
                text_cell(letter.person_name),
                cells.masked_cell(letter.masked_national_code),
                text_cell(letter.centre_name),
                number_cell(format_rial(letter.amount_rial, language())),
                code_cell(day(letter.issued_on)),
                code_cell(day(letter.last_valid_on)),
                text_cell(state_name(letter.state)),
            ],
        }
        for letter in found.referrals
    ]
    _group("search_referrals", _("Referrals"), columns, rows, navigate.open_case)


def _batches(found: SearchResult) -> None:
    columns: list[Column] = [
        {"id": "number", "title": _("Batch")},
        {"id": "centre", "title": _("Centre")},
        {"id": "insurer", "title": _("Insurer")},
        {"id": "sent", "title": _("Sent")},
        {"id": "cases", "title": _("Cases"), "numeric": True},
        {"id": "state", "title": _("State")},
    ]
    rows: list[Row] = [
        {
            "id": batch.acceptance_number,
            "cells": [
                link_cell(digits(batch.acceptance_number)),
                text_cell(batch.centre_name),
                text_cell(batch.insurer_name),
                code_cell(instant(batch.sent_at)),
                cells.count_cell(batch.claim_count),
                pill_cell(STATE_TONES.get(batch.state, "waiting"), state_name(batch.state)),  # type: ignore[arg-type]
            ],
        }
        for batch in found.batches
    ]
    _group("search_batches", _("Batches"), columns, rows, lambda n: navigate.go("batch", batch=n))
