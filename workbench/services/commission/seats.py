"""The panel of a plan: who sits on it, taking a seat, giving it back, replacing a member (W12).

A seat is held for a while and for good once its member voted; one whose time is over is free
again, without any job. The system never seats anybody.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from workbench.db.models import PlanSeat, TreatmentPlan, User
from workbench.db.queries.calendar import work_calendar
from workbench.errors import Refused
from workbench.rules.workflow import PLAN_TRANSITIONS, apply
from workbench.rules.working_time import add_working_hours
from workbench.services.access import Actor, actor_of, may, may_see_insurer, require
from workbench.services.claims.taking import lease_length
from workbench.services.commission.access import (
    PlanPlace,
    has_interest,
    plan_for,
    record_plan,
    seen_plan,
)
from workbench.services.texts import kept_text

CARRIED_HOURS = 24
"""Working hours for which a seat of the former round is kept, for who knows the plan already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """Whose seat is taken away, why, and who gets it (None: it is free)."""

    member_id: int
    reason: str
    by_id: int | None = None


def take_seat(session: Session, actor: Actor, place: PlanPlace, *, now: datetime) -> PlanSeat:
    """Sit down on the panel of a plan, or renew one's own seat.

    Refused: ``panel_full``, ``seat_was_replaced``, ``wrong_state`` and those of ``plan_for``.
    """
    plan = plan_for(session, actor, "plan.vote", place)
    apply(PLAN_TRANSITIONS, plan.state, "vote")
    seated = {seat.member_id for seat in seats_of(session, plan) if is_live(seat, now)}
    seat = sit_down(session, actor, plan, now)
    if actor.user_id not in seated:
        record_plan(session, plan, "take", actor, now)
    return seat


def sit_down(session: Session, actor: Actor, plan: TreatmentPlan, now: datetime) -> PlanSeat:
    """The actor's seat in the present round of a plan that he holds already."""
    seats = seats_of(session, plan)
    own = next((seat for seat in seats if seat.member_id == actor.user_id), None)
    if own is not None and own.ended_at is not None:
        raise Refused("seat_was_replaced", number=plan.number)
    others = [seat for seat in seats if is_live(seat, now) and seat is not own]
    if len(others) >= plan.panel_seats:
        raise Refused("panel_full", number=plan.number, seats=plan.panel_seats)
    if own is None:
        own = _seat(session, plan, actor.user_id, now)
    own.held_until_at = max(own.held_until_at, now + lease_length())
    return own


def renew_seat(session: Session, actor: Actor, place: PlanPlace, *, now: datetime) -> None:
    """Keep one's seat for another lease; who has none, or lost it, gets none."""
    plan = seen_plan(session, actor, place)
    for seat in seats_of(session, plan):
        if seat.member_id == actor.user_id and seat.is_open and is_live(seat, now):
            seat.held_until_at = max(seat.held_until_at, now + lease_length())


def leave_seat(session: Session, actor: Actor, place: PlanPlace, *, now: datetime) -> None:
    """Give one's seat back; a vote that was cast stays, giving back what one has not is nothing."""
    plan = plan_for(session, actor, "plan.vote", place)
    for seat in seats_of(session, plan):
        if seat.member_id == actor.user_id and is_live(seat, now) and not seat.has_voted:
            seat.held_until_at = now
            record_plan(session, plan, "leave", actor, now)


def replace_member(
    session: Session, actor: Actor, place: PlanPlace, change: Replacement, *, now: datetime
) -> TreatmentPlan:
    """The chair takes a member off the panel, his vote with him, and may seat another one.

    Refused: ``reason_needed``, ``member_unknown``, ``colleague_unfit``, ``wrong_state`` and those
    of ``plan_for``.
    """
    plan = plan_for(session, actor, "plan.replace", place)
    apply(PLAN_TRANSITIONS, plan.state, "replace", reason=change.reason)
    open_seats = [seat for seat in seats_of(session, plan) if seat.is_open]
    found = next((seat for seat in open_seats if seat.member_id == change.member_id), None)
    if found is None:
        raise Refused("member_unknown", number=plan.number)
    if change.by_id is not None:
        _seat_fit_colleague(session, plan, change.by_id, now)
    found.is_open, found.ended_at, found.ended_by_id = False, now, actor.user_id
    found.ended_reason = kept_text(change.reason)
    plan.votes -= found.has_voted
    plan.version += 1
    session.flush()
    record_plan(
        session, plan, "replace", actor, now, replaced=change.member_id, seated=change.by_id
    )
    return plan


