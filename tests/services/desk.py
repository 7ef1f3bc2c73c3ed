"""Users at the desk, as rows: what services need of an actor beyond his roles."""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.models import User, UserRole
from workbench.rules.workflow import Role
from workbench.services.access import Actor, actor_of


def user(session: Session, now: datetime, username: str, *roles: Role, **columns: object) -> Actor:
    """A new user with these roles, as an actor."""
    row = User(username=username, display_name=username, created_at=now, **columns)
    session.add(row)
    session.flush()
    session.add_all(UserRole(user_id=row.id, role=role) for role in roles)
    session.flush()
    return actor_of(session, row)


def assessor_of(session: Session, now: datetime, username: str = "assessor-1") -> Actor:
    """A new assessor."""
    return user(session, now, username, Role.ASSESSOR)


def lead_of(session: Session, now: datetime, username: str = "lead-1") -> Actor:
    """A new lead."""
    return user(session, now, username, Role.LEAD)
