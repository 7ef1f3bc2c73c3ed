"""Contracts with their dated covers, and who is insured under them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import (
    Contract,
    ContractCover,
    Insurer,
    Membership,
    Person,
    Policyholder,
    TariffSet,
)
from workbench.db.queries.catalogue import cover_in_force
from workbench.errors import Refused
from workbench.services.access import Actor, may_see_insurer
from workbench.services.reference import (
    Change,
    Registered,
    later,
    record_reference,
    require_import,
    row_by_code,
    upsert,
)

PRINCIPAL = "principal"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverInput:
    """One cover of a contract; ``franchise_basis`` 1,000 = 10 %; ceiling None: unlimited."""

    code: str
    title: str
    franchise_basis: int
    ceiling_rial: int | None
    ceiling_kind: str = "individual"
    is_covered: bool = True
    excluded_groups: tuple[str, ...] = ()
    valid_from: date | None = None


def insurer_for(session: Session, actor: Actor | None, code: str) -> Insurer:
    """The insurer of a code, if the actor may bring data in and works for it."""
    require_import(actor)
    insurer = row_by_code(session, Insurer, "code", code)
    if actor is not None and not may_see_insurer(actor, insurer.id):
        raise Refused("unknown_insurer", key=code)
    return insurer


def contract_of(session: Session, insurer_id: int, number: str) -> Contract:
    """The insurer's contract of a number."""
    contract = session.scalars(
        select(Contract).where(Contract.insurer_id == insurer_id, Contract.number == number)
    ).first()
    if contract is None:
        raise Refused("unknown_contract", key=number)
    return contract


def cover_of(session: Session, contract: Contract, code: str, on: date) -> ContractCover:
    """The contract's cover in force on a day; refused with ``unknown_cover``."""
    cover = cover_in_force(session, contract.insurer_id, contract.id, code, on)
    if cover is None:
        raise Refused("unknown_cover", key=code)
    return cover


def register_contract(
    session: Session,
    actor: Actor | None,
    *,
    insurer_code: str,
    number: str,
    policyholder_code: str,
    plan: str,
    start_on: date,
    end_on: date,
    tariff_set_code: str,
    covers: Sequence[CoverInput],
    kind: str = "supplementary",
    letter_limit_rial: int | None = None,
    now: datetime,
) -> Registered:
    """Add a contract with its covers, or bring it up to date.

    A changed cover is a new row recorded now, the former one stays. Policyholder, start and tariff
    set of a known contract never change: ``contract_differs``. Refused too: ``contract_period``,
    ``contract_without_cover``, ``cover_twice``.
    """
    insurer = insurer_for(session, actor, insurer_code)
    if end_on < start_on:
        raise Refused("contract_period", number=number)
    _check_covers(covers, number)
    fixed = {
        "policyholder_id": row_by_code(session, Policyholder, "code", policyholder_code).id,
        "start_on": start_on,
        "tariff_set_id": row_by_code(session, TariffSet, "code", tariff_set_code).id,
    }
    key = {"insurer_id": insurer.id, "number": number}
    known = session.scalars(select(Contract).filter_by(**key)).first()
    if known is not None and any(getattr(known, name) != fixed[name] for name in fixed):
        raise Refused("contract_differs", number=number)
    values = fixed | {
        "kind": kind,
        "plan": plan,
        "end_on": end_on,
        "letter_limit_rial": letter_limit_rial,
    }
    registered = upsert(session, actor, Contract, key, values, now=now, insurer_id=insurer.id)
    changed = [
        cover.code
        for cover in covers
        if _register_cover(session, insurer.id, registered.id, cover, start_on, now)
    ]
    if not changed or registered.change is Change.ADDED:
        return registered
    record_reference(
        session, actor, "cover", registered.id, Change.CHANGED, now, insurer.id, covers=changed
    )
    return Registered(id=registered.id, change=Change.CHANGED)


