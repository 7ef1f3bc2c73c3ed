"""The doors: sign-out ends a copied cookie too, a page of another role is refused in words."""

import httpx
from playwright.sync_api import expect

from tests.e2e.conftest import Desk, settle
from workbench.rules.workflow import Role
from workbench.ui.pages import PAGES


def test_after_sign_out_a_copied_cookie_opens_nothing(desk: Desk, sign_in) -> None:
    desk.add_user("assessor1", Role.ASSESSOR)
    page = sign_in("assessor1")
    page.wait_for_selector(".st-key-topbar summary")
    copied = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    inside = httpx.get(f"{desk.address}/_stcore/host-config", cookies=copied)
    assert inside.status_code == 200
    page.locator(".st-key-topbar summary").click()
    page.get_by_role("button", name="خروج").click()
    page.wait_for_url("**/login**")
    outside = httpx.get(f"{desk.address}/_stcore/host-config", cookies=copied)
    assert outside.status_code == 401


def test_a_page_of_another_role_is_refused_in_words(desk: Desk, sign_in) -> None:
    desk.add_user("finance1", Role.FINANCE)
    page = sign_in("finance1")
    for entry in PAGES:
        page.goto(f"{desk.address}/{entry.path}")
        settle(page)
        if entry.path in ("batches", "batch", "direct"):
            expect(page.get_by_text("نقش شما اجازه این کار را ندارد")).to_have_count(0)
        else:
            expect(page.get_by_text("نقش شما اجازه این کار را ندارد")).to_be_visible()


def test_an_unknown_address_leads_to_the_first_page(desk: Desk, sign_in) -> None:
    desk.add_user("finance1", Role.FINANCE)
    page = sign_in("finance1")
    page.goto(f"{desk.address}/no-such-page")
    page.wait_for_url("**/batches")
    settle(page)
    assert page.get_by_role("dialog").count() == 0


def test_the_language_can_be_switched(desk: Desk, sign_in) -> None:
    desk.add_user("assessor1", Role.ASSESSOR)
    page = sign_in("assessor1")
    page.locator(".st-key-topbar summary").click()
    page.get_by_role("button", name="English").click()
    settle(page)
    expect(page.get_by_text("Work queue").first).to_be_visible()
    assert page.evaluate("document.documentElement.dir") == "ltr"
