"""No English word on a Persian page, neither to be read nor to be heard."""

import re
from datetime import datetime

from playwright.sync_api import Page, expect

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.rules.workflow import Role
from workbench.ui.pages import PAGES

OURS = {
    *("English", "XLSX", "CSV", "PDF", "PNG", "ZIP", "JSON", "Lines", "zip", "evidence"),
    *("Ctrl", "Enter", "Shift", "Esc"),
}
"""The switch to the other language, names of files and keys."""
SCAN = {"CBCT"}
"""What a dentist calls it in either language."""

WORDS = """() => {
  const said = [];
  const ICONS = "script, style, [data-testid=stIconMaterial], [data-testid=stToastDynamicIcon]";
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.closest(ICONS)) continue;
      for (const name of ["aria-label", "title", "placeholder", "alt"])
        said.push(node.getAttribute(name) ?? "");
      for (const part of node.childNodes) if (part.nodeType === 3) said.push(part.data);
      if (node.shadowRoot) walk(node.shadowRoot);
    }
  };
  walk(document.body);
  return said.filter((text) => /[A-Za-z]{3}/.test(text));
}"""


def english_on(page: Page) -> set[str]:
    texts = page.evaluate(WORDS)
    words = {word for text in texts for word in re.findall(r"[A-Za-z]{3,}", text)}
    return words - OURS - SCAN


def test_every_page_is_persian_throughout(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("u12", *(role for role in Role if role is not Role.AUDITOR))
    page = sign_in("u12")
    found = {}
    for entry in PAGES:
        page.goto(f"{desk.address}/{entry.path}")
        settle(page)
        found[entry.path] = english_on(page)
    assert {path: words for path, words in found.items() if words} == {}


def test_the_commission_is_persian_throughout(desk: Desk, now: datetime, sign_in) -> None:
    desk.set_clock(now)
    opened, returned, decided = world.commission(desk, (36,), (37, 38), (46,))
    world.take_far(desk, returned, decided)
    desk.add_user("u12", *(role for role in Role if role is not Role.AUDITOR))
    page = sign_in("u12")
    pages = ["commission", "board", "notices", "calendar", "panels"]
    pages += [f"plan?n={number}" for number in (opened, returned, decided)]
    found = {}
    for address in pages:
        page.goto(f"{desk.address}/{address}")
        settle(page)
        found[address] = english_on(page)
        if address == f"plan?n={opened}":
            page.keyboard.press("Control+Enter")  # takes a seat: the form of a vote is drawn
            settle(page)
            page.wait_for_selector("[class*=st-key-vote_]")
            page.locator("[class*=_choice] button").nth(1).click()
            settle(page)
            found["the vote"] = english_on(page)
            page.keyboard.press("F8")
            page.get_by_role("dialog").wait_for()
            settle(page)
            found["the return"] = english_on(page)
    assert {path: words for path, words in found.items() if words} == {}


def test_a_chosen_file_is_named_in_persian_digits(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("u12", Role.MANAGER)
    page = sign_in("u12", at="catalogues?s=prices")
    page.locator("[data-testid=stExpander] summary").click()
    chosen = {"name": "نرخ.xlsx", "mimeType": "application/zip", "buffer": b"x" * 22}
    page.locator("input[type=file]").set_input_files(chosen)
    settle(page)
    expect(
        page.locator("[data-testid=stFileUploader]").get_by_label("نرخ.xlsx، ۲۲ بایت")
    ).to_have_count(1)
    assert english_on(page) - {"xlsx"} == set()
