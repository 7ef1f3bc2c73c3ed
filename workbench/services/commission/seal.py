"""The seal of a decided plan: one hash over its outcome and votes, written with the decision.

``verify`` computes it again: a unit, a vote or the public result that was changed afterwards, past
the services, shows.
"""

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.db.models import AuditEvent, PlanUnit, PlanVote, TreatmentPlan
from workbench.rules.workflow import PlanState
from workbench.services.commission.access import plan_stream

DECIDED = "plan.decide"
PLANS_AT_ONCE = 500
PLAN_FIELDS = (
    *("number", "round", "result", "decided_at", "is_late", "late_reason"),
    *("public_text", "valid_until_on", "panel_seats", "panel_quorum", "panel_majority"),
)
UNIT_FIELDS = (
    *("number", "code", "service_group", "tooth", "jaw", "quantity", "amount_rial"),
    *("choice", "approved_code", "approved_rial", "reason"),
)
VOTE_FIELDS = (
    *("round", "unit_number", "member_id", "choice", "changed_code", "changed_rial"),
    *("reason", "is_casting", "at"),
)


def decision_seal(session: Session, plan: TreatmentPlan) -> str:
    """The SHA-256 (hex) over a decided plan's outcome, units and all its votes."""
    key = {"insurer_id": plan.insurer_id, "plan_id": plan.id}
    units = session.scalars(select(PlanUnit).filter_by(**key).order_by(PlanUnit.number)).all()
    votes = session.scalars(
        select(PlanVote)
        .filter_by(**key)
        .order_by(PlanVote.round, PlanVote.at, PlanVote.member_id, PlanVote.unit_number)
    ).all()
    content = {
        "plan": _values(plan, PLAN_FIELDS),
        "units": [_values(unit, UNIT_FIELDS) for unit in units],
        "votes": [_values(vote, VOTE_FIELDS) for vote in votes],
    }
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _values(row: Any, names: Sequence[str]) -> dict[str, Any]:
    return {name: _plain(getattr(row, name)) for name in names} | _cites(row)


def _cites(row: Any) -> dict[str, Any]:
    """Frames, where there are some: plans decided before there were any keep their seal."""
    cites = getattr(row, "cites", None)
    return {"cites": cites} if cites else {}


def _plain(value: Any) -> Any:
    """An instant (in UTC) or day as text, everything else as it is."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def plan_problems(session: Session) -> Iterator[str | None]:
    """Decided plans that are not what was decided; None for each plan looked at."""
    for _ in range(session.scalar(select(func.count()).select_from(TreatmentPlan)) or 0):
        yield None
    after = (0, 0)
    while plans := _next_decided(session, after):
        seals = _seals(session, plans)
        for plan in plans:
            sealed = seals.get(plan_stream(plan))
            if sealed is None:
                yield f"plan {plan.number} is decided without its event"
            elif sealed != decision_seal(session, plan):
                yield f"plan {plan.number} is not what was decided"
        after = (plans[-1].insurer_id, plans[-1].id)
        session.expunge_all()


def _next_decided(session: Session, after: tuple[int, int]) -> Sequence[TreatmentPlan]:
    insurer_id, plan_id = after
    same = (TreatmentPlan.insurer_id == insurer_id) & (TreatmentPlan.id > plan_id)
    return session.scalars(
        select(TreatmentPlan)
        .where(
            TreatmentPlan.state == PlanState.DECIDED,
            same | (TreatmentPlan.insurer_id > insurer_id),
        )
        .order_by(TreatmentPlan.insurer_id, TreatmentPlan.id)
        .limit(PLANS_AT_ONCE)
    ).all()


def _seals(session: Session, plans: Sequence[TreatmentPlan]) -> dict[str, str]:
    rows = session.execute(
        select(AuditEvent.stream, AuditEvent.facts).where(
            AuditEvent.stream.in_([plan_stream(plan) for plan in plans]),
            AuditEvent.action == DECIDED,
        )
    )
    return {row.stream: str(row.facts.get("seal", "")) for row in rows}
