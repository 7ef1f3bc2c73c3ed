"""The fields of a row of the tables of the rules, and what was typed into them."""

from typing import Any

import streamlit as st

from workbench.i18n import _
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.parameters import EvidenceNeed, Overlap, RetreatmentInterval
from workbench.services.letter_words import group_name
from workbench.services.rule_tables import INTERVALS, Rule, RuleTables
from workbench.ui import words
from workbench.ui.whole_input import typed_whole, whole_input

NUMBERS = {"months": None, "until_years": None, "more_than": 0}
"""Fields of whole numbers, and what an empty one means; without months nothing is meant."""
OF_INTERVALS = ("groups", "months", "scope", "until_years", "is_same_code")
OF_NEEDS = (
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
)


def draw_fields(tables: RuleTables, table: str, former: Rule | None, key: str) -> dict[str, str]:
    """Draw what a row says; the keys of the fields by the names of the row's columns."""
    keys = {
        name: f"rules_{name}.{key}" for name in (OF_INTERVALS if table == INTERVALS else OF_NEEDS)
    }
    st.multiselect(
        _("Services"),
        list(tables.groups),
        default=[each for each in former.groups if each in tables.groups] if former else [],
        key=keys["groups"],
        format_func=group_name,
        placeholder=_("Choose…"),
    )
    if table == INTERVALS:
        _interval_fields(former if isinstance(former, RetreatmentInterval) else None, keys)
    else:
        _need_fields(tables, former if isinstance(former, EvidenceNeed) else None, keys)
    return keys


def typed_fields(keys: dict[str, str]) -> dict[str, Any]:
    """What stands in the fields by the names of the columns.

    Raises ``ValueError`` for a number that is none.
    """
    return {name: _typed(name, key) for name, key in keys.items()}


def _typed(name: str, key: str) -> Any:
    if name in NUMBERS:
        number = typed_whole(key)
        if number is None and name == "months":
            raise ValueError("no months")
        return NUMBERS[name] if number is None else number
    value = st.session_state[key]
    return tuple(value) if isinstance(value, list) else value


def scope_names() -> dict[Overlap, str]:
    """What a repeated treatment may have in common with the one before."""
    return {
        Overlap.SURFACE: _("tooth and a surface"),
        Overlap.TOOTH: _("tooth"),
        Overlap.JAW: _("jaw"),
        Overlap.MOUTH: _("mouth"),
    }


def _interval_fields(former: RetreatmentInterval | None, keys: dict[str, str]) -> None:
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
        index=list(names).index(former.scope) if former else 1,
        key=keys["scope"],
        format_func=names.__getitem__,
    )
    _tick(_("Only the same code repeats it"), keys, "is_same_code", former)


def _need_fields(tables: RuleTables, former: EvidenceNeed | None, keys: dict[str, str]) -> None:
    st.multiselect(
        _("Kinds of image"),
        list(EvidenceKind),
        default=list(former.kinds) if former else [],
        key=keys["kinds"],
        format_func=words.evidence_kind,
        placeholder=_("Choose…"),
    )
    st.multiselect(
        _("Phases"),
        list(Phase),
        default=list(former.phases) if former else [],
        key=keys["phases"],
        format_func=lambda phase: _("not said") if phase == Phase.NONE else words.phase(phase),
        placeholder=_("Choose…"),
    )
    with st.container(horizontal=True):
        _code(_("Return reason"), tables.defects, former.defect if former else "", keys["defect"])
        present = former.reason if former else ""
        _code(_("Deduction reason"), tables.reasons, present, keys["reason"])
    whole_input(
        _("Needed for more than so many units"),
        keys["more_than"],
        former.more_than if former else 0,
    )
    _tick(_("On an anterior tooth always"), keys, "is_anterior_always", former)
    _tick(_("An image of any tooth will do"), keys, "is_any_tooth", former)
    _tick(_("The image must say its day"), keys, "must_be_dated", former)
    _tick(_("Propose the deduction first"), keys, "deducts", former)


def _tick(label: str, keys: dict[str, str], name: str, former: Rule | None) -> None:
    st.checkbox(label, value=bool(getattr(former, name, False)), key=keys[name])


def _code(label: str, codes: tuple[str, ...], present: str, key: str) -> None:
    index = codes.index(present) if present in codes else 0
    st.selectbox(label, codes, index=index, key=key)
