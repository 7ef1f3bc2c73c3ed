"""Demo mode only: sending a returned plan again as the centre would."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import PlanDefect, TreatmentPlan
from workbench.demo.pictures import Picture, keep_pictures
from workbench.demo.shapes import Shot
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.persian.jalali import day_of
from workbench.services.claims.content import ImageRequest
from workbench.services.claims.demo_answer import NEW_IMAGES
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.rounds import resubmit_plan
from workbench.settings import settings

EXPLANATION = "نقص برطرف شد: تصویر خوانا و مدارک خواسته‌شده پیوست است."
SEED_SHIFT = 60_000


def answer_plan(
    session: Session, store: EvidenceStore, place: PlanPlace, *, now: datetime
) -> TreatmentPlan:
    """Submit a returned plan again with an image for each defect that asks for one.

    Refused outside demo mode (``not_permitted``) and with those of ``resubmit_plan``.
    """
    if not settings().demo:
        raise Refused("not_permitted", action="demo")
    plan = session.get_one(TreatmentPlan, (place.insurer_id, place.plan_id))
    reasons = session.scalars(
        select(PlanDefect.reason).where(
            PlanDefect.insurer_id == plan.insurer_id,
            PlanDefect.plan_id == plan.id,
            PlanDefect.round == plan.round,
        )
    )
    shots = {NEW_IMAGES[reason] for reason in reasons if reason in NEW_IMAGES}
    taken_on = day_of(now - timedelta(days=1))
    pictures = [
        Picture(
            seed=SEED_SHIFT + plan.id % SEED_SHIFT + plan.round,
            shot=Shot(kind=kind, phase=phase),
            taken_on=taken_on,
        )
        for kind, phase in sorted(shots)
    ]
    accepted = keep_pictures(store, pictures, is_drawn=True)
    images = tuple(
        ImageRequest(
            accepted=each,
            file_name=picture.file_name,
            kind=picture.shot.kind,
            phase=picture.shot.phase,
            taken_on=taken_on,
        )
        for picture, each in zip(pictures, accepted, strict=True)
    )
    return resubmit_plan(session, None, place, images=images, explanation=EXPLANATION, now=now)
