"""The fields of a row of the tables of the rules, and what was typed into them."""

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from workbench.i18n import _
from workbench.rules.changes import CODES, NUMBERS
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.parameters import Overlap
from workbench.services.catalogue.rule_checks import (
    APPROVALS,
    INTERVALS,
    NEEDS,
    OF_IMAGES,
    OF_SERVICES,
    PACKS,
    QUALITY,
    QUALITY_NUMBERS,
    approval_kinds,
    pack_names,
)
from workbench.services.catalogue.rule_tables import RuleTables
from workbench.services.referrals.letter_words import group_name
from workbench.ui import words
from workbench.ui.format import digits
from workbench.ui.rule_words import approval_kind, pack_name, quality_name, scope_names
from workbench.ui.whole_input import typed_whole, whole_input

FIELDS: dict[str, tuple[str, ...]] = {
    INTERVALS: ("groups", "months", "scope", "until_years", "is_same_code"),
    NEEDS: (
        "groups",
        "kinds",
        "phases",
        "defect",
        "reason",
        "more_than",
        "is_anterior_always",
        "is_any_tooth",
        "must_be_dated",
        "deducts",
    ),
    APPROVALS: ("kind", "groups", "from_units"),
    PACKS: ("kinds", "name", "images", "is_must", "is_of_planned_tooth"),
    QUALITY: (*QUALITY_NUMBERS, "radiograph_kinds"),
    **dict.fromkeys((*NUMBERS, *CODES), ("value",)),
}
WHOLE = {"months", "from_units", *QUALITY_NUMBERS}
EMPTY_MEANS = {"until_years": None, "more_than": 0}
"""Fields of whole numbers that may be empty, and what that means; the others may not."""

Keys = dict[str, str]


def draw_fields(tables: RuleTables, table: str, former: Any, key: str) -> Keys:
    """Draw what a row says; the keys of the fields by the names of the row's columns."""
    keys = {name: f"rules_{name}.{key}" for name in FIELDS[table]}
    if table in NUMBERS:
        whole_input(_("Value"), keys["value"], former.value)
    elif table in CODES:
        _codes_field(tables, table, former, keys["value"])
    else:
        _DRAW[table](tables, former, keys)
    return keys


def typed_fields(table: str, keys: Keys) -> dict[str, Any]:
    """What stands in the fields by the names of the columns.

    Raises ``ValueError`` for a number that is none.
    """
    return {name: _typed(table, name, key) for name, key in keys.items()}


def _typed(table: str, name: str, key: str) -> Any:
    if name in WHOLE or name in EMPTY_MEANS or table in NUMBERS:
        number = typed_whole(key)
        if number is None and name not in EMPTY_MEANS:
            raise ValueError("no number")
        return EMPTY_MEANS[name] if number is None else number
    return st.session_state[key]


def _many(
    label: str,
    choices: Sequence[str],
    present: Sequence[str],
    key: str,
    name_of: Callable[[str], str],
) -> None:
    st.multiselect(
        label,
        list(choices),
        default=[each for each in present if each in choices],
        key=key,
        format_func=name_of,
        placeholder=_("Choose…"),
    )


def _groups_field(tables: RuleTables, former: Any, keys: Keys) -> None:
    present = former.groups if former else ()
    _many(_("Services"), tables.known.groups, present, keys["groups"], group_name)


def _interval_fields(tables: RuleTables, former: Any, keys: Keys) -> None:
    _groups_field(tables, former, keys)
    names = scope_names()
    with st.container(horizontal=True, vertical_alignment="top"):
        whole_input(_("Months"), keys["months"], former.months if former else 12)
        whole_input(
            _("Only under the age of"),
            keys["until_years"],
            former.until_years if former else None,
            placeholder=_("all ages"),
        )
    st.selectbox(
        _("What must be the same"),
        list(names),
        index=list(names).index(Overlap(former.scope)) if former else 1,
        key=keys["scope"],
        format_func=names.__getitem__,
    )
    _tick(_("Only the same code repeats it"), keys, "is_same_code", former)


