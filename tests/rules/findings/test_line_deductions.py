"""From what the assessor did to deductions, on the ``[[line]]`` cases of ``money.toml``."""

import tomllib
from dataclasses import replace

import pytest
from case_builder import CASES, build_case, build_line

from workbench.errors import Refused
from workbench.rules.facts import Deduction
from workbench.rules.finding import Finding, Proposal, ProposalKind, Severity
from workbench.rules.lines import accept_finding, case_money, deductions_of, rest_rial
from workbench.rules.parameters import load_parameters
from workbench.rules.rulebook import find_all, open_findings

LINES = tomllib.loads((CASES / "money.toml").read_text("utf-8"))["line"]
PARAMETERS = load_parameters()


def line_of(given: dict):
    given = dict(given)
    typed = tuple(
        Deduction(reason=row[0], amount_rial=row[1], text=row[2] if len(row) > 2 else "")
        for row in given.pop("typed", [])
    )
    return build_line(1, {"tooth": 26, **given, "deductions": typed})


@pytest.mark.parametrize("case", LINES, ids=lambda case: case["name"])
def test_a_line_has_the_deductions_its_table_says(case):
    assert case["source"]
    line = line_of(case["given"])
    if "refused" in case:
        with pytest.raises(Refused) as refusal:
            deductions_of(line)
        assert refusal.value.code == case["refused"]
        return
    found = [[d.reason, d.amount_rial, d.source] for d in deductions_of(line)]
    assert found == case["expect"]
    assert rest_rial(line) == case["rest"]


def test_the_other_deductions_leave_less_for_the_last_one():
    line = line_of({"code": "124", "typed": [["D02", 4_000_000], ["D01", 650_001]]})
    claim = replace(build_case({}), lines=(line,))
    with pytest.raises(Refused) as refusal:
        case_money(claim)
    assert refusal.value.code == "deduction_above_rest"
    fits = replace(
        line, deductions=(line.deductions[0], Deduction(reason="D01", amount_rial=650_000))
    )
    assert case_money(replace(claim, lines=(fits,))).payable_rial == 0


def recodable_case():
    lines = [
        {"code": "205", "tooth": 64, "surfaces": "DP"},
        {"code": "303", "tooth": 46},
        {"code": "840", "tooth": 46},
        {"code": "124", "tooth": 26, "surfaces": "O", "price": 4_810_000},
        {"code": "101", "quantity": 3},
    ]
    images = [
        {"kind": "periapical", "phase": phase, "teeth": [46]} for phase in ("before", "after")
    ]
    return build_case({"birth": "1391/05/12", "lines": lines, "evidence": images})


def test_the_mock_up_with_its_proposals_is_its_own_total():
    claim = recodable_case()
    findings = open_findings(claim, find_all(claim, PARAMETERS))
    money = case_money(claim, with_open_proposals=findings)
    assert (money.cost_rial, money.payable_rial) == (33_068_710, 25_467_040)
    assert money.technical_deduction_rial == 4_612_000
    assert case_money(claim).technical_deduction_rial == 0


def test_accepting_every_proposal_gives_what_the_preview_said():
    claim = recodable_case()
    findings = open_findings(claim, find_all(claim, PARAMETERS))
    lines = {line.number: line for line in claim.lines}
    for finding in findings:
        lines[finding.line] = accept_finding(lines[finding.line], finding)
    accepted = replace(claim, lines=tuple(lines.values()))
    assert case_money(accepted) == case_money(claim, with_open_proposals=findings)
    assert [d.source for d in deductions_of(accepted.lines[2])] == ["evidence_missing"]
    again = accept_finding(accepted.lines[2], findings[-1])
    assert again == accepted.lines[2]


def test_a_return_changes_no_money_unless_the_deduction_is_chosen_instead():
    claim = build_case({"lines": [{"code": "303", "tooth": 46}]})
    before, after = find_all(claim, PARAMETERS)
    line = claim.lines[0]
    assert accept_finding(line, after) == line
    assert deductions_of(accept_finding(line, after, deduct_instead=True)) == (
        Deduction(reason="D15", amount_rial=16_200_000, source="evidence_missing"),
    )
    with pytest.raises(Refused) as refusal:
        deductions_of(accept_finding(line, before, deduct_instead=True))
    assert refusal.value.code == "reason_needs_text"
    told = accept_finding(line, before, deduct_instead=True, text="بدون گرافی")
    assert rest_rial(told) == 0


def test_the_preview_leaves_a_line_whose_own_deductions_leave_no_room():
    claim = recodable_case()
    findings = open_findings(claim, find_all(claim, PARAMETERS))
    typed = Deduction(reason="D02", amount_rial=7_000_000)
    lines = (replace(claim.lines[0], deductions=(typed,)), *claim.lines[1:])
    money = case_money(replace(claim, lines=lines), with_open_proposals=findings)
    assert money.lines[0].technical_deduction_rial == 7_000_000


def test_a_proposed_rejection_counts_as_all_of_c_less_t():
    claim = build_case({"lines": [{"code": "602", "price": 21_000_000}]})
    money = case_money(claim, with_open_proposals=find_all(claim, PARAMETERS))
    assert (money.tariff_reject_rial, money.technical_deduction_rial) == (1_000_000, 20_000_000)


def test_a_re_code_to_a_code_the_line_does_not_know_is_refused():
    line = build_line(1, {"code": "124", "tooth": 26})
    proposal = Proposal(kind=ProposalKind.RECODE, reason="D03", code="125")
    finding = Finding(code="x", severity=Severity.DECIDE, line=1, proposal=proposal)
    with pytest.raises(Refused) as refusal:
        accept_finding(line, finding)
    assert refusal.value.code == "recode_without_tariff"


def test_the_ceiling_and_the_franchise_come_from_the_case():
    claim = build_case({"available_rial": 2_000_000, "cover": {"franchise_basis": 2_000}})
    money = case_money(claim)
    assert (money.patient_share_rial, money.ceiling_reject_rial) == (600_000, 400_000)


def test_an_accepted_deduction_takes_no_more_than_is_left():
    typed = Deduction(reason="D02", amount_rial=4_000_000)
    line = replace(build_line(1, {"code": "124", "tooth": 26}), deductions=(typed,))
    proposal = Proposal(kind=ProposalKind.DEDUCT, reason="D19", amount_rial=4_650_000)
    finding = Finding(code="x", severity=Severity.DECIDE, line=1, proposal=proposal)
    accepted = accept_finding(line, finding)
    assert [d.amount_rial for d in accepted.deductions] == [4_000_000, 650_000]
