"""The commission's approval on assessment (W13): which plans and which other cases a claim sees."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import desk as people
import pytest
import registered_world as world
from plan_world import LETTER, compare_images, fill, plan, unit, word
from sqlalchemy import event, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Claim, ClaimLine, Referral, TreatmentPlan
from workbench.db.snapshots import load_case
from workbench.persian.jalali import day_of
from workbench.rules.facts import ClaimKind
from workbench.rules.workflow import Role
from workbench.services import reference
from workbench.services.claims.facts import assess
from workbench.services.claims.registration import register_claim
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.submission import submit_plan
from workbench.services.commission.votes import cast_vote

OTHER_CENTRE = "c-2"
BATCH = "366590"


@pytest.fixture
def session(database: Database, now: datetime) -> Any:
    fill(database, now)
    with Session(database.write_engine) as session, session.begin():
        world.batch(session, now, BATCH)
        yield session


@pytest.fixture
def members(session: Session, now: datetime) -> tuple[Any, ...]:
    return tuple(people.user(session, now, f"member-{n}", Role.COMMISSION) for n in (1, 2))


def decided(
    session: Session, members: Any, marks: str, at: datetime, *, letter: str = LETTER, **given: Any
) -> TreatmentPlan:
    """A plan submitted and decided at one instant; ``marks`` as ``plan_world.word``."""
    sent = plan(referral_number=letter, **given)
    row = submit_plan(session, None, sent, now=at)
    compare_images(session)
    place = PlanPlace(insurer_id=row.insurer_id, plan_id=row.id)
    votes = [word(number, mark) for number, mark in enumerate(marks, 1)]
    for each in members:
        cast_vote(session, each, place, votes, now=at)
    assert row.state == "decided"
    return row


def implant(tooth: int = 36, number: int = 1, **changes: Any) -> Any:
    values = {"code": "610", "unit_price_rial": 98_000_000, "tooth": tooth, "surfaces": ""}
    return world.line(number, **values | changes)


def claim(
    session: Session, at: datetime, *lines: Any, number: str = "990748655", **changes: Any
) -> Claim:
    """A claim of these lines, the services on the day of its registration."""
    dated = tuple(replace(line, service_on=day_of(at)) for line in lines)
    sent = world.indirect(
        number=number, lines=dated, case_on=day_of(at), acceptance_number=BATCH, **changes
    )
    made = register_claim(session, None, sent, now=at)
    return session.get_one(Claim, (made.insurer_id, made.claim_id))


def direct(session: Session, at: datetime, *lines: Any) -> Claim:
    """The member's own claim of these lines."""
    dated = tuple(replace(line, service_on=day_of(at)) for line in lines)
    made = register_claim(session, None, world.direct(lines=dated, case_on=day_of(at)), now=at)
    return session.get_one(Claim, (made.insurer_id, made.claim_id))


def said(session: Session, row: Claim) -> list[tuple[str, object, int]]:
    """Key, why and amount of the findings about approvals."""
    return [
        (finding.key, finding.facts["why"], finding.proposal.amount_rial)
        for finding in assess(session, row).findings
        if finding.code in ("no_approval", "beyond_approval")
    ]


def test_an_implant_approved_before_the_service(session: Session, members: Any, now: Any) -> None:
    row = decided(session, members, "a", now)
    case = claim(session, now + timedelta(days=3), implant())
    assert said(session, case) == []
    (seen,) = assess(session, case).case.commission.plans
    assert (seen.number, seen.decided_on, seen.valid_until_on, seen.result) == (
        row.number,
        day_of(now),
        row.valid_until_on,
        "approved",
    )


def test_without_a_plan_there_is_none(session: Session, now: Any) -> None:
    case = claim(session, now, implant())
    assert said(session, case) == [("no_approval@1", "none", 98_000_000)]


def test_a_plan_that_waits_is_none(session: Session, now: Any) -> None:
    submit_plan(session, None, plan(), now=now)
    case = claim(session, now, implant())
    assert said(session, case) == [("no_approval@1", "waiting", 98_000_000)]


def test_decided_late_and_run_out(session: Session, members: Any, now: Any) -> None:
    decided(session, members, "a", now)
    case = claim(session, now + timedelta(days=3), implant())
    session.execute(update(TreatmentPlan).values(decided_at=now + timedelta(days=4)))
    assert said(session, case) == [("no_approval@1", "late", 98_000_000)]
    run_out = {"decided_at": now, "valid_until_on": day_of(now) + timedelta(days=2)}
    session.execute(update(TreatmentPlan).values(run_out))
    assert said(session, case) == [("no_approval@1", "expired", 98_000_000)]


def test_a_modified_unit_allows_its_code_and_amount(
    session: Session, members: Any, now: Any
) -> None:
    decided(session, members, "m", now)
    as_asked = claim(session, now, implant())
    assert said(session, as_asked) == [("beyond_approval@1", "elsewhere", 98_000_000)]
    changed = implant(code="620", unit_price_rial=39_000_000)
    assert said(session, claim(session, now, changed, number="990748656")) == []


