"""Images of a patient's treatment plans, for the assessor who has a case of the patient in hand.

Assessors read no plan. What the case opens of one of the same insurer is the image, what it shows
and when it was taken, and the plan's number: as long as he holds the case, and never of his own
centre's or treatment's plan. The plan's form, which says the plan itself, stays closed.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, false, select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, PlanImage, TreatmentPlan
from workbench.errors import Refused
from workbench.rules.facts import EvidenceKind
from workbench.services.access import Actor, claim_for, require
from workbench.services.claims.assessing import Place
from workbench.services.commission.access import plan_stream, record_plan
from workbench.services.commission.evidence import VIEWED
from workbench.services.images.attach_rights import may_attach
from workbench.services.images.copies import noted_sha256
from workbench.services.images.evidence import VARIANTS, EvidenceReference, is_viewed


def seen_by_case(
    session: Session,
    actor: Actor,
    place: Place,
    statement: Select[*tuple[Any, ...]],
    *,
    now: datetime,
) -> Select[*tuple[Any, ...]]:
    """Limit a select of plans with their images to those that the case opens to the actor.

    Refused: ``not_permitted``, ``claim_not_found``; of a case that he does not hold it gives none.
    """
    require(actor, "claim.attach")
    claim = claim_for(session, actor, "claim.images", place.insurer_id, place.claim_id)
    if not may_attach(session, actor, replace(place, version=None), now=now):
        return statement.where(false())
    return _without_own(statement, actor).where(
        TreatmentPlan.insurer_id == claim.insurer_id,
        TreatmentPlan.person_id == claim.person_id,
        PlanImage.kind != EvidenceKind.PLAN_FORM,
    )


def find_image_by_case(
    session: Session,
    actor: Actor,
    place: Place,
    plan_id: int,
    number: int,
    variant: str,
    *,
    now: datetime,
) -> EvidenceReference:
    """Image ``number`` of a plan as ``thumb`` or ``view``, if the case opens it to the actor.

    Refused: ``not_permitted``, ``claim_not_found``, ``evidence_not_found``.
    """
    plan, sha256 = _shown(session, actor, place, plan_id, number, now)
    if variant not in VARIANTS:
        raise Refused("evidence_not_found")
    return EvidenceReference(
        sha256=sha256,
        variant=variant,
        noted_sha256=noted_sha256(session, sha256, VARIANTS[variant]),
        is_on_record=is_viewed(session, actor, plan_stream(plan), VIEWED, now=now),
    )


def record_view_by_case(
    session: Session, actor: Actor, place: Place, plan_id: int, number: int, *, now: datetime
) -> None:
    """Write the look on the plan's trail with the case it came by: once in half an hour."""
    plan, _sha256 = _shown(session, actor, place, plan_id, number, now)
    if not is_viewed(session, actor, plan_stream(plan), VIEWED, now=now):
        claim = session.get_one(Claim, (place.insurer_id, place.claim_id))
        record_plan(session, plan, "viewed", actor, now, claim=claim.number)


def _shown(
    session: Session, actor: Actor, place: Place, plan_id: int, number: int, now: datetime
) -> tuple[TreatmentPlan, str]:
    images = select(TreatmentPlan, PlanImage.sha256).join(
        PlanImage,
        (PlanImage.insurer_id == TreatmentPlan.insurer_id)
        & (PlanImage.plan_id == TreatmentPlan.id),
    )
    seen = seen_by_case(session, actor, place, images, now=now)
    row = session.execute(seen.where(TreatmentPlan.id == plan_id, PlanImage.number == number))
    found = row.first()
    if found is None:
        raise Refused("evidence_not_found")
    return found[0], found[1]


def _without_own(statement: Select[*tuple[Any, ...]], actor: Actor) -> Select[*tuple[Any, ...]]:
    """Without the plans of the actor's own centre and treatment."""
    if actor.centre_id is not None:
        statement = statement.where(TreatmentPlan.centre_id != actor.centre_id)
    if actor.dentist_id is not None:
        statement = statement.where(TreatmentPlan.dentist_id != actor.dentist_id)
    return statement
