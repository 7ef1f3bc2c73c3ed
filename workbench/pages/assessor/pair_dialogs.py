"""Dialogs about two images that look alike: an answer taken back by the lead, one given late."""

from collections.abc import Callable

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _
from workbench.pages.assessor.case_state import ASKED, DONE, CaseKey
from workbench.persian.jalali import day_of
from workbench.persian.rial import isolate
from workbench.rules import sentences
from workbench.rules.findings.similar import COINCIDENCE, SAME, pair_of
from workbench.services.claims.view import CaseView
from workbench.services.images.pair_answers import answer_late_pair, take_back_answer
from workbench.ui import case_panels
from workbench.ui.format import clock_time, day
from workbench.ui.page import Context, doing

ABOUT = "case.pair"
WHY = "case_pair_why"


def ask_about(name: str, finding: str) -> None:
    """Open the dialog in the coming run, about the finding with this key."""
    st.session_state[ASKED] = (name, None)
    st.session_state[ABOUT] = finding
    st.session_state[WHY] = ""
    st.session_state.pop(DONE, None)


def draw_ask_back(asking: Context, key: CaseKey, view: CaseView) -> None:
    """Why the answer of somebody is taken back."""
    finding = next((f for f in view.findings if f.key == st.session_state.get(ABOUT)), None)
    answer = view.pairs.get(pair_of(finding)) if finding is not None else None
    if finding is None or answer is None:
        st.html(case_panels.hint(_("Nobody has said anything about these two images.")))
        return
    words = {
        SAME: _("{name} said on {day} at {time} that it is the same picture."),
        COINCIDENCE: _("{name} said on {day} at {time} that it is a coincidence."),
    }[answer.decision].format(
        name=isolate(answer.by), day=day(day_of(answer.at)), time=clock_time(answer.at)
    )
    st.html(case_panels.hint(words))
    st.text_area(
        _("Why is it taken back?"),
        key=WHY,
        height=90,
        help=_("It stays with the case as an internal note."),
    )

    def work(session: Session) -> bool:
        take_back_answer(
            session,
            asking.actor,
            key.place(view.version),
            key=finding.key,
            reason=st.session_state[WHY],
            now=clock.now(),
        )
        return True

    said = _("The answer is taken back; the two images ask again.")
    _buttons({_("Take the answer back"): lambda: _do(work, said)})


def draw_answer_late(asking: Context, key: CaseKey, view: CaseView) -> None:
    """What the two images are that were found alike after the case was decided."""
    finding = next((f for f in view.findings if f.key == st.session_state.get(ABOUT)), None)
    if finding is None:
        st.html(case_panels.hint(_("This finding no longer applies.")))
        return
    st.html(case_panels.hint(sentences.sentence(finding)))
    st.text_area(_("Reason, if it is a coincidence"), key=WHY, height=90)

    def work(session: Session, decision: str) -> bool:
        answer_late_pair(
            session,
            asking.actor,
            key.place(None),
            key=finding.key,
            decision=decision,
            reason=st.session_state[WHY],
            now=clock.now(),
        )
        return True

    same = _("Said to be the same picture. The decision stands until the case is reopened.")
    chance = _("Remembered as a coincidence; nobody is asked again.")
    _buttons(
        {
            _("A coincidence"): lambda: _do(lambda s: work(s, COINCIDENCE), chance),
            _("It is the same picture"): lambda: _do(lambda s: work(s, SAME), same),
        }
    )


def _do(work: Callable[[Session], bool], said: str) -> None:
    if doing(work, done=said):
        st.session_state[DONE] = True


def _buttons(choices: dict[str, Callable[[], None]]) -> None:
    """Two answers are equal; a single one is the primary button."""
    is_single = len(choices) == 1
    with st.container(key="dlg_buttons", horizontal=True, horizontal_alignment="right"):
        for place, (label, work) in enumerate(choices.items()):
            st.button(
                label,
                key=f"dlg_pair_{place}",
                type="primary" if is_single else "secondary",
                shortcut="Ctrl+Enter" if is_single else None,
                on_click=work,
            )
