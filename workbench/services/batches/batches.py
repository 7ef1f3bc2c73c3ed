"""What is done to a received batch: split returned cases off, send it to finance, archive it.

The physical receipt stands in ``services.batches.receipt``. Each step holds the batch and its
claims, and leaves one audit event in the batch's stream beside those of the claims.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import AuditEvent, Batch, Claim, User, new_id
from workbench.db.queries.batches import claims_of_batch
from workbench.errors import Refused
from workbench.rules.workflow import BATCH_TRANSITIONS, BatchState, ClaimState, apply
from workbench.services import audit
from workbench.services.access import Actor, batch_for
from workbench.services.claims.transition import claim_stream, move_claim
from workbench.services.numbers import next_acceptance_number

DONE_STATES = frozenset({ClaimState.FINISHED, ClaimState.VOID})
WITH_FINANCE = frozenset({BatchState.SENT_TO_FINANCE, BatchState.ARCHIVED})


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchDone:
    """What a step came to: the batch's number and state, and how many claims moved with it."""

    acceptance_number: str
    state: str
    claim_count: int
    payable_rial: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOff:
    """The follow-up batch that a split made, and the numbers of the cases that went there."""

    acceptance_number: str
    follows_number: str
    claim_numbers: tuple[str, ...]


def batch_stream(batch: Batch) -> str:
    """The audit stream of a batch."""
    return f"batch:{batch.insurer_id}-{batch.id}"


def send_batch_to_finance(
    session: Session, actor: Actor, acceptance_number: str, *, version: int | None, now: datetime
) -> BatchDone:
    """Send a batch with all its finished claims to finance (lead); from then on nothing changes.

    Refused: ``batch_unfinished`` (names the cases), ``batch_empty``, ``batch_sent_already``,
    ``batch_changed`` (names who changed it), ``wrong_state`` before the physical receipt.
    """
    batch = _held_batch(session, actor, "batch.send_to_finance", acceptance_number)
    if batch.state in WITH_FINANCE:
        raise _done_already(
            session, "batch_sent_already", batch, batch.sent_to_finance_by_id,
            batch.sent_to_finance_at,
        )  # fmt: skip
    _check_version(session, batch, version)
    after = apply(BATCH_TRANSITIONS, batch.state, "send_to_finance")
    claims = claims_of_batch(session, batch, for_update=True)
    if not claims:
        raise Refused("batch_empty", number=batch.acceptance_number)
    waiting = tuple(claim.number for claim in claims if claim.state not in DONE_STATES)
    if waiting:
        raise Refused("batch_unfinished", number=batch.acceptance_number, numbers=waiting)
    finished = [claim for claim in claims if claim.state == ClaimState.FINISHED]
    _move_claims(session, actor, finished, "send_to_finance", batch, now)
    payable_rial = sum(claim.payable_rial or 0 for claim in finished)
    batch.sent_to_finance_at, batch.sent_to_finance_by_id = now, actor.user_id
    _move(
        session, actor, batch, "send_to_finance", after, now,
        claims=len(finished), payable_rial=payable_rial,
    )  # fmt: skip
    return _done(batch, finished)


def archive_batch(
    session: Session, actor: Actor, acceptance_number: str, *, version: int | None, now: datetime
) -> BatchDone:
    """Record that a batch left for the insurer (finance); its claims are archived with it.

    Refused: ``batch_not_sent_to_finance``, ``batch_archived_already``, ``batch_changed``.
    """
    batch = _held_batch(session, actor, "batch.archive", acceptance_number)
    if batch.state == BatchState.ARCHIVED:
        raise _done_already(
            session, "batch_archived_already", batch, batch.archived_by_id, batch.archived_at
        )
    if batch.state != BatchState.SENT_TO_FINANCE:
        raise Refused("batch_not_sent_to_finance", number=batch.acceptance_number)
    _check_version(session, batch, version)
    after = apply(BATCH_TRANSITIONS, batch.state, "archive")
    sent = [
        claim
        for claim in claims_of_batch(session, batch, for_update=True)
        if claim.state == ClaimState.SENT_TO_FINANCE
    ]
    _move_claims(session, actor, sent, "archive", batch, now)
    batch.archived_at, batch.archived_by_id = now, actor.user_id
    _move(session, actor, batch, "archive", after, now, claims=len(sent))
    return _done(batch, sent)


