"""A plan reaches the commission: what it must bring and must not be, and when its clock starts."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import registered_world as world
from plan_world import CLERK, LETTER, PACK, crowns, fill, pack, plan, unit
from sqlalchemy import delete, select, update

from workbench.db.models import (
    AuditEvent,
    Claim,
    ContractCover,
    EvidenceImage,
    PlanImage,
    PlanRound,
    PlanUnit,
    Referral,
    TreatmentPlan,
)
from workbench.errors import Refused
from workbench.persian.jalali import day_of, parse_instant
from workbench.rules.facts import EvidenceKind
from workbench.rules.workflow import ReferralState, Role
from workbench.services.commission.submission import submit_plan
from workbench.services.referrals.expiry import expire_referrals


@pytest.fixture
def desk(database: Any, prepared: Callable[..., Any], now: Any) -> Any:
    """A letter of today, under a contract that covers implants and orthodontics too."""
    prepared(fill, now)
    return database


def submit(desk, now, actor=CLERK, **changes):
    return desk.in_tx(lambda s: submit_plan(s, actor, plan(**changes), now=now).number)


def refused(desk, now, actor=CLERK, **changes):
    with pytest.raises(Refused) as caught:
        submit(desk, now, actor, **changes)
    with desk.reading() as session:
        assert session.scalars(select(PlanUnit)).all() == []
    return caught.value


def test_a_plan_is_taken_in_whole(desk, now):
    number = submit(desk, now, units=(unit(), unit(2, 37)))
    assert len(number) == 7
    with desk.reading() as session:
        row = session.scalars(select(TreatmentPlan)).one()
        assert (row.state, row.round, row.kinds, row.is_complete) == (
            "submitted",
            1,
            "implant",
            True,
        )
        assert row.amount_rial == 196_000_000
        units = session.scalars(select(PlanUnit).order_by(PlanUnit.number)).all()
        assert [(u.tooth, u.service_group) for u in units] == [(36, "implant"), (37, "implant")]
        images = session.scalars(select(PlanImage).order_by(PlanImage.number)).all()
        assert [image.kind for image in images] == [str(kind) for kind in PACK]
        assert len(session.scalars(select(EvidenceImage)).all()) == 4
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "plan.submit")).one()
        assert (event.facts["plan"], event.facts["units"], event.facts["missing"]) == (
            number,
            2,
            [],
        )


def test_the_clock_is_that_of_the_calendar(desk, now):
    at = parse_instant("1404/08/28 15:00")  # a Wednesday
    desk.in_tx(lambda s: s.execute(update(Referral).values(issued_on=day_of(at))).rowcount)
    submit(desk, now, submitted_at=at)
    with desk.reading() as session:
        row, opened = (
            session.scalars(select(TreatmentPlan)).one(),
            session.scalars(select(PlanRound)).one(),
        )
    assert row.submitted_at == row.start_at == at
    assert row.due_at == parse_instant("1404/09/02 15:00") == opened.due_at
    assert row.limit_at >= row.due_at > row.at_risk_at > row.start_at


@pytest.mark.parametrize("place", range(4))
def test_each_must_of_the_pack_is_named(desk, now, place):
    names = ["identity", "plan_form", "jaw_radiograph", "photograph"]
    kinds = PACK[:place] + PACK[place + 1 :]
    error = refused(desk, now, images=pack(kinds))
    assert (error.code, error.facts["items"]) == ("plan_pack_missing", (names[place],))


def test_orthodontics_without_cephalogram_is_taken_in_as_incomplete(desk, now):
    braces = unit(code="710", tooth=None, jaw="upper", amount_rial=145_000_000)
    submit(desk, now, units=(braces,))
    with desk.reading() as session:
        row = session.scalars(select(TreatmentPlan)).one()
        assert (row.kinds, row.is_complete) == ("orthodontics", False)
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "plan.submit")).one()
    assert event.facts["missing"] == ["cephalometric"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"units": ()}, "plan_without_units"),
        ({"units": (unit(tooth=99),)}, "unit_wrong"),
        ({"units": (unit(tooth=None),)}, "unit_wrong"),
        ({"units": (unit(quantity=0),)}, "unit_wrong"),
        ({"units": (unit(amount_rial=0),)}, "unit_wrong"),
        ({"units": (unit(code="710", tooth=None),)}, "unit_wrong"),
        ({"units": (unit(), unit(2))}, "unit_twice"),
        ({"units": (unit(), unit(tooth=37))}, "line_twice"),
        ({"units": (unit(code="999"),)}, "unknown_service"),
        ({"units": (unit(code="125"),)}, "unit_needs_no_approval"),
        ({"units": crowns(35, 36)}, "plan_needs_no_approval"),
        ({"referral_number": "799999"}, "unknown_referral"),
        ({"medical_council_number": "99999"}, "unknown_dentist"),
        ({"insurer_code": "nobody"}, "unknown_insurer"),
    ],
)
def test_what_a_plan_must_not_be(desk, now, changes, code):
    assert refused(desk, now, **changes).code == code


def test_three_crowns_need_an_approval_also_when_they_come_in_two_plans(desk, now):
    submit(desk, now, units=crowns(35, 36, 37))
    again = desk.in_tx(
        lambda s: (
            submit_plan(
                s, CLERK, plan(units=crowns(46), images=pack(first_shade=20)), now=now
            ).kinds
        )
    )
    assert again == "crown_and_bridge"


def test_two_crowns_and_one_that_is_billed_already_need_an_approval(desk, now):
    def work(session):
        world.batch(session, now)
        line = world.line(
            code="510", tooth=46, surfaces="", unit_price_rial=18_500_000, service_on=day_of(now)
        )
        claim = world.indirect(case_on=day_of(now), lines=(line,), registered_at=now)
        world.register_claim(session, None, claim, now=now)

    desk.in_tx(work)
    submit(desk, now, units=crowns(35, 36))
    treated = {"units": crowns(46, 35, 37), "images": pack(first_shade=20)}
    with pytest.raises(Refused) as error:
        submit(desk, now, **treated)
    assert (error.value.code, error.value.facts["line"]) == ("plan_after_treatment", 1)
    later = now + timedelta(days=80)

    def issue_again(session):
        session.execute(update(Referral).values(state=ReferralState.EXPIRED))
        world.referral(
            session, later, "700002", issued_on=day_of(later), replaces_number=LETTER,
            reserve_rial=0,
        )  # fmt: skip

    desk.in_tx(issue_again)
    with pytest.raises(Refused, match="plan_after_treatment"):
        submit(desk, later, referral_number="700002", **treated)


def test_an_uncovered_service_is_not_planned(desk, now):
    desk.in_tx(
        lambda s: s.execute(update(ContractCover).values(excluded_groups=["implant"])).rowcount
    )
    assert refused(desk, now).code == "service_excluded"


def test_a_dentist_of_another_centre_submits_nothing(desk, now):
    def work(session):
        world.reference.register_dentist(
            session, None, medical_council_number="54321", first_name="دیگر", last_name="نمونه",
            centre_codes=(), now=now,
        )  # fmt: skip

    desk.in_tx(work)
    assert refused(desk, now, medical_council_number="54321").code == "dentist_of_other_centre"


@pytest.mark.parametrize("has_job_run", [False, True])
def test_an_expired_letter_carries_no_plan(desk, now, has_job_run):
    later = now + timedelta(days=100)
    if has_job_run:
        expire_referrals(desk, now=later)
    assert refused(desk, later).code == "referral_closed"


def test_a_requested_letter_carries_no_plan(desk, now):
    desk.in_tx(lambda s: s.execute(update(Referral).values(state=ReferralState.REQUESTED)).rowcount)
    assert refused(desk, now).code == "letter_not_approved"


def test_a_plan_is_not_submitted_tomorrow_nor_before_its_letter(desk, now):
    assert refused(desk, now, submitted_at=now + timedelta(seconds=1)).code == "instant_in_future"
    assert refused(desk, now, submitted_at=now - timedelta(days=2)).code == "plan_before_referral"


def test_a_repeat_is_refused_and_nothing_is_doubled(desk, now):
    submit(desk, now, number="1234567")
    with pytest.raises(Refused, match="plan_exists"):
        submit(desk, now, number="1234567")
    with desk.reading() as session:
        assert len(session.scalars(select(PlanUnit)).all()) == 1


def test_the_same_plan_again_without_a_number_is_a_repeat_until_it_is_decided(desk, now):
    number = submit(desk, now, units=(unit(), unit(2, 37)))
    turned = (unit(1, 37, amount_rial=97_000_000), unit(2))
    with pytest.raises(Refused) as error:
        submit(desk, now, units=turned, images=pack(first_shade=20))
    assert error.value.code == "plan_repeated"
    assert error.value.facts == {"number": number, "letter": LETTER}
    submit(desk, now, units=(unit(),), images=pack(first_shade=40))
    desk.in_tx(lambda s: s.execute(update(TreatmentPlan).values(state="decided")).rowcount)
    again = submit(desk, now, units=turned, images=pack(first_shade=60))
    assert again != number


def test_a_letter_of_another_insurer_carries_no_plan(desk, now):
    desk.in_tx(
        lambda s: world.reference.register_insurer(s, None, code="ins-2", name="دیگری", now=now)
    )
    assert refused(desk, now, insurer_code="ins-2").code == "unknown_referral"


def test_on_a_friday_night_before_nowruz_the_clock_starts_after_the_holidays(desk, now):
    at = parse_instant("1404/12/29 23:30")
    desk.in_tx(lambda s: s.execute(update(Referral).values(last_valid_on=day_of(at))).rowcount)
    submit(desk, at)
    with desk.reading() as session:
        row = session.scalars(select(TreatmentPlan)).one()
    assert row.submitted_at == at
    assert row.start_at == parse_instant("1405/01/05 00:00")  # 1 to 4 Farvardin are holidays
    assert row.due_at == parse_instant("1405/01/09 00:00")  # Thursday and Friday lie between
    assert row.limit_at == parse_instant("1405/01/10 00:00")


def test_three_crowns_are_counted_over_the_expired_letter_and_the_new_one(desk, now):
    submit(desk, now, units=crowns(35, 36, 37))
    later = now + timedelta(days=80)

    def work(session):
        session.execute(update(Referral).values(state=ReferralState.EXPIRED))
        world.referral(
            session, later, "700002", issued_on=day_of(later), replaces_number=LETTER,
            reserve_rial=0,
        )  # fmt: skip
        world.referral(session, later, "700003", issued_on=day_of(later))

    desk.in_tx(work)
    one = {"units": crowns(46), "images": pack(first_shade=20)}
    with pytest.raises(Refused, match="plan_needs_no_approval"):
        submit(desk, later, referral_number="700003", **one)
    assert submit(desk, later, referral_number="700002", **one)


def test_what_a_void_case_billed_is_neither_counted_nor_treated(desk, now):
    def work(session):
        world.batch(session, now)
        lines = tuple(
            world.line(
                n, code="510", tooth=tooth, surfaces="", unit_price_rial=18_500_000,
                service_on=day_of(now),
            )
            for n, tooth in enumerate((46, 47), 1)
        )  # fmt: skip
        claim = world.indirect(case_on=day_of(now), lines=lines, registered_at=now)
        world.register_claim(session, None, claim, now=now)

    desk.in_tx(work)
    submit(desk, now, units=crowns(35))
    desk.in_tx(lambda s: s.execute(update(Claim).values(state="void")).rowcount)
    desk.in_tx(lambda s: s.execute(delete(PlanUnit)).rowcount)
    with pytest.raises(Refused, match="plan_needs_no_approval"):
        submit(desk, now, units=crowns(36), images=pack(first_shade=20))
    assert submit(desk, now, units=crowns(45, 46, 47), images=pack(first_shade=40))


def test_an_image_of_another_patient_is_refused(desk, now):
    def work(session):
        world.referral(session, now, "700002", national_code=world.CHILD, issued_on=day_of(now))
        submit_plan(session, None, plan(referral_number="700002"), now=now)

    desk.in_tx(work)
    with pytest.raises(Refused, match="evidence_of_other_patient"):
        submit(desk, now)


def test_the_panoramic_of_the_plan_may_belong_to_a_claim_of_the_patient_too(desk, now):
    submit(desk, now)

    def work(session):
        world.batch(session, now)
        line = world.line(service_on=day_of(now))
        same = world.image(3, "opg.jpg", kind=EvidenceKind.PANORAMIC, is_earlier=True)
        claim = world.indirect(
            case_on=day_of(now), lines=(line,), images=(same,), registered_at=now
        )
        world.register_claim(session, None, claim, now=now)

    desk.in_tx(work)
    with desk.reading() as session:
        assert len(session.scalars(select(EvidenceImage)).all()) == 4


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.RECEPTION, Role.ADMIN}]
)
def test_who_may_not_submit(desk, now, role):
    assert refused(desk, now, world.actor(role)).code == "not_permitted"


def test_an_insurer_of_others_looks_unknown(desk, now):
    stranger = world.actor(Role.RECEPTION, insurer_ids=frozenset({1}))
    assert refused(desk, now, stranger).code == "unknown_insurer"
