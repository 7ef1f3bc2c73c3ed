"""What the odontogram is handed: words, digits, planned units, teeth of an age."""

from typing import Any

import pytest

from workbench.i18n import use_language
from workbench.persian.jalali import parse_day
from workbench.rules.panel import Choice
from workbench.rules.teeth import ALL_TEETH
from workbench.services.teeth.history import ToothHistory, ToothTreatment
from workbench.ui.tooth_data import PlannedUnit, odontogram_data, tooth_title


@pytest.fixture(autouse=True)
def persian():
    use_language("fa")
    yield
    use_language("fa")


def done(tooth: int | None, group: str | None = "crown", on: str = "1402/05/01", **given: Any):
    values = {"code": "510", "jaw": None, "title": "روکش", "centre": "درمانگاه سپیدار"}
    return ToothTreatment(on=parse_day(on), tooth=tooth, group=group, **(values | given))


def drawn(*history, planned=(), birth="1359/05/01", language="fa", **given):
    use_language(language)
    return odontogram_data(
        ToothHistory(treatments=history, is_cut=given.pop("is_cut", False)),
        planned,
        language=language,
        birth_on=parse_day(birth),
        as_of=parse_day("1405/08/30"),
        **given,
    )


def of(data, fdi):
    return next(tooth for tooth in data["teeth"] if tooth["fdi"] == fdi)


def test_every_tooth_is_handed_over_once_in_the_order_of_its_rows():
    data = drawn()
    assert [tooth["fdi"] for tooth in data["teeth"]] == [fdi for row in data["rows"] for fdi in row]
    assert sorted(fdi for row in data["rows"] for fdi in row) == sorted(ALL_TEETH)


@pytest.mark.parametrize(
    ("fdi", "fa", "en"),
    [
        (26, "دندان ۲۶، مولر اول بالا چپ", "Tooth 26, upper left first molar"),
        (48, "دندان ۴۸، مولر سوم پایین راست", "Tooth 48, lower right third molar"),
        (73, "دندان ۷۳، نیش شیری پایین چپ", "Tooth 73, lower left primary canine"),
        (11, "دندان ۱۱، ثنایای میانی بالا راست", "Tooth 11, upper right central incisor"),
    ],
)
def test_a_tooth_has_its_name(fdi, fa, en):
    assert tooth_title(fdi, "fa") == fa
    use_language("en")
    assert tooth_title(fdi, "en") == en


@pytest.mark.parametrize(
    ("language", "number", "year", "day"),
    [("fa", "۲۶", "۱۴۰۲", "۱۴۰۲/۰۵/۰۱"), ("en", "26", "1402", "1402/05/01")],
)
def test_digits_are_those_of_the_language(language, number, year, day):
    tooth = of(drawn(done(26), language=language), 26)
    assert (tooth["number"], tooth["year"], tooth["history"][0]["date"]) == (number, year, day)


def test_the_history_of_a_tooth_is_only_its_own_newest_first():
    data = drawn(done(26, on="1403/01/01"), done(27, on="1402/01/01"), done(26, on="1401/01/01"))
    assert [each["date"] for each in of(data, 26)["history"]] == ["۱۴۰۳/۰۱/۰۱", "۱۴۰۱/۰۱/۰۱"]
    assert len(of(data, 27)["history"]) == 1 and of(data, 28)["history"] == []


def test_of_one_day_the_first_of_the_list_is_the_last_done():
    data = drawn(done(26, "crown"), done(26, "filling", surfaces="MO"))
    assert (of(data, 26)["hasCrown"], of(data, 26)["surfaces"]) == (True, "")


def test_surfaces_are_drawn_as_places_and_told_in_words():
    tooth = of(drawn(done(26, "filling", surfaces="MIP", title="ترمیم")), 26)
    assert tooth["surfaces"] == "LMO"
    assert tooth["history"][0]["detail"] == "مزیال، اینسیزال و پالاتال"


def test_a_code_without_a_title_is_told_as_a_code():
    entry = of(drawn(done(26, None, title=None, code="777")), 26)["history"][0]
    assert (entry["title"], entry["centre"]) == ("کد 777", "درمانگاه سپیدار")


