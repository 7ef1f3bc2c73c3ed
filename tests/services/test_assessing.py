"""What an assessor does to the lines of a case he holds."""

from collections.abc import Callable
from typing import Any

import pytest

from tests import builders
from tests.services.office import CHILD_CODE, CLEAN, DIRECT, ROOT, TWO_LINES, Office, refused
from workbench.rules.facts import FindingState
from workbench.rules.workflow import ClaimState, Role
from workbench.services import assessing, reading
from workbench.services.case_facts import Assessment
from workbench.services.resubmission import ResubmissionInput, resubmit_claim

PRICE_RIAL = 6_290_000
RECODE, PRIMARY = "paediatric_code_age@1", "primary_tooth_age@1"
BEFORE, AFTER = "evidence_missing@1:before", "evidence_missing@1:after"
NOTE = "بیمار ده‌ساله یا بیشتر است"


def _accept(office: Office, number: str, key: str) -> Assessment:
    return office.write(assessing.accept_finding, office.desk.assessor, number, key=key)


def _override(
    office: Office, number: str, key: str, reason: str = "در گرافی دیده شد"
) -> Assessment:
    return office.write(
        assessing.override_finding, office.desk.assessor, number, key=key, reason=reason
    )


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


def _state(office: Office, number: str, key: str) -> FindingState:
    key_of = office.keys[number]
    with office.database.reading() as session:
        view = reading.read_case(
            session, office.desk.assessor, key_of.insurer_id, key_of.claim_id, now=office.now
        )
        return view.states[key]


def _missing(office: Office) -> list[str]:
    """The documents that the root treatment still lacks."""
    return [key for key in office.open_keys(ROOT) if key.startswith("evidence_missing")]


WRITES: dict[str, Callable[[Office, dict[str, Any]], object]] = {
    "accept": lambda o, g: o.write(assessing.accept_finding, number=ROOT, key=BEFORE, **g),
    "override": lambda o, g: o.write(
        assessing.override_finding, number=ROOT, key=BEFORE, reason="دیده شد", **g
    ),
    "cut": lambda o, g: o.write(
        assessing.cut_line,
        number=ROOT,
        line_id=o.line_id(ROOT),
        quantity=None,
        unit_price_rial=1,
        reason="D01",
        note="",
        **g,
    ),
    "recode": lambda o, g: o.write(
        assessing.recode_line,
        number=ROOT,
        line_id=o.line_id(ROOT),
        code="820",
        reason="D04",
        note=NOTE,
        **g,
    ),
    "reject": lambda o, g: o.write(
        assessing.reject_line, number=ROOT, line_id=o.line_id(ROOT), reason="D05", text="", **g
    ),
    "deduct": lambda o, g: o.write(
        assessing.add_deduction,
        number=ROOT,
        line_id=o.line_id(ROOT),
        reason="D01",
        amount_rial=10,
        text="",
        **g,
    ),
    "remove": lambda o, g: o.write(
        assessing.remove_deduction, number=ROOT, line_id=o.line_id(ROOT), index=0, **g
    ),
    "restore": lambda o, g: o.write(
        assessing.restore_line, number=ROOT, line_id=o.line_id(ROOT), **g
    ),
    "look": lambda o, g: o.write(
        assessing.mark_looked_at, number=ROOT, line_id=o.line_id(ROOT), **g
    ),
}


def test_no_write_is_open_to_another_role_another_holder_or_a_stale_page(office: Office) -> None:
    version = office.take(ROOT).version
    before = office.fingerprint()
    for write in WRITES.values():
        for role, actor in office.desk.everyone().items():
            if role not in {Role.ASSESSOR, Role.LEAD}:
                refused("not_permitted", lambda w=write, a=actor: w(office, {"actor": a}))
        for actor in (office.desk.lead, office.colleague):
            refused("claim_taken", lambda w=write, a=actor: w(office, {"actor": a}))
        facts = refused(
            "claim_changed",
            lambda w=write: w(office, {"actor": office.desk.assessor, "version": version - 1}),
        )
        assert facts == {
            "number": ROOT,
            "name": office.desk.assessor.display_name,
            "at": office.now,
        }
    assert office.fingerprint() == before


