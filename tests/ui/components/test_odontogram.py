"""The odontogram in a browser: sides, marks, planned units, keys, history."""

from typing import Any

import pytest

from workbench.i18n import use_language
from workbench.persian.jalali import parse_day
from workbench.rules.panel import Choice
from workbench.services.teeth.history import ToothHistory, ToothTreatment
from workbench.ui.tooth_data import PlannedUnit, odontogram_data

pytestmark = pytest.mark.browser

ADULT, CHILD = "1359/05/01", "1396/06/01"
BOTH = ["fa", "en"]


def done(tooth: int | None, group: str | None, on: str = "1402/05/01", **given: Any):
    return ToothTreatment(
        on=parse_day(on),
        code="125",
        tooth=tooth,
        group=group,
        **({"jaw": None, "title": group, "centre": "درمانگاه سپیدار"} | given),
    )


def foreign() -> ToothTreatment:
    return ToothTreatment(
        on=parse_day("1403/01/01"), code="5120", tooth=47, jaw=None, is_foreign=True
    )


def opened(open_stage, *history, planned=(), birth=ADULT, lang="fa", width=660, **changes):
    """The chart in a box of that width."""
    use_language(lang)
    try:
        stage = open_stage("odontogram")
        stage.data = {"lang": lang, "reports": True} | odontogram_data(
            ToothHistory(treatments=history),
            planned,
            language=lang,
            birth_on=parse_day(birth),
            as_of=parse_day("1405/08/30"),
        )
    finally:
        use_language("fa")
    stage.page.evaluate(f"document.getElementById('host').style.width = '{width}px'")
    stage.page.evaluate("document.getElementById('host').style.height = 'auto'")
    stage.update(stage.data | changes)
    stage.page.wait_for_timeout(80)
    return stage


def tooth(stage, fdi: int):
    return stage.page.locator(f"[data-tooth='{fdi}']")


def middle(stage, fdi: int, part: str = ".number") -> tuple[float, float]:
    box = tooth(stage, fdi).locator(part).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def focused(stage) -> int:
    return int(
        stage.page.evaluate(
            "document.querySelector('#host').shadowRoot.activeElement.dataset.tooth"
        )
    )


def history(stage) -> str:
    return stage.page.locator(".history").inner_text().replace("\n", " ")


@pytest.mark.parametrize("lang", BOTH)
def test_the_patients_right_is_on_the_left_in_both_directions(open_stage, lang):
    stage = opened(open_stage, lang=lang)
    order = [*range(18, 10, -1), *range(21, 29)]
    places = [middle(stage, fdi)[0] for fdi in order]
    assert places == sorted(places)
    sides = stage.page.locator(".side")
    right, left = sides.nth(0), sides.nth(1)
    assert right.inner_text() == stage.words["right"]
    assert left.inner_text() == stage.words["left"]
    assert right.bounding_box()["x"] < places[0] < places[-1] < left.bounding_box()["x"]
    assert middle(stage, 16)[1] < middle(stage, 46)[1]


@pytest.mark.parametrize(("lang", "number"), [("fa", "۲۶"), ("en", "26")])
def test_numbers_are_written_in_the_digits_of_the_language(open_stage, lang, number):
    stage = opened(open_stage, lang=lang)
    assert tooth(stage, 26).locator(".number").text_content() == number


@pytest.mark.parametrize(
    ("fdi", "is_mesial_right"), [(16, True), (26, False), (36, False), (46, True)]
)
def test_mesial_looks_to_the_midline_and_buccal_outside(open_stage, fdi, is_mesial_right):
    stage = opened(open_stage, done(fdi, "filling", surfaces="M"))
    across = middle(stage, fdi, "polygon.filled")[0] - middle(stage, fdi)[0]
    assert (across > 3) == is_mesial_right and abs(across) > 3
    stage = opened(open_stage, done(fdi, "filling", surfaces="B"))
    filled, box = middle(stage, fdi, "polygon.filled")[1], middle(stage, fdi, ".box")[1]
    assert (filled < box) == (fdi < 30)


