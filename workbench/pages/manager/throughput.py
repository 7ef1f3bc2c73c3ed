"""The managers' first page: what came, was decided and waits; each figure opens its cases."""

from datetime import date
from functools import partial

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.manager import throughput_panels as panels
from workbench.pages.manager.filters import draw_head, wanted_by_address
from workbench.pages.manager.flow_chart import flow_figure
from workbench.services.figure_words import part_name
from workbench.services.throughput import (
    FIGURES,
    NAMES,
    PARTED_FIRST,
    Throughput,
    read_cases,
    read_throughput,
)
from workbench.services.throughput_sheets import throughput_sheets
from workbench.ui import charts, navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.page import Context, context, reading

CHOSEN, PART_BY = "throughput.chosen", "mg_part"


def throughput_page() -> None:
    """The page of managers, leads and auditors; the filter stands in the address."""
    asking = context()
    part_by = st.session_state.get(PART_BY) or PARTED_FIRST
    draw_head(asking, "throughput", partial(throughput_sheets, part_by=part_by))
    _figures(asking)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}, "drafts": []}, lambda: None)


@st.fragment
def _figures(asking: Context) -> None:
    if navigate.is_asked():
        st.rerun()
    wanted = wanted_by_address(asking.now)
    part_by = st.session_state.get(PART_BY) or PARTED_FIRST
    view = reading(
        lambda s: read_throughput(s, asking.actor, wanted, now=asking.now, part_by=part_by)
    )
    open_rows("mg_tiles", panels.tiles(view), _choose)
    with st.container(key="mg_cols", horizontal=True):
        with st.container(key="mg_main"):
            st.html(panels.card_head(_("Came, left and waiting"), panels.flow_note(view)))
            figure, bars = flow_figure(view)
            charts.draw(figure, "mg_flow", lambda place: _choose_bar(bars[place]))
            _cases(asking, view)
            _parts(view)
        with st.container(key="mg_side"):
            st.html(panels.ages(view))
            st.html(panels.waits(view))
            st.html(panels.outlook(view))


def _parts(view: Throughput) -> None:
    """The same figures told apart, and by what."""
    st.session_state.setdefault(PART_BY, PARTED_FIRST)
    st.segmented_control(
        _("Told apart by"),
        [*NAMES, "kind"],
        key=PART_BY,
        format_func=part_name,
        label_visibility="collapsed",
    )
    open_rows("mg_parts", panels.parts(view), lambda key: _limit(view.parted_by, key))


def _limit(name: str, key: str) -> None:
    """A row limits the page to itself."""
    st.query_params[name] = key


def _choose(name: str) -> None:
    st.session_state[CHOSEN] = (name, None)


def _choose_bar(on: date) -> None:
    name = st.session_state.get(CHOSEN, ("came", None))[0]
    st.session_state[CHOSEN] = (name, on.isoformat())


def _cases(asking: Context, view: Throughput) -> None:
    """The cases behind the figure that was clicked last."""
    chosen = st.session_state.get(CHOSEN)
    if chosen is None:
        st.html(panels.hint())
        return
    name, on = chosen
    wanted = panels.period_of(view, on)
    rows = reading(lambda s: read_cases(s, asking.actor, wanted, FIGURES[name], now=clock.now()))
    open_rows("mg_cases", panels.cases(name, wanted, rows), navigate.open_case)
