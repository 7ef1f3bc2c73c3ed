"""The ``office``: a prepared desk, filled once per engine and copied for each test."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from tests.services.office import Office, Prepared, prepare
from workbench.db.engine import Database
from workbench.db.models import new_id

NOW = datetime(2025, 11, 22, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def office_file(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Prepared]:
    """The prepared desk in a SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("office") / "workbench.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}", synchronous="NORMAL")
    prepared = prepare(database, NOW)
    with database.write_engine.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path, prepared


@pytest.fixture(scope="session")
def office_template(postgres_admin: Engine) -> Iterator[tuple[str, Prepared]]:
    """The prepared desk in a PostgreSQL database that tests copy."""
    name = f"arzyab_office_{new_id():x}"
    _create(postgres_admin, name, postgres_admin.get_execution_options()["template"])
    database = Database(_url(postgres_admin, name))
    prepared = prepare(database, NOW)
    database.dispose()
    yield name, prepared
    _drop(postgres_admin, name)


@pytest.fixture
def office(
    database_kind: str, tmp_path: Path, now: datetime, request: pytest.FixtureRequest
) -> Iterator[Office]:
    """A copy of the prepared desk for this test alone."""
    assert now == NOW
    if database_kind == "sqlite":
        source, prepared = request.getfixturevalue("office_file")
        path = tmp_path / "office.db"
        shutil.copyfile(source, path)
        yield from _opened(f"sqlite:///{path}", prepared)
        return
    template, prepared = request.getfixturevalue("office_template")
    admin: Engine = request.getfixturevalue("postgres_admin")
    name = f"arzyab_test_{new_id():x}"
    _create(admin, name, template)
    yield from _opened(_url(admin, name), prepared)
    _drop(admin, name)


def _opened(url: str, prepared: Prepared) -> Iterator[Office]:
    database = Database(url, synchronous="NORMAL")
    yield Office(
        database=database,
        desk=prepared.desk,
        colleague=prepared.colleague,
        keys=dict(prepared.keys),
        now=NOW,
    )
    database.dispose()


def _url(admin: Engine, name: str) -> str:
    return admin.url.set(database=name).render_as_string(hide_password=False)


def _create(admin: Engine, name: str, template: str) -> None:
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))


def _drop(admin: Engine, name: str) -> None:
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'))
