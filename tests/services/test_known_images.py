"""Known bytes are refused (B6): whose they are decides the sentence, the reader what it names."""

import plan_world
import pytest
import registered_world as world
from sqlalchemy import func, select

from workbench.db.models import Attachment, EvidenceImage, Insurer
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.claims.registration import register_claim
from workbench.services.commission.submission import submit_plan
from workbench.services.errors import sentence

FIRST, SECOND = "1402000001", "1402000002"


@pytest.fixture
def desk(database, now):
    """One claim of the principal with one image."""
    world.build_in(database, now)
    first = world.direct(images=(world.image(1),))
    database.in_tx(lambda s: register_claim(s, None, first, now=now))
    return database


def refusal(desk, now, actor=None, **changes):
    sent = world.direct(number=SECOND, images=(world.image(1, "again.jpg"),), **changes)
    with pytest.raises(Refused) as caught:
        desk.in_tx(lambda s: register_claim(s, actor, sent, now=now))
    return caught.value


def test_bytes_of_this_patient_are_refused_with_the_place_to_attach_from(desk, now):
    refused = refusal(desk, now)
    assert refused.code == "evidence_of_same_patient_case"
    assert refused.facts == {"name": "again.jpg", "number": FIRST, "image": 1, "on": day_of(now)}
    assert "پرونده ۱۴۰۲۰۰۰۰۰۱، تصویر ۱" in sentence(refused)


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        ({Role.ADMIN}, "evidence_of_same_patient"),
        ({Role.RECEPTION}, "evidence_of_same_patient_case"),
        ({Role.ADMIN, Role.LEAD}, "evidence_of_same_patient_case"),
    ],
)
def test_an_own_case_is_named_to_who_reads_or_attaches(desk, now, roles, code):
    assert refusal(desk, now, world.actor(*roles)).code == code


@pytest.mark.parametrize(
    ("roles", "code"),
    [
        (None, "evidence_of_other_patient"),
        ({Role.ADMIN}, "evidence_of_other_patient"),
        ({Role.RECEPTION}, "evidence_of_other_patient"),
        ({Role.RECEPTION, Role.ASSESSOR}, "evidence_of_other_patient_case"),
        ({Role.ADMIN, Role.LEAD}, "evidence_of_other_patient_case"),
    ],
)
def test_the_case_of_another_patient_is_named_to_its_readers_only(desk, now, roles, code):
    actor = world.actor(*roles) if roles else None
    refused = refusal(desk, now, actor, national_code=world.CHILD)
    assert refused.code == code
    assert ("number" in refused.facts) == code.endswith("_case")
    assert (FIRST in str(refused)) == code.endswith("_case")


def test_a_case_of_an_insurer_he_does_not_work_for_is_not_named(desk, now):
    """The bytes stand with the first insurer only; the new claim is of a second one."""
    other = desk.in_tx(lambda s: _second_insurer(s, now))
    actor = world.actor(Role.RECEPTION, Role.LEAD, insurer_ids=frozenset({other}))
    own = refusal(desk, now, actor, insurer_code="ins-2")
    assert (own.code, own.facts) == ("evidence_of_same_patient", {"name": "again.jpg"})
    both = world.actor(
        Role.RECEPTION, Role.LEAD, insurer_ids=frozenset({other, insurer_id_of(desk)})
    )
    assert refusal(desk, now, both, insurer_code="ins-2").facts["number"] == FIRST


def _second_insurer(session, now):
    world.reference.register_insurer(session, None, code="ins-2", name="دوم", now=now)
    world.enrolment.register_contract(
        session,
        None,
        insurer_code="ins-2",
        number=world.CONTRACT,
        policyholder_code="ph-1",
        plan="طرح یک",
        start_on=world.parse_day("1402/01/01"),
        end_on=world.parse_day("1404/12/29"),
        tariff_set_code=world.DEFAULT_TARIFF_SET,
        covers=[
            world.enrolment.CoverInput(
                code="dental", title="دندان", franchise_basis=1_000, ceiling_rial=10**8
            )
        ],
        now=now,
    )
    world.enrolment.register_membership(
        session,
        None,
        insurer_code="ins-2",
        contract_number=world.CONTRACT,
        national_code=world.PRINCIPAL,
        relation="principal",
        principal_national_code=None,
        now=now,
    )
    return session.scalars(select(Insurer.id).where(Insurer.code == "ins-2")).one()


def insurer_id_of(desk):
    with desk.reading() as session:
        return session.scalars(select(Insurer.id).where(Insurer.code == world.INSURER)).one()


def test_an_earlier_image_is_attached_and_stored_once(desk, now):
    again = world.direct(number=SECOND, images=(world.image(1, is_earlier=True),))
    desk.in_tx(lambda s: register_claim(s, None, again, now=now))
    with desk.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidenceImage)) == 1
        assert session.scalar(select(func.count()).select_from(Attachment)) == 2


@pytest.mark.parametrize(
    ("shade", "person", "code"),
    [
        (2, world.PRINCIPAL, "evidence_not_earlier"),
        (1, world.CHILD, "evidence_of_other_patient"),
    ],
)
def test_what_is_said_to_be_earlier_has_to_be_the_patients(desk, now, shade, person, code):
    sent = world.direct(
        number=SECOND, national_code=person, images=(world.image(shade, is_earlier=True),)
    )
    with pytest.raises(Refused) as caught:
        desk.in_tx(lambda s: register_claim(s, None, sent, now=now))
    assert caught.value.code == code


def test_bytes_of_a_plan_are_refused_with_the_plan(database, now):
    plan_world.fill(database, now)
    plan = database.in_tx(lambda s: submit_plan(s, None, plan_world.plan(), now=now).number)
    sent = world.direct(images=(world.image(3, "opg.jpg"),))
    for roles, code in (
        ({Role.RECEPTION}, "evidence_of_same_patient_plan"),
        ({Role.ADMIN, Role.CHAIR}, "evidence_of_same_patient_plan"),
        ({Role.ADMIN, Role.ASSESSOR}, "evidence_of_same_patient"),
    ):
        with pytest.raises(Refused) as caught:
            database.in_tx(lambda s, who=roles: register_claim(s, world.actor(*who), sent, now=now))
        assert caught.value.code == code
        assert caught.value.facts.get("number") == (plan if code.endswith("plan") else None)
