"""The ceiling ledger: guarded balance updates and append-only entries, one transaction.

Kinds and effects are those of ``docs/ledger.md``. A balance changes by one ``UPDATE … WHERE enough
is left`` whose row count must be 1; the entry that explains it is written beside it. An entry's
idempotency key makes a repeat a no-op.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from workbench.db import ledger_statements as statements
from workbench.db.models import CeilingAccount, CeilingEntry, new_id
from workbench.errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why money moves: who, when and for what."""

    at: datetime
    actor_id: int | None = None
    referral_id: int | None = None
    claim_id: int | None = None
    batch_id: int | None = None
    round: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Balance:
    """An account in rials; ``remaining``/``withdrawable`` None: unlimited."""

    limit_rial: int | None
    reserved_rial: int
    used_rial: int

    @property
    def remaining_rial(self) -> int | None:
        """باقی‌مانده: limit − used."""
        return None if self.limit_rial is None else self.limit_rial - self.used_rial

    @property
    def withdrawable_rial(self) -> int | None:
        """قابل برداشت: limit − used − reserved."""
        if self.limit_rial is None:
            return None
        return self.limit_rial - self.used_rial - self.reserved_rial


def balance(session: Session, insurer_id: int, account_id: int) -> Balance:
    """The present balance of an account, read from the database."""
    row = session.execute(
        select(
            CeilingAccount.limit_rial, CeilingAccount.reserved_rial, CeilingAccount.used_rial
        ).where(CeilingAccount.insurer_id == insurer_id, CeilingAccount.id == account_id)
    ).one()
    return Balance(limit_rial=row[0], reserved_rial=row[1], used_rial=row[2])


def open_account(
    session: Session,
    insurer_id: int,
    *,
    contract_id: int,
    cover_code: str,
    holder_id: int,
    is_family: bool,
    limit_rial: int | None,
    cause: Cause,
) -> int:
    """The id of the holder's account, made with its grant if there was none."""
    known = session.scalar(
        select(CeilingAccount.id).where(
            CeilingAccount.insurer_id == insurer_id,
            CeilingAccount.contract_id == contract_id,
            CeilingAccount.cover_code == cover_code,
            CeilingAccount.holder_id == holder_id,
        )
    )
    if known is not None:
        return known
    account_id = new_id()
    session.execute(
        insert(CeilingAccount).values(
            insurer_id=insurer_id,
            id=account_id,
            contract_id=contract_id,
            cover_code=cover_code,
            holder_id=holder_id,
            is_family=is_family,
            limit_rial=limit_rial,
            reserved_rial=0,
            used_rial=0,
        )
    )
    if limit_rial is not None:
        _enter(
            session,
            insurer_id,
            account_id,
            "grant",
            limit_rial,
            cause,
            limit=limit_rial,
            key=f"grant:{account_id}",
        )
    return account_id


def open_reservation(session: Session, insurer_id: int, account_id: int) -> int:
    """A new, empty reservation of an account; returns its id."""
    reservation_id = new_id()
    empty = {"insurer_id": insurer_id, "id": reservation_id, "account_id": account_id}
    session.connection().execute(statements.INSERT_RESERVATION, {**empty, "reserved_left_rial": 0})
    return reservation_id


def refuse_above(session: Session, insurer_id: int, account_id: int, wanted_rial: int) -> None:
    """Refuse ``ceiling_too_low`` if that much could not be reserved now; nothing is."""
    left_rial = balance(session, insurer_id, account_id).withdrawable_rial
    if left_rial is not None and wanted_rial > left_rial:
        raise Refused("ceiling_too_low", withdrawable_rial=left_rial, wanted_rial=wanted_rial)


