"""One image of a pair is open to whoever may see the other one, and every look is on the record."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import registered_world as world
from plan_world import Panel, refused
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests.services.test_tooth_history import _second_insurer
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Claim, SimilarPair, TreatmentPlan
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.claims.registration import register_claim
from workbench.services.images.evidence import EvidenceReference
from workbench.services.images.pair_images import find_pair_image, record_pair_view
from workbench.services.images.similar_pairs import Alike, keep_pairs

IN_CLAIM, IN_PLAN = (world.image(shade).accepted.sha256 for shade in (90, 3))
EARLIER, LATER = "earlier", "later"
EACH_SIDE = {
    EARLIER: {Role.COMMISSION, Role.CHAIR, Role.LEAD, Role.MANAGER, Role.AUDITOR},
    LATER: {Role.ASSESSOR, Role.LEAD, Role.MANAGER, Role.AUDITOR},
}
"""The earlier image is in a claim, the later one in a plan."""


@pytest.fixture
def pair(database: Database, panel: Panel, now: datetime) -> int:
    """Image 3 of the plan looks like the one of an earlier claim; the pair's id."""
    request = world.direct(national_code=world.CHILD, images=(world.image(90),))
    database.in_tx(lambda s: register_claim(s, None, request, now=now - timedelta(days=3)))
    return keep(database, now)


def keep(database: Database, now: datetime) -> int:
    alike = Alike(sha256=IN_PLAN, other_sha256=IN_CLAIM, distance=20, change={"codes": []})
    database.in_tx(lambda s: keep_pairs(s, [alike], now=now))
    with database.reading() as session:
        return session.scalars(select(SimilarPair.id)).one()


def find(
    database: Database, actor: Actor, pair: int, side: str, now: datetime, variant: str = "view"
) -> EvidenceReference:
    with database.reading() as session:
        return find_pair_image(session, actor, pair, side, variant, now=now)


def code(work: Callable[[], object]) -> str:
    return refused(work).code


@pytest.mark.parametrize("side", [EARLIER, LATER])
@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_one_image_sees_the_other(
    database: Database, pair: int, now: datetime, role: Role, side: str
) -> None:
    actor = world.actor(role)
    if role in EACH_SIDE[side]:
        shown = find(database, actor, pair, side, now)
        assert shown.sha256 == {EARLIER: IN_CLAIM, LATER: IN_PLAN}[side]
        assert not shown.is_on_record
        return
    why = code(lambda: find(database, actor, pair, side, now))
    may_see_some = role in EACH_SIDE[EARLIER] | EACH_SIDE[LATER]
    assert why == ("evidence_not_found" if may_see_some else "not_permitted")


def test_unknown_pairs_sides_and_variants_hold_no_image(
    database: Database, pair: int, now: datetime
) -> None:
    lead = world.actor(Role.LEAD)
    for wrong in (
        lambda: find(database, lead, pair + 1, EARLIER, now),
        lambda: find(database, lead, pair, "both", now),
        lambda: find(database, lead, pair, EARLIER, now, "original"),
    ):
        assert code(wrong) == "evidence_not_found"


def test_a_foreign_insurers_pair_looks_like_none(
    database: Database, panel: Panel, pair: int, now: datetime
) -> None:
    elsewhere = frozenset({panel.place.insurer_id + 1})
    for side in (EARLIER, LATER):
        actor = world.actor(Role.LEAD, insurer_ids=elsewhere)
        assert code(lambda a=actor, s=side: find(database, a, pair, s, now)) == "evidence_not_found"


def test_an_image_of_another_insurer_is_shown_only_to_who_works_for_both(
    database: Database, panel: Panel, now: datetime
) -> None:
    def register(session: Session) -> int:
        other = _second_insurer(session, now)
        request = world.direct(
            insurer_code="ins-2", contract_number="1403/2", national_code=world.PRINCIPAL,
            images=(world.image(90),),
        )  # fmt: skip
        register_claim(session, None, request, now=now - timedelta(days=3))
        return other

    other = database.in_tx(register)
    pair, own = keep(database, now), panel.place.insurer_id
    one = replace(panel.members[0], insurer_ids=frozenset({own}))
    both = replace(panel.members[0], insurer_ids=frozenset({own, other}))
    assert code(lambda: find(database, one, pair, EARLIER, now)) == "evidence_not_found"
    assert find(database, both, pair, EARLIER, now).sha256 == IN_CLAIM


@pytest.mark.parametrize("field", ["centre_id", "dentist_id"])
@pytest.mark.parametrize(
    ("role", "side"), [(Role.COMMISSION, EARLIER), (Role.ASSESSOR, LATER), (Role.LEAD, EARLIER)]
)
def test_ones_own_centre_and_treatment_open_nothing(
    database: Database, panel: Panel, pair: int, now: datetime, role: Role, side: str, field: str
) -> None:
    with database.reading() as session:
        holders = (
            session.scalars(select(Claim)).one(),
            session.scalars(select(TreatmentPlan)).one(),
        )
    for holder in holders:
        actor = replace(world.actor(role), **{field: getattr(holder, field)})
        assert code(lambda a=actor: find(database, a, pair, side, now)) == "evidence_not_found"


def test_who_assessed_the_cases_of_a_plan_does_not_decide_it_and_gets_nothing_by_it(
    database: Database, panel: Panel, pair: int, now: datetime
) -> None:
    member = panel.members[0]
    find(database, member, pair, EARLIER, now)

    def assess(session: Session) -> None:
        letter = session.scalars(select(TreatmentPlan.referral_id)).one()
        session.execute(update(Claim).values(referral_id=letter, assignee_id=member.user_id))

    database.in_tx(assess)
    assert code(lambda: find(database, member, pair, EARLIER, now)) == "evidence_not_found"


def test_the_right_follows_what_holds_the_images_not_which_came_first(
    database: Database, pair: int, now: datetime
) -> None:
    turned = update(SimilarPair).values(later_sha256=IN_CLAIM, earlier_sha256=IN_PLAN)
    database.in_tx(lambda s: s.execute(turned))
    assessor, member = world.actor(Role.ASSESSOR), world.actor(Role.COMMISSION)
    assert find(database, assessor, pair, EARLIER, now).sha256 == IN_PLAN
    assert find(database, member, pair, LATER, now).sha256 == IN_CLAIM
    for actor, side in ((assessor, LATER), (member, EARLIER)):
        assert code(lambda a=actor, x=side: find(database, a, pair, x, now)) == "evidence_not_found"


@pytest.mark.parametrize(
    ("side", "stream", "action"),
    [(EARLIER, "claim", "evidence.view"), (LATER, "plan", "plan.viewed")],
)
def test_a_look_is_on_the_trail_of_what_holds_the_image_once_in_half_an_hour(
    database: Database, panel: Panel, pair: int, now: datetime, side: str, stream: str, action: str
) -> None:
    actor = replace(panel.members[0], roles=frozenset({Role.LEAD}))
    for minutes in (0, 10, 29, 31):
        at = now + timedelta(minutes=minutes)
        assert find(database, actor, pair, side, at).is_on_record == (minutes in (10, 29))
        database.in_tx(lambda s, at=at: record_pair_view(s, actor, pair, side, now=at))
    with database.reading() as session:
        looks = session.scalars(select(AuditEvent).where(AuditEvent.action == action)).all()
    assert [each.at for each in looks] == [now, now + timedelta(minutes=31)]
    assert {each.stream.partition(":")[0] for each in looks} == {stream}
    assert {each.actor_id for each in looks} == {actor.user_id}
