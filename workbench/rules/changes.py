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

ALWAYS_FROM = date(1921, 3, 21)
"""The first day of what was always so (1300/01/01), as in ``parameters.toml``."""

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


def as_if_always(parameters: Parameters, items: Sequence[Item]) -> Parameters:
    """The parameters as if the rule items had held on every day: what they replace never was.

    Former versions of a row, which had ended, give way too. Refused: ``rule_row_gone``.
    """
    for item in items:
        if isinstance(item, RuleItem):
            rows = _rows_as_if_always(getattr(parameters, item.table), item)
            parameters = replace(parameters, **{item.table: rows})
    return parameters


def _rows_as_if_always(rows: Sequence[Any], item: RuleItem) -> tuple[Any, ...]:
    new = () if item.row is None else (row_of(item, ALWAYS_FROM),)
    if item.table in ENDLESS:
        return new or tuple(rows)
    if item.replaces is not None:
        _ended(rows, item, date.max)
    replaced = None if item.replaces is None else rows[item.replaces]
    like = [each for each in (replaced, *new) if each is not None]
    kept = (
        each
        for each in rows
        if each is not replaced
        and not (each.valid_until is not None and any(_is_version_of(each, o) for o in like))
    )
    return (*kept, *new)


def _is_version_of(each: Any, other: Any) -> bool:
    """Whether two rows say something of one thing: a group in common, or a kind, by one name."""
    names = ("name", "kind")
    if any(getattr(each, name, None) != getattr(other, name, None) for name in names):
        return False
    field = "groups" if hasattr(each, "groups") else "kinds"
    return bool(set(getattr(each, field)) & set(getattr(other, field)))


def touched_groups(parameters: Parameters, items: Sequence[Item]) -> frozenset[str] | None:
    """The groups of services that the rule items speak of; None: they may touch any."""
    groups: set[str] = set()
    for item in items:
        if not isinstance(item, RuleItem):
            continue
        if item.table in ENDLESS:
            return None
        rows = getattr(parameters, item.table)
        for row in (item.row and row_of(item, ALWAYS_FROM), _row_at(rows, item.replaces)):
            groups |= set(getattr(row, "groups", ()))
    return frozenset(groups)


def _row_at(rows: Sequence[Any], place: int | None) -> Any:
    return rows[place] if place is not None and 0 <= place < len(rows) else None
