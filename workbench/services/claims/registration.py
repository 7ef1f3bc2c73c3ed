"""Registering what reaches the desk: batches and claims (referrals: ``services.referrals``).

``actor`` None is the system (the command line, the demo). A case that looks wrong (days, covers,
missing images) is registered all the same: saying so is the task of the findings. Refused is what
contradicts itself or does not exist. ``now`` is the instant of recording.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from workbench.db.models import (
    Batch,
    Centre,
    Claim,
    ClaimLine,
    ClaimRound,
    Insurer,
    new_id,
)
from workbench.db.queries.calendar import work_calendar
from workbench.errors import Refused
from workbench.rules.facts import ClaimKind
from workbench.rules.workflow import BatchState, ClaimState
from workbench.rules.working_time import deadline
from workbench.services import audit
from workbench.services.access import Actor
from workbench.services.ceiling import ledger
from workbench.services.ceiling.enrolment import insurer_for
from workbench.services.claims import transition
from workbench.services.claims.content import (
    ImageRequest,
    LineRequest,
    attach_images,
    check_lines,
    line_rows,
    requested_payable_rial,
    service_groups,
)
from workbench.services.claims.facts import refresh_finding_count
from workbench.services.claims.frame import ClaimInput, Frame, frame_of
from workbench.services.claims.steps import record_step
from workbench.services.numbers import next_acceptance_number
from workbench.services.reference import actor_id_of, row_by_code
from workbench.services.referrals.letters import (
    ReferralInput,
    issue_referral,
    note_first_service,
    open_account_of,
)

__all__ = [
    "BatchInput",
    "ClaimInput",
    "ImageRequest",
    "LineRequest",
    "ReferralInput",
    "RegisteredClaim",
    "issue_referral",
    "register_batch",
    "register_claim",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchInput:
    """A batch as the centre sent it; without an acceptance number it is given the next one."""

    insurer_code: str
    centre_code: str
    acceptance_number: str | None = None
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredClaim:
    """What was made: the claim's key, state and payable as requested, in rials."""

    insurer_id: int
    claim_id: int
    number: str
    state: ClaimState
    requested_payable_rial: int
    due_at: datetime | None


def register_batch(
    session: Session, actor: Actor | None, sent: BatchInput, *, now: datetime
) -> Batch:
    """Record a batch that a centre sent; its paper has not been received yet.

    Refused: ``batch_exists`` (acceptance numbers are unique over all insurers), ``unknown_…``,
    ``instant_in_future``.
    """
    insurer = insurer_for(session, actor, sent.insurer_code)
    centre = row_by_code(session, Centre, "code", sent.centre_code)
    number = sent.acceptance_number or next_acceptance_number(session)
    known = select(Batch.id).where(Batch.acceptance_number == number)
    if session.scalar(known) is not None:
        raise Refused("batch_exists", number=number)
    sent_at = not_in_future(sent.sent_at, now)
    batch = Batch(
        insurer_id=insurer.id,
        id=new_id(),
        acceptance_number=number,
        centre_id=centre.id,
        state=BatchState.READY_TO_SEND,
        sent_at=sent_at,
    )
    session.add(batch)
    session.flush()
    audit.record(
        session,
        action="batch.register",
        stream=f"batch:{insurer.id}-{batch.id}",
        actor_id=actor_id_of(actor),
        now=now,
        insurer_id=insurer.id,
        batch=number,
    )
    return batch


def register_claim(
    session: Session, actor: Actor | None, request: ClaimInput, *, now: datetime
) -> RegisteredClaim:
    """Register a claim with its lines and images; the images stand in the store already.

    An indirect claim waits in its batch for the paper; a direct one is accepted at once, with its
    own reservation of min(payable as requested, withdrawable). Refused: ``claim_exists``, what
    ``check_lines`` and ``attach_images`` refuse, ``referral_…``, ``batch_…``, ``unknown_…``.
    """
    insurer = insurer_for(session, actor, request.insurer_code)
    known = select(Claim.id).where(Claim.insurer_id == insurer.id, Claim.number == request.number)
    if session.scalar(known) is not None:
        raise Refused("claim_exists", number=request.number)
    frame = frame_of(session, insurer, request)
    services = check_lines(session, frame.contract.tariff_set_id, request.lines)
    payable_rial = requested_payable_rial(
        session, frame.contract, frame.cover, frame.centre, frame.dentist, request.lines
    )
    claim = _new_claim(frame, request, payable_rial, service_groups(services), now)
    _hold_ceiling(session, actor, frame, claim, now)
    session.add(claim)
    session.flush()
    session.add(
        ClaimRound(
            insurer_id=insurer.id, claim_id=claim.id, number=1, opened_at=claim.registered_at
        )
    )
    session.execute(insert(ClaimLine), line_rows(claim, request.lines))
    attach_images(
        session, claim, request.images, {x.number for x in request.lines}, actor=actor, now=now
    )
    if frame.referral is not None:
        note_first_service(session, actor, frame.referral, claim.registered_at, now=now)
    _accept_direct(session, insurer, claim, actor_id_of(actor))
    transition.count(session, insurer.id, claim.state, +1)
    _record_claim(session, actor, claim, now)
    refresh_finding_count(session, claim)
    session.flush()
    return RegisteredClaim(
        insurer_id=insurer.id,
        claim_id=claim.id,
        number=claim.number,
        state=ClaimState(claim.state),
        requested_payable_rial=payable_rial,
        due_at=claim.due_at,
    )


