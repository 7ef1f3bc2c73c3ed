"""Referral letters: issuing one reserves its amount; recording the first service puts it in use."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workbench.db.models import (
    CeilingEntry,
    Centre,
    ContractCover,
    Membership,
    Person,
    Referral,
    new_id,
)
from workbench.errors import Refused
from workbench.rules.referral import last_valid_day
from workbench.rules.workflow import ReferralState
from workbench.services import audit, ledger
from workbench.services.access import Actor
from workbench.services.enrolment import contract_of, cover_of, insurer_for, membership_on
from workbench.services.reference import actor_id_of, row_by_code

CLOSED_REFERRALS = frozenset(
    {
        ReferralState.SETTLED,
        ReferralState.EXPIRED,
        ReferralState.INVALID,
        ReferralState.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralInput:
    """A referral letter; ``reserve_rial`` is what is still to be reserved of it (None: all).

    ``replaces_number`` names the expired referral that this one was issued for again (B13).
    """

    insurer_code: str
    number: str
    contract_number: str
    cover_code: str
    national_code: str
    centre_code: str
    issued_on: date
    amount_rial: int
    reserve_rial: int | None = None
    issued_by: str = "centre"
    replaces_number: str | None = None


def issue_referral(
    session: Session, actor: Actor | None, letter: ReferralInput, *, now: datetime
) -> Referral:
    """Issue a referral and reserve its amount on the holder's ceiling account.

    Refused: ``referral_exists``, ``referral_amount``, ``person_not_insured``, ``unknown_cover``,
    ``ceiling_too_low`` (with what is left), ``unknown_…``.
    """
    insurer = insurer_for(session, actor, letter.insurer_code)
    if session.scalar(_numbered(insurer.id, letter.number)) is not None:
        raise Refused("referral_exists", number=letter.number)
    reserve_rial = letter.amount_rial if letter.reserve_rial is None else letter.reserve_rial
    if letter.amount_rial <= 0 or not 0 <= reserve_rial <= letter.amount_rial:
        raise Refused("referral_amount", number=letter.number)
    contract = contract_of(session, insurer.id, letter.contract_number)
    person = row_by_code(session, Person, "national_code", letter.national_code)
    centre = row_by_code(session, Centre, "code", letter.centre_code)
    membership = membership_on(session, contract, person.id, letter.issued_on)
    cover = cover_of(session, contract, letter.cover_code, letter.issued_on)
    former = letter.replaces_number
    replaced = find_referral(session, insurer.id, former) if former else None
    cause = ledger.Cause(at=now, actor_id=actor_id_of(actor))
    account_id = open_account_of(session, cover, membership, cause)
    referral = Referral(
        insurer_id=insurer.id,
        id=new_id(),
        number=letter.number,
        contract_id=contract.id,
        cover_code=cover.code,
        account_id=account_id,
        reservation_id=ledger.open_reservation(session, insurer.id, account_id),
        person_id=person.id,
        centre_id=centre.id,
        issued_by=letter.issued_by,
        issued_on=letter.issued_on,
        last_valid_on=last_valid_day(letter.issued_on, contract.end_on),
        amount_rial=letter.amount_rial,
        state=ReferralState.ISSUED,
        replaces_id=replaced.id if replaced else None,
    )
    session.add(referral)
    session.flush()
    ledger.reserve(
        session,
        insurer.id,
        referral.reservation_id,
        reserve_rial,
        ledger.Cause(at=now, actor_id=actor_id_of(actor), referral_id=referral.id),
        key=f"reserve:{referral.reservation_id}",
    )
    amounts = {"amount_rial": letter.amount_rial, "reserve_rial": reserve_rial}
    _record(session, actor, referral, "issue", now, **amounts)
    return referral


def find_referral(session: Session, insurer_id: int, number: str) -> Referral:
    """The insurer's referral of a number; refused with ``unknown_referral``."""
    referral: Referral | None = session.scalars(_numbered(insurer_id, number)).first()
    if referral is None:
        raise Refused("unknown_referral", key=number)
    return referral


def open_account_of(
    session: Session, cover: ContractCover, membership: Membership, cause: ledger.Cause
) -> int:
    """The ceiling account that pays for a member: his own, or the family's (the principal's)."""
    is_family = cover.ceiling_kind == "family"

    def account() -> int:
        return ledger.open_account(
            session,
            cover.insurer_id,
            contract_id=cover.contract_id,
            cover_code=cover.code,
            holder_id=membership.principal_id if is_family else membership.person_id,
            is_family=is_family,
            limit_rial=cover.ceiling_rial,
            cause=cause,
        )

    try:
        with session.begin_nested():
            return account()
    except IntegrityError:
        return account()  # Another transaction opened it in this very moment.


def refuse_closed_referral(session: Session, referral: Referral) -> None:
    """Refuse a new service: the letter is closed, or its first batch was accepted."""
    if referral.state in CLOSED_REFERRALS:
        raise Refused("referral_closed", number=referral.number, state=str(referral.state))
    if is_accepted(session, referral):
        raise Refused("referral_accepted", number=referral.number)


def is_accepted(session: Session, referral: Referral) -> bool:
    """Whether a batch of the letter was accepted, which released what it did not need."""
    entry = select(CeilingEntry.id).where(
        CeilingEntry.insurer_id == referral.insurer_id,
        CeilingEntry.idempotency_key == acceptance_key(referral.reservation_id),
    )
    return session.scalar(entry) is not None


def acceptance_key(reservation_id: int) -> str:
    """The ledger's key of the one acceptance-release of a reservation."""
    return f"acceptance:{reservation_id}"


def note_first_service(
    session: Session, actor: Actor | None, referral: Referral, at: datetime, *, now: datetime
) -> None:
    """The letter is in use from the instant at which its first service is recorded."""
    if referral.first_service_at is not None and referral.first_service_at <= at:
        return
    referral.first_service_at = at
    if referral.state == ReferralState.ISSUED:
        referral.state = ReferralState.IN_USE
    referral.version += 1
    session.flush()
    _record(session, actor, referral, "use", now)


def _numbered(insurer_id: int, number: str) -> Any:
    return select(Referral).where(Referral.insurer_id == insurer_id, Referral.number == number)


def _record(
    session: Session,
    actor: Actor | None,
    referral: Referral,
    action: str,
    now: datetime,
    **facts: int,
) -> None:
    audit.record(
        session,
        action=f"referral.{action}",
        stream=f"referral:{referral.insurer_id}-{referral.id}",
        actor_id=actor_id_of(actor),
        now=now,
        insurer_id=referral.insurer_id,
        referral=referral.number,
        state=str(referral.state),
        **facts,
    )
