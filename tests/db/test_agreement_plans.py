"""The second assessments of a period and the reopened decisions are found by an index."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from workbench.db.engine import Database
from workbench.db.queries import rechecks
from workbench.db.queries.throughput import Counted

YEARS = Counted(first_day=738_000, last_day=739_400)
ASKED = {
    "all": YEARS,
    "insurer": replace(YEARS, insurer_ids=[1]),
    "kind": replace(YEARS, kind="direct"),
}


def plan(database: Database, statement: Any) -> str:
    compiled = statement.compile(database.read_engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.reading() as session:
        if not database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off"))
        rows = session.execute(text(f"{explain} {compiled}".replace(":", "\\:"))).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("name", ASKED)
def test_what_was_drawn_is_read_by_its_own_day(database: Database, name: str) -> None:
    found = plan(database, rechecks.drawn(ASKED[name]))
    assert "ix_recheck_day" in found
    if database.is_sqlite:
        assert "ix_claim_step_counted" not in found


@pytest.mark.parametrize("name", ASKED)
def test_the_reopened_are_read_from_the_index_of_these(database: Database, name: str) -> None:
    assert "ix_claim_step_undone" in plan(database, rechecks.reopened(ASKED[name]))
