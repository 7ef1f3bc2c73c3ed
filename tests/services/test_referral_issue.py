"""Issuing a letter at the desk: what is left is said, the amount is reserved, nobody gets more."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import desk as users
import pytest
import registered_world as world
from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, CeilingAccount, Contract, Referral
from workbench.errors import Refused
from workbench.i18n import use_language
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.ceiling import enrolment
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.errors import sentence
from workbench.services.referrals.issue import (
    LetterRequest,
    issue_letter,
    next_referral_number,
    read_centres,
    read_coverage,
)

MILLION = 1_000_000
OVERDUE_ISSUE_DAYS = 90


@pytest.fixture
def reception(database: Database, prepared: Callable[..., Any], now: datetime) -> Actor:
    """A family ceiling of forty million, and a receptionist."""

    def fill(database: Database, now: datetime) -> Actor:
        def work(session: Session) -> Actor:
            world.build(session, now)
            return users.user(session, now, "reception-1", Role.RECEPTION)

        return database.in_tx(work)

    made: Actor = prepared(fill, now)
    return made


def request(database: Database, amount_rial: int = 10 * MILLION, **changes: Any) -> LetterRequest:
    with database.reading() as session:
        contract = session.scalars(select(Contract)).one()
        base = LetterRequest(
            insurer_id=contract.insurer_id,
            contract_id=contract.id,
            cover_code="dental",
            national_code=world.PRINCIPAL,
            centre_code=world.CENTRE,
            amount_rial=amount_rial,
        )
    return replace(base, **changes)


def issue(database: Database, actor: Actor, wanted: LetterRequest, now: datetime) -> str:
    """The number of the letter."""
    return database.in_tx(lambda s: issue_letter(s, actor, wanted, now=now).number)


def refusal(database: Database, actor: Actor, wanted: LetterRequest, now: datetime) -> Refused:
    with pytest.raises(Refused) as caught:
        issue(database, actor, wanted, now)
    with database.reading() as session:
        assert verify_balances(session) == []
    return caught.value


def covers(database: Database, actor: Actor, code: str, now: datetime) -> Any:
    with database.reading() as session:
        found = read_coverage(session, actor, code, now=now)
    return found.contracts[0].covers


def another_cover(database: Database, now: datetime, **changes: Any) -> None:
    """The contract's dental cover said anew, and a second one beside it."""

    def work(session: Session) -> None:
        contract = session.scalars(select(Contract)).one()
        enrolment.register_contract(
            session,
            None,
            insurer_code=world.INSURER,
            number=world.CONTRACT,
            policyholder_code="ph-1",
            plan=contract.plan,
            start_on=contract.start_on,
            end_on=changes.pop("end_on", contract.end_on),
            tariff_set_code=world.DEFAULT_TARIFF_SET,
            covers=[
                enrolment.CoverInput(
                    code="dental",
                    title="دندان‌پزشکی",
                    franchise_basis=1_000,
                    ceiling_rial=world.CEILING_RIAL,
                    ceiling_kind="family",
                    excluded_groups=("orthodontics", "implant"),
                ),
                enrolment.CoverInput(
                    code="eye",
                    title="عینک",
                    franchise_basis=2_000,
                    ceiling_rial=None,
                    is_covered=changes.get("is_covered", False),
                ),
            ],
            now=now,
        )

    database.in_tx(work)


def test_a_letter_reserves_its_amount_and_is_on_the_trail(
    database: Database, reception: Actor, now: datetime
) -> None:
    number = issue(database, reception, request(database), now)
    assert len(number) == 6
    with database.reading() as session:
        letter = session.scalars(select(Referral)).one()
        account = session.scalars(select(CeilingAccount)).one()
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == "referral.issue"))
        assert [event.actor_id for event in events] == [reception.user_id]
        assert verify_balances(session) == []
    assert (letter.issued_on, letter.issued_by) == (day_of(now), "centre")
    assert (account.reserved_rial, account.used_rial) == (10 * MILLION, 0)


