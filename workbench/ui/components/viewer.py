"""The evidence viewer: zoom, turn, invert, brightness, contrast, two images side by side."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from workbench.i18n import _, language
from workbench.ui.components.assets import script, style

Frame = dict[str, int]
"""image, left, top, width, height: the image's number, then 1/10,000 of it, upright."""


def viewer(
    key: str,
    data: Mapping[str, Any],
    on_seen: Callable[[list[int]], None],
    on_framed: Callable[[list[Frame]], None] | None = None,
) -> None:
    """Draw the viewer; ``on_seen`` gets the numbers of images shown for the first time.

    ``data``: ``case`` (its id: another one starts afresh), ``images`` (number, url, thumb, group,
    label, date, width, height, note, tag, tagKind, damaged, ownNumber: that of an image in the
    other case it is from), ``missing`` (group, label), ``groups`` (names in order,
    optional), ``panes`` (numbers to open with; changing them opens others), ``cites`` (image, rect
    in percent, label), ``pending`` (the frames that were drawn and are attached to nothing yet),
    ``mayFrame``, ``beforeAfter`` (the pair of one button).
    ``on_framed`` gets all pending frames after each change. Images of other cases may stand among
    the others, with numbers and addresses of their own. The page may ask by events of the window:
    ``arz:show`` {image, rect}, ``arz:compare`` {left, right}, ``arz:drop-frame`` {index}.
    """

    def seen() -> None:
        event = st.session_state[key]["seen"]
        fresh = _not_told_before(f"{key}.told", event["showing"], event["images"])
        if fresh:
            on_seen(fresh)

    def framed() -> None:
        event = st.session_state[key]["framed"]
        if on_framed is not None and event["case"] == data["case"]:
            on_framed(event["frames"])

    own = {"lang": language(), "words": words(), "mayFrame": on_framed is not None}
    _component()(
        key=key,
        data={**EMPTY, **own, **data},
        on_seen_change=seen,
        on_framed_change=framed,
        height="stretch",
    )


EMPTY: Mapping[str, Any] = {"missing": [], "cites": [], "pending": [], "beforeAfter": None}


@lru_cache
def _component() -> Any:
    return st.components.v2.component(
        "arzyab_viewer", css=style("base.css", "viewer.css"), js=script("viewer.js")
    )


def _not_told_before(key: str, showing: str, numbers: list[int]) -> list[int]:
    """Messages can be merged on their way, so each repeats all images of its showing."""
    told = st.session_state.get(key)
    if told is None or told["showing"] != showing:
        told = {"showing": showing, "images": []}
    fresh = [number for number in numbers if number not in told["images"]]
    st.session_state[key] = {"showing": showing, "images": [*told["images"], *fresh]}
    return fresh


def words() -> dict[str, str]:
    """Every word the component shows, in the language of the present run."""
    return {
        "viewer": _("Evidence images"),
        "tools": _("Image tools"),
        "images": _("All images of the case"),
        "image": _("Image {number}"),
        "zoomIn": _("Zoom in"),
        "zoomOut": _("Zoom out"),
        "rotate": _("Rotate"),
        "invert": _("Invert"),
        "brightness": _("Brightness"),
        "contrast": _("Contrast"),
        "reset": _("Whole image, as taken"),
        "pair": _("Side by side"),
        "linked": _("Linked"),
        "fullScreen": _("Full screen"),
        "damaged": _("This image cannot be shown"),
        "damagedWhy": _("The file is damaged or missing. The case can still be decided."),
        "tryAgain": _("Try again"),
        "noImages": _("No image in this case"),
        "chooseHint": _("1 to 9 choose; with Shift (key or click) beside"),
    } | _drawing_words()


def _drawing_words() -> dict[str, str]:
    return {
        "mirror": _("Mirror"),
        "exact": _("One to one, or fit"),
        "phases": _("Before beside after"),
        "frame": _("Frame"),
        "pending": _("new frame"),
        "frameHint": _("Draw a frame; arrows move, Shift+arrows resize, Enter keeps, Esc drops"),
        "measure": _("Measure in image pixels, no millimetres"),
        "measureHint": _("Draw a line; Esc ends"),
        "measured": _("{pixels} image pixels, {share}% of the width; no millimetres"),
    }
