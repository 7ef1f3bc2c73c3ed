"""The evidence viewer."""

import pytest

from workbench.rules.frames import CITES_MAX

pytestmark = pytest.mark.browser


def image(number: int, **changes):
    return {
        "number": number, "url": f"/evidence/880x720.svg?{number}",
        "thumb": f"/evidence/88x72.svg?{number}",
        "phase": "before", "kind": "periapical", "group": "پیش از درمان", "label": "پری‌اپیکال",
        "date": "۱۴۰۲/۰۹/۱۴", "width": 880, "height": 720, "tag": None, "damaged": False, **changes,
    }  # fmt: skip


def evidence(*images, **changes):
    return {
        "case": "17",
        "images": list(images),
        "missing": [],
        "panes": [1, 2],
        "cites": [],
        **changes,
    }


def opened(open_stage, *images, **changes):
    stage = open_stage("viewer")
    stage.update(evidence(*images, **changes))
    stage.page.wait_for_timeout(150)
    return stage


def box(stage, selector: str):
    return stage.page.locator(selector).first.bounding_box()


def test_the_whole_image_is_visible_at_first(open_stage):
    stage = opened(open_stage, image(1), image(2, group="پس از درمان"))
    pane, picture = box(stage, ".pic"), box(stage, ".pic > img")
    assert picture["width"] == pytest.approx(pane["width"], abs=1)
    assert picture["height"] < pane["height"]


def test_images_that_were_shown_are_told_once_in_one_message(open_stage):
    stage = opened(open_stage, image(1), image(2), image(3))
    stage.page.wait_for_timeout(500)
    assert [each["images"] for each in stage.sent] == [[1, 2]]
    stage.page.locator(".th").nth(2).click()
    stage.page.locator(".th").nth(0).click()
    stage.page.wait_for_timeout(600)
    assert [each["images"] for each in stage.sent] == [[1, 2], [1, 2, 3]]
    assert stage.sent[0]["showing"] == stage.sent[1]["showing"]


def test_another_case_tells_its_own_images(open_stage):
    stage = opened(open_stage, image(1))
    stage.page.wait_for_timeout(500)
    stage.update(evidence(image(1, url="/evidence/100x200.svg"), case="18"))
    stage.page.wait_for_timeout(700)
    first, second = stage.sent
    assert first["images"] == second["images"] == [1]
    assert first["showing"] != second["showing"]


def test_the_wheel_zooms_at_the_pointer(open_stage):
    stage = opened(open_stage, image(1), image(2))
    before = box(stage, ".pic > img")
    x, y = before["x"] + 50, before["y"] + 200
    share = ((x - before["x"]) / before["width"], (y - before["y"]) / before["height"])
    stage.page.mouse.move(x, y)
    stage.page.mouse.wheel(0, -400)
    stage.page.wait_for_timeout(100)
    after = box(stage, ".pic > img")
    assert after["width"] > before["width"] * 1.5
    assert (x - after["x"]) / after["width"] == pytest.approx(share[0], abs=0.01)
    assert (y - after["y"]) / after["height"] == pytest.approx(share[1], abs=0.01)


def test_linked_panes_move_together_and_unlinked_ones_do_not(open_stage):
    stage = opened(open_stage, image(1), image(2))
    second = stage.page.locator(".pic > img").nth(1)
    resting = second.get_attribute("style")
    stage.page.get_by_role("button", name=stage.words["linked"]).click()
    stage.press("Equal")
    stage.page.wait_for_timeout(80)
    assert second.get_attribute("style") == resting
    stage.page.get_by_role("button", name=stage.words["linked"]).click()
    stage.press("Equal")
    stage.page.wait_for_timeout(80)
    assert second.get_attribute("style") != resting


def test_keys_work_while_the_viewer_has_the_focus(open_stage):
    stage = opened(open_stage, image(1), image(2))
    stage.page.evaluate(
        "window.heard = []; document.addEventListener('keydown', e => heard.push(e.code))"
    )
    stage.page.locator(".pic").first.click()
    stage.press("Equal", "r", "i")
    stage.page.wait_for_timeout(80)
    style = stage.page.locator(".pic > img").first.get_attribute("style")
    assert "rotate(90deg)" in style
    assert "invert(1)" in style
    assert stage.page.locator(".pc").inner_text() == "۱۲۵٪"
    stage.press("0")
    stage.page.wait_for_timeout(80)
    assert "rotate(0deg)" in stage.page.locator(".pic > img").first.get_attribute("style")
    assert stage.page.evaluate("window.heard") == [], "R would rerun the page"


