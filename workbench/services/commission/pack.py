"""Which documents a plan's pack asks for, and which of them are missing: of one plan or a page."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workbench.db.models import PlanUnit, TreatmentPlan
from workbench.db.queries import plan_lists as queries
from workbench.persian.jalali import day_of
from workbench.rules.approval import MissingItem, Unit, missing_from_pack, pack_of
from workbench.rules.facts import Evidence, EvidenceKind, Phase
from workbench.rules.parameters import ApprovalNeed, load_parameters
from workbench.services.claims.view import Image

KEYS_MAX = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """How many documents the pack asks for, and those that are missing, musts first."""

    asked: int
    missing: tuple[MissingItem, ...]


def missing_of(session: Session, plan: TreatmentPlan) -> tuple[MissingItem, ...]:
    """The documents that a plan lacks."""
    return packs_of(session, [plan], units_of_plans(session, [plan]))[plan.id].missing


def packs_of(
    session: Session, plans: Sequence[TreatmentPlan], units: Mapping[int, Sequence[Unit]]
) -> dict[int, Pack]:
    """The packs of a page of plans by their ids; ``units`` are those of the plans."""
    images = _images(session, plans)
    return {plan.id: pack_from(plan, units.get(plan.id, ()), images[plan.id]) for plan in plans}


def needs_of(plan: TreatmentPlan) -> list[ApprovalNeed]:
    """The approval needs the plan falls under."""
    kinds = plan.kinds.split(",")
    return [need for need in load_parameters().approval_needs if need.kind in kinds]


def pack_from(plan: TreatmentPlan, units: Sequence[Unit], images: Sequence[Evidence]) -> Pack:
    """The pack of a plan whose units and images are known."""
    parameters, needs, on = load_parameters(), needs_of(plan), day_of(plan.submitted_at)
    return Pack(
        asked=len(pack_of(needs, parameters, on)),
        missing=missing_from_pack(units, images, needs, parameters, on),
    )


def units_of_plans(session: Session, plans: Sequence[TreatmentPlan]) -> dict[int, list[Unit]]:
    """The planned services of some plans as the rules see them, by the plans' ids."""
    found: defaultdict[int, list[Unit]] = defaultdict(list)
    for keys in pages_of([(plan.insurer_id, plan.id) for plan in plans]):
        for row in session.scalars(queries.units_on(keys)):
            found[row.plan_id].append(planned_unit(row))
    return dict(found)


def planned_unit(row: PlanUnit) -> Unit:
    """A planned service as the rules see it."""
    return Unit(group=row.service_group, tooth=row.tooth, jaw=row.jaw, quantity=row.quantity)


def _images(session: Session, plans: Sequence[TreatmentPlan]) -> defaultdict[int, list[Evidence]]:
    found: defaultdict[int, list[Evidence]] = defaultdict(list)
    for keys in pages_of([(plan.insurer_id, plan.id) for plan in plans]):
        for row in session.execute(queries.images_on(keys)):
            image = Evidence(
                number=row.number,
                kind=EvidenceKind(row.kind),
                phase=Phase(row.phase),
                teeth=tuple(row.teeth),
            )
            found[row.plan_id].append(image)
    return found


def pages_of(keys: Sequence[tuple[int, int]]) -> Iterator[Sequence[tuple[int, int]]]:
    """The keys in handfuls that one statement can name."""
    for start in range(0, len(keys), KEYS_MAX):
        yield keys[start : start + KEYS_MAX]


def evidence_of(images: Sequence[Image]) -> list[Evidence]:
    """The images as the rules see them."""
    return [
        Evidence(
            number=image.number,
            kind=EvidenceKind(image.kind),
            phase=Phase(image.phase),
            teeth=image.teeth,
        )
        for image in images
    ]
