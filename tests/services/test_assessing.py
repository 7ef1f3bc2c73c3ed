"""What an assessor does to the lines of a case he holds."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import builders
from tests.services.office import CHILD_CODE, CLEAN, DIRECT, ROOT, TWO_LINES, Office, refused
from workbench.rules.workflow import ClaimState
from workbench.services.claims import assessing
from workbench.services.claims.facts import Assessment
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim

PRICE_RIAL = 6_290_000
NOTE = "بیمار ده‌ساله یا بیشتر است"


def _on_line(office: Office, service: Callable[..., Any], number: str, **given: Any) -> Assessment:
    line_id = office.line_id(number, given.pop("line", 1))
    return office.write(
        service, given.pop("actor", office.desk.assessor), number, line_id=line_id, **given
    )


def _recode(office: Office, number: str, code: str, **given: Any) -> Assessment:
    given = {"reason": "D03", "note": NOTE} | given
    return _on_line(office, assessing.recode_line, number, code=code, **given)


def _cut(office: Office, number: str, **given: Any) -> Assessment:
    given = {"quantity": None, "unit_price_rial": None, "reason": "D01", "note": ""} | given
    return _on_line(office, assessing.cut_line, number, **given)


def _reject(office: Office, number: str, **given: Any) -> Assessment:
    given = {"reason": "D05", "text": ""} | given
    return _on_line(office, assessing.reject_line, number, **given)


def test_each_write_leaves_one_event_with_codes_and_amounts_and_a_new_version(
    office: Office,
) -> None:
    version = office.take(TWO_LINES).version
    office.deduct(TWO_LINES, 200_000, reason="D99", text="نام بیمار در گرافی نیست")
    event = office.events(TWO_LINES)[-1]
    assert event.action == "claim.assess"
    assert event.facts == {
        "claim": TWO_LINES,
        "round": 1,
        "state": "under_review",
        "version": version + 1,
        "what": "add_deduction",
        "line": 1,
        "reason": "D99",
        "amount_rial": 200_000,
    }
    assert office.claim(TWO_LINES).version == version + 1


def test_a_double_click_with_the_version_it_saw_is_refused(office: Office) -> None:
    version = office.take(CLEAN).version
    office.deduct(CLEAN, 1_000, version=version)
    refused("claim_changed", lambda: office.deduct(CLEAN, 1_000, version=version))
    assert office.assessment(CLEAN).money.technical_deduction_rial == 1_000


def test_a_recode_needs_a_note_a_reason_and_a_tariff(office: Office) -> None:
    office.take(CHILD_CODE)
    before = office.fingerprint()
    refused("recode_needs_note", lambda: _recode(office, CHILD_CODE, "125", note=" -"))
    refused("deduction_without_reason", lambda: _recode(office, CHILD_CODE, "125", reason=""))
    refused("computed_reason", lambda: _recode(office, CHILD_CODE, "125", reason="D18"))
    for code in ("835", "no-such-code", ""):
        facts = refused("recode_without_tariff", lambda c=code: _recode(office, CHILD_CODE, c))
        assert facts["service_code"] == code
    assert office.fingerprint() == before
    assert office.line(CHILD_CODE).assessed_code is None


def test_a_recode_to_a_dearer_code_deducts_nothing_and_keeps_the_former(office: Office) -> None:
    office.take(CLEAN)
    money = _recode(office, CLEAN, "130", reason="D04").money
    assert (money.technical_deduction_rial, money.cost_rial) == (0, PRICE_RIAL)
    line = office.line(CLEAN)
    assert (line.code, line.assessed_code, line.assessor_note) == ("125", "130", NOTE)


def test_a_recode_back_to_the_requested_code_undoes_it(office: Office) -> None:
    office.take(CLEAN)
    assert _recode(office, CLEAN, "110").money.technical_deduction_rial == 1_260_000
    assert _recode(office, CLEAN, "125").money.technical_deduction_rial == 0
    assert office.line(CLEAN).recode_reason is None


def test_a_cut_after_a_recode_keeps_the_note_of_the_recode(office: Office) -> None:
    office.take(CLEAN)
    _recode(office, CLEAN, "110")
    _cut(office, CLEAN, unit_price_rial=5_000_000)
    assert office.line(CLEAN).assessor_note == NOTE
    assert office.assessment(CLEAN).money.technical_deduction_rial == 1_290_000


def test_a_cut_of_the_price_is_one_deduction_and_is_undone_by_the_requested_price(
    office: Office,
) -> None:
    office.take(CLEAN)
    assert _cut(office, CLEAN, unit_price_rial=6_000_000).money.technical_deduction_rial == 290_000
    assert office.line(CLEAN).cut_reason == "D01"
    assert _cut(office, CLEAN, unit_price_rial=PRICE_RIAL).money.technical_deduction_rial == 0
    assert office.line(CLEAN).cut_reason is None
    assert _cut(office, CLEAN, quantity=0).money.payable_rial == 0


def test_a_cut_is_never_above_what_was_requested_below_zero_or_without_a_reason(
    office: Office,
) -> None:
    office.take(CLEAN)
    before = office.fingerprint()
    refused("cut_above_requested", lambda: _cut(office, CLEAN, quantity=2))
    refused("cut_above_requested", lambda: _cut(office, CLEAN, unit_price_rial=PRICE_RIAL + 1))
    refused("negative_amount", lambda: _cut(office, CLEAN, quantity=-1))
    refused("negative_amount", lambda: _cut(office, CLEAN, unit_price_rial=-1))
    refused("deduction_without_reason", lambda: _cut(office, CLEAN, quantity=0, reason=""))
    assert office.fingerprint() == before


def test_a_reject_pays_nothing_and_settles_the_findings_of_the_line(office: Office) -> None:
    office.take(ROOT)
    refused("deduction_without_reason", lambda: _reject(office, ROOT, reason="R03"))
    money = _reject(office, ROOT, text="پیش‌تر پرداخت شده").money
    assert (money.technical_deduction_rial, money.payable_rial) == (5_800_000, 0)
    assert office.open_keys(ROOT) == []
    line = office.line(ROOT)
    assert (line.is_rejected, line.reject_reason, line.assessor_note) == (
        True,
        "D05",
        "پیش‌تر پرداخت شده",
    )


def test_several_deductions_reach_the_last_rial_and_not_one_more(office: Office) -> None:
    office.take(TWO_LINES)
    left_rial = PRICE_RIAL  # 6,500,000 less the tariff reject of 210,000
    office.deduct(TWO_LINES, 1_200_000)
    office.deduct(TWO_LINES, 90_000, reason="D02")
    before = office.fingerprint()
    facts = refused(
        "deduction_above_rest", lambda: office.deduct(TWO_LINES, left_rial - 1_290_000 + 1)
    )
    assert (facts["line"], facts["rest_rial"]) == (1, left_rial)
    assert office.fingerprint() == before
    assert len(office.assessment(TWO_LINES).case.lines[0].deductions) == 2
    money = office.deduct(TWO_LINES, left_rial - 1_290_000).money
    assert money.lines[0].technical_deduction_rial == left_rial
    assert money.lines[0].technical_approval_rial == 0
    assert money.lines[1].technical_approval_rial > 0


@pytest.mark.parametrize("amount_rial", [PRICE_RIAL + 1, 10**30])
def test_an_absurd_amount_is_refused_with_what_is_left(office: Office, amount_rial: int) -> None:
    office.take(CLEAN)
    office.deduct(CLEAN, 290_000)
    facts = refused("deduction_above_rest", lambda: office.deduct(CLEAN, amount_rial))
    assert facts["line"] == 1
    assert office.assessment(CLEAN).money.technical_deduction_rial == 290_000


@pytest.mark.parametrize(
    "given, code",
    [
        ({"amount_rial": 0}, "negative_amount"),
        ({"amount_rial": -1}, "negative_amount"),
        ({"reason": ""}, "deduction_without_reason"),
        ({"reason": "D00"}, "deduction_without_reason"),
        ({"reason": "R03"}, "deduction_without_reason"),
        ({"reason": "D17"}, "computed_reason"),
        ({"reason": "D18"}, "computed_reason"),
        ({"reason": "D99"}, "reason_needs_text"),
        ({"reason": "D99", "text": "  "}, "reason_needs_text"),
        ({"text": "x" * 2_001}, "text_too_long"),
    ],
)
def test_a_deduction_without_a_fit_reason_or_amount_is_refused(
    office: Office, given: dict[str, Any], code: str
) -> None:
    office.take(CLEAN)
    refused(code, lambda: office.deduct(CLEAN, **({"amount_rial": 10} | given)))
    assert office.assessment(CLEAN).money.technical_deduction_rial == 0


def test_reason_d99_with_a_text_is_good_for_every_kind_of_deduction(office: Office) -> None:
    for number in (CLEAN, TWO_LINES, CHILD_CODE, DIRECT):
        office.take(number)
    assert office.deduct(CLEAN, 10, reason="D99", text="متن").money.technical_deduction_rial == 10
    assert _cut(office, TWO_LINES, unit_price_rial=1, reason="D99", note="متن")
    assert _recode(office, CHILD_CODE, "125", reason="D99")
    refused("reason_needs_text", lambda: _reject(office, DIRECT, reason="D99"))
    refused("reason_needs_text", lambda: _cut(office, DIRECT, quantity=0, reason="D99"))
    assert _reject(office, DIRECT, reason="D99", text="متن").money.payable_rial == 0


def test_removing_takes_the_chosen_deduction_away(office: Office) -> None:
    office.take(CLEAN)
    office.deduct(CLEAN, 100)
    office.deduct(CLEAN, 20, reason="D02")
    for index in (-1, 2):
        refused(
            "deduction_not_found",
            lambda i=index: _on_line(office, assessing.remove_deduction, CLEAN, index=i),
        )
    assert (
        _on_line(office, assessing.remove_deduction, CLEAN, index=0).money.technical_deduction_rial
        == 20
    )
    assert office.events(CLEAN)[-1].facts["amount_rial"] == 100


def test_looking_at_a_line_is_kept(office: Office) -> None:
    office.take(CLEAN)
    _on_line(office, assessing.mark_looked_at, CLEAN)
    assert office.line(CLEAN).is_looked_at
    assert office.events(CLEAN)[-1].facts["what"] == "look_at_line"


def test_a_line_of_an_earlier_round_or_of_another_case_is_refused(office: Office) -> None:
    builders.bring(
        office.database, office.desk, office.keys[CLEAN], office.now, ClaimState.RETURNED
    )
    former = office.line_id(CLEAN)
    answer = ResubmissionInput(claim_number=CLEAN, explanation="تصویر پیوست شد")
    office.database.in_tx(lambda s: resubmit_claim(s, None, answer, now=office.now))
    office.take(CLEAN)
    for line_id in (former, office.line_id(TWO_LINES), 0):
        refused(
            "line_not_found",
            lambda i=line_id: office.write(
                assessing.restore_line, office.desk.assessor, CLEAN, line_id=i
            ),
        )
    assert office.line_id(CLEAN) != former
