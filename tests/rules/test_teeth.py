"""Reading and showing teeth and surfaces; the cases are in ``tests/cases/teeth.toml``."""

import tomllib
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from workbench.rules.teeth import (
    ALL_TEETH,
    PERMANENT_TEETH,
    PRIMARY_TEETH,
    Jaw,
    Side,
    TeethError,
    Tooth,
    describe_jaw,
    describe_surfaces,
    describe_tooth,
    distinct_surfaces,
    name_teeth,
    parse_surfaces,
    parse_tooth,
)

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "teeth.toml").read_text("utf-8"))


def _split(table, wanted):
    return [case for case in CASES[table] if ("refused" in case) == wanted]


def _name(case):
    return case.get("name") or str(case.get("text", case.get("fdi")))


@pytest.mark.parametrize("case", _split("tooth", False), ids=_name)
def test_a_tooth_is_read(case):
    assert parse_tooth(case["text"]).fdi == case["fdi"]


@pytest.mark.parametrize("case", _split("tooth", True), ids=_name)
def test_what_names_no_single_tooth_is_refused(case):
    with pytest.raises(TeethError) as refused:
        parse_tooth(case["text"])
    assert (refused.value.code, refused.value.text) == (case["refused"], case["text"])


@pytest.mark.parametrize("case", CASES["shown"], ids=_name)
def test_a_tooth_is_shown_in_words(case):
    assert describe_tooth(case["fdi"]) == case["fa"]
    assert describe_tooth(case["fdi"], "en") == case["en"]


@pytest.mark.parametrize("lang", ["fa", "en"])
@pytest.mark.parametrize("fdi", ALL_TEETH)
def test_every_tooth_is_read_back_from_its_own_words(fdi, lang):
    assert parse_tooth(describe_tooth(fdi, lang)) == Tooth(fdi)
    assert parse_tooth(name_teeth([fdi], lang)) == Tooth(fdi)
    assert parse_tooth(str(fdi)) == Tooth(fdi)


def test_the_mouth_has_32_permanent_and_20_primary_teeth():
    assert (len(PERMANENT_TEETH), len(PRIMARY_TEETH), len(set(ALL_TEETH))) == (32, 20, 52)
    assert not any(Tooth(fdi).is_primary for fdi in PERMANENT_TEETH)
    assert all(Tooth(fdi).is_primary for fdi in PRIMARY_TEETH)


@pytest.mark.parametrize("number", [0, 9, 10, 19, 20, 49, 50, 56, 86, 91, -11, 111])
def test_other_numbers_are_no_teeth(number):
    with pytest.raises(TeethError):
        Tooth(number)


@pytest.mark.parametrize(
    ("fdi", "jaw", "side", "label", "is_anterior"),
    [
        (13, Jaw.UPPER, Side.RIGHT, "3", True),
        (24, Jaw.UPPER, Side.LEFT, "4", False),
        (36, Jaw.LOWER, Side.LEFT, "6", False),
        (41, Jaw.LOWER, Side.RIGHT, "1", True),
        (55, Jaw.UPPER, Side.RIGHT, "E", False),
        (63, Jaw.UPPER, Side.LEFT, "C", True),
        (74, Jaw.LOWER, Side.LEFT, "D", False),
        (81, Jaw.LOWER, Side.RIGHT, "A", True),
    ],
)
def test_a_tooth_knows_its_place(fdi, jaw, side, label, is_anterior):
    tooth = Tooth(fdi)
    found = (tooth.jaw, tooth.side, tooth.label, tooth.is_anterior)
    assert found == (jaw, side, label, is_anterior)
    assert (tooth.quadrant, tooth.unit) == divmod(fdi, 10)


@pytest.mark.parametrize("case", CASES["named"], ids=_name)
def test_teeth_are_named_as_in_a_result_text(case):
    assert name_teeth(case["teeth"]) == case["fa"]
    assert name_teeth(case["teeth"], "en") == case["en"]


def test_a_number_that_is_no_tooth_is_not_named():
    with pytest.raises(TeethError):
        name_teeth([36, 99])


@pytest.mark.parametrize("case", _split("surfaces", False), ids=_name)
def test_surfaces_are_read_and_shown(case):
    letters = parse_surfaces(case["text"])
    assert letters == case["letters"]
    assert describe_surfaces(letters) == case["fa"]
    assert describe_surfaces(letters, "en") == case["en"]


@pytest.mark.parametrize("case", _split("surfaces", True), ids=_name)
def test_what_names_no_surfaces_is_refused(case):
    with pytest.raises(TeethError) as refused:
        parse_surfaces(case["text"])
    assert refused.value.code == case["refused"]


def test_two_letters_of_one_surface_overlap():
    assert distinct_surfaces("MO") & distinct_surfaces("DI") == {"O"}
    assert distinct_surfaces("B") == distinct_surfaces("F") == distinct_surfaces("V")
    assert distinct_surfaces("L") == distinct_surfaces("P")
    assert not distinct_surfaces("MOD") & distinct_surfaces("BL")


def test_jaws_are_shown_in_words():
    shown = [describe_jaw(jaw) for jaw in (Jaw.UPPER, "lower", None)]
    assert shown == ["فک بالا", "فک پایین", "تمام دهان"]
    assert describe_jaw("upper", "en") == "upper jaw"


def test_every_refusal_has_a_persian_sentence():
    path = Path(__file__).parents[2] / "workbench" / "locale" / "fa" / "teeth.po"
    with path.open("rb") as file:
        messages = [message for message in read_po(file) if message.id]
    explained = {
        comment.partition(": ")[2] for message in messages for comment in message.auto_comments
    }
    codes = {case["refused"] for table in ("tooth", "surfaces") for case in _split(table, True)}
    assert explained == codes
    assert all("{text}" in message.id and "{text}" in message.string for message in messages)
