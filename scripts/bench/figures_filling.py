"""Claims with their steps for the managers' figures, made by SQL inside the database.

Only what the figures read: no lines, no images, no accounts. Claims come over four years on all
days but Fridays; some are returned, a few finishes are reopened; secondary indexes are made when
the rows are in. Working minutes are taken as plain minutes.
"""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, text

from scripts.bench import world as worlds
from scripts.bench.figures_rows import (
    ASSESSORS,
    CENTRES,
    DAY_SECONDS,
    MOVES,
    base_sql,
    claims_sql,
    steps_sql,
)
from scripts.bench.filling import Tell
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import Centre, Insurer, User
from workbench.persian.jalali import month_of

CLAIMS_AT_ONCE = 250_000
DAYS = 4 * 365 + 1
KEPT = ("claim", "claim_step")
CLAIM_INDEXES = ("ix_claim_open", "ix_claim_insurer_open", "ix_claim_waiting")
"""Of the claims' indexes those that the figures read; the others would only take room."""


def fill_figures(database: Database, claims: int, *, now: datetime, tell: Tell) -> dict[str, Any]:
    """Fill a new database; returns what was made and how long it took, in seconds."""
    began = time.monotonic()
    migrate(database.write_engine)
    year = month_of(now.date())[0]
    database.in_tx(lambda s: worlds.seed(s, now, list(range(year - 5, year + 1))))
    database.in_tx(_add_centres)
    with database.write_engine.connect() as connection:
        indexes = _without_indexes(connection)
        _add_places(connection, now)
        for first in range(1, claims + 1, CLAIMS_AT_ONCE):
            last = min(claims, first + CLAIMS_AT_ONCE - 1)
            _add_claims(connection, first, last, claims, now)
            tell(f"claims: {last:,}")
        for statement in indexes:
            connection.execute(text(statement))
            connection.commit()
            tell(statement)
        connection.execute(text(COUNTERS))
        connection.commit()
        steps = connection.execute(text("SELECT count(*) FROM claim_step")).scalar()
        connection.commit()
    _analyse(database)
    return {
        "claims": claims,
        "steps": steps,
        "now": now.isoformat(),
        "seconds": time.monotonic() - began,
    }


COUNTERS = """
    INSERT INTO work_counter (insurer_id, state, shard, claim_count)
    SELECT insurer_id, state, 0, count(*) FROM claim GROUP BY insurer_id, state
"""


def _add_centres(session: Any) -> None:
    session.add_all(
        Centre(code=f"c-{n}", name=f"مرکز {n}", province="تهران") for n in range(CENTRES)
    )


def _analyse(database: Database) -> None:
    if database.is_sqlite:
        database.refresh_statistics()
        with database.write_engine.connect() as connection:
            connection.rollback()
            connection.connection.driver_connection.execute(  # type: ignore[union-attr]
                "PRAGMA wal_checkpoint(TRUNCATE)"
            )
        return
    engine = database.write_engine.execution_options(isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for table in (*KEPT, "work_counter"):
            connection.execute(text(f"VACUUM ANALYZE {table}"))


def _without_indexes(connection: Connection) -> list[str]:
    """Drop the indexes of the filled tables; returns how to make those that are wanted again."""
    if connection.dialect.name == "sqlite":
        connection.commit()
        raw = connection.connection.driver_connection
        assert raw is not None
        for pragma in ("foreign_keys = OFF", "synchronous = OFF", "cache_size = -1000000"):
            raw.execute(f"PRAGMA {pragma}")
        known = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        known += " AND tbl_name = :table"
    else:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("SET TimeZone = 'UTC'"))
        connection.execute(text("SET maintenance_work_mem = '1GB'"))
        connection.execute(text("ALTER TABLE claim_step SET UNLOGGED"))
        known = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = :table"
        known += " AND indexname LIKE 'ix%'"
    wanted = []
    for table in KEPT:
        for name, statement in connection.execute(text(known), {"table": table}).all():
            connection.execute(text(f'DROP INDEX "{name}"'))
            if table == "claim_step" or name in CLAIM_INDEXES:
                wanted.append(statement)
    connection.commit()
    return wanted


def _add_places(connection: Connection, now: datetime) -> None:
    """Small tables that a claim takes its centre, assessor, insurer and months from."""
    for name, ids in _places(connection):
        connection.execute(text(f"CREATE TEMP TABLE bench_{name} (place BIGINT, id BIGINT)"))
        rows = [{"place": n, "id": id_} for n, id_ in enumerate(ids)]
        connection.execute(text(f"INSERT INTO bench_{name} VALUES (:place, :id)"), rows)
    connection.execute(text("CREATE TEMP TABLE bench_day (day BIGINT PRIMARY KEY, month BIGINT)"))
    today = now.date()
    days = [today - timedelta(days=n) for n in range(-40, DAYS + 40)]
    connection.execute(
        text("INSERT INTO bench_day VALUES (:day, :month)"),
        [{"day": on.toordinal(), "month": month_of(on)[0] * 100 + month_of(on)[1]} for on in days],
    )
    connection.commit()


def _places(connection: Connection) -> Iterator[tuple[str, list[int]]]:
    yield "insurer", list(connection.scalars(select(Insurer.id).order_by(Insurer.id)))
    yield "centre", list(connection.scalars(select(Centre.id).order_by(Centre.id)))
    assessors = select(User.id).where(User.username.like("bench%")).order_by(User.username)
    yield "actor", list(connection.scalars(assessors.limit(ASSESSORS)))


def _add_claims(connection: Connection, first: int, last: int, claims: int, now: datetime) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    until = int(now.timestamp())
    span = DAYS * DAY_SECONDS
    limits = {"first": first, "last": last, "claims": claims, "span": span}
    connection.execute(text(_literal(base_sql(is_sqlite), limits | {"start": until - span})))
    at_now = {"now": until}
    connection.execute(text(_literal(claims_sql(is_sqlite), at_now)))
    for move in MOVES:
        connection.execute(text(_literal(steps_sql(move, is_sqlite), at_now)))
    connection.execute(text("DROP TABLE bench_claim"))
    connection.commit()


def _literal(statement: str, values: dict[str, int]) -> str:
    """Whole numbers in the place of the parameters, which a table's definition does not take."""
    for name, value in values.items():
        statement = statement.replace(f":{name}", str(value))
    return statement.replace("::", ":")
