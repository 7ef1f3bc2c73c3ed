"""The plan page (mock-up 08): images by kind, clock, teeth, panel, the vote and its result."""

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.pages.commission import plan_alike, plan_said, plan_vote
from workbench.pages.commission import plan_dialogs as dialogs
from workbench.pages.commission import plan_panels as panels
from workbench.pages.commission import plan_side as side
from workbench.pages.commission.inbox import open_plan
from workbench.pages.commission.next_plan import go_to_next_plan
from workbench.pages.commission.plan_data import teeth_data, viewer_data
from workbench.pages.commission.plan_state import SEEDED, PlanKey, ask, draft, frames_key
from workbench.rules.workflow import PlanState
from workbench.services.access import may
from workbench.services.commission import reading as plan_reading
from workbench.services.commission.demo_answer import answer_plan
from workbench.services.commission.evidence import record_images_shown
from workbench.services.commission.minutes import plan_minutes
from workbench.services.commission.notes import add_plan_note
from workbench.services.commission.seats import leave_seat, renew_seat
from workbench.services.commission.similar import PlanSimilar, read_similar
from workbench.services.commission.view import PlanView
from workbench.services.desk import drafts
from workbench.services.images.attach_rights import may_attach
from workbench.services.runtime import evidence_store
from workbench.services.teeth.history import read_tooth_history
from workbench.settings import settings
from workbench.ui import navigate
from workbench.ui.address import asked
from workbench.ui.components.odontogram import odontogram
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.components.viewer import viewer
from workbench.ui.downloads import PDF, download
from workbench.ui.frames import keep_pending, show_pending
from workbench.ui.page import Context, context, doing, draw_told, show_refusal
from workbench.ui.page import reading as read

OPENED, CODE, NOTE = "plan.opened", "plan.code", "plan_note"
CLOCK_SECONDS = 60
KEYS = {
    "Ctrl+Enter": "b_vote",
    "F4": "b_all",
    "F6": "pl_alike",
    "F8": "b_return",
    "Ctrl+K": "b_inbox",
    "F1": "help_keys",
}


def plan_page() -> None:
    """The page of one plan (address ``?n=…``)."""
    asking = context()
    (number,) = asked("plan", "n")
    if not number:
        show_refusal(Refused("plan_not_found"))
        return
    key = PlanKey(*read(lambda s: plan_reading.find_plan(s, asking.actor, number)))
    _record_opening(asking, key)
    with st.container(key="plan"):
        _pane(key)


def _record_opening(asking: Context, key: PlanKey) -> None:
    """Opening is an event, once per plan and browser session in a row."""
    if st.session_state.get(OPENED) == key.text:
        return
    st.session_state[OPENED] = key.text
    for name in (CODE, NOTE, "pl_replace_why", SEEDED):
        st.session_state.pop(name, None)
    doing(lambda s: _open_plan(s, asking, key))


def _open_plan(session: Session, asking: Context, key: PlanKey) -> None:
    """A visit is a sign of life on the visitor's seat."""
    plan_reading.open_plan(session, asking.actor, key.place(), now=asking.now)
    renew_seat(session, asking.actor, key.place(), now=asking.now)


@st.fragment
def _pane(key: PlanKey) -> None:
    if navigate.is_asked():
        st.rerun()
    asking = context()
    view, kept, may_add, similar = read(lambda s: _load(s, asking, key))
    plan_vote.seed(key, view, kept)
    with st.container(key="pl_head", horizontal=True, vertical_alignment="center"):
        st.html(side.head(view), width="stretch")
        st.button(_("Inbox"), key="b_inbox", on_click=navigate.go, args=("commission",))
    if view.interest is not None:
        st.html(side.interest(view))
    with st.container(key="pl_strip"):
        st.html(side.strip(view))
    with st.container(key="pl_cols", horizontal=True):
        with st.container(key="pl_side"):
            _side(asking, key, view)
        with st.container(key="pl_mid"):
            _middle(asking, key, view, kept, similar)
        with st.container(key="pl_left"):
            _decision(asking, key, view, kept)
    with st.bottom:
        _bar(asking, key, view, may_add)
    agent = {"keys": KEYS, "drafts": _draft_keys(key, view, similar)}
    page_agent("agent", agent, lambda: None)
    draw_told()


def _load(
    session: Session, asking: Context, key: PlanKey
) -> tuple[PlanView, dict[str, str], bool, PlanSimilar]:
    view = plan_reading.read_plan(session, asking.actor, key.place(), now=asking.now)
    may_add = may_attach(session, asking.actor, key.place(), now=asking.now)
    kept = drafts.drafts(session, asking.actor.user_id, draft(key, ""))
    return view, kept, may_add, read_similar(session, asking.actor, key.place())


def _draft_keys(key: PlanKey, view: PlanView, similar: PlanSimilar) -> dict[str, str]:
    kept = plan_alike.draft_keys(key, similar) | plan_vote.draft_keys(key, view)
    return kept | dialogs.draft_keys(key, view) | {NOTE: draft(key, "note")}


def _side(asking: Context, key: PlanKey, view: PlanView) -> None:
    with st.container(key="pl_patient"):
        st.html(side.patient(view, st.session_state.get(CODE)))
        if st.session_state.get(CODE) is None and view.interest is None:
            st.button(
                _("Show the national code"),
                key="code_open",
                type="tertiary",
                on_click=_open_code,
                args=(asking, key),
            )
        st.html(side.ceiling(view))
    _clock(key)
    open_rows("pl_rounds", side.rounds(view), _open)


@st.fragment(run_every=CLOCK_SECONDS)
def _clock(key: PlanKey) -> None:
    """The clock counts by itself; it keeps no session alive."""
    asking = context(is_activity=False)
    running = read(lambda s: plan_reading.read_clock(s, asking.actor, key.place(), now=asking.now))
    st.html(side.clock(running, asking.now))


