"""The form beside the tables of the rules: propose to add a row, change one, end one."""

from datetime import timedelta
from html import escape
from typing import Any

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.pages.catalogue.rules_fields import Keys, draw_fields, typed_fields
from workbench.persian.jalali import day_of
from workbench.rules.changes import RuleItem
from workbench.rules.facts import Phase
from workbench.rules.parameters import in_force
from workbench.rules.plain import to_plain
from workbench.services.catalogue.changes import propose
from workbench.services.catalogue.rule_checks import NEEDS
from workbench.services.catalogue.rule_tables import RuleTables, count_touched
from workbench.ui.format import digits
from workbench.ui.jalali_input import jalali_input, not_a_day, typed_day
from workbench.ui.page import Context, doing, reading, tell
from workbench.ui.rule_words import MAIN_TABLES, THRESHOLDS, row_text, table_name
from workbench.ui.whole_input import not_whole

SOURCE = "illustrative"
WHAT, ROW, WHICH, ON, REASON = (
    "rules_what",
    "rules_row",
    "rules_which",
    "rules_on",
    "rules_reason",
)
ROW_LETTERS_MAX = 60


def draw_form(asking: Context, tables: RuleTables, shown: str) -> None:
    """Propose to add, change or end a row of the table that is shown; a reason is a must."""
    if shown in MAIN_TABLES:
        table, what, place, former = _chosen_row(tables, shown)
        if place is None and what != "add":
            said = escape(_("No row of this table is without an end."))
            st.html(f'<div class="az"><p class="mut s13">{said}</p></div>')
            return
    else:
        table, what, place, former = _chosen_threshold(asking, tables)
    keys, touched = None, set(getattr(former, "groups", ()))
    if what != "end":
        keys = draw_fields(tables, table, former, f"{table}.{place}")
        touched |= set(st.session_state[keys["groups"]]) if "groups" in keys else set()
    label = _("Last day") if what == "end" else _("First day")
    jalali_input(label, ON, day_of(asking.now))
    st.text_input(_("Reason of the change"), key=REASON)
    _draw_touched(asking, table, touched)
    st.button(
        _("Propose"),
        key="rules_save",
        type="primary",
        on_click=_propose,
        args=(asking, table, place, keys, former),
    )
    said = _("A second person publishes it. A day in the past is allowed.")
    st.html(f'<div class="az"><p class="mut s12">{escape(said)}</p></div>')


def _chosen_row(tables: RuleTables, table: str) -> tuple[str, str, int | None, Any]:
    """The table, what to do, and with which of its rows."""
    deeds = {"add": _("Add"), "change": _("Change"), "end": _("End")}
    what = st.segmented_control(
        _("What to do"),
        list(deeds),
        default="add",
        required=True,
        key=WHAT,
        format_func=deeds.__getitem__,
    )
    rows = tables.rows(table)
    if what == "add":
        return table, what, None, None
    places = [place for place, row in enumerate(rows) if row.valid_until is None]
    place = st.selectbox(
        _("Row"),
        places,
        key=f"{ROW}.{table}",
        format_func=lambda each: f"{digits(each + 1)}. {_short(row_text(table, rows[each]))}",
    )
    return table, what, place, None if place is None else rows[place]


def _chosen_threshold(asking: Context, tables: RuleTables) -> tuple[str, str, None, Any]:
    """A threshold gets a new value from a day on; none is ended."""
    table = st.selectbox(_("Threshold"), THRESHOLDS, key=WHICH, format_func=table_name)
    return table, "add", None, in_force(tables.rows(table), day_of(asking.now))


def _short(text: str) -> str:
    return text if len(text) <= ROW_LETTERS_MAX else f"{text[:ROW_LETTERS_MAX]}…"


def _draw_touched(asking: Context, table: str, groups: set[str]) -> None:
    """How many open cases the change touches, told before it is proposed."""
    if not groups:
        return
    count = reading(lambda s: count_touched(s, asking.actor, table, sorted(groups)))
    said = _("Open cases with such services: {n}; they are judged anew when opened.")
    text = escape(said.format(n=digits(count)))
    st.html(f'<div class="az s13" role="status">{text}</div>')


def _propose(
    asking: Context, table: str, place: int | None, keys: Keys | None, former: Any
) -> None:
    """The fields are read now: the last of them may have been left by the very click."""
    on, reason = typed_day(ON), st.session_state[REASON]
    if on is None:
        tell("refused", not_a_day())
        return
    try:
        given = None if keys is None else typed_fields(table, keys)
    except ValueError:
        tell("refused", not_whole())
        return
    if given is not None and "groups" in given and not given["groups"]:
        tell("refused", _("Choose the services first."))
        return
    item = RuleItem(table=table, row=_row(table, given, former), replaces=place)
    from_on = on if given is not None else on + timedelta(days=1)
    values = {"reason": reason, "from_on": from_on, "items": [item], "now": clock.now()}
    done = doing(lambda s: propose(s, asking.actor, **values))
    if done is not None:
        tell("done", _("Proposed. It waits among the changes for a second person."))
        st.session_state[REASON] = ""


def _row(table: str, given: dict[str, Any] | None, former: Any) -> dict[str, Any] | None:
    """The plain row; what the form does not ask about stays as it was."""
    if given is None:
        return None
    typed = {name: to_plain(value) for name, value in given.items()}
    if former is not None:
        kept = {name: value for name, value in to_plain(former).items() if name != "valid_from"}
        return kept | typed
    name = {"name": _name(given)} if table == NEEDS else {}
    return typed | name | {"source": SOURCE}


def _name(given: dict[str, Any]) -> str:
    """A name that says the document: its phase, else its kinds."""
    phases = [str(phase) for phase in given["phases"] if phase != Phase.NONE]
    return phases[0] if len(phases) == 1 else "_".join(["document", *map(str, given["kinds"])])
