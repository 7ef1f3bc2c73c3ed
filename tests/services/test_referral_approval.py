"""A letter above its contract's limit is requested: good for nothing before another approves it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import desk as users
import pytest
import registered_world as world
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import CeilingAccount, CeilingEntry, Contract, Membership, Referral
from workbench.errors import Refused
from workbench.persian.jalali import add_months, day_of
from workbench.rules.workflow import ReferralState, Role
from workbench.services.access import Actor
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.referrals.access import ReferralPlace
from workbench.services.referrals.approval import approve_letter, decline_letter
from workbench.services.referrals.changes import amend_referral, cancel_referral
from workbench.services.referrals.expiry import expire_referrals
from workbench.services.referrals.issue import LetterRequest, issue_letter
from workbench.services.referrals.lists import (
    ExpiringFilter,
    LetterFilter,
    read_expiring,
    read_letters,
)
from workbench.services.referrals.pdf import letter_pdf
from workbench.services.referrals.view import read_letter
from workbench.services.verification.of_letters import letter_problems

LIMIT_RIAL = 15_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Two who may ask and approve, one who may only ask, one who may only approve."""

    reception: Actor
    lead: Actor
    other_lead: Actor
    manager: Actor


@pytest.fixture
def desk(database: Database, prepared: Callable[..., Any], now: datetime) -> Desk:
    """A family ceiling of forty million whose contract wants an approval above fifteen."""

    def fill(database: Database, now: datetime) -> Desk:
        def work(session: Session) -> Desk:
            world.build(session, now)
            session.execute(update(Contract).values(letter_limit_rial=LIMIT_RIAL))
            return Desk(
                reception=users.user(session, now, "reception-1", Role.RECEPTION),
                lead=users.lead_of(session, now),
                other_lead=users.lead_of(session, now, "lead-2"),
                manager=users.user(session, now, "manager-1", Role.MANAGER),
            )

        return database.in_tx(work)

    made: Desk = prepared(fill, now)
    return made


def ask(database: Database, actor: Actor, amount_rial: int, now: datetime) -> ReferralPlace:
    def work(session: Session) -> ReferralPlace:
        contract = session.scalars(select(Contract)).one()
        letter = issue_letter(
            session,
            actor,
            LetterRequest(
                insurer_id=contract.insurer_id,
                contract_id=contract.id,
                cover_code="dental",
                national_code=world.PRINCIPAL,
                centre_code=world.CENTRE,
                amount_rial=amount_rial,
            ),
            now=now,
        )
        return ReferralPlace(
            insurer_id=letter.insurer_id, referral_id=letter.id, version=letter.version
        )

    return database.in_tx(work)


def approve(database: Database, actor: Actor, place: ReferralPlace, now: datetime) -> None:
    database.in_tx(lambda s: approve_letter(s, actor, place, now=now).number)


def refused(work: Callable[[], object]) -> Refused:
    with pytest.raises(Refused) as caught:
        work()
    return caught.value


def letter_at(database: Database, place: ReferralPlace) -> Referral:
    with database.reading() as session:
        assert verify_balances(session) == []
        assert [problem for problem in letter_problems(session) if problem] == []
        return session.get_one(Referral, (place.insurer_id, place.referral_id))


def reserved(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(CeilingAccount.reserved_rial)).one()


@pytest.mark.parametrize(
    ("amount_rial", "state", "reserved_rial"),
    [
        (LIMIT_RIAL, ReferralState.ISSUED, LIMIT_RIAL),
        (LIMIT_RIAL + 1, ReferralState.REQUESTED, 0),
    ],
)
def test_only_above_the_limit_is_a_letter_requested(
    database: Database,
    desk: Desk,
    now: datetime,
    amount_rial: int,
    state: ReferralState,
    reserved_rial: int,
) -> None:
    place = ask(database, desk.reception, amount_rial, now)
    assert letter_at(database, place).state == state
    assert reserved(database) == reserved_rial


def test_without_a_limit_every_letter_is_issued(
    database: Database, desk: Desk, now: datetime
) -> None:
    database.in_tx(lambda s: s.execute(update(Contract).values(letter_limit_rial=None)).rowcount)
    place = ask(database, desk.reception, world.CEILING_RIAL, now)
    assert letter_at(database, place).state == ReferralState.ISSUED


def test_the_approval_is_the_issue_of_that_day(
    database: Database, desk: Desk, now: datetime
) -> None:
    place = ask(database, desk.reception, 20_000_000, now)
    later = now + timedelta(days=5)
    approve(database, desk.manager, place, later)
    letter = letter_at(database, place)
    on = day_of(later)
    assert (letter.state, letter.issued_on) == (ReferralState.ISSUED, on)
    assert letter.last_valid_on <= add_months(on, 2)
    assert letter.last_valid_on > day_of(now + timedelta(days=60))
    assert reserved(database) == 20_000_000
    with database.reading() as session:
        entry = session.scalars(select(CeilingEntry).where(CeilingEntry.kind == "reserve")).one()
        assert (entry.actor_id, entry.at) == (desk.manager.user_id, later)
        events = read_letter(
            session, desk.manager, place.insurer_id, place.referral_id, now=later
        ).events
    assert [event.action for event in events] == ["referral.request", "referral.approve"]


