"""What needs the commission's approval before the treatment, and which documents belong to a plan.

Source: ``clinical.md`` §3, B12. The constants are dated parameters.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from workbench.rules.facts import Evidence, EvidenceKind
from workbench.rules.parameters import ApprovalNeed, PackItem, Parameters, in_force


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """One planned or billed service: its group, where, and how many if no tooth says so."""

    group: str
    tooth: int | None = None
    jaw: str | None = None
    quantity: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingItem:
    """A document that a plan's pack lacks."""

    kind: str
    name: str
    images: tuple[EvidenceKind, ...]
    is_must: bool


def approval_need(
    unit: Unit, together: Iterable[Unit], parameters: Parameters, on: date
) -> ApprovalNeed | None:
    """The need that asks for an approval of ``unit`` on that day; None: it needs none.

    ``together`` are all units of all plans and cases of the referral and of the expired one it
    replaces, this one included. A tooth that is planned and billed counts once.
    """
    everything = list(together)
    asking = (
        need
        for need in parameters.approval_needs
        if unit.group in need.groups and need.is_in_force(on)
    )
    return next(
        (need for need in asking if count_units(everything, need.groups) >= need.from_units), None
    )


def count_units(units: Iterable[Unit], groups: Sequence[str]) -> int:
    """How many units of these groups there are: teeth once each, the others by their number."""
    fitting = [unit for unit in units if unit.group in groups]
    teeth = {unit.tooth for unit in fitting if unit.tooth is not None}
    return len(teeth) + sum(unit.quantity for unit in fitting if unit.tooth is None)


def pack_of(
    needs: Iterable[ApprovalNeed], parameters: Parameters, on: date
) -> tuple[tuple[PackItem, tuple[ApprovalNeed, ...]], ...]:
    """The documents that these needs ask for on that day, each once, with the needs asking."""
    kinds = {need.kind: need for need in needs}
    found: dict[str, tuple[PackItem, tuple[ApprovalNeed, ...]]] = {}
    for item in parameters.pack_items:
        asked = tuple(kinds[kind] for kind in item.kinds if kind in kinds)
        if asked and item.is_in_force(on):
            found.setdefault(item.name, (item, asked))
    return tuple(found.values())


def missing_from_pack(
    units: Sequence[Unit],
    images: Sequence[Evidence],
    needs: Iterable[ApprovalNeed],
    parameters: Parameters,
    on: date,
) -> tuple[MissingItem, ...]:
    """What the pack for these needs lacks, musts first; an item of several kinds is named once."""
    missing = {}
    for item, asked in pack_of(needs, parameters, on):
        groups = {group for need in asked for group in need.groups}
        teeth = {unit.tooth for unit in units if unit.group in groups and unit.tooth is not None}
        if not any(_shows(image, item, teeth, parameters, on) for image in images):
            missing[item.name] = MissingItem(
                kind=asked[0].kind, name=item.name, images=item.images, is_must=item.is_must
            )
    return tuple(sorted(missing.values(), key=lambda item: not item.is_must))


def _shows(
    image: Evidence, item: PackItem, teeth: set[int], parameters: Parameters, on: date
) -> bool:
    if image.kind not in item.images or image.is_damaged:
        return False
    whole = in_force(parameters.whole_mouth_kinds, on).value
    return not item.is_of_planned_tooth or image.kind in whole or bool(teeth & set(image.teeth))
