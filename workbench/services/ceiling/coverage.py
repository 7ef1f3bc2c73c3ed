"""Who is insured today under which contract, and what is left of each cover's ceiling (C1)."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Contract, ContractCover, Membership, Person
from workbench.db.queries import coverage as queries
from workbench.db.queries.catalogue import cover_in_force
from workbench.errors import Refused
from workbench.persian.identifiers import mask_national_code, normalise_national_code
from workbench.persian.jalali import age_years_months, day_of
from workbench.persian.rial import isolate
from workbench.services.access import Actor, may, may_see_insurer, require
from workbench.services.ceiling import ledger
from workbench.services.ceiling.holders import Holder, holders_of, overdue_rial, said_holders
from workbench.services.referrals.letter_words import excluded_sentence


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
    """A contract that is valid on the day, with its covers.

    A letter above ``letter_limit_rial`` (None: no limit) needs an approval.
    """

    insurer_id: int
    contract_id: int
    number: str
    insurer: str
    policyholder: str
    plan: str
    relation: str
    valid_until_on: date
    letter_limit_rial: int | None
    covers: tuple[CoverLeft, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Who asks for a letter, and his valid contracts."""

    national_code: str
    person_name: str
    masked_national_code: str
    age: tuple[int, int]
    contracts: tuple[ContractLeft, ...]


def read_coverage(session: Session, actor: Actor, national_code: str, *, now: datetime) -> Coverage:
    """A person's contracts that are valid today, with what is left of each cover.

    Refused: ``national_code_wrong``, ``unknown_person``, ``no_valid_contract``.
    """
    require(actor, "referral.issue")
    person, on = insured_person(session, national_code), day_of(now)
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


def insured_person(session: Session, national_code: str) -> Person:
    """The person of a national code; refused: ``national_code_wrong``, ``unknown_person``."""
    try:
        code = normalise_national_code(national_code)
    except ValueError as error:
        raise Refused("national_code_wrong", value=national_code.strip()) from error
    person = session.scalars(select(Person).where(Person.national_code == code)).first()
    if person is None:
        raise Refused("unknown_person", key=isolate(mask_national_code(code)))
    return person


def insured_under(
    session: Session, actor: Actor, key: tuple[int, int], person_id: int, on: date
) -> tuple[Contract, Membership]:
    """The contract and the membership that holds on the day; a foreign insurer's look like none."""
    for row in session.execute(queries.valid_memberships(person_id, on)):
        found = (row.Contract.insurer_id, row.Contract.id)
        if found == key and may_see_insurer(actor, key[0]):
            return row.Contract, row.Membership
    contract = session.get(Contract, key)
    is_known = contract is not None and may_see_insurer(actor, key[0])
    number = contract.number if contract is not None and is_known else None
    raise Refused("not_insured_on", contract=number, on=on)


def letter_cover(session: Session, contract: Contract, code: str, on: date) -> ContractCover:
    """The cover a letter can be issued for; refused: ``unknown_cover``, ``cover_not_covered``."""
    cover = cover_in_force(session, contract.insurer_id, contract.id, code, on)
    if cover is None:
        raise Refused("unknown_cover", key=code)
    if not cover.is_covered:
        raise Refused("cover_not_covered", cover=cover.title, contract=contract.number)
    return cover


def with_holders(
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
        letter_limit_rial=contract.letter_limit_rial,
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
