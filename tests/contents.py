"""What the database of a test process holds: kept under a name, and put back as it was."""

import shutil
from collections.abc import Collection
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, Engine, create_engine, text

from workbench.db.models import Base, new_id

States = dict[str, tuple[int, int | None]]

TABLES = (*Base.metadata.tables, "alembic_version")
NO_ROWS_BYTES = 21  # what COPY writes of an empty table
WITHOUT_KEYS = "SET LOCAL session_replication_role = replica"
UNKNOWN = text(
    "UPDATE pg_class SET relpages = 0, reltuples = -1, relallvisible = 0"
    " WHERE relnamespace = 'public'::regnamespace AND relname = ANY(:tables)"
)
OTHERS_END = text(
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE state <> 'idle'"
    " AND backend_type = 'client backend' AND datname = current_database()"
    " AND pid <> pg_backend_pid()"
)
SCHEMA = text(
    " UNION ALL ".join(
        f"SELECT '{catalogue}', count(*), max(xmin::text::bigint) FROM {catalogue} WHERE {ours}"
        for catalogue, ours in (
            ("pg_class", "relnamespace = 'public'::regnamespace"),
            ("pg_attribute", "attrelid >= 16384"),
            ("pg_constraint", "connamespace = 'public'::regnamespace"),
        )
    )
)


class Content(Protocol):
    """What a database holds; nobody may be in a transaction while it is kept or put back."""

    url: str
    empty: str

    def begin(self) -> None:
        """Whatever the last test left behind, content can be put back from now on."""

    def keep(self) -> str:
        """Keep the content of now; returns the name to put it back by."""

    def put_back(self, name: str) -> None:
        """Make what was kept under this name the content."""

    def close(self) -> None:
        """Remove everything."""


class SqliteContent:
    """A SQLite file, with what is kept in files beside it."""

    def __init__(self, folder: Path, empty: Path) -> None:
        self._path = folder / "workbench.db"
        self._wal = folder / "workbench.db-wal"
        self._kept_count = 0
        self.url = f"sqlite:///{self._path}"
        self.empty = str(empty)

    def begin(self) -> None:
        """A copied file is as it was, whatever became of it."""

    def keep(self) -> str:
        assert not self._wal.exists(), "somebody still holds a connection"
        self._kept_count += 1
        kept = self._path.with_name(f"kept-{self._kept_count}.db")
        shutil.copyfile(self._path, kept)
        return str(kept)

    def put_back(self, name: str) -> None:
        for path in (self._path, self._wal, self._path.with_name("workbench.db-shm")):
            path.unlink(missing_ok=True)
        shutil.copyfile(name, self._path)

    def close(self) -> None:
        """The folder is one of pytest's: it goes with the others."""


class PostgresContent:
    """A database of a PostgreSQL server; what is kept are the rows of its tables.

    Only tables that were written to are put back, in place: a database made anew waits for the
    server's checkpoints, and its first readers for plans and catalogues. A test that changed the
    schema leaves nothing to put rows into: then the database is made anew. The user is a superuser.
    """

    def __init__(self, admin: Engine, template: str) -> None:
        self._admin = admin
        self._template = template
        self._name = f"arzyab_test_{new_id():x}"
        self._seen: States = {}
        self._rows: dict[str, bytes] = {}
        self._kept: list[dict[str, bytes]] = []
        self.url = admin.url.set(database=self._name).render_as_string(hide_password=False)
        self._engine = create_engine(self.url)
        self._make_anew()
        self.empty = self.keep()

    def begin(self) -> None:
        with self._engine.begin() as connection:
            connection.execute(OTHERS_END)
            schema = connection.execute(SCHEMA).all()
        if schema != self._schema:
            self._make_anew()

    def keep(self) -> str:
        with self._engine.begin() as connection:
            changed = self._changed(connection)
            self._rows = self._rows | {name: _copy_out(connection, name) for name in changed}
            self._seen |= _states(connection, changed)
        self._kept.append(self._rows)
        return str(len(self._kept) - 1)

    def put_back(self, name: str) -> None:
        wanted = self._kept[int(name)]
        with self._engine.begin() as connection:
            changed = self._changed(connection)
            changed |= {table for table in wanted if wanted[table] is not self._rows[table]}
            _delete(connection, changed)
        self._vacuum(changed)
        with self._engine.begin() as connection:
            _fill(connection, {table: wanted[table] for table in changed})
            self._seen |= _states(connection, changed)
        self._rows = wanted

    def close(self) -> None:
        self._drop()

    def _make_anew(self) -> None:
        """The database as the template is; none of its rows are known."""
        self._drop()
        self._run(f'CREATE DATABASE "{self._name}" TEMPLATE "{self._template}"')
        self._seen = {}
        with self._engine.begin() as connection:
            self._schema = connection.execute(SCHEMA).all()

    def _vacuum(self, tables: Collection[str]) -> None:
        """Give the room of deleted rows back: rows are read in the order they are written in.

        The planner knows no more of these tables than of new ones.
        """
        if not tables:
            return
        names = ", ".join(f'"{table}"' for table in tables)
        with self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as alone:
            alone.exec_driver_sql(f"VACUUM (INDEX_CLEANUP ON) {names}")
            alone.execute(UNKNOWN, {"tables": list(tables)})
            self._schema = alone.execute(SCHEMA).all()

    def _changed(self, connection: Connection) -> set[str]:
        """The tables somebody wrote to since they were kept or put back."""
        now = _states(connection, TABLES)
        return {name for name, state in now.items() if state != self._seen.get(name)}

    def _drop(self) -> None:
        self._engine.dispose()
        self._run(f'DROP DATABASE IF EXISTS "{self._name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


def _states(connection: Connection, tables: Collection[str]) -> States:
    """Table → how many rows it has and which transaction wrote the newest of them."""
    if not tables:
        return {}
    each = (f"SELECT '{t}', count(*), max(xmin::text::bigint) FROM \"{t}\"" for t in tables)
    found = connection.exec_driver_sql(" UNION ALL ".join(each))
    return {table: (count, newest) for table, count, newest in found}


def _copy_out(connection: Connection, table: str) -> bytes:
    with connection.connection.cursor().copy(f'COPY "{table}" TO STDOUT (FORMAT binary)') as rows:
        return b"".join(rows)


def _delete(connection: Connection, tables: Collection[str]) -> None:
    deletes = (f'DELETE FROM "{table}"' for table in tables)
    connection.connection.cursor().execute("; ".join((WITHOUT_KEYS, *deletes)))


def _fill(connection: Connection, content: dict[str, bytes]) -> None:
    """Give these empty tables these rows; foreign keys hold again once all are there."""
    cursor = connection.connection.cursor()
    cursor.execute(WITHOUT_KEYS)
    for table, rows in content.items():
        if len(rows) > NO_ROWS_BYTES:
            with cursor.copy(f'COPY "{table}" FROM STDIN (FORMAT binary)') as copied:
                copied.write(rows)
