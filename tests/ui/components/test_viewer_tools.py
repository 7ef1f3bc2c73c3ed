"""The viewer's tools by mouse, keys and fingers: mirror, one to one, measuring, choosing."""

import pytest
from test_viewer import box, evidence, image, opened

pytestmark = pytest.mark.browser

CASE = tuple(
    image(number, phase=phase, teeth=[tooth], kind="periapical")
    for number, phase, tooth in ((1, "before", 36), (2, "before", 26), (3, "after", 26))
)
OTHER = image(
    1001, url="/evidence/500x400.svg?1001", group="درمان قبلی", caption="پرونده ۹۹۰", phase="after"
)


def in_use(stage, *keys: str) -> None:
    """Press keys in the viewer and wait for the frame they change."""
    stage.press("v", *keys)
    stage.page.wait_for_timeout(120)


def shown(stage) -> list[str]:
    """The numbers of the images in the panes, the first pane first."""
    pictures = stage.page.locator(".pane:visible .pic > img").all()
    return [str(picture.get_attribute("src")).rpartition("?")[2] for picture in pictures]


def transforms(stage) -> list[dict[str, float]]:
    return stage.page.evaluate(
        """[...document.querySelector("#host").shadowRoot.querySelectorAll(".pic > img")]
        .map(node => new DOMMatrix(getComputedStyle(node).transform))
        .map(({a, b, c, d}) => ({a, b, c, d}))"""
    )


def test_m_mirrors_the_image_in_use_and_says_so(open_stage):
    stage = opened(open_stage, *CASE)
    in_use(stage, "m")
    first, second = transforms(stage)
    assert first["a"] < 0 < first["d"]
    assert second["a"] > 0, "only one of the two, or a mirrored copy could not be compared"
    assert stage.page.get_by_text(stage.words["mirrored"]).locator("visible=true").count() == 1
    in_use(stage, "0")
    assert transforms(stage)[0]["a"] > 0
    assert stage.page.locator(".mirrored:visible").count() == 0


def test_a_frame_follows_the_image_through_the_mirror(open_stage):
    cite = {"image": 1, "rect": [0, 0, 25, 50], "label": "کانال"}
    stage = opened(open_stage, image(1), panes=[1], cites=[cite])
    in_use(stage, "m")
    picture, frame = box(stage, ".pic > img"), box(stage, ".cite")
    assert frame["x"] + frame["width"] == pytest.approx(picture["x"] + picture["width"], abs=2)
    assert frame["y"] == pytest.approx(picture["y"], abs=2)


def test_o_shows_one_pixel_to_one_and_the_whole_image_again(open_stage):
    stage = opened(open_stage, image(1), image(2, url="/evidence/500x400.svg?2"))
    whole = [picture.bounding_box()["width"] for picture in stage.page.locator(".pic > img").all()]
    in_use(stage, "o")
    pictures = stage.page.locator(".pic > img").all()
    assert [round(each.bounding_box()["width"]) for each in pictures] == [880, 500]
    in_use(stage, "o")
    back = [picture.bounding_box()["width"] for picture in stage.page.locator(".pic > img").all()]
    assert back == pytest.approx(whole, abs=1)


def test_the_measuring_line_counts_pixels_of_the_image_at_any_zoom(open_stage):
    stage = opened(open_stage, image(1), panes=[1])
    in_use(stage, "l")
    picture = box(stage, ".pic > img")
    x, y = picture["x"] + picture["width"] / 4, picture["y"] + picture["height"] / 4
    stage.page.mouse.move(x, y)
    stage.page.mouse.down()
    stage.page.mouse.move(x + picture["width"] / 2, y, steps=4)
    stage.page.mouse.up()
    stage.page.wait_for_timeout(80)
    text = stage.page.locator(".rule b").inner_text()
    assert "۴۴۰ پیکسل" in text
    assert "۵۰٫۰٪" in text
    for key in ("Equal", "r", "m"):
        in_use(stage, key)
        assert stage.page.locator(".rule b").inner_text() == text, key


