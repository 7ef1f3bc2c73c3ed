"""The figures of a managers' page as XLSX: what they are limited to first, then a sheet a table.

Each column says under its title what its figure is. Counts and rials are whole numbers, shares and
days have one place after the point; every text is text, so that no cell is taken for a formula.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session

from workbench.i18n import _, language
from workbench.persian.digits import to_persian
from workbench.persian.jalali import format_day, format_instant
from workbench.services import audit
from workbench.services.access import Actor, require
from workbench.services.figures.throughput import Wanted, counted_of, names_of
from workbench.services.figures.words import kind_name
from workbench.services.list_files import (
    CELL_CHARACTERS_MAX,
    SHEET_NAME_MAX,
    WIDTH_MAX,
    WIDTH_MIN,
)

Cell = str | int | float | None
NOT_IN_A_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", " "))
WHOLE, DECIMALS = "#,##0", {1: "#,##0.0", 2: "#,##0.00"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a sheet; ``meaning``: what its figure is and of what, in a sentence.

    ``places`` after the point: of those of its numbers that are no whole ones.
    """

    title: str
    meaning: str = ""
    places: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureSheet:
    """One table of figures; an int is a count or rials, a float a share in per cent or days."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def figures_xlsx(
    session: Session,
    actor: Actor,
    *,
    page: str,
    title: str,
    wanted: Wanted,
    sheets: Iterable[FigureSheet],
    now: datetime,
) -> bytes:
    """The sheets behind one that says page, limits and instant; leaves an audit event.

    ``page`` is the address, ``title`` its name in the present language. Needs a writing
    transaction. Refused: ``not_permitted``, ``period_wrong``.
    """
    require(actor, "figures.read")
    counted_of(actor, wanted, now)
    tables = list(sheets)
    audit.record(
        session,
        action="figures.export",
        stream=f"user:{actor.user_id}",
        actor_id=actor.user_id,
        now=now,
        page=page,
        rows=sum(len(table.rows) for table in tables),
    )
    about = [(_("Figures of the page"), title), *limits_in_words(session, wanted, now)]
    return _book([_first_sheet(about, tables), *tables])


def limits_in_words(session: Session, wanted: Wanted, now: datetime) -> list[tuple[str, str]]:
    """What the figures are limited to and when they were read: labels and words."""
    said = [
        (_("From"), shown_day(wanted.first_on)),
        (_("To"), shown_day(wanted.last_on)),
        (_("Read at"), shown_digits(format_instant(now))),
    ]
    for label, group, key in (
        (_("Insurer"), "insurer", wanted.insurer_id),
        (_("Centre"), "centre", wanted.centre_id),
        (_("Assessor"), "assessor", wanted.assessor_id),
    ):
        name = None if key is None else names_of(session, group, [key]).get(key, "–")
        said.append((label, _("All") if name is None else name))
    kind = _("All kinds") if wanted.kind is None else kind_name(wanted.kind)
    return [*said, (_("Kind"), kind)]


def sums_sheet(rows: tuple[tuple[Cell, ...], ...]) -> FigureSheet:
    """The first table of a page: of each figure its name, its value and what it is."""
    columns = (Column(title=_("Figure")), Column(title=_("Value")), Column(title=_("What it is")))
    return FigureSheet(name=_("Figures"), columns=columns, rows=rows)


def shown_day(on: date) -> str:
    """A Jalali day as the present language writes it."""
    return shown_digits(format_day(on))


def shown_digits(text: str) -> str:
    """Digits as the present language writes them."""
    return to_persian(text) if language() == "fa" else text


def _first_sheet(about: Sequence[tuple[str, str]], tables: Sequence[FigureSheet]) -> FigureSheet:
    rows: list[tuple[Cell, ...]] = [*about, (None, None)]
    rows += [(_("Sheet"), table.name) for table in tables]
    columns = (Column(title=_("What this is")), Column(title=""))
    return FigureSheet(name=_("About"), columns=columns, rows=tuple(rows))


def _book(sheets: Sequence[FigureSheet]) -> bytes:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as book:
        taken: set[str] = set()
        for sheet in sheets:
            _write(book, sheet, _free_name(sheet.name, taken))
    return buffer.getvalue()


def _free_name(name: str, taken: set[str]) -> str:
    """A name a sheet may have: no forbidden sign, short enough, none twice."""
    clean = " ".join(name.translate(NOT_IN_A_NAME).split()) or "-"
    free, n = clean[:SHEET_NAME_MAX], 1
    while free.casefold() in taken:
        n += 1
        tail = f" {n}"
        free = clean[: SHEET_NAME_MAX - len(tail)] + tail
    taken.add(free.casefold())
    return free


def _write(book: Any, sheet: FigureSheet, name: str) -> None:
    page = book.add_worksheet(name)
    if language() == "fa":
        page.right_to_left()
    bold = book.add_format({"bold": True, "bg_color": "#F1F1F4", "valign": "top"})
    small = {"font_size": 9, "font_color": "#636B79", "text_wrap": True, "valign": "top"}
    meaning = book.add_format({**small, "bottom": 1})
    whole = book.add_format({"num_format": WHOLE})
    decimals = {n: book.add_format({"num_format": shape}) for n, shape in DECIMALS.items()}
    for place, column in enumerate(sheet.columns):
        page.write_string(0, place, column.title, bold)
        page.write_string(1, place, column.meaning, meaning)
        page.set_column(place, place, _width(sheet, place))
    page.freeze_panes(2, 0)
    for row, cells in enumerate(sheet.rows, 2):
        for place, cell in enumerate(cells):
            if isinstance(cell, str):
                page.write_string(row, place, cell[:CELL_CHARACTERS_MAX])
            elif cell is not None:
                decimal = decimals[sheet.columns[place].places]
                page.write_number(row, place, cell, whole if isinstance(cell, int) else decimal)


def _width(sheet: FigureSheet, place: int) -> int:
    """Room for the widest cell; a meaning is wrapped, and asks for a third of its length."""
    column = sheet.columns[place]
    lengths = [len(column.title) + 4, len(column.meaning) // 3]
    for cells in sheet.rows:
        cell = cells[place]
        lengths.append(len(cell if isinstance(cell, str) else f"{cell or 0:,.0f}") + 2)
    return max(WIDTH_MIN, min(WIDTH_MAX, max(lengths)))
