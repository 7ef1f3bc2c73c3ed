"""Open deadlines: those of plans at the commission and of claims at the desk, and their moving."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from workbench.db.models import Claim, ClaimRound, Insurer, PlanRound, PlanSeat, TreatmentPlan
from workbench.rules.facts import ClaimKind
from workbench.rules.workflow import ClaimState, PlanState

RUNNING_CLAIMS = (ClaimState.ACCEPTED, ClaimState.UNDER_REVIEW, ClaimState.PARKED)

_PLANS = cast(Table, TreatmentPlan.__table__)
_ROUNDS = cast(Table, PlanRound.__table__)
_SEATS = cast(Table, PlanSeat.__table__)
_CLAIMS = cast(Table, Claim.__table__)


def open_plans(*, is_held: bool) -> Select[*tuple[Any, ...]]:
    """The plans whose clock runs, with the instants of their present round."""
    statement = (
        select(
            TreatmentPlan.insurer_id,
            TreatmentPlan.id,
            TreatmentPlan.number,
            TreatmentPlan.round,
            TreatmentPlan.submitted_at,
            TreatmentPlan.start_at,
            TreatmentPlan.at_risk_at,
            TreatmentPlan.due_at,
            TreatmentPlan.limit_at,
        )
        .where(TreatmentPlan.state == PlanState.SUBMITTED)
        .order_by(TreatmentPlan.insurer_id, TreatmentPlan.id)
    )
    return statement.with_for_update() if is_held else statement


def open_claims(*, is_held: bool) -> Select[*tuple[Any, ...]]:
    """The claims whose clock runs: due instant, since when it runs, direct or not, the hours.

    It runs since the claim was accepted, or since it last came back from its sender; a claim that
    was reopened keeps the clock it had.
    """
    statement = (
        select(
            Claim.insurer_id,
            Claim.id,
            Claim.number,
            Claim.round,
            Claim.due_at,
            func.coalesce(_last_return(), Claim.accepted_at).label("since"),
            (Claim.kind == ClaimKind.DIRECT).label("is_direct"),
            Insurer.direct_due_hours,
            Insurer.indirect_due_hours,
        )
        .join(Insurer, Insurer.id == Claim.insurer_id)
        .where(Claim.state.in_(RUNNING_CLAIMS))
        .where(Claim.due_at.is_not(None), Claim.accepted_at.is_not(None))
        .order_by(Claim.insurer_id, Claim.id)
    )
    return statement.with_for_update(of=Claim, key_share=True) if is_held else statement


def _last_return() -> Any:
    """When the newest round began that follows a return."""
    former = aliased(ClaimRound)
    return (
        select(func.max(ClaimRound.opened_at))
        .join(
            former,
            (former.insurer_id == ClaimRound.insurer_id)
            & (former.claim_id == ClaimRound.claim_id)
            & (former.number == ClaimRound.number - 1),
        )
        .where(
            ClaimRound.insurer_id == Claim.insurer_id,
            ClaimRound.claim_id == Claim.id,
            former.result == "returned",
        )
        .correlate(Claim)
        .scalar_subquery()
    )


def move_plans(session: Session, rows: Sequence[Mapping[str, int | datetime]]) -> None:
    """Write the instants of plans: of_insurer, of_plan, to_start, to_risk, to_due, to_limit."""
    instants = {
        "start_at": bindparam("to_start", type_=_PLANS.c.start_at.type),
        "at_risk_at": bindparam("to_risk", type_=_PLANS.c.at_risk_at.type),
        "due_at": bindparam("to_due", type_=_PLANS.c.due_at.type),
        "limit_at": bindparam("to_limit", type_=_PLANS.c.limit_at.type),
    }
    session.connection().execute(
        update(_PLANS)
        .where(
            _PLANS.c.insurer_id == bindparam("of_insurer"),
            _PLANS.c.id == bindparam("of_plan"),
        )
        .values(instants),
        rows,
    )


def follow_plans(session: Session) -> None:
    """Give present rounds and open seats the instants of their open plans."""
    connection = session.connection()
    is_open = _PLANS.c.state == PlanState.SUBMITTED
    shared = ("start_at", "due_at", "limit_at")
    connection.execute(
        update(_ROUNDS)
        .where(is_open, *_belongs(_ROUNDS, _ROUNDS.c.number))
        .where(or_(*(_ROUNDS.c[name] != _PLANS.c[name] for name in shared)))
        .values({name: _PLANS.c[name] for name in shared})
    )
    connection.execute(
        update(_SEATS)
        .where(is_open, _SEATS.c.is_open, *_belongs(_SEATS, _SEATS.c.round))
        .where(_SEATS.c.due_at != _PLANS.c.due_at)
        .values(due_at=_PLANS.c.due_at)
    )


def _belongs(table: Table, of_round: Any) -> tuple[Any, ...]:
    """Rows of a plan's present round."""
    return (
        table.c.insurer_id == _PLANS.c.insurer_id,
        table.c.plan_id == _PLANS.c.id,
        of_round == _PLANS.c.round,
    )


def move_claims(session: Session, rows: Sequence[Mapping[str, int | datetime]]) -> None:
    """Write due instants of claims (``rows``: of_insurer, of_claim, to_due)."""
    session.connection().execute(
        update(_CLAIMS)
        .where(
            _CLAIMS.c.insurer_id == bindparam("of_insurer"),
            _CLAIMS.c.id == bindparam("of_claim"),
        )
        .values(due_at=bindparam("to_due", type_=_CLAIMS.c.due_at.type)),
        rows,
    )
