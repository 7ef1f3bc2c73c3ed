"""Ending the reservations of many letters at once, in a few statements."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from workbench.db import ledger_statements as statements
from workbench.errors import Refused
from workbench.services.ceiling.ledger_entries import Cause, Entry, write_entries


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """A reservation that gives all back but ``keep_rial``, at most once by ``key``."""

    reservation_id: int
    account_id: int
    keep_rial: int
    key: str
    cause: Cause


def end_reservations(
    session: Session, insurer_id: int, endings: Sequence[Ending], *, kind: str
) -> dict[int, int]:
    """End reservations of one insurer; returns the rials that each gave back, by its id.

    What the ledger does for one it does here for a page of them, in a few statements.
    """
    connection, named = session.connection(), {"of_insurer": insurer_id}
    accounts = sorted({ending.account_id for ending in endings})
    connection.execute(statements.LOCK_ACCOUNTS, {**named, "accounts": accounts})
    keys = [ending.key for ending in endings]
    done = set(connection.scalars(statements.KNOWN_KEYS, {**named, "keys": keys}))
    ids = [ending.reservation_id for ending in endings]
    rows = connection.execute(statements.RESERVED_LEFT_OF_MANY, {**named, "reservations": ids})
    left = {row[0]: row[1] for row in rows}
    released = {
        ending.reservation_id: max(0, left[ending.reservation_id] - ending.keep_rial)
        for ending in endings
        if ending.key not in done
    }
    waiting = [ending for ending in endings if ending.key not in done]
    if waiting:
        _give_back(session, insurer_id, waiting, released, kind)
    return released


def _give_back(
    session: Session,
    insurer_id: int,
    endings: Sequence[Ending],
    released: Mapping[int, int],
    kind: str,
) -> None:
    by_account: Counter[int] = Counter()
    for ending in endings:
        by_account[ending.account_id] += released[ending.reservation_id]
    _change_all(
        session,
        statements.CHANGE_RESERVATION,
        [
            {"of_insurer": insurer_id, "of_reservation": number, "change": -rial}
            for number, rial in released.items()
        ],
    )
    _change_all(
        session,
        statements.CHANGE_ACCOUNT,
        [
            {
                "of_insurer": insurer_id,
                "of_account": account_id,
                "reserved": -rial,
                "used": 0,
                "wanted": -rial,
            }
            for account_id, rial in by_account.items()
        ],
    )
    entries = [
        Entry(
            account_id=ending.account_id,
            kind=kind,
            amount_rial=released[ending.reservation_id],
            cause=ending.cause,
            key=ending.key,
            reserved=-released[ending.reservation_id],
            reservation_id=ending.reservation_id,
        )
        for ending in endings
    ]
    write_entries(session, insurer_id, entries)


def _change_all(session: Session, statement: Any, rows: list[dict[str, int]]) -> None:
    """The same guarded update for each of ``rows``; all of them have to find enough."""
    if session.connection().execute(statement, rows).rowcount != len(rows):
        raise Refused("reservation_too_low", wanted_rial=0)
