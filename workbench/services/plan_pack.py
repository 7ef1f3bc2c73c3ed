"""Which documents a plan's pack asks for, and which of them are missing: of one plan or a page."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import PlanImage, PlanUnit, TreatmentPlan
from workbench.persian.jalali import day_of
from workbench.rules.approval import MissingItem, Unit, missing_from_pack, pack_of
from workbench.rules.facts import Evidence, EvidenceKind, Phase
from workbench.rules.parameters import ApprovalNeed, load_parameters


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """How many documents the pack asks for, and those that are missing, musts first."""

    asked: int
    missing: tuple[MissingItem, ...]


def missing_of(session: Session, plan: TreatmentPlan) -> tuple[MissingItem, ...]:
    """The documents that a plan lacks."""
    return packs_of(session, [plan])[plan.id].missing


def packs_of(session: Session, plans: Sequence[TreatmentPlan]) -> dict[int, Pack]:
    """The packs of a page of plans by their ids, in two statements."""
    units, images = _units(session, plans), _images(session, plans)
    return {
        plan.id: _pack(plan, units[plan.id], images[plan.id], day_of(plan.submitted_at))
        for plan in plans
    }


def needs_of(plan: TreatmentPlan) -> list[ApprovalNeed]:
    """The approval needs the plan falls under."""
    kinds = plan.kinds.split(",")
    return [need for need in load_parameters().approval_needs if need.kind in kinds]


def _pack(plan: TreatmentPlan, units: Sequence[Unit], images: Sequence[Evidence], on: date) -> Pack:
    parameters, needs = load_parameters(), needs_of(plan)
    return Pack(
        asked=len(pack_of(needs, parameters, on)),
        missing=missing_from_pack(units, images, needs, parameters, on),
    )


def _units(session: Session, plans: Sequence[TreatmentPlan]) -> defaultdict[int, list[Unit]]:
    found: defaultdict[int, list[Unit]] = defaultdict(list)
    for insurer_id, ids in _by_insurer(plans).items():
        rows = session.scalars(
            select(PlanUnit).where(PlanUnit.insurer_id == insurer_id, PlanUnit.plan_id.in_(ids))
        )
        for row in rows:
            unit = Unit(
                group=row.service_group, tooth=row.tooth, jaw=row.jaw, quantity=row.quantity
            )
            found[row.plan_id].append(unit)
    return found


def _images(session: Session, plans: Sequence[TreatmentPlan]) -> defaultdict[int, list[Evidence]]:
    found: defaultdict[int, list[Evidence]] = defaultdict(list)
    for insurer_id, ids in _by_insurer(plans).items():
        rows = session.scalars(
            select(PlanImage).where(PlanImage.insurer_id == insurer_id, PlanImage.plan_id.in_(ids))
        )
        for row in rows:
            image = Evidence(
                number=row.number,
                kind=EvidenceKind(row.kind),
                phase=Phase(row.phase),
                teeth=tuple(row.teeth),
            )
            found[row.plan_id].append(image)
    return found


def _by_insurer(plans: Sequence[TreatmentPlan]) -> dict[int, list[int]]:
    """Ids by insurer: one insurer's keys are read by its index."""
    found: dict[int, list[int]] = {}
    for plan in plans:
        found.setdefault(plan.insurer_id, []).append(plan.id)
    return found
