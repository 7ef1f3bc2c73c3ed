"""A frozen round can be computed again from its document alone."""

import copy
import json
from dataclasses import replace
from pathlib import Path

import pytest
from case_builder import build_case, load_cases

from workbench.rules.commission import Commission
from workbench.rules.document import (
    document_hash,
    freeze,
    rules_hash,
    thaw,
    thaw_findings,
    thaw_money,
    thaw_parameters,
)
from workbench.rules.lines import case_money
from workbench.rules.parameters import load_parameters
from workbench.rules.plain import from_plain
from workbench.rules.rulebook import find_all

PARAMETERS = load_parameters()
CASES = load_cases("findings_*.toml")


def frozen(claim):
    findings = find_all(claim, PARAMETERS)
    return freeze(claim, findings, case_money(claim), PARAMETERS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['family']}: {case['name']}")
def test_a_thawed_round_gives_the_same_findings_and_money(case):
    claim = build_case(case.get("given", {}), case.get("on", "1402/09/14"))
    document = json.loads(json.dumps(frozen(claim)))
    assert thaw(document) == claim
    assert thaw_parameters(document) == PARAMETERS
    assert find_all(thaw(document), thaw_parameters(document)) == thaw_findings(document)
    assert thaw_findings(document) == find_all(claim, PARAMETERS)
    assert case_money(thaw(document)) == thaw_money(document) == case_money(claim)
    assert document_hash(document) == document_hash(frozen(claim))


def test_a_changed_rial_changes_the_hash():
    document = frozen(build_case({}))
    changed = copy.deepcopy(document)
    changed["case"]["lines"][0]["unit_price_rial"] += 1
    assert document_hash(changed) != document_hash(document)
    assert document_hash(dict(reversed(document.items()))) == document_hash(document)


def test_the_document_names_state_and_rules():
    document = frozen(build_case({"cover": {"excluded_groups": ["scaling"]}}))
    assert document["states"] == {"service_not_covered@1": "open"}
    assert document["rules_hash"] == rules_hash()
    assert len(rules_hash()) == 64


def test_the_hash_of_the_rules_sees_a_value_and_not_the_wording(tmp_path: Path):
    (tmp_path / "parameters.toml").write_text("value = 10", encoding="utf-8")
    (tmp_path / "sentences.py").write_text("a", encoding="utf-8")
    before = rules_hash.__wrapped__(tmp_path)
    (tmp_path / "sentences.py").write_text("b", encoding="utf-8")
    assert rules_hash.__wrapped__(tmp_path) == before
    (tmp_path / "parameters.toml").write_text("value = 11", encoding="utf-8")
    assert rules_hash.__wrapped__(tmp_path) != before


def test_an_unknown_or_missing_fact_is_no_silent_default():
    document = frozen(build_case({}))
    with pytest.raises(TypeError):
        thaw(document | {"case": document["case"] | {"surprise": "1"}})
    incomplete = {key: value for key, value in document["case"].items() if key != "birth_on"}
    with pytest.raises(TypeError):
        thaw(document | {"case": incomplete})
    with pytest.raises(AssertionError):
        thaw(document | {"format": 2})


def test_a_document_from_before_approvals_says_nothing_about_them():
    claim = build_case({"lines": [{"code": "504", "tooth": 36}]})
    document = json.loads(json.dumps(frozen(claim)))
    del document["case"]["commission"]
    assert thaw(document) == claim
    found = find_all(thaw(document), thaw_parameters(document))
    assert found == thaw_findings(document)
    assert {finding.code for finding in found} == {"evidence_missing"}
    asked = replace(thaw(document), commission=Commission())
    assert "no_approval" in {f.code for f in find_all(asked, thaw_parameters(document))}


def test_plain_values_of_the_wrong_shape_are_refused():
    with pytest.raises(TypeError):
        from_plain(type(PARAMETERS), {"adult_from_years": []})
