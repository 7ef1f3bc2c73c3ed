"""Returning a plan for its defects, and taking it in again: a new round with a new clock.

A returned plan stops its clock. The votes of a round stay with it; the next one is voted anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import (
    PlanDefect,
    PlanRound,
    Reason,
    TreatmentPlan,
)
from workbench.db.queries.calendar import work_calendar
from workbench.errors import Refused
from workbench.rules.facts import Cite
from workbench.rules.workflow import PLAN_TRANSITIONS, PlanState, apply
from workbench.rules.working_time import deadline
from workbench.services.access import Actor
from workbench.services.claims.content import ImageRequest
from workbench.services.commission.access import PlanPlace, plan_for, record_plan
from workbench.services.commission.content import attach_to_plan
from workbench.services.commission.count import freeze_panel
from workbench.services.commission.pack import missing_of
from workbench.services.commission.seats import carry_seats, close_seats
from workbench.services.images.cites import plan_cites
from workbench.services.notices.notices import announce
from workbench.services.texts import kept_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDefectInput:
    """A defect of the catalogue (R…) and what is said to the centre about it."""

    reason: str
    text: str = ""
    cites: tuple[Cite, ...] = ()


def return_plan(
    session: Session,
    actor: Actor,
    place: PlanPlace,
    defects: Sequence[PlanDefectInput],
    *,
    now: datetime,
) -> TreatmentPlan:
    """Return a plan with its defects; its clock stands still until it comes back.

    Refused: ``plan_return_without_defect``, ``plan_defect_unknown``, ``wrong_state`` and those of
    ``plan_for``.
    """
    plan = plan_for(session, actor, "plan.return", place)
    state = PlanState(apply(PLAN_TRANSITIONS, plan.state, "return"))
    if not defects:
        raise Refused("plan_return_without_defect", number=plan.number)
    known = set(session.scalars(select(Reason.code).where(Reason.kind == "defect")))
    for defect in defects:
        if defect.reason not in known:
            raise Refused("plan_defect_unknown", reason=defect.reason)
        known.remove(defect.reason)
        session.add(
            PlanDefect(
                insurer_id=plan.insurer_id,
                plan_id=plan.id,
                round=plan.round,
                reason=defect.reason,
                text=kept_text(defect.text),
                cites=plan_cites(session, plan, defect.cites),
            )
        )
    plan.state = state
    plan.version += 1
    plan.needs_chair = False
    close_seats(session, plan)
    _close_round(session, plan, actor, now)
    codes = sorted(defect.reason for defect in defects)
    record_plan(session, plan, "return", actor, now, defects=codes)
    announce(session, plan, "returned", now=now)
    return plan


def resubmit_plan(
    session: Session,
    actor: Actor | None,
    place: PlanPlace,
    *,
    images: Sequence[ImageRequest] = (),
    explanation: str = "",
    now: datetime,
) -> TreatmentPlan:
    """Take a returned plan in again: the next round, its clock begins now.

    Refused: ``plan_resubmission_empty``, ``wrong_state``, those of ``plan_for`` and of images.
    """
    plan = plan_for(session, actor, "plan.resubmit", place)
    state = PlanState(apply(PLAN_TRANSITIONS, plan.state, "resubmit"))
    if not images and not explanation.strip():
        raise Refused("plan_resubmission_empty", number=plan.number)
    clock = deadline(now, work_calendar(session, is_held=True))
    plan.state = state
    plan.round += 1
    plan.version += 1
    plan.submitted_at = now
    plan.start_at, plan.at_risk_at = clock.start_at, clock.at_risk_at
    plan.due_at, plan.limit_at = clock.due_at, clock.limit_at
    session.add(
        PlanRound(
            insurer_id=plan.insurer_id,
            plan_id=plan.id,
            number=plan.round,
            submitted_at=now,
            start_at=clock.start_at,
            due_at=clock.due_at,
            limit_at=clock.limit_at,
            explanation=kept_text(explanation),
        )
    )
    attach_to_plan(session, plan, images, actor=actor, now=now)
    session.flush()
    plan.is_complete = not missing_of(session, plan)
    freeze_panel(session, plan)
    carry_seats(session, plan, now)
    record_plan(session, plan, "resubmit", actor, now, images=len(images))
    return plan


def _close_round(session: Session, plan: TreatmentPlan, actor: Actor, now: datetime) -> None:
    opened = session.scalars(
        select(PlanRound).where(
            PlanRound.insurer_id == plan.insurer_id,
            PlanRound.plan_id == plan.id,
            PlanRound.number == plan.round,
        )
    ).one()
    opened.closed_at, opened.closed_by_id, opened.result = now, actor.user_id, "returned"
    session.flush()
