"""The cases behind a column of money are found by an index: said by EXPLAIN."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from workbench.db.engine import Database
from workbench.db.models.step import TAKEN_COLUMNS
from workbench.db.queries.deducted_cases import cases_behind
from workbench.db.queries.throughput import Counted

YEARS = Counted(first_day=738_000, last_day=739_400)
ASKED = {
    "all": YEARS,
    "insurer": replace(YEARS, insurer_ids=[1]),
    "assessor": replace(YEARS, assessor_id=1),
    "centre": replace(YEARS, centre_id=1),
}


def plan(database: Database, counted: Counted, column: str, *, is_few: bool = False) -> str:
    statement = cases_behind(counted, "column", column, is_few=is_few)
    compiled = statement.compile(database.read_engine, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.reading() as session:
        if not database.is_sqlite:
            session.execute(text("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off"))
        rows = session.execute(text(f"{explain} {compiled}".replace(":", "\\:"))).all()
    return "\n".join(str(row[-1]) for row in rows)


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("column", TAKEN_COLUMNS)
def test_the_largest_of_many_are_read_by_amount(database: Database, name: str, column: str) -> None:
    index = column.removesuffix("_rial")
    assert f"ix_claim_step_{index} " in plan(database, ASKED[name], column)


@pytest.mark.parametrize("name", ("assessor", "centre"))
def test_the_largest_of_few_are_read_by_whom(database: Database, name: str) -> None:
    found = plan(database, ASKED[name], "technical_deduction_rial", is_few=True)
    index = {"assessor": "actor", "centre": "centre"}[name]
    assert f"ix_claim_step_{index} " in found


@pytest.mark.parametrize("name", ASKED)
def test_the_newest_are_read_by_day(database: Database, name: str) -> None:
    assert "ix_claim_step_" in plan(database, ASKED[name], "cost_rial")
