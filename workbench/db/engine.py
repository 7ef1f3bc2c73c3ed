"""One database, two ways in: a writing transaction and a reading one.

SQLite: WAL, foreign keys, ``busy_timeout``; a writer begins with ``BEGIN IMMEDIATE`` behind a
process-wide lock (without it eight writers starve each other), readers begin plainly on an engine
of their own. PostgreSQL: one engine. ``in_tx`` opens, runs, commits and repeats what a busy
database or a serialization failure threw away, so the function it is given must stand a repeat.
"""

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree
from sqlalchemy.orm import Session

from workbench.errors import Refused

T = TypeVar("T")
WAIT_SECONDS = 5  # of one try: SQLite's busy_timeout, PostgreSQL's lock_timeout
PATIENCE_SECONDS = 15  # of all tries together; then the user is told
CONNECT_TIMEOUT_SECONDS = 5
ATTEMPTS_MAX = 8
ANALYSIS_ROWS = 1_000
RETRY_STATES = {"40001", "40P01", "55P03"}
CLASHES = ("audit_event_stream", "audit_seal", "ceiling_entry_insurer_id_idempotency_key")
"""Unique keys that two transactions may meet on: run again, the second sees what the first did."""


class Database:
    """The engines of one database URL; keep one per process."""

    def __init__(self, url: str, *, synchronous: str = "FULL") -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        self._write_lock = threading.Lock()
        if self.is_sqlite:
            self.read_engine = _sqlite_engine(url, "BEGIN", synchronous)
            self.write_engine = _sqlite_engine(url, "BEGIN IMMEDIATE", synchronous)
        else:
            self.read_engine = self.write_engine = _postgres_engine(url)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one consistent state and is never committed."""
        try:
            with Session(self.read_engine, expire_on_commit=False) as session:
                yield session
        except NoConnectionFree as error:
            raise Refused("database_busy") from error
        except DBAPIError as error:
            if _is_away(error):
                raise Refused("database_unavailable") from error
            raise

    def in_tx(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in one writing transaction and commit; busy or clashing runs are repeated.

        Raises ``Refused("database_busy")`` when it stays busy for ``PATIENCE_SECONDS``,
        ``Refused("database_unavailable")`` when the database cannot be reached; whatever ``work``
        raises rolls everything back.
        """
        until = time.monotonic() + PATIENCE_SECONDS
        for attempt in range(ATTEMPTS_MAX):
            try:
                with (
                    self._turn_to_write(until),
                    Session(self.write_engine, expire_on_commit=False) as session,
                    session.begin(),
                ):
                    return work(session)
            except NoConnectionFree as error:
                raise Refused("database_busy") from error
            except DBAPIError as error:
                if not _is_worth_a_repeat(error):
                    if _is_away(error):
                        raise Refused("database_unavailable") from error
                    raise
                if time.monotonic() > until:
                    break
                time.sleep(random.uniform(0, 0.01 * 2**attempt))
        raise Refused("database_busy")

    @contextmanager
    def _turn_to_write(self, until: float) -> Iterator[None]:
        """On SQLite one writer of this process at a time; who waits too long is told so."""
        if not self.is_sqlite:
            yield
            return
        if not self._write_lock.acquire(timeout=max(0.0, until - time.monotonic())):
            raise Refused("database_busy")
        try:
            yield
        finally:
            self._write_lock.release()

    def refresh_statistics(self) -> None:
        """Tell SQLite's planner how large the tables are; PostgreSQL sees to that by itself.

        Reads at most ``ANALYSIS_ROWS`` of each index: under a second for a million claims.
        """
        if not self.is_sqlite:
            return

        def analyse(session: Session) -> None:
            session.execute(text(f"PRAGMA analysis_limit = {ANALYSIS_ROWS}"))
            session.execute(text("ANALYZE"))

        self.in_tx(analyse)

    def dispose(self) -> None:
        """Close all connections."""
        self.read_engine.dispose()
        self.write_engine.dispose()


def _is_worth_a_repeat(error: DBAPIError) -> bool:
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig) or "busy" in str(error.orig)
    if isinstance(error, IntegrityError):
        return any(name in str(error.orig).replace(".", "_") for name in CLASHES)
    return getattr(error.orig, "sqlstate", None) in RETRY_STATES


def _is_away(error: DBAPIError) -> bool:
    return isinstance(error, OperationalError) or error.connection_invalidated


def _postgres_engine(url: str) -> Engine:
    """Plans are made once per statement: planning a page's joins takes ten times its execution.

    The statements name their way through the indexes, so a plan does not depend on the values.
    """
    engine = create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_timeout=PATIENCE_SECONDS,
        pool_pre_ping=True,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_SECONDS},
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        connection.execute("SET jit = off")
        connection.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
        connection.commit()

    return engine


def _sqlite_engine(url: str, begin: str, synchronous: str) -> Engine:
    engine = create_engine(url, connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (
            "journal_mode = WAL",
            "foreign_keys = ON",
            f"synchronous = {synchronous}",
            "cache_size = -65536",
            "mmap_size = 1073741824",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")

    # Not by a listener: an engine that has one asks for listeners around every statement.
    engine.dialect.do_begin = lambda connection: connection.execute(begin)  # type: ignore
    return engine