def _open_code(asking: Context, key: PlanKey) -> None:
    st.session_state[CODE] = doing(
        lambda s: plan_reading.open_plan_code(s, asking.actor, key.place(), now=clock.now())
    )


def _open(target: str) -> None:
    if target.startswith(side.OPEN_PLAN):
        open_plan(target.removeprefix(side.OPEN_PLAN))


def _middle(
    asking: Context, key: PlanKey, view: PlanView, kept: dict[str, str], similar: PlanSimilar
) -> None:
    frames = frames_key(key)
    may_frame = view.may_vote or view.may_decide or view.may_return  # a reason can be given now
    text = kept.get(frames, "") if may_frame else ""
    drawn = show_pending(frames, text, {image.number for image in view.images})
    st.html(panels.images_head(view))
    with st.container(key="pl_view"):
        viewer(
            "viewer",
            viewer_data(view, similar, drawn),
            lambda seen: _on_seen(asking, key, seen),
            (lambda told: keep_pending(asking, frames, told)) if may_frame else None,
        )
    plan_alike.draw_alike(asking, key, similar)
    history = read(
        lambda s: read_tooth_history(s, asking.actor, view.person_id, centre_id=view.centre_id)
    )
    st.html(panels.teeth_head())
    odontogram("teeth", teeth_data(view, history, plan_said.would_be(key, view), asking.now))


def _on_seen(asking: Context, key: PlanKey, numbers: list[int]) -> None:
    doing(lambda s: record_images_shown(s, asking.actor, key.place(), numbers, now=clock.now()))


def _decision(asking: Context, key: PlanKey, view: PlanView, kept: dict[str, str]) -> None:
    plan_vote.draw_form(asking, key, view)
    st.html(panels.panel(view))
    if view.may_replace and view.panel.members:
        st.button(
            _("Replace a member"),
            key="pl_replace",
            type="tertiary",
            on_click=ask,
            args=("replace",),
        )
    if view.outcome is not None or view.may_vote or view.may_decide:
        st.html(panels.result(view, plan_said.preview(key, view)))
    if view.notes is not None:
        _notes(asking, key, view, kept)


def _notes(asking: Context, key: PlanKey, view: PlanView, kept: dict[str, str]) -> None:
    st.html(panels.notes(view))
    st.session_state.setdefault(NOTE, kept.get(draft(key, "note"), ""))
    with st.container(key="pl_note"):
        st.text_area(
            _("Internal note"),
            key=NOTE,
            height=68,
            placeholder=_("For colleagues only: no centre, insured person or file shows it"),
            label_visibility="collapsed",
        )
        st.button(_("Add the note"), key="add_note", on_click=_add_note, args=(asking, key))


def _add_note(asking: Context, key: PlanKey) -> None:
    def work(session: Session) -> bool:
        add_plan_note(
            session, asking.actor, key.place(), text=st.session_state[NOTE], now=clock.now()
        )
        drafts.delete_drafts(session, asking.actor.user_id, draft(key, "note"))
        return True

    if doing(work):
        st.session_state[NOTE] = ""


def _bar(asking: Context, key: PlanKey, view: PlanView, may_add: bool) -> None:
    """What can be done now; the one that leads on is the primary button."""
    with st.container(key="dbar", horizontal=True, gap="small"):
        st.html(panels.bar(view))
        st.button("F1", key="help_keys", on_click=ask, args=("help",))
        if may_add:
            st.button(
                _("Add images"),
                key="b_images",
                icon=":material/add_photo_alternate:",
                help=_("New files, or earlier images of this patient"),
                on_click=ask,
                args=("images",),
            )
        if view.may_return:
            st.button(
                _("Return for defects"),
                key="b_return",
                shortcut="F8",
                on_click=ask,
                args=("return",),
            )
        if view.may_vote:
            st.button(_("Give the seat back"), key="b_leave", on_click=_leave, args=(asking, key))
        if settings().demo and view.state == PlanState.RETURNED:
            st.button(
                _("Answer as the centre (demonstration)"),
                key="b_answer",
                on_click=_answer,
                args=(key,),
            )
        if view.outcome is not None and view.interest is None:
            download(
                asking,
                _("Minutes (PDF)"),
                lambda session, actor, *, now: plan_minutes(session, actor, key.place(), now=now),
                file_name=f"minutes-{view.number}.pdf",
                mime=PDF,
                key="plan_minutes",
                is_paper=True,
            )
        _primary(asking, key, view)
    dialogs.draw_asked(asking, key, view)


def _primary(asking: Context, key: PlanKey, view: PlanView) -> None:
    if view.may_decide:
        word, work = _("Decide as the chair"), (lambda: plan_vote.decide(asking, key, view))
    elif view.may_vote:
        word, work = _("Vote, open the next"), (lambda: plan_vote.vote(asking, key, view))
    elif view.may_take:
        word, work = _("Take a seat"), (lambda: plan_vote.take(asking, key))
    elif may(asking.actor, "plan.vote"):
        word, work = _("Open the next one for me"), (lambda: go_to_next_plan(asking))
    else:
        return
    st.button(word, key="b_vote", type="primary", shortcut="Ctrl+Enter", on_click=work)


def _leave(asking: Context, key: PlanKey) -> None:
    doing(
        lambda s: leave_seat(s, asking.actor, key.place(), now=clock.now()),
        done=_("Your seat is free for someone else."),
    )


def _answer(key: PlanKey) -> None:
    """Only in the demonstration: play the centre that sends the plan again."""
    doing(
        lambda s: answer_plan(s, evidence_store(), key.place(), now=clock.now()).number,
        done=_("The centre has answered; the plan waits for the commission again."),
    )
