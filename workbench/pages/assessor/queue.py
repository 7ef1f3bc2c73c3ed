"""The work queue (mock-up 03): states with counts, filters, saved views, pages by key."""

from functools import partial

import streamlit as st

from workbench.i18n import _
from workbench.pages.assessor import queue_filters
from workbench.pages.assessor.desk import next_button
from workbench.pages.assessor.queue_filters import NAME
from workbench.services.access import may
from workbench.services.claims.listed import ListedClaim
from workbench.services.desk.queue import export_queue, read_queue
from workbench.services.list_pages import ListPage
from workbench.ui import claim_cells as cells
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.table import Column, Row, table, text_cell
from workbench.ui.downloads import XLSX, download
from workbench.ui.navigate import open_case
from workbench.ui.page import Context, context, reading
from workbench.ui.paging import pager, place_in, turn

KEYS = {"Ctrl+Enter": "b_next", "Ctrl+K": "top_search"}
STYLE = """<style>
.st-key-queue_rows { --table-room: 244px; }
.stApp:has(.st-key-queue_rows) [data-testid="stMainBlockContainer"] {
  padding-block: calc(var(--bar-top) + 8px) 8px !important; }
.stApp:has(.st-key-queue_rows) [data-testid="stMainBlockContainer"] > .stVerticalBlock {
  gap: 8px !important; }
.st-key-queue_states, .st-key-queue_chips { gap: 8px !important; }
.st-key-queue_states .stButton button { height: 32px; min-height: 32px; padding: 0 12px; }
.st-key-queue_form { display: grid !important; grid-template-columns: 1fr 1fr;
  gap: 10px 16px !important; }
.st-key-queue_form > * { width: auto !important; min-width: 0 !important; }
.st-key-queue_form > :first-child { grid-column: 1 / -1; }
.st-key-queue_chips .stButton button { height: 32px; min-height: 32px; padding: 0 10px; }
</style>"""


def queue_page() -> None:
    """The page of who may read the queue."""
    asking = context()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(_head(), width="stretch")
        files = st.container(width="content")
        if may(asking.actor, "claim.take"):
            next_button()
    queue_filters.draw_states(asking)
    queue_filters.draw_filters(asking)
    chosen = queue_filters.chosen_filter()
    page = reading(
        lambda s: read_queue(
            s,
            asking.actor,
            chosen,
            now=asking.now,
            **place_in(NAME),
        )
    )
    with files:
        _export(asking)
    _table(asking, page)
    _foot(page)
    page_agent("agent", {"keys": KEYS}, lambda: None)


def _head() -> str:
    return (
        f'{STYLE}<div class="az"><div class="ph"><h1>{_("Work queue")}</h1>'
        f'<span class="mut">{_("sorted by time left")}</span></div></div>'
    )


def _table(asking: Context, page: ListPage[ListedClaim]) -> None:
    table(
        "queue_rows",
        columns=_columns(),
        rows=[_row(asking, claim) for claim in page.rows],
        on_open=open_case,
        on_page=partial(turn, NAME, page),
        dense=True,
        takes_focus=True,
        words={
            "label": _("Work queue"),
            "empty": _("No case fits these filters"),
            "hint": _("Take a filter away, or choose another state."),
        },
    )


def _columns() -> list[Column]:
    return [
        {"id": "due", "title": _("Time left")},
        {"id": "number", "title": _("Case")},
        {"id": "person", "title": _("Insured person")},
        {"id": "code", "title": _("National code"), "wide_only": True},
        {"id": "centre", "title": _("Centre")},
        {"id": "insurer", "title": _("Insurer")},
        {"id": "services", "title": _("Kind of service"), "wide_only": True},
        {"id": "lines", "title": _("Lines"), "numeric": True},
        {"id": "cost", "title": _("Service cost (rial)"), "numeric": True},
        {"id": "findings", "title": _("Findings")},
        {"id": "round", "title": _("Round")},
        {"id": "state", "title": _("State")},
        {"id": "holder", "title": _("Held by")},
    ]


def _row(asking: Context, claim: ListedClaim) -> Row:
    return {
        "id": claim.number,
        "cells": [
            cells.due_cell(claim, asking.now),
            cells.number_link(claim),
            text_cell(claim.person_name),
            cells.masked_cell(claim.masked_national_code),
            text_cell(claim.centre_name),
            text_cell(claim.insurer_name),
            text_cell(cells.services_text(claim)),
            cells.count_cell(claim.line_count),
            cells.rial_cell(claim.cost_rial),
            cells.finding_cell(claim),
            cells.count_cell(claim.round),
            cells.state_cell(claim),
            cells.holder_cell(claim, asking.now, asking.actor.user_id),
        ],
    }


def _foot(page: ListPage[ListedClaim]) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        said = _("Cases: {n}, by deadline, then by number").format(n=page.total_text)
        st.html(f'<div class="az"><span class="mut s13">{said}</span></div>', width="stretch")
        pager("queue", page, partial(turn, NAME, page))


def _export(asking: Context) -> None:
    """The list as a file; made, and written to the trail, when the button is pressed."""
    chosen = queue_filters.chosen_filter()
    download(
        asking,
        _("Export XLSX"),
        lambda session, actor, *, now: export_queue(session, actor, chosen, now=now),
        file_name="queue.xlsx",
        mime=XLSX,
        key="queue_export",
        icon=":material/download:",
    )
