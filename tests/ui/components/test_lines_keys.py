"""Deciding lines by keyboard and mouse."""

import pytest
from staging import make_case, make_finding, make_line

pytestmark = pytest.mark.browser


def two_lines():
    open_ = make_line(2, findings=[make_finding("age@2"), make_finding("price@2")], status="open")
    return make_case(make_line(1), open_, make_line(3))


def current(stage) -> str:
    return stage.page.locator(".ln[aria-current=true]").get_attribute("data-id")


def test_focus_starts_at_the_first_open_finding_and_the_keys_are_the_lines(open_stage):
    stage = open_stage("lines")
    stage.update(two_lines())
    assert current(stage) == "9007199254740993002"
    assert stage.active() == "div.body"


def test_enter_accepts_the_next_open_finding(open_stage):
    stage = open_stage("lines")
    stage.update(two_lines())
    stage.press("Enter")
    (action,) = stage.sent
    assert action["nonce"]
    assert {k: action[k] for k in ("action", "line", "finding", "version")} == {
        "action": "accept", "line": "9007199254740993002", "finding": "age@2", "version": 7,
    }  # fmt: skip


def test_quick_keys_leave_one_at_a_time_with_the_newest_version(open_stage):
    stage = open_stage("lines")
    data = two_lines()
    stage.update(data)
    stage.press("Enter", "Enter")
    assert [each["finding"] for each in stage.sent] == ["age@2"]
    reply = {"nonce": stage.sent[0]["nonce"], "ok": True, "message": ""}
    stage.update(data | {"version": 8, "reply": reply})
    assert [(each["finding"], each["version"]) for each in stage.sent] == [
        ("age@2", 7),
        ("price@2", 8),
    ]


def test_after_a_refusal_the_waiting_actions_are_dropped_and_the_reason_is_shown(open_stage):
    stage = open_stage("lines")
    data = two_lines()
    stage.update(data)
    stage.press("Enter", "Enter")
    refused = {"nonce": stage.sent[0]["nonce"], "ok": False, "message": "پرونده تغییر کرده است."}
    stage.update(data | {"version": 9, "reply": refused})
    assert len(stage.sent) == 1
    assert stage.page.locator(".msg").inner_text() == "پرونده تغییر کرده است."
    stage.press("Enter")
    assert stage.sent[-1]["version"] == 9


def test_enter_without_an_open_finding_notes_the_line_as_looked_at_and_goes_on(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1), make_line(2, isClosed=True), make_line(3)))
    stage.press("Enter")
    assert (stage.sent[0]["action"], stage.sent[0]["finding"]) == ("accept", None)
    assert current(stage) == "9007199254740993002"
    stage.press("Enter")
    assert len(stage.sent) == 1, "a line that is closed already is only passed"
    assert current(stage) == "9007199254740993003"


def test_arrows_move_and_stop_at_the_ends(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1), make_line(2)))
    stage.press("ArrowUp")
    assert current(stage) == "9007199254740993001"
    stage.press("ArrowDown", "ArrowDown")
    assert current(stage) == "9007199254740993002"


def test_findings_on_the_case_come_first_and_name_no_line(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1), caseFindings=[make_finding("window@case")]))
    stage.press("Enter")
    assert (stage.sent[0]["line"], stage.sent[0]["finding"]) == (None, "window@case")


def test_override_needs_three_letters(open_stage):
    stage = open_stage("lines")
    stage.update(two_lines())
    stage.press("F4")
    stage.page.keyboard.type("۱۲ !ب")
    stage.press("Enter")
    assert stage.sent == []
    assert stage.page.locator(".err").inner_text() == stage.words["needReasonText"]
    stage.page.keyboard.type("جا")
    stage.press("Enter")
    assert (stage.sent[0]["action"], stage.sent[0]["reason"]) == ("override", "۱۲ !بجا")


def test_a_read_only_case_sends_nothing(open_stage):
    stage = open_stage("lines")
    stage.update(two_lines() | {"readonly": True})
    stage.press("Enter", "F2", "F4", "ArrowUp", "Enter")
    assert stage.sent == []
    assert stage.page.locator(".btn").count() == 0


def test_nothing_happens_behind_a_dialog(open_stage):
    stage = open_stage("lines", extra='<div role="dialog">عودت</div>')
    stage.update(two_lines())
    stage.press("Enter", "F2", "F4")
    assert stage.sent == []
    assert stage.page.locator(".edit").count() == 0


def test_enter_in_a_text_field_of_the_page_is_not_a_decision(open_stage):
    stage = open_stage("lines", extra='<textarea id="note"></textarea>')
    stage.update(two_lines())
    stage.page.locator("#note").click()
    stage.press("Enter", "ArrowDown")
    assert stage.sent == []
    assert stage.active().startswith("textarea")


