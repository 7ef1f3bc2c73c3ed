"""A batch as XLSX, right to left: its cases, their lines, and the reasons of every deduction.

Numbers are numbers; every text is written as text, so that a cell which begins with ``=`` stays
text. Amounts are the stored result of the one settlement; no note is ever written.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import xlsxwriter
from sqlalchemy.orm import Session

from workbench.i18n import _
from workbench.persian.jalali import format_day, format_instant
from workbench.rules.teeth import describe_jaw, describe_tooth
from workbench.services.access import Actor, require
from workbench.services.batches.batches import record_export
from workbench.services.batches.lines import LineRow
from workbench.services.batches.view import COLUMNS, BatchView, CaseRow, read_all_lines, read_batch
from workbench.services.batches.words import column_title, on_paper, outcome_name, result_name
from workbench.services.errors import state_name

Cell = str | int | float | None
BILLION = 1_000_000_000
UP_TO_A_BILLION = '[>=1000000]0"٬"000"٬"000;[>=1000]0"٬"000;0'
FROM_A_BILLION = '[>=1000000000]0"٬"000"٬"000"٬"000;[>=1000000]0"٬"000"٬"000;0'
PER_CENT_BASIS = 100


def batch_xlsx(session: Session, actor: Actor, acceptance_number: str, *, now: datetime) -> bytes:
    """A batch as XLSX bytes (sheets: cases, lines, reasons); leaves an audit event.

    For who may see money. Needs a writing transaction.
    """
    require(actor, "claim.money")
    view = read_batch(session, actor, acceptance_number)
    with on_paper():
        lines = read_all_lines(session, actor, acceptance_number)
        content = _written(view, lines, now)
    record_export(session, actor, acceptance_number, "xlsx", now=now)
    return content


class _Sheet:
    """A sheet that is filled row by row, from right to left."""

    def __init__(self, book: Any, title: str, widths: Sequence[int]) -> None:
        self._sheet = book.add_worksheet(title)
        self._sheet.right_to_left()
        self._title = book.add_format({"bold": True, "bg_color": "#F1F1F4", "bottom": 1})
        self._bold = book.add_format({"bold": True})
        self._amounts = {
            (is_large, is_bold): book.add_format(
                {"num_format": FROM_A_BILLION if is_large else UP_TO_A_BILLION, "bold": is_bold}
            )
            for is_large in (False, True)
            for is_bold in (False, True)
        }
        self._plain = book.add_format({"num_format": "General"})
        self._row = 0
        for column, width in enumerate(widths):
            self._sheet.set_column(column, column, width)

    def titles(self, titles: Sequence[str]) -> None:
        """A row of column titles that stays in sight."""
        for column, title in enumerate(titles):
            self._sheet.write_string(self._row, column, title, self._title)
        self._row += 1
        self._sheet.freeze_panes(self._row, 0)

    def add(self, cells: Sequence[Cell], *, amounts_from: int, is_sum: bool = False) -> None:
        """A row; whole numbers from column ``amounts_from`` on are amounts, None stays empty."""
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self._sheet.write_string(self._row, column, cell, self._bold if is_sum else None)
            elif cell is not None:
                style = self._amounts[cell >= BILLION, is_sum]
                is_amount = column >= amounts_from
                self._sheet.write_number(
                    self._row, column, cell, style if is_amount else self._plain
                )
        self._row += 1

    def skip(self) -> None:
        """An empty row."""
        self._row += 1


def _written(view: BatchView, lines: Mapping[str, Sequence[LineRow]], now: datetime) -> bytes:
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties(
        {"title": f"{_('Batch')} {view.acceptance_number}", "created": now.replace(tzinfo=None)}
    )
    _write_cases(book, view, now)
    _write_lines(book, view, lines)
    _write_reasons(book, view, lines)
    book.close()
    return target.getvalue()


def _write_cases(book: Any, view: BatchView, now: datetime) -> None:
    sheet = _Sheet(book, _("Cases"), (16, 26, 8, 12, *(20,) * len(COLUMNS), 18))
    for label, value in (
        (_("Acceptance number"), view.acceptance_number),
        (_("Insurer"), view.insurer),
        (_("Centre"), view.centre),
        (_("State"), state_name(view.state)),
        (_("Physical receipt"), _instant(view.received_at)),
        (_("Exported on"), _instant(now)),
    ):
        sheet.add((label, value), amounts_from=2)
    sheet.skip()
    titles = (_("Case"), _("Insured"), _("Lines"), _("Franchise (per cent)"))
    sheet.titles((*titles, *(column_title(name) for name in COLUMNS), _("Result")))
    for case in view.cases:
        sheet.add(_case_cells(case), amounts_from=len(titles))
    assert view.settled is not None, "the sheet is for who may see money"
    sums = [getattr(view.settled, name) for name in COLUMNS]
    sheet.add(
        (_("Sum of the finished cases"), "", view.settled_count, None, *sums),
        amounts_from=len(titles),
        is_sum=True,
    )
    if view.unsettled_count:
        sheet.add(
            (_("Not finished"), "", view.unsettled_count, None, view.unsettled_cost_rial),
            amounts_from=len(titles),
            is_sum=True,
        )


def _case_cells(case: CaseRow) -> list[Cell]:
    money: list[Cell] = (
        [getattr(case.money, name) for name in COLUMNS]
        if case.money
        else [case.cost_rial, *([None] * (len(COLUMNS) - 1))]
    )
    return [
        case.number,
        case.patient,
        case.line_count,
        _franchise(case.franchise_basis),
        *money,
        result_name(case.result),
    ]


def _write_lines(book: Any, view: BatchView, lines: Mapping[str, Sequence[LineRow]]) -> None:
    titles = (
        _("Case"),
        _("Insured"),
        _("Line"),
        _("Service date"),
        _("Code"),
        _("Code as requested"),
        _("Service"),
        _("Tooth or jaw"),
        _("Surfaces"),
        _("Quantity"),
    )
    widths = (16, 26, 6, 12, 8, 14, 34, 24, 10, 8)
    sheet = _Sheet(book, _("Service lines"), (*widths, *(20,) * len(COLUMNS), 8, 44))
    money = (column_title(name) for name in COLUMNS)
    sheet.titles((*titles, *money, _("Outcome"), _("Outcome in words")))
    for case in view.cases:
        for line in lines[case.number]:
            sheet.add(_line_cells(case, line), amounts_from=len(titles))


def _line_cells(case: CaseRow, line: LineRow) -> list[Cell]:
    return [
        case.number,
        case.patient,
        line.number,
        format_day(line.service_on),
        line.code,
        line.former_code,
        line.title,
        place_of(line),
        line.surfaces,
        line.quantity,
        *(getattr(line, name) for name in COLUMNS),
        line.outcome,
        outcome_name(line.outcome),
    ]


def _write_reasons(book: Any, view: BatchView, lines: Mapping[str, Sequence[LineRow]]) -> None:
    titles = (_("Case"), _("Line"), _("Reason"), _("Title of the reason"), _("Amount"), _("Text"))
    sheet = _Sheet(book, _("Deduction reasons"), (16, 6, 8, 40, 20, 60))
    sheet.titles(titles)
    for case in view.cases:
        for line in lines[case.number]:
            for reason in line.reasons:
                cells = (
                    case.number,
                    line.number,
                    reason.code,
                    reason.title,
                    reason.amount_rial,
                    reason.text,
                )
                sheet.add(cells, amounts_from=4)


def place_of(line: LineRow) -> str:
    """The tooth in words, else the jaw; empty where the line names neither."""
    if line.tooth is not None:
        return describe_tooth(line.tooth)
    return describe_jaw(line.jaw) if line.jaw else ""


def _franchise(basis: int | None) -> Cell:
    return None if basis is None else basis / PER_CENT_BASIS


def _instant(at: datetime | None) -> str:
    return "" if at is None else format_instant(at)
