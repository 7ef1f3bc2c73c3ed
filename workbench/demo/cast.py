"""The people at the desk of the demo: its users, registered with their roles."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.people import users
from workbench.services.people.passwords import PasswordHash
from workbench.services.people.views import Operator, UserView, list_users
from workbench.web.demo_users import demo_users

Cast = Mapping[str, Actor]
"""User name → the actor he is when he signs in."""

CONFLICTED = frozenset({"assessor3", "commission3"})
"""They work at a centre too and may decide nothing of it."""

ASSESSORS = ("assessor2", "assessor3", "lead", "assessor1")


def register_users(
    session: Session, password_hash: PasswordHash, conflict_centre_id: int, *, now: datetime
) -> None:
    """Add the demo's users that are missing."""
    manager = Operator.COMMAND_LINE
    known = {user.username for user in list_users(session, manager)}
    for user in demo_users():
        if user.username in known:
            continue
        added = users.add_user(
            session,
            manager,
            username=user.username,
            display_name=user.display_name,
            roles=user.roles,
            password_hash=password_hash,
            now=now,
        )
        if user.username in CONFLICTED:
            users.set_affiliation(
                session,
                manager,
                added.user_id,
                centre_id=conflict_centre_id,
                dentist_id=None,
                version=added.version,
                now=now,
            )


def read_cast(session: Session) -> Cast:
    """The demo's users as actors."""
    return {user.username: _actor(user) for user in list_users(session, Operator.COMMAND_LINE)}


def _actor(user: UserView) -> Actor:
    return Actor(
        user_id=user.user_id,
        username=user.username,
        display_name=user.display_name,
        roles=frozenset(Role(role) for role in user.roles),
        insurer_ids=user.insurer_ids,
        centre_id=user.centre_id,
        dentist_id=user.dentist_id,
        language=user.language,
    )
