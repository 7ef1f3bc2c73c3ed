"""Issuing a letter at the desk (C1): a person's valid contracts, what is left, the letter.

The number is new and of six digits, the amount is reserved in the same transaction. Of two who
want the last rial of a family at once, one wins (the guarded balance of the ledger).
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from workbench.db.models import (
    Centre,
    Contract,
    ContractCover,
    Membership,
    Person,
    Referral,
    new_id,
)
from workbench.db.queries import coverage as queries
from workbench.db.queries.catalogue import cover_in_force
from workbench.errors import Refused
from workbench.persian.identifiers import mask_national_code, normalise_national_code
from workbench.persian.jalali import age_years_months, day_of
from workbench.persian.rial import isolate
from workbench.rules.workflow import ReferralState
from workbench.services import ledger
from workbench.services.access import Actor, may, may_see_insurer, require
from workbench.services.ceiling_holders import Holder, holders_of, overdue_rial, said_holders
from workbench.services.letter_words import excluded_sentence
from workbench.services.numbers import next_number
from workbench.services.reference import row_by_code
from workbench.services.referral_access import present_state
from workbench.services.referral_expiry import expire_of_account
from workbench.services.referral_letters import (
    NewLetter,
    find_referral,
    open_account_of,
    write_letter,
)
from workbench.services.transition import use_nonce

REFERRAL_SERIES, REFERRAL_WIDTH = "referral", 6
OVER_STATES = frozenset({ReferralState.EXPIRED, ReferralState.INVALID})


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverLeft:
    """A cover of a contract and what is left of its ceiling; None in rials: unlimited.

    ``withdrawable_rial`` counts the reserve of overdue unused letters as free. ``holders`` None:
    the actor may not see them. ``account_id`` None: nothing was ever reserved.
    """

    code: str
    title: str
    franchise_basis: int
    is_covered: bool
    is_family: bool
    limit_rial: int | None
    used_rial: int
    reserved_rial: int
    remaining_rial: int | None
    withdrawable_rial: int | None
    account_id: int | None
    excluded: str
    holders: tuple[Holder, ...] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractLeft:
    """A contract that is valid on the day, with its covers."""

    insurer_id: int
    contract_id: int
    number: str
    insurer: str
    policyholder: str
    plan: str
    relation: str
    valid_until_on: date
    covers: tuple[CoverLeft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Who asks for a letter, and his valid contracts."""

    national_code: str
    person_name: str
    masked_national_code: str
    age: tuple[int, int]
    contracts: tuple[ContractLeft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerLetter:
    """What a letter that is issued again was for."""

    number: str
    insurer_id: int
    contract_id: int
    cover_code: str
    centre_code: str
    amount_rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterRequest:
    """What is asked for; ``nonce`` makes a second sending of the same form a refusal.

    ``replaces_number`` names the expired or invalid letter that is issued again (B13).
    """

    insurer_id: int
    contract_id: int
    cover_code: str
    national_code: str
    centre_code: str
    amount_rial: int
    replaces_number: str | None = None
    nonce: str | None = None


def read_coverage(session: Session, actor: Actor, national_code: str, *, now: datetime) -> Coverage:
    """A person's contracts that are valid today, with what is left of each cover.

    Refused: ``national_code_wrong``, ``unknown_person``, ``no_valid_contract``.
    """
    require(actor, "referral.issue")
    person, on = _person(session, national_code), day_of(now)
    rows = [
        row
        for row in session.execute(queries.valid_memberships(person.id, on))
        if may_see_insurer(actor, row.Contract.insurer_id)
    ]
    if not rows:
        masked = mask_national_code(person.national_code)
        raise Refused("no_valid_contract", key=isolate(masked), on=on)
    latest = {(row.Contract.insurer_id, row.Contract.id): row for row in reversed(rows)}
    return Coverage(
        national_code=person.national_code,
        person_name=person.name,
        masked_national_code=mask_national_code(person.national_code),
        age=age_years_months(person.birth_on, on),
        contracts=tuple(_contract_left(session, actor, row, now) for row in latest.values()),
    )


def read_coverage_again(
    session: Session, actor: Actor, insurer_id: int, referral_id: int, *, now: datetime
) -> tuple[Coverage, FormerLetter]:
    """The coverage of the person of a letter that is to be issued again, and that letter."""
    require(actor, "referral.issue")
    former = session.get(Referral, (insurer_id, referral_id))
    if former is None or not may_see_insurer(actor, insurer_id):
        raise Refused("unknown_referral", key=str(referral_id))
    person = session.get_one(Person, former.person_id)
    letter = FormerLetter(
        number=former.number,
        insurer_id=insurer_id,
        contract_id=former.contract_id,
        cover_code=former.cover_code,
        centre_code=session.get_one(Centre, former.centre_id).code,
        amount_rial=former.amount_rial,
    )
    return read_coverage(session, actor, person.national_code, now=now), letter


def read_centres(session: Session, actor: Actor) -> dict[str, str]:
    """The contracted centres a letter can be issued for: code → name."""
    require(actor, "referral.issue")
    rows = session.execute(
        select(Centre.code, Centre.name).where(Centre.is_contracted).order_by(Centre.name)
    )
    return {row[0]: row[1] for row in rows}


def issue_letter(
    session: Session, actor: Actor, request: LetterRequest, *, now: datetime
) -> Referral:
    """Issue a letter of today and reserve its amount; overdue letters of the ceiling end first.

    Refused: ``national_code_wrong``, ``unknown_person``, ``not_insured_on``, ``unknown_cover``,
    ``cover_not_covered``, ``letter_amount_needed``, ``letter_too_large`` (what is left and, for
    who may see it, who holds the rest), ``replaced_…``, ``already_done``, ``unknown_centre``.
    """
    require(actor, "referral.issue")
    person, on = _person(session, request.national_code), day_of(now)
    contract, membership = _membership(session, actor, request, person, on)
    cover = cover_in_force(session, contract.insurer_id, contract.id, request.cover_code, on)
    if cover is None:
        raise Refused("unknown_cover", key=request.cover_code)
    if not cover.is_covered:
        raise Refused("cover_not_covered", cover=cover.title, contract=contract.number)
    if request.amount_rial <= 0:
        raise Refused("letter_amount_needed")
    centre = row_by_code(session, Centre, "code", request.centre_code)
    if request.nonce:
        use_nonce(session, request.nonce, now)
    cause = ledger.Cause(at=now, actor_id=actor.user_id)
    account_id = open_account_of(session, cover, membership, cause)
    expire_of_account(session, contract.insurer_id, account_id, now=now)
    replaced = _replaced(session, request, person, now)
    letter = NewLetter(
        number=next_referral_number(session),
        contract=contract,
        cover=cover,
        membership=membership,
        centre_id=centre.id,
        issued_by="centre",
        issued_on=on,
        amount_rial=request.amount_rial,
        reserve_rial=request.amount_rial,
        replaces_id=replaced.id if replaced else None,
    )
    try:
        return write_letter(session, actor, letter, now=now)
    except Refused as refused:
        raise _with_holders(session, actor, contract.insurer_id, account_id, refused, now) from None


def new_nonce() -> str:
    """A name for one form, so that sending it twice issues one letter."""
    return f"letter-{new_id()}"


def next_referral_number(session: Session) -> str:
    """A number of six digits that no letter of any insurer has, imported ones included."""
    while True:
        number = next_number(session, REFERRAL_SERIES, REFERRAL_WIDTH)
        if not session.scalar(select(exists().where(Referral.number == number))):
            return number


def _person(session: Session, national_code: str) -> Person:
    try:
        code = normalise_national_code(national_code)
    except ValueError as error:
        raise Refused("national_code_wrong", value=national_code.strip()) from error
    person = session.scalars(select(Person).where(Person.national_code == code)).first()
    if person is None:
        raise Refused("unknown_person", key=isolate(mask_national_code(code)))
    return person


def _membership(
    session: Session, actor: Actor, request: LetterRequest, person: Person, on: date
) -> tuple[Contract, Membership]:
    """The contract and the membership that holds on the day; a foreign insurer's look like none."""
    for row in session.execute(queries.valid_memberships(person.id, on)):
        key = (row.Contract.insurer_id, row.Contract.id)
        if key == (request.insurer_id, request.contract_id) and may_see_insurer(actor, key[0]):
            return row.Contract, row.Membership
    contract = session.get(Contract, (request.insurer_id, request.contract_id))
    is_known = contract is not None and may_see_insurer(actor, request.insurer_id)
    number = contract.number if contract is not None and is_known else None
    raise Refused("not_insured_on", contract=number, on=on)


def _replaced(
    session: Session, request: LetterRequest, person: Person, now: datetime
) -> Referral | None:
    """The letter that is issued again: over, of the same person, contract and cover, and once."""
    number = (request.replaces_number or "").strip()
    if not number:
        return None
    former = find_referral(session, request.insurer_id, number, is_held=True)
    wanted = (person.id, request.contract_id, request.cover_code)
    if (former.person_id, former.contract_id, former.cover_code) != wanted:
        raise Refused("replaced_of_another", number=number)
    state = present_state(former, now)
    if state not in OVER_STATES:
        raise Refused("replaced_is_not_over", number=number, state=str(state))
    next_number_ = session.scalar(
        select(Referral.number).where(
            Referral.insurer_id == former.insurer_id,
            Referral.account_id == former.account_id,
            Referral.replaces_id == former.id,
        )
    )
    if next_number_ is not None:
        raise Refused("replaced_already", number=number, next_number=next_number_)
    return former


def _with_holders(
    session: Session,
    actor: Actor,
    insurer_id: int,
    account_id: int,
    refused: Refused,
    now: datetime,
) -> Refused:
    """A ceiling that is too low says how much is left and, to who may know, who holds the rest."""
    if refused.code != "ceiling_too_low":
        return refused
    if not may(actor, "referral.read"):
        return Refused("letter_too_large", **refused.facts)
    said = said_holders(holders_of(session, insurer_id, account_id, now=now))
    if not said:
        return Refused("letter_too_large", **refused.facts)
    return Refused("letter_too_large_held", **refused.facts, holders=said)


def _contract_left(session: Session, actor: Actor, row: Any, now: datetime) -> ContractLeft:
    contract, on = row.Contract, day_of(now)
    left_on = row.Membership.left_on
    codes = session.scalars(queries.cover_codes(contract.insurer_id, contract.id)).all()
    covers = [cover_in_force(session, contract.insurer_id, contract.id, code, on) for code in codes]
    return ContractLeft(
        insurer_id=contract.insurer_id,
        contract_id=contract.id,
        number=contract.number,
        insurer=row.insurer,
        policyholder=row.policyholder,
        plan=contract.plan,
        relation=row.Membership.relation,
        valid_until_on=min(contract.end_on, left_on or contract.end_on),
        covers=tuple(
            _cover_left(session, actor, cover, row.Membership, now)
            for cover in covers
            if cover is not None
        ),
    )


def _cover_left(
    session: Session, actor: Actor, cover: ContractCover, membership: Membership, now: datetime
) -> CoverLeft:
    is_family = cover.ceiling_kind == "family"
    holder_id = membership.principal_id if is_family else membership.person_id
    key = (cover.insurer_id, cover.contract_id, cover.code, holder_id)
    account = session.scalars(queries.account_of_holder(*key)).first()
    left = ledger.Balance(limit_rial=cover.ceiling_rial, reserved_rial=0, used_rial=0)
    holders: tuple[Holder, ...] = ()
    if account is not None:
        left = ledger.balance(session, cover.insurer_id, account.id)
        holders = holders_of(session, cover.insurer_id, account.id, now=now)
    overdue = overdue_rial(holders)
    held = tuple(each for each in holders if not each.is_overdue)
    free = left.withdrawable_rial
    return CoverLeft(
        code=cover.code,
        title=cover.title,
        franchise_basis=cover.franchise_basis,
        is_covered=cover.is_covered,
        is_family=is_family,
        limit_rial=left.limit_rial,
        used_rial=left.used_rial,
        reserved_rial=left.reserved_rial - overdue,
        remaining_rial=left.remaining_rial,
        withdrawable_rial=None if free is None else free + overdue,
        account_id=account.id if account else None,
        excluded=excluded_sentence(cover.excluded_groups),
        holders=held if may(actor, "referral.read") else None,
    )
