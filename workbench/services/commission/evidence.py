"""Images of a plan for the eyes of those who may see them, every view of a plan on the record."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import PlanImage
from workbench.errors import Refused
from workbench.services.access import Actor
from workbench.services.commission.access import PlanPlace, plan_stream, record_plan, seen_plan
from workbench.services.images.copies import noted_sha256
from workbench.services.images.evidence import VARIANTS, EvidenceReference, is_viewed

VIEWED = "plan.viewed"


def find_plan_image(
    session: Session,
    actor: Actor,
    place: PlanPlace,
    number: int,
    variant: str,
    *,
    now: datetime,
) -> EvidenceReference:
    """Image ``number`` of a plan as ``thumb`` or ``view``, if the actor may see it."""
    plan = seen_plan(session, actor, place)
    sha256 = session.scalar(
        select(PlanImage.sha256).where(
            PlanImage.insurer_id == plan.insurer_id,
            PlanImage.plan_id == plan.id,
            PlanImage.number == number,
        )
    )
    if sha256 is None or variant not in VARIANTS:
        raise Refused("evidence_not_found")
    return EvidenceReference(
        sha256=sha256,
        variant=variant,
        noted_sha256=noted_sha256(session, sha256, VARIANTS[variant]),
        is_on_record=is_viewed(session, actor, plan_stream(plan), VIEWED, now=now),
    )


def record_plan_view(session: Session, actor: Actor, place: PlanPlace, *, now: datetime) -> None:
    """Write down that the actor looked at the images of a plan: once in half an hour."""
    plan = seen_plan(session, actor, place)
    if not is_viewed(session, actor, plan_stream(plan), VIEWED, now=now):
        record_plan(session, plan, "viewed", actor, now)


def record_images_shown(
    session: Session, actor: Actor, place: PlanPlace, numbers: list[int], *, now: datetime
) -> None:
    """Record which images were shown in the viewer (once per opening; the viewer sees to it)."""
    plan = seen_plan(session, actor, place)
    known = select(PlanImage.number).where(
        PlanImage.insurer_id == plan.insurer_id, PlanImage.plan_id == plan.id
    )
    shown = sorted(set(session.scalars(known)) & set(numbers))
    if shown:
        record_plan(session, plan, "shown", actor, now, images=shown)
