"""Images reach only those who may see them, "not modified" included, and each view is on record."""

import hashlib
import io
import zipfile
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from browser import SignIn
from services import registered_world as world
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from workbench import clock
from workbench.db.engine import Database
from workbench.db.models import Attachment, AuditEvent, EvidenceImage, Insurer, User, UserInsurer
from workbench.evidence.intake import take_in
from workbench.evidence.jpeg import copies
from workbench.rules.workflow import Role
from workbench.services import runtime
from workbench.services.access import Actor, actor_of
from workbench.services.claims.registration import register_claim
from workbench.services.claims.taking import open_case
from workbench.services.images import evidence
from workbench.services.images.reading import read_next_image

MAY_SEE = {Role.ASSESSOR, Role.LEAD, Role.MANAGER, Role.AUDITOR}


@pytest.fixture
def address(web_database: Database) -> str:
    """The address of the one image of a direct claim, without its variant."""
    return address_of(web_database, world.picture(1))


def address_of(database: Database, data: bytes) -> str:
    """The address of these bytes, registered with a direct claim."""
    now = clock.now()
    accepted = take_in(runtime.evidence_store(), data, "a.jpg")
    image = replace(world.image(1), accepted=accepted)

    def register(session):
        world.build(session, now)
        register_claim(session, None, world.direct(images=(image,)), now=now)

    database.in_tx(register)
    with database.reading() as session:
        row = session.scalars(select(Attachment)).one()
    return f"/evidence/{row.insurer_id}-{row.claim_id}/{row.number}"


def views(database: Database) -> list[int | None]:
    statement = select(AuditEvent.actor_id).where(AuditEvent.action == evidence.VIEWED)
    with database.reading() as session:
        return list(session.scalars(statement))


