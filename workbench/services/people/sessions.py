"""Sessions by the hash of their token: opened, ended, and who stands behind a token now."""

import hashlib
import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import User, UserInsurer, UserRole, UserSession
from workbench.errors import Refused
from workbench.rules.workflow import Role
from workbench.services import audit
from workbench.services.access import Actor
from workbench.settings import settings

TOKEN_BYTES = 32
TOKEN_CHARACTERS_MAX = 100
SESSIONS_KEPT = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a sign-in hands to the browser: the token (kept here only as a hash), the language."""

    token: str
    user_id: int
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session that holds now: who it is, and when he was last seen."""

    actor: Actor
    seen_at: datetime


def new_token() -> str:
    """A random token of 256 bits, safe in a URL and a cookie."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def token_hash(token: str) -> str:
    """What the database keeps of a token: its SHA-256 in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def open_session(
    session: Session,
    user: User,
    *,
    address: str,
    now: datetime,
    previous_token: str | None = None,
) -> SignedIn:
    """Open a session under a new token and end the browser's previous one."""
    if previous_token:
        sign_out(session, previous_token, now=now)
    token = new_token()
    session.execute(delete(UserSession).where(UserSession.expires_at < now - SESSIONS_KEPT))
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user.id,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=settings().session_hours),
            address=address,
        )
    )
    audit.record(session, action="sign_in", stream=f"user:{user.id}", actor_id=user.id, now=now)
    return SignedIn(token=token, user_id=user.id, language=user.language)


def sign_out(session: Session, token: str, *, now: datetime) -> bool:
    """End the session of a token; whether there was one. A second time changes nothing."""
    open_row = (UserSession.token_hash == token_hash(token), UserSession.ended_at.is_(None))
    user_id = session.scalar(select(UserSession.user_id).where(*open_row))
    if user_id is None:
        return False
    session.execute(update(UserSession).where(*open_row).values(ended_at=now))
    audit.record(session, action="sign_out", stream=f"user:{user_id}", actor_id=user_id, now=now)
    return True


def end_sessions(session: Session, user_id: int, *, now: datetime) -> int:
    """End all open sessions of a user at once; returns how many."""
    result = session.execute(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .values(ended_at=now)
    )
    assert isinstance(result, CursorResult)
    return result.rowcount


def find_session(session: Session, token: str, *, now: datetime) -> OpenSession | None:
    """The open session of a token, by one query; None when ended, expired, idle or disabled."""
    if not token or len(token) > TOKEN_CHARACTERS_MAX:
        return None
    rows = session.execute(
        select(UserSession, User, UserRole.role, UserInsurer.insurer_id)
        .join(User, User.id == UserSession.user_id)
        .outerjoin(UserRole, UserRole.user_id == User.id)
        .outerjoin(UserInsurer, UserInsurer.user_id == User.id)
        .where(UserSession.token_hash == token_hash(token))
    ).all()
    if not rows or not _is_open(rows[0][0], rows[0][1], now):
        return None
    user: User = rows[0][1]
    actor = _actor(user, {row[2] for row in rows} - {None}, {row[3] for row in rows} - {None})
    return OpenSession(actor=actor, seen_at=rows[0][0].seen_at)


def _is_open(row: UserSession, user: User, now: datetime) -> bool:
    idle = timedelta(minutes=settings().session_idle_minutes)
    is_ended = row.ended_at is not None or user.is_disabled
    return not is_ended and now < row.expires_at and now < row.seen_at + idle


def _actor(user: User, roles: set[Any], insurer_ids: set[Any]) -> Actor:
    return Actor(
        user_id=user.id,
        username=user.username,
        display_name=user.display_name,
        roles=frozenset(Role(role) for role in roles),
        insurer_ids=frozenset(insurer_ids) or None,
        centre_id=user.centre_id,
        dentist_id=user.dentist_id,
        language=user.language,
    )


def actor_for(session: Session, token: str, *, now: datetime) -> Actor | None:
    """Who stands behind a token now, or None."""
    found = find_session(session, token, now=now)
    return found.actor if found else None


def actor_by_token(
    database: Database, token: str, *, now: datetime, is_activity: bool = True
) -> Actor | None:
    """As ``actor_for``; notes at most once a minute that the user was seen.

    ``is_activity`` False (timers): the session grows no younger by it.
    """
    with database.reading() as session:
        found = find_session(session, token, now=now)
    if found is None:
        return None
    if is_activity and now - found.seen_at >= SEEN_EVERY:
        with suppress(Refused):  # A busy database signs nobody out; the next minute notes it.
            database.in_tx(lambda session: _note_seen(session, token, now))
    return found.actor


def _note_seen(session: Session, token: str, now: datetime) -> None:
    session.execute(
        update(UserSession)
        .where(UserSession.token_hash == token_hash(token), UserSession.ended_at.is_(None))
        .values(seen_at=now)
    )


def count_open_sessions(session: Session, *, now: datetime) -> int:
    """How many sessions are open, idle ones included."""
    statement = select(func.count()).where(
        UserSession.ended_at.is_(None), UserSession.expires_at > now
    )
    return session.scalar(statement) or 0
