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
    PlanImage,
    PlanRound,
    PlanUnit,
    Reason,
    TreatmentPlan,
)
from workbench.db.queries.calendar import work_calendar
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.approval import Unit, missing_from_pack
from workbench.rules.facts import Evidence, EvidenceKind, Phase
from workbench.rules.parameters import load_parameters
from workbench.rules.workflow import PLAN_TRANSITIONS, PlanState, apply
from workbench.rules.working_time import deadline
from workbench.services.access import Actor
from workbench.services.claim_content import ImageRequest
from workbench.services.plan_access import PlanPlace, plan_for, record_plan
from workbench.services.plan_content import attach_to_plan
from workbench.services.texts import kept_text


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanDefectInput:
    """A defect of the catalogue (R…) and what is said to the centre about it."""

    reason: str
    text: str = ""


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
            )
        )
    plan.state = state
    plan.version += 1
    _close_round(session, plan, actor, now)
    codes = sorted(defect.reason for defect in defects)
    record_plan(session, plan, "return", actor, now, defects=codes)
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
    clock = deadline(now, work_calendar(session))
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
    attach_to_plan(session, plan, images, now=now)
    session.flush()
    plan.is_complete = not _lacks(session, plan)
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


def _lacks(session: Session, plan: TreatmentPlan) -> bool:
    """Whether the pack still lacks a document."""
    parameters, on = load_parameters(), day_of(plan.submitted_at)
    needs = [need for need in parameters.approval_needs if need.kind in plan.kinds.split(",")]
    units = session.scalars(
        select(PlanUnit).where(PlanUnit.insurer_id == plan.insurer_id, PlanUnit.plan_id == plan.id)
    )
    images = session.scalars(
        select(PlanImage).where(
            PlanImage.insurer_id == plan.insurer_id, PlanImage.plan_id == plan.id
        )
    )
    missing = missing_from_pack(
        [
            Unit(group=unit.service_group, tooth=unit.tooth, jaw=unit.jaw, quantity=unit.quantity)
            for unit in units
        ],
        [
            Evidence(
                number=image.number,
                kind=EvidenceKind(image.kind),
                phase=Phase(image.phase),
                teeth=tuple(image.teeth),
            )
            for image in images
        ],
        needs,
        parameters,
        on,
    )
    return bool(missing)