def _seat_fit_colleague(session: Session, plan: TreatmentPlan, user_id: int, now: datetime) -> None:
    if user_id not in {user.id for user in fit_colleagues(session, plan)}:
        raise Refused("colleague_unfit")
    seat = _seat(session, plan, user_id, now)
    seat.held_until_at = max(plan.due_at, now + lease_length())


def fit_colleagues(session: Session, plan: TreatmentPlan) -> Sequence[User]:
    """Who could be seated: may vote, sees the insurer, has no interest, never sat in this round."""
    seated = {seat.member_id for seat in seats_of(session, plan)}
    users = session.scalars(
        select(User).where(User.is_disabled.is_(False)).order_by(User.display_name)
    )
    return [
        user
        for user in users
        if user.id not in seated and _is_fit(session, actor_of(session, user), plan)
    ]


def read_colleagues(session: Session, actor: Actor, place: PlanPlace) -> list[tuple[int, str]]:
    """Id and name of those whom the chair may seat."""
    require(actor, "plan.replace")
    plan = seen_plan(session, actor, place)
    return [(user.id, user.display_name) for user in fit_colleagues(session, plan)]


def _is_fit(session: Session, colleague: Actor, plan: TreatmentPlan) -> bool:
    return (
        may(colleague, "plan.vote")
        and may_see_insurer(colleague, plan.insurer_id)
        and not has_interest(session, colleague, plan)
    )


def seats_of(session: Session, plan: TreatmentPlan) -> Sequence[PlanSeat]:
    """The seats of the present round in the order in which they were taken."""
    return session.scalars(
        select(PlanSeat)
        .where(
            PlanSeat.insurer_id == plan.insurer_id,
            PlanSeat.plan_id == plan.id,
            PlanSeat.round == plan.round,
        )
        .order_by(PlanSeat.taken_at, PlanSeat.id)
    ).all()


def is_live(seat: PlanSeat, now: datetime) -> bool:
    """Whether the seat is its member's now."""
    return seat.ended_at is None and (seat.has_voted or seat.held_until_at > now)


def close_seats(session: Session, plan: TreatmentPlan) -> None:
    """The round is over: nobody's vote is waited for."""
    session.execute(
        update(PlanSeat)
        .where(
            PlanSeat.insurer_id == plan.insurer_id,
            PlanSeat.plan_id == plan.id,
            PlanSeat.is_open.is_(True),
        )
        .values(is_open=False)
        .execution_options(synchronize_session="fetch")
    )


def carry_seats(session: Session, plan: TreatmentPlan, now: datetime) -> None:
    """Who voted or sat in the former round keeps a seat for a working day of the new one."""
    former = select(PlanSeat.member_id).where(
        PlanSeat.insurer_id == plan.insurer_id,
        PlanSeat.plan_id == plan.id,
        PlanSeat.round == plan.round - 1,
        PlanSeat.ended_at.is_(None),
    )
    until = add_working_hours(work_calendar(session), plan.start_at, CARRIED_HOURS)
    for member_id in session.scalars(former.order_by(PlanSeat.taken_at)).all()[: plan.panel_seats]:
        _seat(session, plan, member_id, now).held_until_at = until


def count_votes_cast(session: Session, plan: TreatmentPlan) -> int:
    """How many members of the present panel voted in this round."""
    return (
        session.scalar(
            select(func.count())
            .select_from(PlanSeat)
            .where(
                PlanSeat.insurer_id == plan.insurer_id,
                PlanSeat.plan_id == plan.id,
                PlanSeat.round == plan.round,
                PlanSeat.has_voted.is_(True),
                PlanSeat.ended_at.is_(None),
            )
        )
        or 0
    )


def _seat(session: Session, plan: TreatmentPlan, member_id: int, now: datetime) -> PlanSeat:
    seat = PlanSeat(
        insurer_id=plan.insurer_id,
        plan_id=plan.id,
        round=plan.round,
        member_id=member_id,
        taken_at=now,
        held_until_at=now - timedelta(microseconds=1),
        due_at=plan.due_at,
    )
    session.add(seat)
    session.flush()
    return seat
