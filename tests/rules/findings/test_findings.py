"""Every rule on the cases of ``tests/cases/findings_*.toml``.

A case expects exactly its findings, no other: a line too many is as red as one too few.
"""

import re

import pytest
from case_builder import build_case, load_cases

from workbench.rules.finding import Finding
from workbench.rules.parameters import load_parameters
from workbench.rules.rulebook import RULES, find_all, open_findings

CASES = load_cases("findings_*.toml")


def described(finding: Finding, wanted: dict[str, object]) -> dict[str, object]:
    """The finding, by the properties that the case speaks of."""
    proposal = finding.proposal
    told = {
        "key": finding.key,
        "severity": finding.severity.value,
        "kind": proposal.kind.value,
        "reason": proposal.reason,
        "defect": proposal.defect,
        "amount": proposal.amount_rial,
        "to": proposal.code,
        "image": finding.image,
    }
    return {name: told[name] for name in ("key", *(name for name in told if name in wanted))}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['family']}: {case['name']}")
def test_a_case_has_exactly_the_findings_its_table_names(case):
    assert case["source"]
    claim = build_case(case.get("given", {}), case.get("on", "1402/09/14"))
    found = find_all(claim, load_parameters())
    wanted = case["expect"]
    named = {name for row in wanted for name in row}
    assert [finding.key for finding in found] == [row["key"] for row in wanted], found
    assert [described(f, row) for f, row in zip(found, wanted, strict=True)] == wanted
    assert named <= {"key", "severity", "kind", "reason", "defect", "amount", "to", "image"}
    if "open" in case:
        assert [finding.key for finding in open_findings(claim, found)] == case["open"]


def test_every_rule_has_a_case_that_finds_and_the_cases_are_told_apart():
    found = {row["key"].partition("@")[0] for case in CASES for row in case["expect"]}
    assert {rule.__name__ for rule in RULES} <= found
    names = [(case["family"], case["name"]) for case in CASES]
    assert len(set(names)) == len(names)


def test_every_rule_names_its_source():
    assert all(re.search(r"\.md|\bB[0-9]", rule.__doc__ or "") for rule in RULES)
