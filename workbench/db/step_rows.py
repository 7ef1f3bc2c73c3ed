"""The steps of claims made again from the trail: by the migration once, by ``verify`` each time."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import BigInteger, String, cast, literal, select
from sqlalchemy.orm import Session

from workbench.db.models import AuditEvent, Claim, Insurer
from workbench.db.queries.calendar import work_calendar
from workbench.rules import steps
from workbench.rules.working_time import WorkCalendar, deadline

AMOUNTS = (
    *("cost_rial", "tariff_reject_rial", "technical_deduction_rial", "patient_share_rial"),
    *("technical_approval_rial", "ceiling_reject_rial", "payable_rial"),
)
"""The seven columns of money that a finish leaves on the claim, and on its step."""
PREFIX = "claim."
ROWS_AT_ONCE = 2_000


def expected_steps(session: Session) -> Iterator[list[dict[str, Any]]]:
    """For each claim its steps in order, as the columns of ``ClaimStep`` without ``id``.

    Amounts are those of a finish that holds; a finish that was reopened has none here.
    """
    calendar = work_calendar(session)
    rows = session.execute(_events().execution_options(yield_per=ROWS_AT_ONCE))
    for _key, events in groupby(rows, key=lambda row: (row.insurer_id, row.claim_id)):
        yield _steps(list(events), calendar)


def _events() -> Any:
    """Each claim's events that are steps, claim by claim."""
    stream = literal("claim:") + _text(Claim.insurer_id) + "-" + _text(Claim.id)
    named = [PREFIX + action for action in steps.STEPS]
    is_arrival = (AuditEvent.action == "claim.register") & (Claim.kind == "direct")
    return (
        select(
            Claim.insurer_id,
            Claim.id.label("claim_id"),
            Claim.kind,
            Claim.centre_id,
            Claim.accepted_at,
            Insurer.direct_due_hours,
            Insurer.indirect_due_hours,
            *(getattr(Claim, name) for name in AMOUNTS),
            AuditEvent.action,
            AuditEvent.at,
            AuditEvent.actor_id,
            AuditEvent.facts,
        )
        .join(AuditEvent, AuditEvent.stream == stream)
        .join(Insurer, Insurer.id == Claim.insurer_id)
        .where(AuditEvent.action.in_(named) | is_arrival)
        .order_by(Claim.insurer_id, Claim.id, AuditEvent.sequence)
    )


def _text(column: Any) -> Any:
    return cast(cast(column, BigInteger), String)


def _steps(events: list[Any], calendar: WorkCalendar) -> list[dict[str, Any]]:
    moves = [_move(event) for event in events]
    made = list(steps.steps_of(moves, calendar))
    return [_row(event, step, calendar) for event, step in zip(events, made, strict=True)]


def _move(event: Any) -> tuple[str, datetime]:
    """The step and its instant: paper counts from the day it came."""
    action = event.action.removeprefix(PREFIX)
    step = steps.ARRIVE if action == "register" else steps.STEPS[action]
    return step, event.accepted_at if step == steps.ARRIVE else event.at


def _row(event: Any, step: steps.Step, calendar: WorkCalendar) -> dict[str, Any]:
    is_kept = step.action == steps.FINISH and not step.is_undone
    hours = event.direct_due_hours if event.kind == "direct" else event.indirect_due_hours
    is_decided = step.round_minutes is not None
    due_at = deadline(step.clock_at, calendar, hours).due_at if is_decided else None
    return {
        "insurer_id": event.insurer_id,
        "claim_id": event.claim_id,
        "action": step.action,
        "at": step.at,
        "day": step.day,
        "month": step.month,
        "centre_id": event.centre_id,
        "actor_id": event.actor_id,
        "kind": event.kind,
        "round": event.facts["round"],
        "former": step.former,
        "waited_minutes": step.waited_minutes,
        "round_minutes": step.round_minutes,
        "clock_at": step.clock_at,
        "is_on_time": step.at <= due_at if due_at else None,
        "is_undone": step.is_undone,
        **{name: getattr(event, name) if is_kept else None for name in AMOUNTS},
    }
