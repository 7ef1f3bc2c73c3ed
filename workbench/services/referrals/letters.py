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
    Contract,
    ContractCover,
    Membership,
    Person,
    Referral,
    new_id,
)
from workbench.errors import Refused
from workbench.rules.referral import last_valid_day
from workbench.rules.workflow import ReferralState
from workbench.services.access import Actor
from workbench.services.ceiling import ledger
from workbench.services.ceiling.enrolment import contract_of, cover_of, insurer_for, membership_on
from workbench.services.reference import actor_id_of, row_by_code
from workbench.services.referrals.access import move_referral, record_referral

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
    is_requested: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLetter:
    """A letter whose contract, cover, person and centre have been found; amounts in rials."""

    number: str
    contract: Contract
    cover: ContractCover
    membership: Membership
    centre_id: int
    issued_by: str
    issued_on: date
    amount_rial: int
    reserve_rial: int
    replaces_id: int | None = None
    is_requested: bool = False


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
    former = letter.replaces_number
    replaced = find_referral(session, insurer.id, former) if former else None
    return write_letter(
        session,
        actor,
        NewLetter(
            number=letter.number,
            contract=contract,
            cover=cover_of(session, contract, letter.cover_code, letter.issued_on),
            membership=membership_on(session, contract, person.id, letter.issued_on),
            centre_id=row_by_code(session, Centre, "code", letter.centre_code).id,
            issued_by=letter.issued_by,
            issued_on=letter.issued_on,
            amount_rial=letter.amount_rial,
            reserve_rial=reserve_rial,
            replaces_id=replaced.id if replaced else None,
            is_requested=letter.is_requested,
        ),
        now=now,
    )


def write_letter(
    session: Session, actor: Actor | None, letter: NewLetter, *, now: datetime
) -> Referral:
    """Write a checked letter, reserve its amount, write the trail; refused: ``ceiling_too_low``.

    One that is only requested reserves nothing, but has to fit what is left.
    """
    insurer_id, contract = letter.contract.insurer_id, letter.contract
    cause = ledger.Cause(at=now, actor_id=actor_id_of(actor))
    account_id = open_account_of(session, letter.cover, letter.membership, cause)
    referral = Referral(
        insurer_id=insurer_id,
        id=new_id(),
        number=letter.number,
        contract_id=contract.id,
        cover_code=letter.cover.code,
        account_id=account_id,
        reservation_id=ledger.open_reservation(session, insurer_id, account_id),
        person_id=letter.membership.person_id,
        centre_id=letter.centre_id,
        issued_by=letter.issued_by,
        issued_on=letter.issued_on,
        last_valid_on=last_valid_day(letter.issued_on, contract.end_on),
        amount_rial=letter.amount_rial,
        state=ReferralState.REQUESTED if letter.is_requested else ReferralState.ISSUED,
        requested_by_id=actor_id_of(actor) if letter.is_requested else None,
        replaces_id=letter.replaces_id,
    )
    session.add(referral)
    session.flush()
    if letter.is_requested:
        ledger.refuse_above(session, insurer_id, account_id, letter.amount_rial)
        asked = {"amount_rial": letter.amount_rial}
        record_referral(session, referral, "request", actor_id=actor_id_of(actor), now=now, **asked)
        return referral
    ledger.reserve(
        session,
        insurer_id,
        referral.reservation_id,
        letter.reserve_rial,
        ledger.Cause(at=now, actor_id=actor_id_of(actor), referral_id=referral.id),
        key=f"reserve:{referral.reservation_id}",
    )
    amounts = {"amount_rial": letter.amount_rial, "reserve_rial": letter.reserve_rial}
    record_referral(session, referral, "issue", actor_id=actor_id_of(actor), now=now, **amounts)
    return referral


def find_referral(
    session: Session, insurer_id: int, number: str, *, is_held: bool = False
) -> Referral:
    """The insurer's referral of a number, held for a change; refused with ``unknown_referral``."""
    statement = _numbered(insurer_id, number)
    if is_held:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    referral: Referral | None = session.scalars(statement).first()
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


def replacement_of(session: Session, former: Referral) -> str | None:
    """The number of the letter that was issued in place of this one, unless it was cancelled."""
    return session.scalar(
        select(Referral.number).where(
            Referral.insurer_id == former.insurer_id,
            Referral.account_id == former.account_id,
            Referral.replaces_id == former.id,
            Referral.state != ReferralState.CANCELLED,
        )
    )


def refuse_closed_referral(session: Session, referral: Referral) -> None:
    """Refuse a new service: the letter is over, or its first batch was accepted.

    The stored state of the held row counts: whichever of expiry and service comes first, wins.
    """
    if referral.state == ReferralState.REQUESTED:
        raise Refused("letter_not_approved", number=referral.number)
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
    move_referral(session, referral, "use", actor_id=actor_id_of(actor), now=now)


def _numbered(insurer_id: int, number: str) -> Any:
    return select(Referral).where(Referral.insurer_id == insurer_id, Referral.number == number)
