"""The evidence viewer."""

import pytest

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
