"""The process's own database, and the keeper beside it."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from workbench.db.engine import Database
from workbench.db.models import AuditSeal, User
from workbench.services import audit, runtime
from workbench.settings import settings


@pytest.fixture
def empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("WORKBENCH_DATA", str(tmp_path / "new" / "folder"))
    monkeypatch.delenv("WORKBENCH_DATABASE_URL", raising=False)
    settings.cache_clear()
    runtime.close()
    yield tmp_path
    runtime.close()
    settings.cache_clear()


def test_the_first_call_makes_the_database_and_the_second_is_the_same(empty_folder: Path) -> None:
    first = runtime.database()
    with first.reading() as session:
        assert session.scalar(select(func.count()).select_from(User)) == 0
    assert runtime.database() is first
    assert (empty_folder / "new" / "folder" / "workbench.db").is_file()


def test_after_closing_the_data_are_still_there(empty_folder: Path, now: datetime) -> None:
    record(runtime.database(), now)
    runtime.close()
    with runtime.database().reading() as session:
        assert runtime.count_unsealed(session) == 1


def record(database: Database, now: datetime) -> None:
    database.in_tx(
        lambda session: audit.record(session, action="a", stream="user:1", actor_id=1, now=now)
    )


def sealed(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(AuditSeal)) or 0


def test_the_sealer_links_events_soon(database: Database, now: datetime) -> None:
    keeper = runtime.Housekeeper(lambda: database, every_seconds=0.02)
    keeper.start()
    record(database, now)
    deadline = time.monotonic() + 5
    while not sealed(database) and time.monotonic() < deadline:
        time.sleep(0.02)
    keeper.stop()
    assert sealed(database) == 1


def test_stopping_seals_what_waits(database: Database, now: datetime) -> None:
    keeper = runtime.Housekeeper(lambda: database, every_seconds=60)
    keeper.start()
    for _ in range(3):
        record(database, now)
    keeper.stop()
    assert sealed(database) == 3


def test_the_sealer_survives_a_database_that_is_away(database: Database, now: datetime) -> None:
    away = Database("postgresql+psycopg://nobody@127.0.0.1:1/none")
    answers = iter([away, database])
    keeper = runtime.Housekeeper(lambda: next(answers, database), every_seconds=0.02)
    record(database, now)
    keeper.start()
    time.sleep(0.3)
    keeper.stop()
    assert sealed(database) == 1


def test_the_lag_is_the_age_of_the_oldest_unsealed_event(database: Database, now: datetime) -> None:
    record(database, now)
    record(database, now + timedelta(seconds=5))
    with database.reading() as session:
        assert runtime.seal_lag_seconds(session, now=now + timedelta(seconds=8)) == 8
    while runtime.seal_waiting(database):
        pass
    with database.reading() as session:
        assert runtime.seal_lag_seconds(session, now=now + timedelta(seconds=8)) == 0
