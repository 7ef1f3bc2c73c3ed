"""What an image shows, in one row of fields; and the thumbnails of a patient's earlier images."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from html import escape

import streamlit as st

from workbench.i18n import _, language
from workbench.persian.rial import isolate
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.teeth import name_teeth
from workbench.services.images.earlier import Earlier
from workbench.ui import words
from workbench.ui.format import day, digits, listed
from workbench.ui.jalali_input import jalali_input, not_a_day, typed_day
from workbench.ui.teeth_input import not_teeth, teeth_input, typed_teeth

KILOBYTE = 1024
PHASES = (Phase.NONE, Phase.BEFORE, Phase.DURING, Phase.AFTER)


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What the fields of a row say."""

    kind: EvidenceKind
    phase: Phase
    teeth: tuple[int, ...]
    taken_on: date | None


def draw_row(
    key: str,
    head: str,
    *,
    kind: EvidenceKind,
    phase: Phase,
    teeth: tuple[int, ...],
    taken_on: date | None = None,
) -> None:
    """Kind, phase, teeth and day of one image; ``head`` (HTML) says which image."""
    with st.container(border=True, key=f"add_row_{key}"):
        st.html(head)
        with st.container(horizontal=True, key=f"add_fields_{key}"):
            st.selectbox(
                _("Kind"),
                options=list(EvidenceKind),
                index=list(EvidenceKind).index(kind),
                format_func=words.evidence_kind,
                key=f"add_kind_{key}",
            )
            st.selectbox(
                _("Phase"),
                options=PHASES,
                index=PHASES.index(phase),
                format_func=_phase_name,
                key=f"add_phase_{key}",
            )
            teeth_input(_("Teeth shown"), f"add_teeth_{key}", teeth)
            jalali_input(_("Taken on"), f"add_day_{key}", taken_on)


def typed_row(key: str) -> Typed:
    """What was typed for an image whose row is right."""
    state = st.session_state
    return Typed(
        kind=EvidenceKind(state[f"add_kind_{key}"]),
        phase=Phase(state[f"add_phase_{key}"]),
        teeth=typed_teeth(f"add_teeth_{key}") or (),
        taken_on=typed_day(f"add_day_{key}"),
    )


def wrong_row(keys: Sequence[str]) -> str | None:
    """What is wrong with the first row that cannot be read; None: all can."""
    for key in keys:
        if typed_teeth(f"add_teeth_{key}") is None:
            return not_teeth()
        if st.session_state.get(f"add_day_{key}", "").strip() and not typed_day(f"add_day_{key}"):
            return not_a_day()
    return None


def _phase_name(phase: Phase) -> str:
    return {
        Phase.NONE: _("no phase"),
        Phase.BEFORE: _("before treatment"),
        Phase.DURING: _("during treatment"),
        Phase.AFTER: _("after treatment"),
    }[phase]


def draw_choice(image: Earlier, turn: int) -> bool:
    """An earlier image as a thumbnail with a box to tick; whether it is ticked."""
    key = row_key(image, turn)
    with st.container(key=f"add_cell_{key}", gap=None):
        st.html(_figure(image))
        return st.checkbox(_label(image), key=f"add_pick_{key}")


def row_key(image: Earlier, turn: int) -> str:
    """The key of an earlier image's row in this opening of the dialog."""
    return f"{image.what}_{image.insurer_id}_{image.place_id}_{image.number}_{turn}"


def described(image: Earlier, turn: int) -> Earlier:
    """The earlier image as it is to stand here."""
    typed = typed_row(row_key(image, turn))
    return replace(
        image,
        kind=typed.kind,
        phase=typed.phase,
        teeth=typed.teeth,
        taken_on=typed.taken_on,
        lines=(),
    )


def _figure(image: Earlier) -> str:
    """The thumbnail from our own route, which asks for the right to see it there."""
    source = f"/evidence/{_address(image)}/{image.number}/thumb"
    label = escape(_label(image))
    taken = escape(_taken(image))
    return (
        f'<figure class="az add-figure"><img src="{source}" alt="{label}" loading="lazy">'
        f'<figcaption class="mut s12">{escape(_where(image))}<br>{taken}</figcaption></figure>'
    )


def _address(image: Earlier) -> str:
    """Where its route finds what holds it."""
    if image.by_claim is not None:
        return f"by/{image.insurer_id}-{image.by_claim}/{image.place_id}"
    middle = "plan/" if image.what == "plan" else ""
    return f"{middle}{image.insurer_id}-{image.place_id}"


def _label(image: Earlier) -> str:
    teeth = name_teeth(image.teeth, language()) if image.teeth else ""
    phase = _phase_name(image.phase) if image.phase is not Phase.NONE else ""
    return listed([part for part in (words.evidence_kind(image.kind), phase, teeth) if part])


def _where(image: Earlier) -> str:
    said = _("plan {number}") if image.what == "plan" else _("case {number}")
    number = said.format(number=digits(image.place_number))
    return _("{place}, image {n}").format(place=number, n=digits(image.number))


def _taken(image: Earlier) -> str:
    if image.taken_on is not None:
        return _("taken {day}").format(day=day(image.taken_on))
    return _("came {day}").format(day=day(image.came_on)) if image.came_on else ""


def file_head(name: str, size_bytes: int) -> str:
    """A file's name and size."""
    kilobytes = digits(max(1, round(size_bytes / KILOBYTE)))
    size = escape(_("{n} kilobytes").format(n=kilobytes))
    title = escape(isolate(name))
    return f'<div class="az add-head"><b>{title}</b> <span class="mut s12">{size}</span></div>'


def earlier_head(image: Earlier) -> str:
    """Which earlier image."""
    return f'<div class="az add-head"><b>{escape(_where(image))}</b></div>'


def hint(text: str) -> str:
    """A grey sentence."""
    return f'<div class="az mut s13">{escape(text)}</div>'


def refusal(text: str) -> str:
    """Why an image was refused."""
    return f'<div class="az"><p class="bad-note" role="alert">{escape(text)}</p></div>'
