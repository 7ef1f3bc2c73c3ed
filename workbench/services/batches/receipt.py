"""The physical receipt of a batch: its claims are accepted, what is not needed is released."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.db.models import Batch, Centre, Claim, Insurer, Referral, User
from workbench.errors import Refused
from workbench.persian.jalali import TEHRAN
from workbench.rules.workflow import OPEN_STATES, BatchState, ClaimState
from workbench.services import audit
from workbench.services.access import Actor, batch_for, require, within_insurers
from workbench.services.ceiling import ledger
from workbench.services.claims.facts import refresh_finding_count
from workbench.services.claims.registration import due_at
from workbench.services.claims.transition import move_claim
from workbench.services.referrals.letters import acceptance_key, is_accepted

OVERDUE_DAYS = 5
"""Sent in the system, no paper yet: after so many days it is chased (ILL)."""

NOT_RECEIVED_MAX = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """A received batch: how many claims were accepted, and the rials that ceilings got back."""

    insurer_id: int
    batch_id: int
    acceptance_number: str
    received_at: datetime
    claim_count: int
    released_rial: int
    first_due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchNotReceived:
    """A batch that was sent in the system and whose paper has not come."""

    insurer_id: int
    insurer: str
    acceptance_number: str
    centre: str
    phone: str
    sent_at: datetime
    days: int
    claim_count: int


def receive_batch(
    session: Session,
    actor: Actor,
    acceptance_number: str,
    *,
    now: datetime,
    received_on: date | None = None,
) -> Receipt:
    """Record the physical receipt of a batch and start the clock of its claims.

    ``received_on``: an earlier day on which the paper came (at the present time of day). Each
    referral keeps the payable as requested over all its cases, the rest is released, once
    (money.md, last part). Refused: ``batch_not_found``, ``batch_received`` (by whom and when),
    ``batch_without_claims``, ``receipt_in_future``, ``receipt_before_sending``.
    """
    batch = batch_for(session, actor, "batch.receive", acceptance_number)
    if batch.state != BatchState.READY_TO_SEND:
        raise _received_already(session, batch)
    received_at = _received_at(batch, received_on, now)
    claims = session.scalars(
        select(Claim)
        .where(Claim.insurer_id == batch.insurer_id, Claim.batch_id == batch.id)
        .order_by(Claim.id)
    ).all()
    if not claims:
        raise Refused("batch_without_claims", number=acceptance_number)
    insurer = session.get_one(Insurer, batch.insurer_id)
    for claim in claims:
        claim.accepted_at = received_at
        claim.due_at = due_at(session, insurer, claim, received_at)
        move_claim(session, claim, "receive", actor_id=actor.user_id, now=now)
    batch.state = BatchState.ACCEPTED
    batch.received_at, batch.received_by_id = received_at, actor.user_id
    batch.version += 1
    session.flush()
    released_rial = _release_rest(session, actor, batch, claims, now)
    for claim in claims:
        refresh_finding_count(session, claim)
    _record(session, actor, batch, len(claims), released_rial, now)
    return Receipt(
        insurer_id=batch.insurer_id,
        batch_id=batch.id,
        acceptance_number=acceptance_number,
        received_at=received_at,
        claim_count=len(claims),
        released_rial=released_rial,
        first_due_at=min(claim.due_at for claim in claims if claim.due_at),
    )


def batches_not_received(
    session: Session,
    actor: Actor,
    *,
    now: datetime,
    older_than_days: int = OVERDUE_DAYS,
) -> list[BatchNotReceived]:
    """The batches sent more than so many days ago without a receipt, the oldest first.

    At most 500; ``older_than_days`` 0 lists all that are on their way. For whoever may receive
    batches; it names no patient and no amount.
    """
    require(actor, "batch.receive")
    statement = (
        select(
            Batch.insurer_id,
            Insurer.name,
            Batch.acceptance_number,
            Centre.name,
            Centre.phone,
            Batch.sent_at,
            func.count(Claim.id),
        )
        .join(Insurer, Insurer.id == Batch.insurer_id)
        .join(Centre, Centre.id == Batch.centre_id)
        .outerjoin(Claim, (Claim.insurer_id == Batch.insurer_id) & (Claim.batch_id == Batch.id))
        .where(
            Batch.state == BatchState.READY_TO_SEND,
            Batch.sent_at <= now - timedelta(days=older_than_days),
        )
        .group_by(Batch.insurer_id, Batch.id, Insurer.name, Centre.name, Centre.phone)
        .order_by(Batch.sent_at, Batch.id)
        .limit(NOT_RECEIVED_MAX)
    )
    rows = session.execute(within_insurers(statement, actor, Batch.insurer_id))
    return [
        BatchNotReceived(
            insurer_id=row[0],
            insurer=row[1],
            acceptance_number=row[2],
            centre=row[3],
            phone=row[4],
            sent_at=row[5],
            days=(now - row[5]).days,
            claim_count=row[6],
        )
        for row in rows
    ]


def _received_already(session: Session, batch: Batch) -> Refused:
    name = session.scalar(select(User.display_name).where(User.id == batch.received_by_id))
    return Refused(
        "batch_received", number=batch.acceptance_number, name=name, at=batch.received_at
    )


def _received_at(batch: Batch, received_on: date | None, now: datetime) -> datetime:
    local_now = now.astimezone(TEHRAN)
    if received_on is None or received_on == local_now.date():
        return now
    if received_on > local_now.date():
        raise Refused("receipt_in_future", number=batch.acceptance_number)
    if received_on < batch.sent_at.astimezone(TEHRAN).date():
        raise Refused(
            "receipt_before_sending", number=batch.acceptance_number, sent_at=batch.sent_at
        )
    return max(
        batch.sent_at,
        datetime.combine(received_on, local_now.time(), TEHRAN).astimezone(now.tzinfo),
    )


def _release_rest(
    session: Session, actor: Actor, batch: Batch, claims: Sequence[Claim], now: datetime
) -> int:
    """Release what the batch's referrals do not need; returns the rials."""
    reservations = sorted({claim.referral_id for claim in claims if claim.referral_id})
    referrals = session.scalars(
        select(Referral).where(
            Referral.insurer_id == batch.insurer_id, Referral.id.in_(reservations)
        )
    ).all()
    needed = needed_rial(session, batch.insurer_id, [referral.id for referral in referrals])
    return sum(
        _release_of(session, actor, batch, referral, needed.get(referral.id, 0), now)
        for referral in sorted(referrals, key=lambda referral: referral.account_id)
    )


