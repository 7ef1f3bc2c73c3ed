"""The dated, cited constants of the rules; the values stand in ``parameters.toml`` beside it.

A value is read as at the service date. A finished round keeps the values it used.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Protocol, TypeVar

from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.plain import from_plain

PARAMETERS_FILE = Path(__file__).with_name("parameters.toml")


class Dated(Protocol):
    """Anything in force from a day on."""

    @property
    def valid_from(self) -> date: ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedNumber:
    """A number from ``valid_from`` on; ``source`` is a citation code (``sentences.source``)."""

    value: int
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedCodes:
    """A list of codes from ``valid_from`` on."""

    value: tuple[str, ...]
    valid_from: date
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceNeed:
    """One document a treatment needs (domain/clinical.md §3).

    It is needed when the claim holds more than ``more_than`` units of ``groups``, or always on an
    anterior tooth if ``is_anterior_always``. An image satisfies it by kind and phase on the same
    tooth (``is_any_tooth``: on whichever), with a date where ``must_be_dated``. ``defect`` is the
    return reason, ``reason`` the deduction instead; ``deducts`` proposes the deduction first.
    """

    name: str
    groups: tuple[str, ...]
    phases: tuple[Phase, ...]
    kinds: tuple[EvidenceKind, ...]
    defect: str
    reason: str
    source: str
    valid_from: date
    valid_until: date | None = None
    more_than: int = 0
    is_anterior_always: bool = False
    is_any_tooth: bool = False
    must_be_dated: bool = False
    deducts: bool = False

    def is_in_force(self, on: date) -> bool:
        """Whether the need holds for a service of that day, both ends included."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalNeed:
    """Services of ``groups`` need the commission's approval from ``from_units`` units on (B12)."""

    kind: str
    groups: tuple[str, ...]
    from_units: int
    source: str
    valid_from: date
    valid_until: date | None = None

    def is_in_force(self, on: date) -> bool:
        """Whether the need holds on that day, both ends included."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackItem:
    """One document of the packs of ``kinds`` (clinical.md §3), shown by one of ``images``.

    Without an ``is_must`` item a plan is refused. ``is_of_planned_tooth``: the image shows a
    planned tooth, or the whole mouth.
    """

    kinds: tuple[str, ...]
    name: str
    images: tuple[EvidenceKind, ...]
    is_must: bool
    source: str
    valid_from: date
    valid_until: date | None = None
    is_of_planned_tooth: bool = False

    def is_in_force(self, on: date) -> bool:
        """Whether the item is asked for on that day, both ends included."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


class Overlap(StrEnum):
    """What a repeated treatment has in common with the one before."""

    SURFACE = "surface"
    TOOTH = "tooth"
    JAW = "jaw"
    MOUTH = "mouth"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetreatmentInterval:
    """A treatment of ``groups`` is paid once in so many Jalali months, the last day included (§4).

    ``scope``: the same tooth with a surface in common, the same tooth, the same jaw, or the mouth.
    ``is_same_code``: only the same code repeats it, for the parts of one treatment have their own.
    ``until_years``: it holds for patients under so many completed Jalali years; None: for all.
    """

    groups: tuple[str, ...]
    months: int
    scope: Overlap
    source: str
    valid_from: date
    valid_until: date | None = None
    until_years: int | None = None
    is_same_code: bool = False

    def is_in_force(self, on: date) -> bool:
        """Whether the interval holds for a service of that day, both ends included."""
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityLimits:
    """From where on an image is called hard to read; units as of ``evidence.quality``.

    ``side_least`` pixels of the shorter side; dark is what has less than both ``brightness_least``
    and ``contrast_least`` (a cephalogram is dark and full of contrast); above ``colour_most`` an
    image of ``radiograph_kinds`` is taken for a photograph.
    """

    side_least: int
    brightness_least: int
    contrast_least: int
    sharpness_least: int
    colour_most: int
    radiograph_kinds: tuple[EvidenceKind, ...]
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Every constant the rules use; ages are completed Jalali years."""

    adult_from_years: tuple[DatedNumber, ...]
    primary_tooth_until_years: tuple[DatedNumber, ...]
    canals_before_extra: tuple[DatedNumber, ...]
    class_three_codes: tuple[DatedCodes, ...]
    extra_canal_codes: tuple[DatedCodes, ...]
    no_treatment_groups: tuple[DatedCodes, ...]
    extraction_groups: tuple[DatedCodes, ...]
    flap_included_groups: tuple[DatedCodes, ...]
    whole_mouth_kinds: tuple[DatedCodes, ...]
    evidence_needs: tuple[EvidenceNeed, ...]
    approval_needs: tuple[ApprovalNeed, ...] = ()
    pack_items: tuple[PackItem, ...] = ()
    approval_months: tuple[DatedNumber, ...] = ()
    retreatment_intervals: tuple[RetreatmentInterval, ...] = ()
    quality_limits: tuple[QualityLimits, ...] = ()


def in_force(versions: Iterable[D], on: date) -> D:
    """The version in force on a day; ``parameters.toml`` covers every day, so one there is."""
    begun = [version for version in versions if version.valid_from <= on]
    assert begun, f"no parameter in force on {on}"
    return max(begun, key=lambda version: version.valid_from)


@cache
def load_parameters(path: Path = PARAMETERS_FILE) -> Parameters:
    """The parameters of a TOML file, by default the shipped one; read once."""
    return from_plain(Parameters, tomllib.loads(path.read_text(encoding="utf-8")))