def test_each_treatment_has_its_mark(open_stage):
    stage = opened(
        open_stage,
        done(46, "root_canal"), done(26, "crown"), done(44, "implant"), done(18, "extraction"),
        foreign(),
    )  # fmt: skip
    marks = {46: ".canal", 26: ".bone.crown", 44: ".thread", 18: ".cross", 47: ".unknown"}
    for fdi, mark in marks.items():
        assert tooth(stage, fdi).locator(mark).count() > 0
        assert (
            stage.page.locator(f".tooth {mark}").count() == tooth(stage, fdi).locator(mark).count()
        )
    assert tooth(stage, 44).locator(".shape .bone").count() == 1, "a screw instead of the root"
    faded = "node => getComputedStyle(node).opacity"
    assert float(tooth(stage, 18).locator(".shape").evaluate(faded)) < 0.5
    assert float(tooth(stage, 17).locator(".shape").evaluate(faded)) == 1


def test_a_bridge_is_joined_by_a_bar_and_its_pontic_has_no_root(open_stage):
    units = [done(fdi, "bridge") for fdi in (11, 12, 13)]
    stage = opened(open_stage, done(12, "extraction", "1400/01/01"), *units)
    bar = stage.page.locator(".bar").bounding_box()
    assert bar["x"] == pytest.approx(middle(stage, 13)[0], abs=5)
    assert bar["x"] + bar["width"] == pytest.approx(middle(stage, 11)[0], abs=5)
    assert [tooth(stage, fdi).locator(".shape .bone").count() for fdi in (11, 12, 13)] == [2, 1, 2]


def test_the_year_stands_at_the_roots_and_the_dot_beside_it_says_elsewhere(open_stage):
    stage = opened(open_stage, done(26, "crown", is_elsewhere=True), done(46, "crown"))
    assert tooth(stage, 26).locator(".year").text_content() == "۱۴۰۲"
    assert middle(stage, 26, ".year")[1] < middle(stage, 26, ".shape")[1]
    assert middle(stage, 46, ".year")[1] > middle(stage, 46, ".shape")[1]
    assert stage.page.locator("g .elsewhere").count() == 1
    assert tooth(stage, 26).locator(".elsewhere").count() == 1


def test_years_of_neighbours_never_touch_nor_leave_their_frame(open_stage):
    history_ = [done(fdi, "crown", is_elsewhere=True) for fdi in (11, 12, 13, 31, 32, 33)]
    units = [PlannedUnit(title="روکش", tooth=32)]
    for width in (560, 660, 760, 940):
        stage = opened(open_stage, *history_, planned=units, lang="en", width=width)
        boxes = [tooth(stage, fdi).locator(".year").bounding_box() for fdi in (13, 12, 11)]
        for one, other in zip(boxes, boxes[1:], strict=False):
            assert one["x"] + one["width"] < other["x"], width
        frame = tooth(stage, 32).locator(".frame").bounding_box()
        year = tooth(stage, 32).locator(".year").bounding_box()
        assert frame["x"] < year["x"] and year["x"] + year["width"] < frame["x"] + frame["width"]
        assert year["height"] >= 12, "text is never smaller"


@pytest.mark.parametrize(
    ("choice", "state"),
    [(None, "undecided"), (Choice.APPROVE, "approve"), (Choice.MODIFY, "modify"),
     (Choice.REJECT, "reject")],
)  # fmt: skip
def test_a_planned_unit_has_a_frame_and_a_sign(open_stage, choice, state):
    unit = PlannedUnit(title="ایمپلنت", tooth=36, choice=choice)
    stage = opened(open_stage, planned=[unit])
    frame = tooth(stage, 36).locator(f".frame.{state}")
    dashes = frame.evaluate("node => getComputedStyle(node).strokeDasharray")
    assert (dashes != "none") == (choice is None)
    badge = tooth(stage, 36).locator(f".badge.{state}")
    assert badge.text_content() == ("؟" if choice is None else "")
    assert badge.locator("path").count() == (choice is not None)
    assert stage.page.locator(".frame").count() == 2, "the tooth and the legend"


