"""The database fixture itself: fresh for each test, on SQLite and on a real PostgreSQL."""

import pytest
from sqlalchemy import func, select

from workbench.db.engine import Database
from workbench.db.models import Insurer


def _add_one(database: Database) -> int | None:
    database.in_tx(lambda session: session.add(Insurer(code="A", name="بیمه نمونه")))
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Insurer))


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(database: Database, turn: int) -> None:
    assert _add_one(database) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_postgres(database: Database, turn: int) -> None:
    assert database.read_engine.dialect.name == "postgresql"
    assert _add_one(database) == 1
