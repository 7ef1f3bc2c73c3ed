"""An image of a plan that looks like one of a claim, before the panel."""

from datetime import datetime, timedelta

import pytest
import registered_world as world
from plan_world import Panel, refused
from sqlalchemy import select

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, SimilarPair
from workbench.rules.finding import Finding
from workbench.rules.findings.similar import COINCIDENCE, SAME
from workbench.services.access import Actor
from workbench.services.claims.registration import register_claim
from workbench.services.commission.similar import decide_plan_pair, plan_findings
from workbench.services.images.similar_pairs import DECIDED, Alike, keep_pairs

CLAIM = "1402000031"


@pytest.fixture
def found(database: Database, panel: Panel, now: datetime) -> Finding:
    """Image 3 of the plan, and an earlier document's image of another patient."""
    request = world.direct(number=CLAIM, national_code=world.CHILD, images=(world.image(90),))
    database.in_tx(lambda s: register_claim(s, None, request, now=now - timedelta(days=3)))
    shas = [world.image(shade).accepted.sha256 for shade in (3, 90)]
    alike = Alike(sha256=shas[0], other_sha256=shas[1], distance=20, change={"codes": []})
    database.in_tx(lambda s: keep_pairs(s, [alike], now=now))
    (finding,) = findings(database, panel)
    return finding


def findings(database: Database, panel: Panel) -> tuple[Finding, ...]:
    with database.reading() as session:
        return plan_findings(session, panel.members[0], panel.place)


def decide(
    database: Database, actor: Actor, panel: Panel, key: str, decision: str, now: datetime
) -> None:
    database.in_tx(
        lambda s: decide_plan_pair(
            s, actor, panel.place, key=key, decision=decision, reason="دو فک متفاوت", now=now
        )
    )


def test_the_plan_names_its_image_and_the_case_of_the_other(found: Finding) -> None:
    assert found.code == "similar_image"
    assert found.image == 3
    assert (found.facts["other_claim"], found.facts["other_image"]) == (CLAIM, 1)


def test_a_coincidence_is_gone_for_good(
    database: Database, panel: Panel, found: Finding, now: datetime
) -> None:
    decide(database, panel.members[0], panel, found.key, COINCIDENCE, now)
    assert findings(database, panel) == ()
    again = refused(lambda: decide(database, panel.chair, panel, found.key, SAME, now))
    assert again.code == "finding_not_found"


def test_the_same_picture_stays_in_sight_and_in_the_trail(
    database: Database, panel: Panel, found: Finding, now: datetime
) -> None:
    decide(database, panel.chair, panel, found.key, SAME, now)
    (after,) = findings(database, panel)
    assert after.facts["decision"] == SAME
    assert refused(
        lambda: decide(database, panel.members[1], panel, found.key, COINCIDENCE, now)
    ).facts == {"decision": SAME}
    with database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == DECIDED)).all()
        assert sorted(event.stream.partition(":")[0] for event in events) == ["claim", "plan"]


def test_only_who_may_vote_decides(
    database: Database, panel: Panel, found: Finding, now: datetime
) -> None:
    for actor in (world.actor("assessor"), world.actor("manager")):
        why = refused(lambda who=actor: decide(database, who, panel, found.key, SAME, now))
        assert why.code == "not_permitted"
    with database.reading() as session:
        assert session.scalars(select(SimilarPair.decision)).one() is None
