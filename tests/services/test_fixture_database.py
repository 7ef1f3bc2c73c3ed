"""The database fixture itself: fresh for each test, on SQLite and on a real PostgreSQL."""

import pytest
from sqlalchemy import Connection, create_engine, delete, event, func, select, text, update

from tests.stages import Prepare, Stages
from workbench.db.engine import Database
from workbench.db.models import Insurer


def _add_one(database: Database, code: str = "A") -> int | None:
    database.in_tx(lambda session: session.add(Insurer(code=code, name="بیمه نمونه")))
    return _count(database)


def _count(database: Database) -> int | None:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Insurer))


fills: list[str] = []
left_open: list[Connection] = []


def _fill(database: Database, code: str) -> list[str]:
    fills.append(code)
    _add_one(database, code)
    return [code]


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_database(database: Database, turn: int) -> None:
    assert _add_one(database) == 1


@pytest.mark.postgres
@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_gets_an_empty_postgres(database: Database, turn: int) -> None:
    assert database.read_engine.dialect.name == "postgresql"
    assert _add_one(database) == 1


def _check_prepared(database: Database, prepared: Prepare) -> None:
    first = prepared(_fill, "A")
    assert prepared(_fill, "B") == ["B"]
    assert (first, _count(database)) == (["A"], 2)
    first.append("changed by this test")
    _add_one(database, "C")


@pytest.mark.parametrize("turn", [1, 2])
def test_what_is_prepared_is_as_it_was_made(
    database: Database, prepared: Prepare, turn: int
) -> None:
    _check_prepared(database, prepared)


@pytest.mark.postgres
@pytest.mark.parametrize("turn", [1, 2])
def test_what_is_prepared_in_postgres_is_as_it_was_made(
    database: Database, prepared: Prepare, turn: int
) -> None:
    _check_prepared(database, prepared)


def _change_and_take_away(database: Database, prepared: Prepare) -> None:
    prepared(_fill, "A")
    prepared(_fill, "B")
    with database.reading() as session:
        assert dict(session.execute(select(Insurer.code, Insurer.name)).all()) == {
            "A": "بیمه نمونه",
            "B": "بیمه نمونه",
        }
    database.in_tx(
        lambda session: session.execute(update(Insurer).where(Insurer.code == "A").values(name="-"))
    )
    database.in_tx(lambda session: session.execute(delete(Insurer).where(Insurer.code == "B")))


@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_changed_or_took_away_is_there_again(
    database: Database, prepared: Prepare, turn: int
) -> None:
    _change_and_take_away(database, prepared)


@pytest.mark.postgres
@pytest.mark.parametrize("turn", [1, 2])
def test_what_a_test_changed_or_took_away_in_postgres_is_there_again(
    database: Database, prepared: Prepare, turn: int
) -> None:
    _change_and_take_away(database, prepared)


@pytest.mark.postgres
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TABLE similar_pair DROP CONSTRAINT fk_similar_pair_earlier_sha256_evidence_image",
        "ALTER TABLE claim DROP COLUMN payable_rial",
        "DROP INDEX ix_claim_open",
        "CREATE TABLE word (text text)",
    ],
)
@pytest.mark.parametrize("turn", [1, 2])
def test_a_schema_that_a_test_changed_is_there_again(
    database: Database, change: str, turn: int
) -> None:
    with database.write_engine.begin() as connection:
        connection.execute(text(change))


@pytest.mark.postgres
@pytest.mark.parametrize("turn", [1, 2])
def test_a_transaction_that_a_test_left_open_ends_with_it(
    database: Database, database_url: str, turn: int
) -> None:
    left_open.append(create_engine(database_url).connect())
    left_open[-1].execute(text("LOCK TABLE insurer"))


def test_a_stage_is_made_once_for_the_same_stage_before_and_the_same_values(
    prepared: Prepare, stages: Stages
) -> None:
    fills.clear()
    for _turn in range(2):
        stages.begin()
        prepared(_fill, "X")
        prepared(_fill, "Y")
    stages.begin()
    prepared(_fill, "Y")
    assert fills == ["X", "Y", "Y"]


def test_nothing_is_prepared_after_the_test_has_written(
    database: Database, prepared: Prepare
) -> None:
    prepared(_fill, "A")
    _add_one(database, "B")
    with pytest.raises(AssertionError, match="before it was prepared"):
        prepared(_fill, "C")


@pytest.mark.parametrize("turn", [1, 2])
def test_listeners_of_one_test_do_not_hear_the_next(
    database: Database, stages: Stages, turn: int
) -> None:
    heard: list[int] = []
    event.listen(database.read_engine, "begin", lambda _connection: heard.append(turn))
    stages.database().read_engine.connect().close()
    assert heard == []
    _count(database)
    assert heard == [turn]
