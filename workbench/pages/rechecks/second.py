"""A decided case assessed a second time: its images, its lines as requested, and what he says."""

from html import escape

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _, language
from workbench.pages.rechecks.second_images import second_viewer_data
from workbench.pages.rechecks.second_lines import act, draw_line, draw_questions
from workbench.services.claims.reading import record_seen
from workbench.services.rechecks.rechecks import RecheckPlace, give_back_recheck
from workbench.services.rechecks.second_assessment import (
    SecondView,
    hand_in_second,
    keep_second_note,
    read_second,
)
from workbench.ui import navigate, words
from workbench.ui.address import asked_ids
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.viewer import viewer
from workbench.ui.format import day, digits, ltr, rial
from workbench.ui.page import Context, context, doing, draw_told, reading, show_refusal

KEYS = {"Ctrl+Enter": "rc_hand_in", "Ctrl+K": "top_search"}


def recheck_page() -> None:
    """The page of who has taken it; nothing on it comes from the first decision."""
    asking = context()
    ids = asked_ids("recheck", "insurer", "recheck")
    if ids is None:
        show_refusal(Refused("recheck_not_found"))
        return
    place = RecheckPlace(insurer_id=ids[0], recheck_id=ids[1])
    view = reading(lambda s: _read(s, asking, place))
    if view is None:
        _leave("compared", place)
        st.rerun()
    st.html(_head(view))
    with st.container(key="rc_cols", horizontal=True):
        with st.container(key="rc_images"):
            viewer("rc_viewer", second_viewer_data(view), lambda seen: _seen(asking, view, seen))
        with st.container(key="rc_lines"):
            draw_questions(asking, view, None)
            for line, money in zip(view.second.case.lines, view.second.money.lines, strict=True):
                draw_line(asking, view, line, money)
            _draw_end(asking, view)
    page_agent("agent", {"keys": KEYS, "drafts": []}, lambda: None)
    draw_told()


def _seen(asking: Context, view: SecondView, numbers: list[int]) -> None:
    ids = (view.place.insurer_id, view.claim_id)
    doing(lambda s: record_seen(s, asking.actor, *ids, numbers, now=clock.now()))


def _head(view: SecondView) -> str:
    case = view.second.case
    facts = (
        (_("Insurer"), f"<bdi>{escape(view.insurer)}</bdi>"),
        (_("Cover"), f"<bdi>{escape(case.cover.title)}</bdi>"),
        (_("Centre"), f"<bdi>{escape(view.centre)}</bdi>"),
        (_("Dentist"), f"<bdi>{escape(view.dentist)}</bdi>"),
        (_("Patient"), escape(_patient(view))),
        (_("Date of the case"), ltr(day(view.decided_on))),
    )
    said = " · ".join(f'<span class="mut">{escape(name)}:</span> {value}' for name, value in facts)
    why = _("The first decision is hidden until yours is in.")
    explanation = (
        f'<p class="s13"><span class="mut">{escape(_("The sender wrote:"))}</span> '
        f"<bdi>{escape(view.explanation)}</bdi></p>"
        if view.explanation
        else ""
    )
    return (
        f'<div class="az"><div class="ph"><h1>{escape(_("Second assessment"))}</h1>'
        f'<span class="ink2 s13">{escape(why)}</span></div><p class="s13">{said}</p>'
        f"{explanation}</div>"
    )


def _patient(view: SecondView) -> str:
    years = _("{n} years old").format(n=digits(view.age_years))
    return (
        f"{words.relation(view.relation)}، {years}"
        if language() == "fa"
        else (f"{words.relation(view.relation)}, {years}")
    )


def _draw_end(asking: Context, view: SecondView) -> None:
    money = view.second.money
    columns = (
        (_("Cost"), money.cost_rial),
        (_("Tariff reject"), money.tariff_reject_rial),
        (_("Technical deduction"), money.technical_deduction_rial),
        (_("Patient share"), money.patient_share_rial),
        (_("Payable"), money.payable_rial),
    )
    cells = "".join(
        f"<dt>{escape(name)}</dt><dd>{rial(amount or None)}</dd>" for name, amount in columns
    )
    st.html(f'<div class="az panel mg-card"><dl class="kv">{cells}</dl></div>')
    key = f"rc_note_{view.place.recheck_id}"
    st.session_state.setdefault(key, view.work.note)
    st.text_area(
        _("A word for the lead, if there is one"),
        key=key,
        height=70,
        on_change=_keep_note,
        args=(asking, view, key),
    )
    with st.container(horizontal=True):
        st.button(
            _("Hand in"),
            key="rc_hand_in",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=_hand_in,
            args=(asking, view),
        )
        st.button(
            _("Give back"),
            key="rc_give_back",
            on_click=_give_back,
            args=(asking, view),
        )


def _read(session: Session, asking: Context, place: RecheckPlace) -> SecondView | None:
    """None: it is in; a message that was under way ran this page once more."""
    try:
        return read_second(session, asking.actor, place)
    except Refused as refused:
        if refused.code != "recheck_not_open":
            raise
        return None


def _keep_note(asking: Context, view: SecondView, key: str) -> None:
    text = st.session_state[key]
    act(lambda s: keep_second_note(s, asking.actor, view.place, text=text))


def _hand_in(asking: Context, view: SecondView) -> None:
    if act(lambda s: hand_in_second(s, asking.actor, view.place, now=clock.now())):
        _leave("compared", view.place)


def _give_back(asking: Context, view: SecondView) -> None:
    if act(lambda s: give_back_recheck(s, asking.actor, view.place, now=clock.now())):
        navigate.go("rechecks")


def _leave(page: str, place: RecheckPlace) -> None:
    navigate.go(page, insurer=str(place.insurer_id), recheck=str(place.recheck_id))