def test_two_clicks_and_the_arrows_measure_too(open_stage):
    stage = opened(open_stage, image(1), panes=[1])
    in_use(stage, "l")
    picture = box(stage, ".pic > img")
    x, y = picture["x"] + 100, picture["y"] + 60
    stage.page.mouse.click(x, y)
    stage.page.mouse.click(x + picture["width"] / 4, y)
    stage.page.wait_for_timeout(80)
    assert "۲۲۰ پیکسل" in stage.page.locator(".rule b").inner_text()
    stage.press("Shift+ArrowRight")
    stage.page.wait_for_timeout(80)
    longer = round(220 + 24 * 880 / picture["width"])
    assert (
        str(longer).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹"))
        in stage.page.locator(".rule b").inner_text()
    )
    stage.press("Escape")
    stage.page.wait_for_timeout(80)
    assert stage.page.locator(".rule").count() == 0
    assert stage.page.locator(".measuring").count() == 0


def test_b_shows_before_and_after_of_the_same_tooth(open_stage):
    stage = opened(open_stage, *CASE, panes=[1, 3])
    in_use(stage, "x", "b")
    assert shown(stage) == ["2", "3"], "image 2 shows the tooth of image 3"


def test_without_an_image_after_the_treatment_there_is_no_such_pair(open_stage):
    stage = opened(open_stage, *CASE[:2])
    assert stage.page.get_by_role("button", name=stage.words["beforeAfter"]).is_disabled()
    in_use(stage, "b")
    assert shown(stage) == ["1", "2"]


def test_digits_and_shift_choose_the_image_and_its_pane(open_stage):
    stage = opened(open_stage, *CASE, image(4))
    in_use(stage, "4")
    assert shown(stage) == ["4", "2"]
    in_use(stage, "Shift+3")
    assert shown(stage) == ["4", "3"]
    in_use(stage, "3")
    assert shown(stage) == ["3", "4"], "never the same image twice: they trade"
    in_use(stage, "x", "PageUp")
    assert shown(stage) == ["3", "2"], "leafing passes the image beside"
    in_use(stage, "9")
    assert shown(stage) == ["3", "2"], "there is no image 9"


def test_shift_and_a_click_puts_an_image_beside_a_single_one(open_stage):
    stage = opened(open_stage, *CASE)
    in_use(stage, "p")
    assert shown(stage) == ["1"]
    stage.page.locator(".th").nth(2).click(modifiers=["Shift"])
    stage.page.wait_for_timeout(120)
    assert shown(stage) == ["1", "3"]


def test_tab_goes_from_pane_to_pane_and_out_again(open_stage):
    stage = opened(open_stage, *CASE)
    in_use(stage)
    assert "active" in stage.active()
    stage.press("Tab", "3")
    stage.page.wait_for_timeout(120)
    assert shown(stage) == ["1", "3"]
    stage.press("Tab")
    assert stage.active().startswith("button.th"), "the thumbnails come next: no trap"


def test_two_images_of_any_numbers_are_compared_by_the_sides_of_the_screen(open_stage):
    stage = opened(open_stage, *CASE, OTHER)
    in_use(stage, "p", "Equal")
    stage.page.evaluate(
        "dispatchEvent(new CustomEvent('arz:compare', {detail: {left: 3, right: 1001}}))"
    )
    stage.page.wait_for_timeout(600)
    assert shown(stage) == ["1001", "3"], "right to left: the first pane is the right one"
    assert box(stage, ".pane.foreign")["x"] > stage.page.locator(".pane").nth(1).bounding_box()["x"]
    assert "پرونده ۹۹۰" in stage.page.locator(".pane.foreign .meta").inner_text()
    assert stage.page.locator(".pc").inner_text() == "۱۰۰٪"
    assert set(stage.sent[-1]["images"]) == {1, 2, 3, 1001}
    stage.page.evaluate(
        "dispatchEvent(new CustomEvent('arz:compare', {detail: {left: 3, right: 77}}))"
    )
    stage.page.wait_for_timeout(100)
    assert shown(stage) == ["1001", "3"], "an image that is not there changes nothing"


def test_the_page_may_ask_for_an_image_of_another_case(open_stage):
    stage = opened(open_stage, *CASE, OTHER)
    stage.update(evidence(*CASE, OTHER, panes=[3, 1001]))
    stage.page.wait_for_timeout(600)
    assert shown(stage) == ["3", "1001"]
    assert {3, 1001} <= set(stage.sent[-1]["images"])


