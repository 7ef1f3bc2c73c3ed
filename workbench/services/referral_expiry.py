"""The job that returns what nobody used: expired letters, letters of people who left, settled ones.

Every letter is ended under its own lock and at most once, so the job may run twice, at the same
time as another, or be killed: what was committed stays, the rest is found again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial

from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Referral
from workbench.db.queries import referral_ends as queries
from workbench.persian.jalali import day_of
from workbench.rules.referral import is_expired
from workbench.rules.workflow import UNUSED_REFERRALS, ReferralState
from workbench.services.receipt import needed_rial
from workbench.services.referral_access import held_referrals, move_referral
from workbench.services.referral_changes import return_reserve

CHUNK = 100
Key = tuple[int, int]


End = Callable[[Session, Referral, int, datetime], "ExpiryReport"]
"""Ends one held letter that keeps so many rials, if it still is to be ended."""


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
    letters = held_referrals(session, keys)
    asked: dict[int, int] = {}
    for insurer_id in {letter.insurer_id for letter in letters}:
        ids = [letter.id for letter in letters if letter.insurer_id == insurer_id]
        asked |= needed_rial(session, insurer_id, ids)
    for letter in letters:
        report += end(session, letter, asked.get(letter.id, 0), now)
    return report


def _expire(session: Session, letter: Referral, asked_rial: int, now: datetime) -> ExpiryReport:
    if letter.state not in UNUSED_REFERRALS or not is_expired(letter.last_valid_on, now):
        return ExpiryReport()
    return replace(_end(session, letter, "expire", asked_rial, now), expired=1)


def _invalidate(session: Session, letter: Referral, asked_rial: int, now: datetime) -> ExpiryReport:
    if letter.state not in (*UNUSED_REFERRALS, ReferralState.IN_USE):
        return ExpiryReport()
    return replace(_end(session, letter, "invalidate", asked_rial, now), invalid=1)


def _settle(session: Session, letter: Referral, _asked_rial: int, now: datetime) -> ExpiryReport:
    if letter.state != ReferralState.IN_USE:
        return ExpiryReport()
    move_referral(session, letter, "settle", actor_id=None, now=now)
    return ExpiryReport(settled=1)


def _end(
    session: Session, letter: Referral, action: str, asked_rial: int, now: datetime
) -> ExpiryReport:
    """Release all that no recorded case asks for, then move the letter on."""
    released_rial = return_reserve(
        session, letter, "expire", actor_id=None, now=now, keep_rial=asked_rial
    )
    move_referral(session, letter, action, actor_id=None, now=now, released_rial=released_rial)
    return ExpiryReport(released_rial=released_rial)
