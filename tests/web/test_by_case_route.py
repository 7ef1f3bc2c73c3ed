"""An image of a plan by the address of a case: only for the assessor who holds the case."""

from dataclasses import replace
from datetime import datetime

import pytest
from browser import SignIn
from services import registered_world as world
from services.plan_world import PACK, plan
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from workbench import clock
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Claim, ContractCover, User
from workbench.evidence.intake import take_in
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services import runtime
from workbench.services.access import actor_of
from workbench.services.claims.content import ImageRequest
from workbench.services.claims.registration import register_claim
from workbench.services.claims.taking import take_claim
from workbench.services.commission.submission import submit_plan


def stored(shade: int, kind: str) -> ImageRequest:
    accepted = take_in(runtime.evidence_store(), world.picture(shade), f"{shade}.jpg")
    return replace(world.image(shade), accepted=accepted, kind=kind)


@pytest.fixture
def address(web_database: Database, now: datetime) -> str:
    """Of the third image of a plan, by a case of its patient."""
    pack = tuple(stored(shade, kind) for shade, kind in enumerate(PACK, 1))

    def register(session: Session) -> str:
        world.build(session, now)
        session.execute(update(ContractCover).values(excluded_groups=["cosmetic"]))
        world.referral(session, now, issued_on=day_of(now))
        sent = submit_plan(session, None, plan(images=pack), now=now)
        made = register_claim(session, None, world.direct(), now=now)
        return f"/evidence/by/{made.insurer_id}-{made.claim_id}/{sent.id}/3"

    return web_database.in_tx(register)


def take(database: Database, username: str) -> None:
    def work(session: Session) -> None:
        actor = actor_of(session, session.scalars(select(User).filter_by(username=username)).one())
        claim = session.scalars(select(Claim)).one()
        take_claim(session, actor, claim.insurer_id, claim.id, now=clock.now())

    database.in_tx(work)


def test_the_holder_sees_it_and_the_look_is_on_the_plans_trail(
    client: TestClient, sign_in: SignIn, address: str, web_database: Database
) -> None:
    assert client.get(f"{address}/thumb").status_code == 401
    sign_in("assessor2", Role.ASSESSOR)
    assert client.get(f"{address}/thumb").status_code == 404
    take(web_database, "assessor2")
    for variant in ("thumb", "view"):
        answer = client.get(f"{address}/{variant}")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "image/jpeg"
        assert answer.headers["cache-control"] == "private, no-cache"
    tag = {"if-none-match": answer.headers["etag"]}
    assert client.get(f"{address}/view", headers=tag).status_code == 304
    assert client.get(f"{address}/original").status_code == 404
    with web_database.reading() as session:
        looks = session.scalars(select(AuditEvent).where(AuditEvent.action == "plan.viewed")).all()
        assert [look.facts["claim"] for look in looks] == ["1402000001"]


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.LEAD, 200),
        (Role.ASSESSOR, 404),
        (Role.COMMISSION, 403),
        (Role.RECEPTION, 403),
        (Role.FINANCE, 403),
        (Role.MANAGER, 403),
        (Role.ADMIN, 403),
    ],
)
def test_who_has_not_the_case_in_hand(
    client: TestClient, sign_in: SignIn, address: str, role: Role, status: int
) -> None:
    sign_in("someone", role)
    assert client.get(f"{address}/view").status_code == status


def test_the_answer_not_modified_ends_with_the_case(
    client: TestClient, sign_in: SignIn, address: str, web_database: Database
) -> None:
    sign_in("assessor2", Role.ASSESSOR)
    take(web_database, "assessor2")
    tag = client.get(f"{address}/view").headers["etag"]
    free = update(Claim).values(assignee_id=None, state="accepted")
    web_database.in_tx(lambda session: session.execute(free))
    answer = client.get(f"{address}/view", headers={"if-none-match": tag})
    assert answer.status_code == 404
    assert client.get(address.replace("/3", "/4") + "/view").status_code == 404
