"""The job that returns what nobody used: expired letters, letters of people who left, settled ones.

Every letter is ended under its own lock and at most once, so the job may run twice, at the same
time as another, or be killed: what was committed stays, the rest is found again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from itertools import groupby

from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Referral
from workbench.db.queries import referral_ends as queries
from workbench.persian.jalali import day_of
from workbench.rules.referral import is_expired
from workbench.rules.workflow import UNUSED_REFERRALS, ReferralState
from workbench.services.batches.receipt import needed_rial
from workbench.services.ceiling.ledger import Cause
from workbench.services.ceiling.ledger_endings import Ending, end_reservations
from workbench.services.referrals.access import held_referrals, move_referrals
from workbench.services.referrals.changes import end_key

CHUNK = 100
Key = tuple[int, int]


End = Callable[[Session, Sequence[Referral], datetime], "ExpiryReport"]
"""Ends those of some held letters of one insurer that still are to be ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiryReport:
    """What one run ended, and the rials that went back to the ceilings."""

    expired: int = 0
    invalid: int = 0
    settled: int = 0
    released_rial: int = 0

    def __add__(self, other: "ExpiryReport") -> "ExpiryReport":
        return ExpiryReport(
            expired=self.expired + other.expired,
            invalid=self.invalid + other.invalid,
            settled=self.settled + other.settled,
            released_rial=self.released_rial + other.released_rial,
        )


def expire_referrals(database: Database, *, now: datetime) -> ExpiryReport:
    """End every letter whose time is over at ``now``; a second run ends nothing."""
    report = _all_of(database, queries.unused_and_over, _expire, now)
    report += _all_of(database, queries.holders_left, _invalidate, now)
    return report + _all_of(database, queries.settled, _settle, now)


def expire_of_account(
    session: Session, insurer_id: int, account_id: int, *, now: datetime
) -> ExpiryReport:
    """End the account's overdue letters at once: their reserve is free though no job has run."""
    rows = session.execute(
        queries.unused_and_over_of_account(insurer_id, account_id, day_of(now))
    ).all()
    keys = [(row[0], row[1]) for row in rows]
    return _end_each(session, keys=keys, end=_expire, now=now) if keys else ExpiryReport()


def _all_of(
    database: Database,
    find: Callable[[date, Key, int], queries.Keys],
    end: End,
    now: datetime,
) -> ExpiryReport:
    """Page by page behind the last key, each page in one transaction of its own."""
    total, after = ExpiryReport(), (0, 0)
    while True:
        with database.reading() as session:
            rows = session.execute(find(day_of(now), after, CHUNK)).all()
        keys: Sequence[Key] = [(row[0], row[1]) for row in rows]
        if not keys:
            return total
        total += database.in_tx(partial(_end_each, keys=keys, end=end, now=now))
        after = keys[-1]


def _end_each(session: Session, *, keys: Sequence[Key], end: End, now: datetime) -> ExpiryReport:
    """End what still is to be ended of these letters, now that they are held."""
    report = ExpiryReport()
    for insurer_id, of_insurer in groupby(keys, key=lambda key: key[0]):
        letters = held_referrals(session, insurer_id, [key[1] for key in of_insurer])
        report += end(session, letters, now)
    return report


def _expire(session: Session, letters: Sequence[Referral], now: datetime) -> ExpiryReport:
    over = [
        letter
        for letter in letters
        if letter.state in UNUSED_REFERRALS and is_expired(letter.last_valid_on, now)
    ]
    return replace(_end(session, over, "expire", now), expired=len(over))


def _invalidate(session: Session, letters: Sequence[Referral], now: datetime) -> ExpiryReport:
    usable = (ReferralState.REQUESTED, *UNUSED_REFERRALS, ReferralState.IN_USE)
    left = [letter for letter in letters if letter.state in usable]
    return replace(_end(session, left, "invalidate", now), invalid=len(left))


def _settle(session: Session, letters: Sequence[Referral], now: datetime) -> ExpiryReport:
    used = [letter for letter in letters if letter.state == ReferralState.IN_USE]
    move_referrals(session, used, "settle", now=now)
    return ExpiryReport(settled=len(used))


def _end(session: Session, letters: Sequence[Referral], action: str, now: datetime) -> ExpiryReport:
    """Release all that no recorded case of them asks for, then move the letters on."""
    if not letters:
        return ExpiryReport()
    insurer_id = letters[0].insurer_id
    asked = needed_rial(session, insurer_id, [letter.id for letter in letters])
    endings = [
        Ending(
            reservation_id=letter.reservation_id,
            account_id=letter.account_id,
            keep_rial=asked.get(letter.id, 0),
            key=end_key(letter.reservation_id),
            cause=Cause(at=now, referral_id=letter.id),
        )
        for letter in letters
    ]
    released = end_reservations(session, insurer_id, endings, kind="expire")
    facts = {
        letter.id: {"released_rial": released.get(letter.reservation_id, 0)} for letter in letters
    }
    move_referrals(session, letters, action, now=now, facts=facts)
    return ExpiryReport(released_rial=sum(released.values()))
