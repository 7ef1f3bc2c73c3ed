"""Agreement: how alike two assessors decide the same case, and what that says of all of them."""

import streamlit as st

from workbench import clock
from workbench.i18n import _, counted
from workbench.pages.manager import agreement_panels as panels
from workbench.pages.manager.filters import draw_head, wanted_by_address
from workbench.services.rechecks.agreement import Agreement, read_agreement
from workbench.services.rechecks.agreement_sheets import agreement_sheets
from workbench.services.rechecks.drawing import draw_now
from workbench.settings import settings
from workbench.ui import navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import digits
from workbench.ui.page import Context, context, doing, draw_told, reading, tell


def agreement_page() -> None:
    """The page of managers, leads and auditors; the filter is that of the other figures."""
    asking = context()
    draw_head(asking, "agreement", agreement_sheets)
    wanted = wanted_by_address(asking.now)
    view = reading(lambda s: read_agreement(s, asking.actor, wanted, now=asking.now))
    st.html(panels.tiles(view))
    with st.container(key="mg_halves", horizontal=True):
        with st.container(key="ag_reasons"):
            st.html(panels.reasons(view))
        with st.container(key="mg_side"):
            st.html(panels.couples(view))
            _draw_draw(asking, view)
    open_rows("mg_rechecks", panels.cases(view), _open)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}, "drafts": []}, lambda: None)
    draw_told()


def _draw_draw(asking: Context, view: Agreement) -> None:
    """The draw that the server makes by itself every week, made now."""
    if view.may_draw:
        st.button(
            _("Draw the finished weeks now"),
            key="mg_draw",
            icon=":material/casino:",
            help=panels.draw_is(settings().recheck_percent),
            on_click=_draw,
            args=(asking,),
        )


def _draw(asking: Context) -> None:
    percent = settings().recheck_percent
    made = doing(lambda s: draw_now(s, asking.actor, percent=percent, now=clock.now()))
    if made is not None:
        said = counted(made.drawn, _("{n} case was drawn."), _("{n} cases were drawn."))
        tell("done", said.format(n=digits(made.drawn)))


def _open(key: str) -> None:
    insurer, _dash, recheck = key.partition("-")
    navigate.go("compared", insurer=insurer, recheck=recheck)
