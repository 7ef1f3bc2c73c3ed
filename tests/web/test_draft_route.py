"""POST /draft: from our own pages only, limited, each user's own."""

import pytest
from browser import SignIn
from starlette.testclient import TestClient

from workbench.db.engine import Database
from workbench.services.desk import drafts
from workbench.services.people.views import Operator, user_named

OWN = {"x-arzyab": "1"}


def kept(database: Database, username: str = "assessor1") -> dict[str, str]:
    with database.reading() as session:
        user = user_named(session, Operator.COMMAND_LINE, username)
        return drafts.drafts(session, user.user_id, "")


def test_a_draft_is_kept(client: TestClient, sign_in: SignIn, web_database: Database) -> None:
    sign_in()
    for value in ("نیمه", "نیمه‌کاره"):
        body = {"key": "claim:1-2:return", "value": value}
        assert client.post("/draft", json=body, headers=OWN).status_code == 204
    assert kept(web_database) == {"claim:1-2:return": "نیمه‌کاره"}


@pytest.mark.parametrize(
    "headers",
    [{}, {**OWN, "origin": "https://evil.example"}, {**OWN, "sec-fetch-site": "cross-site"}],
)
def test_another_site_cannot_write_one(
    client: TestClient, sign_in: SignIn, web_database: Database, headers: dict[str, str]
) -> None:
    sign_in()
    answer = client.post("/draft", json={"key": "k", "value": "v"}, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "request_foreign")
    assert kept(web_database) == {}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"key": "k"}', b'{"key": 1, "value": "v"}', b"\xff"]
    + [b'{"key": "k", "value": "v", "user_id": 1}', b'{"key": "a/b", "value": "v"}'],
)
def test_broken_drafts_are_refused(client: TestClient, sign_in: SignIn, body: bytes) -> None:
    sign_in()
    answer = client.post("/draft", content=body, headers=OWN)
    assert (answer.status_code, answer.json()["code"]) == (422, "draft_key_invalid")


@pytest.mark.parametrize("letters", [20_001, 500_000])
def test_a_long_draft_is_refused(client: TestClient, sign_in: SignIn, letters: int) -> None:
    sign_in()
    answer = client.post("/draft", json={"key": "k", "value": "م" * letters}, headers=OWN)
    assert (answer.status_code, answer.json()["code"]) == (413, "draft_too_long")


def test_twenty_thousand_escaped_letters_fit(
    client: TestClient, sign_in: SignIn, web_database: Database
) -> None:
    sign_in()
    body = '{"key": "k", "value": "' + "\\u0645" * 20_000 + '"}'
    assert client.post("/draft", content=body, headers=OWN).status_code == 204
    assert len(kept(web_database)["k"]) == 20_000
