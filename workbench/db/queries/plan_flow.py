"""What comes to the commission and what leaves it: open plans by deadline, rounds by their end.

A round that came since an instant is open still or was closed since then: two index scans find all.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from workbench.db.models import PlanRound, TreatmentPlan
from workbench.rules.workflow import PlanState

OPEN_MAX = 5_000
ROUNDS_MAX = 20_000
COUNT_MAX = 1_000
LISTED_MAX = 100

Rows = Select[*tuple[Any, ...]]


def open_plans() -> Rows:
    """The plans whose clock runs, the earliest deadline first, ``OPEN_MAX`` + 1 at most."""
    return (
        select(
            TreatmentPlan.insurer_id,
            TreatmentPlan.number,
            TreatmentPlan.round,
            TreatmentPlan.submitted_at,
            TreatmentPlan.at_risk_at,
            TreatmentPlan.due_at,
            TreatmentPlan.limit_at,
            TreatmentPlan.votes,
            TreatmentPlan.panel_quorum,
        )
        .where(TreatmentPlan.state == PlanState.SUBMITTED)
        .order_by(TreatmentPlan.due_at, TreatmentPlan.id)
        .limit(OPEN_MAX + 1)
    )


def returned_plans() -> Rows:
    """The numbers of the plans that wait for their centre, ``COUNT_MAX`` + 1 at most."""
    return (
        select(TreatmentPlan.number, TreatmentPlan.due_at)
        .where(TreatmentPlan.state == PlanState.RETURNED)
        .order_by(TreatmentPlan.due_at, TreatmentPlan.id)
        .limit(COUNT_MAX + 1)
    )


def closed_rounds(since: datetime, until: datetime) -> Rows:
    """The rounds closed between two instants, the newest first, ``ROUNDS_MAX`` + 1 at most."""
    return (
        select(
            PlanRound.insurer_id,
            PlanRound.plan_id,
            PlanRound.number,
            PlanRound.submitted_at,
            PlanRound.due_at,
            PlanRound.closed_at,
        )
        .where(PlanRound.closed_at >= since, PlanRound.closed_at <= until)
        .order_by(PlanRound.closed_at.desc())
        .limit(ROUNDS_MAX + 1)
    )


def decided_counts(since: datetime, until: datetime) -> Rows:
    """How many rounds were decided between two instants, and how many of them on time."""
    in_time = func.count().filter(PlanRound.closed_at <= PlanRound.due_at)
    return select(func.count().label("decided"), in_time.label("in_time")).where(
        PlanRound.closed_at >= since,
        PlanRound.closed_at <= until,
        PlanRound.result == "decided",
    )


def decided_plans(since: datetime, until: datetime) -> Rows:
    """The plans decided between two instants, the newest first, ``LISTED_MAX`` at most."""
    return (
        select(TreatmentPlan.number, PlanRound.due_at, PlanRound.closed_at)
        .join(
            TreatmentPlan,
            (TreatmentPlan.insurer_id == PlanRound.insurer_id)
            & (TreatmentPlan.id == PlanRound.plan_id),
        )
        .where(
            PlanRound.closed_at >= since,
            PlanRound.closed_at <= until,
            PlanRound.result == "decided",
        )
        .order_by(PlanRound.closed_at.desc())
        .limit(LISTED_MAX)
    )
