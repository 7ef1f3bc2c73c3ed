"""Filling a SQLite file with claims, and copying the same rows into PostgreSQL.

The file is filled without its secondary indexes, without a journal and without foreign keys; all
of these are back at the end, the foreign keys are checked by ``verify``.
"""

import hashlib
import json
import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import insert, make_url, select, update
from sqlalchemy.orm import Session

from scripts.bench import world as worlds
from scripts.bench.claims import YEARS, Claims
from scripts.bench.plan_rows import Plans
from scripts.bench.rows import Row, Rows
from workbench.db import migrations
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import Base, Claim, ClaimStep
from workbench.db.queries.calendar import work_calendar
from workbench.db.step_rows import expected_steps
from workbench.persian.jalali import month_of
from workbench.rules.steps import FINISH, RETURN
from workbench.services import audit

SEED = 20_260
ROWS_A_READ = 10_000
UNCHECKED = (
    "foreign_keys = OFF",
    "journal_mode = OFF",
    "synchronous = OFF",
    "cache_size = -524288",
)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanCount:
    """How many plans the commission has, and how many people they are of."""

    open_plans: int
    closed_plans: int
    people: int
    members: int = 40


def fill_sqlite(
    path: Path, claims: int, *, now: datetime, tell: Tell, plans: PlanCount | None = None
) -> dict[str, Any]:
    """Make the file with so many claims, and plans if asked for.

    Returns what was made and how long it took, in seconds.
    """
    began = time.monotonic()
    path.parent.mkdir(parents=True, exist_ok=True)
    for part in ("", "-wal", "-shm"):
        Path(f"{path}{part}").unlink(missing_ok=True)
    database = Database(f"sqlite:///{path}", synchronous="NORMAL")
    migrate(database.write_engine)
    this_year = month_of(now.date())[0]
    years = list(range(this_year - YEARS - 1, this_year + 1))
    world = database.in_tx(lambda s: worlds.seed(s, now, years))
    members = plans.members if plans else 0
    member_ids = database.in_tx(lambda s: worlds.add_commission(s, members, now))
    with database.reading() as session:
        calendar = work_calendar(session)
    database.dispose()

    def make(rows: Rows, chance: random.Random) -> None:
        worlds.fill(world, rows, chance, plans.people if plans else worlds.people_of(claims))
        made = Claims(world, rows, chance, calendar, claims)
        if plans:
            commission = Plans(world, rows, chance, calendar, made.accounts, member_ids)
            commission.make(plans.open_plans, plans.closed_plans)
        made.make()

    _fill(path, make, now, tell)
    tell("indexes are back; sealing and ANALYZE")
    while database.in_tx(lambda s: audit.seal(s, now=now)):
        pass
    tell("steps of claims from the trail")
    database.in_tx(_add_steps)
    with database.write_engine.connect() as connection:
        connection.rollback()
        connection.connection.driver_connection.execute("ANALYZE")
        connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return {"claims": claims, "now": now.isoformat(), "seconds": time.monotonic() - began}


def _add_steps(session: Session) -> None:
    """As the migrations make them."""
    made = chain.from_iterable(expected_steps(session))
    while some := list(islice(made, ROWS_A_READ)):
        session.execute(insert(ClaimStep), some)
    of_claim = (Claim.insurer_id == ClaimStep.insurer_id) & (Claim.id == ClaimStep.claim_id)
    groups = select(Claim.service_groups).where(of_claim).scalar_subquery()
    decided = update(ClaimStep).where(ClaimStep.action.in_((FINISH, RETURN)))
    session.execute(
        decided.values(service_groups=groups).execution_options(synchronize_session=False)
    )


def _fill(
    path: Path, make: Callable[[Rows, random.Random], None], now: datetime, tell: Tell
) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in UNCHECKED:
        connection.execute(f"PRAGMA {pragma}")
    indexes = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    for name, _sql in indexes:
        connection.execute(f'DROP INDEX "{name}"')
    rows = Rows(_taker(connection, tell), now)
    make(rows, random.Random(SEED))
    rows.flush()
    tell("rows are in; making the indexes")
    for _name, sql in indexes:
        connection.execute(sql)
    connection.close()


def _taker(
    connection: sqlite3.Connection, tell: Tell
) -> Callable[[str, list[str], list[Row]], None]:
    counts: dict[str, int] = {}

    def take(table: str, columns: list[str], rows: list[Row]) -> None:
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        connection.execute("BEGIN")
        connection.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', rows)
        connection.execute("COMMIT")
        counts[table] = counts.get(table, 0) + len(rows)
        if table in ("claim", "treatment_plan"):
            tell(f"{table}: {counts[table]:,}")

    return take


def copy_to_postgres(path: Path, url: str, tell: Tell) -> dict[str, Any]:
    """The rows of the file into a fresh, migrated database; returns the seconds it took."""
    began = time.monotonic()
    database = Database(url)
    migrate(database.write_engine)
    plain = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    source = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    with psycopg.connect(plain, autocommit=True) as target:
        for setting in (
            "session_replication_role = replica",
            "TimeZone = 'UTC'",
            "synchronous_commit = off",
            "maintenance_work_mem = '512MB'",
        ):
            target.execute(f"SET {setting}".encode())
        indexes = target.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " AND indexname LIKE 'ix%'"
        ).fetchall()
        for name, _definition in indexes:
            target.execute(f'DROP INDEX "{name}"'.encode())
        for table in Base.metadata.sorted_tables:
            count = _copy(source, target, table.name)
            tell(f"{table.name}: {count:,}")
        for _name, definition in indexes:
            target.execute(definition.encode())
        target.execute("VACUUM ANALYZE")
        target.execute("CHECKPOINT")
    database.dispose()
    return {"seconds": time.monotonic() - began}


def _copy(source: sqlite3.Connection, target: psycopg.Connection[Any], table: str) -> int:
    names = ", ".join(f'"{column.name}"' for column in Base.metadata.tables[table].columns)
    reader = source.execute(f'SELECT {names} FROM "{table}"')
    count = 0
    with target.cursor().copy(f'COPY "{table}" ({names}) FROM STDIN'.encode()) as copy:
        while rows := reader.fetchmany(ROWS_A_READ):
            for row in rows:
                copy.write_row(row)
            count += len(rows)
    return count


def schema_hash() -> str:
    """Changes with any migration: data of an older schema is made anew."""
    digest = hashlib.sha256()
    for path in sorted((Path(migrations.__file__).parent / "versions").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def read_meta(path: Path) -> dict[str, Any] | None:
    """What was written about a filled database; None when there is none of this schema."""
    if not path.exists():
        return None
    meta: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return meta if meta.get("schema") == schema_hash() else None


def write_meta(path: Path, values: dict[str, Any]) -> None:
    """Keep what was made, so that a later run uses it again."""
    text = json.dumps(values | {"schema": schema_hash()}, indent=1)
    path.write_text(text, encoding="utf-8")