def test_an_approval_counts_once(database: Database, desk: Desk, now: datetime) -> None:
    place = ask(database, desk.reception, 20_000_000, now)
    approve(database, desk.lead, place, now)
    assert refused(lambda: approve(database, desk.lead, place, now)).code == "referral_changed"
    anew = replace(place, version=None)
    assert refused(lambda: approve(database, desk.lead, anew, now)).code == "wrong_state"
    assert reserved(database) == 20_000_000


def test_who_asked_does_not_decide(database: Database, desk: Desk, now: datetime) -> None:
    place = ask(database, desk.lead, 20_000_000, now)
    assert refused(lambda: approve(database, desk.lead, place, now)).code == "own_request"
    with pytest.raises(Refused, match="own_request"):
        database.in_tx(lambda s: decline_letter(s, desk.lead, place, reason="نه", now=now).id)
    approve(database, desk.other_lead, place, now)
    assert letter_at(database, place).state == ReferralState.ISSUED


def test_reception_cannot_approve(database: Database, desk: Desk, now: datetime) -> None:
    place = ask(database, desk.lead, 20_000_000, now)
    assert refused(lambda: approve(database, desk.reception, place, now)).code == "not_permitted"


def test_more_than_is_left_is_refused_when_it_is_asked_for(
    database: Database, desk: Desk, now: datetime
) -> None:
    ask(database, desk.reception, 10_000_000, now)
    error = refused(lambda: ask(database, desk.reception, 30_000_001, now))
    assert error.code == "letter_too_large_held"
    assert error.facts["withdrawable_rial"] == 30_000_000


def test_the_approval_of_more_than_is_left_by_then_is_refused(
    database: Database, desk: Desk, now: datetime
) -> None:
    first = ask(database, desk.reception, 30_000_000, now)
    second = ask(database, desk.reception, 30_000_000, now)
    approve(database, desk.lead, first, now)
    error = refused(lambda: approve(database, desk.lead, second, now))
    assert error.code == "letter_too_large_held"
    assert letter_at(database, second).state == ReferralState.REQUESTED
    assert reserved(database) == 30_000_000


def test_who_left_the_list_gets_no_approval_and_the_job_ends_the_request(
    database: Database, desk: Desk, now: datetime
) -> None:
    place = ask(database, desk.reception, 20_000_000, now)
    left_on = day_of(now)
    database.in_tx(lambda s: s.execute(update(Membership).values(left_on=left_on)).rowcount)
    later = now + timedelta(days=2)
    assert refused(lambda: approve(database, desk.lead, place, later)).code == "not_insured_on"
    report = expire_referrals(database, now=later)
    assert (report.invalid, report.released_rial) == (1, 0)
    assert letter_at(database, place).state == ReferralState.INVALID


def test_a_declined_letter_keeps_its_reason_and_reserves_nothing(
    database: Database, desk: Desk, now: datetime
) -> None:
    place = ask(database, desk.reception, 20_000_000, now)

    def decline(reason: str) -> int:
        return database.in_tx(
            lambda s: decline_letter(s, desk.manager, place, reason=reason, now=now).id
        )

    assert refused(lambda: decline("  ")).code == "reason_needed"
    decline("طرح درمان کافی نیست")
    letter = letter_at(database, place)
    assert (letter.state, letter.end_reason) == (ReferralState.CANCELLED, "طرح درمان کافی نیست")
    with database.reading() as session:
        view = read_letter(session, desk.lead, place.insurer_id, place.referral_id, now=now)
    assert view.is_declined
    assert not view.may_print
    assert [entry.kind for entry in view.entries] == []


def test_the_desk_can_take_its_request_back(database: Database, desk: Desk, now: datetime) -> None:
    place = ask(database, desk.reception, 20_000_000, now)
    released = database.in_tx(
        lambda s: cancel_referral(s, desk.reception, place, reason="اشتباه", now=now)
    )
    assert released == 0
    assert letter_at(database, place).state == ReferralState.CANCELLED


def test_a_requested_letter_is_good_for_nothing(
    database: Database, desk: Desk, now: datetime
) -> None:
    place = ask(database, desk.reception, 20_000_000, now)
    number = letter_at(database, place).number

    def serve(session: Session) -> object:
        world.batch(session, now)
        claim = world.indirect(referral_number=number, case_on=day_of(now))
        return world.register_claim(session, None, claim, now=now)

    def show(session: Session) -> object:
        return letter_pdf(session, desk.lead, place.insurer_id, place.referral_id, now=now)

    def amend(session: Session) -> object:
        sheet = world.image(9, "sheet.jpg")
        return amend_referral(
            session, desk.lead, place, amount_rial=16_000_000, sheet=sheet, now=now
        )

    assert refused(lambda: database.in_tx(serve)).code == "letter_not_approved"
    assert refused(lambda: database.in_tx(show)).code == "letter_not_approved"
    assert refused(lambda: database.in_tx(amend)).code == "letter_not_approved"


def test_requests_are_listed_but_never_about_to_expire(
    database: Database, desk: Desk, now: datetime
) -> None:
    ask(database, desk.reception, 20_000_000, now)
    expire_referrals(database, now=now + timedelta(days=100))
    with database.reading() as session:
        wanted = LetterFilter(state=ReferralState.REQUESTED)
        assert read_letters(session, desk.manager, wanted, now=now).total == 1
        soon = ExpiringFilter(within_days=92)
        assert read_expiring(session, desk.manager, soon, now=now).total == 0