def test_one_is_rejected_beside_an_approved_one(session: Session, members: Any, now: Any) -> None:
    decided(session, members, "ar", now, units=(unit(), unit(2, 37)))
    case = claim(session, now, implant(), implant(37, 2), implant(38, 3))
    assert said(session, case) == [
        ("no_approval@2", "rejected", 98_000_000),
        ("beyond_approval@3", "elsewhere", 98_000_000),
    ]


def test_the_same_unit_in_a_second_case(session: Session, members: Any, now: Any) -> None:
    decided(session, members, "a", now)
    first = claim(session, now + timedelta(days=1), implant())
    second = claim(session, now + timedelta(days=2), implant(), number="990748656")
    assert said(session, first) == []
    assert said(session, second) == [("beyond_approval@1", "used_up", 98_000_000)]
    found = assess(session, second).findings
    assert "990748655" in [finding.facts.get("other_claim") for finding in found]
    third = direct(session, now + timedelta(days=3), implant())
    assert said(session, third) == [("beyond_approval@1", "used_up", 98_000_000)]
    session.execute(
        update(ClaimLine).where(ClaimLine.claim_id == first.id).values(is_rejected=True)
    )
    assert said(session, second) == []


def test_a_void_case_bills_nothing(session: Session, members: Any, now: Any) -> None:
    decided(session, members, "a", now)
    first = claim(session, now + timedelta(days=1), implant())
    second = claim(session, now + timedelta(days=2), implant(), number="990748656")
    first.state = "void"
    assert said(session, second) == []


def test_three_crowns_split_over_two_cases(session: Session, now: Any) -> None:
    crown = implant(36, code="510", unit_price_rial=18_500_000)
    first = claim(session, now, crown, replace(crown, number=2, tooth=37))
    assert said(session, first) == []
    second = claim(session, now, replace(crown, tooth=35), number="990748656")
    assert said(session, second) == [("no_approval@1", "none", 18_500_000)]
    assert [key for key, *_ in said(session, first)] == ["no_approval@1", "no_approval@2"]


def test_a_filling_asks_nothing_about_approvals(
    session: Session, now: Any, database: Database
) -> None:
    statements: list[str] = []
    case = claim(session, now, world.line())
    event.listen(
        database.write_engine, "before_cursor_execute", lambda *given: statements.append(given[2])
    )
    assert load_case(session, case).commission is None
    plain = len(statements)
    other = claim(session, now, implant(), number="990748656")
    statements.clear()
    assert load_case(session, other).commission is not None
    assert len(statements) == plain + 2
    assert any("treatment_plan" in text for text in statements)


def reissue(session: Session, now: datetime, centre: str) -> None:
    """The letter ran out and another one, of this centre, replaces it."""
    session.execute(update(Referral).values(state="expired"))
    world.referral(
        session,
        now,
        "700002",
        issued_on=day_of(now),
        centre_code=centre,
        replaces_number=LETTER,
        reserve_rial=0,
    )


def test_the_approval_survives_a_new_letter_of_the_same_centre(
    session: Session, members: Any, now: Any
) -> None:
    decided(session, members, "a", now)
    later = now + timedelta(days=80)
    reissue(session, later, world.CENTRE)
    case = claim(session, later, implant(), referral_number="700002")
    assert said(session, case) == []


def test_it_does_not_move_to_another_centre(session: Session, members: Any, now: Any) -> None:
    decided(session, members, "a", now)
    later = now + timedelta(days=80)
    reference.register_centre(
        session, None, code=OTHER_CENTRE, name="مرکز دیگر", province="تهران", now=now
    )
    reference.register_dentist(
        session,
        None,
        medical_council_number="54321",
        first_name="پزشک",
        last_name="دیگر",
        centre_codes=(OTHER_CENTRE,),
        now=now,
    )
    reissue(session, later, OTHER_CENTRE)
    world.register_batch(
        session,
        None,
        world.BatchInput(
            insurer_code=world.INSURER,
            centre_code=OTHER_CENTRE,
            acceptance_number="366591",
            sent_at=later,
        ),
        now=later,
    )
    sent = world.indirect(
        lines=(replace(implant(), service_on=day_of(later)),),
        case_on=day_of(later),
        acceptance_number="366591",
        centre_code=OTHER_CENTRE,
        medical_council_number="54321",
        referral_number="700002",
    )
    made = register_claim(session, None, sent, now=later)
    case = session.get_one(Claim, (made.insurer_id, made.claim_id))
    assert said(session, case) == [("no_approval@1", "other_centre", 98_000_000)]


def test_a_plan_of_another_letter_covers_a_direct_claim_only(
    session: Session, members: Any, now: Any
) -> None:
    decided(session, members, "a", now)
    world.referral(session, now, "700003", issued_on=day_of(now))
    paid = direct(session, now, implant())
    assert paid.kind == ClaimKind.DIRECT
    assert said(session, paid) == []
    other = claim(session, now, implant(), referral_number="700003")
    assert said(session, other) == [("no_approval@1", "none", 98_000_000)]
