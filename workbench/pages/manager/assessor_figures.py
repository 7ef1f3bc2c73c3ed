"""The page of assessors: work, time, and decisions against the expected for the same mix."""

from dataclasses import replace

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.manager import assessor_panels as panels
from workbench.pages.manager import throughput_panels
from workbench.pages.manager.filters import draw_head, wanted_by_address
from workbench.services.assessor_figure_sheets import assessor_figure_sheets
from workbench.services.assessor_figures import Assessors, read_assessors
from workbench.services.throughput import FIGURES, read_cases
from workbench.ui import navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.page import Context, context, reading

CHOSEN = "assessors.chosen"


def assessor_figures_page() -> None:
    """The page of managers, leads and auditors; the filter is that of the other figures."""
    asking = context()
    draw_head(asking, "assessor_figures", assessor_figure_sheets)
    _figures(asking)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}, "drafts": []}, lambda: None)


@st.fragment
def _figures(asking: Context) -> None:
    if navigate.is_asked():
        st.rerun()
    wanted = wanted_by_address(asking.now)
    view = reading(lambda s: read_assessors(s, asking.actor, wanted, now=asking.now))
    open_rows("af_tiles", panels.tiles(view), _choose)
    with st.container(key="mg_halves", horizontal=True):
        with st.container(key="af_deductions"):
            open_rows("af_deducted", panels.deductions(view), _choose)
        with st.container(key="af_returns"):
            open_rows("af_returned", panels.returns(view), _choose)
    open_rows("af_work", panels.work(view), _choose)
    _cases(asking, view)


def _choose(key: str) -> None:
    st.session_state[CHOSEN] = key


def _cases(asking: Context, view: Assessors) -> None:
    """The cases behind the row or figure that was clicked last."""
    chosen = st.session_state.get(CHOSEN)
    if chosen is None:
        st.html(throughput_panels.hint(_("Press a row or a figure to see its cases.")))
        return
    figure, _colon, number = chosen.partition(":")
    wanted = replace(view.wanted, assessor_id=int(number)) if number else view.wanted
    rows = reading(lambda s: read_cases(s, asking.actor, wanted, FIGURES[figure], now=clock.now()))
    open_rows("af_cases", throughput_panels.cases(figure, wanted, rows), navigate.open_case)
