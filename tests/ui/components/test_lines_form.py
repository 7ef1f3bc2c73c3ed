"""The forms of a line: what is typed is checked at once and never lost."""

import json

import pytest
from staging import make_case, make_finding, make_line

pytestmark = pytest.mark.browser


def field(stage, label: str):
    return stage.page.get_by_label(stage.words[label], exact=True)


def problem(stage) -> str:
    return stage.page.locator(".edit .err").inner_text()


def open_section(stage, tab: str) -> None:
    stage.press("F2")
    stage.page.get_by_role("tab", name=stage.words[tab]).click()


def test_amounts_are_grouped_in_persian_digits_while_typed(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2", "Tab")
    stage.page.keyboard.type("1234")
    stage.press("ArrowLeft", "ArrowLeft")
    stage.page.keyboard.type("9")
    price = field(stage, "unitPrice")
    assert price.input_value() == "۱۲٬۹۳۴"
    assert price.evaluate("node => node.selectionStart") == 4


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("-5", "negative"), ("12.5", "decimal"), ("۱۲٫۵", "decimal"), ("12/5", "decimal"),
        ("abc", "notNumber"), ("", "needAmount"), ("9999999999999", "tooLarge"),
    ],
)  # fmt: skip
def test_a_bad_amount_is_named_and_stays_as_typed(open_stage, typed, word):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2")
    field(stage, "unitPrice").fill(typed)
    stage.press("Enter")
    assert problem(stage) == stage.words[word]
    assert field(stage, "unitPrice").input_value() == typed
    assert field(stage, "unitPrice").get_attribute("aria-invalid") == "true"
    assert stage.sent == []


