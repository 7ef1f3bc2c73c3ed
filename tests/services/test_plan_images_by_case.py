"""The images of a patient's plans, for the assessor who has a case of the patient in hand."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import desk as people
import pytest
import registered_world as world
from plan_world import Panel, plan_of, refused
from sqlalchemy import func, select

from tests.services.test_tooth_history import _second_insurer
from workbench.db.engine import Database
from workbench.db.models import Attachment, AuditEvent, TreatmentPlan
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.claims.assessing import Place
from workbench.services.claims.registration import register_claim
from workbench.services.claims.taking import take_claim
from workbench.services.commission.images_by_case import find_image_by_case, record_view_by_case
from workbench.services.images.attaching import attach_earlier
from workbench.services.images.earlier import Earlier, earlier_images

IDENTITY, FORM, PANORAMIC, PHOTOGRAPH = 1, 2, 3, 4
CHILD_CASE, OWN_CASE = "1402000009", "1402000001"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """A plan, and two direct cases: one of its patient, one of his child."""

    database: Database
    now: datetime
    plan: Panel
    assessor: Actor
    places: dict[str, Place]

    def take(self, number: str, actor: Actor | None = None) -> None:
        """The assessor takes a case."""
        place, who = self.places[number], actor or self.assessor
        self.database.in_tx(
            lambda s: take_claim(s, who, place.insurer_id, place.claim_id, now=self.now)
        )

    def offered(self, number: str = OWN_CASE, actor: Actor | None = None) -> list[tuple]:
        """The plan images that the picker offers."""
        with self.database.reading() as session:
            found = earlier_images(
                session, actor or self.assessor, self.places[number], now=self.now
            )
        return sorted((x.number, x.kind, x.by_claim) for x in found if x.what == "plan")

    def find(
        self,
        number: int = PANORAMIC,
        *,
        case: str = OWN_CASE,
        actor: Actor | None = None,
        at: datetime | None = None,
        variant: str = "thumb",
    ):
        """What the route asks."""
        with self.database.reading() as session:
            return find_image_by_case(
                session,
                actor or self.assessor,
                self.places[case],
                self.plan.place.plan_id,
                number,
                variant,
                now=at or self.now,
            )


@pytest.fixture
def bench(database: Database, panel: Panel, now: datetime) -> Bench:
    def work(session):
        places = {}
        for number, code in ((OWN_CASE, world.PRINCIPAL), (CHILD_CASE, world.CHILD)):
            request = world.direct(number=number, national_code=code)
            made = register_claim(session, None, request, now=now)
            places[number] = Place(insurer_id=made.insurer_id, claim_id=made.claim_id, version=None)
        return people.assessor_of(session, now), places

    assessor, places = database.in_tx(work)
    return Bench(database=database, now=now, plan=panel, assessor=assessor, places=places)


def code(work) -> str:
    return refused(work).code


def test_whoever_holds_the_case_is_offered_the_plans_images_but_not_its_form(bench: Bench) -> None:
    bench.take(OWN_CASE)
    claim_id = bench.places[OWN_CASE].claim_id
    assert bench.offered() == [
        (IDENTITY, EvidenceKind.IDENTITY, claim_id),
        (PANORAMIC, EvidenceKind.PANORAMIC, claim_id),
        (PHOTOGRAPH, EvidenceKind.PHOTOGRAPH, claim_id),
    ]
    shown = bench.find()
    assert (shown.sha256, shown.variant) == (world.image(3).accepted.sha256, "thumb")
    assert code(lambda: bench.find(FORM)) == "evidence_not_found"
    assert code(lambda: bench.find(9)) == "evidence_not_found"
    assert code(lambda: bench.find(variant="original")) == "evidence_not_found"


def test_without_the_case_nothing_is_open(bench: Bench) -> None:
    assert bench.offered() == []
    assert code(bench.find) == "evidence_not_found"
    colleague = bench.database.in_tx(lambda s: people.assessor_of(s, bench.now, "assessor-2"))
    bench.take(OWN_CASE, colleague)
    assert len(bench.offered(actor=colleague)) == 3
    assert bench.offered() == []
    assert code(bench.find) == "evidence_not_found"


def test_it_ends_with_the_lease(bench: Bench) -> None:
    bench.take(OWN_CASE)
    bench.find()
    colleague = bench.database.in_tx(lambda s: people.assessor_of(s, bench.now, "assessor-2"))
    later = replace(bench, now=bench.now + timedelta(days=3))
    later.take(OWN_CASE, colleague)
    assert code(lambda: bench.find(at=later.now)) == "evidence_not_found"
    assert later.offered() == []


def test_another_persons_case_opens_no_image(bench: Bench) -> None:
    bench.take(CHILD_CASE)
    assert bench.offered(CHILD_CASE) == []
    assert code(lambda: bench.find(case=CHILD_CASE)) == "evidence_not_found"


def test_another_insurers_plan_and_an_own_one_stay_closed(bench: Bench) -> None:
    bench.take(OWN_CASE)
    plan = plan_of(bench.database)
    for own in ({"centre_id": plan.centre_id}, {"dentist_id": plan.dentist_id}):
        actor = replace(bench.assessor, **own)
        assert bench.offered(actor=actor) == []
        assert code(lambda who=actor: bench.find(actor=who)) == "evidence_not_found"
    elsewhere = replace(bench.assessor, insurer_ids=frozenset({plan.insurer_id + 1}))
    assert code(lambda: bench.find(actor=elsewhere)) == "claim_not_found"


def test_a_case_at_another_insurer_opens_no_image(bench: Bench) -> None:
    number = "1402000077"

    def work(session) -> Place:
        _second_insurer(session, bench.now)
        request = world.direct(
            number=number, insurer_code="ins-2", contract_number="1403/2", cover_code="dental"
        )
        made = register_claim(session, None, request, now=bench.now)
        return Place(insurer_id=made.insurer_id, claim_id=made.claim_id, version=None)

    bench.places[number] = bench.database.in_tx(work)
    bench.take(number)
    assert bench.assessor.insurer_ids is None, "he works for both insurers"
    assert bench.offered(number) == []
    assert code(lambda: bench.find(case=number)) == "evidence_not_found"


@pytest.mark.parametrize("role", list(Role))
def test_which_roles_the_route_lets_in(bench: Bench, role: Role) -> None:
    actor = world.actor(role)
    if role is Role.LEAD:
        assert bench.find(actor=actor).sha256
    elif role is Role.ASSESSOR:
        assert code(lambda: bench.find(actor=actor)) == "evidence_not_found"
    else:
        assert code(lambda: bench.find(actor=actor)) == "not_permitted"


def test_a_look_is_once_on_the_plans_trail_with_its_case(bench: Bench) -> None:
    bench.take(OWN_CASE)
    plan_id = bench.plan.place.plan_id
    for _again in range(2):
        bench.database.in_tx(
            lambda s: record_view_by_case(
                s, bench.assessor, bench.places[OWN_CASE], plan_id, PANORAMIC, now=bench.now
            )
        )
    with bench.database.reading() as session:
        (event,) = session.scalars(select(AuditEvent).where(AuditEvent.action == "plan.viewed"))
        assert event.actor_id == bench.assessor.user_id
        assert event.facts["claim"] == OWN_CASE
    assert bench.find().is_on_record


def test_an_offered_image_is_attached_and_a_closed_one_is_not(bench: Bench) -> None:
    def wanted(number: int) -> Earlier:
        return Earlier(
            what="plan",
            insurer_id=bench.plan.place.insurer_id,
            place_id=bench.plan.place.plan_id,
            number=number,
            kind=EvidenceKind.PANORAMIC,
            phase=Phase.BEFORE,
        )

    def attach(number: int):
        return bench.database.in_tx(
            lambda s: attach_earlier(
                s, bench.assessor, bench.places[OWN_CASE], [wanted(number)], now=bench.now
            )
        )

    assert code(lambda: attach(PANORAMIC)) == "earlier_image_unknown"
    bench.take(OWN_CASE)
    assert code(lambda: attach(FORM)) == "earlier_image_unknown"
    assert attach(PANORAMIC).numbers == (1,)
    with bench.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Attachment)) == 1
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        number = session.scalars(select(TreatmentPlan.number)).one()
        assert event.facts["sources"] == [f"{number}/{PANORAMIC}"]
    assert [image for image, *_rest in bench.offered()] == [IDENTITY, PHOTOGRAPH]
