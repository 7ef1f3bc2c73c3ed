"""The web layer as the server runs it; Streamlit's own routes behind the gate are stood in for."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import ORIGIN, PASSWORD, AddUser, SignIn, build_app, post_sign_in
from starlette.testclient import TestClient

from workbench import clock
from workbench.db.engine import Database
from workbench.rules.workflow import Role
from workbench.services import runtime
from workbench.services.people.passwords import hash_password
from workbench.services.people.users import add_user
from workbench.services.people.views import Operator, UserView
from workbench.settings import settings
from workbench.web.requests import SESSION_COOKIE


@pytest.fixture
def environment(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[pytest.MonkeyPatch]:
    """Settings of this test's own; call ``settings.cache_clear()`` after a change."""
    monkeypatch.setenv("WORKBENCH_DATABASE_URL", database_url)
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path))
    monkeypatch.delenv("WORKBENCH_DEMO", raising=False)
    settings.cache_clear()
    runtime.close()
    yield monkeypatch
    runtime.close()
    settings.cache_clear()


@pytest.fixture
def web_database(environment: pytest.MonkeyPatch) -> Database:
    """The database the web layer uses in this test."""
    return runtime.database()


@pytest.fixture
def client(web_database: Database) -> Iterator[TestClient]:
    """A browser that follows no redirects by itself."""
    with TestClient(build_app(), ORIGIN, follow_redirects=False) as browser:
        browser.headers["origin"] = ORIGIN
        yield browser


@pytest.fixture
def add(web_database: Database) -> AddUser:
    """Add a user who can sign in: ``add("name", Role…)``."""

    def add_one(username: str = "assessor1", *roles: Role) -> UserView:
        return web_database.in_tx(
            lambda session: add_user(
                session,
                Operator.COMMAND_LINE,
                username=username,
                display_name="ارزیاب نمونه",
                roles=roles or (Role.ASSESSOR,),
                now=clock.now(),
                password_hash=hash_password(PASSWORD),
            )
        )

    return add_one


@pytest.fixture
def sign_in(client: TestClient, add: AddUser) -> SignIn:
    """Add a user, sign him in with this browser, return the session token."""

    def sign_one_in(username: str = "assessor1", *roles: Role) -> str:
        client.cookies.clear()
        add(username, *roles)
        assert post_sign_in(client, username).status_code == 303
        return client.cookies[SESSION_COOKIE]

    return sign_one_in
