"""The audit trail: who saw and did what, for auditor, lead and manager."""

from functools import partial

import streamlit as st

from workbench.i18n import _
from workbench.services.trail import (
    FileKind,
    TrailEntry,
    TrailFilter,
    TrailPage,
    export_trail,
    read_actors,
    read_trail,
)
from workbench.ui import navigate
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.table import Column, Row, code_cell, pill_cell, table, text_cell
from workbench.ui.downloads import XLSX, download
from workbench.ui.format import digits, instant
from workbench.ui.jalali_input import jalali_input
from workbench.ui.page import Context, context, reading
from workbench.ui.paging import first_page, pager, place_in, turn

NAME = "trail"
NUMBER, ACTOR, FROM, TO, SEEN = (
    "trail_number",
    "trail_actor",
    "trail_from",
    "trail_to",
    "trail.seen",
)
MIMES = {
    FileKind.XLSX: XLSX,
    FileKind.CSV: "text/csv",
}


def trail_page() -> None:
    """The page of who may read the trail."""
    asking = context()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            f'<div class="az"><div class="ph"><h1>{_("Audit trail")}</h1>'
            f'<span class="mut">{_("newest first")}</span></div></div>',
            width="stretch",
        )
        files = st.container(horizontal=True, width="content")
    chosen = _filters(asking)
    if st.session_state.get(SEEN) != repr(chosen):
        st.session_state[SEEN] = repr(chosen)
        first_page(NAME)
    with files:
        for kind in FileKind:
            _export(asking, chosen, kind)
    page = reading(
        lambda s: read_trail(
            s,
            asking.actor,
            chosen,
            **place_in(NAME),
        )
    )
    _table(page)
    _foot(page)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}}, lambda: None)


def _filters(asking: Context) -> TrailFilter:
    names = dict(reading(lambda s: read_actors(s, asking.actor)))
    with st.container(horizontal=True, vertical_alignment="top"):
        number = st.text_input(_("Case, batch or referral"), key=NUMBER, width=200)
        actor_id = st.selectbox(
            _("User"),
            list(names),
            index=None,
            key=ACTOR,
            format_func=names.__getitem__,
            placeholder=_("All"),
            width=220,
        )
        from_on = jalali_input(_("From"), FROM)
        to_on = jalali_input(_("To"), TO)
    return TrailFilter(number=number, actor_id=actor_id, from_on=from_on, to_on=to_on)


def _table(page: TrailPage) -> None:
    columns: list[Column] = [
        {"id": "at", "title": _("Time")},
        {"id": "who", "title": _("Who")},
        {"id": "what", "title": _("What")},
        {"id": "details", "title": _("Details"), "wraps": True},
        {"id": "sealed", "title": _("Chain")},
    ]
    table(
        "trail_rows",
        columns=columns,
        rows=[_row(entry) for entry in page.entries],
        on_open=_open,
        on_page=partial(turn, NAME, page),
        dense=True,
        words={
            "label": _("Audit trail"),
            "empty": _("No event fits"),
            "hint": _("Check the number, or choose a longer period."),
        },
    )


def _row(entry: TrailEntry) -> Row:
    number = entry.facts.get("claim")
    is_case = isinstance(number, str) and entry.stream.startswith("claim:")
    sealed = (
        pill_cell("approved", _("sealed"))
        if entry.is_sealed
        else pill_cell("waiting", _("not yet sealed"))
    )
    return {
        "id": f"{entry.event_id}:{number}" if is_case else str(entry.event_id),
        "closed": not is_case,
        "cells": [
            code_cell(instant(entry.at)),
            text_cell(entry.actor_name or _("the system")),
            text_cell(entry.title, strong=True),
            text_cell(entry.details, muted=True),
            sealed,
        ],
    }


def _open(row_id: str) -> None:
    navigate.open_case(row_id.partition(":")[2])


def _foot(page: TrailPage) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        said = _("Events on this page: {n}").format(n=digits(len(page.entries)))
        st.html(f'<div class="az"><span class="mut s13">{said}</span></div>', width="stretch")
        words = {"previous": _("Newer"), "following": _("Older")}
        pager("trail", page, partial(turn, NAME, page), **words)


def _export(asking: Context, chosen: TrailFilter, kind: FileKind) -> None:
    download(
        asking,
        kind.upper(),
        lambda session, actor, *, now: export_trail(session, actor, chosen, kind, now=now),
        file_name=f"trail.{kind}",
        mime=MIMES[kind],
        key=f"trail_export_{kind}",
        icon=":material/download:",
    )
