"""The return dialog (mock-up 05): defects at the right, each with scope and text at the left."""

from collections.abc import Iterable
from itertools import groupby

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _
from workbench.pages.assessor.case_state import CaseKey
from workbench.pages.assessor.next_case import go_to_next
from workbench.persian.rial import isolate
from workbench.persian.text import normalise
from workbench.services.claims.deciding import DefectInput, return_claim
from workbench.services.claims.proposed_defects import proposed_defects, proposed_images
from workbench.services.claims.view import CaseView, ReasonChoice
from workbench.services.desk import drafts
from workbench.ui import case_panels, words
from workbench.ui.format import digits
from workbench.ui.frames import choose_frames, chosen_frames
from workbench.ui.page import Context, doing, tell
from workbench.ui.page import reading as read

SCOPES = ("case", "line", "image")
MANY = 24
GROUPS = ("image", "document", "line", "other")


def draft_keys(key: CaseKey) -> dict[str, str]:
    """The text fields of the dialog whose words are kept as they are typed."""
    codes = [f"R{number:02d}" for number in range(1, MANY)]
    return {f"ret_text_{code}": f"case:{key.text}:return:{code}" for code in codes}


def draw_return(asking: Context, key: CaseKey, view: CaseView, done_flag: str) -> None:
    """Choose defects, say what each is about, see what the centre will read, return."""
    _seed(asking, key, view)
    chosen = [each for each in view.defect_reasons if st.session_state.get(f"ret_{each.code}")]
    with st.container(key="ret_panes", horizontal=True):
        with st.container(key="ret_list"):
            _choices(view.defect_reasons)
        with st.container(key="ret_chosen"):
            for each in chosen:
                _scope_and_text(key, view, each)
            if chosen:
                st.html(case_panels.letter(_letter(key, view, chosen)))
            else:
                st.html(case_panels.hint(_("Choose at least one defect at the side.")))
    with st.container(key="dlg_buttons", horizontal=True, horizontal_alignment="distribute"):
        st.html(case_panels.hint(_how_many(len(chosen))))
        st.button(
            _("Return the case"),
            key="dlg_ok",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=_return,
            args=(asking, key, view, [each.code for each in chosen], done_flag),
        )


def _how_many(count: int) -> str:
    reserved = _("The ceiling stays reserved until the case comes back.")
    return f"{_('Chosen: {n}.').format(n=digits(count))} {reserved}" if count else reserved


def _seed(asking: Context, key: CaseKey, view: CaseView) -> None:
    """At first: the defects that open findings ask for, with their lines, and kept drafts."""
    if st.session_state.get("ret_for") == (key.text, view.version):
        return
    for each in view.defect_reasons:
        for name in ("", "scope_", "lines_"):
            st.session_state.pop(f"ret_{name}{each.code}", None)
    prefix = f"case:{key.text}:return:"
    kept = read(lambda s: drafts.drafts(s, asking.actor.user_id, prefix))
    for each in view.defect_reasons:
        text = kept.get(prefix + each.code, "")
        st.session_state[f"ret_text_{each.code}"] = text
        if text:
            st.session_state[f"ret_{each.code}"] = True
    for code, lines in proposed_defects(view).items():
        st.session_state[f"ret_{code}"] = True
        if lines:
            st.session_state[f"ret_scope_{code}"] = "line"
            st.session_state[f"ret_lines_{code}"] = list(lines)
    for code, image in proposed_images(view).items():
        st.session_state[f"ret_scope_{code}"] = "image"
        st.session_state[f"ret_image_{code}"] = image
    st.session_state["ret_for"] = (key.text, view.version)