def test_a_click_shows_the_history_at_once_and_tells_the_tooth(open_stage):
    stage = opened(
        open_stage,
        done(26, "crown", "1400/11/03", title="روکش"),
        done(26, "filling", "1397/04/12", title="ترمیم", surfaces="MO"),
        planned=[PlannedUnit(title="ایمپلنت", tooth=26)],
    )
    assert stage.words["hint"] in history(stage)
    tooth(stage, 26).locator(".number").click()
    told = history(stage)
    assert told.index("دندان ۲۶") < told.index("ایمپلنت") < told.index("۱۴۰۰/۱۱/۰۳")
    assert told.index("روکش") < told.index("۱۳۹۷/۰۴/۱۲") < told.index("مزیال و اکلوزال")
    assert [each["tooth"] for each in stage.sent] == [26]
    tooth(stage, 26).locator(".number").click()
    assert [each["tooth"] for each in stage.sent] == [26, None]
    assert stage.words["hint"] in history(stage)


def test_a_tooth_without_history_says_so(open_stage):
    stage = opened(open_stage)
    tooth(stage, 17).locator(".number").click()
    assert stage.words["nothing"] in history(stage)


def test_of_another_insurer_the_code_is_shown(open_stage):
    stage = opened(open_stage, foreign())
    tooth(stage, 47).locator(".number").click()
    assert "کد 5120" in history(stage) and "بیمه‌گر دیگر" in history(stage)


def test_nobody_listens_nothing_is_told(open_stage):
    stage = opened(open_stage, reports=False)
    tooth(stage, 17).locator(".number").click()
    assert stage.sent == []


def test_arrows_walk_over_the_teeth_as_they_are_seen(open_stage):
    stage = opened(open_stage)
    stage.page.keyboard.press("Tab")
    walk = []
    for key in ("Home", "ArrowRight", "ArrowDown", "ArrowLeft", "ArrowLeft", "ArrowUp", "End"):
        stage.press(key)
        walk.append(focused(stage))
    assert walk == [18, 17, 47, 48, 48, 18, 28]
    assert stage.page.locator(".tooth[tabindex='0']").count() == 1


