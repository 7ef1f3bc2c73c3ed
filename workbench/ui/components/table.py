"""A table of rows that open: by mouse, by keyboard; one component for every list."""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, NotRequired, TypedDict

import streamlit as st

from workbench.i18n import _, language
from workbench.ui.components.assets import script, style
from workbench.ui.components.events import event_of

Tone = Literal["waiting", "review", "returned", "deducted", "approved", "late", "soon", ""]


class Cell(TypedDict):
    """What stands in a cell; every text is shown as text, never as HTML."""

    kind: Literal["text", "number", "code", "pill", "left", "link"]
    text: str
    tone: NotRequired[Tone]
    share: NotRequired[float]
    muted: NotRequired[bool]
    strong: NotRequired[bool]


class Column(TypedDict):
    """A column; ``sorted`` says which way it is sorted now, ``narrow`` hides it below 1500 px."""

    id: str
    title: str
    numeric: NotRequired[bool]
    sortable: NotRequired[bool]
    sorted: NotRequired[Literal["ascending", "descending"] | None]
    wide_only: NotRequired[bool]
    wraps: NotRequired[bool]


class Row(TypedDict):
    """A row by its id; one that cannot be opened says so."""

    id: str
    cells: Sequence[Cell]
    closed: NotRequired[bool]


def text_cell(text: str, *, muted: bool = False, strong: bool = False) -> Cell:
    """Words."""
    return {"kind": "text", "text": text, "muted": muted, "strong": strong}


def number_cell(text: str, *, muted: bool = False) -> Cell:
    """An amount or a count, already in the digits of the language."""
    return {"kind": "number", "text": text, "muted": muted}


def code_cell(text: str, *, muted: bool = False) -> Cell:
    """A code or date that reads from left to right."""
    return {"kind": "code", "text": text, "muted": muted}


def link_cell(text: str) -> Cell:
    """The number of what the row opens."""
    return {"kind": "link", "text": text}


def pill_cell(tone: Tone, word: str) -> Cell:
    """A state: tint, icon and word."""
    return {"kind": "pill", "tone": tone, "text": word}


def left_cell(share: float, tone: Tone, text: str) -> Cell:
    """Time left: a bar (``share`` of the whole, 0 to 1) and words."""
    return {"kind": "left", "share": max(0.0, min(1.0, share)), "tone": tone, "text": text}


def table(
    key: str,
    *,
    columns: Sequence[Column],
    rows: Sequence[Row],
    on_open: Callable[[str], None],
    words: Mapping[str, str] | None = None,
    selected: str | None = None,
    on_sort: Callable[[str], None] | None = None,
    on_page: Callable[[str], None] | None = None,
    dense: bool = False,
    takes_focus: bool = False,
) -> None:
    """Draw the rows; ``on_open`` gets the id of the row opened by Enter, double click or its link.

    ``on_sort`` gets a column's id, ``on_page`` gets ``next`` or ``previous`` (PgDn, PgUp).
    ``words`` overrides those of ``table_words`` (``label``, ``empty``, ``hint``).
    ``dense``: rows of 32 px; ``takes_focus``: the arrow keys work at once.
    """

    def opened() -> None:
        event = event_of(key, "open")
        if event:
            on_open(str(event["id"]))

    def sorted_by() -> None:
        event = event_of(key, "sort")
        if event and on_sort:
            on_sort(str(event["column"]))

    def turned() -> None:
        event = event_of(key, "page")
        if event and on_page:
            on_page(str(event["to"]))

    data = {
        "lang": language(),
        "words": {**table_words(), **(words or {})},
        "columns": list(columns),
        "rows": list(rows),
        "selected": selected,
        "pages": on_page is not None,
        "dense": dense,
        "takesFocus": takes_focus,
    }
    _component()(
        key=key,
        data=data,
        on_open_change=opened,
        on_sort_change=sorted_by,
        on_page_change=turned,
        height="content",
    )


@lru_cache
def _component() -> Any:
    return st.components.v2.component(
        "arzyab_table", css=style("base.css", "table.css"), js=script("table.js")
    )


def table_words() -> dict[str, str]:
    """Every word the component shows of itself, in the language of the present run."""
    return {
        "label": _("List; arrow keys move, Enter opens"),
        "empty": _("Nothing here"),
        "hint": "",
        "sort": _("Sort by {title}"),
    }
