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
from workbench.services.referral_access import held_referral, move_referral
from workbench.services.referral_changes import return_reserve

CHUNK = 250
Key = tuple[int, int]


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
    report = ExpiryReport()
    for key in session.execute(
        queries.unused_and_over_of_account(insurer_id, account_id, day_of(now))
    ):
        report += _expire(session, (key[0], key[1]), now)
    return report


def _all_of(
    database: Database,
    find: Callable[[date, Key, int], queries.Keys],
    end: Callable[[Session, Key, datetime], ExpiryReport],
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


def _end_each(
    session: Session,
    *,
    keys: Sequence[Key],
    end: Callable[[Session, Key, datetime], ExpiryReport],
    now: datetime,
) -> ExpiryReport:
    report = ExpiryReport()
    for key in keys:
        report += end(session, key, now)
    return report


def _expire(session: Session, key: Key, now: datetime) -> ExpiryReport:
    referral = held_referral(session, *key)
    if referral is None or referral.state not in UNUSED_REFERRALS:
        return ExpiryReport()
    if not is_expired(referral.last_valid_on, now):
        return ExpiryReport()
    return replace(_end(session, referral, "expire", now), expired=1)


def _invalidate(session: Session, key: Key, now: datetime) -> ExpiryReport:
    referral = held_referral(session, *key)
    usable = (*UNUSED_REFERRALS, ReferralState.IN_USE)
    if referral is None or referral.state not in usable:
        return ExpiryReport()
    return replace(_end(session, referral, "invalidate", now), invalid=1)


def _settle(session: Session, key: Key, now: datetime) -> ExpiryReport:
    referral = held_referral(session, *key)
    if referral is None or referral.state != ReferralState.IN_USE:
        return ExpiryReport()
    move_referral(session, referral, "settle", actor_id=None, now=now)
    return ExpiryReport(settled=1)


def _end(session: Session, referral: Referral, action: str, now: datetime) -> ExpiryReport:
    """Release all that no recorded case needs, then move the letter on."""
    needed = needed_rial(session, referral.insurer_id, [referral.id])
    released_rial = return_reserve(
        session, referral, "expire", actor_id=None, now=now, keep_rial=needed.get(referral.id, 0)
    )
    move_referral(session, referral, action, actor_id=None, now=now, released_rial=released_rial)
    return ExpiryReport(released_rial=released_rial)
