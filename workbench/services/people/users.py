"""Users: added, disabled, given roles, limits and interests.

Each change carries the version that was seen, is written to the trail ``user:<id>``, and works at
once: who is disabled or gets other roles is signed out everywhere.
"""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workbench.db.models import (
    AuditEvent,
    Centre,
    Dentist,
    Insurer,
    User,
    UserInsurer,
    UserRole,
    new_id,
)
from workbench.errors import Refused
from workbench.i18n import LANGUAGES
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.people.passwords import PasswordHash
from workbench.services.people.sessions import end_sessions
from workbench.services.people.sign_in import username_key
from workbench.services.people.views import (
    Manager,
    UserView,
    record_change,
    require_manager,
    user_of,
    view_of,
)

USERNAME = re.compile(r"[a-z][a-z0-9._-]{2,39}", re.ASCII)
DISPLAY_NAME_CHARACTERS_MAX = 100
SAME_ENTRY = timedelta(minutes=1)


def add_user(
    session: Session,
    manager: Manager,
    *,
    username: str,
    display_name: str,
    roles: Iterable[Role],
    now: datetime,
    password_hash: PasswordHash | None = None,
    language: str = "fa",
) -> UserView:
    """Add a user; without a password he needs a link by ``issue_reset_link``.

    The same user once more within ``SAME_ENTRY`` is a double click and changes nothing.
    """
    require_manager(manager)
    roles = list(roles)
    if password_hash is None:
        same = _just_added(session, username, display_name, roles, now)
        if same is not None:
            return same
    user = User(
        id=new_id(),
        username=_checked_username(username),
        display_name=_checked_display_name(display_name),
        password_hash=password_hash,
        is_disabled=False,
        language=language if language in LANGUAGES else LANGUAGES[0],
        created_at=now,
        version=1,
    )
    session.add(user)
    try:
        session.flush()
    except IntegrityError as error:
        raise Refused("username_taken", username=user.username) from error
    chosen = _replace_roles(session, user.id, roles)
    record_change(session, manager, user.id, "user_added", now, roles=chosen)
    return view_of(session, user.id)


def _just_added(
    session: Session, username: str, display_name: str, roles: Iterable[Role], now: datetime
) -> UserView | None:
    """The user of exactly this name and roles, if he was added a moment ago and is untouched."""
    user = session.scalars(
        select(User).where(
            User.username == username_key(username),
            User.display_name == " ".join(display_name.split()),
            User.password_hash.is_(None),
            User.version == 1,
            User.created_at > now - SAME_ENTRY,
        )
    ).first()
    if user is None:
        return None
    view = view_of(session, user.id)
    return view if view.roles == set(roles) else None


def disable_user(
    session: Session, manager: Manager, user_id: int, *, version: int, now: datetime
) -> UserView:
    """Close an account and sign the user out everywhere; a second time changes nothing."""
    return _set_disabled(session, manager, user_id, True, version=version, now=now)


def enable_user(
    session: Session, manager: Manager, user_id: int, *, version: int, now: datetime
) -> UserView:
    """Open a closed account again; a second time changes nothing."""
    return _set_disabled(session, manager, user_id, False, version=version, now=now)


def _set_disabled(
    session: Session,
    manager: Manager,
    user_id: int,
    is_disabled: bool,
    *,
    version: int,
    now: datetime,
) -> UserView:
    require_manager(manager)
    before = view_of(session, user_id)
    if before.is_disabled == is_disabled:
        return before
    _change(session, user_id, version, is_disabled=is_disabled)
    if is_disabled:
        end_sessions(session, user_id, now=now)
        _keep_an_admin(session, before)
    action = "user_disabled" if is_disabled else "user_enabled"
    record_change(session, manager, user_id, action, now)
    return view_of(session, user_id)


def set_roles(
    session: Session,
    manager: Manager,
    user_id: int,
    roles: Iterable[Role],
    *,
    version: int,
    now: datetime,
) -> UserView:
    """Replace a user's roles and sign him out everywhere."""
    require_manager(manager)
    _change(session, user_id, version)
    before = view_of(session, user_id)
    chosen = _replace_roles(session, user_id, roles)
    end_sessions(session, user_id, now=now)
    _keep_an_admin(session, before)
    facts = {"before": sorted(before.roles), "roles": chosen}
    record_change(session, manager, user_id, "user_roles_set", now, **facts)
    return view_of(session, user_id)


