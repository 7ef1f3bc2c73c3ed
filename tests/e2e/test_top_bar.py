"""The top bar: links, search and the user's name never stand over each other."""

import pytest

from tests.e2e.conftest import Desk, settle
from tests.e2e.test_broken_upload import TO_ENGLISH
from workbench.rules.workflow import Role

NAME = "سیدمحمدحسین طباطبایی‌نژاد اصفهانی فر"
SHAPES = """() => {
  const shown = (all) => [...document.querySelectorAll(all)]
    .filter((each) => each.offsetWidth && !each.closest("[inert]"))
    .map((each) => each.getBoundingClientRect())
    .map(({ left, right }) => [left, right]);
  return {
    links: shown("[data-testid=stTopNavLink], [data-testid=stTopNavSection]"),
    others: shown(".brand, .st-key-topbar [data-testid=stTextInputRootElement], .who summary > *"),
  };
}"""


@pytest.mark.parametrize("role", [Role.LEAD, Role.MANAGER, Role.ADMIN])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_nothing_of_the_bar_overlaps(desk: Desk, sign_in, role: Role, language: str) -> None:
    desk.add_user("somebody", role, name=NAME)
    page = sign_in("somebody")
    if language == "en":
        page.evaluate(TO_ENGLISH)
        page.reload()
        settle(page)
    for width in (1280, 1366, 1600, 1920):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_timeout(300)
        shapes = page.evaluate(SHAPES)
        over = [
            (link, other)
            for link in shapes["links"]
            for other in shapes["others"]
            if link[0] < other[1] - 1 and other[0] < link[1] - 1
        ]
        assert not over, width
        assert all(a >= 0 and b <= width for a, b in shapes["links"] + shapes["others"]), width
        assert page.locator("[data-testid=stTopNavSection]").count() == 0, "a link was put away"
