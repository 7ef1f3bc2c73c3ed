"""The letters' figures of a period: issued, used, expired, returned, about to expire."""

from functools import partial

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.manager import figure_parts as parts
from workbench.pages.manager import referral_panels as panels
from workbench.pages.manager.chosen import choose, choose_bar, chosen_of
from workbench.pages.manager.figures_page import figures_page
from workbench.pages.manager.filters import limits_note
from workbench.pages.manager.referral_chart import letters_figure
from workbench.pages.manager.throughput_panels import hint
from workbench.persian.jalali import day_of
from workbench.services.figures.referral_sheets import letter_figure_sheets
from workbench.services.figures.referrals import (
    GROUPS,
    ReferralFigures,
    read_letters_behind,
    read_letters_figures,
)
from workbench.services.figures.throughput import Wanted
from workbench.services.figures.words import part_name
from workbench.ui import charts, navigate
from workbench.ui.components.open_rows import open_rows
from workbench.ui.page import Context, reading

CHOSEN, PART_BY = "referral_figures.chosen", "rf_part"


def referral_figures_page() -> None:
    """The page of managers, leads and auditors; the filter is that of the other figures."""
    part_by = st.session_state.get(PART_BY) or GROUPS[0]
    figures_page("referral_figures", partial(letter_figure_sheets, part_by=part_by), _figures)


def _figures(asking: Context, wanted: Wanted) -> None:
    part_by = st.session_state.get(PART_BY) or GROUPS[0]
    view = reading(
        lambda s: read_letters_figures(s, asking.actor, wanted, now=asking.now, part_by=part_by)
    )
    if wanted.assessor_id is not None or wanted.kind is not None:
        st.html(parts.left_out(_("Assessor and kind do not limit letters: all are counted.")))
    open_rows("rf_tiles", panels.tiles(view), partial(choose, CHOSEN))
    with st.container(key="mg_cols", horizontal=True):
        with st.container(key="mg_main"):
            st.html(panels.flow_head(view))
            figure, bars = letters_figure(view, is_today=wanted.last_on == day_of(asking.now))
            charts.draw(
                figure,
                "rf_flow",
                lambda place: choose_bar(CHOSEN, bars, place, wanted, figure="issued"),
                name=_("Issued, used and expired") + limits_note(asking.now),
            )
        with st.container(key="mg_side"):
            open_rows("rf_fates", panels.fates(view), partial(choose, CHOSEN))
            st.html(panels.expiring(view))
            st.button(
                _("Show letters about to expire"),
                key="rf_expiring",
                on_click=navigate.go,
                args=("referrals",),
            )
    _letters(asking, wanted)
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
    open_rows("rf_parts", panels.by_part(view), partial(choose, CHOSEN))


def _letters(asking: Context, wanted: Wanted) -> None:
    """The letters behind the figure, bar or row that was clicked last."""
    chosen = chosen_of(CHOSEN, wanted)
    if chosen is None:
        st.html(hint(_("Press a figure, a bar or a row to see its letters.")))
        return
    figure, of, wanted = chosen.figure, chosen.of, chosen.wanted
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