def _need_fields(tables: RuleTables, former: Any, keys: Keys) -> None:
    _groups_field(tables, former, keys)
    kinds, phases = (former.kinds, former.phases) if former else ((), ())
    _many(_("Kinds of image"), list(EvidenceKind), kinds, keys["kinds"], words.evidence_kind)
    _many(_("Phases"), list(Phase), phases, keys["phases"], _phase_name)
    with st.container(horizontal=True):
        defect, reason = (former.defect, former.reason) if former else ("", "")
        _code(_("Return reason"), tables.known.defects, defect, keys["defect"])
        _code(_("Deduction reason"), tables.known.reasons, reason, keys["reason"])
    more_than = former.more_than if former else 0
    whole_input(_("Needed for more than so many units"), keys["more_than"], more_than)
    _tick(_("On an anterior tooth always"), keys, "is_anterior_always", former)
    _tick(_("An image of any tooth will do"), keys, "is_any_tooth", former)
    _tick(_("The image must say its day"), keys, "must_be_dated", former)
    _tick(_("Propose the deduction first"), keys, "deducts", former)


def _approval_fields(tables: RuleTables, former: Any, keys: Keys) -> None:
    _one(_("Kind"), approval_kinds(), former.kind if former else "", keys["kind"], approval_kind)
    _groups_field(tables, former, keys)
    units = former.from_units if former else 1
    whole_input(_("Needed from so many units on"), keys["from_units"], units)


def _pack_fields(_tables: RuleTables, former: Any, keys: Keys) -> None:
    kinds, images = (former.kinds, former.images) if former else ((), ())
    _many(_("Kind"), approval_kinds(), kinds, keys["kinds"], approval_kind)
    _one(_("Document"), pack_names(), former.name if former else "", keys["name"], pack_name)
    _many(_("Shown by"), list(EvidenceKind), images, keys["images"], words.evidence_kind)
    _tick(_("Without it a plan is refused"), keys, "is_must", former)
    _tick(_("It must show the planned tooth"), keys, "is_of_planned_tooth", former)


def _quality_fields(_tables: RuleTables, former: Any, keys: Keys) -> None:
    for name in QUALITY_NUMBERS:
        whole_input(quality_name(name), keys[name], getattr(former, name))
    kinds = former.radiograph_kinds
    label = _("Kinds that are radiographs")
    _many(label, list(EvidenceKind), kinds, keys["radiograph_kinds"], words.evidence_kind)


def _codes_field(tables: RuleTables, table: str, former: Any, key: str) -> None:
    if table in OF_IMAGES:
        _many(_("Value"), list(EvidenceKind), former.value, key, words.evidence_kind)
    elif table in OF_SERVICES:
        _many(_("Value"), tables.known.codes, former.value, key, digits)
    else:
        _many(_("Value"), tables.known.groups, former.value, key, group_name)


def _phase_name(phase: str) -> str:
    return _("not said") if phase == Phase.NONE else words.phase(phase)


def _tick(label: str, keys: Keys, name: str, former: Any) -> None:
    st.checkbox(label, value=bool(getattr(former, name, False)), key=keys[name])


def _one(
    label: str, choices: Sequence[str], present: str, key: str, name_of: Callable[[str], str]
) -> None:
    index = choices.index(present) if present in choices else 0
    st.selectbox(label, list(choices), index=index, key=key, format_func=name_of)


def _code(label: str, codes: tuple[str, ...], present: str, key: str) -> None:
    _one(label, codes, present, key, str)


_DRAW: dict[str, Callable[[RuleTables, Any, Keys], None]] = {
    INTERVALS: _interval_fields,
    NEEDS: _need_fields,
    APPROVALS: _approval_fields,
    PACKS: _pack_fields,
    QUALITY: _quality_fields,
}