def test_a_frame_follows_the_image_through_a_quarter_turn(open_stage):
    cite = {"image": 1, "rect": [0, 0, 50, 25], "label": "کانال"}
    stage = opened(open_stage, image(1), panes=[1], cites=[cite])
    stage.page.locator(".pic").first.click()
    stage.press("r")
    stage.page.wait_for_timeout(100)
    picture, frame = box(stage, ".pic > img"), box(stage, ".cite")
    assert frame["height"] == pytest.approx(picture["height"] / 2, rel=0.02)
    assert frame["width"] == pytest.approx(picture["width"] / 4, rel=0.02)
    assert frame["x"] + frame["width"] == pytest.approx(picture["x"] + picture["width"], abs=2)
    assert frame["y"] == pytest.approx(picture["y"], abs=2)


def test_a_finding_brings_its_image_with_the_frame_in_the_middle(open_stage):
    cite = {"image": 3, "rect": [35, 40, 12, 40], "label": "کانال"}
    stage = opened(open_stage, image(1), image(2), image(3), cites=[cite])
    stage.page.evaluate(
        "dispatchEvent(new CustomEvent('arz:show', {detail: {image: 3, rect: [35, 40, 12, 40]}}))"
    )
    stage.page.wait_for_timeout(200)
    frame = box(stage, ".cite")
    pane = stage.page.locator(".pic").nth(1).bounding_box()
    assert frame["x"] + frame["width"] / 2 == pytest.approx(pane["x"] + pane["width"] / 2, abs=2)
    assert frame["y"] + frame["height"] / 2 == pytest.approx(pane["y"] + pane["height"] / 2, abs=2)
    assert frame["height"] > 0.3 * pane["height"]


def test_damaged_and_missing_files_are_said_calmly_and_not_counted_as_seen(open_stage):
    stage = opened(open_stage, image(1, damaged=True), image(2, url="/nowhere.jpg"))
    stage.page.wait_for_timeout(600)
    assert stage.page.get_by_text(stage.words["damaged"]).count() == 2
    assert stage.page.locator(".pic > img:visible").count() == 0
    assert stage.sent == []


def test_what_is_required_and_missing_is_a_slot_in_its_place(open_stage):
    names = ["پیش از درمان", "حین درمان", "پس از درمان"]
    stage = opened(open_stage, image(1), image(2, group=names[2]), groups=names,
                   missing=[{"group": names[1], "label": "نبود"}])  # fmt: skip
    assert [h.split(" ۱")[0] for h in stage.page.locator(".tg h3").all_inner_texts()] == names
    assert stage.page.locator(".tg").nth(1).locator(".th.none").inner_text() == "نبود"


def test_new_data_keeps_zoom_and_panes(open_stage):
    stage = opened(open_stage, image(1), image(2), image(3))
    stage.page.locator(".th").nth(2).click()
    stage.press("Equal")
    stage.page.wait_for_timeout(150)
    before = stage.page.locator(".pic > img").first.get_attribute("style")
    stage.update(evidence(image(1), image(2), image(3, tag="خط ۳"), image(4)))
    stage.page.wait_for_timeout(150)
    assert stage.page.locator(".pic > img").first.get_attribute("style") == before
    assert stage.page.locator(".th.on").count() == 2
    assert stage.page.locator(".th em").inner_text() == "خط ۳"


def test_a_case_without_images_says_so(open_stage):
    stage = opened(open_stage)
    assert stage.page.get_by_text(stage.words["noImages"]).first.is_visible()


def test_nothing_in_the_data_becomes_html(open_stage):
    evil = "<img src=x onerror='window.hit = 1'>"
    stage = opened(
        open_stage, image(1, label=evil, group=evil, date=evil, tag=evil, note=evil),
        missing=[{"group": evil, "label": evil}],
        cites=[{"image": 1, "rect": [1, 1, 9, 9], "label": evil}],
    )  # fmt: skip
    assert stage.page.evaluate("window.hit") is None
    assert stage.page.locator("img[src=x]").count() == 0


def test_the_film_is_never_mirrored(open_stage):
    stage = opened(open_stage, image(1), image(2))
    matrix = stage.page.evaluate(
        "new DOMMatrix(getComputedStyle(document.querySelector('#host').shadowRoot"
        ".querySelector('.pic > img')).transform).a"
    )
    assert matrix > 0


