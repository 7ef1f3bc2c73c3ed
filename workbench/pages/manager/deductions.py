"""Deductions and returns: from cost to payable, reasons, defects, centres."""

import streamlit as st

from workbench.pages.manager import deductions_panels as panels
from workbench.pages.manager.filters import draw_head, wanted_by_address
from workbench.pages.manager.waterfall import waterfall_figure
from workbench.services.deduction_sheets import deduction_sheets
from workbench.services.deductions import read_deductions
from workbench.ui import charts, navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.page import Context, context, reading


def deductions_page() -> None:
    """The page of managers, leads and auditors; the filter is that of the other figures."""
    asking = context()
    draw_head(asking, "deductions", deduction_sheets)
    _figures(asking)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}, "drafts": []}, lambda: None)


@st.fragment
def _figures(asking: Context) -> None:
    if navigate.is_asked():
        st.rerun()
    wanted = wanted_by_address(asking.now)
    view = reading(lambda s: read_deductions(s, asking.actor, wanted, now=asking.now))
    with st.container(key="mg_halves", horizontal=True):
        with st.container(key="mg_main"):
            st.html(panels.amounts_head(view))
            charts.draw(waterfall_figure(view), "mg_waterfall")
            st.html(panels.defects(view))
        with st.container(key="mg_side"):
            st.html(panels.reasons(view))
    open_rows("mg_centres", panels.centres(view), _limit)


def _limit(centre_id: str) -> None:
    """A row limits the page to its centre."""
    st.query_params["centre"] = centre_id
