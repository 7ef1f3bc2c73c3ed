"""A file is made with the rights of the moment, not with those of the page that offered it."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import delete

from tests.services.desk import user
from workbench.db.engine import Database
from workbench.db.models import User, UserRole
from workbench.errors import Refused
from workbench.rules.workflow import Role
from workbench.services.access import present_actor

NOW = datetime(2026, 11, 21, 9, 10, tzinfo=UTC)


def test_a_role_that_was_taken_away_is_gone(database: Database) -> None:
    actor = database.in_tx(lambda s: user(s, NOW, "two", Role.LEAD, Role.FINANCE))
    with database.reading() as session:
        assert present_actor(session, actor) == actor
    database.in_tx(lambda s: s.execute(delete(UserRole).filter_by(role=Role.FINANCE)))
    with database.reading() as session:
        assert present_actor(session, actor).roles == {Role.LEAD}


def test_a_closed_account_makes_no_file(database: Database) -> None:
    actor = database.in_tx(lambda s: user(s, NOW, "closed", Role.LEAD))

    def close(session) -> None:
        session.get(User, actor.user_id).is_disabled = True

    database.in_tx(close)
    with database.reading() as session, pytest.raises(Refused, match="signed_out"):
        present_actor(session, actor)
