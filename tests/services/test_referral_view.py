"""One letter: what it says, what time has made of it, and what may be done with it."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import registered_world as world
from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import Referral
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.referrals.access import ReferralPlace
from workbench.services.referrals.changes import cancel_referral
from workbench.services.referrals.sheet import amend_letter
from workbench.services.referrals.view import LetterView, find_letter, read_letter

MILLION = 1_000_000


def place(database: Database) -> ReferralPlace:
    with database.reading() as session:
        letter = session.scalars(select(Referral).order_by(Referral.number)).first()
        return ReferralPlace(insurer_id=letter.insurer_id, referral_id=letter.id)


def view(database: Database, actor: Actor, now: datetime) -> LetterView:
    key = place(database)
    with database.reading() as session:
        return read_letter(session, actor, key.insurer_id, key.referral_id, now=now)


def amend(database: Database, actor: Actor, amount_rial: int, now: datetime, shade: int) -> None:
    seen = view(database, actor, now)
    database.in_tx(
        lambda s: amend_letter(
            s,
            actor,
            seen.place,
            amount_rial=amount_rial,
            sheet=world.image(shade, "sheet.jpg"),
            now=now,
        )
    )


def test_a_new_letter_shows_its_reserve_and_what_may_be_done(
    database: Database, reception: Actor, now: datetime
) -> None:
    seen = view(database, reception, now)
    assert (seen.number, seen.state, seen.relation) == ("700001", "issued", "principal")
    assert (seen.amount_rial, seen.reserved_left_rial, seen.used_rial) == (10 * MILLION,) * 2 + (0,)
    assert [entry.kind for entry in seen.entries] == ["reserve"]
    assert [event.action for event in seen.events] == ["referral.issue"]
    assert seen.masked_national_code != world.PRINCIPAL and "*" in seen.masked_national_code
    assert (seen.may_amend, seen.may_cancel, seen.may_issue_again) == (True, True, False)
    assert not seen.may_see_ceiling


def test_past_its_last_day_it_is_expired_though_no_job_has_run(
    database: Database, reception: Actor, now: datetime
) -> None:
    seen = view(database, reception, now + timedelta(days=90))
    assert (seen.state, seen.may_amend, seen.may_cancel) == ("expired", False, False)
    assert seen.may_issue_again
    assert view(database, replace(reception, roles=frozenset({Role.ASSESSOR})), now + timedelta(90))


def test_a_recorded_service_is_a_case_and_ends_cancelling(
    database: Database, reception: Actor, now: datetime
) -> None:
    def work(session: Session) -> None:
        world.batch(session, now)
        world.register_claim(session, None, world.indirect(), now=now)

    database.in_tx(work)
    seen = view(database, reception, now)
    assert [(case.number, case.payable_rial) for case in seen.cases] == [("990748655", None)]
    assert (seen.state, seen.may_amend, seen.may_cancel) == ("in_use", True, False)


def test_the_sheets_of_amendments_are_listed_with_the_amount_they_were_signed_for(
    database: Database, reception: Actor, now: datetime
) -> None:
    amend(database, reception, 12 * MILLION, now, 9)
    amend(database, reception, 11 * MILLION, now + timedelta(hours=1), 8)
    seen = view(database, reception, now)
    assert [sheet.amount_rial for sheet in seen.sheets] == [10 * MILLION, 12 * MILLION]
    assert [sheet.actor for sheet in seen.sheets] == ["reception-1"] * 2
    assert [entry.left_rial for entry in seen.entries] == [n * MILLION for n in (10, 12, 11)]
    assert seen.state == "amended"


def test_the_sheet_of_a_former_amendment_is_refused(
    database: Database, reception: Actor, now: datetime
) -> None:
    amend(database, reception, 12 * MILLION, now, 9)
    with pytest.raises(Refused, match="sheet_known"):
        amend(database, reception, 13 * MILLION, now, 9)


def test_the_amount_it_has_already_is_no_amendment(
    database: Database, reception: Actor, now: datetime
) -> None:
    with pytest.raises(Refused, match="amend_same_amount"):
        amend(database, reception, 10 * MILLION, now, 9)


def test_amending_takes_what_overdue_letters_still_hold(
    database: Database, reception: Actor, now: datetime
) -> None:
    past = day_of(now - timedelta(days=80))
    database.in_tx(
        lambda s: world.referral(s, now, number="700002", issued_on=past, amount_rial=30 * MILLION)
    )
    amend(database, reception, 40 * MILLION, now, 7)
    assert view(database, reception, now).reserved_left_rial == 40 * MILLION


def test_an_overdue_letter_is_not_amended(
    database: Database, reception: Actor, now: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        amend(database, reception, 5 * MILLION, now + timedelta(days=90), 6)
    assert (refused.value.code, refused.value.facts["state"]) == ("wrong_state", "expired")


def test_a_cancelled_letter_takes_nothing_more(
    database: Database, reception: Actor, now: datetime
) -> None:
    seen = view(database, reception, now)
    database.in_tx(
        lambda s: cancel_referral(s, reception, seen.place, reason="درخواست بیمه‌شده", now=now)
    )
    after = view(database, reception, now)
    assert (after.state, after.reserved_left_rial) == ("cancelled", 0)
    assert (after.may_amend, after.may_cancel, after.may_issue_again) == (False, False, False)
    assert after.events[-1].facts["released_rial"] == 10 * MILLION


def test_a_foreign_letter_looks_like_none(
    database: Database, reception: Actor, now: datetime
) -> None:
    stranger = replace(reception, insurer_ids=frozenset({place(database).insurer_id + 1}))
    with pytest.raises(Refused, match="unknown_referral"):
        view(database, stranger, now)
    with database.reading() as session:
        assert find_letter(session, reception, "700001") is not None
        with pytest.raises(Refused, match="unknown_referral"):
            find_letter(session, stranger, "700001")


def test_finance_may_not_read_letters(database: Database, reception: Actor, now: datetime) -> None:
    with pytest.raises(Refused, match="not_permitted"):
        view(database, replace(reception, roles=frozenset({Role.FINANCE})), now)
