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
from workbench.pages.admin.rules_fields import draw_fields, typed_fields
from workbench.persian.jalali import day_of
from workbench.rules.facts import Phase
from workbench.rules.parameters import EvidenceNeed, RetreatmentInterval
from workbench.services.letter_words import group_name
from workbench.services.rule_tables import (
    INTERVALS,
    NEEDS,
    Changed,
    Rule,
    RuleTables,
    count_open_cases,
    end_row,
    set_interval,
    set_need,
)
from workbench.ui.format import digits, listed
from workbench.ui.jalali_input import jalali_input, not_a_day, typed_day
from workbench.ui.page import Context, doing, reading, tell
from workbench.ui.whole_input import not_whole

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
    if place is None and what != "add":
        said = escape(_("No row of this table is without an end."))
        st.html(f'<div class="az mut s13">{said}</div>')
        return
    former = None if place is None else rows[place]
    keys, touched = None, set(former.groups if former else ())
    if what != "end":
        keys = draw_fields(tables, table, former, f"{table}.{place}")
        touched |= set(st.session_state[keys["groups"]])
    label = _("Last day") if what == "end" else _("First day")
    jalali_input(label, ON, day_of(asking.now))
    st.text_input(_("Reason of the change"), key=REASON)
    _draw_touched(asking, touched)
    st.button(
        _("Save"),
        key="rules_save",
        type="primary",
        on_click=_save,
        args=(asking, table, place, keys, former),
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


def _draw_touched(asking: Context, groups: set[str]) -> None:
    """How many open cases the change touches, told before it is saved."""
    if not groups:
        return
    count = reading(lambda s: count_open_cases(s, asking.actor, sorted(groups)))
    said = _("Open cases with such services: {n}; they are judged anew when opened.")
    text = escape(said.format(n=digits(count)))
    st.html(f'<div class="az s13" role="status">{text}</div>')


def _save(
    asking: Context,
    table: str,
    place: int | None,
    keys: dict[str, str] | None,
    former: Rule | None,
) -> None:
    """The fields are read now: the last of them may have been left by the very click."""
    on, reason = typed_day(ON), st.session_state[REASON]
    if on is None:
        tell("refused", not_a_day())
        return
    try:
        given = None if keys is None else typed_fields(keys)
    except ValueError:
        tell("refused", not_whole())
        return
    if given is not None and not given["groups"]:
        tell("refused", _("Choose the services first."))
        return
    done = doing(_work(asking, table, place, given, former, on, reason))
    if done is not None:
        said = _("Saved. Open cases with such services: {n}; they are judged anew when opened.")
        tell("done", said.format(n=digits(done.open_cases)))
        st.session_state[REASON] = ""


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
    """The row from ``on`` on; what the form does not ask about stays as it was."""
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
