"""Opening a finished case again, voiding one, and the end of all changes."""

from dataclasses import replace
from typing import Any

import pytest

from tests import builders
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
from workbench.rules.workflow import Role
from workbench.services.batches import batches
from workbench.services.ceiling import ledger
from workbench.services.claims.deciding import DefectInput

PAYABLE_RIAL = 5_661_000
CAP_RIAL = 4_000_005
MISSING = DefectInput(reason="R03", scope="line", line_number=1, text="تصویر بعد")


def test_reopening_credits_back_and_keeps_what_was_assessed_in_a_new_round(
    office: Office,
) -> None:
    office.ready(CHILD_CODE)
    office.deduct(CHILD_CODE, 722_000)
    answered = office.assessment(CHILD_CODE).case.decided
    balance = office.balance(CHILD_CODE)
    office.finish(CHILD_CODE)
    former = office.round_of(CHILD_CODE, 1)
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
    ended = office.round_of(CHILD_CODE, 1)
    assert (ended.document, ended.document_hash, ended.result) == (
        former.document,
        former.document_hash,
        "finished",
    )
    assert office.actions(CHILD_CODE)[-1] == "claim.reopen"
    assert "مدرک تازه رسید" in office.notes(CHILD_CODE)


def test_a_second_finish_uses_the_ceiling_again_and_has_its_own_document(office: Office) -> None:
    office.finished(CLEAN)
    office.reopen(CLEAN)
    office.deduct(CLEAN, 1_000_000, actor=office.desk.lead)
    assert office.finish(CLEAN, actor=office.desk.lead).money.payable_rial == 4_761_000
    assert office.balance(CLEAN).used_rial == 4_761_000
    assert [office.round_of(CLEAN, n).result for n in (1, 2)] == ["finished", "finished"]
    assert office.round_of(CLEAN, 1).document_hash != office.round_of(CLEAN, 2).document_hash
    assert office.is_exact()


def test_reopening_never_lifts_the_cap_of_a_referral(office: Office) -> None:
    office.finished(CAPPED)
    assert office.reopen(CAPPED) is None
    assert office.reserved(CAPPED) == CAP_RIAL
    assert office.finish(CAPPED, actor=office.desk.lead).money.payable_rial == CAP_RIAL


def test_what_cannot_be_reserved_again_is_said(office: Office) -> None:
    office.ready(CLEAN)
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
    office.finished(CLEAN)
    before = office.fingerprint()
    for role, actor in office.desk.everyone().items():
        if role != Role.LEAD:
            refused("not_permitted", lambda a=actor: office.reopen(CLEAN, actor=a))
            refused("not_permitted", lambda a=actor: office.void(CLEAN, actor=a))
    refused("reason_needed", lambda: office.reopen(CLEAN, " "))
    refused("claim_changed", lambda: office.reopen(CLEAN, version=1))
    own = replace(office.desk.lead, centre_id=office.claim(CLEAN).centre_id)
    refused("conflict_of_interest", lambda: office.reopen(CLEAN, actor=own))
    assert office.fingerprint() == before


def test_reopening_twice_is_refused(office: Office) -> None:
    office.finished(CLEAN)
    version = office.claim(CLEAN).version
    office.reopen(CLEAN, version=version)
    refused("claim_changed", lambda: office.reopen(CLEAN, version=version))
    refused("wrong_state", lambda: office.reopen(CLEAN))


@pytest.mark.parametrize("number", [CLEAN, DIRECT])
def test_a_void_releases_what_the_case_had_reserved(office: Office, number: str) -> None:
    reserved_rial = office.balance(number).reserved_rial
    office.void(number)
    assert office.balance(number).reserved_rial == reserved_rial - PAYABLE_RIAL
    assert (office.claim(number).state, office.reserved(number)) == ("void", 0)
    assert office.actions(number)[-1] == "claim.void"
    assert office.notes(number) == ["تعهد نیست"]
    refused("wrong_state", lambda: office.void(number))
    assert office.is_exact()


def test_a_returned_case_can_be_void_so_that_it_does_not_lock_the_ceiling(office: Office) -> None:
    office.take(CLEAN)
    refused("wrong_state", lambda: office.void(CLEAN))
    office.give_back(CLEAN, MISSING)
    version = office.claim(CLEAN).version
    refused("claim_changed", lambda: office.void(CLEAN, version=version - 1))
    refused("reason_needed", lambda: office.void(CLEAN, reason=""))
    office.void(CLEAN, version=version)
    assert office.reserved(CLEAN) == 0


def test_after_it_was_sent_to_finance_nothing_changes_any_more(office: Office) -> None:
    for number in (CLEAN, CHILD_CODE, TWO_LINES, ROOT, CAPPED):
        office.finished(number)
    office.database.in_tx(
        lambda s: batches.send_batch_to_finance(
            s, office.desk.lead, builders.BATCH, version=None, now=office.now
        )
    )
    before = office.fingerprint()
    attempts = (
        lambda: office.take(CLEAN),
        lambda: office.reopen(CLEAN),
        lambda: office.void(CLEAN),
        lambda: office.deduct(CLEAN, 1),
        lambda: office.finish(CLEAN, nonce="again"),
        lambda: office.give_back(CLEAN, MISSING, nonce="again"),
        lambda: office.resubmit(CLEAN),
    )
    for attempt in attempts:
        assert refused("wrong_state", attempt)["state"] == "sent_to_finance"
    assert office.fingerprint() == before
