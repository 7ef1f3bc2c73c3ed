"""The administrator proposes an interval, the manager publishes it, the table shows it."""

from playwright.sync_api import expect

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.rules.workflow import Role

WHY = "بخشنامه فاصله ترمیم"


def test_an_interval_takes_two(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("admin1", Role.ADMIN)
    desk.add_user("manager1", Role.MANAGER)
    admin = sign_in("admin1", at="rules")
    admin.locator(".st-key-rules_what").get_by_text("تغییر").click()
    settle(admin)
    admin.locator("[class*=st-key-rules_months] input").fill("۳۶")
    admin.locator(".st-key-rules_reason input").fill(WHY)
    admin.locator(".st-key-rules_save button").click()
    expect(admin.get_by_text("پیشنهاد شد.")).to_be_visible()
    admin.goto(f"{desk.address}/catalogues")
    settle(admin)
    draft = admin.locator("[class*=st-key-cat_draft_]")
    expect(draft).to_contain_text(WHY)
    expect(draft).to_contain_text("۳۶ ماه")
    expect(draft.get_by_role("button", name="انتشار")).to_have_count(0)
    draft.get_by_role("button", name="اصلاح").click()
    settle(admin)
    form = admin.locator(".st-key-cat_amend_form")
    expect(form.locator("[class*=st-key-rules_months] input")).to_have_value("۳۶")
    form.locator("[class*=st-key-rules_months] input").fill("۳۰")
    form.locator(".st-key-cat_amend_save button").click()
    expect(admin.get_by_text("اصلاح شد.")).to_be_visible()
    settle(admin)
    expect(draft).to_contain_text("۳۰ ماه")
    expect(form).to_have_count(0)

    manager = sign_in("manager1", at="catalogues")
    manager.get_by_role("button", name="انتشار").click()
    expect(manager.get_by_text("تغییری در انتظار نیست.")).to_be_visible()
    manager.goto(f"{desk.address}/rules")
    settle(manager)
    interval = manager.locator("table.c").first.locator("tr", has_text="ترمیم")
    expect(interval).to_have_count(2)
    expect(interval.nth(0)).to_contain_text("۳۰")
    expect(interval.nth(1)).to_contain_text("۲۴")
    expect(manager.locator("table.c").nth(1)).to_contain_text(WHY)
