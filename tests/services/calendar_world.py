"""What the tests of the calendar begin with: open plans, copied from one, and who changes days."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from tests.services import registered_world as world
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, PlanRound, PlanSeat, TreatmentPlan, User, new_id
from workbench.db.queries.calendar import work_calendar
from workbench.persian.jalali import parse_day
from workbench.rules.workflow import Role
from workbench.rules.working_time import deadline
from workbench.services.calendar.changes import (
    Change,
    CloseDay,
    Moves,
    WithdrawCorrection,
    make_change,
    preview_change,
)

ADMIN = world.actor(Role.ADMIN)
WHY = "آلودگی هوا"


def closing(day: str, title: str = WHY) -> CloseDay:
    return CloseDay(day=parse_day(day), title=title)


def withdrawing(day: str | date) -> WithdrawCorrection:
    return WithdrawCorrection(day=parse_day(day) if isinstance(day, str) else day)


def make(database: Database, change: Change, now: datetime, **given: Any) -> Moves:
    actor = given.pop("actor", ADMIN)
    return database.in_tx(lambda s: make_change(s, actor, change, now=now, **given))


def preview(database: Database, change: Change, now: datetime, **given: Any) -> Moves:
    with database.reading() as session:
        return preview_change(session, given.get("actor", ADMIN), change, now=now)


def copy_plans(session: Session, instants: Sequence[datetime]) -> None:
    """Open plans like the one there is, submitted at these instants, each with round and seat."""
    plan = session.scalars(select(TreatmentPlan)).one()
    columns = {c.key: getattr(plan, c.key) for c in TreatmentPlan.__mapper__.columns}
    calendar = work_calendar(session)
    plans, rounds, seats = [], [], []
    for number, at in enumerate(instants, 1):
        clock = deadline(at, calendar)
        key = {"insurer_id": plan.insurer_id, "plan_id": new_id()}
        shared = {"start_at": clock.start_at, "due_at": clock.due_at, "limit_at": clock.limit_at}
        ids = {"id": key["plan_id"], "number": f"copy-{number}"}
        plans.append(columns | ids | shared | {"submitted_at": at, "at_risk_at": clock.at_risk_at})
        rounds.append(key | shared | {"id": new_id(), "number": plan.round, "submitted_at": at})
        seats.append(
            key
            | {"id": new_id(), "round": plan.round, "member_id": _member(session), "taken_at": at}
            | {"held_until_at": at, "due_at": clock.due_at, "is_open": True, "has_voted": True}
        )
    session.execute(insert(TreatmentPlan), plans)
    session.execute(insert(PlanRound), rounds)
    session.execute(insert(PlanSeat), seats)


def _member(session: Session) -> int:
    return session.scalars(select(User.id).order_by(User.id).limit(1)).one()


Clocks = dict[int, tuple[datetime, ...]]


def clocks_of(database: Database) -> Clocks:
    """Every plan's instants, which its present round and its open seats share."""
    with database.reading() as session:
        plans = session.scalars(select(TreatmentPlan)).all()
        rounds = {(r.plan_id, r.number): r for r in session.scalars(select(PlanRound))}
        for plan in plans:
            own = rounds[plan.id, plan.round]
            assert (own.start_at, own.due_at, own.limit_at) == (
                plan.start_at,
                plan.due_at,
                plan.limit_at,
            )
        due_at = {plan.id: plan.due_at for plan in plans}
        for seat in session.scalars(select(PlanSeat).where(PlanSeat.is_open)):
            assert seat.due_at == due_at[seat.plan_id]
        return {p.id: (p.start_at, p.at_risk_at, p.due_at, p.limit_at) for p in plans}


def events(database: Database, action: str) -> list[AuditEvent]:
    with database.reading() as session:
        statement = select(AuditEvent).where(AuditEvent.action == action).order_by(AuditEvent.id)
        return list(session.scalars(statement))