def test_the_mouse_does_the_same_and_hands_the_focus_back(open_stage):
    stage = open_stage("lines", extra="<button id='other'>x</button>")
    stage.update(two_lines())
    stage.page.get_by_role("button", name=stage.words["accept"]).first.click()
    assert stage.sent[0]["finding"] == "age@2"
    stage.page.locator("#other").click()
    stage.page.wait_for_timeout(50)
    assert stage.active() == "div.body"


def test_a_click_on_the_image_link_asks_the_viewer(open_stage):
    stage = open_stage("lines")
    stage.page.evaluate("addEventListener('arz:show', e => window.shown = e.detail)")
    cited = make_finding("canal@1", image=3, rect=[35.4, 39.5, 12.4, 46])
    stage.update(make_case(make_line(1, findings=[cited])))
    stage.page.locator(".link").click()
    assert stage.page.evaluate("window.shown") == {"image": 3, "rect": [35.4, 39.5, 12.4, 46]}


def test_typed_letters_do_not_reach_the_page(open_stage):
    """Streamlit reruns the page on a plain R."""
    stage = open_stage("lines")
    stage.page.evaluate(
        "window.heard = []; document.addEventListener('keydown', e => heard.push(e.key))"
    )
    stage.update(two_lines())
    stage.press("F4", "r", "c")
    assert stage.page.evaluate("window.heard") == []


def test_nothing_in_the_data_becomes_html(open_stage):
    stage = open_stage("lines")
    evil = "<img src=x onerror='window.hit = 1'><b>x</b>"
    finding = make_finding(evil, title=evil, code=evil, sentence=evil, expression=evil,
                           stateLabel=evil, proposalLabel=evil, image=1, source=evil)  # fmt: skip
    deduction = {
        "index": 0,
        "reason": evil,
        "title": evil,
        "amount": 1,
        "text": evil,
        "source": "typed",
    }
    line = make_line(1, code=evil, formerCode="9" + evil, title=evil, place=evil, surfaces=evil,
                     date=evil, assessedNote=evil, statusLabel=evil, findings=[finding],
                     deductions=[deduction], cost=10)  # fmt: skip
    codes = [{"code": evil, "title": evil, "price": None}]
    reasons = [{"code": evil, "title": evil, "needsText": False}]
    stage.update(make_case(line, codes=codes, reasons=reasons, caseFindings=[finding],
                           totalLabel=evil, changed={"title": evil, "text": evil}))  # fmt: skip
    stage.press("ArrowDown", "F2", "F2")
    stage.page.keyboard.type("img")
    stage.press("Escape", "F2")
    stage.page.wait_for_timeout(100)
    assert stage.page.locator("img").count() == 0
    assert stage.page.evaluate("window.hit") is None
    assert stage.page.get_by_text("onerror").count() > 5


def test_a_changed_total_is_read_out(open_stage):
    stage = open_stage("lines")
    stage.update(two_lines())
    stage.update(two_lines() | {"totalLabel": "۵٬۶۶۱٬۰۰۰"})
    assert "۵٬۶۶۱٬۰۰۰" in stage.page.locator("[aria-live=polite]").inner_text()


def test_the_server_can_move_the_focus(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1), make_line(2), make_line(3)))
    stage.update(
        make_case(make_line(1), make_line(2), make_line(3), focus={"line": 3, "nonce": "n1"})
    )
    assert current(stage) == "9007199254740993003"
    stage.press("ArrowUp")
    stage.update(
        make_case(make_line(1), make_line(2), make_line(3), focus={"line": 3, "nonce": "n1"})
    )
    assert current(stage) == "9007199254740993002", "an old wish is not repeated"


def test_another_case_starts_afresh(open_stage):
    stage = open_stage("lines")
    stage.update(two_lines())
    stage.press("Enter", "Enter", "F4")
    stage.update(make_case(make_line(31), make_line(32), case="18", version=1))
    assert stage.page.locator(".edit").count() == 0
    assert current(stage) == "9007199254740993031"
    stage.press("Enter")
    assert [(each["line"], each["version"]) for each in stage.sent[1:]] == [
        ("9007199254740993031", 1)
    ]


def test_unmounting_takes_the_keys_away(open_stage):
    stage = open_stage("lines")
    stage.update(two_lines())
    stage.page.evaluate("window.unmount()")
    stage.press("Enter")
    assert stage.sent == []


def test_f6_and_its_link_ask_the_viewer_for_both_images(open_stage):
    stage = open_stage("lines")
    pair = {"left": 1000, "right": 2}
    stage.update(make_case(make_line(1, findings=[make_finding("again@1", compare=pair)])))
    stage.page.evaluate(
        "window.asked = []; addEventListener('arz:compare', (e) => window.asked.push(e.detail))"
    )
    stage.press("F6")
    stage.page.locator("[data-do=compare]").click()
    assert stage.page.evaluate("window.asked") == [pair, pair]
    assert stage.sent == []
