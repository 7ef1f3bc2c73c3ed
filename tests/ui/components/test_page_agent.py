"""Keys, click guard, drafts, connection and theme of the page."""

import pytest

pytestmark = pytest.mark.browser

BUTTONS = "".join(
    f'<div class="st-key-{key}">'
    f"<button onclick=\"(window.clicked ||= []).push('{key}')\">{key}</button></div>"
    for key in ("b_return", "b_park", "b_pass", "b_finish", "other")
)
NOTE = '<div class="st-key-case-note"><textarea></textarea></div>'
SCRIPT_STATE = "s => document.querySelector('[data-testid=stApp]').dataset.testScriptState = s"
HOLD_POSTS = """() => {
    const send = window.fetch; window.held = [];
    window.fetch = (...all) => new Promise(
        (land) => window.held.push(() => send(...all).then(land)));
}"""
KEYS = {"F8": "b_return", "F9": "b_park", "Shift+F9": "b_pass", "Ctrl+Enter": "b_finish"}


@pytest.fixture
def agent(open_stage):
    def mount(extra=BUTTONS + NOTE, **data):
        stage = open_stage("agent", extra=extra)
        stage.update({"keys": KEYS, "drafts": {"case.note": "note:17"}, **data})
        return stage

    return mount


def clicked(stage):
    stage.page.wait_for_timeout(30)
    return stage.page.evaluate("window.clicked ?? []")


@pytest.mark.parametrize(
    ("key", "button"),
    [("F8", "b_return"), ("F9", "b_park"), ("Shift+F9", "b_pass"), ("Control+Enter", "b_finish")],
)
def test_a_key_presses_its_button_and_leaves_the_field_first(agent, key, button):
    stage = agent()
    stage.page.locator("textarea").click()
    stage.page.evaluate(
        "document.querySelector('textarea')"
        ".addEventListener('blur', () => (window.clicked ||= []).push('left'))"
    )
    stage.press(key)
    assert clicked(stage) == ["left", button]


def test_a_second_decision_within_half_a_second_is_swallowed(agent):
    stage = agent()
    stage.press("Control+Enter", "Control+Enter")
    stage.page.locator(".st-key-b_park button").click()
    assert clicked(stage) == ["b_finish"]
    stage.page.wait_for_timeout(550)
    stage.press("F9")
    assert clicked(stage) == ["b_finish", "b_park"]


@pytest.mark.parametrize("way", ["key", "mouse"])
def test_a_form_that_holds_words_holds_the_decision_up(agent, way):
    stage = agent()
    stage.page.evaluate(
        "window.addEventListener('arz:confirm', (e) => e.preventDefault(), {once: true})"
    )
    for wait_ms, expected in ((0, []), (0, []), (600, ["b_finish"])):
        stage.page.wait_for_timeout(wait_ms)
        if way == "key":
            stage.press("Control+Enter")
        else:
            stage.page.locator(".st-key-b_finish button").click()
        assert clicked(stage) == expected


def test_buttons_that_decide_nothing_are_not_guarded(agent):
    stage = agent()
    for _ in range(2):
        stage.page.locator(".st-key-other button").click()
    assert clicked(stage) == ["other", "other"]


def test_in_a_dialog_only_its_own_confirmation_answers(agent):
    dialog = (
        '<div role="dialog"><div class="st-key-dlg_ok">'
        "<button onclick=\"(window.clicked ||= []).push('dlg_ok')\">ok</button></div></div>"
    )
    stage = agent(extra=BUTTONS + dialog)
    stage.press("F8", "F9", "Shift+F9")
    assert clicked(stage) == []
    stage.press("Control+Enter")
    assert clicked(stage) == ["dlg_ok"]


def test_a_disabled_button_stays_unpressed(agent):
    stage = agent()
    stage.page.evaluate("document.querySelector('.st-key-b_finish button').disabled = true")
    stage.press("Control+Enter")
    assert clicked(stage) == []


def test_half_typed_words_are_sent_once_after_a_pause(agent):
    stage = agent()
    stage.page.locator("textarea").click()
    stage.page.keyboard.type("سلام دنیا")
    stage.page.wait_for_timeout(700)
    assert stage.posted == [{"key": "note:17", "value": "سلام دنیا"}]


def test_drafts_of_the_lines_are_sent_and_other_fields_are_not(agent):
    stage = agent(extra='<input id="search">')
    stage.page.locator("#search").fill("x")
    stage.page.evaluate(
        "dispatchEvent(new CustomEvent('arz:draft', {detail: {key: 'line:5', value: '{}'}}))"
    )
    stage.page.wait_for_timeout(700)
    assert stage.posted == [{"key": "line:5", "value": "{}"}]


def test_leaving_the_page_sends_at_once(agent):
    stage = agent()
    stage.page.locator("textarea").fill("نیمه")
    stage.page.evaluate("dispatchEvent(new Event('pagehide'))")
    stage.page.wait_for_timeout(80)
    assert stage.posted == [{"key": "note:17", "value": "نیمه"}]


@pytest.mark.parametrize("way", ["mouse", "keyboard"])
def test_words_are_on_their_way_before_a_decision(agent, way):
    stage = agent()
    stage.page.locator("textarea").fill("نیمه")
    if way == "mouse":
        stage.page.locator(".st-key-b_finish button").click()
    else:
        stage.press("Control+Enter")
    stage.page.wait_for_timeout(80)
    assert stage.posted == [{"key": "note:17", "value": "نیمه"}]
    stage.page.wait_for_timeout(600)
    assert len(stage.posted) == 1


