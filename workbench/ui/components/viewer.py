"""The evidence viewer: zoom, turn, invert, brightness, contrast, two images side by side."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from workbench.i18n import _, language
from workbench.ui.components.assets import script, style
from workbench.ui.components.events import event_of

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
    label, date, width, height, kind, phase, teeth, note, tag, tagKind new|dup|flag|cite, damaged;
    those of another case are numbered from 1,000 and have a caption and ``shownNumber``, their
    number in that case), ``missing`` (group, label), ``groups`` (names in order, optional),
    ``panes`` (numbers to open with; changing them opens others), ``cites`` (image, rect in percent,
    label), ``pending`` (the frames that were drawn and are attached to nothing yet), ``mayFrame``
    (else: whether ``on_framed`` is given). ``on_framed`` gets all pending frames after each change.
    The page may ask by events of the window: ``arz:show`` {image, rect}, ``arz:compare`` {left,
    right} by the sides of the screen, ``arz:drop-frame`` {index}.
    """

    def seen() -> None:
        event = event_of(key, "seen")
        if event is None:
            return
        fresh = _not_told_before(f"{key}.told", event["showing"], event["images"])
        if fresh:
            on_seen(fresh)

    def framed() -> None:
        event = event_of(key, "framed")
        if on_framed is not None and event is not None and event["case"] == data["case"]:
            on_framed(event["frames"])

    own = {"lang": language(), "words": words(), "mayFrame": on_framed is not None}
    _component()(
        key=key,
        data={**EMPTY, **own, **data},
        on_seen_change=seen,
        on_framed_change=framed,
        height="stretch",
    )


EMPTY: Mapping[str, Any] = {"missing": [], "cites": [], "pending": []}


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
    } | _tool_words()


def _tool_words() -> dict[str, str]:
    return {
        "imageOfCase": _("{case}, {image}"),
        "mirror": _("Mirror this image"),
        "mirrored": _("Mirrored: left and right are exchanged"),
        "measure": _("Measuring line"),
        "measureWhy": _("In pixels of the image, not in millimetres: no image is calibrated"),
        "measured": _("{pixels} pixels, {percent} of the width"),
        "oneToOne": _("One pixel to one, and back"),
        "beforeAfter": _("Before and after"),
        "besideHint": _("Shift and a click: beside the other image"),
        "frame": _("Frame"),
        "pending": _("new frame"),
        "frameHint": _("Draw a frame; arrows move, Shift+arrows resize, Enter keeps, Esc drops"),
        "frameForeign": _("Frames are drawn on images of this case"),
        "frameFull": _("{n} new frames are drawn: give them a reason, or take one away"),
    }


def viewer_keys() -> tuple[tuple[str, str], ...]:
    """The keys of the viewer with what they do, for the help of a page."""
    return (
        ("V", _("go to the images; Esc goes back")),
        ("+ − R I 0", _("in the viewer: zoom, rotate, invert, whole image")),
        ("M O L F", _("in the viewer: mirror, one to one, measuring line, full screen")),
        ("B P K X", _("in the viewer: before and after, side by side, linked, the other image")),
        ("1…9", _("in the viewer: the image of that number; with Shift beside the other one")),
        ("PgUp PgDn", _("in the viewer: the image before and after this one")),
        ("Shift+↑↓ ←→", _("in the viewer: brightness and contrast")),
        ("C Enter Esc", _("frame: arrows move, Shift+arrows resize, Enter keeps, Esc drops")),
        ("Delete", _("take the last frame away")),
    )
