"""Saved views belong to one user and replace by name."""

from datetime import datetime
from typing import Any

import pytest

from tests.services.desk import assessor_of
from workbench.db.engine import Database
from workbench.errors import Refused
from workbench.services.access import Actor
from workbench.services.desk.queue_filter import QueueFilter
from workbench.services.desk.saved_views import (
    NAME_LETTERS_MAX,
    VIEWS_MAX,
    delete_view,
    list_views,
    save_view,
)


@pytest.fixture
def actors(database: Database, now: datetime) -> tuple[Actor, Actor]:
    """Two assessors."""
    return database.in_tx(lambda s: (assessor_of(s, now, "one"), assessor_of(s, now, "two")))


def _save(database: Database, actor: Actor, name: str, filters: dict[str, Any]) -> Any:
    return database.in_tx(lambda s: save_view(s, actor, "queue", name, filters))


def _names(database: Database, actor: Actor, page: str = "queue") -> list[str]:
    with database.reading() as session:
        return [view.name for view in list_views(session, actor, page)]


def test_a_filter_comes_back_as_it_was(database: Database, actors: tuple[Actor, Actor]) -> None:
    chosen = QueueFilter(state="accepted", insurer_id=5, amount_from_rial=3, finding=False)
    view = _save(database, actors[0], "  فوری‌های   من ", chosen.as_facts())
    with database.reading() as session:
        (read,) = list_views(session, actors[0], "queue")
    assert read == view
    assert read.name == "فوری‌های من"
    assert QueueFilter.from_facts(read.filters) == chosen


def test_a_filter_of_an_older_version_is_read(database: Database) -> None:
    assert QueueFilter.from_facts({"state": "parked", "gone": 1}) == QueueFilter(state="parked")


def test_the_same_name_replaces(database: Database, actors: tuple[Actor, Actor]) -> None:
    first = _save(database, actors[0], "من", {"state": "parked"})
    second = _save(database, actors[0], "من", {"state": "accepted"})
    assert first.view_id == second.view_id
    with database.reading() as session:
        (view,) = list_views(session, actors[0], "queue")
    assert view.filters == {"state": "accepted"}


def test_views_are_each_users_and_pages_own(
    database: Database, actors: tuple[Actor, Actor]
) -> None:
    mine = _save(database, actors[0], "من", {})
    _save(database, actors[1], "من", {})
    database.in_tx(lambda s: delete_view(s, actors[1], mine.view_id))
    assert _names(database, actors[0]) == ["من"]
    assert _names(database, actors[0], "batches") == []
    for _turn in range(2):
        database.in_tx(lambda s: delete_view(s, actors[0], mine.view_id))
    assert (_names(database, actors[0]), _names(database, actors[1])) == ([], ["من"])


@pytest.mark.parametrize("name", ["", "  ", "x" * (NAME_LETTERS_MAX + 1)])
def test_a_name_is_needed(database: Database, actors: tuple[Actor, Actor], name: str) -> None:
    with pytest.raises(Refused) as refused:
        _save(database, actors[0], name, {})
    assert refused.value.code == "view_name_needed"


def test_there_is_a_limit(database: Database, actors: tuple[Actor, Actor]) -> None:
    for n in range(VIEWS_MAX):
        _save(database, actors[0], f"view {n}", {})
    _save(database, actors[0], "view 0", {"state": "parked"})
    with pytest.raises(Refused) as refused:
        _save(database, actors[0], "one more", {})
    assert refused.value.code == "too_many_views"
