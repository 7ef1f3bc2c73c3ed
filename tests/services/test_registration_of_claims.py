"""Registering a claim: what lands, what it reserves, and what is refused."""

from datetime import timedelta

import pytest
import registered_world as world
from sqlalchemy import select

from workbench.db.models import (
    Attachment,
    AuditEvent,
    CeilingAccount,
    Claim,
    ClaimLine,
    EvidenceImage,
    Referral,
    WorkCounter,
)
from workbench.errors import Refused
from workbench.persian.jalali import parse_instant
from workbench.rules.workflow import ClaimState, ReferralState, Role
from workbench.services.ceiling import ledger
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims.registration import register_claim

OTHER_ROLES = [role for role in Role if role not in (Role.RECEPTION, Role.ADMIN)]


@pytest.fixture
def desk(database, prepared, now):
    prepared(world.build_in, now)
    return database


def test_an_indirect_claim_waits_for_its_paper_and_puts_the_referral_in_use(desk, now):
    made = desk.in_tx(lambda session: world.received_claim(session, now))

    with desk.reading() as session:
        claim = session.get_one(Claim, (made.insurer_id, made.claim_id))
        letter = session.scalars(select(Referral)).one()
        assert (claim.state, claim.is_waiting, claim.due_at) == ("ready_to_send", False, None)
        assert claim.requested_payable_rial == 5_661_000
        assert (claim.cost_rial, claim.line_count, claim.service_groups) == (
            6_290_000,
            1,
            "filling",
        )
        assert (letter.state, letter.first_service_at) == (ReferralState.IN_USE, now)
        counter = session.scalars(select(WorkCounter)).one()
        assert (counter.state, counter.count) == ("ready_to_send", 1)
        assert verify_balances(session) == []
        actions = set(session.scalars(select(AuditEvent.action)))
        assert {"referral.issue", "referral.use", "batch.register", "claim.register"} <= actions


def test_a_direct_claim_is_accepted_at_once_with_its_own_reserve_and_clock(desk, now):
    saturday = parse_instant("1402/09/18 10:00")
    made = desk.in_tx(
        lambda session: register_claim(session, None, world.direct(registered_at=saturday), now=now)
    )

    assert made.state is ClaimState.ACCEPTED
    assert made.due_at == parse_instant("1402/09/21 10:00")  # 72 hours on working days
    with desk.reading() as session:
        claim = session.get_one(Claim, (made.insurer_id, made.claim_id))
        assert ledger.reserved_left(session, claim.insurer_id, claim.reservation_id) == 5_661_000
        assert (claim.accepted_at, claim.is_waiting) == (saturday, True)


def test_a_direct_claim_reserves_no_more_than_is_withdrawable(desk, now):
    big = (world.line(unit_price_rial=6_290_000, quantity=8),)

    def work(session):
        world.referral(session, now, amount_rial=world.CEILING_RIAL - 1)
        return register_claim(session, None, world.direct(lines=big), now=now)

    made = desk.in_tx(work)
    with desk.reading() as session:
        claim = session.get_one(Claim, (made.insurer_id, made.claim_id))
        account = session.scalars(select(CeilingAccount)).one()
        assert ledger.reserved_left(session, claim.insurer_id, claim.reservation_id) == 1
        assert account.reserved_rial == world.CEILING_RIAL


def test_what_exceeds_the_tariff_is_not_in_the_payable_as_requested(desk, now):
    dear = (world.line(unit_price_rial=7_000_000),)
    made = desk.in_tx(lambda s: register_claim(s, None, world.direct(lines=dear), now=now))
    assert made.requested_payable_rial == 5_661_000


def test_a_family_ceiling_is_held_by_the_principal_an_individual_one_by_the_person(database, now):
    def work(session, kind):
        world.build(session, now, ceiling_kind=kind)
        child = world.direct(national_code=world.CHILD)
        register_claim(session, None, child, now=now)
        account = session.scalars(select(CeilingAccount)).one()
        claim = session.scalars(select(Claim)).one()
        answer = account.holder_id == claim.person_id, account.is_family
        session.rollback()
        return answer

    with database.reading() as session:
        assert work(session, "family") == (False, True)
    with database.reading() as session:
        assert work(session, "individual") == (True, False)


def test_lines_and_images_are_kept_as_requested(desk, now):
    images = (world.image(1), world.image(2, "after.jpg", lines=(1,)))
    made = desk.in_tx(lambda s: register_claim(s, None, world.direct(images=images), now=now))

    with desk.reading() as session:
        row = session.scalars(select(ClaimLine)).one()
        attached = session.scalars(select(Attachment).order_by(Attachment.number)).all()
        assert (row.round, row.code, row.tooth, row.surfaces) == (1, "125", 26, "MO")
        assert [a.file_name for a in attached] == ["before.jpg", "after.jpg"]
        assert [a.lines for a in attached] == [[], [1]]
        assert session.get_one(Claim, (made.insurer_id, made.claim_id)).image_count == 2


