"""The case page's two lists of words: defects with their judgement, and internal notes."""

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _
from workbench.pages.assessor.case_state import CaseKey
from workbench.services.claims import notes
from workbench.services.claims.view import CaseView
from workbench.services.desk import drafts
from workbench.ui import case_panels
from workbench.ui.page import Context, doing


def draw_defects(asking: Context, key: CaseKey, view: CaseView) -> None:
    """What the last return named; in the round after it, each as remedied or not."""
    last = max((defect.round for defect in view.defects), default=0)
    is_former = last < len(view.rounds)
    if last:
        title = _("Defects of the former round") if is_former else _("Defects named")
        st.html(case_panels.heading(title))
    for defect in view.defects:
        if defect.round != last:
            continue
        may_judge = view.is_mine and last == len(view.rounds) - 1
        st.html(case_panels.defect(defect, with_judgement=not may_judge))
        if may_judge:
            choice = st.segmented_control(
                defect.title,
                options=[True, False],
                format_func=lambda yes: _("remedied") if yes else _("not remedied"),
                default=defect.is_remedied,
                key=f"defect_{defect.defect_id}",
                label_visibility="collapsed",
            )
            if choice is not None and choice != defect.is_remedied:
                _judge(asking, key, defect.defect_id, bool(choice))


def _judge(asking: Context, key: CaseKey, defect_id: int, is_remedied: bool) -> None:
    doing(
        lambda s: notes.judge_defect(
            s,
            asking.actor,
            key.insurer_id,
            key.claim_id,
            defect_id=defect_id,
            is_remedied=is_remedied,
            now=clock.now(),
        )
    )
    st.rerun(scope="fragment")


def draw_notes(asking: Context, key: CaseKey, view: CaseView, kept: dict[str, str]) -> None:
    """What colleagues wrote for each other, and the field for more; its words are kept."""
    st.html(case_panels.notes(view.notes or ()))
    st.session_state.setdefault("case_note", kept.get(f"case:{key.text}:note", ""))
    st.text_area(
        _("Internal note"),
        key="case_note",
        height=80,
        placeholder=_("Only assessors, lead and commission see this"),
        label_visibility="collapsed",
    )
    st.button(_("Add the note"), key="add_note", on_click=_add_note, args=(asking, key))


def _add_note(asking: Context, key: CaseKey) -> None:
    def work(session: Session) -> bool:
        notes.add_note(
            session,
            asking.actor,
            key.insurer_id,
            key.claim_id,
            text=st.session_state["case_note"],
            now=clock.now(),
        )
        drafts.delete_drafts(session, asking.actor.user_id, f"case:{key.text}:note")
        return True

    if doing(work):
        st.session_state["case_note"] = ""
