"""Which open deadlines a calendar moves, and moving them: plans at the commission, claims."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.queries import deadlines as queries
from workbench.rules.working_time import DUE_HOURS, Deadline, WorkCalendar, deadline
from workbench.services import audit

BATCH = 2_000
"""So many rows are written by one statement."""

PLAN, CLAIM = "plan", "claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedDeadline:
    """An open deadline that a calendar moves; a claim has no limit (None)."""

    kind: str
    insurer_id: int
    id: int
    number: str
    round: int
    former_due_at: datetime
    former_limit_at: datetime | None
    clock: Deadline

    @property
    def due_at(self) -> datetime:
        """When it is due by that calendar."""
        return self.clock.due_at

    @property
    def limit_at(self) -> datetime | None:
        """Its hard limit by that calendar."""
        return None if self.former_limit_at is None else self.clock.limit_at

    def becomes_overdue(self, now: datetime) -> bool:
        """Whether it is overdue by that calendar and was not."""
        return self.former_due_at >= now > self.due_at

    def is_overdue_no_more(self, now: datetime) -> bool:
        """Whether it was overdue and is not by that calendar."""
        return self.due_at >= now > self.former_due_at


class _Clocks:
    """Deadlines by one calendar; one instant of beginning is computed once."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self._calendar = calendar
        self._known: dict[tuple[datetime, float], Deadline] = {}

    def of(self, since: datetime, hours: float) -> Deadline:
        """The deadline of what began then and has so many working hours."""
        key = since, hours
        if key not in self._known:
            self._known[key] = deadline(since, self._calendar, hours)
        return self._known[key]


def moved_deadlines(
    session: Session, calendar: WorkCalendar, *, is_held: bool = False
) -> list[MovedDeadline]:
    """The open deadlines that are other ones by ``calendar``, each from the start of its round.

    ``is_held``: plans and claims stay as they are until the transaction ends.
    """
    clocks = _Clocks(calendar)
    return [
        *_moved_plans(session, clocks, is_held=is_held),
        *_moved_claims(session, clocks, is_held=is_held),
    ]


def _moved_plans(session: Session, clocks: _Clocks, *, is_held: bool) -> Iterator[MovedDeadline]:
    for row in session.execute(queries.open_plans(is_held=is_held)):
        clock = clocks.of(row.submitted_at, DUE_HOURS)
        former = Deadline(
            start_at=row.start_at,
            at_risk_at=row.at_risk_at,
            due_at=row.due_at,
            limit_at=row.limit_at,
        )
        if clock != former:
            yield _moved(PLAN, row, former.limit_at, clock)


def _moved_claims(session: Session, clocks: _Clocks, *, is_held: bool) -> Iterator[MovedDeadline]:
    for row in session.execute(queries.open_claims(is_held=is_held)):
        hours = row.direct_due_hours if row.is_direct else row.indirect_due_hours
        clock = clocks.of(row.since, hours)
        if clock.due_at != row.due_at:
            yield _moved(CLAIM, row, None, clock)


def _moved(kind: str, row: Any, limit_at: datetime | None, clock: Deadline) -> MovedDeadline:
    return MovedDeadline(
        kind=kind,
        insurer_id=row.insurer_id,
        id=row.id,
        number=row.number,
        round=row.round,
        former_due_at=row.due_at,
        former_limit_at=limit_at,
        clock=clock,
    )


def move_deadlines(
    session: Session, moved: Sequence[MovedDeadline], *, actor_id: int | None, now: datetime
) -> None:
    """Write the new instants, and one event for each plan and claim.

    Versions stay: what is voted on or assessed is the same, so nobody's work is refused.
    """
    for first in range(0, len(moved), BATCH):
        some = moved[first : first + BATCH]
        plans = [_plan_row(each) for each in some if each.kind == PLAN]
        claims = [_claim_row(each) for each in some if each.kind == CLAIM]
        if plans:
            queries.move_plans(session, plans)
        if claims:
            queries.move_claims(session, claims)
        audit.record_all(session, [_event(each, actor_id, now) for each in some])
    queries.follow_plans(session)
    session.expire_all()  # rows that were loaded before carry the old instants


def _plan_row(moved: MovedDeadline) -> dict[str, int | datetime]:
    return {
        "of_insurer": moved.insurer_id,
        "of_plan": moved.id,
        "to_start": moved.clock.start_at,
        "to_risk": moved.clock.at_risk_at,
        "to_due": moved.clock.due_at,
        "to_limit": moved.clock.limit_at,
    }


def _claim_row(moved: MovedDeadline) -> dict[str, int | datetime]:
    return {
        "of_insurer": moved.insurer_id,
        "of_claim": moved.id,
        "to_due": moved.clock.due_at,
    }


def _event(moved: MovedDeadline, actor_id: int | None, now: datetime) -> audit.Event:
    instants = {
        "former_due_at": moved.former_due_at,
        "due_at": moved.due_at,
        "former_limit_at": moved.former_limit_at,
        "limit_at": moved.limit_at,
    }
    return audit.Event(
        action=f"{moved.kind}.deadline_moved",
        stream=f"{moved.kind}:{moved.insurer_id}-{moved.id}",
        actor_id=actor_id,
        at=now,
        insurer_id=moved.insurer_id,
        facts={
            moved.kind: moved.number,
            "round": moved.round,
            **{name: at.isoformat() for name, at in instants.items() if at is not None},
        },
    )
