"""One database per process for the tests, put back to a known content before each of them.

The engine stays, so that a statement is compiled once per process and not once per test. A world
that many tests begin with (a stage) is made once per process and copied from then on.
"""

import copy
import pickle
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Engine, event, text

from workbench.db.engine import Database
from workbench.db.models import new_id

Prepare = Callable[..., Any]
"""What the fixture ``prepared`` is: see ``Stages.prepared``."""


class Content(Protocol):
    """What a database holds; nobody may be connected while it is kept or put back."""

    url: str
    empty: str

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
    """A database of a PostgreSQL server, with what is kept in template databases."""

    def __init__(self, admin: Engine, empty: str) -> None:
        self._admin = admin
        self._name = f"arzyab_test_{new_id():x}"
        self._kept: list[str] = []
        self.url = admin.url.set(database=self._name).render_as_string(hide_password=False)
        self.empty = empty

    def keep(self) -> str:
        kept = f"arzyab_kept_{new_id():x}"
        self._run(f'CREATE DATABASE "{kept}" TEMPLATE "{self._name}"')
        self._kept.append(kept)
        return kept

    def put_back(self, name: str) -> None:
        self._drop(self._name)
        self._run(f'CREATE DATABASE "{self._name}" TEMPLATE "{name}"')

    def close(self) -> None:
        for name in (self._name, *self._kept):
            self._drop(name)

    def _drop(self, name: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(text(statement))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Stage:
    """What ``fill`` made of the stage before it."""

    before: "Stage | None"
    fill: Callable[..., Any]
    given: tuple[Any, ...]
    made: bytes
    kept: str


class Stages:
    """The database of this process and the stages it has been through."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._stages: list[Stage] = []
        self._stage: Stage | None = None
        self._commit_count = self._commit_count_then = 0
        self._base = Database(content.url, synchronous="OFF")
        event.listen(self._base.write_engine, "commit", self._note_commit)
        self.url = content.url

    def begin(self) -> None:
        """The database of this URL is migrated and empty from now on."""
        self._put(None)

    def database(self) -> Database:
        """The database, with engines that share all but their event listeners with the base."""
        opened = copy.copy(self._base)
        opened.read_engine = self._base.read_engine.execution_options()
        opened.write_engine = (
            self._base.write_engine.execution_options() if opened.is_sqlite else opened.read_engine
        )
        return opened

    def prepared(self, fill: Callable[..., Any], *given: Any) -> Any:
        """What ``fill(database, *given)`` makes and returns, made once and then copied.

        ``fill`` is a function of a module and what it returns can be pickled. Stages follow each
        other; nothing may be written before them or in between.
        """
        assert self._commit_count == self._commit_count_then, "written to before it was prepared"
        for stage in self._stages:
            if (stage.before, stage.fill, stage.given) == (self._stage, fill, given):
                self._put(stage)
                break
        else:
            stage = self._make(fill, given)
        return pickle.loads(stage.made)

    def close(self) -> None:
        """Disconnect and remove everything."""
        self._base.dispose()
        self._content.close()

    def _make(self, fill: Callable[..., Any], given: tuple[Any, ...]) -> Stage:
        made = pickle.dumps(fill(self.database(), *given))
        self._base.dispose()
        stage = Stage(
            before=self._stage, fill=fill, given=given, made=made, kept=self._content.keep()
        )
        self._stages.append(stage)
        self._stage, self._commit_count_then = stage, self._commit_count
        return stage

    def _put(self, stage: Stage | None) -> None:
        self._base.dispose()
        self._content.put_back(stage.kept if stage else self._content.empty)
        self._stage, self._commit_count_then = stage, self._commit_count

    def _note_commit(self, _connection: object) -> None:
        self._commit_count += 1
