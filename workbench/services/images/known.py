"""Bytes that are known already: whose they are, and where they came first (B6).

Uploading them again is refused. This patient's own earlier image is attached instead; of another
patient's, the case is named only to those who may see it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Attachment, Claim, EvidenceImage, PlanImage, TreatmentPlan
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.services.access import Actor, may, may_see_insurer

READS = {"case": "claim.read", "plan": "plan.read"}
ATTACHES = {"case": "claim.attach", "plan": "plan.attach"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Where an image stands: a ``case`` or a ``plan``, its numbers, and the day it came."""

    what: str
    insurer_id: int
    number: str
    image: int
    came_on: date


def refuse_known(
    session: Session,
    actor: Actor | None,
    sha256: str,
    name: str,
    *,
    person_id: int,
    owner_id: int | None,
    is_earlier: bool,
) -> None:
    """Refuse an image whose bytes are the wrong ones for ``person_id``; ``owner_id`` None: new.

    ``is_earlier``: it is meant to be an image that the patient has. Refused:
    ``evidence_of_other_patient``, ``evidence_of_same_patient`` (both with ``_case`` or ``_plan``
    when the place may be told), ``evidence_not_earlier``.
    """
    if owner_id is None:
        if is_earlier:
            raise Refused("evidence_not_earlier", name=name)
        return
    is_own = owner_id == person_id
    if is_own and is_earlier:
        return
    code = "evidence_of_same_patient" if is_own else "evidence_of_other_patient"
    seen = first_seen(session, actor, sha256, is_own=is_own)
    if seen is None:
        raise Refused(code, name=name)
    raise Refused(
        f"{code}_{seen.what}", name=name, number=seen.number, image=seen.image, on=seen.came_on
    )


def first_seen(session: Session, actor: Actor | None, sha256: str, *, is_own: bool) -> Seen | None:
    """The first place of an image that the actor may be told; None: there is none.

    The system (``actor`` None) is told the patient's own places only. Who may attach images to the
    patient's cases is told their numbers.
    """
    if actor is None and not is_own:
        return None
    for seen in _places(session, sha256):
        if actor is None or _may_know(actor, seen, is_own=is_own):
            return seen
    return None


def _may_know(actor: Actor, seen: Seen, *, is_own: bool) -> bool:
    does = may(actor, READS[seen.what]) or (is_own and may(actor, ATTACHES[seen.what]))
    return does and may_see_insurer(actor, seen.insurer_id)


def _places(session: Session, sha256: str) -> Iterator[Seen]:
    """The cases and then the plans with the image, the oldest of each first."""
    of_claims = (
        select(Claim.insurer_id, Claim.number, Attachment.number, EvidenceImage.stored_at)
        .join(
            Attachment,
            (Attachment.insurer_id == Claim.insurer_id) & (Attachment.claim_id == Claim.id),
        )
        .join(EvidenceImage, EvidenceImage.sha256 == Attachment.sha256)
        .where(Attachment.sha256 == sha256)
        .order_by(Claim.registered_at, Claim.id)
    )
    of_plans = (
        select(
            TreatmentPlan.insurer_id,
            TreatmentPlan.number,
            PlanImage.number,
            EvidenceImage.stored_at,
        )
        .join(
            PlanImage,
            (PlanImage.insurer_id == TreatmentPlan.insurer_id)
            & (PlanImage.plan_id == TreatmentPlan.id),
        )
        .join(EvidenceImage, EvidenceImage.sha256 == PlanImage.sha256)
        .where(PlanImage.sha256 == sha256)
        .order_by(TreatmentPlan.submitted_at, TreatmentPlan.id)
    )
    for what, statement in (("case", of_claims), ("plan", of_plans)):
        for insurer_id, number, image, stored_at in session.execute(statement):
            yield Seen(
                what=what,
                insurer_id=insurer_id,
                number=number,
                image=image,
                came_on=day_of(stored_at),
            )
