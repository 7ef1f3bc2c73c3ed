"""A manager reads a figure, limits it, and opens the cases behind it."""

from playwright.sync_api import expect
from sqlalchemy import update

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.db.models import Centre
from workbench.rules.workflow import Role


def test_a_figure_opens_its_cases(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("manager1", Role.MANAGER)
    page = sign_in("manager1", at="throughput")
    came = page.locator("[data-open=came]")
    expect(came).to_contain_text("۲")
    expect(page.locator(".st-key-mg_flow .barlayer path").first).to_be_attached()
    came.click()
    rows = page.locator(".st-key-mg_cases tbody tr")
    expect(rows).to_have_count(2)
    page.locator(".st-key-mg_kind input").click()
    page.get_by_role("option").nth(1).click()
    settle(page)
    assert "kind=direct" in page.url
    expect(came).not_to_contain_text("۲")
    page.go_back()
    page.goto(f"{desk.address}/throughput")
    settle(page)
    page.locator("[data-open=came]").click()
    rows.first.click()
    page.wait_for_url("**/case?n=*")


def test_the_filter_goes_along_to_the_next_page(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("manager1", Role.MANAGER)
    page = sign_in("manager1", at="throughput?kind=indirect")
    page.get_by_role("button", name="کسور و عودت").click()
    page.wait_for_url("**/deductions?kind=indirect")
    settle(page)
    expect(page.get_by_text("کسری نیست.")).to_be_visible()
    expect(page.locator(".st-key-mg_main")).to_contain_text("تصمیمی گرفته نشده است")
    expect(page.locator(".st-key-mg_waterfall")).to_have_count(0)


def test_a_period_is_one_step_of_the_way_back(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("manager1", Role.MANAGER)
    page = sign_in("manager1", at="throughput?kind=indirect")
    before = page.url
    page.locator("[data-testid=stPopover] button").first.click()
    page.locator(".st-key-mg_p_month button").click()
    page.wait_for_url("**from=*to=*")
    settle(page)
    assert "kind=indirect" in page.url
    page.go_back()
    page.wait_for_url(before)


def test_a_long_name_pushes_no_column_out_of_its_panel(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("manager1", Role.MANAGER)
    name = "مرکز جراحی محدود و دندان‌پزشکی تخصصی شبانه‌روزی " * 3
    desk.database.in_tx(lambda session: session.execute(update(Centre).values(name=name)))
    page = sign_in("manager1", at="throughput?part=centre")
    page.set_viewport_size({"width": 1280, "height": 800})
    panel = page.locator(".st-key-mg_parts .panel")
    expect(panel).to_contain_text("شبانه‌روزی")
    assert panel.evaluate("(each) => each.scrollWidth <= each.clientWidth")