def needed_rial(session: Session, insurer_id: int, referral_ids: Iterable[int]) -> dict[int, int]:
    """The payable as requested over all cases of each referral, sent or not, void ones left out."""
    rows = session.execute(
        select(Claim.referral_id, func.sum(Claim.requested_payable_rial))
        .where(
            Claim.insurer_id == insurer_id,
            Claim.referral_id.in_(list(referral_ids)),
            Claim.state != ClaimState.VOID,
        )
        .group_by(Claim.referral_id)
    )
    return {row[0]: int(row[1]) for row in rows if row[0] is not None}


def release_after_resubmission(
    session: Session, actor_id: int | None, claim: Claim, now: datetime
) -> int:
    """Release what a cheaper round left over in a letter accepted before; returns the rials.

    A letter that is not accepted yet keeps all: its acceptance releases the rest.
    """
    if claim.referral_id is None:
        return 0
    referral = session.get_one(Referral, (claim.insurer_id, claim.referral_id))
    ledger.lock_account(session, claim.insurer_id, referral.account_id)
    if not is_accepted(session, referral):
        return 0
    left_rial = ledger.reserved_left(session, claim.insurer_id, referral.reservation_id)
    rest_rial = max(0, left_rial - _open_rial(session, referral))
    if rest_rial:
        ledger.release(
            session,
            claim.insurer_id,
            referral.reservation_id,
            rest_rial,
            ledger.Cause(
                at=now,
                actor_id=actor_id,
                referral_id=referral.id,
                claim_id=claim.id,
                round=claim.round,
            ),
            key=f"resubmission:{claim.id}:{claim.round}",
        )
    return rest_rial


def _open_rial(session: Session, referral: Referral) -> int:
    """The payable as requested of the letter's cases that are still to be finished."""
    asked = select(func.sum(Claim.requested_payable_rial)).where(
        Claim.insurer_id == referral.insurer_id,
        Claim.referral_id == referral.id,
        Claim.state.in_((ClaimState.READY_TO_SEND, *OPEN_STATES)),
    )
    return int(session.scalar(asked) or 0)


def _release_of(
    session: Session,
    actor: Actor,
    batch: Batch,
    referral: Referral,
    needed_rial: int,
    now: datetime,
) -> int:
    """The one acceptance-release of a referral; one of nothing closes it for new services too."""
    ledger.lock_account(session, batch.insurer_id, referral.account_id)
    if is_accepted(session, referral):
        return 0
    left_rial = ledger.reserved_left(session, batch.insurer_id, referral.reservation_id)
    rest_rial = max(0, left_rial - needed_rial)
    ledger.release(
        session,
        batch.insurer_id,
        referral.reservation_id,
        rest_rial,
        ledger.Cause(at=now, actor_id=actor.user_id, referral_id=referral.id, batch_id=batch.id),
        key=acceptance_key(referral.reservation_id),
    )
    return rest_rial


def _record(
    session: Session,
    actor: Actor,
    batch: Batch,
    claim_count: int,
    released_rial: int,
    now: datetime,
) -> None:
    audit.record(
        session,
        action="batch.receive",
        stream=f"batch:{batch.insurer_id}-{batch.id}",
        actor_id=actor.user_id,
        now=now,
        insurer_id=batch.insurer_id,
        batch=batch.acceptance_number,
        claims=claim_count,
        released_rial=released_rial,
    )