def _check_covers(covers: Sequence[CoverInput], number: str) -> None:
    if not covers:
        raise Refused("contract_without_cover", number=number)
    keys = [(cover.code, cover.valid_from) for cover in covers]
    if len(set(keys)) < len(keys):
        raise Refused("cover_twice", number=number)


def _register_cover(
    session: Session,
    insurer_id: int,
    contract_id: int,
    cover: CoverInput,
    start_on: date,
    now: datetime,
) -> bool:
    """Whether a new row was written: there was none of that day, or it said something else."""
    valid_from = cover.valid_from or start_on
    values = {
        "title": cover.title,
        "franchise_basis": cover.franchise_basis,
        "ceiling_rial": cover.ceiling_rial,
        "ceiling_kind": cover.ceiling_kind,
        "is_covered": cover.is_covered,
        "excluded_groups": list(cover.excluded_groups),
    }
    known = session.scalars(
        select(ContractCover)
        .where(
            ContractCover.insurer_id == insurer_id,
            ContractCover.contract_id == contract_id,
            ContractCover.code == cover.code,
            ContractCover.valid_from == valid_from,
        )
        .order_by(ContractCover.recorded_at.desc())
    ).first()
    if known is not None and all(getattr(known, name) == values[name] for name in values):
        return False
    session.add(
        ContractCover(
            insurer_id=insurer_id,
            contract_id=contract_id,
            code=cover.code,
            valid_from=valid_from,
            recorded_at=later(now, known.recorded_at if known else None),
            **values,
        )
    )
    session.flush()
    return True


def register_membership(
    session: Session,
    actor: Actor | None,
    *,
    insurer_code: str,
    contract_number: str,
    national_code: str,
    relation: str = PRINCIPAL,
    principal_national_code: str | None = None,
    joined_on: date | None = None,
    left_on: date | None = None,
    now: datetime,
) -> Registered:
    """Put a person on a contract's list, or record the day on which he left it.

    ``joined_on`` None: the contract's first day. A dependant needs a principal who is on the list
    (``principal_needed``, ``principal_not_insured``); ``membership_period`` when the days cross.
    """
    insurer = insurer_for(session, actor, insurer_code)
    contract = contract_of(session, insurer.id, contract_number)
    person = row_by_code(session, Person, "national_code", national_code)
    principal_id = person.id
    if relation != PRINCIPAL:
        principal_id = _principal(session, contract, principal_national_code)
    first_on = joined_on or contract.start_on
    if left_on is not None and left_on < first_on:
        raise Refused("membership_period")
    key = {
        "insurer_id": insurer.id,
        "contract_id": contract.id,
        "person_id": person.id,
        "joined_on": first_on,
    }
    values = {"principal_id": principal_id, "relation": relation, "left_on": left_on}
    return upsert(session, actor, Membership, key, values, now=now, insurer_id=insurer.id)


def _principal(session: Session, contract: Contract, national_code: str | None) -> int:
    if national_code is None:
        raise Refused("principal_needed")
    principal = row_by_code(session, Person, "national_code", national_code)
    known = session.scalar(
        select(Membership.id).where(
            Membership.insurer_id == contract.insurer_id,
            Membership.contract_id == contract.id,
            Membership.person_id == principal.id,
            Membership.relation == PRINCIPAL,
        )
    )
    if known is None:
        raise Refused("principal_not_insured")
    return principal.id


def membership_on(session: Session, contract: Contract, person_id: int, on: date) -> Membership:
    """The membership to measure a claim of that day by: the last one begun by then, else the first.

    Refused with ``person_not_insured`` when the person was never on the contract's list.
    """
    rows = session.scalars(
        select(Membership)
        .where(
            Membership.insurer_id == contract.insurer_id,
            Membership.contract_id == contract.id,
            Membership.person_id == person_id,
        )
        .order_by(Membership.joined_on)
    ).all()
    if not rows:
        raise Refused("person_not_insured", contract=contract.number)
    begun = [row for row in rows if row.joined_on <= on]
    return begun[-1] if begun else rows[0]
