"""Look-alikes that nobody answered about and that ask of what is decided already, newest first."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from workbench.db.models import Attachment, Claim, PlanImage, SimilarPair, TreatmentPlan
from workbench.rules.workflow import ENDED_STATES, PlanState


def late_pairs_of_claims(insurer_ids: Sequence[int] | None, limit: int) -> Select[*tuple[Any, ...]]:
    """The later image of each stands in an ended claim that does not hold the earlier one too."""
    own = aliased(Attachment)
    has_both = select(own.id).where(
        own.insurer_id == Attachment.insurer_id,
        own.claim_id == Attachment.claim_id,
        own.sha256 == SimilarPair.earlier_sha256,
    )
    statement = (
        select(
            SimilarPair.id,
            SimilarPair.distance,
            SimilarPair.found_at,
            Attachment.number.label("image"),
            Claim.number,
            Claim.state,
            Claim.finished_at.label("decided_at"),
            Claim.centre_id,
            Claim.dentist_id,
        )
        .join(Attachment, Attachment.sha256 == SimilarPair.later_sha256)
        .join(
            Claim,
            (Claim.insurer_id == Attachment.insurer_id) & (Claim.id == Attachment.claim_id),
        )
        .where(SimilarPair.decision.is_(None), Claim.state.in_(ENDED_STATES), ~has_both.exists())
    )
    if insurer_ids is not None:
        statement = statement.where(Claim.insurer_id.in_(insurer_ids))
    return statement.order_by(SimilarPair.id.desc()).limit(limit)


def late_pairs_of_plans(insurer_ids: Sequence[int] | None, limit: int) -> Select[*tuple[Any, ...]]:
    """The later image of each stands in a decided treatment plan."""
    statement = (
        select(
            SimilarPair.id,
            SimilarPair.distance,
            SimilarPair.found_at,
            PlanImage.number.label("image"),
            TreatmentPlan.number,
            TreatmentPlan.state,
            TreatmentPlan.decided_at,
            TreatmentPlan.centre_id,
            TreatmentPlan.dentist_id,
        )
        .join(PlanImage, PlanImage.sha256 == SimilarPair.later_sha256)
        .join(
            TreatmentPlan,
            (TreatmentPlan.insurer_id == PlanImage.insurer_id)
            & (TreatmentPlan.id == PlanImage.plan_id),
        )
        .where(SimilarPair.decision.is_(None), TreatmentPlan.state == PlanState.DECIDED)
    )
    if insurer_ids is not None:
        statement = statement.where(TreatmentPlan.insurer_id.in_(insurer_ids))
    return statement.order_by(SimilarPair.id.desc()).limit(limit)
