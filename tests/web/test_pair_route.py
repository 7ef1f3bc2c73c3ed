"""One image of a pair by its own address: same headers, damage and gate as every other image."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from browser import SignIn
from services import registered_world as world
from services.plan_world import PACK, plan
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, ContractCover, SimilarPair
from workbench.evidence.intake import take_in
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services import runtime
from workbench.services.claims.content import ImageRequest
from workbench.services.claims.registration import register_claim
from workbench.services.commission.submission import submit_plan
from workbench.services.images.similar_pairs import Alike, keep_pairs


def stored(shade: int, kind: str) -> ImageRequest:
    accepted = take_in(runtime.evidence_store(), world.picture(shade), f"{shade}.jpg")
    return replace(world.image(shade), accepted=accepted, kind=kind)


@pytest.fixture
def address(web_database: Database, now: datetime) -> str:
    """Of a pair whose earlier image is in a plan and whose later one is in a claim."""
    pack = tuple(stored(shade, kind) for shade, kind in enumerate(PACK, 1))
    later = stored(90, "periapical")
    alike = Alike(
        sha256=later.accepted.sha256,
        other_sha256=pack[2].accepted.sha256,
        distance=4,
        change={"codes": []},
    )

    def register(session: Session) -> int:
        world.build(session, now)
        session.execute(update(ContractCover).values(excluded_groups=["cosmetic"]))
        world.referral(session, now, issued_on=day_of(now))
        submit_plan(session, None, plan(images=pack), now=now)
        request = world.direct(national_code=world.CHILD, images=(later,))
        register_claim(session, None, request, now=now + timedelta(hours=1))
        keep_pairs(session, [alike], now=now)
        return session.scalars(select(SimilarPair.id)).one()

    return f"/evidence/pair/{web_database.in_tx(register)}"


def test_both_are_shown_to_who_may_see_one_and_each_look_is_on_record(
    client: TestClient, sign_in: SignIn, address: str, web_database: Database
) -> None:
    sign_in("member", Role.COMMISSION)
    for variant in ("thumb", "view", "view"):
        answer = client.get(f"{address}/later/{variant}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "private, no-cache"
    sign_in("assessor2", Role.ASSESSOR)
    assert client.get(f"{address}/earlier/view").status_code == 200
    looks = select(AuditEvent.action).where(AuditEvent.action.in_(("evidence.view", "plan.viewed")))
    with web_database.reading() as session:
        assert sorted(session.scalars(looks)) == ["evidence.view", "plan.viewed"]


@pytest.mark.parametrize(
    ("role", "side", "status"),
    [
        (Role.COMMISSION, "earlier", 404),
        (Role.ASSESSOR, "later", 404),
        (Role.FINANCE, "later", 403),
        (Role.LEAD, "both", 404),
    ],
)
def test_nothing_else_is_opened(
    client: TestClient, sign_in: SignIn, address: str, role: Role, side: str, status: int
) -> None:
    sign_in("someone", role)
    answer = client.get(f"{address}/{side}/view")
    assert answer.status_code == status
    assert answer.headers["cache-control"] == "no-store"


def test_not_modified_needs_the_session_and_the_right(
    client: TestClient, sign_in: SignIn, address: str
) -> None:
    sign_in("member", Role.CHAIR)
    tag = client.get(f"{address}/later/view").headers["etag"]
    known = {"if-none-match": tag}
    assert client.get(f"{address}/later/view", headers=known).status_code == 304
    client.post("/sign-out")
    assert client.get(f"{address}/later/view", headers=known).status_code == 401
    sign_in("finance", Role.FINANCE)
    assert client.get(f"{address}/later/view", headers=known).status_code == 403


def test_an_unknown_pair_and_a_missing_file_are_told(
    client: TestClient, sign_in: SignIn, address: str
) -> None:
    sign_in("member", Role.COMMISSION)
    assert client.get("/evidence/pair/1/later/view").json()["code"] == "evidence_not_found"
    sha256 = client.get(f"{address}/later/view").headers["etag"].strip('"').split("-")[0]
    runtime.evidence_store().delete(sha256)
    answer = client.get(f"{address}/later/view")
    assert (answer.status_code, answer.json()["code"]) == (404, "evidence_missing_file")
