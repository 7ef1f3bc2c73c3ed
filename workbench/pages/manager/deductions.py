"""Deductions and returns: from cost to payable, reasons, defects, and who they fall on."""

from functools import partial

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.manager import deductions_panels as panels
from workbench.pages.manager.figures_page import figures_page
from workbench.pages.manager.filters import draw_parting, limits_note, part_by_address
from workbench.pages.manager.pareto import REASONS_MAX, pareto_figure
from workbench.pages.manager.throughput_panels import hint
from workbench.pages.manager.waterfall import STEPS, waterfall_figure
from workbench.services.figures.deduction_sheets import deduction_sheets
from workbench.services.figures.deductions import (
    PARTED_BY,
    Deductions,
    read_deducted_cases,
    read_deductions,
)
from workbench.services.figures.throughput import Wanted
from workbench.ui import charts, navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.page import Context, reading

CHOSEN = "deductions.chosen"


def deductions_page() -> None:
    """The page of managers, leads and auditors; the filter is that of the other figures."""
    figures_page(
        "deductions", partial(deduction_sheets, part_by=part_by_address(PARTED_BY)), _figures
    )


def _figures(asking: Context, wanted: Wanted) -> None:
    part_by = part_by_address(PARTED_BY)
    view = reading(
        lambda s: read_deductions(s, asking.actor, wanted, now=asking.now, part_by=part_by)
    )
    st.html(panels.tiles(view))
    with st.container(key="mg_halves", horizontal=True):
        with st.container(key="mg_main"):
            st.html(panels.amounts_head(view))
            if view.cases:
                name = _("From cost to payable") + limits_note(asking.now)
                charts.draw(waterfall_figure(view), "mg_waterfall", _choose_column, name=name)
        with st.container(key="mg_side"), st.container(key="mg_reasons"):
            st.html(panels.reasons_head(view))
            if view.reasons:
                shown = [each.code for each in view.reasons[:REASONS_MAX]]
                name = _("Deductions by reason") + limits_note(asking.now)
                charts.draw(
                    pareto_figure(view),
                    "mg_pareto",
                    lambda n: _choose("reason", shown[n]),
                    name=name,
                )
    _cases(asking, view)
    with st.container(key="mg_cols", horizontal=True):
        with st.container(key="mg_parted"):
            draw_parting(PARTED_BY)
            open_rows("mg_parts", panels.parts(view), lambda key: _open_part(view, key))
        with st.container(key="mg_defect_side"):
            open_rows("mg_defects", panels.defects(view), lambda code: _choose("defect", code))


def _choose(kind: str, key: str) -> None:
    st.session_state[CHOSEN] = (kind, key)


def _choose_column(place: int) -> None:
    _choose("column", STEPS[place][0])


def _open_part(view: Deductions, key: str) -> None:
    """A row limits the page to itself; that of a service shows its cases."""
    if view.parted_by == "service":
        _choose("service", key)
    else:
        st.query_params[view.parted_by] = key


def _cases(asking: Context, view: Deductions) -> None:
    """The cases behind the bar or row that was clicked last."""
    if CHOSEN not in st.session_state:
        st.html(hint(_("Press a bar or a row to see its cases.")))
        return
    kind, key = st.session_state[CHOSEN]
    rows = reading(
        lambda s: read_deducted_cases(s, asking.actor, view.wanted, kind, key, now=clock.now())
    )
    open_rows("mg_cases", panels.cases(view, kind, key, rows), navigate.open_case)
