"""The physical receipt of a batch: acceptance, the clock, the release of what is not needed."""

from datetime import timedelta

import pytest
import registered_world as world
from sqlalchemy import func, select

from workbench.db.models import (
    AuditEvent,
    Batch,
    CeilingAccount,
    CeilingEntry,
    Claim,
    Referral,
    WorkCounter,
)
from workbench.errors import Refused
from workbench.persian.jalali import parse_day, parse_instant
from workbench.rules.workflow import ClaimState, Role
from workbench.services.batches.receipt import batches_not_received, receive_batch
from workbench.services.ceiling import ledger
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims import transition
from workbench.services.claims.registration import register_claim
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim

CLERK = world.actor(Role.RECEPTION)
NUMBER = "366590"


def _receive_a_claim(database, now):
    database.in_tx(lambda session: world.received_claim(session, now))


@pytest.fixture
def desk(database, prepared, now):
    prepared(world.build_in, now)
    prepared(_receive_a_claim, now)
    return database


def receive(desk, now, actor=CLERK, number=NUMBER, **more):
    return desk.in_tx(lambda session: receive_batch(session, actor, number, now=now, **more))


def test_every_claim_is_accepted_and_due_after_72_working_hours(desk):
    saturday = parse_instant("1405/09/07 10:00")
    receipt = receive(desk, saturday)

    with desk.reading() as session:
        claim, batch = session.scalars(select(Claim)).one(), session.scalars(select(Batch)).one()
        assert (claim.state, claim.is_waiting) == ("accepted", True)
        assert (claim.accepted_at, claim.due_at) == (saturday, parse_instant("1405/09/10 10:00"))
        assert (batch.state, batch.received_at, batch.received_by_id) == ("accepted", saturday, 77)
        assert (receipt.claim_count, receipt.first_due_at) == (1, claim.due_at)
        counted = session.execute(
            select(WorkCounter.state, func.sum(WorkCounter.count)).group_by(WorkCounter.state)
        )
        assert {row[0]: row[1] for row in counted} == {"ready_to_send": 0, "accepted": 1}
        event = session.scalars(
            select(AuditEvent).where(AuditEvent.action == "batch.receive")
        ).one()
        assert event.facts == {"batch": NUMBER, "claims": 1, "released_rial": 4_339_000}
        assert session.scalars(
            select(AuditEvent.actor_id).where(AuditEvent.action == "claim.receive")
        ).all() == [77]


def test_the_referral_keeps_the_payable_as_requested_and_the_rest_is_released(desk, now):
    receipt = receive(desk, now)

    assert receipt.released_rial == 10_000_000 - 5_661_000
    with desk.reading() as session:
        letter = session.scalars(select(Referral)).one()
        assert ledger.reserved_left(session, letter.insurer_id, letter.reservation_id) == 5_661_000
        entry = session.scalars(select(CeilingEntry).where(CeilingEntry.kind == "release")).one()
        assert entry.idempotency_key == f"acceptance:{letter.reservation_id}"
        assert verify_balances(session) == []


def test_all_cases_of_the_referral_count_also_those_not_sent_yet(desk, now):
    def second(session):
        world.batch(session, now, "366591")
        other = world.indirect(
            number="990748656",
            acceptance_number="366591",
            lines=(world.line(unit_price_rial=3_000_000),),
        )
        register_claim(session, None, other, now=now)

    desk.in_tx(second)
    assert receive(desk, now).released_rial == 10_000_000 - 5_661_000 - 2_700_000
    assert receive(desk, now, number="366591").released_rial == 0
    with desk.reading() as session:
        assert len(session.scalars(select(CeilingEntry).filter_by(kind="release")).all()) == 1


def test_a_referral_that_is_too_small_releases_nothing_and_is_closed_for_new_services(
    database, now
):
    def work(session):
        world.build(session, now)
        world.referral(session, now, amount_rial=1_000_000)
        world.batch(session, now)
        world.batch(session, now, "366591")
        register_claim(session, None, world.indirect(), now=now)

    database.in_tx(work)
    assert receive(database, now).released_rial == 0
    late = world.indirect(number="990748657", acceptance_number="366591")
    with pytest.raises(Refused) as refused:
        database.in_tx(lambda session: register_claim(session, None, late, now=now))
    assert refused.value.code == "referral_accepted"


