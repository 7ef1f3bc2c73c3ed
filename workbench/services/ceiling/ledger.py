"""The ceiling ledger: guarded balance updates and append-only entries, one transaction.

Kinds and effects are those of ``docs/ledger.md``. A balance changes by one ``UPDATE … WHERE enough
is left`` whose row count must be 1; the entry that explains it is written beside it. An entry's
idempotency key makes a repeat a no-op.
"""

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from workbench.db import ledger_statements as statements
from workbench.db.models import CeilingAccount, CeilingEntry, new_id
from workbench.errors import Refused
from workbench.services.ceiling.ledger_entries import (
    Balance,
    Cause,
    Entry,
    account_of,
    balance,
    change_account,
    change_reservation,
    write_entries,
)

__all__ = [
    "Balance",
    "Cause",
    "balance",
    "credit_back",
    "lock_account",
    "open_account",
    "open_reservation",
    "refuse_above",
    "release",
    "reserve",
    "reserve_ended",
    "reserved_left",
    "use",
]


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
        write_entries(
            session,
            insurer_id,
            [
                Entry(
                    account_id=account_id,
                    kind="grant",
                    amount_rial=limit_rial,
                    cause=cause,
                    limit=limit_rial,
                    key=f"grant:{account_id}",
                )
            ],
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
    _move(session, insurer_id, reservation_id, amount_rial, cause, key=key, kind=kind)


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
    _move(session, insurer_id, reservation_id, -amount_rial, cause, key=key, kind=kind)


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
    account_id, is_done = account_of(session, insurer_id, reservation_id, key)
    if is_done:
        return
    missing = max(0, payable_rial - reserved_part_rial)
    if missing:
        reserve(session, insurer_id, reservation_id, missing, cause, key=f"{key}:missing")
    surplus = max(0, reserved_part_rial - payable_rial)
    change_reservation(session, insurer_id, reservation_id, -payable_rial)
    change_account(session, insurer_id, account_id, reserved=-payable_rial, used=payable_rial)
    write_entries(
        session,
        insurer_id,
        [
            Entry(
                account_id=account_id,
                kind="use",
                amount_rial=payable_rial,
                cause=cause,
                reserved=-payable_rial,
                used=payable_rial,
                reservation_id=reservation_id,
                key=key,
            )
        ],
    )
    if surplus:
        release(session, insurer_id, reservation_id, surplus, cause, key=f"{key}:rest")
    if ceiling_reject_rial:
        write_entries(
            session,
            insurer_id,
            [
                Entry(
                    account_id=account_id,
                    kind="ceiling_reject",
                    amount_rial=ceiling_reject_rial,
                    cause=cause,
                    reservation_id=reservation_id,
                    key=f"{key}:reject",
                )
            ],
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
    account_id, is_done = account_of(session, insurer_id, reservation_id, key)
    if is_done:
        return 0
    change_account(session, insurer_id, account_id, used=-used_rial)
    write_entries(
        session,
        insurer_id,
        [
            Entry(
                account_id=account_id,
                kind="credit_back",
                amount_rial=used_rial,
                cause=cause,
                used=-used_rial,
                reservation_id=reservation_id,
                key=key,
            )
        ],
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


def _move(
    session: Session,
    insurer_id: int,
    reservation_id: int,
    change_rial: int,
    cause: Cause,
    *,
    key: str,
    kind: str,
) -> None:
    """Change a reservation and its account by the same; the one that may refuse comes first."""
    account_id, is_done = account_of(session, insurer_id, reservation_id, key)
    if is_done:
        return
    if change_rial < 0:
        change_reservation(session, insurer_id, reservation_id, change_rial)
    change_account(session, insurer_id, account_id, reserved=change_rial)
    if change_rial >= 0:
        change_reservation(session, insurer_id, reservation_id, change_rial)
    entry = Entry(
        account_id=account_id,
        kind=kind,
        amount_rial=abs(change_rial),
        cause=cause,
        key=key,
        reserved=change_rial,
        reservation_id=reservation_id,
    )
    write_entries(session, insurer_id, [entry])
