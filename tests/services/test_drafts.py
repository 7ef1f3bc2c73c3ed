"""Drafts: kept as typed, each user's own."""

from datetime import datetime

import pytest
from people import add

from workbench.db.engine import Database
from workbench.errors import Refused
from workbench.services.desk.drafts import CHARACTERS_MAX, delete_drafts, drafts, save_draft


@pytest.fixture
def user_id(database: Database, now: datetime) -> int:
    return add(database, now).user_id


def save(database: Database, user_id: int, key: str, value: str, now: datetime) -> None:
    database.in_tx(lambda session: save_draft(session, user_id, key, value, now=now))


def kept(database: Database, user_id: int, prefix: str = "") -> dict[str, str]:
    with database.reading() as session:
        return drafts(session, user_id, prefix)


def test_the_last_text_is_kept(database: Database, user_id: int, now: datetime) -> None:
    save(database, user_id, "claim:1:return", "نیم", now)
    save(database, user_id, "claim:1:return", "نیمه‌کاره", now)
    assert kept(database, user_id) == {"claim:1:return": "نیمه‌کاره"}


def test_an_empty_text_removes_the_draft(database: Database, user_id: int, now: datetime) -> None:
    save(database, user_id, "claim:1:return", "text", now)
    save(database, user_id, "claim:1:return", "", now)
    assert kept(database, user_id) == {}


def test_drafts_are_found_by_the_beginning_of_their_key(
    database: Database, user_id: int, now: datetime
) -> None:
    for key in ("claim:1:return", "claim:1:note", "claim:12:note", "claim_1:x"):
        save(database, user_id, key, key, now)
    assert sorted(kept(database, user_id, "claim:1:")) == ["claim:1:note", "claim:1:return"]
    assert sorted(kept(database, user_id, "claim_")) == ["claim_1:x"]
    database.in_tx(lambda session: delete_drafts(session, user_id, "claim:1:"))
    assert sorted(kept(database, user_id)) == ["claim:12:note", "claim_1:x"]


def test_drafts_belong_to_their_user(database: Database, user_id: int, now: datetime) -> None:
    other = add(database, now, "assessor2").user_id
    save(database, user_id, "claim:1:note", "mine", now)
    assert kept(database, other) == {}
    database.in_tx(lambda session: delete_drafts(session, other, ""))
    assert kept(database, user_id) == {"claim:1:note": "mine"}


@pytest.mark.parametrize("key", ["", "a b", "کلید", "x" * 201, "a/b", "%"])
def test_a_strange_key_is_refused(
    database: Database, user_id: int, now: datetime, key: str
) -> None:
    with pytest.raises(Refused) as caught:
        save(database, user_id, key, "text", now)
    assert caught.value.code == "draft_key_invalid"


def test_twenty_thousand_letters_are_kept_and_no_more(
    database: Database, user_id: int, now: datetime
) -> None:
    save(database, user_id, "k", "م" * CHARACTERS_MAX, now)
    with pytest.raises(Refused) as caught:
        save(database, user_id, "k", "م" * (CHARACTERS_MAX + 1), now)
    assert caught.value.code == "draft_too_long"
    assert len(kept(database, user_id)["k"]) == CHARACTERS_MAX
