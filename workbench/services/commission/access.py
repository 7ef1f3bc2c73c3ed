"""Fetching a plan for an action: permission, insurer, lock, version, conflict of interest."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, TreatmentPlan
from workbench.errors import Refused
from workbench.services import audit
from workbench.services.access import Actor, may_see_insurer, require
from workbench.services.reference import actor_id_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPlace:
    """A plan as the user saw it; ``version`` or ``round`` None: whatever it is now.

    A vote names the round alone: those of other members change the version, and not what is voted.
    """

    insurer_id: int
    plan_id: int
    version: int | None = None
    round: int | None = None


def plan_for(session: Session, actor: Actor | None, action: str, place: PlanPlace) -> TreatmentPlan:
    """The plan, held until the transaction ends, if the actor may do ``action`` with it.

    None is the system, which may. Refused: ``not_permitted``, ``plan_not_found`` (a foreign one
    looks like none), ``plan_changed``, ``plan_of_own_interest``.
    """
    if actor is not None:
        require(actor, action)
    plan: TreatmentPlan | None = None
    if actor is None or may_see_insurer(actor, place.insurer_id):
        plan = session.scalars(
            select(TreatmentPlan)
            .where(TreatmentPlan.insurer_id == place.insurer_id, TreatmentPlan.id == place.plan_id)
            .with_for_update()
            .execution_options(populate_existing=True)
        ).first()
    if plan is None:
        raise Refused("plan_not_found")
    if place.version not in (None, plan.version) or place.round not in (None, plan.round):
        raise Refused("plan_changed", number=plan.number)
    if actor is not None and has_interest(session, actor, plan):
        raise Refused("plan_of_own_interest", number=plan.number)
    return plan


def seen_plan(session: Session, actor: Actor, place: PlanPlace) -> TreatmentPlan:
    """The plan as it is now, for a reader; refused: ``not_permitted``, ``plan_not_found``."""
    require(actor, "plan.read")
    plan: TreatmentPlan | None = None
    if may_see_insurer(actor, place.insurer_id):
        plan = session.get(TreatmentPlan, (place.insurer_id, place.plan_id))
    if plan is None:
        raise Refused("plan_not_found")
    return plan


class Interest(StrEnum):
    """Why somebody may not decide a plan."""

    CENTRE = "centre"
    TREATMENT = "treatment"
    CASE = "case"


def has_interest(session: Session, actor: Actor, plan: TreatmentPlan) -> bool:
    """Whether the plan is of the actor's own centre or treatment, or he assesses its cases."""
    return interest_in(session, actor, plan) is not None


def interest_in(session: Session, actor: Actor, plan: TreatmentPlan) -> Interest | None:
    """What interest the actor has in a plan; None: he may decide it."""
    if actor.centre_id is not None and actor.centre_id == plan.centre_id:
        return Interest.CENTRE
    if actor.dentist_id is not None and actor.dentist_id == plan.dentist_id:
        return Interest.TREATMENT
    own_case = exists().where(
        Claim.insurer_id == plan.insurer_id,
        Claim.referral_id == plan.referral_id,
        or_(Claim.assignee_id == actor.user_id, Claim.finished_by_id == actor.user_id),
    )
    return Interest.CASE if session.scalar(select(own_case)) else None


def plan_stream(plan: TreatmentPlan) -> str:
    """The trail's stream of a plan."""
    return f"plan:{plan.insurer_id}-{plan.id}"


def record_plan(
    session: Session,
    plan: TreatmentPlan,
    action: str,
    actor: Actor | None,
    now: datetime,
    **facts: object,
) -> None:
    """Write what was done to a plan to the trail."""
    audit.record(
        session,
        action=f"plan.{action}",
        stream=plan_stream(plan),
        actor_id=actor_id_of(actor),
        now=now,
        insurer_id=plan.insurer_id,
        plan=plan.number,
        round=plan.round,
        **facts,
    )
