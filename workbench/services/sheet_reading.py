"""The cells of an uploaded XLSX: what is no such file, too large, or carries a program is refused.

The file is foreign. It is weighed before it is unpacked, and no reader's failure gets through.
"""

import io
import zipfile
import zlib
from collections.abc import Sequence
from datetime import date, datetime

import openpyxl

from workbench.errors import Refused

BYTES_MAX = 5_000_000
UNPACKED_BYTES_MAX = 50_000_000
PARTS_MAX = 500
ROWS_MAX = 2_000
COLUMNS_MAX = 30
MACRO_PARTS = ("vbaproject", "activex", "macrosheets")
BROKEN = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What reading a file that only looks like a workbook was seen to raise."""

Cell = str | int | float | bool | date | datetime | None
SheetRow = tuple[int, tuple[Cell, ...]]
"""The number of a row, as a spreadsheet counts, and its cells."""


def read_sheet_rows(content: bytes) -> list[SheetRow]:
    """The rows of the first sheet that hold anything, the head first.

    Refused: ``sheet_not_xlsx``, ``sheet_too_large``, ``sheet_with_macros``, ``sheet_too_long``,
    ``sheet_empty``.
    """
    if len(content) > BYTES_MAX:
        raise Refused("sheet_too_large", most=BYTES_MAX // 1_000_000)
    try:
        _weigh(content)
        rows = _rows(content)
    except BROKEN as error:
        raise Refused("sheet_not_xlsx") from error
    if not rows:
        raise Refused("sheet_empty")
    if len(rows) > ROWS_MAX + 1 or rows[-1][0] > ROWS_MAX + 1:
        raise Refused("sheet_too_long", most=ROWS_MAX)
    return rows


def _weigh(content: bytes) -> None:
    """Refuse by the table of contents alone; a part that is longer than it says breaks off."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        names = [part.filename.lower() for part in parts]
        if any(mark in name for name in names for mark in MACRO_PARTS):
            raise Refused("sheet_with_macros")
        if len(parts) > PARTS_MAX or sum(part.file_size for part in parts) > UNPACKED_BYTES_MAX:
            raise Refused("sheet_too_large", most=BYTES_MAX // 1_000_000)
        for part in parts:
            if part.filename.endswith((".xml", ".rels")) and b"<!DOCTYPE" in archive.read(part):
                raise ValueError(part.filename)


def _rows(content: bytes) -> list[SheetRow]:
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    try:
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        found = sheet.iter_rows(max_row=ROWS_MAX + 2, max_col=COLUMNS_MAX, values_only=True)
        rows = [(number, tuple(cells)) for number, cells in enumerate(found, 1)]
    finally:
        book.close()
    return [(number, cells) for number, cells in rows if not _is_empty(cells)]


def _is_empty(cells: Sequence[Cell]) -> bool:
    return all(cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells)
