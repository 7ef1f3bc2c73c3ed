"""Accepting and overriding findings, and taking that back."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.services.office import CHILD_CODE, CLEAN, ROOT, Office, refused
from workbench.rules.facts import FindingState
from workbench.services.claims import assessing, reading
from workbench.services.claims.facts import Assessment

RECODE = "paediatric_code_age@1"
BEFORE, AFTER = "evidence_missing@1:before", "evidence_missing@1:after"


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
