"""Issuing a referral reserves its amount on the right account."""

import pytest
import registered_world as world
from sqlalchemy import select

from workbench.db.models import CeilingAccount, Referral
from workbench.errors import Refused
from workbench.persian.jalali import parse_day
from workbench.rules.workflow import ReferralState, Role
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.claims.registration import issue_referral
from workbench.services.numbers import next_acceptance_number, next_number


@pytest.fixture
def desk(database, prepared, now):
    prepared(world.build_in, now)
    return database


def test_the_amount_is_reserved_and_the_letter_is_valid_for_two_months(desk, now):
    desk.in_tx(lambda session: world.referral(session, now))
    with desk.reading() as session:
        letter = session.scalars(select(Referral)).one()
        account = session.scalars(select(CeilingAccount)).one()
        assert (letter.state, letter.last_valid_on) == (
            ReferralState.ISSUED,
            parse_day("1402/11/13"),
        )
        assert (account.limit_rial, account.reserved_rial) == (40_000_000, 10_000_000)
        assert account.holder_id == letter.person_id
        assert verify_balances(session) == []


def test_the_last_rial_of_the_ceiling_can_be_reserved_and_no_more(desk, now):
    desk.in_tx(lambda s: world.referral(s, now, amount_rial=40_000_000))
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: world.referral(s, now, "700002", amount_rial=1))
    assert (refused.value.code, refused.value.facts["withdrawable_rial"]) == ("ceiling_too_low", 0)
    with desk.reading() as session:
        assert session.scalars(select(Referral.number)).all() == ["700001"]


def test_a_family_shares_one_ceiling(desk, now):
    desk.in_tx(lambda s: world.referral(s, now, amount_rial=40_000_000))
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: world.referral(s, now, "700002", national_code=world.CHILD))
    assert refused.value.code == "ceiling_too_low"


def test_an_individual_ceiling_is_each_persons_own(database, now):
    def work(session):
        world.build(session, now, ceiling_kind="individual")
        world.referral(session, now, amount_rial=40_000_000)
        world.referral(session, now, "700002", national_code=world.CHILD, amount_rial=40_000_000)

    database.in_tx(work)
    with database.reading() as session:
        assert len(session.scalars(select(CeilingAccount)).all()) == 2


def test_a_reissued_letter_names_the_one_it_replaces(desk, now):
    desk.in_tx(lambda s: world.referral(s, now))
    desk.in_tx(lambda s: world.referral(s, now, "700002", replaces_number="700001"))
    with desk.reading() as session:
        first, second = session.scalars(select(Referral).order_by(Referral.number)).all()
        assert second.replaces_id == first.id


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount_rial": 0}, "referral_amount"),
        ({"reserve_rial": 10_000_001}, "referral_amount"),
        ({"national_code": world.STRANGER}, "person_not_insured"),
        ({"cover_code": "vision"}, "unknown_cover"),
        ({"replaces_number": "700009"}, "unknown_referral"),
    ],
)
def test_a_letter_that_contradicts_itself_is_refused(desk, now, changes, code):
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: world.referral(s, now, **changes))
    assert refused.value.code == code


def test_the_same_number_twice_is_refused_and_reserves_once(desk, now):
    desk.in_tx(lambda s: world.referral(s, now))
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: world.referral(s, now))
    assert refused.value.code == "referral_exists"
    with desk.reading() as session:
        assert session.scalars(select(CeilingAccount)).one().reserved_rial == 10_000_000


def test_an_assessor_issues_none(desk, now):
    with pytest.raises(Refused) as refused:
        desk.in_tx(lambda s: issue_referral(s, world.actor(Role.ASSESSOR), letter(), now=now))
    assert refused.value.code == "not_permitted"


def letter():
    from workbench.services.claims.registration import ReferralInput

    return ReferralInput(
        insurer_code=world.INSURER,
        number="700001",
        contract_number=world.CONTRACT,
        cover_code="dental",
        national_code=world.PRINCIPAL,
        centre_code=world.CENTRE,
        issued_on=parse_day("1402/09/13"),
        amount_rial=1,
    )


def test_numbers_of_a_series_follow_each_other_and_skip_known_batches(desk, now):
    desk.in_tx(lambda s: world.batch(s, now, "100001"))
    assert [desk.in_tx(lambda s: next_number(s, "any", 8)) for _ in range(2)] == [
        "10000000",
        "10000001",
    ]
    assert [desk.in_tx(next_acceptance_number) for _ in range(2)] == ["100000", "100002"]
