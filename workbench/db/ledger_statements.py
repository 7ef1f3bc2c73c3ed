"""The statements of the ceiling ledger, each built once.

A guarded update changes one row or, when not enough is left, none. Parameters that name a row begin
with ``of_``; ``reserved``, ``used`` and ``change`` are signed rials.
"""

from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, or_, select, update

from workbench.db.models import CeilingAccount, CeilingEntry, CeilingReservation

_ACCOUNTS = cast(Table, CeilingAccount.__table__)
_RESERVATIONS = cast(Table, CeilingReservation.__table__)
_ENTRIES = cast(Table, CeilingEntry.__table__)


def _row(table: Table, name: str) -> Any:
    return (table.c.insurer_id == bindparam("of_insurer")) & (table.c.id == bindparam(name))


LOCK_ACCOUNT = select(_ACCOUNTS.c.id).where(_row(_ACCOUNTS, "of_account")).with_for_update()

CHANGE_ACCOUNT = (
    update(_ACCOUNTS)
    .where(
        _row(_ACCOUNTS, "of_account"),
        _ACCOUNTS.c.reserved_rial + bindparam("reserved") >= 0,
        _ACCOUNTS.c.used_rial + bindparam("used") >= 0,
        or_(
            _ACCOUNTS.c.limit_rial.is_(None),
            _ACCOUNTS.c.limit_rial - _ACCOUNTS.c.reserved_rial - _ACCOUNTS.c.used_rial
            >= bindparam("wanted"),
        ),
    )
    .values(
        reserved_rial=_ACCOUNTS.c.reserved_rial + bindparam("reserved"),
        used_rial=_ACCOUNTS.c.used_rial + bindparam("used"),
    )
)

CHANGE_RESERVATION = (
    update(_RESERVATIONS)
    .where(
        _row(_RESERVATIONS, "of_reservation"),
        _RESERVATIONS.c.reserved_left_rial + bindparam("change") >= 0,
    )
    .values(reserved_left_rial=_RESERVATIONS.c.reserved_left_rial + bindparam("change"))
)

RESERVED_LEFT = select(_RESERVATIONS.c.reserved_left_rial).where(
    _row(_RESERVATIONS, "of_reservation")
)

LOCK_ACCOUNTS = (
    select(_ACCOUNTS.c.id)
    .where(
        _ACCOUNTS.c.insurer_id == bindparam("of_insurer"),
        _ACCOUNTS.c.id.in_(bindparam("accounts", expanding=True)),
    )
    .order_by(_ACCOUNTS.c.id)
    .with_for_update()
)

RESERVED_LEFT_OF_MANY = select(_RESERVATIONS.c.id, _RESERVATIONS.c.reserved_left_rial).where(
    _RESERVATIONS.c.insurer_id == bindparam("of_insurer"),
    _RESERVATIONS.c.id.in_(bindparam("reservations", expanding=True)),
)

KNOWN_KEYS = select(_ENTRIES.c.idempotency_key).where(
    _ENTRIES.c.insurer_id == bindparam("of_insurer"),
    _ENTRIES.c.idempotency_key.in_(bindparam("keys", expanding=True)),
)

ACCOUNT_AND_ENTRY = (
    select(_RESERVATIONS.c.account_id, _ENTRIES.c.id)
    .outerjoin(
        _ENTRIES,
        (_ENTRIES.c.insurer_id == _RESERVATIONS.c.insurer_id)
        & (_ENTRIES.c.idempotency_key == bindparam("key")),
    )
    .where(_row(_RESERVATIONS, "of_reservation"))
)
"""A reservation's account, and the entry of an idempotency key if there is one."""

INSERT_ENTRY = insert(_ENTRIES)
INSERT_RESERVATION = insert(_RESERVATIONS)