def reserve(
    session: Session,
    insurer_id: int,
    reservation_id: int,
    amount_rial: int,
    cause: Cause,
    *,
    key: str,
    kind: str = "reserve",
) -> None:
    """Reserve ``amount_rial``; refuses ``ceiling_too_low`` with what is left. Idempotent by key."""
    assert amount_rial >= 0
    account_id, is_done = _known(session, insurer_id, reservation_id, key)
    if is_done:
        return
    _change(session, insurer_id, account_id, reserved=amount_rial)
    _change_reservation(session, insurer_id, reservation_id, amount_rial)
    _enter(
        session,
        insurer_id,
        account_id,
        kind,
        amount_rial,
        cause,
        reserved=amount_rial,
        reservation_id=reservation_id,
        key=key,
    )


def release(
    session: Session,
    insurer_id: int,
    reservation_id: int,
    amount_rial: int,
    cause: Cause,
    *,
    key: str,
    kind: str = "release",
) -> None:
    """Give ``amount_rial`` of a reservation back (kinds ``release``, ``amend``, ``expire``)."""
    assert amount_rial >= 0
    account_id, is_done = _known(session, insurer_id, reservation_id, key)
    if is_done:
        return
    _change_reservation(session, insurer_id, reservation_id, -amount_rial)
    _change(session, insurer_id, account_id, reserved=-amount_rial)
    _enter(
        session,
        insurer_id,
        account_id,
        kind,
        amount_rial,
        cause,
        reserved=-amount_rial,
        reservation_id=reservation_id,
        key=key,
    )


def use(
    session: Session,
    insurer_id: int,
    reservation_id: int,
    *,
    reserved_part_rial: int,
    payable_rial: int,
    ceiling_reject_rial: int,
    cause: Cause,
    key: str,
) -> None:
    """Finish a claim: its part of the reserve ends, ``payable_rial`` is used, X is a memo.

    What the reserve lacks is reserved first; what it has too much is released.
    """
    account_id, is_done = _known(session, insurer_id, reservation_id, key)
    if is_done:
        return
    missing = max(0, payable_rial - reserved_part_rial)
    if missing:
        reserve(session, insurer_id, reservation_id, missing, cause, key=f"{key}:missing")
    surplus = max(0, reserved_part_rial - payable_rial)
    _change_reservation(session, insurer_id, reservation_id, -payable_rial)
    _change(session, insurer_id, account_id, reserved=-payable_rial, used=payable_rial)
    _enter(
        session,
        insurer_id,
        account_id,
        "use",
        payable_rial,
        cause,
        reserved=-payable_rial,
        used=payable_rial,
        reservation_id=reservation_id,
        key=key,
    )
    if surplus:
        release(session, insurer_id, reservation_id, surplus, cause, key=f"{key}:rest")
    if ceiling_reject_rial:
        _enter(
            session,
            insurer_id,
            account_id,
            "ceiling_reject",
            ceiling_reject_rial,
            cause,
            reservation_id=reservation_id,
            key=f"{key}:reject",
        )


def reserve_ended(session: Session, insurer_id: int, key: str) -> int:
    """The part of its reserve, in rials, that the use of this ``key`` ended."""
    changed = session.scalar(
        select(func.sum(CeilingEntry.reserved_change_rial)).where(
            CeilingEntry.insurer_id == insurer_id,
            CeilingEntry.idempotency_key.in_((key, f"{key}:missing", f"{key}:rest")),
        )
    )
    return -int(changed or 0)


def credit_back(
    session: Session,
    insurer_id: int,
    reservation_id: int,
    *,
    used_rial: int,
    reserve_again_rial: int,
    cause: Cause,
    key: str,
) -> int:
    """Undo a use (reopen, void, over-treatment) and reserve again as far as there is room.

    Returns the rials that were reserved again.
    """
    account_id, is_done = _known(session, insurer_id, reservation_id, key)
    if is_done:
        return 0
    _change(session, insurer_id, account_id, used=-used_rial)
    _enter(
        session,
        insurer_id,
        account_id,
        "credit_back",
        used_rial,
        cause,
        used=-used_rial,
        reservation_id=reservation_id,
        key=key,
    )
    room = balance(session, insurer_id, account_id).withdrawable_rial
    again = reserve_again_rial if room is None else min(room, reserve_again_rial)
    if again:
        reserve(session, insurer_id, reservation_id, again, cause, key=f"{key}:again")
    return again