def test_a_price_above_the_requested_one_is_refused_and_an_equal_one_needs_no_reason(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2")
    field(stage, "unitPrice").fill("7722001")
    stage.press("Enter")
    assert "۷٬۷۲۲٬۰۰۰" in problem(stage)
    field(stage, "unitPrice").fill("٧٧٢٢٠٠٠")
    stage.press("Enter")
    assert stage.sent[0] | {"nonce": ""} == {
        "action": "edit", "line": "9007199254740993001", "version": 7, "nonce": "",
        "quantity": 1, "unitPrice": 7722000, "cutReason": None, "note": "",
    }  # fmt: skip


def test_a_cut_needs_a_reason(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2")
    field(stage, "unitPrice").fill("7000000")
    stage.press("Enter")
    assert problem(stage) == stage.words["needReason"]
    field(stage, "reason").select_option("D01")
    field(stage, "reason").press("Enter")
    assert (stage.sent[0]["unitPrice"], stage.sent[0]["cutReason"]) == (7000000, "D01")


def test_recode_by_words_with_arabic_letters_needs_a_note(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2", "F2")
    stage.page.keyboard.type("کانال دی")
    assert stage.page.locator(".codes li").count() == 1
    stage.press("Enter")
    assert field(stage, "newCode").input_value() == "۸۴۱ كانال ديگر"
    stage.press("Enter")
    assert problem(stage) == stage.words["needReason"]
    field(stage, "reason").select_option("D01")
    field(stage, "reason").press("Enter")
    assert problem(stage) == stage.words["needNote"]
    stage.page.keyboard.type("چرا")
    stage.press("Enter")
    assert stage.sent[0]["code"] == "841"
    assert stage.sent[0]["note"] == "چرا"


def test_a_code_without_a_tariff_says_so_in_the_list(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2", "F2")
    stage.page.keyboard.type("840")
    assert stage.words["noPrice"] in stage.page.locator(".codes li").inner_text()


def test_escape_closes_the_list_before_the_form(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2", "F2")
    stage.page.keyboard.type("840")
    stage.press("Escape")
    assert stage.page.locator(".codes").is_hidden()
    assert stage.page.locator(".edit").count() == 1
    stage.press("Escape")
    assert stage.page.locator(".edit").count() == 0
    assert stage.active() == "div.body"


def test_a_deduction_above_what_is_left_names_what_is_left(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1, tariffReject=22000, deduction=700000)))
    open_section(stage, "tabDeduct")
    field(stage, "reason").select_option("D01")
    field(stage, "amount").fill("۷۰۰۰۰۰۱")
    stage.press("Enter")
    assert "۷٬۰۰۰٬۰۰۰" in problem(stage)
    field(stage, "amount").fill("۷۰۰۰۰۰۰")
    stage.press("Enter")
    assert (stage.sent[0]["action"], stage.sent[0]["amount"]) == ("deduct", 7000000)


def test_after_one_deduction_the_fields_wait_empty_for_the_next(open_stage):
    stage = open_stage("lines")
    data = make_case(make_line(1))
    stage.update(data)
    open_section(stage, "tabDeduct")
    for amount, version in (("5", 8), ("6", 9)):
        field(stage, "reason").select_option("D01")
        field(stage, "amount").fill(amount)
        stage.press("Enter")
        reply = {"nonce": stage.sent[-1]["nonce"], "ok": True, "message": ""}
        stage.update(data | {"version": version, "reply": reply})
        assert field(stage, "amount").input_value() == ""
    assert [each["amount"] for each in stage.sent] == [5, 6]


def test_the_reason_other_needs_an_explanation(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    open_section(stage, "tabReject")
    field(stage, "reason").select_option("D99")
    field(stage, "reason").press("Enter")
    assert problem(stage) == stage.words["needText"]
    stage.page.keyboard.type("توضیح")
    stage.press("Enter")
    assert (stage.sent[0]["action"], stage.sent[0]["text"]) == ("reject", "توضیح")


def test_a_deduction_can_be_taken_away_and_a_line_restored(open_stage):
    stage = open_stage("lines")
    given = {
        "index": 2,
        "reason": "D01",
        "title": "اضافه قیمت",
        "amount": 9,
        "text": "",
        "source": "typed",
    }
    data = make_case(make_line(1, deductions=[given], deduction=9))
    stage.update(data)
    open_section(stage, "tabDeduct")
    stage.page.get_by_role("button", name=stage.words["remove"]).click()
    reply = {"nonce": stage.sent[0]["nonce"], "ok": True, "message": ""}
    stage.update(data | {"version": 8, "reply": reply})
    stage.page.get_by_role("button", name=stage.words["restore"]).click()
    assert [(each["action"], each.get("index")) for each in stage.sent] == [
        ("remove_deduction", 2), ("restore", None),
    ]  # fmt: skip


def test_a_deduction_that_follows_from_a_cut_has_no_button_of_its_own(open_stage):
    stage = open_stage("lines")
    cut = {"index": -1, "reason": "D01", "title": "x", "amount": 9, "text": "", "source": "cut"}
    stage.update(make_case(make_line(1, deductions=[cut], deduction=9)))
    open_section(stage, "tabDeduct")
    assert stage.page.locator(".given li").count() == 1
    assert stage.page.locator(".given button").count() == 0


def test_new_data_does_not_touch_what_is_being_typed(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1), make_line(2)))
    stage.press("F2")
    field(stage, "note").focus()
    stage.page.keyboard.type("نیمه‌")
    stage.update(make_case(make_line(1, approval=1, statusLabel="دیگر"), make_line(2), version=8))
    stage.page.keyboard.type("کاره")
    assert field(stage, "note").input_value() == "نیمه‌کاره"


def test_a_refused_form_keeps_every_word_and_says_why(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    open_section(stage, "tabReject")
    field(stage, "reason").select_option("D01")
    field(stage, "explanation").fill("توضیح بلند")
    stage.press("Enter")
    stage.page.evaluate(
        "window.drafts = []; addEventListener('arz:draft', e => drafts.push(e.detail))"
    )
    refused = {
        "nonce": stage.sent[0]["nonce"],
        "ok": False,
        "message": "همکار شما این خط را تغییر داد.",
    }
    stage.update(make_case(make_line(1), version=9, reply=refused))
    assert problem(stage) == "همکار شما این خط را تغییر داد."
    assert field(stage, "explanation").input_value() == "توضیح بلند"
    assert stage.page.locator(".msg").is_hidden(), "said once, beside the words"
    assert "توضیح بلند" in stage.page.evaluate("drafts[0].value"), "kept again: a tab may take it"


def test_a_saved_form_closes_and_forgets_its_draft(open_stage):
    stage = open_stage("lines")
    stage.page.evaluate(
        "window.drafts = []; addEventListener('arz:draft', e => drafts.push(e.detail))"
    )
    stage.update(make_case(make_line(1)))
    stage.press("F2")
    field(stage, "note").fill("یادداشت")
    kept = stage.page.evaluate("drafts.at(-1)")
    assert kept["key"] == "line:9007199254740993001"
    assert "یادداشت" in kept["value"]
    stage.press("Enter")
    reply = {"nonce": stage.sent[0]["nonce"], "ok": True, "message": ""}
    stage.update(make_case(make_line(1, assessedNote="یادداشت"), version=8, reply=reply))
    assert stage.page.locator(".edit").count() == 0
    assert stage.page.evaluate("drafts.at(-1).value") == ""


def test_a_draft_opens_again_with_its_words(open_stage):
    stage = open_stage("lines")
    draft = {"open": True, "section": "recode", "values": {"recode": {"note": "نیمه"}},
             "override": {"finding": "age@1", "values": {"reason": "چون"}}}  # fmt: skip
    drafts = {"line:9007199254740993001": json.dumps(draft), "line:9007199254740993002": "broken"}
    line = make_line(1, findings=[make_finding("age@1")])
    stage.update(make_case(line, make_line(2), drafts=drafts))
    assert field(stage, "noteNeeded").input_value() == "نیمه"
    assert stage.page.locator(".edit").nth(1).locator("input").input_value() == "چون"


def test_the_reason_for_a_finding_on_the_case_is_kept_too(open_stage):
    stage = open_stage("lines")
    stage.page.evaluate(
        "window.drafts = []; addEventListener('arz:draft', e => drafts.push(e.detail))"
    )
    stage.update(make_case(make_line(1), caseFindings=[make_finding("window@case")]))
    stage.press("F4")
    stage.page.keyboard.type("چون")
    kept = stage.page.evaluate("drafts.at(-1)")
    assert kept["key"] == "line:case:17"
    again = open_stage("lines")
    again.update(
        make_case(
            make_line(1),
            caseFindings=[make_finding("window@case")],
            drafts={kept["key"]: kept["value"]},
        )
    )
    assert again.page.locator(".edit input").input_value() == "چون"


def test_words_survive_escape(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2")
    field(stage, "note").fill("نیمه")
    stage.press("Escape", "F2")
    assert field(stage, "note").input_value() == "نیمه"


def test_an_unanswered_action_is_said_after_a_while(open_stage):
    stage = open_stage("lines")
    stage.page.clock.install()
    stage.update(make_case(make_line(1)))
    stage.press("F2")
    field(stage, "note").fill("نیمه")
    stage.press("Enter")
    stage.page.clock.run_for(41_000)
    assert problem(stage) == stage.words["noAnswer"]
    assert field(stage, "note").input_value() == "نیمه"
    stage.press("Enter")
    assert len(stage.sent) == 2


CONFIRM = """() => window.dispatchEvent(new CustomEvent("arz:confirm", {cancelable: true}))"""


def test_deciding_saves_the_form_that_holds_words_first(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2")
    assert stage.page.evaluate(CONFIRM) is True, "an open form without words holds nothing up"
    field(stage, "unitPrice").fill("abc")
    assert stage.page.evaluate(CONFIRM) is False
    assert problem(stage) == stage.words["notNumber"]
    assert stage.sent == []


def test_deciding_shows_words_that_wait_in_another_section(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    open_section(stage, "tabDeduct")
    field(stage, "amount").fill("5")
    stage.page.get_by_role("tab", name=stage.words["tabReject"]).click()
    assert stage.page.evaluate(CONFIRM) is False
    assert field(stage, "amount").input_value() == "۵"
    assert stage.sent == []


def test_words_put_away_by_escape_hold_no_decision_up(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2")
    field(stage, "unitPrice").fill("12")
    stage.press("Escape")
    assert stage.page.evaluate(CONFIRM) is True


def test_two_quick_presses_deduct_once(open_stage):
    stage = open_stage("lines")
    data = make_case(make_line(1))
    stage.update(data)
    open_section(stage, "tabDeduct")
    field(stage, "reason").select_option("D01")
    field(stage, "amount").fill("5")
    stage.press("Enter", "Enter")
    assert stage.page.evaluate(CONFIRM) is False, "a form on its way still holds the decision up"
    reply = {"nonce": stage.sent[0]["nonce"], "ok": True, "message": ""}
    stage.update(data | {"version": 8, "reply": reply})
    assert [each["amount"] for each in stage.sent] == [5]


def test_a_second_removal_waits_for_the_list_that_the_first_shortens(open_stage):
    stage = open_stage("lines")
    given = [
        {"index": at, "reason": "D01", "title": "اضافه قیمت", "amount": 9, "text": ""}
        for at in range(3)
    ]
    data = make_case(make_line(1, deductions=given, deduction=27))
    stage.update(data)
    open_section(stage, "tabDeduct")
    buttons = stage.page.get_by_role("button", name=stage.words["remove"])
    buttons.first.dblclick()
    buttons.last.click()
    reply = {"nonce": stage.sent[0]["nonce"], "ok": True, "message": ""}
    stage.update(data | {"version": 8, "reply": reply})
    assert [each["index"] for each in stage.sent] == [0]
    buttons.first.click()
    assert [each["index"] for each in stage.sent] == [0, 0]


def test_words_of_a_case_that_is_not_mine_any_more_can_be_read_but_not_saved(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1)))
    stage.press("F2")
    field(stage, "note").fill("نوشته من")
    assert stage.page.locator(".edit .btn.acc").is_visible()
    stage.update(make_case(make_line(1), version=8, readonly=True))
    assert field(stage, "note").input_value() == "نوشته من"
    assert not stage.page.locator(".edit .btn.acc").is_visible()


def test_a_frame_drawn_in_the_viewer_goes_along_with_the_deduction(open_stage):
    frame = {"image": 3, "left": 4000, "top": 2000, "width": 1000, "height": 3000}
    stage = open_stage("lines")
    case = make_case(make_line(1)) | {"pending": [frame]}
    stage.update(case)
    stage.press("F2", "F2", "F2")
    chip = stage.page.locator(".chip")
    assert "۳" in chip.inner_text()
    field(stage, "reason").select_option(index=1)
    field(stage, "amount").fill("1000")
    stage.press("Enter")
    assert stage.sent[-1]["cites"] == [frame]
    stage.page.evaluate("addEventListener('arz:drop-frame', e => { window.gone = e.detail })")
    chip.locator("button").last.click()
    assert stage.page.evaluate("window.gone") == {"index": 0}


FRAMES = [
    {"image": 3, "left": 4000, "top": 2000, "width": 1000, "height": 3000},
    {"image": 3, "left": 100, "top": 200, "width": 300, "height": 400},
]


def test_enter_takes_the_drawn_frames_along_with_the_finding_and_says_so_before(open_stage):
    stage = open_stage("lines")
    line = make_line(1, findings=[make_finding("f", takesFrames=True, held=None)])
    stage.update(make_case(line) | {"pending": FRAMES})
    picks = stage.page.locator(".with .pick")
    assert [each.strip() for each in picks.all_inner_texts()] == [
        "تصویر ۳، کادر ۱", "تصویر ۳، کادر ۲",
    ]  # fmt: skip
    picks.first.click()
    assert picks.first.get_attribute("aria-pressed") == "false"
    stage.press("Enter")
    assert (stage.sent[-1]["action"], stage.sent[-1]["cites"]) == ("accept", FRAMES[1:])
    assert picks.count() == 0


def test_a_frame_that_was_left_out_is_taken_along_again(open_stage):
    stage = open_stage("lines")
    line = make_line(1, findings=[make_finding("f", takesFrames=True, held=None)])
    stage.update(make_case(line) | {"pending": FRAMES[:1]})
    for _time in range(2):
        stage.page.locator(".with .pick").click()
    stage.press("Enter")
    assert stage.sent[-1]["cites"] == FRAMES[:1]


def test_frames_on_their_way_with_one_finding_do_not_go_with_the_next(open_stage):
    stage = open_stage("lines")
    findings = [make_finding(key, takesFrames=True, held=None) for key in "fg"]
    case = make_case(make_line(1, findings=findings)) | {"pending": FRAMES}
    stage.update(case)
    stage.press("Enter", "Enter")
    reply = {"nonce": stage.sent[0]["nonce"], "ok": True, "message": ""}
    stage.update(case | {"version": 8, "reply": reply, "pending": []})
    assert [each.get("cites") for each in stage.sent] == [FRAMES, None]


def test_a_finding_that_takes_nothing_off_a_line_takes_no_frame(open_stage):
    stage = open_stage("lines")
    stage.update(make_case(make_line(1, findings=[make_finding("f")])) | {"pending": FRAMES})
    assert stage.page.locator(".with").count() == 0
    stage.press("Enter")
    assert "cites" not in stage.sent[-1]


def test_new_frames_are_attached_to_a_deduction_and_to_an_accepted_finding(open_stage):
    stage = open_stage("lines")
    given = [
        {"index": 0, "reason": "D01", "title": "یک", "amount": 5, "text": "", "cites": []},
        {"index": -1, "reason": "D02", "title": "دو", "amount": 6, "text": "", "cites": []},
    ]
    accepted = make_finding("f", state="accepted", takesFrames=True, held={"index": 0})
    line = make_line(1, deductions=given, findings=[accepted])
    case = make_case(line) | {"pending": FRAMES}
    stage.update(case)
    stage.page.locator(".fd .attach").click()
    stage.press("F2", "F2", "F2")
    assert stage.page.locator(".given .attach").count() == 0  # they are on their way
    reply = {"nonce": stage.sent[0]["nonce"], "ok": True, "message": ""}
    stage.update(case | {"version": 8, "reply": reply, "pending": FRAMES[:1]})
    stage.page.locator(".given .attach").last.click()
    told = [(each["action"], each["index"], each["cites"]) for each in stage.sent]
    assert told == [("cite", 0, FRAMES), ("cite", None, FRAMES[:1])]
    stage.update(case | {"version": 9, "pending": [], "reply": None})
    assert stage.page.locator(".attach").count() == 0
