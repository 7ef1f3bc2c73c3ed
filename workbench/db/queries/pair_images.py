"""Who holds an image of a pair: claims and treatment plans, the newest first."""

from typing import Any

from sqlalchemy import Select, select

from workbench.db.models import Attachment, Claim, PlanImage, TreatmentPlan


def claims_of_image(sha256: str) -> Select[*tuple[Any, ...]]:
    """The claims that an image is attached to."""
    return (
        select(Claim)
        .join(
            Attachment,
            (Attachment.insurer_id == Claim.insurer_id) & (Attachment.claim_id == Claim.id),
        )
        .where(Attachment.sha256 == sha256)
        .order_by(Claim.registered_at.desc(), Claim.id.desc())
    )


def plans_of_image(sha256: str) -> Select[*tuple[Any, ...]]:
    """The treatment plans that an image is attached to."""
    return (
        select(TreatmentPlan)
        .join(
            PlanImage,
            (PlanImage.insurer_id == TreatmentPlan.insurer_id)
            & (PlanImage.plan_id == TreatmentPlan.id),
        )
        .where(PlanImage.sha256 == sha256)
        .order_by(TreatmentPlan.submitted_at.desc(), TreatmentPlan.id.desc())
    )
