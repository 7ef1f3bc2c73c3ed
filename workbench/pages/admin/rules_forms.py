"""The form beside the tables of the rules: add a row, change one, end one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html import escape
from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import _
from workbench.persian.jalali import day_of
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.parameters import EvidenceNeed, Overlap, RetreatmentInterval
from workbench.services.letter_words import group_name
from workbench.services.rule_tables import (
    INTERVALS,
    MONTHS_MAX,
    NEEDS,
    UNITS_MAX,
    Changed,
    Rule,
    RuleTables,
    end_row,
    set_interval,
    set_need,
)
from workbench.ui import words
from workbench.ui.format import digits, listed
from workbench.ui.jalali_input import jalali_input, not_a_day, typed_day
from workbench.ui.page import Context, doing, tell

SOURCE = "illustrative"
WHAT, ROW, ON, REASON = "rules_what", "rules_row", "rules_on", "rules_reason"


def draw_form(asking: Context, tables: RuleTables, table: str) -> None:
    """Add, change or end a row of the chosen table; a reason is a must."""
    deeds = {"add": _("Add"), "change": _("Change"), "end": _("End")}
    what = st.segmented_control(
        _("What to do"),
        list(deeds),
        default="add",
        required=True,
        key=WHAT,
        format_func=deeds.__getitem__,
    )
    rows: tuple[Rule, ...] = tables.intervals if table == INTERVALS else tables.needs
    place = None if what == "add" else _choose_row(rows, table)
    former = None if place is None else rows[place]
    given = None
    if what != "end":
        given = _fields(tables, table, former, f"{table}.{place}")
    label = _("Last day") if what == "end" else _("First day")
    jalali_input(label, ON, day_of(asking.now))
    st.text_input(_("Reason of the change"), key=REASON)
    st.button(
        _("Save"),
        key="rules_save",
        type="primary",
        on_click=_save,
        args=(asking, table, place, given, former),
    )
    st.html(f'<div class="az mut s12">{escape(_("A day in the past is allowed."))}</div>')


def _choose_row(rows: tuple[Rule, ...], table: str) -> int | None:
    """The place of a row that has no end yet."""
    places = [place for place, row in enumerate(rows) if row.valid_until is None]
    return st.selectbox(
        _("Row"),
        places,
        key=f"{ROW}.{table}",
        format_func=lambda place: f"{digits(place + 1)}. {_named(rows[place])}",
    )


def _named(row: Rule) -> str:
    return listed(group_name(group) for group in row.groups)


def _fields(tables: RuleTables, table: str, former: Rule | None, key: str) -> dict[str, str]:
    """Draw what a row says; the keys of the fields by the names of what they say."""
    st.multiselect(
        _("Services"),
        list(tables.groups),
        default=[each for each in former.groups if each in tables.groups] if former else [],
        key=f"rules_groups.{key}",
        format_func=group_name,
        placeholder=_("Choose…"),
    )
    if table == INTERVALS:
        _interval_fields(former if isinstance(former, RetreatmentInterval) else None, key)
        names: tuple[str, ...] = ("groups", "months", "scope")
    else:
        _need_fields(tables, former if isinstance(former, EvidenceNeed) else None, key)
        names = ("groups", "kinds", "phases", "defect", "reason", "more_than")
    return {name: f"rules_{name}.{key}" for name in names}


def _interval_fields(former: RetreatmentInterval | None, key: str) -> None:
    scopes = {
        Overlap.SURFACE: _("tooth and a surface"),
        Overlap.TOOTH: _("tooth"),
        Overlap.JAW: _("jaw"),
        Overlap.MOUTH: _("mouth"),
    }
    st.number_input(
        _("Months"), 1, MONTHS_MAX, former.months if former else 12, key=f"rules_months.{key}"
    )
    st.selectbox(
        _("What must be the same"),
        list(scopes),
        index=list(scopes).index(former.scope) if former else 1,
        key=f"rules_scope.{key}",
        format_func=scopes.__getitem__,
    )


def _need_fields(tables: RuleTables, former: EvidenceNeed | None, key: str) -> None:
    st.multiselect(
        _("Kinds of image"),
        list(EvidenceKind),
        default=list(former.kinds) if former else [],
        key=f"rules_kinds.{key}",
        format_func=words.evidence_kind,
        placeholder=_("Choose…"),
    )
    st.multiselect(
        _("Phases"),
        list(Phase),
        default=list(former.phases) if former else [],
        key=f"rules_phases.{key}",
        format_func=lambda phase: _("not said") if phase == Phase.NONE else words.phase(phase),
        placeholder=_("Choose…"),
    )
    with st.container(horizontal=True):
        _code(_("Return reason"), tables.defects, former.defect if former else "", f"defect.{key}")
        present = former.reason if former else ""
        _code(_("Deduction reason"), tables.reasons, present, f"reason.{key}")
    st.number_input(
        _("Needed for more than so many units"),
        0,
        UNITS_MAX,
        former.more_than if former else 0,
        key=f"rules_more_than.{key}",
    )


def _code(label: str, codes: tuple[str, ...], present: str, key: str) -> None:
    index = codes.index(present) if present in codes else 0
    st.selectbox(label, codes, index=index, key=f"rules_{key}")


def _save(
    asking: Context,
    table: str,
    place: int | None,
    fields: dict[str, str] | None,
    former: Rule | None,
) -> None:
    """The fields are read now: the last of them may have been left by the very click."""
    on, reason = typed_day(ON), st.session_state[REASON]
    if on is None:
        tell("refused", not_a_day())
        return
    given = None if fields is None else {name: _value(key) for name, key in fields.items()}
    done = doing(_work(asking, table, place, given, former, on, reason))
    if done is not None:
        said = _("Saved. Open cases with such services: {n}; they are judged anew when opened.")
        tell("done", said.format(n=digits(done.open_cases)))
        st.session_state[REASON] = ""


def _value(key: str) -> object:
    value = st.session_state[key]
    return tuple(value) if isinstance(value, list) else value


def _work(
    asking: Context,
    table: str,
    place: int | None,
    given: dict[str, Any] | None,
    former: Rule | None,
    on: date,
    reason: str,
) -> Callable[[Session], Changed]:
    """The one service that does what was chosen."""
    actor, now = asking.actor, clock.now()
    if given is None:
        gone = -1 if place is None else place
        return lambda s: end_row(s, actor, table, gone, last_on=on, reason=reason, now=now)
    if table == NEEDS:
        need = _need(given, former, on)
        return lambda s: set_need(s, actor, need, replaces=place, reason=reason, now=now)
    interval = _interval(given, former, on)
    return lambda s: set_interval(s, actor, interval, replaces=place, reason=reason, now=now)


def _interval(given: dict[str, Any], former: Rule | None, on: date) -> RetreatmentInterval:
    """What the form does not ask about stays as it was."""
    if isinstance(former, RetreatmentInterval):
        return replace(former, **given, valid_from=on, valid_until=None)
    return RetreatmentInterval(**given, source=SOURCE, valid_from=on)


def _need(given: dict[str, Any], former: Rule | None, on: date) -> EvidenceNeed:
    if isinstance(former, EvidenceNeed):
        return replace(former, **given, valid_from=on, valid_until=None)
    return EvidenceNeed(**given, name=_name(given), source=SOURCE, valid_from=on)


def _name(given: dict[str, Any]) -> str:
    """A name that says the document: its phase, else its kinds."""
    phases = [str(phase) for phase in given["phases"] if phase != Phase.NONE]
    return phases[0] if len(phases) == 1 else "_".join(["document", *map(str, given["kinds"])])
