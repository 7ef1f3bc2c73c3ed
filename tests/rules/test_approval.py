"""What needs an approval (cases in ``tests/cases/approval.toml``) and what a pack lacks."""

import tomllib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.rules.approval import Unit, approval_need, missing_from_pack
from workbench.rules.facts import Evidence, EvidenceKind
from workbench.rules.parameters import load_parameters

CASES = tomllib.loads((Path(__file__).parents[1] / "cases/approval.toml").read_text("utf-8"))[
    "case"
]
PARAMETERS = load_parameters()
ON = date(2024, 5, 1)
NEEDS = {need.kind: need for need in PARAMETERS.approval_needs}
MUST = {
    "implant": ["identity", "plan_form", "panoramic", "photograph"],
    "orthodontics": ["identity", "plan_form", "photograph"],
    "crown_and_bridge": ["identity", "plan_form", "panoramic"],
}
NAMES = {
    "implant": ["identity", "plan_form", "jaw_radiograph", "photograph"],
    "orthodontics": ["identity", "plan_form", "photograph"],
    "crown_and_bridge": ["identity", "plan_form", "abutment_radiograph"],
}


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_what_needs_an_approval(case):
    unit = Unit(**case["unit"])
    together = [unit, *(Unit(**other) for other in case.get("together", []))]
    need = approval_need(unit, together, PARAMETERS, ON)
    assert (need and need.kind) == case.get("needs")


def test_a_threshold_holds_from_its_day_on():
    (later,) = (need for need in PARAMETERS.approval_needs if need.kind == "crown_and_bridge")
    former = replace(later, valid_until=date(2024, 4, 30))
    dated = replace(
        PARAMETERS,
        approval_needs=(former, replace(later, from_units=4, valid_from=date(2024, 5, 1))),
    )
    crowns = [Unit(group="crown", tooth=tooth) for tooth in (35, 36, 37)]
    assert approval_need(crowns[0], crowns, dated, date(2024, 4, 30)) == former
    assert approval_need(crowns[0], crowns, dated, date(2024, 5, 1)) is None


@given(
    teeth=st.lists(st.sampled_from((11, 12, 13, 21, 22)), min_size=1, max_size=8),
    cut=st.integers(0, 8),
)
def test_splitting_into_cases_changes_nothing(teeth, cut):
    units = [Unit(group="crown", tooth=tooth) for tooth in teeth]
    for unit in units[:cut] + units[cut:]:
        need = approval_need(unit, units[cut:] + units[:cut], PARAMETERS, ON)
        assert (need is not None) == (len(set(teeth)) >= 3)


def images(kinds, **more):
    return [Evidence(number=n, kind=EvidenceKind(kind), **more) for n, kind in enumerate(kinds, 1)]


IMPLANT = Unit(group="implant", tooth=36)


def lacks(kind, pictures, units=()):
    found = missing_from_pack(units or [IMPLANT], pictures, [NEEDS[kind]], PARAMETERS, ON)
    return [(item.name, item.is_must) for item in found]


@pytest.mark.parametrize("kind", MUST)
def test_a_whole_pack_lacks_no_must(kind):
    assert [name for name, is_must in lacks(kind, images(MUST[kind])) if is_must] == []


@pytest.mark.parametrize(
    ("kind", "place"),
    [(kind, place) for kind, kinds in MUST.items() for place in range(len(kinds))],
)
def test_each_must_is_named_when_it_is_missing(kind, place):
    rest = MUST[kind][:place] + MUST[kind][place + 1 :]
    assert lacks(kind, images(rest))[0] == (NAMES[kind][place], True)


def test_orthodontics_without_cephalogram_is_incomplete_but_not_refused():
    assert lacks("orthodontics", images([*MUST["orthodontics"], "panoramic"])) == [
        ("cephalometric", False)
    ]


def test_a_cbct_is_a_jaw_radiograph_and_a_damaged_image_is_none():
    kinds = ["identity", "plan_form", "cbct", "photograph"]
    assert lacks("implant", images(kinds)) == []
    assert len(lacks("implant", images(kinds, is_damaged=True))) == 4


@pytest.mark.parametrize(("teeth", "is_missing"), [((36,), False), ((46,), True), ((), True)])
def test_the_radiograph_of_an_abutment_shows_a_planned_tooth(teeth, is_missing):
    pictures = images(["identity", "plan_form"]) + [
        Evidence(number=3, kind=EvidenceKind.PERIAPICAL, teeth=teeth)
    ]
    units = (Unit(group="bridge", tooth=36), Unit(group="implant", tooth=46))
    named = [name for name, _is_must in lacks("crown_and_bridge", pictures, units)]
    assert named == (["abutment_radiograph"] if is_missing else [])


def test_a_document_that_two_kinds_ask_for_is_named_once():
    found = missing_from_pack((), [], [NEEDS["implant"], NEEDS["orthodontics"]], PARAMETERS, ON)
    names = [item.name for item in found]
    assert len(names) == len(set(names)) == 6
    assert [item.is_must for item in found] == [True] * 4 + [False] * 2