def test_an_earlier_image_of_the_same_patient_is_attached_but_stored_once(desk, now):
    def work(session):
        register_claim(session, None, world.direct(images=(world.image(1),)), now=now)
        same = world.image(1, "same.jpg", is_earlier=True)
        again = world.direct(number="1402000002", images=(same,))
        register_claim(session, None, again, now=now)

    desk.in_tx(work)
    with desk.reading() as session:
        assert len(session.scalars(select(EvidenceImage)).all()) == 1
        assert len(session.scalars(select(Attachment)).all()) == 2


def test_an_image_of_another_patient_is_refused_and_nothing_of_the_claim_stays(desk, now):
    desk.in_tx(lambda s: register_claim(s, None, world.direct(images=(world.image(1),)), now=now))
    theirs = world.direct(
        number="1402000002", national_code=world.CHILD, images=(world.image(1, "mine.jpg"),)
    )
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: register_claim(s, None, theirs, now=now))

    assert refused.value.code == "evidence_of_other_patient"
    assert refused.value.facts == {"name": "mine.jpg"}
    with desk.reading() as session:
        assert session.scalars(select(Claim.number)).all() == ["1402000001"]
        assert verify_balances(session) == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"lines": ()}, "claim_without_services"),
        ({"lines": (world.line(code="999"),)}, "unknown_service"),
        ({"lines": (world.line(), world.line())}, "line_twice"),
        ({"lines": (world.line(tooth=19),)}, "line_wrong"),
        ({"lines": (world.line(quantity=0),)}, "line_wrong"),
        ({"lines": (world.line(unit_price_rial=-1),)}, "line_wrong"),
        ({"images": (world.image(1, lines=(2,)),)}, "image_line_unknown"),
        ({"images": (world.image(1), world.image(1))}, "evidence_attached_already"),
        ({"national_code": world.STRANGER}, "person_not_insured"),
        ({"contract_number": "1"}, "unknown_contract"),
        ({"centre_code": "c-9"}, "unknown_centre"),
        ({"medical_council_number": "9"}, "unknown_dentist"),
        ({"cover_code": "vision"}, "unknown_cover"),
        ({"insurer_code": "ins-9"}, "unknown_insurer"),
        ({"referral_number": "700001"}, "direct_with_referral"),
        ({"acceptance_number": "366590"}, "direct_with_batch"),
    ],
)
def test_a_direct_claim_that_contradicts_itself_is_refused(desk, now, changes, code):
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: register_claim(s, None, world.direct(**changes), now=now))
    assert refused.value.code == code
    with desk.reading() as session:
        assert session.scalars(select(Claim)).all() == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"referral_number": None}, "referral_needed"),
        ({"referral_number": "700009"}, "unknown_referral"),
        ({"acceptance_number": None}, "batch_needed"),
        ({"acceptance_number": "999999"}, "batch_not_found"),
        ({"national_code": world.CHILD}, "referral_of_other_person"),
    ],
)
def test_an_indirect_claim_needs_its_own_referral_and_batch(desk, now, changes, code):
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: world.received_claim(s, now, **changes))
    assert refused.value.code == code


def test_the_same_number_twice_is_refused(desk, now):
    desk.in_tx(lambda s: register_claim(s, None, world.direct(), now=now))
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: register_claim(s, None, world.direct(), now=now))
    assert refused.value.code == "claim_exists"


def test_a_claim_is_not_registered_in_the_future(desk, now):
    late = world.direct(registered_at=now + timedelta(seconds=1))
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: register_claim(s, None, late, now=now))
    assert refused.value.code == "instant_in_future"


@pytest.mark.parametrize("role", OTHER_ROLES)
def test_only_reception_and_admin_register(desk, now, role):
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: register_claim(s, world.actor(role), world.direct(), now=now))
    assert refused.value.code == "not_permitted"


def test_an_insurer_the_user_does_not_work_for_looks_unknown(desk, now):
    clerk = world.actor(Role.RECEPTION, insurer_ids=frozenset({1}))
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: register_claim(s, clerk, world.direct(), now=now))
    assert refused.value.code == "unknown_insurer"


def test_a_case_dated_before_its_referral_is_registered_for_the_finding_to_say_so(desk, now):
    made = desk.in_tx(
        lambda s: world.received_claim(s, now, case_on=world.SERVICE_ON - timedelta(days=2))
    )
    with desk.reading() as session:
        claim = session.get_one(Claim, (made.insurer_id, made.claim_id))
        assert claim.open_finding_count > 0
