"""Who may add images to a claim or a plan, and when.

Whoever holds a claim, or has a seat on a plan, may; others only with ``…attach_to_any``.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, ClaimLine, TreatmentPlan
from workbench.errors import Refused
from workbench.rules.workflow import OPEN_STATES, ClaimState, PlanState
from workbench.services.access import Actor, may, may_see_insurer, require
from workbench.services.claims.assessing import Place
from workbench.services.claims.taking import check_held
from workbench.services.commission.access import PlanPlace, has_interest
from workbench.services.commission.seats import is_live, seats_of

AnyPlace = Place | PlanPlace
ATTACHABLE = OPEN_STATES | {ClaimState.READY_TO_SEND}
TO_ANY_CLAIM, TO_ANY_PLAN = "claim.attach_to_any", "plan.attach_to_any"


def may_attach(session: Session, actor: Actor, place: AnyPlace, *, now: datetime) -> bool:
    """Whether the actor could add images at present: for the button."""
    try:
        check_may_attach(session, actor, place, now=now)
    except Refused:
        return False
    return True


def attachable(
    session: Session, actor: Actor, insurer_id: int, claim_ids: Sequence[int], *, now: datetime
) -> frozenset[int]:
    """Those of an insurer's claims that the actor could add images to at present."""
    if not may(actor, "claim.attach"):
        return frozenset()
    named = select(Claim).where(Claim.insurer_id == insurer_id, Claim.id.in_(claim_ids))
    claims = session.scalars(named).all()  # Fetched at once, each is found in the session below.

    def is_open(claim: Claim) -> bool:
        place = Place(insurer_id=insurer_id, claim_id=claim.id, version=None)
        return may_attach(session, actor, place, now=now)

    return frozenset(claim.id for claim in claims if is_open(claim))


def teeth_of(session: Session, actor: Actor, place: Place, *, now: datetime) -> tuple[int, ...]:
    """The teeth of a claim's lines, for who adds images to it; refused as ``add_images``."""
    check_may_attach(session, actor, place, now=now)
    billed = select(ClaimLine.tooth).where(
        ClaimLine.insurer_id == place.insurer_id,
        ClaimLine.claim_id == place.claim_id,
        ClaimLine.tooth.is_not(None),
    )
    return tuple(sorted({tooth for tooth in session.scalars(billed) if tooth is not None}))


def check_may_attach(session: Session, actor: Actor, place: AnyPlace, *, now: datetime) -> None:
    """Refuse what ``add_images`` would refuse as a whole, the version apart; nothing is held."""
    if isinstance(place, PlanPlace):
        _check_plan(session, actor, place, now)
    else:
        _check_claim(session, actor, place, now)


def _check_claim(session: Session, actor: Actor, place: Place, now: datetime) -> None:
    require(actor, "claim.attach")
    claim: Claim | None = None
    if may_see_insurer(actor, place.insurer_id):
        claim = session.get(Claim, (place.insurer_id, place.claim_id))
    if claim is None:
        raise Refused("claim_not_found")
    if may(actor, TO_ANY_CLAIM):
        refuse_ended(claim)
    else:
        check_held(session, actor, claim, now=now)


def _check_plan(session: Session, actor: Actor, place: PlanPlace, now: datetime) -> None:
    require(actor, "plan.attach")
    plan: TreatmentPlan | None = None
    if may_see_insurer(actor, place.insurer_id):
        plan = session.get(TreatmentPlan, (place.insurer_id, place.plan_id))
    if plan is None:
        raise Refused("plan_not_found")
    if has_interest(session, actor, plan):
        raise Refused("plan_of_own_interest", number=plan.number)
    check_seat(session, actor, plan, now)


def refuse_ended(claim: Claim) -> None:
    """Refuse ``wrong_state`` for a claim that takes no image any more."""
    if claim.state not in ATTACHABLE:
        raise Refused("wrong_state", state=str(claim.state), action="attach")


def check_seat(session: Session, actor: Actor, plan: TreatmentPlan, now: datetime) -> None:
    """Refuse for a decided plan, and for whom neither his seat nor his role lets add to it."""
    if plan.state == PlanState.DECIDED:
        raise Refused("wrong_state", state=str(plan.state), action="attach")
    if may(actor, TO_ANY_PLAN):
        return
    own = (seat for seat in seats_of(session, plan) if seat.member_id == actor.user_id)
    if not any(is_live(seat, now) for seat in own):
        raise Refused("plan_seat_needed", number=plan.number)
