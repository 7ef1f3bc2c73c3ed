"""Prices and coefficients as XLSX: the export gives the file that the import takes.

An import reads every row and applies none: right rows become the items of one draft change, wrong
ones are told by their number. What holds already on the first day is left out.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Centre, CentreCoefficient, Service, Tariff, TariffSet
from workbench.errors import Refused
from workbench.i18n import N_, _, catalogue
from workbench.persian.digits import drop_direction_marks, parse_amount, to_ascii
from workbench.persian.text import normalise
from workbench.rules.changes import CoefficientItem, Item, PriceItem
from workbench.rules.money import ONE_BASIS
from workbench.services.access import Actor, require
from workbench.services.catalogue.applying import AMOUNT_MAX_RIAL
from workbench.services.catalogue.catalogue import COEFFICIENT_MAX
from workbench.services.sheet_reading import Cell, SheetRow, read_sheet_rows

PRICES, COEFFICIENTS = "prices", "coefficients"
TITLES: dict[str, str] = {
    "tariff_set": N_("Tariff set"),
    "code": N_("Code"),
    "title": N_("Service"),
    "is_contracted": N_("Contract"),
    "level": N_("Level"),
    "amount_rial": N_("Price (rial)"),
    "centre": N_("Code of the centre"),
    "name": N_("Centre"),
    "basis": N_("Coefficient"),
    "since": N_("Holds since"),
}
COLUMNS = {
    PRICES: ("tariff_set", "code", "title", "is_contracted", "level", "amount_rial", "since"),
    COEFFICIENTS: ("centre", "name", "tariff_set", "basis", "since"),
}
READ = {
    PRICES: ("tariff_set", "code", "is_contracted", "level", "amount_rial"),
    COEFFICIENTS: ("centre", "tariff_set", "basis"),
}
"""The columns an import reads; the others are there for the reader."""
CONTRACTED = {True: N_("contracted"), False: N_("not contracted")}
LEVELS = {"general": N_("general dentist"), "specialist": N_("specialist")}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReport:
    """A row by its number in the sheet: its item, or why it is wrong; neither: nothing changes."""

    number: int
    key: str
    item: Item | None
    problem: Refused | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetReport:
    """What an import would propose; nothing of it is applied."""

    rows: tuple[RowReport, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """The items of the right rows that change something."""
        return tuple(row.item for row in self.rows if row.item is not None)

    @property
    def wrong(self) -> tuple[RowReport, ...]:
        """The rows that cannot be taken."""
        return tuple(row for row in self.rows if row.problem is not None)

    @property
    def unchanged_count(self) -> int:
        """Rows that say what holds already."""
        return len(self.rows) - len(self.items) - len(self.wrong)


def read_price_sheet(
    session: Session, actor: Actor, kind: str, content: bytes, *, from_on: date
) -> SheetReport:
    """The report of an uploaded sheet of ``prices`` or ``coefficients``.

    Refused: those of ``read_sheet_rows``, ``sheet_columns_missing``.
    """
    require(actor, "catalogue.propose")
    rows = read_sheet_rows(content)
    places = _places(rows[0], READ[kind])
    known = _known_prices(session, from_on) if kind == PRICES else _known_bases(session, from_on)
    read = _price if kind == PRICES else _coefficient
    seen: dict[Any, int] = {}
    return SheetReport(
        rows=tuple(_report(row, places, known, seen, read, from_on) for row in rows[1:])
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Codes that may be named, and by key what holds on the day: (value, from, last day)."""

    sets: frozenset[str]
    codes: frozenset[tuple[str, str]]
    held: Mapping[Any, tuple[int, date, date | None]]


def basis_of(text: str) -> int | None:
    """«1.15», with a point or a Persian comma, in ten-thousandths; None: no such number."""
    try:
        number = Decimal(text.strip().replace("٫", ".").replace("/", "."))
        basis = number * ONE_BASIS
        is_whole = basis == basis.to_integral_value()
    except (InvalidOperation, OverflowError):
        return None
    return int(basis) if is_whole and 0 < basis <= COEFFICIENT_MAX else None


def _report(
    row: SheetRow,
    places: Mapping[str, int],
    known: _Known,
    seen: dict[Any, int],
    read: Callable[[Mapping[str, Cell], _Known], tuple[Any, int, Item]],
    from_on: date,
) -> RowReport:
    number, cells = row
    given = {name: cells[place] if place < len(cells) else None for name, place in places.items()}
    names = [name for name in ("centre", "code") if name in given]
    shown = next((_text(given[name]) for name in names), "")
    try:
        key, value, item = read(given, known)
        if key in seen:
            raise Refused("sheet_row_twice", other=seen[key])
        seen[key] = number
        is_held = _is_held(known, key, value, from_on, shown)
    except Refused as problem:
        return RowReport(number=number, key=shown, item=None, problem=problem)
    return RowReport(number=number, key=shown, item=None if is_held else item, problem=None)


def _is_held(known: _Known, key: Any, value: int, from_on: date, shown: str) -> bool:
    """Whether this holds already; a period that was closed on purpose may not be run into."""
    held = known.held.get(key)
    if held is None:
        return False
    former, first_on, last_on = held
    if last_on is None:
        return former == value
    if first_on < from_on <= last_on:
        raise Refused("tariff_overlaps", service_code=shown, other_from=first_on)
    return False


