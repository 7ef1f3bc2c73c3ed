"""Sessions: how long they hold, what ends them, who stands behind them."""

from datetime import datetime, timedelta

import pytest
from people import PASSWORD, add
from sqlalchemy import event, select, update

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Insurer, User, UserInsurer, UserSession
from workbench.rules.workflow import Role
from workbench.services.people.sessions import (
    actor_by_token,
    actor_for,
    count_open_sessions,
    end_sessions,
    sign_out,
)
from workbench.services.people.sign_in import sign_in


@pytest.fixture
def token(database: Database, now: datetime) -> str:
    add(database, now, "assessor1", Role.ASSESSOR, Role.LEAD)
    return sign_in(database, "assessor1", PASSWORD, "192.0.2.1", now=now).token


def is_open(database: Database, token: str, now: datetime) -> bool:
    with database.reading() as session:
        return actor_for(session, token, now=now) is not None


def test_actor_carries_roles_and_insurers(database: Database, token: str, now: datetime) -> None:
    def limit(session):
        user = session.scalars(select(User)).one()
        session.add_all([Insurer(id=7, code="a", name="الف"), Insurer(id=8, code="b", name="ب")])
        session.flush()
        session.add_all(UserInsurer(user_id=user.id, insurer_id=n) for n in (7, 8))

    database.in_tx(limit)
    with database.reading() as session:
        actor = actor_for(session, token, now=now)
    assert actor is not None
    assert actor.roles == {Role.ASSESSOR, Role.LEAD}
    assert actor.insurer_ids == {7, 8}


def test_a_user_without_insurer_rows_works_for_all(
    database: Database, token: str, now: datetime
) -> None:
    with database.reading() as session:
        actor = actor_for(session, token, now=now)
    assert actor is not None
    assert actor.insurer_ids is None


def test_one_statement_finds_the_actor(database: Database, token: str, now: datetime) -> None:
    statements: list[str] = []
    with database.reading() as session:
        event.listen(
            session.connection(),
            "before_cursor_execute",
            lambda *args: statements.append(args[2]),
        )
        actor_for(session, token, now=now)
    assert len(statements) == 1


def test_session_ends_after_thirty_idle_minutes(
    database: Database, token: str, now: datetime
) -> None:
    assert is_open(database, token, now + timedelta(minutes=29, seconds=59))
    assert not is_open(database, token, now + timedelta(minutes=30))


def test_work_keeps_it_open_until_twelve_hours_are_over(
    database: Database, token: str, now: datetime
) -> None:
    for minutes in range(0, 12 * 60, 20):
        at = now + timedelta(minutes=minutes)
        assert actor_by_token(database, token, now=at) is not None
    assert actor_by_token(database, token, now=now + timedelta(hours=12)) is None


def test_a_timer_does_not_keep_it_open(database: Database, token: str, now: datetime) -> None:
    at = now + timedelta(minutes=20)
    assert actor_by_token(database, token, now=at, is_activity=False) is not None
    assert actor_by_token(database, token, now=now + timedelta(minutes=31)) is None


def test_being_seen_is_written_at_most_once_a_minute(
    database: Database, token: str, now: datetime
) -> None:
    actor_by_token(database, token, now=now + timedelta(seconds=59))
    with database.reading() as session:
        assert session.scalar(select(UserSession.seen_at)) == now
    later = now + timedelta(seconds=60)
    actor_by_token(database, token, now=later)
    with database.reading() as session:
        assert session.scalar(select(UserSession.seen_at)) == later


def test_a_disabled_user_has_no_session(database: Database, token: str, now: datetime) -> None:
    database.in_tx(lambda session: session.execute(update(User).values(is_disabled=True)))
    assert not is_open(database, token, now)


def test_sign_out_ends_it_and_a_second_time_changes_nothing(
    database: Database, token: str, now: datetime
) -> None:
    assert database.in_tx(lambda session: sign_out(session, token, now=now))
    assert not database.in_tx(lambda session: sign_out(session, token, now=now))
    assert not is_open(database, token, now)
    statement = select(AuditEvent.action).where(AuditEvent.action == "sign_out")
    with database.reading() as session:
        assert len(session.scalars(statement).all()) == 1


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "x" * 5000, "گ" * 50, "\0"], ids=str.__len__)
def test_an_invented_token_opens_nothing(database: Database, token: str, now: datetime) -> None:
    assert not is_open(database, token, now)


def test_all_sessions_of_a_user_end_together(database: Database, token: str, now: datetime) -> None:
    other = sign_in(database, "assessor1", PASSWORD, "192.0.2.9", now=now).token
    with database.reading() as session:
        user_id = session.scalars(select(User.id)).one()
        assert count_open_sessions(session, now=now) == 2
    assert database.in_tx(lambda session: end_sessions(session, user_id, now=now)) == 2
    assert not is_open(database, token, now)
    assert not is_open(database, other, now)