def test_another_insurer_is_named_as_such_and_nothing_is_drawn_but_that_it_was():
    foreign = ToothTreatment(
        on=parse_day("1403/01/01"), code="5120", tooth=47, jaw=None, is_foreign=True
    )
    tooth = of(drawn(foreign), 47)
    assert tooth["hasUnknown"] and not tooth["isElsewhere"] and tooth["year"] == "۱۴۰۳"
    assert tooth["history"] == [
        {"date": "۱۴۰۳/۰۱/۰۱", "where": "", "title": "کد 5120", "detail": "",
         "centre": "بیمه‌گر دیگر", "isElsewhere": False},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("choices", "state"),
    [
        ((), ""),
        ((None,), "undecided"),
        ((Choice.APPROVE,), "approve"),
        ((Choice.APPROVE, None), "undecided"),
        ((Choice.APPROVE, Choice.MODIFY), "modify"),
        ((Choice.MODIFY, Choice.REJECT), "reject"),
    ],
)
def test_of_several_units_on_a_tooth_the_one_that_needs_a_look_is_drawn(choices, state):
    units = [PlannedUnit(title="خدمت", tooth=36, choice=choice) for choice in choices]
    tooth = of(drawn(planned=units), 36)
    assert tooth["planned"] == state
    assert len(tooth["plans"]) == len(choices)


def test_a_unit_of_a_jaw_is_told_beside_the_teeth():
    data = drawn(planned=[PlannedUnit(title="ارتودنسی", jaw="upper", choice=Choice.APPROVE)])
    assert data["jawPlans"] == [
        {"where": "فک بالا", "title": "ارتودنسی", "state": "approve", "word": "تایید"}
    ]
    assert not any(tooth["planned"] for tooth in data["teeth"])


def test_a_treatment_of_a_jaw_is_told_beside_the_teeth():
    data = drawn(done(None, "scaling", jaw="lower", title="جرم‌گیری"))
    assert [(each["where"], each["title"]) for each in data["jawHistory"]] == [
        ("فک پایین", "جرم‌گیری")
    ]
    assert not any(tooth["history"] for tooth in data["teeth"])


@pytest.mark.parametrize(
    ("birth", "named", "has_row"),
    [
        ("1390/08/30", None, False),
        ("1390/09/01", None, True),
        ("1359/05/01", None, False),
        ("1359/05/01", 63, True),
    ],
)
def test_milk_teeth_have_a_row_under_fifteen_or_where_one_is_named(birth, named, has_row):
    planned = [PlannedUnit(title="خدمت", tooth=named)] if named else []
    assert drawn(planned=planned, birth=birth)["hasPrimary"] == has_row


def test_teeth_that_do_not_stand_at_this_age_are_absent_unless_they_have_a_history():
    child = drawn(done(14), done(52), birth="1396/06/01")
    states = {fdi: of(child, fdi)["presence"] for fdi in (16, 15, 14, 53, 51, 52)}
    assert states == {
        16: "present", 15: "absent", 14: "present", 53: "present", 51: "absent", 52: "past",
    }  # fmt: skip


def test_a_bridge_and_what_is_cut_and_the_chosen_tooth_are_handed_on():
    data = drawn(done(11, "bridge"), done(12, "bridge"), is_cut=True, selected=12)
    assert (data["spans"], data["isCut"], data["selected"]) == ([[12, 11]], True, 12)


def test_a_tooth_is_told_in_one_sentence():
    history = done(26, "filling", surfaces="MO", title="Filling", centre="Clinic")
    unit = PlannedUnit(title="Implant", tooth=26, choice=Choice.REJECT)
    assert of(drawn(history, planned=[unit], language="en"), 26)["spoken"] == (
        "Tooth 26, upper left first molar: planned: Implant (rejected); "
        "Filling, mesial and occlusal, 1402/05/01, Clinic"
    )
    assert of(drawn(language="en"), 27)["spoken"].endswith(": no treatment on record")