def drag(stage, start, end, pane: int = 0) -> None:
    """Draw with the mouse between two places, as shares of the picture as it lies."""
    picture = stage.page.locator(".pic > img").nth(pane).bounding_box()
    at = [(picture["x"] + x * picture["width"], picture["y"] + y * picture["height"])
          for x, y in (start, end)]  # fmt: skip
    stage.page.mouse.move(*at[0])
    stage.page.mouse.down()
    stage.page.mouse.move(*at[1], steps=4)
    stage.page.mouse.up()
    stage.page.wait_for_timeout(120)


def framed(stage):
    return [each for each in stage.sent if "frames" in each]


@pytest.mark.parametrize(
    ("keys", "left", "top"),
    [
        ((), 1000, 2000),
        (("m",), 6000, 2000),
        (("r",), 2000, 6000),
        (("r", "r"), 6000, 4000),
        (("r", "m"), 2000, 1000),
    ],
)
def test_a_drawn_frame_is_kept_upright_however_the_image_lies(open_stage, keys, left, top):
    stage = opened(open_stage, image(1), panes=[1], mayFrame=True)
    stage.page.locator(".pic").first.click()
    stage.press(*keys, "c")
    stage.page.wait_for_timeout(80)
    drag(stage, (0.1, 0.2), (0.4, 0.6))
    (told,) = framed(stage)
    (frame,) = told["frames"]
    turned = keys.count("r") % 2 == 1
    width, height = (4000, 3000) if turned else (3000, 4000)
    assert told["case"] == "17"
    assert frame["image"] == 1
    assert frame["left"] == pytest.approx(left, abs=40)
    assert frame["top"] == pytest.approx(top, abs=40)
    assert frame["width"] == pytest.approx(width, abs=60)
    assert frame["height"] == pytest.approx(height, abs=60)
    drawn, picture = box(stage, ".cite.pending"), box(stage, ".pic > img")
    assert drawn["x"] == pytest.approx(picture["x"] + 0.1 * picture["width"], abs=3)
    assert drawn["y"] == pytest.approx(picture["y"] + 0.2 * picture["height"], abs=3)


def test_a_frame_is_drawn_by_keys_alone_and_enter_is_not_the_lines(open_stage):
    stage = opened(open_stage, image(1), panes=[1], mayFrame=True)
    stage.page.evaluate(
        "window.heard = []; document.addEventListener('keydown', e => heard.push(e.code), true)"
    )
    stage.page.locator(".film").focus()
    stage.press("c")
    first = box(stage, ".drawn")
    stage.press("ArrowRight", "Shift+ArrowDown")
    stage.page.wait_for_timeout(80)
    moved = box(stage, ".drawn")
    assert moved["x"] == pytest.approx(first["x"] + 8, abs=1.5)
    assert moved["height"] == pytest.approx(first["height"] + 8, abs=1.5)
    stage.press("Enter")
    assert len(framed(stage)[-1]["frames"]) == 1
    assert "Enter" not in stage.page.evaluate("window.heard")
    stage.press("c", "Escape")
    assert len(framed(stage)) == 1
    stage.press("Delete")
    assert framed(stage)[-1]["frames"] == []


def test_without_a_reason_to_give_no_frame_is_drawn(open_stage):
    stage = opened(open_stage, image(1), panes=[1])
    stage.page.locator(".film").focus()
    stage.press("c")
    assert stage.page.locator(".drawn:visible").count() == 0


def test_pending_frames_come_back_after_a_reload_and_go_when_attached(open_stage):
    kept = {"image": 1, "left": 1000, "top": 1000, "width": 2000, "height": 2000}
    stage = opened(open_stage, image(1), panes=[1], mayFrame=True, pending=[kept])
    assert stage.page.locator(".cite.pending").count() == 1
    stage.update(evidence(image(1), panes=[1], mayFrame=True, pending=[]))
    assert stage.page.locator(".cite.pending").count() == 0


def test_a_frame_is_never_drawn_on_an_image_of_another_case(open_stage):
    other = image(1001, url="/evidence/500x400.svg?1001", caption="پرونده ۹۹", shownNumber=2)
    stage = opened(open_stage, image(1), other, panes=[1, 1001], mayFrame=True)
    assert "پرونده ۹۹، تصویر ۲" in stage.page.locator(".pane.foreign .meta").inner_text()
    assert "پرونده ۹۹، تصویر ۲" in str(stage.page.locator(".th").nth(1).get_attribute("title"))
    stage.press("v", "c")
    stage.page.wait_for_timeout(80)
    assert stage.page.locator(".drawn:visible").count() == 1
    stage.press("x")
    stage.page.wait_for_timeout(80)
    assert stage.page.locator(".drawn").count() == 0
    assert stage.page.locator(".hint").inner_text() == stage.words["frameForeign"]
    drag(stage, (0.1, 0.2), (0.4, 0.6), pane=1)
    stage.press("Enter")
    assert framed(stage) == []


