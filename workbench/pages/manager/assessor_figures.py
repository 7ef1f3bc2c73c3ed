"""The page of assessors: work, time, and decisions against the expected for the same mix."""

from dataclasses import replace
from functools import partial

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.manager import assessor_panels as panels
from workbench.pages.manager import throughput_panels
from workbench.pages.manager.chosen import choose, chosen_of
from workbench.pages.manager.figures_page import figures_page
from workbench.services.figures.assessor_sheets import assessor_figure_sheets
from workbench.services.figures.assessors import read_assessors
from workbench.services.figures.throughput import FIGURES, Wanted, read_cases
from workbench.ui import navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.page import Context, reading

CHOSEN = "assessors.chosen"


def assessor_figures_page() -> None:
    """The page of managers, leads and auditors; the filter is that of the other figures."""
    figures_page("assessor_figures", assessor_figure_sheets, _figures)


def _figures(asking: Context, wanted: Wanted) -> None:
    view = reading(lambda s: read_assessors(s, asking.actor, wanted, now=asking.now))
    open_rows("af_tiles", panels.tiles(view), partial(choose, CHOSEN))
    with st.container(key="mg_halves", horizontal=True):
        with st.container(key="af_deductions"):
            open_rows("af_deducted", panels.deductions(view), partial(choose, CHOSEN))
        with st.container(key="af_returns"):
            open_rows("af_returned", panels.returns(view), partial(choose, CHOSEN))
    open_rows("af_work", panels.work(view), partial(choose, CHOSEN))
    _cases(asking, wanted)


def _cases(asking: Context, wanted: Wanted) -> None:
    """The cases behind the row or figure that was clicked last."""
    chosen = chosen_of(CHOSEN, wanted)
    if chosen is None:
        st.html(throughput_panels.hint(_("Press a row or a figure to see its cases.")))
        return
    figure = chosen.figure
    if chosen.of:
        wanted = replace(wanted, assessor_id=int(chosen.of))
    rows = reading(lambda s: read_cases(s, asking.actor, wanted, FIGURES[figure], now=clock.now()))
    open_rows("af_cases", throughput_panels.cases(figure, wanted, rows), navigate.open_case)
