"""Reading the input of ``money``: strict, because a slip of the finger here is money.

Every key is named in a refusal by its place, as in ``lines[0].deductions[1].amount_rial``.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

from workbench.errors import Refused
from workbench.rules.lines import COMPUTED_REASONS
from workbench.rules.money import ONE_BASIS, LineInput

CATALOGUE_FILE = Path(__file__).parents[1] / "catalogue_default.toml"
HUNDRED_PERCENT = 100
BASIS_PER_PERCENT = ONE_BASIS // HUNDRED_PERCENT

CASE_KEYS = ("franchise_percent", "available_ceiling_rial", "lines")
LINE_KEYS = ("cost_rial", "tariff_rial", "deductions")
DEDUCTION_KEYS = ("reason", "amount_rial")
OPTIONAL = {"available_ceiling_rial", "tariff_rial", "deductions"}
"""Keys whose absence means what null or an empty list means; a misspelt one is refused anyway."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyInput:
    """The checked input of ``settle``."""

    lines: tuple[LineInput, ...]
    franchise_basis: int
    available_rial: int | None


def read_money(name: str, content: bytes) -> MoneyInput:
    """The input from the bytes of a file called ``name``; refused with the place of the fault."""
    case = _object(_parsed(name, content), name, CASE_KEYS)
    lines = _list(case["lines"], "lines")
    if not lines:
        raise Refused("input_no_lines")
    return MoneyInput(
        lines=tuple(_line(line, f"lines[{index}]") for index, line in enumerate(lines)),
        franchise_basis=_franchise_basis(case["franchise_percent"]),
        available_rial=_optional_rial(case["available_ceiling_rial"], "available_ceiling_rial"),
    )


def _parsed(name: str, content: bytes) -> Any:
    try:
        return json.loads(
            content.decode("utf-8-sig"),
            parse_float=Decimal,
            parse_constant=_no_number,
            object_pairs_hook=_unique,
        )
    except (ValueError, RecursionError) as error:
        raise Refused("input_not_json", name=name, problem=str(error)) from error


def _no_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is no number")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Refused("input_double_key", key=key)
        found[key] = value
    return found


def _object(value: Any, place: str, keys: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Refused("input_not_object", place=place)
    for key in value:
        if key not in keys:
            raise Refused("input_unknown_key", place=place, key=key, known=keys)
    for key in keys:
        if key not in value and key not in OPTIONAL:
            raise Refused("input_missing_key", place=place, key=key)
    return {key: value.get(key) for key in keys}


def _list(value: Any, place: str) -> list[Any]:
    if not isinstance(value, list):
        raise Refused("input_not_list", place=place)
    return value


def _line(value: Any, place: str) -> LineInput:
    line = _object(value, place, LINE_KEYS)
    deductions = [] if line["deductions"] is None else _list(line["deductions"], place)
    return LineInput(
        cost_rial=_rial(line["cost_rial"], f"{place}.cost_rial"),
        tariff_rial=_optional_rial(line["tariff_rial"], f"{place}.tariff_rial"),
        deduction_rial=sum(
            _deduction_rial(deduction, f"{place}.deductions[{index}]")
            for index, deduction in enumerate(deductions)
        ),
    )


def _deduction_rial(value: Any, place: str) -> int:
    deduction = _object(value, place, DEDUCTION_KEYS)
    reason = deduction["reason"]
    if isinstance(reason, str) and reason in COMPUTED_REASONS:
        raise Refused("reason_computed", place=place, reason=reason)
    if not isinstance(reason, str) or reason not in deduction_reasons():
        raise Refused("reason_unknown", place=place, reason=reason)
    return _rial(deduction["amount_rial"], f"{place}.amount_rial")


@cache
def deduction_reasons() -> frozenset[str]:
    """The codes of the default catalogue by which something may be deducted."""
    catalogue = tomllib.loads(CATALOGUE_FILE.read_text(encoding="utf-8"))
    codes = {row["code"] for row in catalogue["reasons"] if row["kind"] == "deduction"}
    return frozenset(codes - COMPUTED_REASONS)


def _optional_rial(value: Any, place: str) -> int | None:
    return None if value is None else _rial(value, place)


def _rial(value: Any, place: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise Refused("amount_not_whole", place=place)
    if value < 0:
        raise Refused("amount_below_zero", place=place)
    return value


def _franchise_basis(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refused("franchise_not_number")
    if not 0 <= value <= HUNDRED_PERCENT:
        raise Refused("franchise_out_of_range")
    basis = Decimal(value) * BASIS_PER_PERCENT
    if basis != int(basis):
        raise Refused("franchise_too_fine")
    return int(basis)