def test_the_coverage_says_what_is_left_and_who_holds_the_rest(
    database: Database, reception: Actor, now: datetime
) -> None:
    assert covers(database, reception, world.CHILD, now)[0].withdrawable_rial == 40 * MILLION
    number = issue(database, reception, request(database), now)
    cover = covers(database, reception, world.CHILD, now)[0]
    assert (cover.limit_rial, cover.reserved_rial) == (40 * MILLION, 10 * MILLION)
    assert (cover.remaining_rial, cover.withdrawable_rial) == (40 * MILLION, 30 * MILLION)
    assert (cover.franchise_basis, cover.is_family) == (1_000, True)
    assert [(h.number, h.held_rial) for h in cover.holders] == [(number, 10 * MILLION)]


def test_a_cover_announces_what_it_leaves_out_and_an_unlimited_one_has_no_remainder(
    database: Database, reception: Actor, now: datetime
) -> None:
    another_cover(database, now, is_covered=True)
    dental, eye = covers(database, reception, world.PRINCIPAL, now)
    assert dental.excluded == "خدمات غیر قابل ارائه: ارتودنسی - ایمپلنت"
    assert (eye.limit_rial, eye.withdrawable_rial, eye.excluded) == (None, None, "")
    issue(database, reception, request(database, 900 * MILLION, cover_code="eye"), now)
    assert covers(database, reception, world.PRINCIPAL, now)[1].reserved_rial == 900 * MILLION


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"national_code": "0123456788"}, "national_code_wrong"),
        ({"national_code": world.make_national_code("912345678")}, "unknown_person"),
        ({"national_code": world.STRANGER}, "not_insured_on"),
        ({"cover_code": "nothing"}, "unknown_cover"),
        ({"centre_code": "nowhere"}, "unknown_centre"),
        ({"amount_rial": 0}, "letter_amount_needed"),
        ({"amount_rial": -5}, "letter_amount_needed"),
        ({"amount_rial": 40 * MILLION + 1}, "letter_too_large"),
        ({"replaces_number": "999999"}, "unknown_referral"),
    ],
)
def test_what_cannot_be_issued_is_refused_in_words(
    database: Database, reception: Actor, now: datetime, changes: dict[str, Any], code: str
) -> None:
    refused = refusal(database, reception, request(database, **changes), now)
    assert refused.code == code
    for language in ("fa", "en"):
        use_language(language)
        assert code not in sentence(refused) and "–" not in sentence(refused)
    use_language("fa")


def test_a_person_without_a_valid_contract_has_no_coverage(
    database: Database, reception: Actor, now: datetime
) -> None:
    with database.reading() as session:
        with pytest.raises(Refused, match="no_valid_contract"):
            read_coverage(session, reception, world.STRANGER, now=now)
        with pytest.raises(Refused, match="no_valid_contract"):
            read_coverage(session, reception, world.CHILD, now=now + timedelta(days=200))
        with pytest.raises(Refused, match="national_code_wrong"):
            read_coverage(session, reception, "123", now=now)


def test_the_day_after_leaving_the_list_nothing_is_issued(
    database: Database, reception: Actor, now: datetime
) -> None:
    database.in_tx(
        lambda s: enrolment.register_membership(
            s,
            None,
            insurer_code=world.INSURER,
            contract_number=world.CONTRACT,
            national_code=world.CHILD,
            relation="son",
            principal_national_code=world.PRINCIPAL,
            left_on=day_of(now),
            now=now,
        )
    )
    wanted = request(database, national_code=world.CHILD)
    issue(database, reception, wanted, now)
    tomorrow = now + timedelta(days=1)
    assert refusal(database, reception, wanted, tomorrow).code == "not_insured_on"


def test_what_is_not_covered_is_refused(
    database: Database, reception: Actor, now: datetime
) -> None:
    another_cover(database, now)
    refused = refusal(database, reception, request(database, cover_code="eye"), now)
    assert refused.code == "cover_not_covered"
    assert "عینک" in sentence(refused)


def test_too_large_an_amount_names_what_is_left_and_the_holders(
    database: Database, reception: Actor, now: datetime
) -> None:
    number = issue(database, reception, request(database, 35 * MILLION), now)
    wanted = request(database, 5 * MILLION + 1, national_code=world.CHILD)
    use_language("en")
    refused = refusal(database, reception, wanted, now)
    assert refused.facts["withdrawable_rial"] == 5 * MILLION
    said = sentence(refused)
    use_language("fa")
    assert "5,000,000" in said and number in said and "35,000,000" in said


