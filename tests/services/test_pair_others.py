"""The image that a finding about a pair names stands in the viewer of the claim and of the plan."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import registered_world as world
from plan_world import Panel
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Claim, Dentist, SimilarPair, TreatmentPlan
from workbench.rules.findings.similar import COINCIDENCE, SAME, is_same
from workbench.rules.workflow import Role
from workbench.services import reference
from workbench.services.access import Actor
from workbench.services.claims.reading import read_case, record_others_seen
from workbench.services.claims.registration import register_claim
from workbench.services.claims.view import OtherImage
from workbench.services.commission.similar import PlanSimilar, decide_plan_pair, read_similar
from workbench.services.images.similar_pairs import Alike, keep_pairs

CLAIM = "1402000031"
IN_PLAN, IN_CLAIM = (world.image(shade).accepted.sha256 for shade in (3, 90))


@pytest.fixture
def pair(database: Database, panel: Panel, now: datetime) -> int:
    """Image 3 of the plan looks like the only one of an earlier claim."""
    request = world.direct(number=CLAIM, national_code=world.CHILD, images=(world.image(90),))
    database.in_tx(lambda s: register_claim(s, None, request, now=now - timedelta(days=3)))
    alike = Alike(sha256=IN_PLAN, other_sha256=IN_CLAIM, distance=20, change={"codes": []})
    database.in_tx(lambda s: keep_pairs(s, [alike], now=now))
    with database.reading() as session:
        return session.scalars(select(SimilarPair.id)).one()


def similar(database: Database, actor: Actor, panel: Panel) -> PlanSimilar:
    with database.reading() as session:
        return read_similar(session, actor, panel.place)


def others(database: Database, actor: Actor, now: datetime) -> tuple[OtherImage, ...]:
    with database.reading() as session:
        claim = session.scalars(select(Claim)).one()
        return read_case(session, actor, claim.insurer_id, claim.id, now=now).others


def events(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.id)))


def test_the_plan_shows_the_claims_image_by_the_pair(
    database: Database, panel: Panel, pair: int
) -> None:
    found = similar(database, panel.members[0], panel)
    (other,), (finding,) = found.others, found.findings
    assert (other.number, other.claim_number, other.plan_number) == (1_000, CLAIM, None)
    assert (other.pair, other.side, other.image) == (pair, "earlier", 1)
    assert other.finding == finding.key
    assert found.may_decide


def test_the_claim_shows_the_plans_image_by_the_pair(
    database: Database, panel: Panel, pair: int, now: datetime
) -> None:
    with database.reading() as session:
        number = session.scalars(select(TreatmentPlan.number)).one()
    (other,) = others(database, world.actor(Role.ASSESSOR), now)
    assert (other.claim_id, other.claim_number, other.plan_number) == (None, None, number)
    assert (other.pair, other.side, other.image) == (pair, "later", 3)


def test_a_look_at_a_plans_image_is_no_event_of_a_claim(
    database: Database, pair: int, now: datetime
) -> None:
    lead = world.actor(Role.LEAD)
    shown, before = others(database, lead, now), events(database)
    database.in_tx(lambda s: record_others_seen(s, lead, shown, [1_000], now=now))
    assert [each.number for each in shown] == [1_000]
    assert events(database) == before


@pytest.mark.parametrize("role", [Role.LEAD, Role.MANAGER, Role.AUDITOR])
def test_who_may_not_vote_sees_and_does_not_answer(
    database: Database, panel: Panel, pair: int, role: Role
) -> None:
    found = similar(database, world.actor(role), panel)
    assert found.findings and found.others
    assert not found.may_decide


def test_who_has_an_interest_in_the_plan_is_told_nothing(
    database: Database, panel: Panel, pair: int
) -> None:
    with database.reading() as session:
        centre_id = session.scalars(select(TreatmentPlan.centre_id)).one()
    member = replace(panel.members[0], centre_id=centre_id)
    assert similar(database, member, panel) == PlanSimilar()


def _other_dentist(session: Session, now: datetime) -> None:
    """The plan is of another dentist than the claim."""
    reference.register_dentist(
        session,
        None,
        medical_council_number="99999",
        first_name="پزشک",
        last_name="دیگر",
        centre_codes=(world.CENTRE,),
        now=now,
    )
    other = session.scalars(select(Dentist).where(Dentist.medical_council_number == "99999")).one()
    session.execute(update(TreatmentPlan).values(dentist_id=other.id))


def test_an_image_of_ones_own_treatment_is_told_and_not_shown(
    database: Database, panel: Panel, pair: int, now: datetime
) -> None:
    with database.reading() as session:
        dentist_id = session.scalars(select(Claim.dentist_id)).one()
    database.in_tx(lambda s: _other_dentist(s, now))
    found = similar(database, replace(panel.members[0], dentist_id=dentist_id), panel)
    assert found.findings and found.others == ()


@pytest.mark.parametrize(("decision", "is_proposed"), [(SAME, True), (COINCIDENCE, False)])
def test_only_the_same_picture_is_a_reason_for_a_return(
    database: Database, panel: Panel, pair: int, now: datetime, decision: str, is_proposed: bool
) -> None:
    (finding,) = similar(database, panel.chair, panel).findings
    assert not is_same(finding)
    database.in_tx(
        lambda s: decide_plan_pair(
            s,
            panel.chair,
            panel.place,
            key=finding.key,
            decision=decision,
            reason="دو فک متفاوت",
            now=now,
        )
    )
    after = similar(database, panel.chair, panel).findings
    assert [is_same(each) for each in after] == [is_proposed]
