"""What a row of each table of the rules has to be, and when two rows contradict each other."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Reason, Service
from workbench.db.rule_parameters import parameters_of
from workbench.errors import Refused
from workbench.rules.changes import CODES, ENDLESS, NUMBERS
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.parameters import Overlap, Parameters, load_parameters
from workbench.rules.sentences import SOURCES

NEEDS, INTERVALS, APPROVALS, PACKS, QUALITY = (
    "evidence_needs",
    "retreatment_intervals",
    "approval_needs",
    "pack_items",
    "quality_limits",
)
MONTHS_MAX = 600
UNITS_MAX = 100
YEARS_MAX = 120
CANALS_MAX = 8
QUALITY_MAX = 100_000
NUMBERS_MAX: Mapping[str, int] = MappingProxyType(
    {
        "adult_from_years": YEARS_MAX,
        "primary_tooth_until_years": YEARS_MAX,
        "canals_before_extra": CANALS_MAX,
        "approval_months": MONTHS_MAX,
    }
)
QUALITY_NUMBERS = (
    "side_least",
    "brightness_least",
    "contrast_least",
    "sharpness_least",
    "colour_most",
)
OF_SERVICES = ("class_three_codes", "extra_canal_codes")
OF_IMAGES = ("whole_mouth_kinds",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What a row may name: service groups, service codes, return and deduction reasons."""

    groups: tuple[str, ...]
    codes: tuple[str, ...]
    defects: tuple[str, ...]
    reasons: tuple[str, ...]


def read_known(session: Session) -> Known:
    """The catalogue's groups and those the rules name besides, its codes and active reasons."""
    groups = {*session.scalars(select(Service.group).distinct()), *_named(parameters_of(session))}
    codes = select(Service.code).where(Service.is_active).distinct().order_by(Service.code)
    return Known(
        groups=tuple(sorted(groups)),
        codes=tuple(session.scalars(codes)),
        defects=_reasons(session, "defect"),
        reasons=_reasons(session, "deduction"),
    )


def approval_kinds() -> tuple[str, ...]:
    """The kinds of approval that plans know."""
    return tuple(sorted({row.kind for row in load_parameters().approval_needs}))


def pack_names() -> tuple[str, ...]:
    """The documents that a pack can ask for by name."""
    return tuple(dict.fromkeys(row.name for row in load_parameters().pack_items))


def check_row(known: Known, table: str, row: Any) -> None:
    """Refuse a row that cannot be: the codes of ``rule_messages``."""
    if row.valid_from > (getattr(row, "valid_until", None) or date.max):
        raise Refused("rule_day_wrong", first_on=row.valid_from)
    if not set(row.source.split("+")) <= set(SOURCES):
        raise Refused("change_item_wrong")
    if table in NUMBERS:
        _whole(row.value, 1, NUMBERS_MAX[table], "rule_number_wrong")
    elif table in CODES:
        _check_codes(known, table, row.value)
    else:
        _CHECKS[table](known, row)


def is_contradicted(table: str, row: Any, others: Iterable[Any]) -> bool:
    """Whether another row says something else about the same thing on the same day.

    Different documents add up; of an endless table one row begins on a day.
    """
    if table in ENDLESS:
        return any(other.valid_from == row.valid_from for other in others)
    return any(_overlap(row, other) and _is_same(table, row, other) for other in others)


def _overlap(row: Any, other: Any) -> bool:
    begins = max(row.valid_from, other.valid_from)
    return bool(begins <= min(row.valid_until or date.max, other.valid_until or date.max))


def _is_same(table: str, row: Any, other: Any) -> bool:
    if table in (NEEDS, PACKS) and row.name != other.name:
        return False
    name = "kinds" if table == PACKS else "groups"
    return bool(set(getattr(row, name)) & set(getattr(other, name)))


def _check_need(known: Known, row: Any) -> None:
    _check_groups(known, row.groups)
    _within(row.kinds, EvidenceKind, "rule_kind_missing")
    _within(row.phases, Phase, "rule_phase_missing")
    if row.defect not in known.defects:
        raise Refused("rule_defect_unknown", defect=row.defect)
    if row.reason not in known.reasons:
        raise Refused("rule_deduction_unknown", reason=row.reason)
    _whole(row.more_than, 0, UNITS_MAX, "rule_units_wrong")


def _check_interval(known: Known, row: Any) -> None:
    _check_groups(known, row.groups)
    _whole(row.months, 1, MONTHS_MAX, "rule_months_wrong")
    if row.until_years is not None:
        _whole(row.until_years, 1, YEARS_MAX, "rule_years_wrong")
    _within((row.scope,), Overlap, "change_item_wrong")


def _check_approval(known: Known, row: Any) -> None:
    _check_groups(known, row.groups)
    _within((row.kind,), approval_kinds(), "rule_approval_unknown")
    _whole(row.from_units, 1, UNITS_MAX, "rule_from_units_wrong")


def _check_pack(_known: Known, row: Any) -> None:
    _within(row.kinds, approval_kinds(), "rule_approval_unknown")
    _within((row.name,), pack_names(), "rule_document_unknown")
    _within(row.images, EvidenceKind, "rule_kind_missing")


def _check_quality(_known: Known, row: Any) -> None:
    for name in QUALITY_NUMBERS:
        _whole(getattr(row, name), 0, QUALITY_MAX, "rule_quality_wrong")
    _within(row.radiograph_kinds, EvidenceKind, "rule_kind_missing")


def _check_codes(known: Known, table: str, codes: tuple[str, ...]) -> None:
    if table in OF_IMAGES:
        _within(codes, EvidenceKind, "rule_kind_missing")
    elif table in OF_SERVICES:
        unknown = sorted(set(codes) - set(known.codes))
        if not codes or unknown:
            raise Refused("rule_code_unknown", key=unknown[0] if unknown else "–")
    else:
        _check_groups(known, codes)


def _check_groups(known: Known, groups: tuple[str, ...]) -> None:
    unknown = sorted(set(groups) - set(known.groups))
    if not groups or unknown:
        raise Refused("rule_group_unknown", group=unknown[0] if unknown else "–")


def _within(values: Iterable[Any], allowed: Iterable[Any], code: str) -> None:
    """At least one value, and each of them a known one."""
    named = set(values)
    if not named or not named <= set(allowed):
        raise Refused(code)


def _whole(value: Any, least: int, most: int, code: str) -> None:
    if type(value) is not int or not least <= value <= most:
        raise Refused(code, least=least, most=most)


def _named(parameters: Parameters) -> set[str]:
    """Groups that rules name though no service of the catalogue has them."""
    rows: list[Any] = [*parameters.evidence_needs, *parameters.retreatment_intervals]
    of_rows = {group for row in rows for group in row.groups}
    lists = [name for name in CODES if name not in (*OF_SERVICES, *OF_IMAGES)]
    return of_rows | {g for name in lists for row in getattr(parameters, name) for g in row.value}


def _reasons(session: Session, kind: str) -> tuple[str, ...]:
    known = select(Reason.code).where(Reason.kind == kind, Reason.is_active)
    return tuple(session.scalars(known.where(Reason.is_computed.is_(False)).order_by(Reason.code)))


_CHECKS: Mapping[str, Callable[[Known, Any], None]] = MappingProxyType(
    {
        NEEDS: _check_need,
        INTERVALS: _check_interval,
        APPROVALS: _check_approval,
        PACKS: _check_pack,
        QUALITY: _check_quality,
    }
)
