"""Figures that leave the page, or come back to it: export, picture, saved view."""

import io
from pathlib import Path

from openpyxl import load_workbook
from PIL import Image
from playwright.sync_api import expect

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.i18n import _
from workbench.rules.workflow import Role

PNG_SIDE_LEAST, CHART_MS, COLOURS_MAX = 600, 20_000, 10_000_000


def opened(desk: Desk, sign_in, address: str):
    """The page as a manager sees it, with two cases."""
    world.two_cases(desk)
    desk.add_user("manager1", Role.MANAGER)
    return sign_in("manager1", at=address)


def test_the_export_holds_the_figures_of_the_page(desk: Desk, sign_in) -> None:
    page = opened(desk, sign_in, "throughput?kind=indirect")
    expect(page.locator("[data-open=came] b")).to_have_text("۲")
    with page.expect_download() as waiting:
        page.locator(".st-key-mg_export button").click()
    assert waiting.value.suggested_filename.startswith("throughput-")
    book = load_workbook(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    figures = {row[0]: row[1] for row in book[_("Figures")].iter_rows(values_only=True)}
    assert figures[_("Came in")] == 2
    days = list(book[_("By day")].iter_rows(min_row=3, values_only=True))
    assert sum(row[2] for row in days) == 2
    about = {row[0]: row[1] for row in book.worksheets[0].iter_rows(values_only=True)}
    assert about[_("Kind")] == _("Cases of centres")


def test_a_chart_is_saved_as_a_picture(desk: Desk, sign_in) -> None:
    page = opened(desk, sign_in, "throughput")
    bars = page.locator(".st-key-mg_flow .barlayer path")
    expect(bars.first).to_be_attached(timeout=CHART_MS)
    with page.expect_download() as waiting:
        page.locator(".st-key-mg_flow_png button").click()
    picture = Image.open(io.BytesIO(Path(waiting.value.path()).read_bytes()))
    assert picture.format == "PNG" and min(picture.size) > PNG_SIDE_LEAST
    assert len(picture.convert("RGB").getcolors(COLOURS_MAX) or []) > 5


def test_a_view_comes_back_under_its_name_and_its_name_is_in_no_address(
    desk: Desk, sign_in
) -> None:
    page = opened(desk, sign_in, "throughput?kind=indirect&period=month&part=kind")
    page.get_by_role("button", name=_("Views")).click()
    page.locator(".st-key-mg_view_name input").fill("نمای ماه")
    page.locator(".st-key-mg_view_save button").click()
    settle(page)
    page.goto(f"{desk.address}/deductions")
    settle(page)
    page.get_by_role("button", name=_("Views")).click()
    page.get_by_role("button", name="نمای ماه").click()
    page.wait_for_url("**/deductions?*kind=indirect*")
    settle(page)
    assert "period=month" in page.url and "part=kind" in page.url and "%D9" not in page.url
    expect(page.get_by_role("button", name="نمای ماه").first).to_be_visible()


def test_the_daily_summary_is_a_paper_of_the_last_day(desk: Desk, sign_in) -> None:
    page = opened(desk, sign_in, "throughput")
    with page.expect_download() as waiting:
        page.locator(".st-key-mg_summary button").click()
    assert waiting.value.suggested_filename.startswith("report-")
    assert Path(waiting.value.path()).read_bytes().startswith(b"%PDF")
