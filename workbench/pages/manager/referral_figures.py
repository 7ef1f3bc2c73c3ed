"""The letters' figures of a period: issued, used, expired, returned, about to expire."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.manager import figure_parts as parts
from workbench.pages.manager import referral_panels as panels
from workbench.pages.manager.filters import draw_head, limits_note, wanted_by_address
from workbench.pages.manager.referral_chart import letters_figure
from workbench.pages.manager.throughput_panels import hint
from workbench.persian.jalali import day_of
from workbench.services.figure_words import part_name
from workbench.services.letter_figure_sheets import letter_figure_sheets
from workbench.services.referral_figures import (
    GROUPS,
    ReferralFigures,
    read_letters_behind,
    read_letters_figures,
)
from workbench.services.throughput import Wanted
from workbench.ui import charts, navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.page import Context, context, reading

CHOSEN, PART_BY = "referral_figures.chosen", "rf_part"
_ONE_DAY = timedelta(days=1)


def referral_figures_page() -> None:
    """The page of managers, leads and auditors; the filter is that of the other figures."""
    asking = context()
    part_by = st.session_state.get(PART_BY) or GROUPS[0]
    draw_head(asking, "referral_figures", partial(letter_figure_sheets, part_by=part_by))
    _figures(asking)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}, "drafts": []}, lambda: None)


@st.fragment
def _figures(asking: Context) -> None:
    if navigate.is_asked():
        st.rerun()
    wanted = wanted_by_address(asking.now)
    part_by = st.session_state.get(PART_BY) or GROUPS[0]
    view = reading(
        lambda s: read_letters_figures(s, asking.actor, wanted, now=asking.now, part_by=part_by)
    )
    if wanted.assessor_id is not None or wanted.kind is not None:
        st.html(parts.left_out(_("Assessor and kind do not limit letters: all are counted.")))
    open_rows("rf_tiles", panels.tiles(view), _choose)
    with st.container(key="mg_cols", horizontal=True):
        with st.container(key="mg_main"):
            st.html(panels.flow_head(view))
            figure, bars = letters_figure(view, is_today=wanted.last_on == day_of(asking.now))
            charts.draw(
                figure,
                "rf_flow",
                lambda place: _choose_bar(bars, place, wanted),
                name=_("Issued, used and expired") + limits_note(asking.now),
            )
            _letters(asking, wanted)
        with st.container(key="mg_side"):
            open_rows("rf_fates", panels.fates(view), _choose)
            st.html(panels.expiring(view))
            st.button(
                _("Show letters about to expire"),
                key="rf_expiring",
                on_click=navigate.go,
                args=("referrals",),
            )
    _parts(view)


def _parts(view: ReferralFigures) -> None:
    """The same figures told apart, and by what."""
    st.session_state.setdefault(PART_BY, GROUPS[0])
    st.segmented_control(
        _("Told apart by"),
        GROUPS,
        key=PART_BY,
        format_func=part_name,
        label_visibility="collapsed",
    )
    open_rows("rf_parts", panels.by_part(view), _choose)


def _choose(key: str, first: str = "", last: str = "") -> None:
    st.session_state[CHOSEN] = (key, first, last)


def _choose_bar(bars: list[date], place: int, wanted: Wanted) -> None:
    """The figure chosen last, or what was issued, of one bar."""
    key = st.session_state.get(CHOSEN, ("issued", "", ""))[0]
    last_on = bars[place + 1] - _ONE_DAY if place + 1 < len(bars) else wanted.last_on
    _choose(key, bars[place].isoformat(), last_on.isoformat())


def _letters(asking: Context, wanted: Wanted) -> None:
    """The letters behind the figure, bar or row that was clicked last."""
    chosen = st.session_state.get(CHOSEN)
    if chosen is None:
        st.html(hint(_("Press a figure, a bar or a row to see its letters.")))
        return
    key, first, last = chosen
    if first and wanted.first_on <= date.fromisoformat(first) <= wanted.last_on:
        last_on = min(date.fromisoformat(last), wanted.last_on)
        wanted = replace(wanted, first_on=date.fromisoformat(first), last_on=last_on)
    figure, _colon, of = key.partition(":")
    rows = reading(
        lambda s: read_letters_behind(
            s,
            asking.actor,
            wanted,
            "issued" if of else figure,
            now=clock.now(),
            key=(figure, int(of)) if of else None,
        )
    )
    title = panels.letters_title("issued" if of else figure)
    open_rows("rf_letters", panels.letters(title, wanted, rows), _open_letter)


def _open_letter(key: str) -> None:
    insurer_id, _dash, letter_id = key.partition("-")
    navigate.go("letter", insurer=insurer_id, letter=letter_id)
