"""The odontogram: what was done to each tooth, when and where, and what is planned."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, Literal, TypedDict

import streamlit as st

from workbench.i18n import _, language
from workbench.ui.components.assets import script, style
from workbench.ui.components.events import event_of

UnitState = Literal["undecided", "approve", "modify", "reject", "case"]
Presence = Literal["present", "past", "absent"]


class Plan(TypedDict):
    """A planned unit in words; ``where`` only where no tooth says it."""

    where: str
    title: str
    state: UnitState
    word: str


class Entry(TypedDict):
    """A treatment in words, in the digits of the language; empty texts are left out."""

    date: str
    where: str
    title: str
    detail: str
    centre: str
    isElsewhere: bool


class ToothData(TypedDict):
    """One tooth: what is drawn, and what is told when it is selected.

    ``surfaces`` are letters of M D O B L; ``year`` is empty where no treatment left a mark;
    ``planned`` empty: no unit; ``overlaps``: a unit repeats an earlier treatment too soon;
    ``presence``: past is a milk tooth of an adult, absent a tooth that
    does not stand in the mouth at this age.
    """

    fdi: int
    number: str
    title: str
    spoken: str
    presence: Presence
    surfaces: str
    hasCanal: bool
    hasCrown: bool
    hasScrew: bool
    hasUnknown: bool
    isExtracted: bool
    isPontic: bool
    isElsewhere: bool
    year: str
    planned: UnitState | Literal[""]
    overlaps: bool
    plans: Sequence[Plan]
    history: Sequence[Entry]


class OdontogramData(TypedDict):
    """A mouth: ``rows`` of FDI numbers as the chart shows them, ``spans`` of bridges.

    ``hasPrimary``: milk teeth always have their rows; otherwise only where there is room.
    ``jawPlans`` and ``jawHistory`` are of a whole jaw; ``isCut``: the oldest are missing.
    ``isCompact``: a box a tooth, for a narrow column.
    """

    teeth: Sequence[ToothData]
    rows: Sequence[Sequence[int]]
    spans: Sequence[Sequence[int]]
    hasPrimary: bool
    jawPlans: Sequence[Plan]
    jawHistory: Sequence[Entry]
    isCut: bool
    isCompact: bool
    selected: int | None


def odontogram(
    key: str, data: OdontogramData, on_select: Callable[[int | None], None] | None = None
) -> None:
    """Draw the teeth; a click or Enter shows the history of one at once, without a rerun.

    ``on_select`` gets the FDI number, or None when it is closed again; without it nothing is
    reported. ``data["selected"]`` opens a tooth whenever it changes. From 880 px on the history
    stands beside the chart.
    """

    def selected() -> None:
        event = event_of(key, "select")
        if event and on_select:
            on_select(event["tooth"])

    whole = {"lang": language(), "words": words(), "reports": on_select is not None, **data}
    _component()(key=key, data=whole, on_select_change=selected, height="content")


@lru_cache
def _component() -> Any:
    return st.components.v2.component(
        "arzyab_odontogram",
        css=style("base.css", "odontogram.css"),
        js=script("odontogram.js"),
    )


def words() -> dict[str, str]:
    """Every word the component shows of itself, in the language of the present run."""
    return {
        "chart": _("Odontogram; arrow keys move over the teeth, Enter opens the history"),
        "right": _("Patient's right"),
        "left": _("Patient's left"),
        "question": _("?"),
        "filling": _("Filling"),
        "canal": _("Root canal"),
        "crown": _("Crown / bridge"),
        "screw": _("Implant"),
        "extracted": _("Extracted"),
        "elsewhere": _("In another centre"),
        "unknown": _("Details not known"),
        "planned": _("Planned unit"),
        "known": _("Earlier treatment"),
        "inCase": _("This case"),
        "overlap": _("Within the interval"),
        "jaws": _("Jaws"),
        "hint": _("Choose a tooth to see its history."),
        "nothing": _("No treatment is on record."),
        "cut": _("Older treatments are not shown."),
    }
