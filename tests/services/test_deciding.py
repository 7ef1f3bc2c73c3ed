"""Finishing a case: what it needs, and what it does to money, ledger and document."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.services import registered_world as world
from tests.services.office import (
    CAPPED,
    CHILD_CODE,
    CLEAN,
    DIRECT,
    TWO_LINES,
    Office,
    refused,
)
from workbench.db.models import Claim, FindingAnswer
from workbench.rules.document import document_hash, thaw, thaw_money, thaw_parameters
from workbench.rules.lines import case_money
from workbench.rules.money import Outcome
from workbench.rules.rulebook import find_all
from workbench.rules.workflow import ClaimState, Role
from workbench.services.claims import assessing, reading
from workbench.services.claims.deciding import DefectInput

PAYABLE_RIAL = 5_661_000
CAP_RIAL = 4_000_005
MISSING = DefectInput(reason="R03", scope="line", line_number=1, text="تصویر بعد")


def test_a_finish_with_an_open_finding_names_the_lines_and_changes_nothing(office: Office) -> None:
    office.take(CHILD_CODE)
    before = office.fingerprint()
    facts = refused("undecided_lines", lambda: office.finish(CHILD_CODE, nonce="once"))
    assert facts == {"lines": (1,)}
    assert (office.fingerprint(), office.claim(CHILD_CODE).state) == (before, "under_review")
    office.decide_all(CHILD_CODE)
    office.finish(CHILD_CODE, nonce="once")


def test_a_line_without_an_open_finding_counts_as_accepted_as_requested(office: Office) -> None:
    money = office.finished(CLEAN).money
    assert (money.technical_deduction_rial, money.payable_rial) == (0, PAYABLE_RIAL)
    line = office.line(CLEAN)
    assert (line.outcome, line.technical_approval_rial) == (Outcome.LESS_FRANCHISE, PAYABLE_RIAL)
    claim = office.claim(CLEAN)
    assert (claim.state, claim.payable_rial) == ("finished", PAYABLE_RIAL)
    assert (claim.finished_at, claim.finished_by_id) == (office.now, office.desk.assessor.user_id)
    assert (claim.lease_until_at, claim.open_finding_count) == (None, 0)


def test_a_finish_stores_each_line_and_every_deduction_computed_ones_too(office: Office) -> None:
    office.ready(TWO_LINES)
    assessor = office.desk.assessor
    first, second = (office.line_id(TWO_LINES, n) for n in (1, 2))
    office.write(
        assessing.recode_line, assessor, TWO_LINES, line_id=first, code="110", reason="D04",
        note="یک سطح دیده می‌شود",
    )  # fmt: skip
    office.write(
        assessing.cut_line, assessor, TWO_LINES, line_id=first, quantity=None,
        unit_price_rial=5_000_000, reason="D01", note="",
    )  # fmt: skip
    office.deduct(TWO_LINES, 1_000, reason="D02")
    office.write(assessing.reject_line, assessor, TWO_LINES, line_id=second, reason="D05", text="")
    money = office.finish(TWO_LINES).money
    key = office.keys[TWO_LINES]
    with office.database.reading() as session:
        document = office.round_of(TWO_LINES, 1).document
        rows = session.execute(
            select(
                assessing.LineDeduction.line_id,
                assessing.LineDeduction.source,
                assessing.LineDeduction.reason,
                assessing.LineDeduction.amount_rial,
            ).where(assessing.LineDeduction.claim_id == key.claim_id)
        ).all()
    assert sorted(tuple(row) for row in rows) == sorted(
        [
            (first, "recode", "D04", 1_260_000),
            (first, "cut", "D01", 30_000),
            (first, "typed", "D02", 1_000),
            (second, "reject", "D05", 600_003),
        ]
    )
    lines = [office.line(TWO_LINES, n) for n in (1, 2)]
    assert [line.outcome for line in lines] == [
        Outcome.LESS_FRANCHISE_AND_OVERCLAIM,
        Outcome.NOT_PAYABLE,
    ]
    assert [line.technical_deduction_rial for line in lines] == [1_291_000, 600_003]
    assert lines[0].tariff_reject_rial == 210_000
    assert sum(line.technical_approval_rial or 0 for line in lines) == (
        money.technical_approval_rial
    )
    assert document is not None and thaw_money(document) == money


def test_the_ceiling_pays_to_its_last_rial_and_the_rest_is_the_ceiling_reject(
    office: Office,
) -> None:
    money = office.finished(CAPPED).money
    assert (money.payable_rial, money.ceiling_reject_rial) == (CAP_RIAL, PAYABLE_RIAL - CAP_RIAL)
    assert office.entries(CAPPED) == [
        ("use", CAP_RIAL),
        ("ceiling_reject", PAYABLE_RIAL - CAP_RIAL),
    ]
    assert office.reserved(CAPPED) == 0
    assert office.is_exact()


def test_what_the_reserve_has_too_much_is_released_with_the_finish(office: Office) -> None:
    office.ready(CLEAN)
    used_rial = office.balance(CLEAN).used_rial
    office.deduct(CLEAN, 1_000_000)
    office.finish(CLEAN)
    assert office.entries(CLEAN) == [("use", 4_761_000), ("release", 900_000)]
    assert office.balance(CLEAN).used_rial == used_rial + 4_761_000
    assert office.reserved(CLEAN) == 0
    assert office.is_exact()


@pytest.mark.parametrize("seen_rial", [CAP_RIAL - 1, CAP_RIAL + 1, None])
def test_a_ceiling_that_changed_since_is_told_and_the_second_call_confirms(
    office: Office, seen_rial: int | None
) -> None:
    office.ready(CAPPED)
    before = office.fingerprint()
    facts = refused(
        "ceiling_changed",
        lambda: office.finish(CAPPED, nonce="once", seen_available_rial=seen_rial),
    )
    assert facts == {"number": CAPPED, "seen_rial": seen_rial, "available_rial": CAP_RIAL}
    assert office.fingerprint() == before
    money = office.finish(CAPPED, nonce="once", seen_available_rial=CAP_RIAL).money
    assert money.payable_rial == CAP_RIAL


def test_more_room_than_was_seen_is_told_too_when_it_changes_the_payment(office: Office) -> None:
    office.ready(DIRECT)
    refused("ceiling_changed", lambda: office.finish(DIRECT, seen_available_rial=1_000_000))


def test_a_ceiling_that_changed_without_changing_the_payment_is_not_told(office: Office) -> None:
    office.ready(CLEAN)
    assert office.finish(CLEAN, seen_available_rial=PAYABLE_RIAL).money.payable_rial == PAYABLE_RIAL


def test_the_same_nonce_twice_is_told_as_done(office: Office) -> None:
    office.ready(CLEAN)
    version = office.claim(CLEAN).version
    office.finish(CLEAN, nonce="once", version=version)
    before = office.fingerprint()
    refused("already_done", lambda: office.finish(CLEAN, nonce="once", version=version))
    refused("claim_changed", lambda: office.finish(CLEAN, nonce="other", version=version))
    refused("wrong_state", lambda: office.finish(CLEAN, nonce="another"))
    assert office.fingerprint() == before


def test_a_case_that_was_not_really_looked_at_is_not_finished(office: Office) -> None:
    office.ready(CLEAN)
    shown = {"shown_at": office.now - timedelta(milliseconds=999), "minimum_view_seconds": 1}
    refused("shown_too_briefly", lambda: office.finish(CLEAN, **shown))
    office.finish(CLEAN, **(shown | {"shown_at": office.now - timedelta(seconds=1)}))


def test_only_assessor_and_lead_end_a_round_and_only_of_what_they_hold(office: Office) -> None:
    office.ready(CLEAN)
    before = office.fingerprint()
    for role, actor in office.desk.everyone().items():
        code = "claim_taken" if role == Role.LEAD else "not_permitted"
        if role == Role.ASSESSOR:
            actor, code = office.colleague, "claim_taken"
        refused(code, lambda a=actor: office.finish(CLEAN, actor=a))
        refused(code, lambda a=actor: office.give_back(CLEAN, MISSING, actor=a))
    refused("claim_not_taken", lambda: office.finish(DIRECT))
    refused("claim_not_taken", lambda: office.give_back(DIRECT, MISSING))
    assert office.fingerprint() == before


def test_a_finish_is_on_the_record_with_its_money(office: Office) -> None:
    office.finished(CAPPED)
    event = office.events(CAPPED)[-1]
    assert (event.action, event.actor_id) == ("claim.finish", office.desk.assessor.user_id)
    assert event.facts["payable_rial"] == CAP_RIAL
    assert event.facts["ceiling_reject_rial"] == PAYABLE_RIAL - CAP_RIAL


def test_the_frozen_document_computes_to_the_same_money_and_its_hash_holds(
    office: Office,
) -> None:
    office.ready(CHILD_CODE)
    office.deduct(CHILD_CODE, 12_345)
    money = office.finish(CHILD_CODE).money
    ended = office.round_of(CHILD_CODE, 1)
    assert ended.document is not None
    assert ended.document_hash == document_hash(ended.document)
    case = thaw(ended.document)
    assert case_money(case) == money == thaw_money(ended.document)
    keys = [finding.key for finding in find_all(case, thaw_parameters(ended.document))]
    assert keys == list(ended.document["states"])
    changed = ended.document | {"money": ended.document["money"] | {"payable_rial": 1}}
    assert document_hash(changed) != ended.document_hash


def test_an_ended_case_is_shown_as_it_was_decided_whatever_becomes_of_the_rows(
    office: Office,
) -> None:
    office.finished(CLEAN)
    key = office.keys[CLEAN]

    def change(session: Any) -> None:
        session.execute(
            update(Claim).where(Claim.id == key.claim_id).values(case_on=date(2020, 1, 1))
        )
        session.execute(update(FindingAnswer).values(reason="دیگر"))

    office.database.in_tx(change)
    with office.database.reading() as session:
        view = reading.read_case(
            session, office.desk.lead, key.insurer_id, key.claim_id, now=office.now
        )
    assert view.money.payable_rial == PAYABLE_RIAL
    assert view.case.case_on == world.SERVICE_ON
    assert view.state == ClaimState.FINISHED
