"""The tables of the rules in words: their names, their columns, a row of each (HTML and text)."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from workbench.i18n import _
from workbench.rules.changes import CODES, ENDLESS, NUMBERS
from workbench.rules.parameters import Overlap
from workbench.services.catalogue.rule_checks import (
    APPROVALS,
    INTERVALS,
    NEEDS,
    OF_IMAGES,
    OF_SERVICES,
    PACKS,
    QUALITY,
    QUALITY_NUMBERS,
)
from workbench.services.referrals.letter_words import group_name
from workbench.ui import words
from workbench.ui.format import day, digits, listed

MAIN_TABLES = (INTERVALS, NEEDS, APPROVALS, PACKS)
THRESHOLDS = (*NUMBERS, *CODES, QUALITY)
FOR_EVER_YEAR = 1921


def table_name(table: str) -> str:
    """What a table of the rules is called."""
    return {
        INTERVALS: _("Re-treatment intervals"),
        NEEDS: _("Needed documents"),
        APPROVALS: _("Approval of the commission"),
        PACKS: _("Packs of the commission"),
        QUALITY: _("Limits of image quality"),
        "adult_from_years": _("Adult from the age of (years)"),
        "primary_tooth_until_years": _("Primary teeth until the age of (years)"),
        "canals_before_extra": _("Canals before an extra one"),
        "approval_months": _("An approval holds for (months)"),
        "class_three_codes": _("Two-surface codes that pay a class III"),
        "extra_canal_codes": _("Codes of an extra canal"),
        "no_treatment_groups": _("Services that are no treatment"),
        "extraction_groups": _("Services that include the alveoloplasty"),
        "flap_included_groups": _("Services that include flap and suture"),
        "whole_mouth_kinds": _("Images that count for every tooth"),
    }[table]


def scope_names() -> dict[Overlap, str]:
    """What a repeated treatment may have in common with the one before."""
    return {
        Overlap.SURFACE: _("tooth and a surface"),
        Overlap.TOOTH: _("tooth"),
        Overlap.JAW: _("jaw"),
        Overlap.MOUTH: _("mouth"),
    }


def approval_kind(kind: str) -> str:
    """The word for a kind of approval."""
    names = {"crown_and_bridge": _("Crown and bridge")}
    return names.get(kind) or group_name(kind)


def pack_name(name: str) -> str:
    """The word for a document of a pack."""
    return {
        "identity": _("Identity document"),
        "plan_form": _("Treatment-plan form"),
        "jaw_radiograph": _("Radiograph of the jaw"),
        "photograph": _("Photograph"),
        "abutment_radiograph": _("Radiograph of the abutments"),
        "panoramic": _("Panoramic"),
        "cephalometric": _("Cephalometric"),
    }.get(name, name)


def quality_name(name: str) -> str:
    """What a limit of image quality is called."""
    return {
        "side_least": _("Shorter side at least (pixels)"),
        "brightness_least": _("Brightness at least"),
        "contrast_least": _("Contrast at least"),
        "sharpness_least": _("Sharpness at least"),
        "colour_most": _("Colour of a radiograph at most"),
    }[name]


def heads(table: str) -> tuple[str, ...]:
    """The titles of a table's columns, its days last."""
    days = (_("From"), _("Until"))
    if table == INTERVALS:
        return (_("Services"), _("Months"), _("What must be the same"), *days)
    if table == NEEDS:
        return (_("Services"), _("Document"), _("Return / deduction"), *days)
    if table == APPROVALS:
        return (_("Kind"), _("Services"), _("From units"), *days)
    if table == PACKS:
        return (_("Kind"), _("Document"), _("Shown by"), *days)
    return (_("Threshold"), _("Value"), _("From"))


def cells(table: str, row: Any) -> tuple[str, ...]:
    """A row as the texts of its columns."""
    if table in ENDLESS:
        return (table_name(table), _value(table, row), first_day(row))
    last = day(row.valid_until) if row.valid_until else "–"
    return (*_CELLS[table](row), first_day(row), last)


def row_text(table: str, row: Any) -> str:
    """A row in one line, without its days."""
    if table in ENDLESS:
        return _value(table, row)
    said = _CELLS[table](row)
    if table == INTERVALS:
        months = _("{n} months").format(n=said[1])
        said = (said[0], months, said[2])
    if table == APPROVALS:
        said = (*said[:2], _("from {n} units on").format(n=said[2]))
    return listed(said)


def first_day(row: Any) -> str:
    """Since when a row holds."""
    return day(row.valid_from) if row.valid_from.year > FOR_EVER_YEAR else _("always")


def codes_words(table: str, codes: Sequence[str]) -> str:
    """The codes of a list in words."""
    if table in OF_IMAGES:
        return listed(words.evidence_kind(code) for code in codes)
    if table in OF_SERVICES:
        return listed(digits(code) for code in codes)
    return listed(group_name(code) for code in codes)


def _value(table: str, row: Any) -> str:
    if table in NUMBERS:
        return digits(row.value)
    if table in CODES:
        return codes_words(table, row.value)
    return listed(f"{quality_name(name)}: {digits(getattr(row, name))}" for name in QUALITY_NUMBERS)


def _interval(row: Any) -> tuple[str, ...]:
    scope = scope_names()[Overlap(row.scope)]
    if row.is_same_code:
        scope = listed((scope, _("same code")))
    if row.until_years is not None:
        scope = listed((scope, _("under {years} years").format(years=digits(row.until_years))))
    return _groups(row), digits(row.months), scope


def _need(row: Any) -> tuple[str, ...]:
    kinds = listed(words.evidence_kind(kind) for kind in row.kinds)
    phases = listed(words.phase(phase) for phase in row.phases if phase != "none")
    said = [f"{phases}: {kinds}" if phases else kinds]
    if row.more_than:
        said.append(_("more than {n} units").format(n=digits(row.more_than)))
    if row.is_anterior_always:
        said.append(_("anterior always"))
    if row.is_any_tooth:
        said.append(_("any tooth"))
    if row.must_be_dated:
        said.append(_("dated"))
    if row.deducts:
        said.append(_("deducted first"))
    return _groups(row), " · ".join(said), f"{row.defect} / {row.reason}"


def _approval(row: Any) -> tuple[str, ...]:
    return approval_kind(row.kind), _groups(row), digits(row.from_units)


def _pack(row: Any) -> tuple[str, ...]:
    said = [listed(words.evidence_kind(kind) for kind in row.images)]
    said.append(_("a must") if row.is_must else _("asked for"))
    if row.is_of_planned_tooth:
        said.append(_("of the planned tooth"))
    kinds = listed(approval_kind(kind) for kind in row.kinds)
    return kinds, pack_name(row.name), " · ".join(said)


def _groups(row: Any) -> str:
    return listed(group_name(group) for group in row.groups)


_CELLS: Mapping[str, Callable[[Any], tuple[str, ...]]] = {
    INTERVALS: _interval,
    NEEDS: _need,
    APPROVALS: _approval,
    PACKS: _pack,
}
