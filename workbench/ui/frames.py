"""Frames drawn in the viewer that belong to no reason yet: drafts, and in the session as shown.

A case or plan is named by the key of its draft.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.rules.facts import Cite
from workbench.rules.frames import CITES_MAX, is_frame, numbered
from workbench.services.images.cite_words import cite_name
from workbench.services.images.pending_frames import change_frames, frames_in
from workbench.ui.page import Context, doing

PENDING = "frames.pending"
SIDES = ("image", "left", "top", "width", "height")


def cite_of(frame: Mapping[str, Any]) -> Cite:
    """A frame as a component sends it; ValueError where it is none."""
    cite = Cite(**{side: frame.get(side, -1) for side in SIDES})
    if not is_frame(cite):
        raise ValueError
    return cite


def show_pending(case: str, kept: str, images: Collection[int]) -> tuple[Cite, ...]:
    """From now on the frames of the draft are pending: those on images that the case has."""
    cites = frames_in(kept, images)
    st.session_state[PENDING] = (case, cites)
    return cites


def pending(case: str) -> tuple[Cite, ...]:
    """The frames drawn on this case as shown last, in the order of drawing."""
    name, cites = st.session_state.get(PENDING, ("", ()))
    return cites if name == case else ()


def keep_pending(asking: Context, case: str, frames: Sequence[Mapping[str, Any]]) -> None:
    """What the viewer says is drawn now; what is no frame is left out."""
    found = []
    for frame in frames[:CITES_MAX]:
        try:
            found.append(cite_of(frame))
        except ValueError:
            continue
    shown = pending(case)
    drawn = [cite for cite in found if cite not in shown]
    gone = [cite for cite in shown if cite not in found]
    user_id, now = asking.actor.user_id, clock.now()
    doing(lambda s: change_frames(s, user_id, case, drawn=drawn, gone=gone, now=now))


def frame_data(cite: Cite) -> dict[str, int]:
    """A frame for the components."""
    return {side: getattr(cite, side) for side in SIDES}


def cite_data(cite: Cite, label: str) -> dict[str, Any]:
    """A frame that a decision rests on, for the viewer: its rectangle in percent."""
    rect = [side / 100 for side in (cite.left, cite.top, cite.width, cite.height)]
    return {"image": cite.image, "rect": rect, "label": label}


def choose_frames(case: str, key: str, on_change: Callable[[], None] | None = None) -> None:
    """Pills of the drawn frames: those that are chosen belong to the reason beside them."""
    names = {_name(cite): cite_name(cite.image, n) for cite, n in numbered(pending(case))}
    if not names:
        return
    st.session_state[key] = [name for name in st.session_state.get(key) or () if name in names]
    st.pills(
        _("Frames"),
        options=list(names),
        format_func=lambda name: names[name],
        selection_mode="multi",
        key=key,
        label_visibility="collapsed",
        on_change=on_change,
    )


def chosen_frames(case: str, key: str) -> tuple[Cite, ...]:
    """What was chosen by ``choose_frames``."""
    chosen = st.session_state.get(key) or ()
    return tuple(cite for cite in pending(case) if _name(cite) in chosen)


def _name(cite: Cite) -> str:
    """A frame by its place: another one that is taken away changes no choice."""
    return "-".join(str(getattr(cite, side)) for side in SIDES)
