"""The case page: evidence large, lines decided by keyboard, money and decisions in sight."""

from datetime import datetime

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.pages.assessor import dialogs
from workbench.pages.assessor.case_links import patient_column
from workbench.pages.assessor.case_notes import draw_defects, draw_notes
from workbench.pages.assessor.case_state import (
    CaseKey,
    allow_finish,
    focus_data,
    note_shown,
    reply_data,
    shown_at,
)
from workbench.pages.assessor.case_teeth import draw_teeth
from workbench.pages.assessor.line_actions import do_line_action
from workbench.pages.assessor.next_case import go_to_next
from workbench.rules.facts import Cite
from workbench.services.access import may
from workbench.services.claims import reading, taking
from workbench.services.claims import view as case_view
from workbench.services.claims.demo_answer import answer_as_centre
from workbench.services.desk import drafts
from workbench.services.images.attach_rights import may_attach
from workbench.services.runtime import evidence_store
from workbench.services.teeth.history import ToothHistory, read_tooth_history
from workbench.settings import settings
from workbench.ui import case_panels, navigate
from workbench.ui.address import asked
from workbench.ui.case_data import lines_data
from workbench.ui.case_images import viewer_data
from workbench.ui.components.lines import lines
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.viewer import viewer
from workbench.ui.frames import keep_pending, show_pending
from workbench.ui.page import Context, context, doing, draw_told, show_refusal
from workbench.ui.page import reading as read

OPENED = "case.opened"
CODE_OPEN = "case.code"
WORDS_OF_A_CASE = ("case_note", "case_park", "case_reason")
TAKE_OVER = "claim.take_from_another"
KEYS = {
    "Ctrl+Enter": "b_finish",
    "F8": "b_return",
    "F9": "b_park",
    "Shift+F9": "b_pass",
    "Ctrl+K": "top_search",
    "F1": "help_keys",
}


def case_page() -> None:
    """The page of one case number (address ``?n=…``)."""
    asking = context()
    (number,) = asked("case", "n")
    if not number:
        show_refusal(Refused("claim_not_found", number="–"))
        return
    insurer_id, claim_id = read(lambda s: reading.find_claim(s, asking.actor, number))
    key = CaseKey(insurer_id, claim_id)
    _record_opening(asking, key)
    with st.container(key="case"):
        _pane(key)


def _record_opening(asking: Context, key: CaseKey) -> None:
    """Opening is an event, once per case and browser session in a row.

    Words typed for the case before stay with it, as its drafts. A busy database may take a while.
    """
    if st.session_state.get(OPENED) == key.text:
        return
    st.session_state[OPENED] = key.text
    for name in (CODE_OPEN, *WORDS_OF_A_CASE):
        st.session_state.pop(name, None)
    ids = (key.insurer_id, key.claim_id)
    with st.spinner(_("The case is being opened…")):
        doing(lambda s: taking.open_case(s, asking.actor, *ids, now=asking.now))


@st.fragment
def _pane(key: CaseKey) -> None:
    if navigate.is_asked():
        st.rerun()
    asking = context()
    view, kept, teeth, may_add = read(lambda s: _load(s, asking, key))
    note_shown(view, asking.now)
    drawn = _drawn(key, view, kept)
    with st.container(key="chead"):
        st.html(case_panels.head(view, asking.now))
    with st.container(key="cols", horizontal=True):
        with st.container(key="pPat"):
            _patient_pane(asking, key, view, kept, teeth)
        with st.container(key="pView"):
            viewer(
                "viewer",
                viewer_data(view, drawn),
                lambda seen: _on_seen(asking, key, view, seen),
                (lambda frames: keep_pending(asking, key.frames, frames)) if view.is_mine else None,
            )
        with st.container(key="pLines"):
            lines(
                "lines",
                lines_data(view, kept, focus_data(view), reply_data(), drawn),
                lambda act: do_line_action(asking, key, act),
            )
    with st.bottom:
        _decision_bar(asking, key, view, may_add)
    page_agent("agent", {"keys": KEYS, "drafts": _draft_keys(key)}, _on_rejoin)
    draw_told()


def _load(
    session: Session, asking: Context, key: CaseKey
) -> tuple[case_view.CaseView, dict[str, str], ToothHistory, bool]:
    view = reading.read_case(session, asking.actor, key.insurer_id, key.claim_id, now=asking.now)
    kept = drafts.drafts(session, asking.actor.user_id, "")
    teeth = read_tooth_history(session, asking.actor, view.person_id, centre_id=view.centre_id)
    may_add = may_attach(session, asking.actor, key.place(None), now=asking.now)
    return view, kept, teeth, may_add


def _drawn(key: CaseKey, view: case_view.CaseView, kept: dict[str, str]) -> tuple[Cite, ...]:
    """The frames that whoever holds the case drew and gave no reason yet."""
    text = kept.get(key.frames, "") if view.is_mine else ""
    return show_pending(key.frames, text, {image.number for image in view.images})