def _new_claim(
    frame: Frame, request: ClaimInput, payable_rial: int, groups: str, now: datetime
) -> Claim:
    """The claim without its account; a direct one is accepted by ``_accept_direct``."""
    claim = Claim(
        insurer_id=frame.insurer.id,
        id=new_id(),
        number=request.number,
        tracking_code=request.tracking_code,
        kind=str(request.kind),
        round=1,
        contract_id=frame.contract.id,
        cover_code=frame.cover.code,
        membership_id=frame.membership.id,
        person_id=frame.person.id,
        referral_id=frame.referral.id if frame.referral else None,
        batch_id=frame.batch.id if frame.batch else None,
        centre_id=frame.centre.id,
        dentist_id=frame.dentist.id,
        case_on=request.case_on,
        registered_at=not_in_future(request.registered_at, now),
        has_prescription=request.has_prescription,
        line_count=len(request.lines),
        image_count=0,
        open_finding_count=0,
        service_groups=groups,
        cost_rial=sum(line.cost_rial for line in request.lines),
        requested_payable_rial=payable_rial,
    )
    transition.set_state(claim, ClaimState.READY_TO_SEND)
    return claim


def _hold_ceiling(
    session: Session, actor: Actor | None, frame: Frame, claim: Claim, now: datetime
) -> None:
    """An indirect claim stands on its referral's reserve; a direct one gets its own."""
    if frame.referral is not None:
        claim.account_id = frame.referral.account_id
        claim.reservation_id = frame.referral.reservation_id
        return
    cause = ledger.Cause(at=now, actor_id=actor_id_of(actor), claim_id=claim.id, round=1)
    account_id = open_account_of(session, frame.cover, frame.membership, cause)
    ledger.lock_account(session, claim.insurer_id, account_id)
    room_rial = ledger.balance(session, claim.insurer_id, account_id).withdrawable_rial
    payable_rial = claim.requested_payable_rial
    claim.account_id = account_id
    claim.reservation_id = ledger.open_reservation(session, claim.insurer_id, account_id)
    ledger.reserve(
        session,
        claim.insurer_id,
        claim.reservation_id,
        payable_rial if room_rial is None else min(payable_rial, room_rial),
        cause,
        key=f"reserve:{claim.reservation_id}",
    )


def _accept_direct(session: Session, insurer: Insurer, claim: Claim, actor_id: int | None) -> None:
    """A direct claim is accepted at registration; its clock starts then."""
    if claim.kind != ClaimKind.DIRECT:
        return
    transition.set_state(claim, ClaimState.ACCEPTED)
    claim.accepted_at = claim.registered_at
    claim.due_at = due_at(session, insurer, claim, claim.registered_at)
    record_step(session, claim, "receive", actor_id=actor_id, at=claim.registered_at)


def due_at(session: Session, insurer: Insurer, claim: Claim, since: datetime) -> datetime:
    """When a claim accepted or re-submitted at ``since`` is due: the insurer's working hours on."""
    is_direct = claim.kind == ClaimKind.DIRECT
    hours = insurer.direct_due_hours if is_direct else insurer.indirect_due_hours
    return deadline(since, work_calendar(session, is_held=True), hours).due_at


def not_in_future(instant: datetime | None, now: datetime) -> datetime:
    """The instant, or ``now`` when it is not told; one after ``now`` is refused."""
    if instant is not None and instant > now:
        raise Refused("instant_in_future")
    return instant or now


def _record_claim(session: Session, actor: Actor | None, claim: Claim, now: datetime) -> None:
    audit.record(
        session,
        action="claim.register",
        stream=transition.claim_stream(claim),
        actor_id=actor_id_of(actor),
        now=now,
        insurer_id=claim.insurer_id,
        claim=claim.number,
        round=claim.round,
        state=str(claim.state),
        kind=claim.kind,
        lines=claim.line_count,
        images=claim.image_count,
        cost_rial=claim.cost_rial,
        requested_payable_rial=claim.requested_payable_rial,
    )