def set_insurers(
    session: Session,
    manager: Manager,
    user_id: int,
    insurer_ids: Iterable[int] | None,
    *,
    version: int,
    now: datetime,
) -> UserView:
    """Limit a user to insurers (None: all); works from his next request on."""
    require_manager(manager)
    chosen = None if insurer_ids is None else sorted(set(insurer_ids))
    if chosen == []:
        raise Refused("insurers_needed")
    _change(session, user_id, version)
    session.execute(delete(UserInsurer).where(UserInsurer.user_id == user_id))
    for insurer_id in chosen or ():
        if session.get(Insurer, insurer_id) is None:
            raise Refused("insurer_unknown")
        session.execute(insert(UserInsurer).values(user_id=user_id, insurer_id=insurer_id))
    record_change(session, manager, user_id, "user_insurers_set", now, insurer_ids=chosen)
    return view_of(session, user_id)


def set_affiliation(
    session: Session,
    manager: Manager,
    user_id: int,
    *,
    centre_id: int | None,
    dentist_id: int | None,
    version: int,
    now: datetime,
) -> UserView:
    """Say where a user has an interest: his centre, his identity as a dentist."""
    require_manager(manager)
    if centre_id is not None and session.get(Centre, centre_id) is None:
        raise Refused("centre_unknown")
    if dentist_id is not None and session.get(Dentist, dentist_id) is None:
        raise Refused("dentist_unknown")
    _change(session, user_id, version, centre_id=centre_id, dentist_id=dentist_id)
    facts = {"centre_id": centre_id, "dentist_id": dentist_id}
    record_change(session, manager, user_id, "user_affiliation_set", now, **facts)
    return view_of(session, user_id)


def set_language(session: Session, actor: Actor, language: str) -> None:
    """Remember the language a user chose for himself; no version, the last choice wins."""
    assert language in LANGUAGES, language
    session.execute(update(User).where(User.id == actor.user_id).values(language=language))


def _checked_username(username: str) -> str:
    key = username_key(username)
    if not USERNAME.fullmatch(key):
        raise Refused("username_invalid")
    return key


def _checked_display_name(display_name: str) -> str:
    name = " ".join(display_name.replace("\0", "").split())
    if not 1 <= len(name) <= DISPLAY_NAME_CHARACTERS_MAX:
        raise Refused("display_name_needed", maximum=DISPLAY_NAME_CHARACTERS_MAX)
    return name


def _change(session: Session, user_id: int, version: int, **values: Any) -> None:
    """Change the row if it still is as it was seen; else ``user_stale`` names who changed it."""
    user_of(session, user_id)
    changed = session.execute(
        update(User)
        .where(User.id == user_id, User.version == version)
        .values(version=version + 1, **values)
    )
    assert isinstance(changed, CursorResult)
    if changed.rowcount != 1:
        raise Refused("user_stale", by=_last_changed_by(session, user_id))


def _last_changed_by(session: Session, user_id: int) -> str:
    name = session.scalar(
        select(User.display_name)
        .select_from(AuditEvent)
        .outerjoin(User, AuditEvent.actor_id == User.id)
        .where(AuditEvent.stream == f"user:{user_id}", AuditEvent.action.startswith("user_"))
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    )
    return name or ""


def _replace_roles(session: Session, user_id: int, roles: Iterable[Role]) -> list[str]:
    chosen = sorted({Role(role).value for role in roles})
    if not chosen:
        raise Refused("roles_needed")
    session.execute(delete(UserRole).where(UserRole.user_id == user_id))
    session.execute(insert(UserRole), [{"user_id": user_id, "role": role} for role in chosen])
    return chosen


def _keep_an_admin(session: Session, before: UserView) -> None:
    """Refuse to take the last administrator who can sign in."""
    if Role.ADMIN not in before.roles:
        return
    admins = session.scalar(
        select(func.count())
        .select_from(UserRole)
        .join(User, User.id == UserRole.user_id)
        .where(UserRole.role == Role.ADMIN.value, User.is_disabled.is_(False))
    )
    if not admins:
        raise Refused("last_admin")