def _price(given: Mapping[str, Cell], known: _Known) -> tuple[Any, int, Item]:
    tariff_set, code = _text(given["tariff_set"]), _text(given["code"])
    if tariff_set not in known.sets:
        raise Refused("unknown_tariff_set", key=tariff_set or "–")
    if (tariff_set, code) not in known.codes:
        raise Refused("unknown_service_code", service_code=code or "–")
    is_contracted = _word(given["is_contracted"], CONTRACTED, "is_contracted")
    level = _word(given["level"], LEVELS, "level")
    amount_rial = _amount(given["amount_rial"])
    item = PriceItem(
        tariff_set=tariff_set,
        code=code,
        amount_rial=amount_rial,
        is_contracted=is_contracted,
        level=level,
    )
    return (tariff_set, code, is_contracted, level), amount_rial, item


def _coefficient(given: Mapping[str, Cell], known: _Known) -> tuple[Any, int, Item]:
    centre, tariff_set = _text(given["centre"]), _text(given["tariff_set"])
    if tariff_set not in known.sets:
        raise Refused("unknown_tariff_set", key=tariff_set or "–")
    if ("", centre) not in known.codes:
        raise Refused("unknown_centre", key=centre or "–")
    cell = given["basis"]
    if _text(cell) == "":
        raise Refused("sheet_cell_empty", column=_(TITLES["basis"]))
    basis = None if isinstance(cell, bool | date) else basis_of(_text(cell))
    if basis is None:
        raise Refused("sheet_coefficient_wrong", value=_text(cell))
    item = CoefficientItem(centre=centre, tariff_set=tariff_set, basis=basis)
    return (centre, tariff_set), basis, item


def _amount(cell: Cell) -> int:
    """Whole rials; a number, or a text of digits with or without separators."""
    column = _(TITLES["amount_rial"])
    text = _text(cell)
    if text == "":
        raise Refused("sheet_cell_empty", column=column)
    if text.startswith(("-", "−")):
        raise Refused("sheet_negative", column=column, value=text)
    try:
        if isinstance(cell, bool | date):
            raise ValueError(cell)
        amount_rial = int(cell) if isinstance(cell, int) else parse_amount(text)
    except ValueError as error:
        raise Refused("sheet_not_a_number", column=column, value=text) from error
    if amount_rial > AMOUNT_MAX_RIAL:
        raise Refused("sheet_amount_too_large", limit_rial=AMOUNT_MAX_RIAL)
    return amount_rial


def _text(cell: Cell) -> str:
    """A code as text: whole numbers without a fraction, Latin digits, no marks."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 10**15:
        cell = int(cell)
    return to_ascii(drop_direction_marks(str(cell))).strip()


def _word(cell: Cell, words: Mapping[Any, str], column: str) -> Any:
    """What a word means, in either language or as its code."""
    if _text(cell) == "":
        raise Refused("sheet_cell_empty", column=_(TITLES[column]))
    typed = normalise(_text(cell))
    for value, word in words.items():
        if typed in {normalise(each) for each in (word, _persian(word), str(value))}:
            return value
    raise Refused("sheet_word_unknown", column=_(TITLES[column]), value=_text(cell))


def _persian(message: str) -> str:
    return catalogue("fa").get(message, message)


def _places(head: SheetRow, wanted: Sequence[str]) -> dict[str, int]:
    """Where the columns stand, by their titles in either language."""
    titles = [normalise(_text(cell)) for cell in head[1]]
    places = {}
    for name in wanted:
        known = {normalise(each) for each in (TITLES[name], _persian(TITLES[name]), name)}
        place = next((place for place, title in enumerate(titles) if title in known), None)
        if place is not None:
            places[name] = place
    missing = tuple(_(TITLES[name]) for name in wanted if name not in places)
    if missing:
        raise Refused("sheet_columns_missing", columns=missing)
    return places


def _known_prices(session: Session, on: date) -> _Known:
    pairs = session.execute(
        select(TariffSet.code.label("tariff_set"), Service.code).join(
            Service, Service.tariff_set_id == TariffSet.id
        )
    ).all()
    rows = session.execute(
        select(
            TariffSet.code.label("tariff_set"),
            Tariff.code,
            Tariff.is_contracted,
            Tariff.level,
            Tariff.amount_rial,
            Tariff.valid_from,
            Tariff.valid_to,
        )
        .join(TariffSet, TariffSet.id == Tariff.tariff_set_id)
        .where(Tariff.valid_from <= on)
        .order_by(Tariff.valid_from, Tariff.recorded_at, Tariff.id)
    )
    return _Known(
        sets=frozenset(session.scalars(select(TariffSet.code))),
        codes=frozenset((pair.tariff_set, pair.code) for pair in pairs),
        held={tuple(row[:4]): (row.amount_rial, row.valid_from, row.valid_to) for row in rows},
    )


def _known_bases(session: Session, on: date) -> _Known:
    rows = session.execute(
        select(
            Centre.code,
            TariffSet.code.label("tariff_set"),
            CentreCoefficient.basis,
            CentreCoefficient.valid_from,
        )
        .join(Centre, Centre.id == CentreCoefficient.centre_id)
        .join(TariffSet, TariffSet.id == CentreCoefficient.tariff_set_id)
        .where(CentreCoefficient.valid_from <= on)
        .order_by(CentreCoefficient.valid_from, CentreCoefficient.recorded_at, CentreCoefficient.id)
    )
    return _Known(
        sets=frozenset(session.scalars(select(TariffSet.code))),
        codes=frozenset(("", code) for code in session.scalars(select(Centre.code))),
        held={tuple(row[:2]): (row.basis, row.valid_from, None) for row in rows},
    )
