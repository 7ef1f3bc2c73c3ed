"""From the treatments of a mouth to its present picture: what a dentist would draw on the chart.

Groups are those of ``workbench.rules.facts.Service``. A later treatment wins over an earlier one; a
treatment that leaves nothing to be seen on the tooth (visit, radiograph, scaling, fluoride, flap,
sealant …) changes no picture. Source: ``clinical.md`` §1; the usual ages of eruption are those of
the American Dental Association's charts, the last year of each span.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from workbench.rules.teeth import ALL_TEETH, Jaw, Tooth, distinct_surfaces

BRIDGE_DAYS_MAX = 90
"""Units of one bridge are billed within so many days; what is further apart is another bridge."""

PRIMARY_FROM_YEARS = 3
PRIMARY_ROW_UNDER_YEARS = 15

UPPER_ARCH = (*range(18, 10, -1), *range(21, 29))
LOWER_ARCH = (*range(48, 40, -1), *range(31, 39))
UPPER_PRIMARY_ARCH = (*range(55, 50, -1), *range(61, 66))
LOWER_PRIMARY_ARCH = (*range(85, 80, -1), *range(71, 76))
ARCHES = (UPPER_ARCH, UPPER_PRIMARY_ARCH, LOWER_PRIMARY_ARCH, LOWER_ARCH)
"""The rows of the chart as one looks at the patient: his right is on the left, always."""

_ERUPTED_YEARS: dict[Jaw, tuple[int, ...]] = {
    Jaw.UPPER: (8, 9, 12, 11, 12, 7, 13, 21),
    Jaw.LOWER: (7, 8, 10, 12, 12, 7, 13, 21),
}


class Mark(StrEnum):
    """What a treatment leaves on a tooth; ``UNKNOWN``: of which only the date is told."""

    SURFACES = "surfaces"
    CANAL = "canal"
    CROWN = "crown"
    BRIDGE = "bridge"
    SCREW = "screw"
    CROSS = "cross"
    UNKNOWN = "unknown"
    NONE = "none"


_MARKS: Mapping[str, Mark] = {
    "filling": Mark.SURFACES,
    "root_canal": Mark.CANAL,
    "extra_canal": Mark.CANAL,
    "pulpectomy": Mark.CANAL,
    "post": Mark.CANAL,
    "crown": Mark.CROWN,
    "steel_crown": Mark.CROWN,
    "bridge": Mark.BRIDGE,
    "implant": Mark.SCREW,
    "extraction": Mark.CROSS,
    "impacted": Mark.CROSS,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """One treatment of one tooth. ``group`` None: not told; ``surfaces`` letters of M D O I …"""

    on: date
    tooth: int
    group: str | None
    surfaces: str = ""
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ToothPicture:
    """One tooth as it stands after its treatments.

    ``surfaces`` are those of ``distinct_surfaces`` (M D O B L); ``is_pontic``: a crown that hangs
    in a bridge, without a root; ``last_on`` and ``is_elsewhere`` are of the last treatment that
    left a mark; ``bridge_on``: when it became part of a bridge.
    """

    tooth: int
    surfaces: frozenset[str] = frozenset()
    has_canal: bool = False
    has_crown: bool = False
    has_screw: bool = False
    is_extracted: bool = False
    is_pontic: bool = False
    has_unknown: bool = False
    bridge_on: date | None = None
    last_on: date | None = None
    is_elsewhere: bool = False


def mark_of(group: str | None) -> Mark:
    """The mark of a group of services; a group that is not told leaves an unknown one."""
    return Mark.UNKNOWN if group is None else _MARKS.get(group, Mark.NONE)


def mouth_picture(treatments: Iterable[Treatment]) -> dict[int, ToothPicture]:
    """All 52 teeth as they stand after ``treatments``, in whatever order these come.

    Of one day, treatments count in the order given, an extraction before what replaces the tooth.
    """
    mouth = {tooth: ToothPicture(tooth=tooth) for tooth in ALL_TEETH}
    for treatment in sorted(treatments, key=_order):
        mouth[treatment.tooth] = _treated(mouth[treatment.tooth], treatment)
    return mouth


def _order(treatment: Treatment) -> tuple[date, bool]:
    """Oldest first; on the day of an immediate implant or bridge the tooth was taken out before."""
    return treatment.on, mark_of(treatment.group) in (Mark.SCREW, Mark.BRIDGE)


def _treated(before: ToothPicture, treatment: Treatment) -> ToothPicture:
    mark = mark_of(treatment.group)
    if mark is Mark.NONE:
        return before
    after = _marked(before, mark, treatment)
    return replace(after, last_on=treatment.on, is_elsewhere=treatment.is_elsewhere)


def _marked(before: ToothPicture, mark: Mark, treatment: Treatment) -> ToothPicture:
    nothing = ToothPicture(tooth=before.tooth)
    if mark is Mark.CROSS:
        return replace(nothing, is_extracted=True)
    if mark is Mark.SCREW:  # both parts, fixture and prosthesis: what is crowned stays crowned
        return replace(nothing, has_screw=True, has_crown=before.has_crown and before.has_screw)
    if mark is Mark.BRIDGE:
        return _bridged(before, treatment.on)
    if mark is Mark.UNKNOWN:
        return replace(before, has_unknown=True)
    standing = nothing if before.is_extracted else before  # the record of the extraction was wrong
    if mark is Mark.CANAL:
        return replace(standing, has_canal=True, has_screw=False, is_pontic=False)
    if mark is Mark.CROWN:
        return replace(standing, has_crown=True, is_pontic=False, surfaces=frozenset())
    return _filled(standing, distinct_surfaces(treatment.surfaces))


def _filled(before: ToothPicture, surfaces: frozenset[str]) -> ToothPicture:
    """Fillings add up; where the surface was not stated, only that something was done is known."""
    return replace(
        before,
        surfaces=before.surfaces | surfaces,
        has_unknown=before.has_unknown or not surfaces,
    )


def _bridged(before: ToothPicture, on: date) -> ToothPicture:
    """An abutment keeps its root, or its implant; where the tooth is gone, a pontic hangs."""
    return replace(
        before,
        has_crown=True,
        is_pontic=before.is_extracted or before.is_pontic,
        is_extracted=False,
        surfaces=frozenset(),
        bridge_on=on,
    )


def bridge_spans(mouth: Mapping[int, ToothPicture]) -> tuple[tuple[int, ...], ...]:
    """The bridges: runs of two or more neighbouring teeth, as the chart shows them."""
    spans: list[list[int]] = []
    for arch in ARCHES:
        last: ToothPicture | None = None
        for tooth in arch:
            picture = mouth[tooth]
            if picture.bridge_on is not None:
                if _is_one_bridge(last, picture):
                    spans[-1].append(tooth)
                else:
                    spans.append([tooth])
            last = picture
    return tuple(tuple(span) for span in spans if len(span) > 1)


def _is_one_bridge(first: ToothPicture | None, second: ToothPicture) -> bool:
    if first is None or first.bridge_on is None or second.bridge_on is None:
        return False
    return abs((first.bridge_on - second.bridge_on).days) <= BRIDGE_DAYS_MAX


def is_usually_present(fdi: int, age_years: int) -> bool:
    """Whether a tooth usually stands in the mouth at that age, as far as nothing was done to it.

    A permanent tooth from the last year of its usual eruption on (a wisdom tooth from 21), a
    primary tooth from three years until then.
    """
    tooth = Tooth(fdi)
    successor_from_years = _ERUPTED_YEARS[tooth.jaw][tooth.unit - 1]
    if tooth.is_primary:
        return PRIMARY_FROM_YEARS <= age_years < successor_from_years
    return age_years >= successor_from_years


def shows_primary_row(age_years: int, teeth: Iterable[int]) -> bool:
    """Whether the milk teeth belong on the chart: of a child, or where one of them is named."""
    return age_years < PRIMARY_ROW_UNDER_YEARS or any(Tooth(fdi).is_primary for fdi in teeth)
