"""Users for the tests of sign-in, sessions and users."""

from datetime import datetime

from workbench.db.engine import Database
from workbench.rules.workflow import Role
from workbench.services.people.passwords import hash_password
from workbench.services.people.users import add_user
from workbench.services.people.views import Operator, UserView

PASSWORD = "a sentence to remember"


def add(
    database: Database,
    now: datetime,
    username: str = "assessor1",
    *roles: Role,
    password: str = PASSWORD,
) -> UserView:
    """A user who can sign in; an assessor unless roles are given."""
    hashed = hash_password(password)
    return database.in_tx(
        lambda session: add_user(
            session,
            Operator.COMMAND_LINE,
            username=username,
            display_name="ارزیاب نمونه",
            roles=roles or (Role.ASSESSOR,),
            now=now,
            password_hash=hashed,
        )
    )
