"""Adding images to a case in the browser: new files, a refused one, and an earlier image."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from tests.e2e.test_case_page import open_case
from tests.services.registered_world import picture
from workbench.db.models import Attachment, Claim


def images_of(desk: Desk, number: str) -> list[tuple[int, str, str, list[int]]]:
    with desk.database.reading() as session:
        rows = session.scalars(
            select(Attachment)
            .join(Claim, Claim.id == Attachment.claim_id)
            .where(Claim.number == number)
            .order_by(Attachment.number)
        )
        return [(row.number, row.kind, row.phase, row.teeth) for row in rows]


def open_dialog(page: Page) -> None:
    page.locator(".st-key-b_images button:visible").click()
    page.get_by_role("dialog").get_by_text("فایل‌های تازه").first.wait_for()
    settle(page)


def test_files_and_an_earlier_image_are_added_once(desk: Desk, sign_in, tmp_path: Path) -> None:
    world.two_cases(desk)
    page = open_case(desk, sign_in, world.CLEAN)
    files = {"26-after.jpg": picture(200), "opg.jpg": picture(210), "bad.jpg": b"no picture"}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    open_dialog(page)
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files([tmp_path / name for name in files])
    button = page.locator(".st-key-add_new button")
    expect(button).to_have_text("افزودن ۳ تصویر")
    settle(page)
    button.dblclick()
    expect(dialog.locator(".bad-note:visible")).to_have_text(re.compile("«.*bad.jpg.*»"))
    assert images_of(desk, world.CLEAN)[2:] == [
        (3, "periapical", "after", [26]),
        (4, "panoramic", "none", []),
    ]
    expect(dialog.get_by_text("opg.jpg")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    settle(page)

    open_dialog(page)
    dialog.get_by_role("tab").nth(1).click()
    settle(page)
    shown = dialog.locator(".add-figure img")
    expect(shown).to_have_count(2)
    assert shown.first.evaluate("image => image.complete && image.naturalWidth > 0")
    dialog.locator(".st-key-add_grid [data-testid=stCheckbox] label").first.click()
    settle(page)
    page.locator(".st-key-add_earlier button").click()
    expect(dialog).to_have_count(0)
    assert len(images_of(desk, world.CLEAN)) == 5
    assert len(images_of(desk, world.ONE_FINDING)) == 2
