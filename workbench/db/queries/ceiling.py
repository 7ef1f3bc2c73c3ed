"""One ceiling account: its entries with running balances, its sums at any instant, its people."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select, tuple_

from workbench.db.models import (
    Batch,
    CeilingAccount,
    CeilingEntry,
    Centre,
    Claim,
    Contract,
    ContractCover,
    Insurer,
    Membership,
    Person,
    Policyholder,
    Referral,
    User,
)

Rows = Select[*tuple[Any, ...]]
Key = tuple[int, int]
_PERSON = func.coalesce(Referral.person_id, Claim.person_id)


def account(key: Key) -> Rows:
    """The account with its contract, insurer, policyholder and holder."""
    of_contract = and_(
        Contract.insurer_id == CeilingAccount.insurer_id, Contract.id == CeilingAccount.contract_id
    )
    return (
        select(
            CeilingAccount,
            Contract,
            Person.first_name,
            Person.last_name,
            Insurer.name.label("insurer"),
            Policyholder.name.label("policyholder"),
        )
        .join(Contract, of_contract)
        .join(Person, Person.id == CeilingAccount.holder_id)
        .join(Insurer, Insurer.id == CeilingAccount.insurer_id)
        .join(Policyholder, Policyholder.id == Contract.policyholder_id)
        .where(CeilingAccount.insurer_id == key[0], CeilingAccount.id == key[1])
    )


def cover_title(insurer_id: int, contract_id: int, code: str, on: date) -> Select[str]:
    """The title of a cover as it is called on a day."""
    return (
        select(ContractCover.title)
        .where(
            ContractCover.insurer_id == insurer_id,
            ContractCover.contract_id == contract_id,
            ContractCover.code == code,
        )
        .order_by(
            (ContractCover.valid_from <= on).desc(),
            ContractCover.valid_from.desc(),
            ContractCover.recorded_at.desc(),
        )
        .limit(1)
    )


def movements(key: Key, until: datetime, opened_at: datetime) -> Rows:
    """Every entry of an account until an instant as three changes, oldest first.

    ``opened_at``: from when the first grant holds, however late it was written.
    """
    at = _effective(key, opened_at)
    return (
        select(
            at.label("at"),
            CeilingEntry.kind,
            CeilingEntry.limit_change_rial,
            CeilingEntry.reserved_change_rial,
            CeilingEntry.used_change_rial,
            CeilingEntry.amount_rial,
            _PERSON.label("person_id"),
        )
        .outerjoin(Referral, _of(Referral, CeilingEntry.referral_id))
        .outerjoin(Claim, _of(Claim, CeilingEntry.claim_id))
        .where(*_of_account(key), at <= until)
        .order_by(at, CeilingEntry.id)
    )


def sums(key: Key) -> Rows:
    """Count and sums of all entries of an account, to be held against its row."""
    return select(
        func.count(),
        func.coalesce(func.sum(CeilingEntry.limit_change_rial), 0),
        func.coalesce(func.sum(CeilingEntry.reserved_change_rial), 0),
        func.coalesce(func.sum(CeilingEntry.used_change_rial), 0),
    ).where(*_of_account(key))


def entries(
    key: Key,
    until: datetime,
    *,
    opened_at: datetime,
    kinds: tuple[str, ...] | None,
    before: tuple[datetime, int] | None,
    size: int | None,
) -> Rows:
    """A page of entries, newest first, each with the balances after it and its cause in words."""
    at = _effective(key, opened_at)
    order = (at, CeilingEntry.id)
    running = (
        select(
            CeilingEntry.id,
            *(
                func.sum(column).over(order_by=order, rows=(None, 0)).label(name)
                for name, column in (
                    ("limit_after", CeilingEntry.limit_change_rial),
                    ("reserved_after", CeilingEntry.reserved_change_rial),
                    ("used_after", CeilingEntry.used_change_rial),
                )
            ),
        )
        .where(*_of_account(key), at <= until)
        .subquery()
    )
    statement = (
        select(
            CeilingEntry,
            at.label("at"),
            running.c.limit_after,
            running.c.reserved_after,
            running.c.used_after,
            Referral.number.label("referral"),
            Claim.number.label("claim"),
            Batch.acceptance_number.label("batch"),
            User.display_name.label("actor"),
            Centre.name.label("centre"),
            _PERSON.label("person_id"),
            Person.first_name,
            Person.last_name,
        )
        .join(running, running.c.id == CeilingEntry.id)
        .outerjoin(Referral, _of(Referral, CeilingEntry.referral_id))
        .outerjoin(Claim, _of(Claim, CeilingEntry.claim_id))
        .outerjoin(Batch, _of(Batch, CeilingEntry.batch_id))
        .outerjoin(Person, Person.id == _PERSON)
        .outerjoin(Centre, Centre.id == func.coalesce(Referral.centre_id, Claim.centre_id))
        .outerjoin(User, User.id == CeilingEntry.actor_id)
        .where(CeilingEntry.insurer_id == key[0])
    )
    if kinds is not None:
        statement = statement.where(CeilingEntry.kind.in_(kinds))
    if before is not None:
        statement = statement.where(tuple_(*order) < before)
    statement = statement.order_by(*(column.desc() for column in order))
    return statement if size is None else statement.limit(size)


def members(insurer_id: int, contract_id: int, principal_id: int, *, is_family: bool) -> Rows:
    """The people of an account with their relation: the family, or the one holder."""
    owner = Membership.principal_id if is_family else Membership.person_id
    return (
        select(Person.id, Person.first_name, Person.last_name, Membership.relation)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.insurer_id == insurer_id,
            Membership.contract_id == contract_id,
            or_(owner == principal_id, Membership.person_id == principal_id),
        )
        .order_by(Membership.joined_on, Membership.id)
    )


def _effective(key: Key, opened_at: datetime) -> Any:
    """When an entry holds: the account's first grant from the contract's start, others at once."""
    is_first_grant = CeilingEntry.idempotency_key == f"grant:{key[1]}"
    return case((is_first_grant, literal(opened_at, CeilingEntry.at.type)), else_=CeilingEntry.at)


def _of_account(key: Key) -> tuple[Any, Any]:
    return CeilingEntry.insurer_id == key[0], CeilingEntry.account_id == key[1]


def _of(model: Any, column: Any) -> Any:
    return and_(model.insurer_id == CeilingEntry.insurer_id, model.id == column)
