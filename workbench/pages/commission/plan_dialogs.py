"""The dialogs of the plan page: return for defects, replace a member, keys."""

from collections.abc import Callable
from itertools import groupby
from typing import Literal

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _
from workbench.pages.commission.next_plan import go_to_next_plan
from workbench.pages.commission.plan_state import (
    ASKED,
    DONE,
    SEEDED,
    PlanKey,
    draft,
    forget,
    frames_key,
)
from workbench.persian.rial import isolate
from workbench.persian.text import normalise
from workbench.rules.findings.similar import DEFECT, is_same
from workbench.services.commission.rounds import PlanDefectInput, return_plan
from workbench.services.commission.seats import Replacement, read_colleagues
from workbench.services.commission.similar import read_similar
from workbench.services.commission.view import Member, PlanView, SeatState
from workbench.services.commission.votes import replace_on_panel
from workbench.services.desk import drafts
from workbench.ui import case_panels, words
from workbench.ui.add_images import Target, draw_add_images
from workbench.ui.components.viewer import viewer_keys
from workbench.ui.format import digits
from workbench.ui.frames import choose_frames, chosen_frames
from workbench.ui.page import Context, doing, take_refusals
from workbench.ui.page import reading as read

GROUPS = ("image", "document", "line", "other")
LARGE = ("return", "images")
DEFECT_OF_ITEM = {
    "identity": "R08",
    "plan_form": "R07",
    "photograph": "R06",
    "panoramic": "R05",
    "jaw_radiograph": "R05",
    "abutment_radiograph": "R02",
    "cephalometric": "R01",
}
"""The defect that a missing document of the pack proposes."""

NOBODY = 0


def draft_keys(key: PlanKey, view: PlanView) -> dict[str, str]:
    """The text fields of the dialogs whose words are kept as they are typed."""
    kept = {
        f"pr_text_{each.code}": draft(key, f"return:{each.code}") for each in view.defect_reasons
    }
    return kept | {"pl_replace_why": draft(key, "replace")}


def draw_asked(asking: Context, key: PlanKey, view: PlanView) -> None:
    """Show the dialog that was asked for until it is decided or dismissed."""
    name, number = st.session_state.get(ASKED) or (None, None)
    if name is None:
        return
    if number not in (None, view.number):
        forget()
        return
    st.session_state[ASKED] = (name, view.number)
    titles = {
        "return": _("Return plan {number} for defects"),
        "replace": _("Replace a member of the panel"),
        "help": _("Keys"),
        "images": _("Add images to plan {number}"),
    }
    bodies: dict[str, Callable[[], object]] = {
        "return": lambda: _draw_return(asking, key, view),
        "replace": lambda: _draw_replace(asking, key, view),
        "help": lambda: st.html(_keys_help()),
        "images": lambda: draw_add_images(asking, _target(key, view)),
    }
    width: Literal["large", "small"] = "large" if name in LARGE else "small"
    title = titles[name].format(number=digits(view.number))
    st.dialog(title, width=width, on_dismiss=forget)(lambda: _body(bodies[name]))()


def _body(draw: Callable[[], object]) -> None:
    """A dialog whose decision went through closes; a refused one says why and stays."""
    if st.session_state.pop(DONE, False):
        forget()
        st.rerun()
    for text in take_refusals():
        st.html(case_panels.refusal(text))
    draw()


def _target(key: PlanKey, view: PlanView) -> Target:
    teeth = {unit.place.tooth for unit in view.units if unit.place.tooth is not None}
    return Target(place=key.place(), teeth=tuple(sorted(teeth)), leave=forget)


def _draw_return(asking: Context, key: PlanKey, view: PlanView) -> None:
    _seed(asking, key, view)
    chosen = [each for each in view.defect_reasons if st.session_state.get(f"pr_{each.code}")]
    with st.container(key="ret_panes", horizontal=True):
        with st.container(key="ret_list"):
            _choices(view)
        with st.container(key="ret_chosen"):
            for each in chosen:
                st.html(case_panels.defect_title(each))
                st.text_area(
                    _("Text for the centre"),
                    key=f"pr_text_{each.code}",
                    height=70,
                    placeholder=_("What exactly is missing, in your words (optional)"),
                    label_visibility="collapsed",
                )
                choose_frames(frames_key(key), f"pr_cites_{each.code}")
            if not chosen:
                st.html(case_panels.hint(_("Choose at least one defect at the side.")))
    with st.container(key="dlg_buttons", horizontal=True, horizontal_alignment="distribute"):
        stands = _("The clock stands until the plan comes back.")
        said = _("Chosen: {n}.").format(n=digits(len(chosen)))
        st.html(case_panels.hint(f"{said} {stands}" if chosen else stands))
        st.button(
            _("Return the plan"),
            key="dlg_ok",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=_return,
            args=(asking, key, view, [each.code for each in chosen]),
        )


