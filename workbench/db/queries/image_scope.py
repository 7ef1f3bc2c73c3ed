"""The images near one in business: of the same patient, centre or dentist, since a day."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, select, union
from sqlalchemy.orm import InstrumentedAttribute

from workbench.db.models import Attachment, Claim, PlanImage, TreatmentPlan


def images_near(sha256: str, since: datetime) -> CompoundSelect[Any]:
    """The hashes of the images of claims and plans since ``since`` that share the patient, the
    centre or the dentist of one that holds image ``sha256``."""
    holders = union(
        *(
            select(kind.person_id, kind.centre_id, kind.dentist_id)
            .join(held, (held.insurer_id == kind.insurer_id) & (key == kind.id))
            .where(held.sha256 == sha256)
            for kind, held, key, _at in _KINDS
        )
    ).cte("holder")
    return union(*_of_kinds(holders, since))


_KINDS: tuple[tuple[Any, Any, InstrumentedAttribute[int], InstrumentedAttribute[datetime]], ...] = (
    (Claim, Attachment, Attachment.claim_id, Claim.registered_at),
    (TreatmentPlan, PlanImage, PlanImage.plan_id, TreatmentPlan.submitted_at),
)


def _of_kinds(holders: Any, since: datetime) -> Iterator[Select[Any]]:
    """One select a column, so that each has its index."""
    for kind, held, key, at in _KINDS:
        for column in ("person_id", "centre_id", "dentist_id"):
            yield (
                select(held.sha256)
                .join(kind, (kind.insurer_id == held.insurer_id) & (kind.id == key))
                .where(getattr(kind, column).in_(select(holders.c[column])), at > since)
            )
