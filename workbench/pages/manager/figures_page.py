"""The frame of a page of figures: its head, and a body that a press draws again by itself."""

from collections.abc import Callable

import streamlit as st

from workbench.pages.manager.export import MakeSheets
from workbench.pages.manager.filters import draw_head, wanted_by_address
from workbench.services.figures.throughput import Wanted
from workbench.ui import navigate
from workbench.ui.components.page_agent import page_agent
from workbench.ui.page import Context, context

DrawBody = Callable[[Context, Wanted], None]


def figures_page(page: str, sheets: MakeSheets, draw: DrawBody) -> None:
    """Draw the page of this address; ``draw`` is given the limits of the filter."""
    asking = context()
    draw_head(asking, page, sheets)
    _body(asking, draw)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}, "drafts": []}, lambda: None)


@st.fragment
def _body(asking: Context, draw: DrawBody) -> None:
    if navigate.is_asked():
        st.rerun()
    draw(asking, wanted_by_address(asking.now))
