"""Claims with their steps for the managers' figures, made by SQL inside the database.

Only what the figures read: no images, no documents. Claims come over four years on all days but
Fridays; some are returned, a few finishes are reopened; secondary indexes are made when the rows
are in. Working minutes are taken as plain minutes. A *whole* filling has lines with reasons,
defects, plans of the commission and letters too.
"""

import re
import time
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from scripts.bench import world as worlds
from scripts.bench.figures_letters import letters_sql
from scripts.bench.figures_lines import lines_sql
from scripts.bench.figures_moves import MOVES
from scripts.bench.figures_places import DAYS, MEMBERS, add_centres, add_people, add_places
from scripts.bench.figures_plans import plans_sql
from scripts.bench.figures_rows import DAY_SECONDS, base_sql, claims_sql, steps_sql
from scripts.bench.filling import Tell
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.persian.jalali import month_of

CLAIMS_AT_ONCE = 250_000
CLAIMS_A_PLAN, CLAIMS_A_LETTER = 50, 5
KEPT = ("claim", "claim_step", "line_deduction", "defect")
CLAIM_INDEXES = ("ix_claim_open", "ix_claim_insurer_open", "ix_claim_waiting")
"""Of the claims' indexes those that the figures read; the others would only take room."""


def fill_figures(
    database: Database, claims: int, *, now: datetime, tell: Tell, is_whole: bool = False
) -> dict[str, Any]:
    """Fill a new database; returns what was made and how long it took, in seconds."""
    began = time.monotonic()
    migrate(database.write_engine)
    year = month_of(now.date())[0]
    database.in_tx(lambda s: worlds.seed(s, now, list(range(year - 5, year + 1))))
    database.in_tx(add_centres)
    if is_whole:
        database.in_tx(lambda s: worlds.add_commission(s, MEMBERS, now))
        database.in_tx(lambda s: add_people(s, now))
    with database.write_engine.connect() as connection:
        indexes = _without_indexes(connection)
        add_places(connection, now)
        for first in range(1, claims + 1, CLAIMS_AT_ONCE):
            last = min(claims, first + CLAIMS_AT_ONCE - 1)
            _add_claims(connection, first, last, claims, now, is_whole=is_whole)
            tell(f"claims: {last:,}")
        if is_whole:
            _add_letters_and_plans(connection, claims, now)
            tell("letters and plans")
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
        connection.execute(text("VACUUM ANALYZE"))


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
            if table != "claim" or name in CLAIM_INDEXES:
                wanted.append(statement)
    connection.commit()
    return wanted


def _add_claims(
    connection: Connection, first: int, last: int, claims: int, now: datetime, *, is_whole: bool
) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    values = _times(now) | {"first": first, "last": last, "claims": claims}
    statements = [base_sql(is_sqlite), claims_sql(is_sqlite)]
    statements += [steps_sql(move, is_sqlite) for move in MOVES]
    if is_whole:
        statements += lines_sql(is_sqlite)
    for statement in (*statements, "DROP TABLE bench_claim"):
        connection.execute(text(_literal(statement, values)))
    connection.commit()


def _add_letters_and_plans(connection: Connection, claims: int, now: datetime) -> None:
    is_sqlite = connection.dialect.name == "sqlite"
    counts = {"letters": claims // CLAIMS_A_LETTER, "plans": claims // CLAIMS_A_PLAN}
    for statement in (*letters_sql(is_sqlite), *plans_sql(is_sqlite)):
        connection.execute(text(_literal(statement, _times(now) | counts)))
    connection.commit()


def _times(now: datetime) -> dict[str, int]:
    until, span = int(now.timestamp()), DAYS * DAY_SECONDS
    return {"now": until, "span": span, "start": until - span}


def _literal(statement: str, values: dict[str, int]) -> str:
    """Whole numbers in the place of the parameters, which a table's definition does not take."""
    for name, value in values.items():
        statement = re.sub(rf":{name}\b", str(value), statement)
    return statement