@pytest.mark.parametrize("state", [ClaimState.ACCEPTED, ClaimState.RETURNED, ClaimState.FINISHED])
def test_no_write_touches_a_case_that_is_not_under_review(
    office: Office, state: ClaimState
) -> None:
    builders.bring(office.database, office.desk, office.keys[ROOT], office.now, state)
    before = office.fingerprint()
    code = "claim_not_taken" if state == ClaimState.ACCEPTED else "wrong_state"
    for write in WRITES.values():
        refused(code, lambda w=write: w(office, {"actor": office.desk.assessor}))
    assert office.fingerprint() == before


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


def test_accepting_a_recode_does_it_with_the_amounts_of_the_new_code(office: Office) -> None:
    office.take(CHILD_CODE)
    money = _accept(office, CHILD_CODE, RECODE).money
    assert (money.technical_deduction_rial, money.payable_rial) == (1_432_000, 5_661_000)
    line = office.line(CHILD_CODE)
    assert (line.code, line.assessed_code, line.recode_reason) == ("205", "125", "D03")
    assert line.assessor_note != ""
    assert RECODE not in office.open_keys(CHILD_CODE)


def test_overriding_an_accepted_recode_undoes_it(office: Office) -> None:
    office.take(CHILD_CODE)
    _accept(office, CHILD_CODE, RECODE)
    money = _override(office, CHILD_CODE, RECODE).money
    assert money.technical_deduction_rial == 0
    assert (office.line(CHILD_CODE).assessed_code, office.line(CHILD_CODE).recode_reason) == (
        None,
        None,
    )
    assert _state(office, CHILD_CODE, RECODE) is FindingState.OVERRIDDEN


@pytest.mark.parametrize("reason", ["", "   ", "نه"])
def test_an_override_needs_a_reason(office: Office, reason: str) -> None:
    office.take(CHILD_CODE)
    refused("override_needs_reason", lambda: _override(office, CHILD_CODE, RECODE, reason))
    assert RECODE in office.open_keys(CHILD_CODE)


def test_accepting_a_missing_document_deducts_the_line_once(office: Office) -> None:
    office.take(ROOT)
    assert _missing(office) == [BEFORE, AFTER]
    money = _accept(office, ROOT, BEFORE).money
    assert (money.technical_deduction_rial, money.payable_rial) == (5_800_000, 0)
    money = _accept(office, ROOT, AFTER).money
    assert (money.technical_deduction_rial, _missing(office)) == (5_800_000, [])


def test_overriding_one_of_two_missing_documents_asks_for_the_other_again(office: Office) -> None:
    office.take(ROOT)
    _accept(office, ROOT, BEFORE)
    _accept(office, ROOT, AFTER)
    money = _override(office, ROOT, AFTER).money
    assert money.technical_deduction_rial == 0
    assert _missing(office) == [BEFORE]
    assert _accept(office, ROOT, BEFORE).money.technical_deduction_rial == 5_800_000


def test_a_finding_that_does_not_exist_is_refused(office: Office) -> None:
    office.take(CLEAN)
    refused("finding_not_found", lambda: _accept(office, CLEAN, RECODE))
    refused("finding_not_found", lambda: _override(office, CLEAN, RECODE))


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


def test_removing_an_accepted_deduction_opens_its_finding_again(office: Office) -> None:
    office.take(ROOT)
    _accept(office, ROOT, BEFORE)
    _override(office, ROOT, AFTER)
    _on_line(office, assessing.remove_deduction, ROOT, index=0)
    assert BEFORE in office.open_keys(ROOT)
    assert office.claim(ROOT).open_finding_count == len(office.open_keys(ROOT))


def test_restoring_puts_the_line_back_and_opens_its_findings_only(office: Office) -> None:
    office.take(CHILD_CODE)
    waiting = office.open_keys(CHILD_CODE)
    _accept(office, CHILD_CODE, RECODE)
    _cut(office, CHILD_CODE, unit_price_rial=1_000_000)
    office.deduct(CHILD_CODE, 5)
    _reject(office, CHILD_CODE)
    money = _on_line(office, assessing.restore_line, CHILD_CODE).money
    assert money.technical_deduction_rial == 0
    assert office.open_keys(CHILD_CODE) == waiting
    line = office.line(CHILD_CODE)
    assert (line.assessed_code, line.cut_reason, line.is_rejected) == (None, None, False)
    assert (line.assessor_note, line.code, line.cost_rial) == ("", "205", 7_722_000)


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