def test_badges_stand_on_the_thumbnail_and_over_the_image(open_stage):
    tags = (("تازه", "new"), ("مشابه", "dup"), ("تکراری", "flag"))
    images = [image(n, tag=tag, tagKind=kind) for n, (tag, kind) in enumerate(tags, 1)]
    stage = opened(open_stage, *images)
    assert [stage.page.locator(f".th em.{kind}").inner_text() for _, kind in tags] == [
        tag for tag, _ in tags
    ]
    colours = stage.page.evaluate(
        """["new", "dup", "flag"]
        .map(kind => document.querySelector("#host").shadowRoot.querySelector(`.th em.${kind}`))
        .map(node => getComputedStyle(node).backgroundColor)"""
    )
    assert len(set(colours)) == 3
    assert stage.page.locator(".cap em").all_inner_texts() == ["تازه", "مشابه"]


def test_brightness_and_contrast_follow_shift_and_arrows(open_stage):
    stage = opened(open_stage, *CASE)
    in_use(stage, "Shift+ArrowUp", "Shift+ArrowLeft")
    style = stage.page.locator(".pic > img").first.get_attribute("style")
    assert "brightness(1.1)" in style
    assert "contrast(0.9)" in style
    in_use(stage, "0")
    assert "filter: none" in str(stage.page.locator(".pic > img").first.get_attribute("style"))


def test_keys_of_a_field_stay_its_own(open_stage):
    stage = open_stage("viewer", extra="<textarea id=note></textarea>")
    stage.update(evidence(*CASE))
    stage.page.locator("#note").fill("")
    stage.press("v", "m")
    assert stage.page.locator("#note").input_value() == "vm"
    assert transforms(stage)[0]["a"] > 0


def test_one_finger_moves_and_two_zoom(open_stage):
    stage = opened(open_stage, *CASE)
    in_use(stage, "k")
    before = box(stage, ".pic > img")
    x, y = before["x"] + before["width"] / 2, before["y"] + before["height"] / 2
    hand = stage.page.context.new_cdp_session(stage.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
        stage.page.wait_for_timeout(60)

    touch("touchStart", (x, y))
    touch("touchMove", (x + 30, y + 20))
    touch("touchEnd")
    moved = box(stage, ".pic > img")
    assert moved["x"] - before["x"] == pytest.approx(30, abs=1)
    assert moved["width"] == pytest.approx(before["width"], abs=1)
    touch("touchStart", (x - 40, y))
    touch("touchStart", (x - 40, y), (x + 40, y))
    touch("touchMove", (x - 80, y), (x + 80, y))
    touch("touchEnd")
    pinched = box(stage, ".pic > img")
    assert pinched["width"] == pytest.approx(2 * moved["width"], rel=0.02)
    assert (x - pinched["x"]) / pinched["width"] == pytest.approx(
        (x - moved["x"]) / moved["width"], abs=0.01
    )


def test_only_what_is_shown_and_its_neighbours_are_fetched(open_stage):
    stage = open_stage("viewer")
    fetched: list[int] = []
    stage.page.on(
        "request",
        lambda request: "880x720" in request.url and fetched.append(int(request.url.split("?")[1])),
    )
    many = [image(n, phase="after" if n == 20 else "before", teeth=[n % 2]) for n in range(1, 25)]
    stage.update(evidence(*many, panes=[1, 2]))
    stage.page.wait_for_timeout(700)
    assert fetched[:2] == [1, 2], "first what is looked at"
    assert sorted(fetched) == [1, 2, 3, 20], "then the next one and the other phase"
    stage.page.wait_for_timeout(500)
    assert [each["images"] for each in stage.sent] == [[1, 2]], "to fetch ahead is no event"
    in_use(stage, "3")
    stage.page.wait_for_timeout(500)
    assert sorted(fetched) == [1, 2, 3, 4, 20], "the neighbour was there, its own is fetched"


def test_full_screen_is_entered_and_left_with_f(open_stage):
    stage = opened(open_stage, *CASE)
    in_use(stage, "f")
    stage.page.wait_for_timeout(300)
    assert stage.page.evaluate("document.fullscreenElement !== null")
    stage.press("f")
    stage.page.wait_for_timeout(300)
    assert stage.page.evaluate("document.fullscreenElement === null")