def test_words_that_could_not_be_sent_are_sent_again(agent):
    stage = agent()
    stage.draft_status = 503
    stage.page.locator("textarea").fill("نیمه")
    stage.page.wait_for_timeout(600)
    stage.draft_status = 204
    stage.page.wait_for_timeout(3300)
    assert stage.posted == [{"key": "note:17", "value": "نیمه"}] * 2


def test_an_ended_session_is_said_with_the_way_back(agent):
    stage = agent()
    stage.draft_status = 401
    stage.page.locator("textarea").fill("نیمه")
    ribbon = stage.page.locator(".az-ribbon")
    ribbon.wait_for()
    assert stage.words["signedOut"] in ribbon.inner_text()
    assert ribbon.locator("a").get_attribute("href") == "/login?next=%2F"


def test_of_one_field_one_text_is_on_its_way_and_the_newest_lands_last(agent):
    stage = agent()
    stage.page.evaluate(HOLD_POSTS)
    field = stage.page.locator("textarea")
    field.fill("یک")
    stage.page.wait_for_timeout(600)
    field.fill("یک دو")
    stage.page.wait_for_timeout(600)
    assert stage.page.evaluate("held.length") == 1
    stage.page.evaluate("held.shift()()")
    stage.page.wait_for_timeout(300)
    assert [each["value"] for each in stage.posted] == ["یک"]
    stage.page.evaluate("held.shift()()")
    stage.page.wait_for_timeout(300)
    assert [each["value"] for each in stage.posted] == ["یک", "یک دو"]


def test_the_draft_of_words_that_were_taken_goes_with_them(agent):
    stage = agent()
    stage.page.locator("textarea").fill("یادداشت")
    stage.page.wait_for_timeout(600)
    stage.page.evaluate(SCRIPT_STATE, "running")
    stage.page.evaluate("document.querySelector('textarea').value = ''")
    stage.page.evaluate(SCRIPT_STATE, "notRunning")
    stage.page.wait_for_timeout(1200)
    assert [each["value"] for each in stage.posted] == ["یادداشت", ""]


def test_words_left_over_are_sent_by_the_next_page_of_the_same_user(agent):
    stage = agent(owner="7")
    stage.draft_status = 401
    stage.page.locator("textarea").fill("مانده")
    stage.page.locator(".az-ribbon").wait_for()
    stage.page.locator("textarea").fill("مانده و بیشتر")
    stage.page.reload()
    stage.page.wait_for_function("window.ready")
    stage.posted.clear()
    stage.draft_status = 204
    stage.page.evaluate("window.isFormerPage = true")
    stage.update({"keys": KEYS, "drafts": {}, "owner": "7"})
    stage.page.wait_for_function("!window.isFormerPage && window.ready")
    assert stage.posted == [{"key": "note:17", "value": "مانده و بیشتر"}]
    assert stage.page.evaluate("sessionStorage.length") == 0


def test_words_left_over_never_reach_another_user(agent):
    stage = agent(owner="7")
    stage.draft_status = 401
    stage.page.locator("textarea").fill("مانده")
    stage.page.locator(".az-ribbon").wait_for()
    stage.page.reload()
    stage.page.wait_for_function("window.ready")
    stage.posted.clear()
    stage.update({"keys": KEYS, "drafts": {}, "owner": "8"})
    stage.page.wait_for_timeout(300)
    assert stage.posted == []
    assert stage.page.evaluate("sessionStorage.length") == 0


def test_a_run_that_takes_long_is_said_until_it_ends(agent):
    stage = agent()
    stage.page.clock.install()
    stage.page.evaluate(SCRIPT_STATE, "running")
    stage.page.clock.run_for(4500)
    assert stage.page.locator(".az-ribbon").inner_text() == stage.words["busy"]
    stage.page.evaluate(SCRIPT_STATE, "notRunning")
    stage.page.locator(".az-ribbon").wait_for(state="detached")


def test_a_lost_connection_is_shown_and_its_return_told(agent):
    stage = agent()
    state = "s => document.querySelector('[data-testid=stApp]').dataset.testConnectionState = s"
    stage.page.evaluate(state, "DISCONNECTED_FOREVER")
    stage.page.locator(".az-ribbon").wait_for()
    assert stage.sent == []
    stage.page.evaluate(state, "CONNECTED")
    stage.page.locator(".az-ribbon").wait_for(state="detached")
    assert len(stage.sent) == 1


def test_the_theme_of_the_framework_is_told_to_the_document(agent):
    stage = agent()
    assert stage.page.evaluate("document.documentElement.dataset.theme") == "light"
    stage.page.evaluate("document.querySelector('[data-testid=stApp]').style.colorScheme = 'dark'")
    stage.page.wait_for_timeout(50)
    assert stage.page.evaluate("document.documentElement.dataset.theme") == "dark"
    canvas = "getComputedStyle(document.documentElement).getPropertyValue('--canvas')"
    assert stage.page.evaluate(canvas) == "#121418"


def test_the_language_turns_the_page(agent):
    stage = agent(lang="en")
    root = "[document.documentElement.lang, document.documentElement.dir]"
    assert stage.page.evaluate(root) == ["en", "ltr"]