def test_a_reserve_whose_letter_is_overdue_is_free_though_no_job_has_run(
    database: Database, reception: Actor, now: datetime
) -> None:
    former = issue(
        database, reception, request(database, 40 * MILLION), now - timedelta(OVERDUE_ISSUE_DAYS)
    )
    cover = covers(database, reception, world.CHILD, now)[0]
    assert (cover.withdrawable_rial, cover.reserved_rial, cover.holders) == (40 * MILLION, 0, ())
    again = issue(database, reception, request(database, 40 * MILLION, replaces_number=former), now)
    with database.reading() as session:
        letters = {row.number: row for row in session.scalars(select(Referral))}
        assert verify_balances(session) == []
    assert letters[former].state == "expired"
    assert letters[again].replaces_id == letters[former].id


def test_only_an_expired_letter_of_the_same_cover_is_issued_again_and_once(
    database: Database, reception: Actor, now: datetime
) -> None:
    open_letter = issue(database, reception, request(database, MILLION), now)
    wanted = request(database, MILLION, replaces_number=open_letter)
    assert refusal(database, reception, wanted, now).code == "replaced_is_not_over"
    late = now + timedelta(days=70)
    childs = replace(wanted, national_code=world.CHILD)
    assert refusal(database, reception, childs, late).code == "replaced_of_another"
    issue(database, reception, wanted, late)
    assert refusal(database, reception, wanted, late).code == "replaced_already"


def test_the_same_form_sent_twice_issues_one_letter(
    database: Database, reception: Actor, now: datetime
) -> None:
    wanted = request(database, nonce="form-1")
    issue(database, reception, wanted, now)
    assert refusal(database, reception, wanted, now).code == "already_done"


def test_a_number_that_came_by_import_is_passed_over(
    database: Database, reception: Actor, now: datetime
) -> None:
    database.in_tx(lambda s: world.referral(s, now, number="100000", issued_on=day_of(now)))
    assert database.in_tx(next_referral_number) == "100001"


def test_who_may_not_issue_is_refused(database: Database, reception: Actor, now: datetime) -> None:
    assessor = replace(reception, roles=frozenset({Role.ASSESSOR}))
    assert refusal(database, assessor, request(database), now).code == "not_permitted"
    with database.reading() as session, pytest.raises(Refused, match="not_permitted"):
        read_coverage(session, assessor, world.PRINCIPAL, now=now)


def test_another_insurers_contract_looks_like_none(
    database: Database, reception: Actor, now: datetime
) -> None:
    wanted = request(database)
    stranger = replace(reception, insurer_ids=frozenset({wanted.insurer_id + 1}))
    refused = refusal(database, stranger, wanted, now)
    assert (refused.code, refused.facts["contract"]) == ("not_insured_on", None)
    with database.reading() as session, pytest.raises(Refused, match="no_valid_contract"):
        read_coverage(session, stranger, world.PRINCIPAL, now=now)


def test_of_two_who_want_the_last_rial_of_a_family_one_wins(
    database: Database, reception: Actor, now: datetime
) -> None:
    issue(database, reception, request(database, 40 * MILLION - 1), now)
    gate = threading.Barrier(2)

    def one(code: str) -> str:
        wanted = request(database, 1, national_code=code)
        gate.wait()
        try:
            issue(database, reception, wanted, now)
        except Refused as refused:
            return refused.code
        return "issued"

    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(one, (world.PRINCIPAL, world.CHILD)))
    assert sorted(results) == ["issued", "letter_too_large_held"]
    with database.reading() as session:
        account = session.scalars(select(CeilingAccount)).one()
        assert account.reserved_rial == account.limit_rial
        assert verify_balances(session) == []


def test_the_centres_are_the_contracted_ones(database: Database, reception: Actor) -> None:
    with database.reading() as session:
        assert read_centres(session, reception) == {world.CENTRE: "مرکز نمونه"}