def split_returned(
    session: Session, actor: Actor, acceptance_number: str, *, version: int | None, now: datetime
) -> SplitOff:
    """Move all returned claims of a batch into a follow-up batch with a number of its own (lead).

    The follow-up keeps the dates of sending and receipt and stands as accepted. Refused:
    ``batch_without_returned`` (a repeat too), ``batch_all_returned``, ``batch_not_open``,
    ``batch_changed``.
    """
    batch = _held_batch(session, actor, "batch.split", acceptance_number)
    if (batch.state, "split") not in BATCH_TRANSITIONS:
        raise Refused("batch_not_open", number=batch.acceptance_number)
    claims = claims_of_batch(session, batch, for_update=True)
    returned = [claim for claim in claims if claim.state == ClaimState.RETURNED]
    if not returned:
        raise Refused("batch_without_returned", number=batch.acceptance_number)
    _check_version(session, batch, version)
    if len(returned) == sum(claim.state != ClaimState.VOID for claim in claims):
        raise Refused("batch_all_returned", number=batch.acceptance_number)
    follow_up = _follow_up(session, actor, batch, len(returned), now)
    for claim in returned:
        _change_batch(session, actor, claim, batch, follow_up, now)
    _move(
        session, actor, batch, "split", apply(BATCH_TRANSITIONS, batch.state, "split"), now,
        follow_up=follow_up.acceptance_number, claims=[claim.number for claim in returned],
    )  # fmt: skip
    return SplitOff(
        acceptance_number=follow_up.acceptance_number,
        follows_number=batch.acceptance_number,
        claim_numbers=tuple(claim.number for claim in returned),
    )


def record_export(
    session: Session, actor: Actor, acceptance_number: str, paper: str, *, now: datetime
) -> None:
    """Put on the record that the actor took a paper (``form8``, ``xlsx``) of a batch out."""
    batch = batch_for(session, actor, "batch.read", acceptance_number)
    audit.record(
        session,
        action="batch.exported",
        stream=batch_stream(batch),
        actor_id=actor.user_id,
        now=now,
        insurer_id=batch.insurer_id,
        batch=batch.acceptance_number,
        paper=paper,
    )


def _follow_up(
    session: Session, actor: Actor, batch: Batch, claim_count: int, now: datetime
) -> Batch:
    follow_up = Batch(
        insurer_id=batch.insurer_id,
        id=new_id(),
        acceptance_number=next_acceptance_number(session),
        centre_id=batch.centre_id,
        state=BatchState.ACCEPTED,
        sent_at=batch.sent_at,
        received_at=batch.received_at,
        received_by_id=batch.received_by_id,
        follows_id=batch.id,
        version=1,
    )
    session.add(follow_up)
    session.flush()
    audit.record(
        session,
        action="batch.follow_up",
        stream=batch_stream(follow_up),
        actor_id=actor.user_id,
        now=now,
        insurer_id=follow_up.insurer_id,
        batch=follow_up.acceptance_number,
        follows=batch.acceptance_number,
        claims=claim_count,
    )
    return follow_up


def _change_batch(
    session: Session, actor: Actor, claim: Claim, batch: Batch, follow_up: Batch, now: datetime
) -> None:
    """The claim's state stays; only where it belongs changes, and its version with it."""
    claim.batch_id = follow_up.id
    claim.version += 1
    audit.record(
        session,
        action="claim.split",
        stream=claim_stream(claim),
        actor_id=actor.user_id,
        now=now,
        insurer_id=claim.insurer_id,
        claim=claim.number,
        batch=batch.acceptance_number,
        follow_up=follow_up.acceptance_number,
        version=claim.version,
    )


def _held_batch(session: Session, actor: Actor, action: str, acceptance_number: str) -> Batch:
    """The batch as it stands now, held until the transaction ends."""
    batch = batch_for(session, actor, action, acceptance_number)
    session.refresh(batch, with_for_update=True)
    return batch


def _move_claims(
    session: Session, actor: Actor, claims: list[Claim], action: str, batch: Batch, now: datetime
) -> None:
    for claim in claims:
        move_claim(
            session, claim, action, actor_id=actor.user_id, now=now, batch=batch.acceptance_number
        )


def _move(
    session: Session,
    actor: Actor,
    batch: Batch,
    action: str,
    after: str,
    now: datetime,
    **facts: Any,
) -> None:
    batch.state = BatchState(after)
    batch.version += 1
    session.flush()
    audit.record(
        session,
        action=f"batch.{action}",
        stream=batch_stream(batch),
        actor_id=actor.user_id,
        now=now,
        insurer_id=batch.insurer_id,
        batch=batch.acceptance_number,
        state=batch.state,
        version=batch.version,
        **facts,
    )


def _check_version(session: Session, batch: Batch, version: int | None) -> None:
    """Refuse a step on a batch that changed since the user saw ``version``, and say by whom."""
    if version is None or version == batch.version:
        return
    last = session.execute(
        select(AuditEvent.at, AuditEvent.actor_id)
        .where(AuditEvent.stream == batch_stream(batch))
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    ).first()
    raise Refused(
        "batch_changed",
        number=batch.acceptance_number,
        name=_user_name(session, last.actor_id if last else None),
        at=last.at if last else None,
    )


def _done_already(
    session: Session, code: str, batch: Batch, user_id: int | None, at: datetime | None
) -> Refused:
    return Refused(code, number=batch.acceptance_number, name=_user_name(session, user_id), at=at)


def _user_name(session: Session, user_id: int | None) -> str | None:
    return session.scalar(select(User.display_name).where(User.id == user_id))


def _done(batch: Batch, claims: list[Claim]) -> BatchDone:
    return BatchDone(
        acceptance_number=batch.acceptance_number,
        state=batch.state,
        claim_count=len(claims),
        payable_rial=sum(claim.payable_rial or 0 for claim in claims),
    )
