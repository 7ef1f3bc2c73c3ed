"""One step of the ceiling ledger: the guarded updates and the entry that explains them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db import ledger_statements as statements
from workbench.db.models import CeilingAccount, new_id
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry to write: its kind, what it changes in rials, and the key that makes it unique."""

    account_id: int
    kind: str
    amount_rial: int
    cause: Cause
    key: str
    limit: int = 0
    reserved: int = 0
    used: int = 0
    reservation_id: int | None = None


def balance(session: Session, insurer_id: int, account_id: int) -> Balance:
    """The present balance of an account, read from the database."""
    row = session.execute(
        select(
            CeilingAccount.limit_rial, CeilingAccount.reserved_rial, CeilingAccount.used_rial
        ).where(CeilingAccount.insurer_id == insurer_id, CeilingAccount.id == account_id)
    ).one()
    return Balance(limit_rial=row[0], reserved_rial=row[1], used_rial=row[2])


def account_of(
    session: Session, insurer_id: int, reservation_id: int, key: str
) -> tuple[int, bool]:
    """The account of a reservation, and whether the entry of ``key`` is there already."""
    named = {"of_insurer": insurer_id, "of_reservation": reservation_id, "key": key}
    account_id, entry_id = session.connection().execute(statements.ACCOUNT_AND_ENTRY, named).one()
    return account_id, entry_id is not None


def change_account(
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


def change_reservation(
    session: Session, insurer_id: int, reservation_id: int, change_rial: int
) -> None:
    """The same of one reservation; refused: ``reservation_too_low``."""
    changed = session.connection().execute(
        statements.CHANGE_RESERVATION,
        {"of_insurer": insurer_id, "of_reservation": reservation_id, "change": change_rial},
    )
    if changed.rowcount != 1:
        raise Refused("reservation_too_low", wanted_rial=-change_rial)


def write_entries(session: Session, insurer_id: int, entries: Sequence[Entry]) -> None:
    """Append entries; a key that is there already breaks the transaction."""
    rows = [
        {
            "insurer_id": insurer_id,
            "id": new_id(),
            "account_id": entry.account_id,
            "reservation_id": entry.reservation_id,
            "kind": entry.kind,
            "amount_rial": entry.amount_rial,
            "limit_change_rial": entry.limit,
            "reserved_change_rial": entry.reserved,
            "used_change_rial": entry.used,
            "referral_id": entry.cause.referral_id,
            "claim_id": entry.cause.claim_id,
            "batch_id": entry.cause.batch_id,
            "round": entry.cause.round,
            "actor_id": entry.cause.actor_id,
            "at": entry.cause.at,
            "idempotency_key": entry.key,
        }
        for entry in entries
    ]
    session.connection().execute(statements.INSERT_ENTRY, rows if len(rows) > 1 else rows[0])
