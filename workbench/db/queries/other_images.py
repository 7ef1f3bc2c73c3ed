"""Images of several cases, or plans, of one insurer, by their numbers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from workbench.db.models import Attachment, Claim, EvidenceImage, PlanImage, TreatmentPlan


def images_of_numbers(insurer_id: int, numbers: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """The attachments of the cases with these numbers, with the pixels of their images."""
    return (
        select(Claim, Attachment, EvidenceImage.width, EvidenceImage.height)
        .join(
            Attachment,
            (Attachment.insurer_id == Claim.insurer_id) & (Attachment.claim_id == Claim.id),
        )
        .join(EvidenceImage, EvidenceImage.sha256 == Attachment.sha256)
        .where(Claim.insurer_id == insurer_id, Claim.number.in_(numbers))
        .order_by(Claim.number, Attachment.number)
    )


def images_of_plans(insurer_id: int, numbers: Sequence[str]) -> Select[*tuple[Any, ...]]:
    """The same for plans."""
    return (
        select(TreatmentPlan, PlanImage, EvidenceImage.width, EvidenceImage.height)
        .join(
            PlanImage,
            (PlanImage.insurer_id == TreatmentPlan.insurer_id)
            & (PlanImage.plan_id == TreatmentPlan.id),
        )
        .join(EvidenceImage, EvidenceImage.sha256 == PlanImage.sha256)
        .where(TreatmentPlan.insurer_id == insurer_id, TreatmentPlan.number.in_(numbers))
        .order_by(TreatmentPlan.number, PlanImage.number)
    )
