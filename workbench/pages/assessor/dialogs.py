"""The dialogs of the case page: return, park, pass on, reopen, void, keys."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Literal

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.pages.assessor import pair_dialogs
from workbench.pages.assessor.case_state import (
    ASKED,
    DONE,
    CaseKey,
    first_undecided,
    focus_line,
)
from workbench.pages.assessor.return_dialog import draft_keys, draw_return
from workbench.persian.jalali import TEHRAN
from workbench.services.claims import deciding, taking
from workbench.services.claims.view import CaseView
from workbench.services.desk import drafts
from workbench.services.errors import sentence
from workbench.ui import case_panels, navigate
from workbench.ui.add_images import Target, draw_add_images, forget_images
from workbench.ui.format import digits
from workbench.ui.jalali_input import jalali_input, not_a_day, typed_day
from workbench.ui.page import Context, doing, take_refusals, tell
from workbench.ui.page import reading as read

LARGE = ("return", "images")
PARK_UNTIL = "case_park_until"
return_draft_keys = draft_keys


def ask(name: str) -> None:
    """Open a dialog in the coming run."""
    st.session_state[ASKED] = (name, None)
    st.session_state.pop(DONE, None)


def forget() -> None:
    """The dialog was dismissed."""
    name, _number = st.session_state.pop(ASKED, None) or (None, None)
    if name == "images":
        forget_images()


def draw_asked(asking: Context, key: CaseKey, view: CaseView) -> None:
    """Show the dialog that was asked for until it is decided or dismissed.

    A rerun of the page beneath (a seen image, a timer) must not close it.
    """
    name, number = st.session_state.get(ASKED) or (None, None)
    if name is None:
        return
    if number not in (None, view.number):
        forget()
        return
    st.session_state[ASKED] = (name, view.number)
    titles = {
        "return": _("Return case {number}"),
        "park": _("Park case {number}"),
        "pass": _("Pass case {number} on"),
        "reopen": _("Reopen case {number}"),
        "void": _("Void case {number}"),
        "help": _("Keys"),
        "images": _("Add images to case {number}"),
        "ask_back": _("Take an answer back, case {number}"),
        "answer_late": _("Found after the decision of case {number}"),
    }
    bodies: dict[str, Callable[[], object]] = {
        "return": lambda: draw_return(asking, key, view, DONE),
        "park": lambda: _park(asking, key, view),
        "pass": lambda: _pass(asking, key, view),
        "reopen": lambda: _with_reason(asking, key, view, _reopen),
        "void": lambda: _with_reason(asking, key, view, _void),
        "help": lambda: st.html(case_panels.keys_help()),
        "images": lambda: draw_add_images(asking, _target(key, view)),
        "ask_back": lambda: pair_dialogs.draw_ask_back(asking, key, view),
        "answer_late": lambda: pair_dialogs.draw_answer_late(asking, key, view),
    }
    title = titles[name].format(number=digits(view.number))
    width: Literal["large", "small"] = "large" if name in LARGE else "small"
    open_dialog = st.dialog(title, width=width, on_dismiss=forget)
    open_dialog(lambda: _body(bodies[name]))()


def _body(draw: Callable[[], object]) -> None:
    """A dialog whose decision went through closes; a refused one says why and stays."""
    if st.session_state.pop(DONE, False):
        forget()
        st.rerun()
    for text in take_refusals():
        st.html(case_panels.refusal(text))
    draw()


def _target(key: CaseKey, view: CaseView) -> Target:
    """Whatever version the case has meanwhile: an image more does no harm."""
    teeth = {line.tooth for line in view.case.lines if line.tooth is not None}
    return Target(place=key.place(None), teeth=tuple(sorted(teeth)), leave=forget)


def tell_refused(refused: Refused) -> None:
    """Say why a finish was refused and move the focus to the first undecided line."""
    tell("refused", sentence(refused))
    number = first_undecided(refused)
    if number is not None:
        focus_line(number)


def _buttons(label: str, on_ok: Callable[[], None]) -> None:
    with st.container(key="dlg_buttons", horizontal=True, horizontal_alignment="right"):
        st.button(label, key="dlg_ok", type="primary", shortcut="Ctrl+Enter", on_click=on_ok)


def _park(asking: Context, key: CaseKey, view: CaseView) -> None:
    prefix = f"case:{key.text}:park"
    kept = read(lambda s: drafts.drafts(s, asking.actor.user_id, prefix)).get(prefix, "")
    st.session_state.setdefault("case_park", kept)
    st.text_area(_("Why is it set aside?"), key="case_park", height=110)
    tomorrow = asking.now.astimezone(TEHRAN).date() + timedelta(days=1)
    jalali_input(_("Remind me on"), PARK_UNTIL, tomorrow)

    def park(session: Session, until_on: date) -> bool:
        taking.park_claim(
            session,
            asking.actor,
            key.insurer_id,
            key.claim_id,
            reason=st.session_state["case_park"],
            until_on=until_on,
            version=view.version,
            now=clock.now(),
        )
        drafts.delete_drafts(session, asking.actor.user_id, prefix)
        return True

    def decide() -> None:
        until_on = typed_day(PARK_UNTIL)
        if until_on is None:
            tell("refused", not_a_day())
        else:
            _leave(lambda s: park(s, until_on), _("The case is parked."))

    _buttons(_("Park"), decide)


def _pass(asking: Context, key: CaseKey, view: CaseView) -> None:
    people = read(lambda s: taking.read_colleagues(s, asking.actor, key.insurer_id, key.claim_id))
    if not people:
        st.html(case_panels.hint(_("No colleague can take this case now.")))
        return
    chosen = st.selectbox(
        _("Colleague"),
        options=[user_id for user_id, _name in people],
        format_func=lambda user_id: dict(people)[user_id],
        key="case_pass_to",
    )

    def pass_on(session: Session) -> bool:
        taking.pass_on_claim(
            session,
            asking.actor,
            key.insurer_id,
            key.claim_id,
            to_user_id=chosen,
            version=view.version,
            now=clock.now(),
        )
        return True

    _buttons(_("Pass on"), lambda: _leave(pass_on, _("The case was passed on.")))


def _with_reason(
    asking: Context,
    key: CaseKey,
    view: CaseView,
    work: Callable[[Session, Context, CaseKey, CaseView, str], str],
) -> None:
    prefix = f"case:{key.text}:reason"
    kept = read(lambda s: drafts.drafts(s, asking.actor.user_id, prefix)).get(prefix, "")
    st.session_state.setdefault("case_reason", kept)
    st.text_area(_("Reason"), key="case_reason", height=110)

    def decided(session: Session, reason: str) -> str:
        told = work(session, asking, key, view, reason)
        drafts.delete_drafts(session, asking.actor.user_id, prefix)
        return told

    def decide() -> None:
        reason = st.session_state["case_reason"]
        told = doing(lambda s: decided(s, reason))
        if told:
            tell("done", told)
            st.session_state["case_reason"] = ""
            st.session_state[DONE] = True

    _buttons(_("Confirm"), decide)


def _reopen(session: Session, asking: Context, key: CaseKey, view: CaseView, reason: str) -> str:
    short_rial = deciding.reopen_claim(
        session, asking.actor, key.place(view.version), reason=reason, now=clock.now()
    )
    if short_rial is None:
        return _("The case is open again; its ceiling is reserved.")
    return _("The case is open again, but {amount} rials could not be reserved again.").format(
        amount=digits(f"{short_rial:,}")
    )


def _void(session: Session, asking: Context, key: CaseKey, view: CaseView, reason: str) -> str:
    deciding.void_claim(
        session, asking.actor, key.place(view.version), reason=reason, now=clock.now()
    )
    return _("The case is void; what it had reserved is free again.")


def _leave(work: Callable[[Session], bool], told: str) -> None:
    """Do a decision after which the case is no longer the actor's, then go to the desk."""
    if doing(work, done=told):
        st.session_state[DONE] = True
        st.session_state["case_park"] = ""
        navigate.go("desk")