def test_arrows_go_through_the_rows_of_the_milk_teeth(open_stage):
    stage = opened(open_stage, birth=CHILD)
    stage.page.keyboard.press("Tab")
    walk = []
    for key in ("Home", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowUp"):
        stage.press(key)
        walk.append(focused(stage))
    assert walk == [18, 55, 85, 45, 85]


def test_enter_opens_and_escape_closes_without_the_page_hearing_it(open_stage):
    stage = opened(open_stage, done(18, "extraction"))
    stage.page.evaluate(
        "window.heard = []; document.addEventListener('keydown', e => heard.push(e.code))"
    )
    tooth(stage, 18).focus()
    stage.press("Enter")
    assert tooth(stage, 18).get_attribute("aria-pressed") == "true"
    assert "extraction" in history(stage)
    stage.press("Escape", "Space", "c")
    assert [each["tooth"] for each in stage.sent] == [18, None, 18]
    assert stage.page.evaluate("window.heard") == []


def test_new_data_keep_the_focus_and_the_open_tooth(open_stage):
    stage = opened(open_stage, done(18, "extraction"))
    tooth(stage, 18).focus()
    stage.press("Enter")
    stage.update(stage.data | {"selected": None})
    assert focused(stage) == 18
    assert tooth(stage, 18).get_attribute("aria-pressed") == "true"
    stage.update(stage.data | {"selected": 26})
    assert tooth(stage, 26).get_attribute("aria-pressed") == "true"
    assert tooth(stage, 18).get_attribute("aria-pressed") == "false"


def test_each_tooth_is_told_in_words(open_stage):
    stage = opened(
        open_stage,
        done(26, "crown", "1400/11/03", title="روکش"),
        planned=[PlannedUnit(title="ایمپلنت", tooth=26, choice=Choice.APPROVE)],
    )
    label = tooth(stage, 26).get_attribute("aria-label")
    assert label == (
        "دندان ۲۶، مولر اول بالا چپ: واحد طرح: ایمپلنت (تایید)؛ روکش، ۱۴۰۰/۱۱/۰۳، درمانگاه سپیدار"
    )
    assert tooth(stage, 27).get_attribute("aria-label").endswith("درمانی ثبت نشده")


@pytest.mark.parametrize(
    ("birth", "width", "named", "count"),
    [
        (ADULT, 660, (), 32),
        (ADULT, 660, (63,), 52),
        (ADULT, 940, (), 52),
        (CHILD, 560, (), 52),
    ],
)
def test_milk_teeth_are_there_for_a_child_or_where_there_is_room(
    open_stage, birth, width, named, count
):
    stage = opened(
        open_stage, *[done(fdi, "filling", surfaces="O") for fdi in named], birth=birth, width=width
    )
    assert stage.page.locator(".tooth").count() == count


def test_milk_teeth_of_an_adult_are_empty_places_a_treated_one_is_pale(open_stage):
    stage = opened(open_stage, done(63, "filling", "1390/01/01", surfaces="O"))
    assert stage.page.locator(".tooth .empty").count() == 19
    opacity = tooth(stage, 63).locator(".box").evaluate("node => getComputedStyle(node).opacity")
    assert 0.4 < float(opacity) < 0.7


@pytest.mark.parametrize("width", [560, 660, 760])
def test_it_fits_where_the_plan_page_has_room_for_it(open_stage, width):
    stage = opened(open_stage, done(26, "crown"), width=width)
    box = stage.page.locator(".odontogram").bounding_box()
    assert box["height"] <= 340
    inside = stage.page.evaluate(
        "(() => { const root = document.querySelector('#host').shadowRoot.querySelector"
        "('.odontogram'); return root.scrollWidth <= root.clientWidth; })()"
    )
    assert inside


def test_from_880_pixels_on_the_history_stands_beside_the_chart(open_stage):
    narrow = opened(open_stage, width=760)
    chart, told = (narrow.page.locator(name).bounding_box() for name in (".teeth", ".history"))
    assert told["y"] > chart["y"] + chart["height"]
    wide = opened(open_stage, width=940)
    chart, told = (wide.page.locator(name).bounding_box() for name in (".teeth", ".history"))
    assert told["y"] < chart["y"] + 20
    assert told["x"] + told["width"] < chart["x"], "to the left, where Persian lines end"


def test_it_follows_its_width(open_stage):
    stage = opened(open_stage, width=760)
    before = stage.page.locator(".tooth").count()
    stage.page.evaluate("document.getElementById('host').style.width = '940px'")
    stage.page.wait_for_timeout(150)
    assert (before, stage.page.locator(".tooth").count()) == (32, 52)


def test_it_has_the_colours_of_the_theme(open_stage):
    stage = opened(open_stage, done(26, "crown"))
    fill = "node => getComputedStyle(node).fill"
    crown = tooth(stage, 26).locator(".bone.crown")
    stage.page.evaluate("document.documentElement.dataset.theme = 'light'")
    light = crown.evaluate(fill)
    stage.page.evaluate("document.documentElement.dataset.theme = 'dark'")
    assert (light, crown.evaluate(fill)) == ("rgb(128, 96, 31)", "rgb(217, 181, 102)")


def test_jaws_are_told_while_no_tooth_is_chosen(open_stage):
    stage = opened(
        open_stage,
        done(None, "scaling", jaw="lower", title="جرم‌گیری"),
        planned=[PlannedUnit(title="ارتودنسی ثابت", jaw="upper")],
    )
    told = history(stage)
    assert "فک بالا ارتودنسی ثابت در انتظار تصمیم" in told
    assert "فک پایین جرم‌گیری" in told


def test_nothing_in_the_data_becomes_html(open_stage):
    evil = "<img src=x onerror='window.hit = 1'>"
    stage = opened(
        open_stage,
        done(26, "crown", title=evil, centre=evil),
        planned=[PlannedUnit(title=evil, tooth=26), PlannedUnit(title=evil, jaw="upper")],
    )
    tooth(stage, 26).locator(".number").click()
    assert "<img" in history(stage)
    assert stage.page.evaluate("window.hit") is None
