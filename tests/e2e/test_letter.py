"""A letter by hand: issued at reception, refused where it must be, its ceiling seen by the lead."""

from playwright.sync_api import Page, expect
from sqlalchemy import update

from tests.e2e.conftest import Desk, settle
from tests.services import registered_world as world
from workbench import clock
from workbench.db.models import Contract
from workbench.persian.jalali import add_months, day_of
from workbench.rules.workflow import Role
from workbench.services.catalogue.catalogue import DEFAULT_TARIFF_SET
from workbench.services.ceiling import enrolment

CONTRACT = "1405/1/1/1/1"


def insured_today(desk: Desk) -> None:
    """The family under a contract that is valid now, with a ceiling of forty million."""
    now = clock.now()

    def work(session: object) -> None:
        world.build(session, now)
        enrolment.register_contract(
            session,
            None,
            insurer_code=world.INSURER,
            number=CONTRACT,
            policyholder_code="ph-1",
            plan="طرح دو",
            start_on=add_months(day_of(now), -1),
            end_on=add_months(day_of(now), 11),
            tariff_set_code=DEFAULT_TARIFF_SET,
            covers=[
                enrolment.CoverInput(
                    code="dental",
                    title="دندان‌پزشکی",
                    franchise_basis=1_000,
                    ceiling_rial=40_000_000,
                    ceiling_kind="family",
                    excluded_groups=("orthodontics", "implant"),
                )
            ],
            now=now,
        )
        enrolment.register_membership(
            session,
            None,
            insurer_code=world.INSURER,
            contract_number=CONTRACT,
            national_code=world.PRINCIPAL,
            now=now,
        )

    desk.database.in_tx(work)


def fill_form(page: Page) -> None:
    """Begin a letter for the insured person and the first centre."""
    page.locator(".st-key-issue_code input").fill(world.PRINCIPAL)
    page.keyboard.press("Enter")
    page.locator(".st-key-issue_centre input").click()
    page.locator("[role=option]").first.click()
    settle(page)


def ask_for(page: Page, amount: str) -> None:
    page.locator(".st-key-issue_amount input").fill(amount)
    page.keyboard.press("Tab")
    settle(page)
    page.locator(".st-key-b_issue button").click()
    settle(page)


def test_a_letter_is_issued_cancelled_and_seen_in_the_ledger_of_its_ceiling(
    desk: Desk, sign_in
) -> None:
    insured_today(desk)
    desk.add_user("lead1", Role.LEAD)
    page = sign_in("lead1", at="issue")
    fill_form(page)
    expect(page.locator("body")).to_contain_text("خدمات غیر قابل ارائه: ارتودنسی - ایمپلنت")
    ask_for(page, "۴۰٬۰۰۰٬۰۰۱")
    expect(page.locator("[role=alert]")).to_contain_text("۴۰٬۰۰۰٬۰۰۰")
    ask_for(page, "۱۵٬۰۰۰٬۰۰۰")
    page.wait_for_url("**/letter?**")
    settle(page)
    expect(page.locator("h1")).to_contain_text("۱۰۰۰۰۰")
    page.locator(".st-key-l_cancel button").click()
    page.locator(".st-key-dlg_ok button").click()
    expect(page.locator("[role=dialog] [role=alert]")).to_be_visible()
    page.locator("[role=dialog] textarea").fill("درخواست بیمه‌شده")
    page.keyboard.press("Tab")
    settle(page)
    page.locator(".st-key-dlg_ok button").click()
    expect(page.locator("[role=dialog]")).to_have_count(0)
    settle(page)
    page.locator(".st-key-l_ceiling button").click()
    page.wait_for_url("**/ceiling?**")
    settle(page)
    rows = page.locator(".st-key-ceiling_ledger tbody tr")
    expect(rows).to_have_count(3)
    expect(page.locator("body")).to_contain_text("جمع ۳ ثبت با مانده برابر است")
    rows.first.locator("[data-open]").click()
    page.wait_for_url("**/letter?**")


def test_a_letter_above_the_limit_is_requested_and_approved_by_another(desk: Desk, sign_in) -> None:
    insured_today(desk)
    limited = update(Contract).values(letter_limit_rial=15_000_000)
    desk.database.in_tx(lambda session: session.execute(limited).rowcount)
    desk.add_user("clerk1", Role.RECEPTION)
    desk.add_user("manager1", Role.MANAGER)
    page = sign_in("clerk1", at="issue")
    fill_form(page)
    expect(page.locator("body")).to_contain_text("بیش از ۱۵٬۰۰۰٬۰۰۰ ریال نیاز به تایید دارد")
    ask_for(page, "۲۰٬۰۰۰٬۰۰۰")
    page.wait_for_url("**/letter?**")
    settle(page)
    expect(page.locator(".lt-facts").first).to_contain_text("صفر")
    expect(page.locator(".st-key-l_approve")).to_have_count(0)
    expect(page.locator(".st-key-l_print")).to_have_count(0)

    manager = sign_in("manager1", at="letters")
    manager.locator(".st-key-letters_requested button").click()
    settle(manager)
    manager.locator(".st-key-letters_rows button.open").click()
    manager.wait_for_url("**/letter?**")
    settle(manager)
    manager.locator(".st-key-l_approve button").click()
    settle(manager)
    expect(manager.locator("h1 + *")).to_contain_text("صادرشده")
    expect(manager.locator(".st-key-l_print")).to_be_visible()
