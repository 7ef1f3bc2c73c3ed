"""The tables of the rules, dated: intervals, documents, approvals, packs, thresholds."""

from collections.abc import Sequence
from html import escape
from typing import Any

import streamlit as st

from workbench.i18n import _
from workbench.pages.catalogue.grid import card, grid, note
from workbench.pages.catalogue.list_export import draw_export
from workbench.pages.catalogue.rules_forms import draw_form
from workbench.services.access import may
from workbench.services.catalogue.rule_tables import RuleTables, TableChange, read_rule_tables
from workbench.ui.format import instant, ltr
from workbench.ui.page import Context, reading
from workbench.ui.rule_words import MAIN_TABLES, THRESHOLDS, cells, first_day, heads, table_name

THRESHOLD = "thresholds"
WRAPPED = (0, 1, 2)


def draw_rules(asking: Context) -> None:
    """The tables with their history; who may, proposes a change beside them."""
    names = {table: table_name(table) for table in MAIN_TABLES} | {THRESHOLD: _("Thresholds")}
    table = st.segmented_control(
        _("Table"),
        list(names),
        default=MAIN_TABLES[0],
        required=True,
        key="rules_table",
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    tables = reading(lambda s: read_rule_tables(s, asking.actor))
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            st.html(note(_explained()))
            st.html(card(names[table], _table(tables, table)))
            draw_export(asking, "rules")
            if tables.history:
                st.html(card(_("Changes of the tables"), _history(tables.history)))
        if may(asking.actor, "catalogue.propose"):
            with st.container(width=380), st.container(border=True, key="rules_form"):
                draw_form(asking, tables, table)


def _explained() -> str:
    return _(
        "A row holds for services from its first day on. A change ends the row the day before and "
        "adds a new one; nothing is edited. It is proposed here and published by a second person. "
        "Cases that are not ended are judged by the tables as they stand when the case is next "
        "opened; an ended case keeps those it was decided with."
    )


def _table(tables: RuleTables, table: str) -> str:
    of_one = THRESHOLDS if table == THRESHOLD else (table,)
    rows = [_row(name, row) for name in of_one for row in _shown(tables.rows(name))]
    return grid(heads(of_one[0]), rows, *WRAPPED)


def _shown(rows: Sequence[Any]) -> list[Any]:
    """The versions of one thing together, in the order of their days."""
    return sorted(rows, key=lambda row: getattr(row, "valid_until", None) is not None)


def _row(table: str, row: Any) -> tuple[str, ...]:
    *said, last = cells(table, row)
    days = 1 if table in THRESHOLDS else 2
    texts = [*said, last]
    return tuple(
        ltr(text) if place >= len(texts) - days else f"<bdi>{escape(text)}</bdi>"
        for place, text in enumerate(texts)
    )


def _history(changes: tuple[TableChange, ...]) -> str:
    titles = (_("Recorded"), _("By"), _("Table"), _("Rows"), _("Reason"))
    rows = [
        (
            ltr(instant(change.at)),
            f"<bdi>{escape(change.by)}</bdi>",
            escape(table_name(change.table)),
            " · ".join(_changed(change.table, row) for row in change.rows),
            f"<bdi>{escape(change.reason)}</bdi>",
        )
        for change in changes
    ]
    return grid(titles, rows, 2, 3, 4)


def _changed(table: str, row: Any) -> str:
    """A row of the history (HTML): what it is about and its days."""
    *said, last = cells(table, row)
    if table in THRESHOLDS:
        return f"<bdi>{escape(said[1])}</bdi> ({escape(_('from'))} {ltr(last)})"
    span = f"{ltr(first_day(row))} {escape(_('to'))} {ltr(last)}"
    return f"<bdi>{escape(said[0])}</bdi> ({span})"
