"""Frames drawn in the viewer that belong to no reason yet: kept in the session, per case."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import streamlit as st

from workbench.i18n import _
from workbench.rules.facts import Cite
from workbench.rules.frames import CITES_MAX, is_frame, numbered
from workbench.services.cite_words import cite_name

PENDING = "frames.pending"
SIDES = ("image", "left", "top", "width", "height")


def cite_of(frame: Mapping[str, Any]) -> Cite:
    """A frame as a component sends it; ValueError where it is none."""
    cite = Cite(**{side: frame.get(side, -1) for side in SIDES})
    if not is_frame(cite):
        raise ValueError
    return cite


def pending(case: str) -> tuple[Cite, ...]:
    """The frames drawn on this case, in the order of drawing."""
    name, cites = st.session_state.get(PENDING, ("", ()))
    return cites if name == case else ()


def keep_pending(case: str, frames: Sequence[Mapping[str, Any]]) -> None:
    """What the viewer says is drawn now; what is no frame is left out."""
    found = []
    for frame in frames[:CITES_MAX]:
        try:
            found.append(cite_of(frame))
        except ValueError:
            continue
    st.session_state[PENDING] = (case, tuple(found))


def forget_attached(case: str, cites: Iterable[Cite]) -> None:
    """These frames stand beside a reason now."""
    gone = set(cites)
    left = tuple(cite for cite in pending(case) if cite not in gone)
    st.session_state[PENDING] = (case, left)


def frame_data(cite: Cite) -> dict[str, int]:
    """A frame for the components."""
    return {side: getattr(cite, side) for side in SIDES}


def cite_data(cite: Cite, label: str) -> dict[str, Any]:
    """A frame that a decision rests on, for the viewer: its rectangle in percent."""
    rect = [side / 100 for side in (cite.left, cite.top, cite.width, cite.height)]
    return {"image": cite.image, "rect": rect, "label": label}


def choose_frames(case: str, key: str, on_change: Callable[[], None] | None = None) -> None:
    """Pills of the drawn frames: those that are chosen belong to the reason beside them."""
    names = dict(
        zip(
            range(CITES_MAX),
            (cite_name(cite.image, number) for cite, number in numbered(pending(case))),
            strict=False,
        )
    )
    if not names:
        return
    st.pills(
        _("Frames"),
        options=list(names),
        format_func=lambda at: names[at],
        selection_mode="multi",
        key=key,
        label_visibility="collapsed",
        on_change=on_change,
    )


def chosen_frames(case: str, key: str) -> tuple[Cite, ...]:
    """What was chosen by ``choose_frames``."""
    cites = pending(case)
    return tuple(cites[at] for at in st.session_state.get(key) or () if at < len(cites))
