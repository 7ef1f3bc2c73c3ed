"""Letters about to expire, as who calls the people uses the page."""

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select, update

from tests.e2e.conftest import Desk, settle
from tests.services import letter_rows
from workbench import clock
from workbench.db.models import Referral, ReferralContact
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role

NOTE = "[class*=st-key-rx_note_] textarea"
OUTCOME = "[class*=st-key-rx_outcome_] button"
TEXT = "گفت ساعت شانزده می‌آید"
OFTEN = """const every = window.setInterval.bind(window);
window.setInterval = (what, ms, ...given) => every(what, ms >= 20_000 ? 1_500 : ms, ...given);"""
"""What the page does every half minute it does every one and a half seconds."""


def fill(desk: Desk) -> None:
    """Three letters: of today, of three days, of twenty days."""
    now = clock.now()

    def work(session) -> None:
        drawer = letter_rows.open_drawer(session, now)
        for number, days in (("800001", 0), ("800002", 3), ("800003", 20)):
            letter_rows.letter(session, drawer, number, day_of(now) + timedelta(days))

    desk.database.in_tx(work)
    desk.add_user("caller", Role.ASSESSOR)


def open_page(desk: Desk, sign_in) -> Page:
    fill(desk)
    return sign_in("caller", at="referrals")


def contacts(desk: Desk) -> list[tuple[str, str]]:
    with desk.database.reading() as session:
        rows = session.execute(select(ReferralContact.outcome, ReferralContact.note)).all()
    return [(row[0], row[1]) for row in rows]


def test_a_contact_is_noted_and_what_is_typed_outlives_refresh_and_reload(
    desk: Desk, sign_in
) -> None:
    page = open_page(desk, sign_in)
    page.add_init_script(OFTEN)
    page.reload()
    settle(page)
    rows = page.locator(".st-key-rx_rows tbody tr")
    expect(rows).to_have_count(2)
    rows.nth(1).locator("td").nth(7).click()
    settle(page)
    page.locator(NOTE).press_sequentially(TEXT)
    soon = update(Referral).where(Referral.number == "800003")
    soon = soon.values(last_valid_on=day_of(desk.now()) + timedelta(5))
    desk.database.in_tx(lambda session: session.execute(soon).rowcount)
    expect(rows).to_have_count(3)  # the page has refreshed itself
    settle(page)
    assert page.locator(NOTE).input_value() == TEXT
    page.wait_for_timeout(1_000)
    page.reload()
    settle(page)
    rows.nth(1).locator("td").nth(7).click()
    settle(page)
    expect(page.locator(NOTE)).to_have_value(TEXT)
    page.locator(OUTCOME).filter(has_text="می‌آید").click()
    settle(page)
    page.get_by_role("button", name="ثبت تماس").click()
    settle(page)
    expect(rows.nth(1)).to_contain_text("می‌آید")
    expect(page.locator(NOTE)).to_have_value("")
    assert contacts(desk) == [("will_come", TEXT)]


def test_a_day_filters_the_table_and_marked_letters_are_noted_at_once(desk: Desk, sign_in) -> None:
    page = open_page(desk, sign_in)
    rows = page.locator(".st-key-rx_rows tbody tr")
    page.locator(".rx-day").nth(20).click()
    expect(rows).to_have_count(1)
    expect(rows.first).to_contain_text("۸۰۰۰۰۳")
    page.locator(".rx-back").click()
    expect(rows).to_have_count(2)
    rows.nth(0).locator("input").click()
    settle(page)
    rows.nth(1).locator("input").click()
    settle(page)
    page.locator(".st-key-rx_bulk button").click()
    settle(page)
    page.locator(OUTCOME).filter(has_text="بی‌پاسخ").click()
    settle(page)
    page.get_by_role("button", name="ثبت تماس").click()
    settle(page)
    expect(page.locator(".st-key-rx_rows .bdg.returned")).to_have_count(2)
    assert contacts(desk) == [("no_answer", ""), ("no_answer", "")]


def test_the_table_ends_with_its_sum_and_the_panel_says_that_there_is_no_number(
    desk: Desk, sign_in
) -> None:
    page = open_page(desk, sign_in)
    expect(page.locator(".st-key-rx_rows tfoot")).to_contain_text("۲٬۰۰۰٬۰۰۰")
    expect(page.locator(".st-key-rx_contact")).to_contain_text("شماره همراهی در فهرست")
    page.goto(f"{desk.address}/letter?insurer={'9' * 30}&letter=1")
    expect(page.locator("[role=alert]")).to_contain_text("معرفی‌نامه‌ای با شماره")
