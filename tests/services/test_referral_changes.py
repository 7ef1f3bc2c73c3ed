"""Amending and cancelling a letter moves its reserve exactly, and never below what is used."""

from datetime import datetime, timedelta

import pytest
import registered_world as world
from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import CeilingAccount, CeilingEntry, Referral, ReferralSheet
from workbench.errors import Refused
from workbench.rules.workflow import ReferralState
from workbench.services.access import Actor
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.referrals.access import ReferralPlace
from workbench.services.referrals.changes import amend_referral, cancel_referral

TEN_MILLION = 10_000_000


def letter_of(database: Database) -> Referral:
    with database.reading() as session:
        return session.scalars(select(Referral)).one()


def place_of(letter: Referral) -> ReferralPlace:
    return ReferralPlace(
        insurer_id=letter.insurer_id, referral_id=letter.id, version=letter.version
    )


def reserved(database: Database) -> int:
    with database.reading() as session:
        assert verify_balances(session) == []
        return session.scalars(select(CeilingAccount.reserved_rial)).one()


def amend(
    database: Database, actor: Actor, amount_rial: int, now: datetime, shade: int = 9
) -> None:
    place = place_of(letter_of(database))
    sheet = world.image(9, "sheet.jpg")
    database.in_tx(
        lambda s: amend_referral(s, actor, place, amount_rial=amount_rial, sheet=sheet, now=now)
    )


@pytest.mark.parametrize("amount_rial", [1, 9_999_999, 10_000_001, 40_000_000])
def test_the_difference_is_reserved_or_released(
    database: Database, reception: Actor, now: datetime, amount_rial: int
) -> None:
    amend(database, reception, amount_rial, now)
    letter = letter_of(database)
    assert (letter.state, letter.amount_rial) == (ReferralState.AMENDED, amount_rial)
    assert reserved(database) == amount_rial
    with database.reading() as session:
        kinds = session.scalars(select(CeilingEntry.kind).order_by(CeilingEntry.id)).all()
        sheet = session.scalars(select(ReferralSheet)).one()
    assert kinds == ["grant", "reserve", "amend"]
    assert sheet.amount_rial == TEN_MILLION


def test_more_than_withdrawable_is_refused_and_nothing_changes(
    database: Database, reception: Actor, now: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        amend(database, reception, 40_000_001, now)
    assert refused.value.code == "ceiling_too_low"
    assert refused.value.facts["withdrawable_rial"] == 30_000_000
    letter = letter_of(database)
    assert (letter.state, letter.amount_rial, letter.version) == (
        ReferralState.ISSUED,
        TEN_MILLION,
        1,
    )
    assert reserved(database) == TEN_MILLION


@pytest.mark.parametrize("amount_rial", [0, -1, TEN_MILLION])
def test_no_amount_and_the_same_amount_are_refused(
    database: Database, reception: Actor, now: datetime, amount_rial: int
) -> None:
    with pytest.raises(Refused, match="referral_amount"):
        amend(database, reception, amount_rial, now)


def test_an_amendment_needs_the_signed_sheet(
    database: Database, reception: Actor, now: datetime
) -> None:
    place = place_of(letter_of(database))
    with pytest.raises(Refused, match="sheet_needed"):
        database.in_tx(
            lambda s: amend_referral(s, reception, place, amount_rial=5, sheet=None, now=now)
        )


def test_two_amendments_of_what_one_saw_are_one(
    database: Database, reception: Actor, now: datetime
) -> None:
    place = place_of(letter_of(database))
    amend(database, reception, 12_000_000, now)
    with pytest.raises(Refused, match="referral_changed"):
        database.in_tx(
            lambda s: amend_referral(
                s, reception, place, amount_rial=15_000_000, sheet=world.image(8), now=now
            )
        )
    assert reserved(database) == 12_000_000


def test_cancelling_gives_all_back_once(
    database: Database, reception: Actor, now: datetime
) -> None:
    place = place_of(letter_of(database))
    released = database.in_tx(
        lambda s: cancel_referral(s, reception, place, reason="درخواست بیمه‌شده", now=now)
    )
    assert (released, reserved(database)) == (TEN_MILLION, 0)
    cancelled = letter_of(database)
    assert (cancelled.state, cancelled.end_reason) == (
        ReferralState.CANCELLED,
        "درخواست بیمه‌شده",
    )
    again = place_of(letter_of(database))
    with pytest.raises(Refused, match="wrong_state"):
        database.in_tx(lambda s: cancel_referral(s, reception, again, reason="دوباره", now=now))


def test_cancelling_needs_a_reason(database: Database, reception: Actor, now: datetime) -> None:
    place = place_of(letter_of(database))
    with pytest.raises(Refused, match="reason_needed"):
        database.in_tx(lambda s: cancel_referral(s, reception, place, reason=" ", now=now))
    assert reserved(database) == TEN_MILLION


def test_a_letter_in_use_is_not_cancelled_and_not_amended_below_what_went(
    database: Database, reception: Actor, now: datetime
) -> None:
    def work(session: Session) -> None:
        world.batch(session, now)
        world.register_claim(session, None, world.indirect(), now=now)

    database.in_tx(work)
    assert letter_of(database).state == ReferralState.IN_USE
    place = place_of(letter_of(database))
    with pytest.raises(Refused, match="wrong_state"):
        database.in_tx(lambda s: cancel_referral(s, reception, place, reason="دیر", now=now))
    with pytest.raises(Refused) as below:
        amend(database, reception, 5_660_999, now)
    assert (below.value.code, below.value.facts["used_rial"]) == ("amend_below_used", 5_661_000)
    amend(database, reception, 5_661_000, now)
    assert (letter_of(database).state, reserved(database)) == (ReferralState.IN_USE, 5_661_000)


def test_after_its_last_day_a_letter_is_neither_amended_nor_cancelled(
    database: Database, reception: Actor, now: datetime
) -> None:
    late = now + timedelta(days=90)
    place = place_of(letter_of(database))
    with pytest.raises(Refused) as refused:
        amend(database, reception, 5_000_000, late)
    assert refused.value.facts["state"] == "expired"
    with pytest.raises(Refused, match="wrong_state"):
        database.in_tx(lambda s: cancel_referral(s, reception, place, reason="دیر", now=late))


def test_another_insurers_letter_looks_like_none(
    database: Database, reception: Actor, now: datetime
) -> None:
    from dataclasses import replace

    letter = letter_of(database)
    stranger = replace(reception, insurer_ids=frozenset({letter.insurer_id + 1}))
    with pytest.raises(Refused, match="unknown_referral"):
        amend(database, stranger, 5_000_000, now)
