"""The job that returns the reserve: at the right midnight, once, whatever runs beside it."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
import registered_world as world
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import CeilingAccount, CeilingEntry, Membership, Referral
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.referral import expires_at
from workbench.rules.workflow import ReferralState
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.referrals.expiry import (
    ExpiryReport,
    expire_of_account,
    expire_referrals,
)

TEN_MILLION = 10_000_000


def fill(database: Database, now: datetime) -> None:
    """A letter of ten million, issued today, of a family ceiling of forty."""

    def work(session: Session) -> None:
        world.build(session, now)
        world.referral(session, now, issued_on=day_of(now))

    database.in_tx(work)


@pytest.fixture
def desk(database: Database, prepared: Callable[..., Any], now: datetime) -> Database:
    prepared(fill, now)
    return database


def letter_of(database: Database) -> Referral:
    with database.reading() as session:
        return session.scalars(select(Referral)).one()


def reserved(database: Database) -> int:
    with database.reading() as session:
        assert verify_balances(session) == []
        return session.scalars(select(CeilingAccount.reserved_rial)).one()


def register(session: Session, now: datetime) -> None:
    """The letter's first case."""
    world.batch(session, now)
    world.register_claim(session, None, world.indirect(), now=now)


def test_it_expires_at_the_midnight_after_its_last_day_and_not_before(desk: Database) -> None:
    end = expires_at(letter_of(desk).last_valid_on)
    assert expire_referrals(desk, now=end - timedelta(seconds=1)) == ExpiryReport()
    assert reserved(desk) == TEN_MILLION
    report = expire_referrals(desk, now=end)
    assert report == ExpiryReport(expired=1, released_rial=TEN_MILLION)
    assert (letter_of(desk).state, reserved(desk)) == (ReferralState.EXPIRED, 0)


def test_a_second_run_ends_nothing(desk: Database, now: datetime) -> None:
    late = now + timedelta(days=90)
    expire_referrals(desk, now=late)
    assert expire_referrals(desk, now=late) == ExpiryReport()
    with desk.reading() as session:
        ends = session.scalars(select(CeilingEntry).where(CeilingEntry.kind == "expire")).all()
    assert [entry.amount_rial for entry in ends] == [TEN_MILLION]


def test_four_runs_at_once_are_one(desk: Database, now: datetime) -> None:
    late = now + timedelta(days=90)
    reports: list[ExpiryReport] = []
    threads = [
        threading.Thread(target=lambda: reports.append(expire_referrals(desk, now=late)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum((report.expired for report in reports), 0) == 1
    assert sum((report.released_rial for report in reports), 0) == TEN_MILLION
    assert reserved(desk) == 0


def test_a_letter_with_a_service_never_expires(desk: Database, now: datetime) -> None:
    desk.in_tx(lambda session: register(session, now))
    assert expire_referrals(desk, now=now + timedelta(days=400)) == ExpiryReport()
    assert (letter_of(desk).state, reserved(desk)) == (ReferralState.IN_USE, TEN_MILLION)


def test_no_service_on_an_expired_letter(desk: Database, now: datetime) -> None:
    late = now + timedelta(days=90)
    expire_referrals(desk, now=late)
    with pytest.raises(Refused, match="referral_closed"):
        desk.in_tx(lambda session: register(session, late))


def test_of_expiry_and_service_at_once_one_wins(desk: Database, now: datetime) -> None:
    late = now + timedelta(days=90)
    both = threading.Barrier(2)
    results: dict[str, Any] = {}

    def service() -> None:
        both.wait()
        try:
            desk.in_tx(lambda session: register(session, late))
            results["service"] = True
        except Refused as refused:
            assert refused.code == "referral_closed"
            results["service"] = False

    def expiry() -> None:
        both.wait()
        results["expired"] = expire_referrals(desk, now=late).expired

    threads = [threading.Thread(target=work) for work in (service, expiry)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results["service"] is (results["expired"] == 0)
    state = ReferralState.IN_USE if results["service"] else ReferralState.EXPIRED
    assert letter_of(desk).state == state
    assert reserved(desk) == (TEN_MILLION if results["service"] else 0)


def test_a_clock_set_back_expires_nothing(desk: Database, now: datetime) -> None:
    assert expire_referrals(desk, now=now - timedelta(days=400)) == ExpiryReport()


def leave(database: Database, on: Any) -> None:
    def work(session: Session) -> None:
        session.execute(update(Membership).values(left_on=on))

    database.in_tx(work)


def test_who_left_the_list_loses_an_unused_letter(desk: Database, now: datetime) -> None:
    leave(desk, day_of(now))
    assert expire_referrals(desk, now=now) == ExpiryReport()  # his last insured day
    report = expire_referrals(desk, now=now + timedelta(days=1))
    assert report == ExpiryReport(invalid=1, released_rial=TEN_MILLION)
    assert (letter_of(desk).state, reserved(desk)) == (ReferralState.INVALID, 0)


def test_what_was_recorded_before_leaving_stays_payable(desk: Database, now: datetime) -> None:
    desk.in_tx(lambda session: register(session, now))
    leave(desk, day_of(now))
    report = expire_referrals(desk, now=now + timedelta(days=1))
    assert report.invalid == 1
    assert 0 < reserved(desk) == TEN_MILLION - report.released_rial


def test_an_accounts_overdue_letters_can_be_ended_at_once(desk: Database, now: datetime) -> None:
    late = now + timedelta(days=90)
    letter = letter_of(desk)

    def work(session: Session) -> ExpiryReport:
        return expire_of_account(session, letter.insurer_id, letter.account_id, now=late)

    assert desk.in_tx(work).released_rial == TEN_MILLION
    assert reserved(desk) == 0
