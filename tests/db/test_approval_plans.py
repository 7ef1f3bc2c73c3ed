"""What a case asks about approvals goes by its person, not by its insurer; said by EXPLAIN."""

from typing import Any

import pytest
from sqlalchemy import Select
from sqlalchemy.dialects import sqlite

from workbench.db.case_approvals import BILLED, PLANS
from workbench.db.engine import Database

ASKED = {
    "insurer_id": 1,
    "person_id": 2,
    "claim_id": 3,
    "groups": ["bridge", "crown"],
    "letters": [5, 6],
    "is_direct": False,
}


@pytest.mark.parametrize(
    ("statement", "index"), [(PLANS, "ix_treatment_plan_person"), (BILLED, "ix_claim_person")]
)
def test_a_person_is_looked_up_and_no_insurer_read(
    database: Database, statement: Select[Any], index: str
) -> None:
    if database.write_engine.dialect.name != "sqlite":
        pytest.skip("the plan of SQLite")
    known = {name: ASKED[name] for name in statement.compile().params if name in ASKED}
    text = statement.params(known).compile(
        dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True}
    )
    with database.write_engine.connect() as connection:
        steps = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    assert any(f"{index} (person_id=?)" in step for step in steps), steps
    assert not any("SCAN" in step or step.endswith("(insurer_id=?)") for step in steps), steps
