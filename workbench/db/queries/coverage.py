"""Who is insured on a day, under which contract and covers, and who holds a ceiling's reserve."""

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, or_, select

from workbench.db.models import (
    CeilingAccount,
    CeilingEntry,
    CeilingReservation,
    Claim,
    Contract,
    ContractCover,
    Insurer,
    Membership,
    Person,
    Policyholder,
    Referral,
)
from workbench.rules.workflow import UNUSED_REFERRALS, ReferralState

HOLDING_STATES = (*UNUSED_REFERRALS, ReferralState.IN_USE)
Rows = Select[*tuple[Any, ...]]


def valid_memberships(person_id: int, on: date) -> Rows:
    """The person's memberships of contracts that are valid on a day, with contract and insurer."""
    of_contract = and_(
        Contract.insurer_id == Membership.insurer_id, Contract.id == Membership.contract_id
    )
    return (
        select(
            Membership,
            Contract,
            Insurer.name.label("insurer"),
            Policyholder.name.label("policyholder"),
        )
        .join(Contract, of_contract)
        .join(Insurer, Insurer.id == Contract.insurer_id)
        .join(Policyholder, Policyholder.id == Contract.policyholder_id)
        .where(
            Membership.person_id == person_id,
            Membership.joined_on <= on,
            or_(Membership.left_on.is_(None), Membership.left_on >= on),
            Contract.start_on <= on,
            Contract.end_on >= on,
        )
        .order_by(Contract.end_on.desc(), Contract.id, Membership.joined_on.desc())
    )


def cover_codes(insurer_id: int, contract_id: int) -> Select[str]:
    """The codes of a contract's covers."""
    return (
        select(ContractCover.code)
        .where(ContractCover.insurer_id == insurer_id, ContractCover.contract_id == contract_id)
        .distinct()
        .order_by(ContractCover.code)
    )


def account_of_holder(
    insurer_id: int, contract_id: int, cover_code: str, holder_id: int
) -> Select[CeilingAccount]:
    """The ceiling account of a holder, by its unique key."""
    return select(CeilingAccount).where(
        CeilingAccount.insurer_id == insurer_id,
        CeilingAccount.contract_id == contract_id,
        CeilingAccount.cover_code == cover_code,
        CeilingAccount.holder_id == holder_id,
    )


def letters_holding(insurer_id: int, account_id: int) -> Rows:
    """Open letters that still hold a part of an account, the largest first."""
    reservation = and_(
        CeilingReservation.insurer_id == Referral.insurer_id,
        CeilingReservation.id == Referral.reservation_id,
    )
    return (
        select(
            Referral.id,
            Referral.number,
            Referral.state,
            Referral.last_valid_on,
            Person.first_name,
            Person.last_name,
            CeilingReservation.reserved_left_rial.label("held_rial"),
        )
        .join(CeilingReservation, reservation)
        .join(Person, Person.id == Referral.person_id)
        .where(
            Referral.insurer_id == insurer_id,
            Referral.account_id == account_id,
            Referral.state.in_(HOLDING_STATES),
            CeilingReservation.reserved_left_rial > 0,
        )
        .order_by(CeilingReservation.reserved_left_rial.desc(), Referral.id)
    )


def direct_claims_holding(insurer_id: int, account_id: int) -> Rows:
    """Direct claims that hold a part of an account, found by the entries that reserved it."""
    of_claim = and_(Claim.insurer_id == CeilingEntry.insurer_id, Claim.id == CeilingEntry.claim_id)
    reservation = and_(
        CeilingReservation.insurer_id == CeilingEntry.insurer_id,
        CeilingReservation.id == CeilingEntry.reservation_id,
    )
    return (
        select(
            Claim.number,
            Claim.state,
            Person.first_name,
            Person.last_name,
            CeilingReservation.reserved_left_rial.label("held_rial"),
        )
        .select_from(CeilingEntry)
        .join(Claim, of_claim)
        .join(CeilingReservation, reservation)
        .join(Person, Person.id == Claim.person_id)
        .where(
            CeilingEntry.insurer_id == insurer_id,
            CeilingEntry.account_id == account_id,
            CeilingEntry.kind == "reserve",
            Claim.referral_id.is_(None),
            CeilingReservation.reserved_left_rial > 0,
        )
        .distinct()
        .order_by(CeilingReservation.reserved_left_rial.desc(), Claim.number)
    )
