"""The case page under rough treatment: nothing typed is lost, nothing is done twice."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.db.models import Claim, ClaimLine, Draft
from workbench.rules.workflow import Role


def open_case(desk: Desk, sign_in, number: str, username: str = "assessor1") -> Page:
    """Sign in, open a case by its address and take it."""
    desk.add_user(username, Role.ASSESSOR)
    page = sign_in(username, at=f"case?n={number}")
    page.get_by_role("button", name="گرفتن پرونده").click()
    settle(page)
    page.get_by_role("button", name=re.compile("پایان رسیدگی")).wait_for()
    page.wait_for_timeout(600)  # a second click within half a second is taken for a double click
    return page


def test_half_typed_words_survive_a_reload(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    page = open_case(desk, sign_in, world.CLEAN)
    note = page.locator(".st-key-case_note textarea")
    note.click()
    page.keyboard.type("یادداشت نیمه‌کاره")
    expect_draft(desk, "یادداشت نیمه‌کاره")
    page.reload()
    settle(page)
    expect(page.locator(".st-key-case_note textarea")).to_have_value("یادداشت نیمه‌کاره")


def expect_draft(desk: Desk, value: str) -> None:
    """The words reach the database while they are typed."""
    for _attempt in range(50):
        with desk.database.reading() as session:
            if any(value in text for text in session.scalars(select(Draft.value))):
                return
        import time

        time.sleep(0.1)
    raise AssertionError("the draft did not reach the database")


def test_a_double_click_on_finish_finishes_one_case(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    page = open_case(desk, sign_in, world.CLEAN)
    page.wait_for_timeout(1200)
    page.locator(".st-key-b_finish button").dblclick()
    settle(page)
    page.wait_for_timeout(1500)
    with desk.database.reading() as session:
        finished = select(func.count()).where(Claim.state == "finished")
        assert session.scalar(finished) == 1


def test_finish_with_an_open_finding_names_the_line(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    page = open_case(desk, sign_in, world.ONE_FINDING)
    page.wait_for_timeout(1200)
    page.locator(".st-key-b_finish button").click()
    expect(page.get_by_test_id("stToast")).to_contain_text("نخست درباره یافته‌های باز")
    with desk.database.reading() as session:
        assert session.scalar(select(Claim.state).where(Claim.number == world.ONE_FINDING)) == (
            "under_review"
        )


def test_a_return_names_its_defects(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    page = open_case(desk, sign_in, world.CLEAN)
    page.locator(".st-key-b_return button").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("تصویر ناخوانا").click()
    settle(page)
    expect(dialog).to_contain_text("آنچه مرکز می‌بیند")
    page.wait_for_timeout(600)
    page.locator(".st-key-dlg_ok button").click()
    settle(page)
    page.wait_for_timeout(500)
    with desk.database.reading() as session:
        claim = session.scalars(select(Claim).where(Claim.number == world.CLEAN)).one()
        assert claim.state == "returned"
        outcomes = select(ClaimLine.outcome).where(ClaimLine.claim_id == claim.id)
        assert set(session.scalars(outcomes)) == {5}


def test_two_assessors_meet_on_one_case(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    open_case(desk, sign_in, world.CLEAN)
    desk.add_user("assessor2", Role.ASSESSOR)
    other = sign_in("assessor2", at=f"case?n={world.CLEAN}")
    expect(other.locator(".st-key-chead")).to_contain_text("در حال رسیدگی")
    assert other.get_by_role("button", name="گرفتن پرونده").count() == 0


def test_a_bad_reminder_day_is_refused_in_the_dialog(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    page = open_case(desk, sign_in, world.CLEAN)
    page.locator(".st-key-b_park button").click()
    settle(page)
    dialog = page.get_by_role("dialog")
    dialog.locator(".st-key-case_park textarea").fill("در انتظار پاسخ پزشک")
    dialog.locator(".st-key-case_park_until input").fill("1405/13/01")
    page.keyboard.press("Tab")
    settle(page)
    page.wait_for_timeout(600)
    page.locator(".st-key-dlg_ok button").click()
    settle(page)
    expect(dialog.get_by_role("alert")).to_contain_text("روز")
    with desk.database.reading() as session:
        state = select(Claim.state).where(Claim.number == world.CLEAN)
        assert session.scalar(state) == "under_review"


def test_an_added_note_does_not_come_back_as_a_draft(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    page = open_case(desk, sign_in, world.CLEAN)
    page.locator(".st-key-case_note textarea").fill("با مرکز تماس گرفته شد")
    page.locator(".st-key-add_note button").click()
    settle(page)
    page.wait_for_timeout(700)
    page.reload()
    settle(page)
    expect(page.locator(".st-key-case_note textarea")).to_have_value("")
    expect(page.locator(".st-key-pPat .internal")).to_contain_text("با مرکز تماس گرفته شد")


def test_the_lead_takes_a_case_over(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    open_case(desk, sign_in, world.CLEAN)
    desk.add_user("lead1", Role.LEAD)
    other = sign_in("lead1", at=f"case?n={world.CLEAN}")
    other.get_by_role("button", name="گرفتن از دست همکار").click()
    settle(other)
    expect(other.locator(".st-key-b_finish")).to_be_visible()


def test_words_typed_for_one_case_never_appear_on_the_next(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    page = open_case(desk, sign_in, world.CLEAN)
    page.wait_for_timeout(1200)
    page.locator(".st-key-case_note textarea").fill("تنها برای این بیمار")
    expect_draft(desk, "تنها برای این بیمار")
    page.locator(".st-key-b_finish button").click()
    page.wait_for_url(f"**/case?n={world.ONE_FINDING}")
    settle(page)
    page.wait_for_timeout(1000)
    expect(page.locator(".st-key-case_note textarea")).to_have_value("")


def test_a_drawn_frame_survives_a_reload_and_goes_with_enter(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    page = open_case(desk, sign_in, world.ONE_FINDING)
    for key in ("v", "c", "ArrowUp", "Enter"):
        page.keyboard.press(key)
        page.wait_for_timeout(200)
    expect_draft(desk, '[{"image": 1, ')
    page.reload()
    settle(page)
    expect(page.locator(".cite.pending")).to_have_count(1)
    expect(page.locator(".with .pick")).to_have_count(1)
    page.keyboard.press("Enter")
    expect(page.locator(".note.cites")).to_be_visible()
    expect(page.locator(".cite.pending")).to_have_count(0)
    with desk.database.reading() as session:
        cited = [cites for cites in session.scalars(select(ClaimLine.cites)) if cites]
        left = session.scalars(select(Draft.key).where(Draft.key.endswith(":frames"))).all()
    assert [each["image"] for (each,) in cited] == [1]
    assert left == []
