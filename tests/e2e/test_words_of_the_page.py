"""No English word on a Persian page, neither to be read nor to be heard."""

import re

from playwright.sync_api import Page

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.rules.workflow import Role
from workbench.ui.pages import PAGES

OURS = {"English", "XLSX", "CSV", "PDF", "ZIP", "JSON", "Lines", "zip", "Ctrl", "Enter", "evidence"}
"""The switch to the other language, names of files and keys."""

WORDS = """() => {
  const said = [];
  const walk = (root) => {
    for (const node of root.querySelectorAll("*")) {
      if (node.closest("script, style, [data-testid=stIconMaterial]")) continue;
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
    return words - OURS


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