def _choices(reasons: Iterable[ReasonChoice]) -> None:
    wanted = normalise(
        st.text_input(
            _("Search"),
            key="ret_search",
            placeholder=_("Search the defects"),
            label_visibility="collapsed",
        )
    )
    shown = [each for each in reasons if wanted in normalise(f"{each.code} {each.title}")]
    shown.sort(key=lambda each: (GROUPS.index(each.group), each.code))
    for group, members in groupby(shown, key=lambda each: each.group):
        st.html(case_panels.heading(words.defect_group(group)))
        for each in members:
            st.checkbox(f"{isolate(each.title)} · {each.code}", key=f"ret_{each.code}")


def _scope_and_text(key: CaseKey, view: CaseView, reason: ReasonChoice) -> None:
    code = reason.code
    with st.container(border=True, key=f"ret_card_{code}"):
        st.html(case_panels.defect_title(reason))
        with st.container(horizontal=True, key=f"ret_row_{code}"):
            scope = st.segmented_control(
                _("Scope"),
                options=SCOPES,
                format_func=_scope_name,
                default="case" if f"ret_scope_{code}" not in st.session_state else None,
                key=f"ret_scope_{code}",
                label_visibility="collapsed",
            )
            if scope == "line":
                st.multiselect(
                    _("Lines"),
                    options=[line.number for line in view.case.lines],
                    format_func=lambda number: case_panels.line_name(view, number),
                    key=f"ret_lines_{code}",
                    placeholder=_("Choose…"),
                    label_visibility="collapsed",
                )
            elif scope == "image" and view.images:
                st.selectbox(
                    _("Image"),
                    options=[image.number for image in view.images],
                    format_func=lambda number: case_panels.image_name(view, number),
                    key=f"ret_image_{code}",
                    label_visibility="collapsed",
                )
        st.text_area(
            _("Text for the centre"),
            key=f"ret_text_{code}",
            height=70,
            placeholder=_("What exactly is missing, in your words (optional)"),
            label_visibility="collapsed",
        )
        choose_frames(key.frames, f"ret_cites_{code}", on_change=lambda: _follow_frame(key, code))


def _follow_frame(key: CaseKey, code: str) -> None:
    """A frame says which image is meant."""
    for cite in chosen_frames(key.frames, f"ret_cites_{code}")[:1]:
        if st.session_state.get(f"ret_scope_{code}") != "line":
            st.session_state[f"ret_scope_{code}"] = "image"
            st.session_state[f"ret_image_{code}"] = cite.image


def _scope_name(scope: str) -> str:
    return {"case": _("case"), "line": _("line"), "image": _("image")}[scope]


def _inputs(key: CaseKey, codes: Iterable[str]) -> list[DefectInput]:
    """One defect a line where lines are named."""
    state = st.session_state
    found = []
    for code in codes:
        scope = state.get(f"ret_scope_{code}") or "case"
        lines = state.get(f"ret_lines_{code}") if scope == "line" else None
        found += [
            DefectInput(
                reason=code,
                scope=scope,
                line_number=line,
                image_number=state.get(f"ret_image_{code}") if scope == "image" else None,
                text=state.get(f"ret_text_{code}", ""),
                cites=chosen_frames(key.frames, f"ret_cites_{code}"),
            )
            for line in lines or [None]
        ]
    return found


def _letter(key: CaseKey, view: CaseView, chosen: list[ReasonChoice]) -> str:
    """What the centre will read, from the same function that the notice uses."""
    titles = {each.code: each.title for each in chosen}
    return case_panels.letter_text(view, _inputs(key, titles), titles)


def _return(
    asking: Context, key: CaseKey, view: CaseView, codes: list[str], done_flag: str
) -> None:
    def work(session: Session) -> str:
        number = return_claim(
            session,
            asking.actor,
            key.place(view.version),
            defects=_inputs(key, codes),
            nonce=f"return:{key.text}:{view.version}",
            now=clock.now(),
        )
        drafts.delete_drafts(session, asking.actor.user_id, f"case:{key.text}:")
        return number

    number = doing(work)
    if number:
        st.session_state[done_flag] = True
        tell(
            "done", _("Case {number} was returned with its defects.").format(number=digits(number))
        )
        go_to_next(asking)
