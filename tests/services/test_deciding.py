"""Ending a round: finish, return, reopen, void; what each does to money, ledger and document."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests import builders
from tests.services import registered_world as world
from tests.services.office import (
    CAPPED,
    CHILD_CODE,
    CLEAN,
    DIRECT,
    ROOT,
    TWO_LINES,
    Office,
    refused,
)
from workbench.db.models import Claim, ClaimRound, Defect, FindingAnswer, InternalNote
from workbench.rules.document import document_hash, thaw, thaw_money, thaw_parameters
from workbench.rules.lines import case_money
from workbench.rules.money import Outcome
from workbench.rules.rulebook import find_all
from workbench.rules.workflow import ClaimState, Role
from workbench.services import assessing, batches, deciding, ledger, reading
from workbench.services.deciding import DefectInput
from workbench.services.resubmission import ResubmissionInput, resubmit_claim

PAYABLE_RIAL = 5_661_000
CAP_RIAL = 4_000_005
MISSING = DefectInput(reason="R03", scope="line", line_number=1, text="تصویر بعد")


def _decide_all(office: Office, number: str) -> None:
    """Every open finding is overridden."""
    while keys := office.open_keys(number):
        office.write(
            assessing.override_finding,
            office.desk.assessor,
            number,
            key=keys[0],
            reason="در گرافی دیده شد",
        )


def _ready(office: Office, number: str) -> None:
    """Taken, with nothing left to decide."""
    office.take(number)
    _decide_all(office, number)


def _finished(office: Office, number: str) -> deciding.Finished:
    _ready(office, number)
    return office.finish(number)


def _void(office: Office, number: str, **given: Any) -> None:
    given = {"actor": office.desk.lead, "reason": "تعهد نیست"} | given
    office.write(deciding.void_claim, number=number, **given)


def _round(office: Office, number: str, round_number: int) -> ClaimRound:
    claim = office.claim(number)
    with office.database.reading() as session:
        return session.scalars(
            select(ClaimRound).where(
                ClaimRound.claim_id == claim.id, ClaimRound.number == round_number
            )
        ).one()


def _resubmit(office: Office, number: str, **given: Any) -> None:
    answer = ResubmissionInput(claim_number=number, explanation="پیوست شد", **given)
    office.database.in_tx(lambda s: resubmit_claim(s, None, answer, now=office.now))


def _notes(office: Office, number: str) -> list[str]:
    with office.database.reading() as session:
        return list(
            session.scalars(
                select(InternalNote.text).where(InternalNote.claim_id == office.claim(number).id)
            )
        )


# Finish ------------------------------------------------------------------------------------------


def test_a_finish_with_an_open_finding_names_the_lines_and_changes_nothing(office: Office) -> None:
    office.take(CHILD_CODE)
    before = office.fingerprint()
    facts = refused("undecided_lines", lambda: office.finish(CHILD_CODE, nonce="once"))
    assert facts == {"lines": (1,), "has_case_finding": False}
    assert (office.fingerprint(), office.claim(CHILD_CODE).state) == (before, "under_review")
    _decide_all(office, CHILD_CODE)
    office.finish(CHILD_CODE, nonce="once")


def test_a_line_without_an_open_finding_counts_as_accepted_as_requested(office: Office) -> None:
    money = _finished(office, CLEAN).money
    assert (money.technical_deduction_rial, money.payable_rial) == (0, PAYABLE_RIAL)
    line = office.line(CLEAN)
    assert (line.outcome, line.technical_approval_rial) == (Outcome.LESS_FRANCHISE, PAYABLE_RIAL)
    claim = office.claim(CLEAN)
    assert (claim.state, claim.payable_rial) == ("finished", PAYABLE_RIAL)
    assert (claim.finished_at, claim.finished_by_id) == (office.now, office.desk.assessor.user_id)
    assert (claim.lease_until_at, claim.open_finding_count) == (None, 0)


def test_a_finish_stores_each_line_and_every_deduction_computed_ones_too(office: Office) -> None:
    _ready(office, TWO_LINES)
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
        document = _round(office, TWO_LINES, 1).document
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
    money = _finished(office, CAPPED).money
    assert (money.payable_rial, money.ceiling_reject_rial) == (CAP_RIAL, PAYABLE_RIAL - CAP_RIAL)
    assert office.entries(CAPPED) == [
        ("use", CAP_RIAL),
        ("ceiling_reject", PAYABLE_RIAL - CAP_RIAL),
    ]
    assert office.reserved(CAPPED) == 0
    assert office.is_exact()


def test_what_the_reserve_has_too_much_is_released_with_the_finish(office: Office) -> None:
    _ready(office, CLEAN)
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
    _ready(office, CAPPED)
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
    _ready(office, DIRECT)
    refused("ceiling_changed", lambda: office.finish(DIRECT, seen_available_rial=1_000_000))


def test_a_ceiling_that_changed_without_changing_the_payment_is_not_told(office: Office) -> None:
    _ready(office, CLEAN)
    assert office.finish(CLEAN, seen_available_rial=PAYABLE_RIAL).money.payable_rial == PAYABLE_RIAL


def test_the_same_nonce_twice_is_told_as_done(office: Office) -> None:
    _ready(office, CLEAN)
    version = office.claim(CLEAN).version
    office.finish(CLEAN, nonce="once", version=version)
    before = office.fingerprint()
    refused("already_done", lambda: office.finish(CLEAN, nonce="once", version=version))
    refused("claim_changed", lambda: office.finish(CLEAN, nonce="other", version=version))
    refused("wrong_state", lambda: office.finish(CLEAN, nonce="another"))
    assert office.fingerprint() == before


def test_a_case_that_was_not_really_looked_at_is_not_finished(office: Office) -> None:
    _ready(office, CLEAN)
    shown = {"shown_at": office.now - timedelta(milliseconds=999), "minimum_view_seconds": 1}
    refused("shown_too_briefly", lambda: office.finish(CLEAN, **shown))
    office.finish(CLEAN, **(shown | {"shown_at": office.now - timedelta(seconds=1)}))


def test_only_assessor_and_lead_end_a_round_and_only_of_what_they_hold(office: Office) -> None:
    _ready(office, CLEAN)
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
    _finished(office, CAPPED)
    event = office.events(CAPPED)[-1]
    assert (event.action, event.actor_id) == ("claim.finish", office.desk.assessor.user_id)
    assert event.facts["payable_rial"] == CAP_RIAL
    assert event.facts["ceiling_reject_rial"] == PAYABLE_RIAL - CAP_RIAL


def test_the_frozen_document_computes_to_the_same_money_and_its_hash_holds(
    office: Office,
) -> None:
    _ready(office, CHILD_CODE)
    office.deduct(CHILD_CODE, 12_345)
    money = office.finish(CHILD_CODE).money
    ended = _round(office, CHILD_CODE, 1)
    assert ended.document is not None
    assert ended.document_hash == document_hash(ended.document)
    case = thaw(ended.document)
    assert case_money(case) == money == thaw_money(ended.document)
    keys = [finding.key for finding in find_all(case, thaw_parameters(ended.document))]
    assert keys == list(ended.document["states"])
    changed = ended.document | {"money": ended.document["money"] | {"payable_rial": 1}}
    assert document_hash(changed) != ended.document_hash


# Return ------------------------------------------------------------------------------------------


def test_a_return_without_a_defect_is_impossible(office: Office) -> None:
    office.take(CLEAN)
    before = office.fingerprint()
    refused("return_without_defect", lambda: office.give_back(CLEAN))
    assert office.fingerprint() == before


@pytest.mark.parametrize(
    "defect, code",
    [
        (DefectInput(reason="D01"), "defect_unknown"),
        (DefectInput(reason="R00"), "defect_unknown"),
        (DefectInput(reason="R03", scope="line"), "defect_scope"),
        (DefectInput(reason="R03", scope="line", line_number=2), "defect_scope"),
        (DefectInput(reason="R03", scope="image", image_number=1), "defect_scope"),
        (DefectInput(reason="R03", scope="elsewhere"), "defect_scope"),
    ],
)
def test_a_defect_is_of_the_catalogue_and_of_something_that_is_there(
    office: Office, defect: DefectInput, code: str
) -> None:
    office.take(CLEAN)
    before = office.fingerprint()
    assert refused(code, lambda: office.give_back(CLEAN, MISSING, defect)) == {
        "reason": defect.reason
    }
    assert office.fingerprint() == before


def test_a_return_keeps_defects_ceiling_and_document_and_frees_the_case(office: Office) -> None:
    office.take(CLEAN)
    balance = office.balance(CLEAN)
    general = DefectInput(reason="R01", text="  مدرک شناسایی ")
    assert office.give_back(CLEAN, MISSING, general) == CLEAN
    claim = office.claim(CLEAN)
    assert (claim.state, claim.assignee_id, claim.lease_until_at) == ("returned", None, None)
    assert (claim.returned_at, claim.returned_by_id) == (office.now, office.desk.assessor.user_id)
    assert office.balance(CLEAN) == balance
    assert office.line(CLEAN).outcome == Outcome.RETURNED
    with office.database.reading() as session:
        rows = session.scalars(select(Defect).where(Defect.claim_id == claim.id)).all()
    assert {(row.reason, row.scope, row.line_number, row.text) for row in rows} == {
        ("R03", "line", 1, "تصویر بعد"),
        ("R01", "case", None, "مدرک شناسایی"),
    }
    ended = _round(office, CLEAN, 1)
    assert (ended.result, ended.document_hash) == ("returned", document_hash(ended.document or {}))
    event = office.events(CLEAN)[-1]
    assert (event.action, event.facts["defects"]) == ("claim.return", ["R01", "R03"])


def test_a_return_twice_or_with_a_stale_version_is_refused(office: Office) -> None:
    version = office.take(CLEAN).version
    refused("claim_changed", lambda: office.give_back(CLEAN, MISSING, version=version - 1))
    office.give_back(CLEAN, MISSING, nonce="once", version=version)
    refused("already_done", lambda: office.give_back(CLEAN, MISSING, nonce="once", version=version))
    refused("wrong_state", lambda: office.give_back(CLEAN, MISSING))


def test_a_direct_case_that_comes_back_cheaper_leaves_nothing_reserved(office: Office) -> None:
    office.take(DIRECT)
    office.give_back(DIRECT, MISSING)
    _resubmit(office, DIRECT, lines=(world.line(unit_price_rial=3_000_000),))
    assert _finished(office, DIRECT).money.payable_rial == 2_700_000
    assert office.reserved(DIRECT) == 0
    assert office.is_exact()


# Reopen ------------------------------------------------------------------------------------------


def test_reopening_credits_back_and_keeps_what_was_assessed_in_a_new_round(
    office: Office,
) -> None:
    _ready(office, CHILD_CODE)
    office.deduct(CHILD_CODE, 722_000)
    answered = office.assessment(CHILD_CODE).case.decided
    balance = office.balance(CHILD_CODE)
    office.finish(CHILD_CODE)
    former = _round(office, CHILD_CODE, 1)
    assert office.reopen(CHILD_CODE) is None
    claim = office.claim(CHILD_CODE)
    assert (claim.state, claim.round) == ("under_review", 2)
    assert (claim.assignee_id, claim.payable_rial, claim.finished_at) == (
        office.desk.lead.user_id,
        None,
        None,
    )
    assert office.balance(CHILD_CODE) == balance
    assert [kind for kind, _ in office.entries(CHILD_CODE)] == [
        "use",
        "release",
        "credit_back",
        "reserve",
    ]
    case = office.assessment(CHILD_CODE).case
    assert [d.amount_rial for d in case.lines[0].deductions] == [722_000]
    assert sorted(case.decided) == sorted(answered)
    assert office.line(CHILD_CODE).outcome is None
    ended = _round(office, CHILD_CODE, 1)
    assert (ended.document, ended.document_hash, ended.result) == (
        former.document,
        former.document_hash,
        "finished",
    )
    assert office.actions(CHILD_CODE)[-1] == "claim.reopen"
    assert "مدرک تازه رسید" in _notes(office, CHILD_CODE)


def test_a_second_finish_uses_the_ceiling_again_and_has_its_own_document(office: Office) -> None:
    _finished(office, CLEAN)
    office.reopen(CLEAN)
    office.deduct(CLEAN, 1_000_000, actor=office.desk.lead)
    assert office.finish(CLEAN, actor=office.desk.lead).money.payable_rial == 4_761_000
    assert office.balance(CLEAN).used_rial == 4_761_000
    assert [_round(office, CLEAN, n).result for n in (1, 2)] == ["finished", "finished"]
    assert _round(office, CLEAN, 1).document_hash != _round(office, CLEAN, 2).document_hash
    assert office.is_exact()


def test_reopening_never_lifts_the_cap_of_a_referral(office: Office) -> None:
    _finished(office, CAPPED)
    assert office.reopen(CAPPED) is None
    assert office.reserved(CAPPED) == CAP_RIAL
    assert office.finish(CAPPED, actor=office.desk.lead).money.payable_rial == CAP_RIAL


def test_what_cannot_be_reserved_again_is_said(office: Office) -> None:
    _ready(office, CLEAN)
    office.deduct(CLEAN, 1_000_000)
    office.finish(CLEAN)
    claim, room = office.claim(CLEAN), office.balance(CLEAN).withdrawable_rial
    assert room is not None

    def take_the_room(session: Any) -> None:
        other = ledger.open_reservation(session, claim.insurer_id, claim.account_id)
        ledger.reserve(
            session, claim.insurer_id, other, room, ledger.Cause(at=office.now), key="other"
        )

    office.database.in_tx(take_the_room)
    assert office.reopen(CLEAN) == 900_000
    assert office.reserved(CLEAN) == 4_761_000
    assert office.is_exact()


def test_only_a_lead_reopens_with_a_reason_and_without_an_interest(office: Office) -> None:
    _finished(office, CLEAN)
    before = office.fingerprint()
    for role, actor in office.desk.everyone().items():
        if role != Role.LEAD:
            refused("not_permitted", lambda a=actor: office.reopen(CLEAN, actor=a))
            refused("not_permitted", lambda a=actor: _void(office, CLEAN, actor=a))
    refused("reason_needed", lambda: office.reopen(CLEAN, " "))
    refused("claim_changed", lambda: office.reopen(CLEAN, version=1))
    own = replace(office.desk.lead, centre_id=office.claim(CLEAN).centre_id)
    refused("conflict_of_interest", lambda: office.reopen(CLEAN, actor=own))
    assert office.fingerprint() == before


def test_reopening_twice_is_refused(office: Office) -> None:
    _finished(office, CLEAN)
    version = office.claim(CLEAN).version
    office.reopen(CLEAN, version=version)
    refused("claim_changed", lambda: office.reopen(CLEAN, version=version))
    refused("wrong_state", lambda: office.reopen(CLEAN))


# Void --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [CLEAN, DIRECT])
def test_a_void_releases_what_the_case_had_reserved(office: Office, number: str) -> None:
    reserved_rial = office.balance(number).reserved_rial
    _void(office, number)
    assert office.balance(number).reserved_rial == reserved_rial - PAYABLE_RIAL
    assert (office.claim(number).state, office.reserved(number)) == ("void", 0)
    assert office.actions(number)[-1] == "claim.void"
    assert _notes(office, number) == ["تعهد نیست"]
    refused("wrong_state", lambda: _void(office, number))
    assert office.is_exact()


def test_a_returned_case_can_be_void_so_that_it_does_not_lock_the_ceiling(office: Office) -> None:
    office.take(CLEAN)
    refused("wrong_state", lambda: _void(office, CLEAN))
    office.give_back(CLEAN, MISSING)
    version = office.claim(CLEAN).version
    refused("claim_changed", lambda: _void(office, CLEAN, version=version - 1))
    refused("reason_needed", lambda: _void(office, CLEAN, reason=""))
    _void(office, CLEAN, version=version)
    assert office.reserved(CLEAN) == 0


# After finance -----------------------------------------------------------------------------------


def test_after_it_was_sent_to_finance_nothing_changes_any_more(office: Office) -> None:
    for number in (CLEAN, CHILD_CODE, TWO_LINES, ROOT, CAPPED):
        _finished(office, number)
    office.database.in_tx(
        lambda s: batches.send_batch_to_finance(
            s, office.desk.lead, builders.BATCH, version=None, now=office.now
        )
    )
    before = office.fingerprint()
    attempts = (
        lambda: office.take(CLEAN),
        lambda: office.reopen(CLEAN),
        lambda: _void(office, CLEAN),
        lambda: office.deduct(CLEAN, 1),
        lambda: office.finish(CLEAN, nonce="again"),
        lambda: office.give_back(CLEAN, MISSING, nonce="again"),
        lambda: _resubmit(office, CLEAN),
    )
    for attempt in attempts:
        assert refused("wrong_state", attempt)["state"] == "sent_to_finance"
    assert office.fingerprint() == before


def test_an_ended_case_is_shown_as_it_was_decided_whatever_becomes_of_the_rows(
    office: Office,
) -> None:
    _finished(office, CLEAN)
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
