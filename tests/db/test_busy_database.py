"""A database that stays busy: a refusal in time, nothing half-done, and work again afterwards."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from workbench.db import engine
from workbench.db.engine import Database
from workbench.errors import Refused


@pytest.fixture
def busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """A database with one table, that waits for tenths of seconds."""
    monkeypatch.setattr(engine, "WAIT_SECONDS", 0.1)
    monkeypatch.setattr(engine, "PATIENCE_SECONDS", 0.3)
    database = Database(f"sqlite:///{tmp_path / 'busy.db'}")
    database.in_tx(lambda session: session.execute(text("CREATE TABLE word (text)")))
    yield database
    database.dispose()


@contextmanager
def lock_of_another_process(database: Database) -> Iterator[None]:
    """The write lock of the file, held outside the engine."""
    other = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def write(database: Database) -> None:
    database.in_tx(lambda session: session.execute(text("INSERT INTO word VALUES ('x')")))


def count(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(text("SELECT count(*) FROM word")) or 0


def test_a_locked_file_is_refused_when_patience_ends_and_written_afterwards(busy: Database) -> None:
    with lock_of_another_process(busy):
        begun = time.monotonic()
        with pytest.raises(Refused, match="database_busy"):
            write(busy)
        assert 0.3 <= time.monotonic() - begun < 1
        assert count(busy) == 0
    write(busy)
    assert count(busy) == 1


def test_who_waits_behind_a_long_writer_of_this_process_is_refused_too(busy: Database) -> None:
    inside, may_end = threading.Event(), threading.Event()

    def work(session: object) -> None:
        inside.set()
        may_end.wait(5)

    writer = threading.Thread(target=lambda: busy.in_tx(work))
    writer.start()
    assert inside.wait(5)
    with pytest.raises(Refused, match="database_busy"):
        write(busy)
    may_end.set()
    writer.join()
    write(busy)
    assert count(busy) == 1
