"""Who may manage users, and users as an administrator sees them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import User, UserInsurer, UserRole
from workbench.errors import Refused
from workbench.rules.workflow import Role
from workbench.services import audit
from workbench.services.access import Actor, require
from workbench.services.people.sign_in import username_key

LIST_MAX = 200


class Operator(Enum):
    """Who works at the command line of the server: may manage users, has no user of his own."""

    COMMAND_LINE = "command_line"


Manager = Actor | Operator


@dataclass(frozen=True, slots=True, kw_only=True)
class UserView:
    """A user as the administrator sees him. ``insurer_ids`` None: all insurers."""

    user_id: int
    username: str
    display_name: str
    roles: frozenset[Role]
    insurer_ids: frozenset[int] | None
    centre_id: int | None
    dentist_id: int | None
    language: str
    is_disabled: bool
    has_password: bool
    created_at: datetime
    version: int


def list_users(
    session: Session, manager: Manager, *, after: str = "", limit: int = LIST_MAX
) -> list[UserView]:
    """Users by name, those after the user name ``after``, at most ``limit``."""
    require_manager(manager)
    users = select(User).where(User.username > after).order_by(User.username)
    return _views(session, session.scalars(users.limit(min(limit, LIST_MAX))).all())


def user_named(session: Session, manager: Manager, username: str) -> UserView:
    """The user of a name."""
    require_manager(manager)
    key = username_key(username)
    users = session.scalars(select(User).where(User.username == key)).all()
    if not users:
        raise Refused("user_not_found", username=key)
    return _views(session, users)[0]


def require_manager(manager: Manager) -> None:
    """Refuse all but the command line and an administrator."""
    if not isinstance(manager, Operator):
        require(manager, "user.manage")


def user_of(session: Session, user_id: int) -> User:
    """The row of a user, or a refusal."""
    user = session.get(User, user_id)
    if user is None:
        raise Refused("user_not_found", username="")
    return user


def record_change(
    session: Session, manager: Manager, user_id: int, action: str, now: datetime, **facts: Any
) -> None:
    """Write a manager's change to the trail of the user."""
    actor_id = None if isinstance(manager, Operator) else manager.user_id
    stream = f"user:{user_id}"
    audit.record(session, action=action, stream=stream, actor_id=actor_id, now=now, **facts)


def view_of(session: Session, user_id: int) -> UserView:
    """A user as he stands now, changes of this transaction included."""
    session.flush()
    statement = select(User).where(User.id == user_id)
    users = session.scalars(statement.execution_options(populate_existing=True)).all()
    return _views(session, users)[0]


def _views(session: Session, users: Iterable[User]) -> list[UserView]:
    users = list(users)
    ids = [user.id for user in users]
    roles: dict[int, set[str]] = {user_id: set() for user_id in ids}
    insurers: dict[int, set[int]] = {user_id: set() for user_id in ids}
    for user_id, role in session.execute(
        select(UserRole.user_id, UserRole.role).where(UserRole.user_id.in_(ids))
    ):
        roles[user_id].add(role)
    for user_id, insurer_id in session.execute(
        select(UserInsurer.user_id, UserInsurer.insurer_id).where(UserInsurer.user_id.in_(ids))
    ):
        insurers[user_id].add(insurer_id)
    return [
        UserView(
            user_id=user.id,
            username=user.username,
            display_name=user.display_name,
            roles=frozenset(Role(role) for role in roles[user.id]),
            insurer_ids=frozenset(insurers[user.id]) or None,
            centre_id=user.centre_id,
            dentist_id=user.dentist_id,
            language=user.language,
            is_disabled=user.is_disabled,
            has_password=user.password_hash is not None,
            created_at=user.created_at,
            version=user.version,
        )
        for user in users
    ]
