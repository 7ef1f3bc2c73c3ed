"""What the planners are told."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import ClaimStep
from workbench.db.planning import planned_by_values, unindexed_on_sqlite


def mode(session: Session) -> str:
    return str(session.scalar(text("SHOW plan_cache_mode")))


@pytest.mark.postgres
def test_a_block_is_planned_by_values_and_what_follows_is_not(database: Database) -> None:
    with database.reading() as session:
        with planned_by_values(session):
            assert mode(session) == "force_custom_plan"
        assert mode(session) == "force_generic_plan"


def test_a_block_on_sqlite_is_left_alone(database: Database) -> None:
    with database.reading() as session, planned_by_values(session):
        assert session.scalar(text("SELECT 1")) == 1


def test_a_column_is_an_expression_on_sqlite_alone() -> None:
    statement = select(ClaimStep.id).where(unindexed_on_sqlite(ClaimStep.day).between(1, 2))
    assert "+claim_step.day BETWEEN" in str(statement.compile(dialect=sqlite.dialect()))
    assert "WHERE claim_step.day BETWEEN" in str(statement.compile(dialect=postgresql.dialect()))
