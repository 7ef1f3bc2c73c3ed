"""Adding images to a claim or a plan at hand: new ones, or earlier ones of the same patient.

Whoever holds a claim, or has a seat on a plan, may; others only with ``…attach_to_any``. What is
added is seen by a page that is stale: the version rises. Images that are refused are named, the
others are kept.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, ClaimLine
from workbench.errors import Refused
from workbench.services import audit
from workbench.services.access import Actor, claim_for, may
from workbench.services.claims.assessing import Place
from workbench.services.claims.content import ImageRequest, attach_images
from workbench.services.claims.facts import refresh_finding_count
from workbench.services.claims.taking import hold
from workbench.services.claims.transition import check_version, claim_stream
from workbench.services.commission.access import PlanPlace, plan_for, record_plan
from workbench.services.commission.content import attach_to_plan
from workbench.services.commission.pack import missing_of
from workbench.services.images.attach_rights import TO_ANY_CLAIM, AnyPlace, check_seat, refuse_ended
from workbench.services.images.earlier import Earlier, found_images


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """The numbers of the images that were added, and each refused file with the refusal."""

    numbers: tuple[int, ...]
    refused: tuple[tuple[str, Refused], ...]


def add_images(
    session: Session,
    actor: Actor,
    place: AnyPlace,
    images: Sequence[ImageRequest],
    *,
    now: datetime,
) -> Attached:
    """Add images that stand in the store already.

    Refused as a whole: ``not_permitted``, ``claim_not_found``, ``plan_not_found``,
    ``wrong_state``, ``claim_taken``, ``claim_not_taken``, ``claim_changed``, ``plan_changed``,
    ``plan_of_own_interest``, ``plan_seat_needed``. One by one: what ``attach_images`` refuses.
    """
    return _attach(session, actor, place, images, (), now)


def attach_earlier(
    session: Session,
    actor: Actor,
    place: AnyPlace,
    images: Sequence[Earlier],
    *,
    now: datetime,
) -> Attached:
    """Attach images that the patient has elsewhere, described as they are to stand here.

    Refused as ``add_images``, and ``earlier_image_unknown`` for one that the actor may not see.
    """
    requests, sources = found_images(session, actor, place, images, now=now)
    return _attach(session, actor, place, requests, sources, now)


def _attach(
    session: Session,
    actor: Actor,
    place: AnyPlace,
    images: Sequence[ImageRequest],
    sources: Sequence[str],
    now: datetime,
) -> Attached:
    if isinstance(place, PlanPlace):
        return _attach_to_plan(session, actor, place, images, sources, now)
    return _attach_to_claim(session, actor, place, images, sources, now)


def _attach_to_claim(
    session: Session,
    actor: Actor,
    place: Place,
    images: Sequence[ImageRequest],
    sources: Sequence[str],
    now: datetime,
) -> Attached:
    claim = claim_for(session, actor, "claim.attach", place.insurer_id, place.claim_id)
    check_version(claim, place.version)
    if may(actor, TO_ANY_CLAIM):
        refuse_ended(claim)
    else:
        hold(session, actor, claim, now=now)
    lines = set(
        session.scalars(
            select(ClaimLine.number).where(
                ClaimLine.insurer_id == claim.insurer_id,
                ClaimLine.claim_id == claim.id,
                ClaimLine.round == claim.round,
            )
        )
    )
    attached = _one_by_one(
        images, lambda image: attach_images(session, claim, [image], lines, actor=actor, now=now)
    )
    if attached.numbers:
        claim.version += 1
        _record(session, actor, claim, attached, sources, now)
        refresh_finding_count(session, claim)
    return attached


def _record(
    session: Session,
    actor: Actor,
    claim: Claim,
    attached: Attached,
    sources: Sequence[str],
    now: datetime,
) -> None:
    audit.record(
        session,
        action="claim.attach",
        stream=claim_stream(claim),
        actor_id=actor.user_id,
        now=now,
        insurer_id=claim.insurer_id,
        claim=claim.number,
        round=claim.round,
        state=str(claim.state),
        version=claim.version,
        images=list(attached.numbers),
        sources=list(sources),
    )


def _attach_to_plan(
    session: Session,
    actor: Actor,
    place: PlanPlace,
    images: Sequence[ImageRequest],
    sources: Sequence[str],
    now: datetime,
) -> Attached:
    plan = plan_for(session, actor, "plan.attach", place)
    check_seat(session, actor, plan, now)
    attached = _one_by_one(
        images, lambda image: attach_to_plan(session, plan, [image], actor=actor, now=now)
    )
    if attached.numbers:
        plan.version += 1
        plan.is_complete = not missing_of(session, plan)
        record_plan(
            session,
            plan,
            "attach",
            actor,
            now,
            images=list(attached.numbers),
            sources=list(sources),
        )
    return attached


def _one_by_one(
    images: Sequence[ImageRequest], attach: Callable[[ImageRequest], list[int]]
) -> Attached:
    numbers: list[int] = []
    refused: list[tuple[str, Refused]] = []
    for image in images:
        try:
            numbers += attach(image)
        except Refused as refusal:
            refused.append((image.file_name, refusal))
    return Attached(numbers=tuple(numbers), refused=tuple(refused))
