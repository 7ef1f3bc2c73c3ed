"""Lists as files: XLSX (right to left in Persian) and CSV. No cell is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

import xlsxwriter

from workbench.i18n import language

Cell = str | int | None
CELL_CHARACTERS_MAX = 32_767
SHEET_NAME_MAX = 31
WIDTH_MIN, WIDTH_MAX = 12, 60
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def xlsx_file(title: str, titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a frozen head; text is written as text, whole numbers as numbers."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as book:
        sheet = book.add_worksheet(title[:SHEET_NAME_MAX])
        if language() == "fa":
            sheet.right_to_left()
        head, amount = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0"})
        for column, name in enumerate(titles):
            sheet.write_string(0, column, name, head)
        widths = [len(name) + 4 for name in titles]
        for row, cells in enumerate(rows, 1):
            for column, cell in enumerate(cells):
                if isinstance(cell, int):
                    sheet.write_number(row, column, cell, amount)
                elif cell is not None:
                    sheet.write_string(row, column, cell[:CELL_CHARACTERS_MAX])
                shown = f"{cell:,}" if isinstance(cell, int) else cell or ""
                widths[column] = max(widths[column], len(shown) + 2)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, max(WIDTH_MIN, min(WIDTH_MAX, width)))
        sheet.freeze_panes(1, 0)
    return buffer.getvalue()


def csv_file(titles: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with a byte order mark, so that spreadsheets show Persian; every cell quoted."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow([_harmless(title) for title in titles])
    writer.writerows([_harmless(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _harmless(cell: Cell) -> str:
    """An apostrophe before what a spreadsheet would run."""
    if cell is None or isinstance(cell, int):
        return "" if cell is None else str(cell)
    return f"'{cell}" if cell.startswith(FORMULA_STARTS) else cell
