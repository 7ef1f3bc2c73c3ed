"""The migrations make exactly the schema of the models, on both engines, and only once."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

import workbench.db.migrations
from workbench.db.engine import Database
from workbench.db.migrations import _config, migrate
from workbench.db.models import Base


def differences(connection: Connection) -> list[object]:
    """What the database and the models do not share; types included."""
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, Base.metadata))


def checks(connection: Connection) -> set[tuple[str, str]]:
    """Every CHECK constraint by table and name, which alembic does not compare."""
    inspector = inspect(connection)
    return {
        (table, str(check["name"]))
        for table in inspector.get_table_names()
        for check in inspector.get_check_constraints(table)
    }


def test_migrations_equal_the_models(database: Database) -> None:
    with database.read_engine.connect() as connection:
        assert differences(connection) == []


@pytest.mark.postgres
def test_migrations_equal_the_models_on_postgresql(database: Database) -> None:
    assert not database.is_sqlite
    with database.read_engine.connect() as connection:
        assert differences(connection) == []


def test_every_check_of_the_models_is_in_the_migrations(database: Database, tmp_path: Path) -> None:
    made = Database(f"sqlite:///{tmp_path / 'made.db'}")
    with made.write_engine.begin() as connection:
        Base.metadata.create_all(connection)
        wanted = checks(connection)
    made.dispose()
    with database.read_engine.connect() as connection:
        found = checks(connection)
    assert wanted and found == wanted


def test_a_second_migration_changes_nothing(database: Database) -> None:
    with database.read_engine.connect() as connection:
        before = connection.exec_driver_sql("SELECT * FROM alembic_version").all()
    migrate(database.write_engine)
    with database.read_engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM alembic_version").all() == before
        assert differences(connection) == []


def test_revisions_are_one_line() -> None:
    folder = Path(workbench.db.migrations.__file__).parent
    script = ScriptDirectory(str(folder))
    assert len(script.get_heads()) == 1 and len(script.get_bases()) == 1


def test_a_database_of_the_first_schema_is_brought_up(database: Database) -> None:
    command.downgrade(_config(database.write_engine), "0001")
    with database.read_engine.connect() as connection:
        assert differences(connection) != []
        connection.rollback()
    migrate(database.write_engine)
    with database.read_engine.connect() as connection:
        assert differences(connection) == []


def test_a_difference_would_be_seen(database: Database) -> None:
    with database.write_engine.connect() as connection:
        connection.exec_driver_sql("DROP INDEX ix_claim_open")
        assert differences(connection) != []
        connection.rollback()
