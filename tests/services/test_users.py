"""Users: added, changed and disabled by those who may, on the record, by version."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from people import PASSWORD, add
from sqlalchemy import select

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Insurer
from workbench.errors import Refused
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.people import password_reset, users
from workbench.services.people import views as user_views
from workbench.services.people.passwords import new_password_hash
from workbench.services.people.sessions import actor_for
from workbench.services.people.sign_in import sign_in
from workbench.services.people.views import Operator, UserView
from workbench.services.trail import TrailFilter, read_trail

CLI = Operator.COMMAND_LINE


def actor(user: UserView) -> Actor:
    return Actor(
        user_id=user.user_id,
        username=user.username,
        display_name=user.display_name,
        roles=user.roles,
    )


@pytest.fixture
def admin(database: Database, now: datetime) -> Actor:
    return actor(add(database, now, "admin", Role.ADMIN))


@pytest.fixture
def someone(database: Database, now: datetime, admin: Actor) -> UserView:
    return add(database, now, "assessor1", Role.ASSESSOR)


def events(database: Database, user_id: int) -> list[tuple[str, int | None]]:
    statement = select(AuditEvent.action, AuditEvent.actor_id).where(
        AuditEvent.stream == f"user:{user_id}"
    )
    with database.reading() as session:
        return [tuple(row) for row in session.execute(statement.order_by(AuditEvent.sequence))]


def refused(work: Callable[[], Any]) -> Refused:
    with pytest.raises(Refused) as caught:
        work()
    return caught.value


def has_session(database: Database, token: str, now: datetime) -> bool:
    with database.reading() as session:
        return actor_for(session, token, now=now) is not None


CHANGES: dict[str, Callable[..., Any]] = {
    "list": lambda session, manager, _user, _now: user_views.list_users(session, manager),
    "named": lambda session, manager, user, _now: user_views.user_named(
        session, manager, user.username
    ),
    "add": lambda session, manager, _user, now: users.add_user(
        session, manager, username="new", display_name="نو", roles=[Role.LEAD], now=now
    ),
    "disable": lambda session, manager, user, now: users.disable_user(
        session, manager, user.user_id, version=user.version, now=now
    ),
    "enable": lambda session, manager, user, now: users.enable_user(
        session, manager, user.user_id, version=user.version, now=now
    ),
    "roles": lambda session, manager, user, now: users.set_roles(
        session, manager, user.user_id, [Role.LEAD], version=user.version, now=now
    ),
    "insurers": lambda session, manager, user, now: users.set_insurers(
        session, manager, user.user_id, None, version=user.version, now=now
    ),
    "affiliation": lambda session, manager, user, now: users.set_affiliation(
        session,
        manager,
        user.user_id,
        centre_id=None,
        dentist_id=None,
        version=user.version,
        now=now,
    ),
    "reset link": lambda session, manager, user, now: password_reset.issue_reset_link(
        session, manager, user.user_id, now=now
    ),
    "password": lambda session, manager, user, now: password_reset.set_password(
        session, manager, user.user_id, new_password_hash("ten letters", ""), now=now
    ),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_an_administrator_manages_users(
    database: Database, someone: UserView, now: datetime, name: str, role: Role
) -> None:
    other = Actor(user_id=5, username="x", display_name="x", roles=frozenset({role}))
    error = refused(lambda: database.in_tx(lambda s: CHANGES[name](s, other, someone, now)))
    assert error.code == "not_permitted"
    assert len(events(database, someone.user_id)) == 1


@pytest.mark.parametrize("name", CHANGES)
def test_nobody_is_not_the_command_line(
    database: Database, someone: UserView, now: datetime, name: str
) -> None:
    with pytest.raises(AttributeError):
        database.in_tx(lambda session: CHANGES[name](session, None, someone, now))


@pytest.mark.parametrize("name", CHANGES)
def test_an_administrator_and_the_command_line_may(
    database: Database, someone: UserView, admin: Actor, now: datetime, name: str
) -> None:
    for manager in (admin, CLI):
        with database.reading() as session:  # Rolled back: both see the same user.
            CHANGES[name](session, manager, someone, now)


def test_a_new_user_is_on_the_record(database: Database, admin: Actor, now: datetime) -> None:
    new = database.in_tx(lambda session: CHANGES["add"](session, admin, None, now))
    assert new.roles == {Role.LEAD}
    assert not new.has_password
    assert events(database, new.user_id) == [("user_added", admin.user_id)]
    with database.reading() as session:
        facts = session.scalars(
            select(AuditEvent.facts).where(AuditEvent.stream == f"user:{new.user_id}")
        ).one()
    assert facts == {"roles": ["lead"]}  # No names in the trail.


def test_the_trail_page_says_whose_account_was_changed(
    database: Database, admin: Actor, now: datetime
) -> None:
    new = database.in_tx(lambda session: CHANGES["add"](session, admin, None, now))
    auditor = replace(admin, roles=frozenset({Role.AUDITOR}))
    with database.reading() as session:
        wanted = TrailFilter(stream=f"user:{new.user_id}")
        (entry,) = read_trail(session, auditor, wanted).entries
    assert entry.username == new.username
    assert new.username in entry.details


def test_a_user_name_is_taken_once(database: Database, someone: UserView, now: datetime) -> None:
    assert refused(lambda: add(database, now, "Assessor1")).code == "username_taken"


def test_a_double_click_adds_one_user(database: Database, admin: Actor, now: datetime) -> None:
    def add_new(at: datetime, roles: list[Role]) -> UserView:
        return database.in_tx(
            lambda session: users.add_user(
                session, admin, username="new", display_name="نو", roles=roles, now=at
            )
        )

    first = add_new(now, [Role.LEAD])
    assert add_new(now + timedelta(seconds=2), [Role.LEAD]) == first
    assert events(database, first.user_id) == [("user_added", admin.user_id)]
    assert refused(lambda: add_new(now, [Role.FINANCE])).code == "username_taken"
    later = now + users.SAME_ENTRY
    assert refused(lambda: add_new(later, [Role.LEAD])).code == "username_taken"


@pytest.mark.parametrize("username", ["", "ab", "1abc", "نام", "a b c", "a" * 41, "a/../b"])
def test_a_bad_user_name_is_refused(database: Database, now: datetime, username: str) -> None:
    assert refused(lambda: add(database, now, username)).code == "username_invalid"


def test_a_user_needs_a_role(database: Database, someone: UserView, now: datetime) -> None:
    error = refused(
        lambda: database.in_tx(
            lambda session: users.set_roles(
                session, CLI, someone.user_id, [], version=someone.version, now=now
            )
        )
    )
    assert error.code == "roles_needed"


@pytest.mark.parametrize("name", ["disable", "roles"])
def test_disabling_and_other_roles_sign_out_at_once(
    database: Database, someone: UserView, admin: Actor, now: datetime, name: str
) -> None:
    token = sign_in(database, "assessor1", PASSWORD, "192.0.2.1", now=now).token
    database.in_tx(lambda session: CHANGES[name](session, admin, someone, now))
    assert not has_session(database, token, now)
    action = {"disable": "user_disabled", "roles": "user_roles_set"}[name]
    assert events(database, someone.user_id)[-1] == (action, admin.user_id)


def test_disabling_twice_changes_nothing_the_second_time(
    database: Database, someone: UserView, admin: Actor, now: datetime
) -> None:
    first = database.in_tx(lambda session: CHANGES["disable"](session, admin, someone, now))
    second = database.in_tx(lambda session: CHANGES["disable"](session, admin, someone, now))
    assert first == second
    assert [name for name, _ in events(database, someone.user_id)].count("user_disabled") == 1


def test_an_enabled_user_signs_in_again(
    database: Database, someone: UserView, admin: Actor, now: datetime
) -> None:
    closed = database.in_tx(lambda session: CHANGES["disable"](session, admin, someone, now))
    opened = database.in_tx(lambda session: CHANGES["enable"](session, admin, closed, now))
    assert not opened.is_disabled
    assert sign_in(database, "assessor1", PASSWORD, "192.0.2.1", now=now).token


@pytest.mark.parametrize("name", ["disable", "roles", "insurers", "affiliation"])
def test_a_stale_version_is_refused_and_names_who_changed_it(
    database: Database, someone: UserView, admin: Actor, now: datetime, name: str
) -> None:
    database.in_tx(lambda session: CHANGES["affiliation"](session, admin, someone, now))
    error = refused(lambda: database.in_tx(lambda s: CHANGES[name](s, admin, someone, now)))
    assert (error.code, error.facts) == ("user_stale", {"by": admin.display_name})


@pytest.mark.parametrize("name", ["disable", "roles"])
def test_the_last_administrator_stays(
    database: Database, admin: Actor, now: datetime, name: str
) -> None:
    with database.reading() as session:
        me = user_views.user_named(session, CLI, "admin")
    error = refused(lambda: database.in_tx(lambda s: CHANGES[name](s, admin, me, now)))
    assert error.code == "last_admin"
    add(database, now, "admin2", Role.ADMIN)
    database.in_tx(lambda session: CHANGES[name](session, admin, me, now))


def test_insurers_limit_a_user_from_the_next_request_on(
    database: Database, someone: UserView, admin: Actor, now: datetime
) -> None:
    token = sign_in(database, "assessor1", PASSWORD, "192.0.2.1", now=now).token
    database.in_tx(lambda session: session.add(Insurer(id=7, code="a", name="الف")))
    limited = database.in_tx(
        lambda session: users.set_insurers(
            session, admin, someone.user_id, [7], version=someone.version, now=now
        )
    )
    with database.reading() as session:
        seen = actor_for(session, token, now=now)
    assert seen is not None
    assert seen.insurer_ids == limited.insurer_ids == {7}


@pytest.mark.parametrize(
    ("insurer_ids", "code"), [([], "insurers_needed"), ([99], "insurer_unknown")]
)
def test_no_insurer_at_all_does_not_mean_all(
    database: Database,
    someone: UserView,
    admin: Actor,
    now: datetime,
    insurer_ids: list[int],
    code: str,
) -> None:
    def limit(session):
        return users.set_insurers(
            session, admin, someone.user_id, insurer_ids, version=someone.version, now=now
        )

    assert refused(lambda: database.in_tx(limit)).code == code


@pytest.mark.parametrize("field", ["centre_id", "dentist_id"])
def test_an_unknown_affiliation_is_refused(
    database: Database, someone: UserView, admin: Actor, now: datetime, field: str
) -> None:
    values = {"centre_id": None, "dentist_id": None, field: 99}

    def affiliate(session):
        return users.set_affiliation(
            session, admin, someone.user_id, version=someone.version, now=now, **values
        )

    expected = field.replace("_id", "_unknown")
    assert refused(lambda: database.in_tx(affiliate)).code == expected


def use_link(database: Database, token: str, password: str, now: datetime) -> None:
    hashed = new_password_hash(password, "assessor1")
    database.in_tx(
        lambda session: password_reset.set_password_by_token(session, token, hashed, now=now)
    )


def test_a_reset_link_works_once_and_ends_all_sessions(
    database: Database, someone: UserView, admin: Actor, now: datetime
) -> None:
    old = sign_in(database, "assessor1", PASSWORD, "192.0.2.1", now=now).token
    link = database.in_tx(lambda session: CHANGES["reset link"](session, admin, someone, now))
    use_link(database, link, "another sentence", now)
    assert not has_session(database, old, now)
    assert sign_in(database, "assessor1", "another sentence", "192.0.2.1", now=now).token
    assert refused(lambda: sign_in(database, "assessor1", PASSWORD, "192.0.2.1", now=now))
    error = refused(lambda: use_link(database, link, "a third sentence", now))
    assert error.code == "reset_link_invalid"
    names = [name for name, _ in events(database, someone.user_id)]
    assert "user_reset_link_issued" in names
    assert "password_set" in names


def test_a_reset_link_lifts_a_lock_out(
    database: Database, someone: UserView, admin: Actor, now: datetime
) -> None:
    for _ in range(5):
        refused(lambda: sign_in(database, "assessor1", "wrong", "192.0.2.1", now=now))
    link = database.in_tx(lambda session: CHANGES["reset link"](session, admin, someone, now))
    use_link(database, link, "another sentence", now)
    assert sign_in(database, "assessor1", "another sentence", "192.0.2.1", now=now).token


def test_a_reset_link_holds_a_day(
    database: Database, someone: UserView, admin: Actor, now: datetime
) -> None:
    link = database.in_tx(lambda session: CHANGES["reset link"](session, admin, someone, now))
    day = timedelta(hours=24)
    with database.reading() as session:
        late = now + day - timedelta(seconds=1)
        name = password_reset.username_of_reset_link(session, link, now=late)
    assert name == "assessor1"
    error = refused(lambda: use_link(database, link, "another sentence", now + day))
    assert error.code == "reset_link_invalid"


def test_a_new_reset_link_replaces_the_old(
    database: Database, someone: UserView, admin: Actor, now: datetime
) -> None:
    links = [
        database.in_tx(lambda session: CHANGES["reset link"](session, admin, someone, now))
        for _ in range(2)
    ]
    assert refused(lambda: use_link(database, links[0], "another sentence", now))
    use_link(database, links[1], "another sentence", now)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("nine char", "password_too_short"),
        ("آآآآآآآآآآ", "password_too_simple"),
        ("x1y2" * 200, "password_too_long"),
        ("my-ASSESSOR1-is-best", "password_holds_username"),
    ],
)
def test_a_weak_password_is_refused(password: str, code: str) -> None:
    assert refused(lambda: new_password_hash(password, "assessor1")).code == code


def test_users_are_listed_by_name_and_page(
    database: Database, someone: UserView, admin: Actor, now: datetime
) -> None:
    add(database, now, "zahra1", Role.FINANCE)
    with database.reading() as session:
        first = user_views.list_users(session, admin, limit=2)
        rest = user_views.list_users(session, admin, after=first[-1].username)
    assert [user.username for user in first] == ["admin", "assessor1"]
    assert [(user.username, user.roles) for user in rest] == [("zahra1", {Role.FINANCE})]
