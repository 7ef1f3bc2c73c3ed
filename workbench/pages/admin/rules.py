"""The tables of the rules (administrator): needed documents and re-treatment intervals, dated."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from workbench.i18n import _
from workbench.pages.admin.rules_fields import scope_names
from workbench.pages.admin.rules_forms import draw_form
from workbench.rules.parameters import EvidenceNeed, Overlap, RetreatmentInterval
from workbench.services.letter_words import group_name
from workbench.services.rule_tables import (
    INTERVALS,
    NEEDS,
    Rule,
    RuleTables,
    TableChange,
    read_rule_tables,
)
from workbench.ui import words
from workbench.ui.components.page_agent import page_agent
from workbench.ui.format import day, digits, instant, listed, ltr
from workbench.ui.page import context, draw_told, reading

LOOK = "<style>.st-key-rules_form { background: var(--panel); }</style>"


def rules_page() -> None:
    """The page of the administrator."""
    asking = context()
    st.html(f'{LOOK}<div class="az"><div class="ph"><h1>{escape(_("Rules"))}</h1></div></div>')
    names = {INTERVALS: _("Re-treatment intervals"), NEEDS: _("Needed documents")}
    table = st.segmented_control(
        _("Table"),
        list(names),
        default=INTERVALS,
        required=True,
        key="rules_table",
        format_func=names.__getitem__,
        label_visibility="collapsed",
    )
    tables = reading(lambda s: read_rule_tables(s, asking.actor))
    with st.container(horizontal=True, vertical_alignment="top"):
        with st.container(width="stretch"):
            st.html(_explained())
            st.html(_card(names[table], _table(tables, table)))
            if tables.history:
                st.html(_card(_("Changes of the tables"), _history(tables.history, names)))
        with st.container(width=380), st.container(border=True, key="rules_form"):
            draw_form(asking, tables, table)
    page_agent("agent", {"keys": {}}, lambda: None)
    draw_told()


def _explained() -> str:
    said = _(
        "A row holds for services from its first day on. A change ends the row the day before and "
        "adds a new one; nothing is edited. Cases that are not ended are judged by the tables as "
        "they stand when the case is next opened; an ended case keeps those it was decided with."
    )
    return (
        f'<div class="az panel" style="padding:12px 16px"><p class="s13">{escape(said)}</p></div>'
    )


def _card(title: str, table: str) -> str:
    return (
        f'<div class="az card"><header><h2>{escape(title)}</h2></header>'
        f'<div class="scroll">{table}</div></div>'
    )


def _grid(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], *wrapped: int) -> str:
    """A table of cells that are HTML; the ``wrapped`` columns break their lines."""
    looks = ['<td class="wrap">' if place in wrapped else "<td>" for place in range(len(heads))]
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    cells = (zip(looks, row, strict=True) for row in rows)
    body = "".join(f"<tr>{''.join(f'{td}{cell}</td>' for td, cell in row)}</tr>" for row in cells)
    return f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'


def _table(tables: RuleTables, table: str) -> str:
    if table == INTERVALS:
        heads = (_("Services"), _("Months"), _("What must be the same"), _("From"), _("Until"))
        return _grid(heads, [_interval(each) for each in tables.intervals], 0, 2)
    heads = (_("Services"), _("Document"), _("Return / deduction"), _("From"), _("Until"))
    return _grid(heads, [_need(each) for each in tables.needs], 0, 1)


def _interval(row: RetreatmentInterval) -> tuple[str, ...]:
    scope = scope_names()[Overlap(row.scope)]
    if row.is_same_code:
        scope = listed((scope, _("same code")))
    if row.until_years is not None:
        scope = listed((scope, _("under {years} years").format(years=digits(row.until_years))))
    return (groups_words(row), digits(row.months), escape(scope), *_days(row))


def _need(row: EvidenceNeed) -> tuple[str, ...]:
    kinds = listed(words.evidence_kind(kind) for kind in row.kinds)
    phases = listed(words.phase(phase) for phase in row.phases if phase != "none")
    said = [f"{phases}: {kinds}" if phases else kinds]
    if row.more_than:
        said.append(_("more than {n} units").format(n=digits(row.more_than)))
    if row.is_anterior_always:
        said.append(_("anterior always"))
    if row.is_any_tooth:
        said.append(_("any tooth"))
    if row.must_be_dated:
        said.append(_("dated"))
    if row.deducts:
        said.append(_("deducted first"))
    codes = f'<bdi dir="ltr">{escape(row.defect)} / {escape(row.reason)}</bdi>'
    return (groups_words(row), escape(" · ".join(said)), codes, *_days(row))


def _days(row: Rule) -> tuple[str, str]:
    first = day(row.valid_from) if row.valid_from.year > 1921 else _("always")
    return ltr(first), ltr(day(row.valid_until)) if row.valid_until else "–"


def groups_words(row: Rule) -> str:
    """The groups of a row (HTML)."""
    return escape(listed(group_name(group) for group in row.groups))


def _history(changes: tuple[TableChange, ...], names: dict[str, str]) -> str:
    heads = (_("Recorded"), _("By"), _("Table"), _("Services"), _("Reason"))
    rows = [
        (
            ltr(instant(change.at)),
            f"<bdi>{escape(change.by)}</bdi>",
            escape(names[change.table]),
            " · ".join(f"{groups_words(row)} ({_span(row)})" for row in change.rows),
            f"<bdi>{escape(change.reason)}</bdi>",
        )
        for change in changes
    ]
    return _grid(heads, rows, 3, 4)


def _span(row: Rule) -> str:
    first, last = _days(row)
    return f"{first} {escape(_('to'))} {last}"
