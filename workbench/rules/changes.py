"""A proposed change of prices and rules: one set of items that takes effect from one day.

It is proposed by one person, tried on the past (``rules.what_if``) and published by another. An
item names what it changes by codes; the day stands beside the items, so that what is tried and what
is published are the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from workbench.errors import Refused
from workbench.rules.parameters import (
    ApprovalNeed,
    DatedCodes,
    DatedNumber,
    EvidenceNeed,
    PackItem,
    Parameters,
    QualityLimits,
    RetreatmentInterval,
)
from workbench.rules.plain import from_plain, to_plain

NUMBERS = (
    "adult_from_years",
    "primary_tooth_until_years",
    "canals_before_extra",
    "approval_months",
)
CODES = (
    "class_three_codes",
    "extra_canal_codes",
    "no_treatment_groups",
    "extraction_groups",
    "flap_included_groups",
    "whole_mouth_kinds",
)
TABLES: dict[str, Any] = {
    "evidence_needs": EvidenceNeed,
    "retreatment_intervals": RetreatmentInterval,
    "approval_needs": ApprovalNeed,
    "pack_items": PackItem,
    "quality_limits": QualityLimits,
    **dict.fromkeys(NUMBERS, DatedNumber),
    **dict.fromkeys(CODES, DatedCodes),
}
"""What a row of each table of ``Parameters`` is."""

ENDLESS = ("quality_limits", *NUMBERS, *CODES)
"""Tables of which the row with the latest first day holds: nothing in them is ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceItem:
    """A code's price in whole rials, per (contracted?, level), from the day of the change on."""

    tariff_set: str
    code: str
    amount_rial: int
    is_contracted: bool = True
    level: str = "general"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoefficientItem:
    """What a centre's prices of a tariff set are multiplied with, in ten-thousandths."""

    centre: str
    tariff_set: str
    basis: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleItem:
    """A row of a table of the rules: added, put in the place of another, or the other one ended.

    ``row`` is plain, without ``valid_from`` (the day of the change); None: ``replaces`` ends.
    ``replaces`` is the place in the table of a row that is in force; it ends the day before.
    """

    table: str
    row: Mapping[str, Any] | None = None
    replaces: int | None = None


Item = PriceItem | CoefficientItem | RuleItem
KINDS: dict[str, type[Item]] = {
    "price": PriceItem,
    "coefficient": CoefficientItem,
    "rule": RuleItem,
}


def plain_items(items: Sequence[Item]) -> list[dict[str, Any]]:
    """The JSON-ready form of the items, each with its kind."""
    names = {kind: name for name, kind in KINDS.items()}
    return [{"kind": names[type(item)], **_plain_item(item)} for item in items]


def _plain_item(item: Item) -> dict[str, Any]:
    if isinstance(item, RuleItem):
        row = None if item.row is None else dict(item.row)
        return {"table": item.table, "row": row, "replaces": item.replaces}
    plain: dict[str, Any] = to_plain(item)
    return plain


def items_from_plain(rows: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    """The items of ``plain_items``; a wrong key raises TypeError."""
    return tuple(
        KINDS[row["kind"]](**{name: value for name, value in row.items() if name != "kind"})
        for row in rows
    )


def changed_rows(rows: Sequence[Any], item: RuleItem, from_on: date) -> tuple[Any, ...]:
    """A table after an item that takes effect on ``from_on``.

    Refused: ``rule_row_gone`` (the row to replace is not there or has ended) and ``rule_day_wrong``
    (it would end before it began).
    """
    kept = list(rows)
    if item.replaces is not None:
        kept[item.replaces] = _ended(kept, item, from_on)
    return tuple(kept) if item.row is None else (*kept, row_of(item, from_on))


def row_of(item: RuleItem, from_on: date) -> Any:
    """The row that an item adds."""
    assert item.row is not None
    return from_plain(TABLES[item.table], {**item.row, "valid_from": from_on.isoformat()})


def _ended(rows: Sequence[Any], item: RuleItem, from_on: date) -> Any:
    place = item.replaces
    assert place is not None and item.table not in ENDLESS, item
    if not 0 <= place < len(rows) or rows[place].valid_until is not None:
        raise Refused("rule_row_gone")
    if from_on <= rows[place].valid_from:
        raise Refused("rule_day_wrong", first_on=rows[place].valid_from + timedelta(days=1))
    return replace(rows[place], valid_until=from_on - timedelta(days=1))


def changed_parameters(parameters: Parameters, items: Sequence[Item], from_on: date) -> Parameters:
    """The parameters after the change, its rule items in their order. Refused: ``changed_rows``."""
    for item in items:
        if isinstance(item, RuleItem):
            rows = changed_rows(getattr(parameters, item.table), item, from_on)
            parameters = replace(parameters, **{item.table: rows})
    return parameters
