"""The five steps of a batch, from the centre's sending to the archive: who did each, and when."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Batch, Claim, User
from workbench.rules.workflow import BatchState


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One of the five steps: ``status`` done, current or waiting; who did it, and when.

    ``names`` holds the most active person first; ``is_centre`` when the centre did it.
    """

    state: str
    status: str
    at: datetime | None
    names: tuple[str, ...] = ()
    is_centre: bool = False


def steps_of(
    session: Session, batch: Batch, claims: Sequence[Claim], centre: str, is_ready: bool
) -> tuple[Step, ...]:
    """The five steps in their order, each with its state, instant and people."""
    workers = Counter(
        user_id
        for claim in claims
        for user_id in (claim.finished_by_id or claim.assignee_id or claim.returned_by_id,)
        if user_id is not None
    )
    by: dict[str, list[int | None]] = {
        BatchState.READY_TO_SEND: [],
        BatchState.ACCEPTED: [batch.received_by_id],
        BatchState.UNDER_REVIEW: [*dict(workers.most_common())],
        BatchState.SENT_TO_FINANCE: [batch.sent_to_finance_by_id],
        BatchState.ARCHIVED: [batch.archived_by_id],
    }
    ids = {user_id for group in by.values() for user_id in group if user_id is not None}
    users = {u.id: u.display_name for u in session.scalars(select(User).where(User.id.in_(ids)))}
    at = {
        BatchState.READY_TO_SEND: batch.sent_at,
        BatchState.ACCEPTED: batch.received_at,
        BatchState.UNDER_REVIEW: batch.review_started_at,
        BatchState.SENT_TO_FINANCE: batch.sent_to_finance_at,
        BatchState.ARCHIVED: batch.archived_at,
    }
    reached = _reached(batch, is_ready)
    return tuple(
        Step(
            state=state,
            status="done" if place < reached else "current" if place == reached else "waiting",
            at=at[state],
            names=(centre,)
            if state == BatchState.READY_TO_SEND
            else tuple(users[user_id] for user_id in by[state] if user_id in users),
            is_centre=state == BatchState.READY_TO_SEND,
        )
        for place, state in enumerate(BatchState)
    )


def _reached(batch: Batch, is_ready: bool) -> int:
    """The place of the step that is under way; 5 when all five are done."""
    places = {state: place for place, state in enumerate(BatchState)}
    place = places[BatchState(batch.state)] + 1
    if batch.state == BatchState.UNDER_REVIEW:
        return place if is_ready else place - 1
    if batch.state == BatchState.ACCEPTED and is_ready:
        return places[BatchState.SENT_TO_FINANCE]
    return place