def test_the_hint_does_not_lie_over_what_is_being_drawn(open_stage):
    stage = opened(open_stage, image(1), panes=[1], mayFrame=True)
    stage.press("v", "c")
    stage.page.wait_for_timeout(80)
    assert stage.page.locator(".hint").is_visible()
    picture = box(stage, ".pic > img")
    stage.page.mouse.move(picture["x"] + 40, picture["y"] + 40)
    stage.page.mouse.down()
    stage.page.wait_for_timeout(80)
    assert not stage.page.locator(".hint").is_visible()
    stage.page.mouse.up()
    stage.page.wait_for_timeout(80)
    assert stage.page.locator(".hint").is_visible(), "a click alone: the keys are still for it"
    assert framed(stage) == []


def test_what_was_drawn_on_one_image_is_not_kept_on_the_next(open_stage):
    stage = opened(open_stage, image(1), image(2), image(3), mayFrame=True)
    stage.press("v", "c", "ArrowRight", "3")
    stage.page.wait_for_timeout(80)
    stage.press("Enter")
    (told,) = framed(stage)
    assert [each["image"] for each in told["frames"]] == [3]


def test_the_button_hands_the_keys_over_to_the_frame(open_stage):
    stage = opened(open_stage, image(1), panes=[1], mayFrame=True)
    stage.page.get_by_role("button", name=stage.words["frame"]).focus()
    stage.press("Enter", "Enter")
    assert len(framed(stage)) == 1
    assert stage.page.get_by_role("button", name=stage.words["frame"]).is_visible()
    stage.update(evidence(image(1), panes=[1], mayFrame=False))
    stage.page.wait_for_timeout(80)
    assert not stage.page.get_by_role("button", name=stage.words["frame"]).is_visible()


def test_no_more_frames_than_a_reason_takes(open_stage):
    kept = {"image": 1, "left": 1000, "top": 1000, "width": 2000, "height": 2000}
    many = [kept | {"left": 100 * n} for n in range(CITES_MAX)]
    stage = opened(open_stage, image(1), panes=[1], mayFrame=True, pending=many)
    stage.press("v", "c")
    stage.page.wait_for_timeout(80)
    assert "۸ کادر" in stage.page.locator(".hint").inner_text()
    stage.press("Enter")
    assert framed(stage) == []
    stage.press("Delete")
    assert len(framed(stage)[-1]["frames"]) == CITES_MAX - 1


def test_a_finger_draws_and_a_second_one_zooms_instead(open_stage):
    stage = opened(open_stage, image(1), panes=[1], mayFrame=True)
    picture = box(stage, ".pic > img")
    x, y = picture["x"] + picture["width"] / 4, picture["y"] + picture["height"] / 4
    hand = stage.page.context.new_cdp_session(stage.page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": px, "y": py, "id": number} for number, (px, py) in enumerate(points)]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})
        stage.page.wait_for_timeout(60)

    stage.press("v", "c")
    touch("touchStart", (x, y))
    touch("touchMove", (x + 60, y + 60))
    touch("touchStart", (x + 60, y + 60), (x + 120, y))
    touch("touchMove", (x + 40, y + 60), (x + 160, y))
    touch("touchEnd")
    assert framed(stage) == []
    assert box(stage, ".pic > img")["width"] > picture["width"]
    stage.press("0", "Escape", "c")
    touch("touchStart", (x, y))
    touch("touchMove", (x + picture["width"] / 2, y + picture["height"] / 4))
    touch("touchEnd")
    ((frame,),) = [told["frames"] for told in framed(stage)]
    wanted = {"left": 2500, "top": 2500, "width": 5000, "height": 2500}
    for side, value in wanted.items():
        assert frame[side] == pytest.approx(value, abs=40), side


def test_enter_of_the_measuring_line_is_not_the_lines_either(open_stage):
    stage = opened(open_stage, image(1), panes=[1])
    stage.page.evaluate(
        "window.heard = []; document.addEventListener('keydown', e => heard.push(e.code), true)"
    )
    stage.press("v", "l", "Enter")
    assert "Enter" not in stage.page.evaluate("window.heard")
    assert stage.page.locator(".rule").count() == 1
