"""The managers' first page: what came, was decided and waits; each figure opens its cases."""

from datetime import datetime
from functools import partial

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _
from workbench.pages.manager import throughput_panels as panels
from workbench.pages.manager import work_panels
from workbench.pages.manager.chosen import choose, choose_bar, chosen_of
from workbench.pages.manager.figures_page import figures_page
from workbench.pages.manager.filters import draw_parting, limits_note, part_by_address
from workbench.pages.manager.flow_chart import flow_figure
from workbench.persian.jalali import day_of, format_day
from workbench.services.access import Actor
from workbench.services.figures.daily_summary import daily_summary
from workbench.services.figures.throughput import (
    FIGURES,
    PARTED_BY,
    Throughput,
    Wanted,
    read_cases,
    read_throughput,
)
from workbench.services.figures.throughput_sheets import throughput_sheets
from workbench.ui import charts, navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.downloads import PDF, download
from workbench.ui.format import day
from workbench.ui.page import Context, reading

CHOSEN = "throughput.chosen"


def throughput_page() -> None:
    """The page of managers, leads and auditors; the filter stands in the address."""
    part_by = part_by_address(PARTED_BY)
    figures_page("throughput", partial(throughput_sheets, part_by=part_by), _figures)


def _figures(asking: Context, wanted: Wanted) -> None:
    part_by = part_by_address(PARTED_BY)
    view = reading(
        lambda s: read_throughput(s, asking.actor, wanted, now=asking.now, part_by=part_by)
    )
    open_rows("mg_tiles", panels.tiles(view), partial(choose, CHOSEN))
    with st.container(key="mg_cols", horizontal=True):
        with st.container(key="mg_main"):
            st.html(panels.card_head(_("Came, left and waiting"), panels.flow_note(view)))
            figure, bars = flow_figure(view, is_today=wanted.last_on == day_of(asking.now))
            charts.draw(
                figure,
                "mg_flow",
                lambda place: choose_bar(CHOSEN, bars, place, wanted, figure="came"),
                name=_("Came, left and waiting") + limits_note(asking.now),
            )
        with st.container(key="mg_side"):
            st.html(work_panels.same_day(view))
            st.html(work_panels.ages(view))
    _cases(asking, wanted)
    with st.container(key="mg_cols_below", horizontal=True):
        with st.container(key="mg_parted"):
            _parts(view)
        with st.container(key="mg_wait_side"):
            st.html(panels.waits(view))
            st.html(panels.outlook(view))
            _summary(asking, view)


def _parts(view: Throughput) -> None:
    """The same figures told apart, and by what."""
    draw_parting(PARTED_BY)
    open_rows("mg_parts", panels.parts(view), lambda key: _limit(view.parted_by, key))


def _summary(asking: Context, view: Throughput) -> None:
    """The summary of the last day of the period, as a paper."""
    on = view.wanted.last_on

    def made(session: Session, actor: Actor, *, now: datetime) -> bytes:
        return daily_summary(session, actor, on, now=now)

    download(
        asking,
        _("Daily summary of {day} (PDF)").format(day=day(on)),
        made,
        file_name=f"report-{format_day(on).replace('/', '-')}.pdf",
        mime=PDF,
        key="mg_summary",
        is_paper=True,
        icon=":material/picture_as_pdf:",
        width="stretch",
    )


def _limit(name: str, key: str) -> None:
    """A row limits the page to itself."""
    st.query_params[name] = key


def _cases(asking: Context, wanted: Wanted) -> None:
    """The cases behind the figure that was clicked last."""
    chosen = chosen_of(CHOSEN, wanted)
    if chosen is None:
        st.html(panels.hint(_("Press a figure or a bar to see its cases.")))
        return
    name, wanted = chosen.figure, chosen.wanted
    rows = reading(lambda s: read_cases(s, asking.actor, wanted, FIGURES[name], now=clock.now()))
    open_rows("mg_cases", panels.cases(name, wanted, rows), navigate.open_case)
