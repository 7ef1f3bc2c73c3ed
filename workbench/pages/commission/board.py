"""The promise board (تابلوی تعهد زمانی): on time, at risk, late, and what will be late."""

from html import escape

import streamlit as st

from workbench.i18n import _
from workbench.pages.commission import board_panels
from workbench.services.commission.promise_board import export_forecast, read_board
from workbench.ui import navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.downloads import XLSX, download
from workbench.ui.format import instant
from workbench.ui.page import context, reading

CHOSEN = "board.chosen"
FIRST = "open"
REFRESH_SECONDS = 60


def board_page() -> None:
    """The page of the chair, the lead, managers and auditors."""
    asking = context()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            f'<div class="az"><div class="ph"><h1>{_("Promise board")}</h1></div></div>',
            width="stretch",
        )
        st.button(_("Inbox"), key="pb_inbox", on_click=navigate.go, args=("commission",))
        download(
            asking,
            _("Export XLSX"),
            export_forecast,
            file_name="forecast.xlsx",
            mime=XLSX,
            key="pb_export",
            icon=":material/download:",
        )
    _figures()
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}, "drafts": []}, lambda: None)


@st.fragment(run_every=REFRESH_SECONDS)
def _figures() -> None:
    if navigate.is_asked():
        st.rerun()
    asking = context(is_activity=False)
    board = reading(lambda s: read_board(s, asking.actor, now=asking.now))
    chosen = st.session_state.get(CHOSEN, FIRST)
    as_of = _("as of {at}").format(at=instant(board.as_of))
    st.html(f'<div class="az"><span class="mut s13"><bdi>{escape(as_of)}</bdi></span></div>')
    open_rows("pb_tiles", board_panels.tiles(board, chosen), _choose)
    with st.container(key="pb_cols", horizontal=True):
        with st.container(key="pb_main"):
            st.html(board_panels.flow(board.flows))
            open_rows("pb_rows", board_panels.rows(chosen, board.lists[chosen]), _open_plan)
        with st.container(key="pb_side"):
            st.html(board_panels.outlook(board))
            st.html(board_panels.tested(board.tested))


def _choose(name: str) -> None:
    st.session_state[CHOSEN] = name


def _open_plan(number: str) -> None:
    navigate.go("plan", n=number)
