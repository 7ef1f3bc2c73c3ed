"""The images near one in business: of the same patient, centre or dentist, since a day."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Select, select, union
from sqlalchemy.orm import InstrumentedAttribute, Session

from workbench.db.models import Attachment, Claim, PlanImage, TreatmentPlan

PAPERS = ("identity", "plan_form", "invoice", "prescription", "signed_referral")
"""Kinds of images that are sheets of paper."""


def pictures_of(session: Session, hashes: Sequence[str]) -> set[str]:
    """Those of the images that are no paper, wherever they are attached."""
    kinds = union(
        *(
            select(held.sha256).where(held.sha256.in_(hashes), held.kind.not_in(PAPERS))
            for _kind, held, _key, _at in _KINDS
        )
    )
    return set(session.scalars(kinds))


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
