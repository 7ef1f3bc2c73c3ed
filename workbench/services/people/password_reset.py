"""The way to a new password: a link that works once, or the command line."""

from datetime import datetime, timedelta

from sqlalchemy import CursorResult, select, update
from sqlalchemy.orm import Session

from workbench.db.models import User
from workbench.errors import Refused
from workbench.services import audit
from workbench.services.people.passwords import PasswordHash
from workbench.services.people.sessions import end_sessions, new_token, token_hash
from workbench.services.people.sign_in import forget_attempts
from workbench.services.people.views import Manager, record_change, require_manager, user_of

LINK_HOLDS = timedelta(hours=24)


def issue_reset_link(session: Session, manager: Manager, user_id: int, *, now: datetime) -> str:
    """A token for ``/reset/<token>``: once, for 24 hours; an earlier one stops working."""
    require_manager(manager)
    token = new_token()
    user = user_of(session, user_id)
    user.reset_token_hash = token_hash(token)
    user.reset_expires_at = now + LINK_HOLDS
    record_change(session, manager, user_id, "user_reset_link_issued", now)
    return token


def username_of_reset_link(session: Session, token: str, *, now: datetime) -> str:
    """Whose link it is; refuses ``reset_link_invalid`` when unknown, used or too old."""
    statement = select(User.username).where(
        User.reset_token_hash == token_hash(token),
        User.reset_expires_at > now,
        User.is_disabled.is_(False),
    )
    username = session.scalar(statement)
    if username is None:
        raise Refused("reset_link_invalid")
    return username


def set_password_by_token(
    session: Session, token: str, password_hash: PasswordHash, *, now: datetime
) -> None:
    """Set the password a reset link allows to set, once, and end all sessions of the user."""
    username = username_of_reset_link(session, token, now=now)
    user_id = session.scalars(select(User.id).where(User.username == username)).one()
    taken = session.execute(
        update(User)
        .where(User.id == user_id, User.reset_token_hash == token_hash(token))
        .values(password_hash=password_hash, reset_token_hash=None, reset_expires_at=None)
    )
    assert isinstance(taken, CursorResult)
    if taken.rowcount != 1:
        raise Refused("reset_link_invalid")
    _after_new_password(session, user_id, username, now)
    audit.record(
        session, action="password_set", stream=f"user:{user_id}", actor_id=user_id, now=now
    )


def set_password(
    session: Session, manager: Manager, user_id: int, password_hash: PasswordHash, *, now: datetime
) -> None:
    """Set a user's password (the command line), lift a lock-out and end all his sessions."""
    require_manager(manager)
    user = user_of(session, user_id)
    user.password_hash = password_hash
    user.reset_token_hash = user.reset_expires_at = None
    _after_new_password(session, user_id, user.username, now)
    record_change(session, manager, user_id, "password_set", now)


def _after_new_password(session: Session, user_id: int, username: str, now: datetime) -> None:
    end_sessions(session, user_id, now=now)
    forget_attempts(session, username)
