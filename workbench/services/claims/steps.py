"""Writing the steps of claims: beside the audit event, in its transaction."""

from dataclasses import fields
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, Table, bindparam, insert, select, update
from sqlalchemy.orm import Session

from workbench.db.models import ChangedDay, Claim, ClaimStep, SumsUntil, new_id
from workbench.db.queries.calendar import work_calendar
from workbench.db.step_rows import AMOUNTS
from workbench.rules import steps

# Built once: every move of a claim leaves a step.
_STEPS = cast(Table, ClaimStep.__table__)
_OF_CLAIM = (_STEPS.c.insurer_id == bindparam("insurer")) & (
    _STEPS.c.claim_id == bindparam("claim")
)
_LAST = (
    select(*(_STEPS.c[field.name] for field in fields(steps.Step)))
    .where(_OF_CLAIM)
    .order_by(_STEPS.c.id.desc())
    .limit(1)
)
_UNTIL = select(SumsUntil.day)
_LAST_FINISH = (
    select(_STEPS.c.id)
    .where(_OF_CLAIM, _STEPS.c.action == steps.FINISH)
    .order_by(_STEPS.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_UNDO = (
    update(_STEPS)
    .where(_STEPS.c.insurer_id == bindparam("insurer"), _STEPS.c.id == _LAST_FINISH)
    .values(is_undone=True)
)
_UNDONE_ON = select(_STEPS.c.day).where(
    _STEPS.c.insurer_id == bindparam("insurer"), _STEPS.c.id == _LAST_FINISH
)
_INSERT = insert(_STEPS)
_MARK = insert(cast(Table, ChangedDay.__table__))


def record_step(
    session: Session, claim: Claim, action: str, *, actor_id: int | None, at: datetime
) -> None:
    """Note the step that ``action`` of the table of transitions is; another moves no case.

    The claim already stands as the action left it. A finish that is reopened holds no more.
    """
    step_name = steps.STEPS.get(action)
    if step_name is None:
        return
    connection = session.connection()
    key = {"insurer": claim.insurer_id, "claim": claim.id}
    row = connection.execute(_LAST, key).first()
    former = steps.Step(**row._mapping) if row else None
    step = steps.next_step(step_name, at, former, work_calendar(session))
    changed = [step.day]
    if step_name == steps.REOPEN:
        changed += connection.scalars(_UNDONE_ON, key)
        connection.execute(_UNDO, key)
    is_decided = step.round_minutes is not None
    is_finished = step_name == steps.FINISH
    values = {
        "insurer_id": claim.insurer_id,
        "id": new_id(),
        "claim_id": claim.id,
        "action": step.action,
        "at": at,
        "day": step.day,
        "month": step.month,
        "centre_id": claim.centre_id,
        "actor_id": actor_id,
        "kind": claim.kind,
        "round": claim.round,
        "former": step.former,
        "waited_minutes": step.waited_minutes,
        "round_minutes": step.round_minutes,
        "clock_at": step.clock_at,
        "is_on_time": at <= claim.due_at if is_decided and claim.due_at else None,
        "is_undone": False,
        **{name: getattr(claim, name) if is_finished else None for name in AMOUNTS},
        "service_groups": claim.service_groups if is_decided else None,
    }
    connection.execute(_INSERT, values)
    _mark(connection, claim.insurer_id, changed)


def _mark(connection: Connection, insurer_id: int, days: list[int]) -> None:
    """Days that are summed already are not any more as they were summed."""
    until = connection.scalar(_UNTIL) or 0
    marks = [{"insurer_id": insurer_id, "id": new_id(), "day": day} for day in days if day <= until]
    if marks:
        connection.execute(_MARK, marks)
