"""The commission's figures of a period: on time, time, approvals, members, forecast and fact."""

from functools import partial

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.commission.board_panels import tested
from workbench.pages.manager import commission_panels as panels
from workbench.pages.manager import figure_parts as parts
from workbench.pages.manager.chosen import choose, choose_bar, chosen_of
from workbench.pages.manager.commission_chart import flow_figure, told_figure
from workbench.pages.manager.figures_page import figures_page
from workbench.pages.manager.filters import limits_note
from workbench.pages.manager.throughput_panels import hint
from workbench.persian.jalali import day_of
from workbench.services.figures.commission import CommissionFigures, read_commission, read_plans
from workbench.services.figures.commission_sheets import plan_figure_sheets
from workbench.services.figures.throughput import Wanted
from workbench.ui import charts, navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.page import Context, reading

CHOSEN = "commission_figures.chosen"


def commission_figures_page() -> None:
    """The page of managers, leads and auditors; the filter is that of the other figures."""
    figures_page("commission_figures", plan_figure_sheets, _figures)


def _figures(asking: Context, wanted: Wanted) -> None:
    view = reading(lambda s: read_commission(s, asking.actor, wanted, now=asking.now))
    if wanted.assessor_id is not None or wanted.kind is not None:
        st.html(parts.left_out(_("Assessor and kind do not limit plans: all are counted.")))
    open_rows("cf_tiles", panels.tiles(view), partial(choose, CHOSEN))
    with st.container(key="mg_cols", horizontal=True):
        with st.container(key="mg_main"):
            st.html(panels.flow_head(view))
            figure, bars = flow_figure(view, is_today=wanted.last_on == day_of(asking.now))
            charts.draw(
                figure,
                "cf_flow",
                lambda place: choose_bar(CHOSEN, bars, place, wanted, figure="came"),
                name=_("Arrivals and decisions") + limits_note(asking.now),
            )
        with st.container(key="mg_side"):
            _told(asking, view)
    _plans(asking, wanted)
    open_rows("cf_groups", panels.groups(view), partial(choose, CHOSEN))
    open_rows("cf_members", panels.members(view), partial(choose, CHOSEN))


def _told(asking: Context, view: CommissionFigures) -> None:
    with st.container(key="cf_told"):
        st.html(panels.told_head())
        if view.told:
            name = _("Forecast against what came") + limits_note(asking.now)
            charts.draw(told_figure(view.told), "cf_forecast", name=name)
        else:
            st.html(parts.note(_("No working day of the period is over yet.")))
    st.html(tested([each.tested for each in view.told]))


def _plans(asking: Context, wanted: Wanted) -> None:
    """The plans behind the figure, bar or row that was clicked last."""
    chosen = chosen_of(CHOSEN, wanted)
    if chosen is None:
        st.html(hint(_("Press a figure, a bar or a row to see its plans.")))
        return
    figure, of, wanted = chosen.figure, chosen.of, chosen.wanted
    rows = reading(
        lambda s: read_plans(
            s,
            asking.actor,
            wanted,
            figure if not of else "decided",
            now=clock.now(),
            group=of if figure == "group" else None,
            member_id=int(of) if figure == "member" else None,
        )
    )
    open_rows("cf_plans", panels.plans(panels.plans_title(figure, of), wanted, rows), _open_plan)


def _open_plan(number: str) -> None:
    navigate.go("plan", n=number)
