"""Sign-in with lock-out: the same work for known and unknown users, tries limited before hashing.

The attempt is written and counted before the password is hashed, and committed on its own, so that
guesses made at the same time are counted too; the hash runs outside any transaction.
"""

import hashlib
import unicodedata
from datetime import datetime, timedelta
from math import ceil

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import SignInAttempt, User, new_id
from workbench.errors import Refused
from workbench.services import audit
from workbench.services.people.passwords import is_right_password
from workbench.services.people.sessions import SignedIn, open_session

LOCK = timedelta(minutes=15)
USER_FAILURES_MAX = 5
ADDRESS_FAILURES_MAX = 30
ATTEMPTS_KEPT = timedelta(days=1)
UNKNOWN_USER = 0


def username_key(username: str) -> str:
    """A typed user name as it is stored and compared: NFKC, lower case, without blanks around."""
    return unicodedata.normalize("NFKC", username).replace("\0", "").strip().lower()


def sign_in(
    database: Database,
    username: str,
    password: str,
    address: str,
    *,
    now: datetime,
    previous_token: str | None = None,
) -> SignedIn:
    """Open a session, ending the browser's previous one.

    Refuses ``sign_in_failed`` (attempts left), ``sign_in_locked`` and ``sign_in_address_locked``
    (minutes left), ``sign_in_disabled``; known and unknown users cost the same work.
    """
    key = username_key(username)
    attempt_id = database.in_tx(lambda session: _note_attempt(session, key, address, now))
    with database.reading() as session:
        refusal = _lock(session, key, address, attempt_id, now)
        failures = len(_failures(session, key, attempt_id, now, within=LOCK))
        user = session.scalars(select(User).where(User.username == key)).first()
    if refusal is not None:
        database.in_tx(lambda session: _forget_attempt(session, attempt_id))
        raise refusal
    is_right = is_right_password(password, user.password_hash if user else None)
    if user is None or not is_right:
        left = max(0, USER_FAILURES_MAX - 1 - failures)
        user_id = user.id if user else UNKNOWN_USER
        database.in_tx(lambda session: _record_failure(session, user_id, left, now))
        raise _failure(left)
    return database.in_tx(
        lambda session: _succeed(session, user, attempt_id, address, previous_token, now)
    )


def _failure(left: int) -> Refused:
    minutes = LOCK // timedelta(minutes=1)
    if left == 0:
        return Refused("sign_in_locked", minutes=minutes)
    return Refused("sign_in_failed", attempts=left, minutes=minutes)


def _attempt_key(key: str) -> str:
    """A hash, since people type their password into the wrong field."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def _note_attempt(session: Session, key: str, address: str, now: datetime) -> int:
    attempt_id = new_id()
    session.add(
        SignInAttempt(
            id=attempt_id,
            username_key=_attempt_key(key),
            address=address,
            at=now,
            is_success=False,
        )
    )
    return attempt_id


def _forget_attempt(session: Session, attempt_id: int) -> None:
    """A try that was not even looked at does not make the lock longer."""
    session.execute(delete(SignInAttempt).where(SignInAttempt.id == attempt_id))


def _lock(
    session: Session, key: str, address: str, attempt_id: int, now: datetime
) -> Refused | None:
    failures = _failures(session, key, attempt_id, now, within=2 * LOCK)[:USER_FAILURES_MAX]
    if len(failures) == USER_FAILURES_MAX and failures[0] - failures[-1] <= LOCK:
        locked_until = failures[0] + LOCK
        if now < locked_until:
            return Refused("sign_in_locked", minutes=_minutes(locked_until - now))
    failures = _address_failures(session, address, attempt_id, now)
    if len(failures) == ADDRESS_FAILURES_MAX:
        left = failures[-1] + LOCK - now
        return Refused("sign_in_address_locked", minutes=_minutes(left))
    return None


def _minutes(period: timedelta) -> int:
    return max(1, ceil(period / timedelta(minutes=1)))


def _failures(
    session: Session, key: str, attempt_id: int, now: datetime, *, within: timedelta
) -> list[datetime]:
    """When this name failed since it last succeeded, newest first, without this attempt."""
    mine = SignInAttempt.username_key == _attempt_key(key)
    last_success = session.scalar(
        select(func.max(SignInAttempt.at)).where(mine, SignInAttempt.is_success.is_(True))
    )
    since = max(now - within, last_success or now - within)
    statement = (
        select(SignInAttempt.at)
        .where(mine, SignInAttempt.is_success.is_(False), SignInAttempt.at > since)
        .where(SignInAttempt.id != attempt_id)
        .order_by(SignInAttempt.at.desc())
    )
    return list(session.scalars(statement))


def _address_failures(
    session: Session, address: str, attempt_id: int, now: datetime
) -> list[datetime]:
    statement = (
        select(SignInAttempt.at)
        .where(SignInAttempt.address == address, SignInAttempt.is_success.is_(False))
        .where(SignInAttempt.at > now - LOCK, SignInAttempt.id != attempt_id)
        .order_by(SignInAttempt.at.desc())
        .limit(ADDRESS_FAILURES_MAX)
    )
    return list(session.scalars(statement))


def _record_failure(session: Session, user_id: int, left: int, now: datetime) -> None:
    actor_id = user_id or None
    stream = f"user:{user_id}"
    audit.record(
        session, action="sign_in_failed", stream=stream, actor_id=actor_id, now=now, left=left
    )
    if left == 0:
        audit.record(session, action="locked", stream=stream, actor_id=actor_id, now=now)


def _succeed(
    session: Session,
    checked: User,
    attempt_id: int,
    address: str,
    previous_token: str | None,
    now: datetime,
) -> SignedIn:
    user = session.get_one(User, checked.id)
    if user.is_disabled or user.password_hash != checked.password_hash:
        raise Refused("sign_in_disabled")  # Changed while the password was hashed.
    session.execute(
        update(SignInAttempt).where(SignInAttempt.id == attempt_id).values(is_success=True)
    )
    session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - ATTEMPTS_KEPT))
    return open_session(session, user, address=address, previous_token=previous_token, now=now)


def forget_attempts(session: Session, username: str) -> None:
    """Lift a lock-out, as after a new password."""
    session.execute(
        delete(SignInAttempt).where(SignInAttempt.username_key == _attempt_key(username))
    )