def lock_account(session: Session, insurer_id: int, account_id: int) -> None:
    """Hold the account's row until the transaction ends, so that what was read stays true.

    A writing transaction of SQLite is the only one: it holds every row.
    """
    connection = session.connection()
    if connection.dialect.name != "sqlite":
        account = {"of_insurer": insurer_id, "of_account": account_id}
        connection.execute(statements.LOCK_ACCOUNT, account)


def reserved_left(session: Session, insurer_id: int, reservation_id: int) -> int:
    """What a reservation still holds."""
    row = {"of_insurer": insurer_id, "of_reservation": reservation_id}
    return int(session.connection().execute(statements.RESERVED_LEFT, row).scalar_one())


def _known(session: Session, insurer_id: int, reservation_id: int, key: str) -> tuple[int, bool]:
    """The account of a reservation, and whether the entry of ``key`` is there already."""
    named = {"of_insurer": insurer_id, "of_reservation": reservation_id, "key": key}
    account_id, entry_id = session.connection().execute(statements.ACCOUNT_AND_ENTRY, named).one()
    return account_id, entry_id is not None


def _change(
    session: Session, insurer_id: int, account_id: int, *, reserved: int = 0, used: int = 0
) -> None:
    """The guarded update: only when enough is left, else nothing changes and it is refused."""
    changed = session.connection().execute(
        statements.CHANGE_ACCOUNT,
        {
            "of_insurer": insurer_id,
            "of_account": account_id,
            "reserved": reserved,
            "used": used,
            "wanted": reserved + used,
        },
    )
    if changed.rowcount != 1:
        left = balance(session, insurer_id, account_id).withdrawable_rial
        raise Refused("ceiling_too_low", withdrawable_rial=left, wanted_rial=reserved + used)


def _change_reservation(
    session: Session, insurer_id: int, reservation_id: int, change_rial: int
) -> None:
    changed = session.connection().execute(
        statements.CHANGE_RESERVATION,
        {"of_insurer": insurer_id, "of_reservation": reservation_id, "change": change_rial},
    )
    if changed.rowcount != 1:
        raise Refused("reservation_too_low", wanted_rial=-change_rial)


def _enter(
    session: Session,
    insurer_id: int,
    account_id: int,
    kind: str,
    amount_rial: int,
    cause: Cause,
    *,
    key: str,
    limit: int = 0,
    reserved: int = 0,
    used: int = 0,
    reservation_id: int | None = None,
) -> None:
    entry = entry_values(
        insurer_id,
        account_id,
        kind,
        amount_rial,
        cause,
        key=key,
        limit=limit,
        reserved=reserved,
        used=used,
        reservation_id=reservation_id,
    )
    session.connection().execute(statements.INSERT_ENTRY, entry)


def entry_values(
    insurer_id: int,
    account_id: int,
    kind: str,
    amount_rial: int,
    cause: Cause,
    *,
    key: str,
    limit: int = 0,
    reserved: int = 0,
    used: int = 0,
    reservation_id: int | None = None,
) -> dict[str, Any]:
    """The columns of a new entry."""
    return {
        "insurer_id": insurer_id,
        "id": new_id(),
        "account_id": account_id,
        "reservation_id": reservation_id,
        "kind": kind,
        "amount_rial": amount_rial,
        "limit_change_rial": limit,
        "reserved_change_rial": reserved,
        "used_change_rial": used,
        "referral_id": cause.referral_id,
        "claim_id": cause.claim_id,
        "batch_id": cause.batch_id,
        "round": cause.round,
        "actor_id": cause.actor_id,
        "at": cause.at,
        "idempotency_key": key,
    }