@pytest.mark.parametrize("variant", ["thumb", "view"])
def test_an_image_is_shown(client: TestClient, sign_in: SignIn, address: str, variant: str) -> None:
    sign_in()
    answer = client.get(f"{address}/{variant}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.content.startswith(b"\xff\xd8\xff")


@pytest.mark.parametrize("variant", ["thumb", "view"])
def test_what_is_hidden_in_an_image_stays_in_the_store(
    client: TestClient, sign_in: SignIn, web_database: Database, variant: str
) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("SECRET.txt", "SECRET")
    clean = world.picture(1)
    comment = b"\xff\xfe\x00\x08SECRET"
    data = clean[:2] + comment + clean[2:] + world.picture(2) + buffer.getvalue()
    address = address_of(web_database, data)
    sign_in()
    answer = client.get(f"{address}/{variant}")
    made = copies(clean)
    assert answer.content == (made.thumb if variant == "thumb" else made.rendition)
    assert b"SECRET" not in answer.content


def test_thumb_and_view_are_different_entities(
    client: TestClient, sign_in: SignIn, address: str
) -> None:
    sign_in()
    tags = {client.get(f"{address}/{variant}").headers["etag"] for variant in ("thumb", "view")}
    assert len(tags) == 2


@pytest.mark.parametrize("role", list(Role))
def test_only_some_roles_see_images(
    client: TestClient, sign_in: SignIn, address: str, role: Role
) -> None:
    sign_in("someone", role)
    answer = client.get(f"{address}/view")
    assert answer.status_code == (200 if role in MAY_SEE else 403)


def test_not_modified_needs_the_session_and_the_right(
    client: TestClient, sign_in: SignIn, address: str, web_database: Database
) -> None:
    sign_in()
    tag = client.get(f"{address}/view").headers["etag"]
    known = {"if-none-match": f'"other", W/{tag}'}
    answer = client.get(f"{address}/view", headers=known)
    assert (answer.status_code, answer.content) == (304, b"")
    limit_to_another_insurer(web_database)
    assert client.get(f"{address}/view", headers=known).status_code == 404
    client.post("/sign-out")
    assert client.get(f"{address}/view", headers=known).status_code == 401
    sign_in("finance", Role.FINANCE)
    assert client.get(f"{address}/view", headers=known).status_code == 403


def limit_to_another_insurer(database: Database) -> None:
    def limit(session: Session) -> None:
        session.add(Insurer(id=99, code="other", name="بیمه دیگر"))
        session.flush()
        user_id = session.scalars(select(User.id)).one()
        session.add(UserInsurer(user_id=user_id, insurer_id=99))

    database.in_tx(limit)


def test_who_opened_the_case_page_is_on_record_already(
    client: TestClient, sign_in: SignIn, address: str, web_database: Database
) -> None:
    sign_in()
    open_case_of(address, web_database, clock.now() - timedelta(minutes=31))
    client.get(f"{address}/thumb")
    assert len(views(web_database)) == 1, "an opening of long ago covers nothing"
    sign_in("someone", Role.LEAD)
    open_case_of(address, web_database, clock.now())
    client.get(f"{address}/view")
    assert len(views(web_database)) == 1


def open_case_of(address: str, database: Database, now: datetime) -> None:
    """The newest user opens the case that the image belongs to."""
    insurer_id, claim_id = map(int, address.split("/")[2].split("-"))

    def work(session: Session) -> None:
        user = session.scalars(select(User).order_by(User.id.desc()).limit(1)).one()
        open_case(session, actor_of(session, user), insurer_id, claim_id, now=now)

    database.in_tx(work)


@pytest.mark.parametrize(
    "tail", ["/evidence/1-1/1/view", "{}/original", "{}/..", "{}9/view", "/evidence/a-b/1/view"]
)
def test_other_addresses_hold_no_image(
    client: TestClient, sign_in: SignIn, address: str, tail: str
) -> None:
    sign_in()
    answer = client.get(tail.format(address))
    assert answer.headers["content-type"] != "image/jpeg"


def test_a_missing_file_is_told(client: TestClient, sign_in: SignIn, address: str) -> None:
    sign_in()
    sha256 = client.get(f"{address}/view").headers["etag"].strip('"').split("-")[0]
    runtime.evidence_store().delete(sha256)
    answer = client.get(f"{address}/view")
    assert (answer.status_code, answer.json()["code"]) == (404, "evidence_missing_file")
    assert answer.headers["cache-control"] == "no-store"


def damage(folder: Path, kind: str) -> Path:
    """Change one byte in the middle of a file, as a disk does."""
    (path,) = (folder / "evidence" / kind).rglob("*.jpg")
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    return path


def test_a_damaged_original_is_told(
    client: TestClient, sign_in: SignIn, address: str, tmp_path: Path
) -> None:
    sign_in()
    tag = client.get(f"{address}/view").headers["etag"]
    damage(tmp_path, "original")
    for known in ({}, {"if-none-match": tag}):
        answer = client.get(f"{address}/view", headers=known)
        assert (answer.status_code, answer.json()["code"]) == (410, "evidence_damaged_file")
    assert client.get(f"{address}/thumb").status_code == 200


@pytest.mark.parametrize(("variant", "kind"), [("view", "rendition"), ("thumb", "thumb")])
def test_a_damaged_or_missing_copy_is_made_again(
    client: TestClient, sign_in: SignIn, address: str, tmp_path: Path, variant: str, kind: str
) -> None:
    sign_in()
    sound = client.get(f"{address}/{variant}").content
    path = damage(tmp_path, kind)
    assert path.read_bytes() != sound
    assert client.get(f"{address}/{variant}").content == path.read_bytes() == sound
    path.unlink()
    assert client.get(f"{address}/{variant}").content == path.read_bytes() == sound


def test_copies_are_made_by_the_first_look_and_noted(
    client: TestClient, sign_in: SignIn, address: str, web_database: Database, tmp_path: Path
) -> None:
    sign_in()
    assert noted(web_database) == (None, None)
    shown = client.get(f"{address}/view").content
    first = noted(web_database)
    assert first[0] == hashlib.sha256(shown).hexdigest()
    (thumb,) = (tmp_path / "evidence" / "thumb").rglob("*.jpg")
    assert first[1] == hashlib.sha256(thumb.read_bytes()).hexdigest()
    outcome = read_next_image(web_database, runtime.evidence_store(), now=clock.now())
    assert outcome is not None and outcome.error is None
    assert noted(web_database) == first


def noted(database: Database) -> tuple[str | None, str | None]:
    with database.reading() as session:
        image = session.scalars(select(EvidenceImage)).one()
    return image.rendition_sha256, image.thumb_sha256


def test_a_view_is_on_record_once_in_half_an_hour(
    client: TestClient, sign_in: SignIn, address: str, web_database: Database
) -> None:
    sign_in()
    for variant in ("thumb", "view", "view"):
        client.get(f"{address}/{variant}")
    with web_database.reading() as session:
        user = session.scalars(select(User)).one()
    assert views(web_database) == [user.id]
    insurer_id, claim_id = map(int, address.split("/")[2].split("-"))
    actor = Actor(user_id=user.id, username="x", display_name="x", roles=frozenset({Role.ASSESSOR}))
    later = clock.now() + timedelta(minutes=31)
    web_database.in_tx(
        lambda session: evidence.record_view(session, actor, insurer_id, claim_id, now=later)
    )
    assert views(web_database) == [user.id] * 2


def test_a_refused_view_is_not_on_record(
    client: TestClient, sign_in: SignIn, address: str, web_database: Database
) -> None:
    sign_in("finance", Role.FINANCE)
    client.get(f"{address}/view")
    assert views(web_database) == []