def _draft_keys(key: CaseKey) -> dict[str, str]:
    """Text widgets whose words are kept as they are typed."""
    names = ("note", "park", "reason")
    kept = {f"case_{name}": f"case:{key.text}:{name}" for name in names}
    return kept | dialogs.return_draft_keys(key)


def _on_rejoin() -> None:
    """The connection is back: this run has drawn everything anew already."""


def _on_seen(asking: Context, key: CaseKey, view: case_view.CaseView, numbers: list[int]) -> None:
    """Images that were shown are on the trail of the case they are of."""
    ids, now = (key.insurer_id, key.claim_id), clock.now()

    def work(session: Session) -> None:
        reading.record_seen(session, asking.actor, *ids, numbers, now=now)
        reading.record_others_seen(session, asking.actor, view.others, numbers, now=now)

    doing(work)


def _patient_pane(
    asking: Context,
    key: CaseKey,
    view: case_view.CaseView,
    kept: dict[str, str],
    teeth: ToothHistory,
) -> None:
    code = st.session_state.get(CODE_OPEN)
    patient_column(asking, key, view, code)
    if code is None:
        st.button(
            _("Show the national code"),
            key="code_open",
            type="tertiary",
            on_click=_open_code,
            args=(asking, key),
        )
    draw_teeth(view, teeth, asking)
    draw_defects(asking, key, view)
    if view.notes is not None:
        draw_notes(asking, key, view, kept)


def _open_code(asking: Context, key: CaseKey) -> None:
    st.session_state[CODE_OPEN] = doing(
        lambda s: reading.open_national_code(
            s, asking.actor, key.insurer_id, key.claim_id, now=clock.now()
        )
    )


def _decision_bar(asking: Context, key: CaseKey, view: case_view.CaseView, may_add: bool) -> None:
    with st.container(key="dbar", horizontal=True, gap="small"):
        st.html(case_panels.equation(view.money_with_proposals, view))
        st.button("F1", key="help_keys", on_click=dialogs.ask, args=("help",))
        if may_add:
            st.button(
                _("Add images"),
                key="b_images",
                icon=":material/add_photo_alternate:",
                help=_("New files, or earlier images of this patient"),
                on_click=dialogs.ask,
                args=("images",),
            )
        if view.is_mine:
            _own_decisions(asking, key, view)
        elif view.may_take:
            st.button(
                _("Take the case"),
                key="b_finish",
                type="primary",
                shortcut="Ctrl+Enter",
                on_click=_take,
                args=(asking, key),
            )
        elif view.holder and view.state == "under_review" and may(asking.actor, TAKE_OVER):
            st.button(_("Take over"), key="b_take_over", on_click=_take, args=(asking, key, True))
        elif view.may_reopen:
            st.button(_("Reopen"), key="b_reopen", on_click=dialogs.ask, args=("reopen",))
        if settings().demo and view.state == "returned":
            st.button(
                _("Answer as the centre (demonstration)"),
                key="b_answer",
                on_click=_answer,
                args=(key,),
            )
        if view.may_void and not view.is_mine:
            st.button(_("Void"), key="b_void", on_click=dialogs.ask, args=("void",))
    dialogs.draw_asked(asking, key, view)


def _own_decisions(asking: Context, key: CaseKey, view: case_view.CaseView) -> None:
    ask = dialogs.ask
    st.button(_("Pass on"), key="b_pass", shortcut="Shift+F9", on_click=ask, args=("pass",))
    st.button(_("Park"), key="b_park", shortcut="F9", on_click=ask, args=("park",))
    st.button(_("Return"), key="b_return", shortcut="F8", on_click=ask, args=("return",))
    nonce = f"finish:{key.text}:{view.version}"
    st.button(
        _("Finish"),
        key="b_finish",
        type="primary",
        shortcut="Ctrl+Enter",
        on_click=_finish,
        args=(asking, key, view.version, nonce, view.case.available_rial, shown_at()),
    )


def _take(asking: Context, key: CaseKey, from_another: bool = False) -> None:
    ids, now = (key.insurer_id, key.claim_id), clock.now()
    doing(
        lambda s: taking.take_claim(s, asking.actor, *ids, now=now, from_another=from_another),
        done=_("You hold the case now.") if from_another else None,
    )


def _answer(key: CaseKey) -> None:
    """Only in the demonstration: play the centre that remedies the defects."""
    done = _("The centre has answered; the case is in the queue again.")
    doing(
        lambda s: answer_as_centre(
            s, evidence_store(), key.insurer_id, key.claim_id, now=clock.now()
        ),
        done=done,
    )


def _finish(
    asking: Context,
    key: CaseKey,
    version: int,
    nonce: str,
    available_rial: int | None,
    shown: datetime,
) -> None:
    """Finish, then take the next case; a refusal names the lines and moves the focus there."""
    try:
        allow_finish(asking, key, version, nonce, available_rial, shown)
    except Refused as refused:
        dialogs.tell_refused(refused)
        return
    go_to_next(asking)