def _seed(asking: Context, key: PlanKey, view: PlanView) -> None:
    """At first: what the pack lacks, an image that was used before, and kept drafts."""
    mark = (key.text, view.round)
    if st.session_state.get(SEEDED) == mark:
        return
    prefix = draft(key, "return:")
    kept = read(lambda s: drafts.drafts(s, asking.actor.user_id, prefix))
    similar = read(lambda s: read_similar(s, asking.actor, key.place()))
    proposed = {DEFECT_OF_ITEM[item.name] for item in view.pack.missing}
    proposed |= {DEFECT for each in similar.findings if is_same(each)}
    for each in view.defect_reasons:
        text = kept.get(prefix + each.code, "")
        st.session_state[f"pr_text_{each.code}"] = text
        st.session_state[f"pr_{each.code}"] = bool(text) or each.code in proposed
    st.session_state[SEEDED] = mark


def _choices(view: PlanView) -> None:
    wanted = normalise(
        st.text_input(
            _("Search"),
            key="pr_search",
            placeholder=_("Search the defects"),
            label_visibility="collapsed",
        )
    )
    shown = [
        each for each in view.defect_reasons if wanted in normalise(f"{each.code} {each.title}")
    ]
    shown.sort(key=lambda each: (GROUPS.index(each.group), each.code))
    for group, members in groupby(shown, key=lambda each: each.group):
        st.html(case_panels.heading(words.defect_group(group)))
        for each in members:
            st.checkbox(f"{isolate(each.title)} · {each.code}", key=f"pr_{each.code}")


def _return(asking: Context, key: PlanKey, view: PlanView, codes: list[str]) -> None:
    def work(session: Session) -> bool:
        return_plan(
            session,
            asking.actor,
            key.place(view.place.version),
            [
                PlanDefectInput(
                    reason=code,
                    text=st.session_state.get(f"pr_text_{code}", ""),
                    cites=chosen_frames(frames_key(key), f"pr_cites_{code}"),
                )
                for code in codes
            ],
            now=clock.now(),
        )
        drafts.delete_drafts(session, asking.actor.user_id, draft(key, ""))
        return True

    said = _("Plan {number} was returned for its defects; its clock stands.")
    if doing(work, done=said.format(number=digits(view.number))):
        st.session_state[DONE] = True
        go_to_next_plan(asking)


def _draw_replace(asking: Context, key: PlanKey, view: PlanView) -> None:
    members = [each for each in view.panel.members if each.state is not SeatState.REPLACED]
    if not members:
        st.html(case_panels.hint(_("Nobody sits on the panel yet.")))
        return
    names = {each.user_id: each.name for each in members}
    st.selectbox(
        _("Who is replaced"), list(names), key="pl_replace_who", format_func=lambda one: names[one]
    )
    _warn_of_votes(members)
    fit = dict(read(lambda s: read_colleagues(s, asking.actor, key.place())))
    st.selectbox(
        _("By whom"),
        [NOBODY, *fit],
        key="pl_replace_by",
        format_func=lambda one: fit.get(one, _("nobody yet: the seat is free")),
    )
    prefix = draft(key, "replace")
    kept = read(lambda s: drafts.drafts(s, asking.actor.user_id, prefix)).get(prefix, "")
    st.session_state.setdefault("pl_replace_why", kept)
    st.text_area(_("Reason"), key="pl_replace_why", height=80)
    with st.container(key="dlg_buttons", horizontal=True, horizontal_alignment="right"):
        st.button(
            _("Replace"),
            key="dlg_ok",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=_replace,
            args=(asking, key, view),
        )


def _warn_of_votes(members: list[Member]) -> None:
    """A vote goes with its member."""
    chosen = st.session_state.get("pl_replace_who")
    if any(each.user_id == chosen and each.state is SeatState.VOTED for each in members):
        st.html(case_panels.hint(_("The vote of this member will not count any more.")))


def _replace(asking: Context, key: PlanKey, view: PlanView) -> None:
    change = Replacement(
        member_id=st.session_state["pl_replace_who"],
        reason=st.session_state["pl_replace_why"],
        by_id=st.session_state["pl_replace_by"] or None,
    )

    def work(session: Session) -> bool:
        place = key.place(view.place.version)
        replace_on_panel(session, asking.actor, place, change, now=clock.now())
        drafts.delete_drafts(session, asking.actor.user_id, draft(key, "replace"))
        return True

    if doing(work, done=_("The member was replaced.")):
        st.session_state[DONE] = True
        st.session_state["pl_replace_why"] = ""


def _keys_help() -> str:
    return case_panels.keys_table(
        (
            ("F4", _("approve all units")),
            ("Ctrl+Enter", _("take a seat, vote or decide, and open the next plan")),
            ("F6", _("both images of two that look alike, side by side")),
            ("F8", _("return the plan for its defects")),
            ("Ctrl+K", _("back to the inbox")),
            *viewer_keys(),
            ("← → ↑ ↓", _("in the chart: from tooth to tooth")),
            ("Esc", _("close what is open")),
        )
    )
