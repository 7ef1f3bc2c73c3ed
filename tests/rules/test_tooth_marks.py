"""What treatments leave on the chart; the cases are in ``tests/cases/odontogram.toml``."""

import tomllib
from pathlib import Path

import pytest

from workbench.persian.jalali import parse_day, parts
from workbench.rules.teeth import ALL_TEETH, PERMANENT_TEETH, PRIMARY_TEETH
from workbench.rules.tooth_marks import (
    ARCHES,
    LOWER_ARCH,
    UPPER_ARCH,
    Mark,
    Treatment,
    bridge_spans,
    is_usually_present,
    mark_of,
    mouth_picture,
    shows_primary_row,
)

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "odontogram.toml").read_text("utf-8"))


def _name(case):
    return case["name"]


def _treatment(fdi, on, group, surfaces="", where=""):
    return Treatment(
        on=parse_day(on),
        tooth=fdi,
        group=None if group == "?" else group,
        surfaces=surfaces,
        is_elsewhere=where == "elsewhere",
    )


def _shown(picture):
    """The picture in the words of the cases; what is not there is left out."""
    whole = {
        "surfaces": "".join(sorted(picture.surfaces, key="DBLMO".index)),
        "canal": picture.has_canal,
        "crown": picture.has_crown,
        "screw": picture.has_screw,
        "extracted": picture.is_extracted,
        "pontic": picture.is_pontic,
        "unknown": picture.has_unknown,
        "year": str(parts(picture.last_on)[0]) if picture.last_on else "",
        "elsewhere": picture.is_elsewhere,
    }
    return {name: value for name, value in whole.items() if value}


@pytest.mark.parametrize("case", CASES["tooth"], ids=_name)
def test_a_tooth_after_its_treatments(case):
    done = [_treatment(case["fdi"], *each) for each in case["done"]]
    assert _shown(mouth_picture(done)[case["fdi"]]) == case["shows"]


@pytest.mark.parametrize("case", CASES["tooth"], ids=_name)
def test_the_order_of_different_days_does_not_matter(case):
    done = [_treatment(case["fdi"], *each) for each in reversed(case["done"])]
    assert _shown(mouth_picture(done)[case["fdi"]]) == case["shows"]


@pytest.mark.parametrize("case", CASES["bridge"], ids=_name)
def test_neighbouring_units_are_joined(case):
    units = [_treatment(int(fdi), on, "bridge") for fdi, on in case["units"].items()]
    assert bridge_spans(mouth_picture(units)) == tuple(tuple(span) for span in case["spans"])


def test_a_tooth_that_was_lost_after_the_bridge_leaves_it():
    units = [_treatment(fdi, "1398/05/01", "bridge") for fdi in (11, 12, 13)]
    lost = _treatment(13, "1402/05/01", "extraction")
    assert bridge_spans(mouth_picture([*units, lost])) == ((12, 11),)


def test_the_picture_has_every_tooth_and_only_treated_ones_change():
    mouth = mouth_picture([_treatment(36, "1402/05/01", "filling", "O")])
    assert sorted(mouth) == sorted(ALL_TEETH)
    assert [fdi for fdi, picture in mouth.items() if _shown(picture)] == [36]


def test_every_group_of_the_catalogue_has_its_mark():
    catalogue = Path(__file__).parents[2] / "workbench" / "catalogue_default.toml"
    services = tomllib.loads(catalogue.read_text("utf-8"))["services"]
    marks = {service["group"]: mark_of(service["group"]) for service in services}
    assert {group for group, mark in marks.items() if mark is Mark.NONE} == {
        *("alveoloplasty", "bone_graft", "cephalometric", "cosmetic", "denture", "flap"),
        *("fluoride", "frenectomy", "medical", "night_guard", "orthodontics", "panoramic"),
        *("radiograph", "scaling", "sealant", "visit"),
    }


def test_the_patients_right_is_on_the_left_of_the_chart():
    assert UPPER_ARCH[0] == 18 and UPPER_ARCH[-1] == 28
    assert LOWER_ARCH[0] == 48 and LOWER_ARCH[-1] == 38
    assert sorted(tooth for arch in ARCHES for tooth in arch) == sorted(ALL_TEETH)


@pytest.mark.parametrize(
    ("age", "standing"),
    [
        (2, set()),
        (5, set(PRIMARY_TEETH)),
        (9, {16, 26, 36, 46, 11, 21, 12, 22, 31, 32, 41, 42}
         | {fdi for fdi in PRIMARY_TEETH if fdi % 10 >= 3}),
        (13, {fdi for fdi in PERMANENT_TEETH if fdi % 10 < 8}),
        (21, set(PERMANENT_TEETH)),
    ],
)  # fmt: skip
def test_the_teeth_of_an_age(age, standing):
    assert {fdi for fdi in ALL_TEETH if is_usually_present(fdi, age)} == standing


def test_milk_teeth_have_their_row_for_a_child_or_where_one_is_named():
    assert shows_primary_row(14, [])
    assert not shows_primary_row(15, [36])
    assert shows_primary_row(46, [36, 63])
