"""The queue's filters, as a hand uses them."""

from playwright.sync_api import expect

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.rules.workflow import Role

AMOUNT = "[class*=st-key-queue_form_amount_from_rial] input"


def test_a_cleared_amount_does_not_come_back_with_the_next_filter(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("assessor1", Role.ASSESSOR)
    page = sign_in("assessor1", at="queue")
    states = page.locator(".st-key-queue_states button")
    expect(states.nth(1)).to_have_attribute("aria-checked", "true")  # what waits to be taken
    page.get_by_role("button", name="پالایه").click()
    page.locator(AMOUNT).fill("900000000000")
    page.keyboard.press("Enter")
    settle(page)
    page.keyboard.press("Escape")
    chips = page.locator("[class*=st-key-queue_chip_] button")
    expect(chips).to_have_count(1)
    page.locator(".st-key-queue_clear button").click()
    settle(page)
    page.locator(".st-key-queue_states button").nth(1).click()
    settle(page)
    expect(chips).to_have_count(0)
    expect(page.locator(".st-key-queue_rows tbody tr")).to_have_count(2)