def test_a_second_receipt_is_refused_and_changes_nothing(desk, now):
    receive(desk, now)
    with pytest.raises(Refused) as refused:
        receive(desk, now + timedelta(hours=1))
    assert (refused.value.code, refused.value.facts["at"]) == ("batch_received", now)
    with desk.reading() as session:
        assert session.scalars(select(Claim)).one().accepted_at == now


def test_an_unknown_number_is_refused(desk, now):
    with pytest.raises(Refused) as refused:
        receive(desk, now, number="000001")
    assert refused.value.code == "batch_not_found"


def test_a_batch_of_another_insurer_looks_unknown(desk, now):
    with pytest.raises(Refused) as refused:
        receive(desk, now, actor=world.actor(Role.RECEPTION, insurer_ids=frozenset({1})))
    assert refused.value.code == "batch_not_found"


def test_a_batch_without_cases_is_refused(desk, now):
    desk.in_tx(lambda session: world.batch(session, now, "366591"))
    with pytest.raises(Refused) as refused:
        receive(desk, now, number="366591")
    assert refused.value.code == "batch_without_claims"


def test_a_claim_cannot_join_a_received_batch(desk, now):
    receive(desk, now)
    desk.in_tx(lambda session: world.referral(session, now, "700002"))
    late = world.indirect(number="990748656", referral_number="700002")
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda session: register_claim(session, None, late, now=now))
    assert refused.value.code == "batch_closed"


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.RECEPTION, Role.ADMIN)])
def test_only_reception_and_admin_receive(desk, now, role):
    with pytest.raises(Refused) as refused:
        receive(desk, now, actor=world.actor(role))
    assert refused.value.code == "not_permitted"


def test_paper_that_came_earlier_starts_the_clock_earlier(desk, now):
    receive(desk, now, received_on=parse_day("1404/08/28"))
    with desk.reading() as session:
        assert session.scalars(select(Claim)).one().accepted_at == parse_instant("1404/08/28 10:00")


@pytest.mark.parametrize(
    ("day", "code"),
    [("1404/09/02", "receipt_in_future"), ("1404/08/20", "receipt_before_sending")],
)
def test_an_impossible_day_of_receipt_is_refused(desk, now, day, code):
    with pytest.raises(Refused) as refused:
        receive(desk, now, received_on=parse_day(day))
    assert refused.value.code == code


def test_batches_on_their_way_are_listed_after_five_days(desk, now):
    def listed(actor=CLERK, at=now, **more):
        with desk.reading() as session:
            return batches_not_received(session, actor, now=at, **more)

    (late,) = listed()
    assert (late.acceptance_number, late.days, late.claim_count) == (NUMBER, 10, 1)
    assert late.centre == "مرکز نمونه"
    assert not [name for name in late.__slots__ if name.endswith("_rial")], "no money here"
    assert listed(at=now - timedelta(days=5, seconds=1)) == []
    assert len(listed(at=now - timedelta(days=5))) == 1
    assert listed(older_than_days=11) == []
    assert listed(world.actor(Role.RECEPTION, insurer_ids=frozenset({1}))) == []
    assert len(listed(world.actor(Role.ADMIN))) == 1, "who may receive sees what to receive"
    receive(desk, now)
    assert listed() == []


@pytest.mark.parametrize(
    ("price_rial", "reserved_rial"),
    [(5_000_000, 4_500_000), (6_290_000, 5_661_000), (6_900_000, 5_661_000)],
)
def test_a_cheaper_round_after_the_acceptance_gives_its_difference_back(
    desk, now, price_rial, reserved_rial
):
    """6,290,000 less ten per cent is 5,661,000; a dearer round gets no more than was kept."""
    receive(desk, now)

    def come_back(session):
        claim = session.scalars(select(Claim)).one()
        transition.count(session, claim.insurer_id, claim.state, -1)
        transition.set_state(claim, ClaimState.RETURNED)
        transition.count(session, claim.insurer_id, claim.state, +1)
        line = world.line(unit_price_rial=price_rial)
        sent = ResubmissionInput(claim_number=claim.number, explanation="اصلاح شد", lines=(line,))
        resubmit_claim(session, None, sent, now=now)

    desk.in_tx(come_back)
    with desk.reading() as session:
        assert session.scalars(select(CeilingAccount.reserved_rial)).one() == reserved_rial
        assert verify_balances(session) == []
