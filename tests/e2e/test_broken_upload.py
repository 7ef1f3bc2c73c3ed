"""An upload that breaks off is said to have broken off, leaves nothing, and is done again."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, Route, expect
from sqlalchemy import func, select

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from tests.e2e.test_add_images import images_of, open_dialog
from tests.e2e.test_case_page import open_case
from tests.e2e.test_letter import ask_for, fill_form, insured_today
from tests.e2e.test_words_of_the_page import english_on
from tests.services import import_bundle
from tests.services.registered_world import picture
from workbench.db.models import Attachment, Claim, EvidenceImage, ImageJob, ReferralSheet
from workbench.rules.workflow import Role
from workbench.services.catalogue.catalogue import seed_catalogue

UPLOADS = "**/upload_file/**"
READ_SECONDS_MAX = 60
TO_ENGLISH = """() => fetch("/language", {
  method: "POST", body: new URLSearchParams({ language: "en", back: "/" }),
})"""


def break_uploads(page: Page) -> None:
    """Every upload ends in a connection that was reset."""

    def answer(route: Route) -> None:
        if route.request.method == "PUT":
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(UPLOADS, answer)


def kept(desk: Desk) -> tuple[int, int, int, int]:
    """Attachments, images, jobs and files of the store."""
    with desk.database.reading() as session:
        counts = [
            session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Attachment, EvidenceImage, ImageJob)
        ]
    files = sum(path.is_file() for path in (desk.data / "evidence").rglob("*"))
    return counts[0], counts[1], counts[2], files


def kept_at_rest(desk: Desk) -> tuple[int, int, int, int]:
    """What is kept once the images that were there before are read."""
    end = time.monotonic() + READ_SECONDS_MAX
    while kept(desk)[2]:
        assert time.monotonic() < end, "the images of the case were not read"
        time.sleep(0.2)
    return kept(desk)


def send_again(page: Page, place: Locator, file: Path) -> None:
    """Take the marked file off the list and choose it again, by the button as a user does."""
    page.unroute(UPLOADS)
    chips = place.get_by_test_id("stFileChip")
    chips.get_by_role("button").click()
    expect(chips).to_have_count(0)
    expect(place.locator(".file-kept-back")).to_be_hidden()
    with page.expect_file_chooser() as chooser:
        place.get_by_test_id("stFileUploaderDropzone").locator("button").click()
    chooser.value.set_files(file)
    expect(chips).to_have_count(1)
    settle(page)


@pytest.mark.parametrize("language", ["fa", "en"])
def test_an_image_is_sent_again_in_the_same_dialog(
    desk: Desk, sign_in, tmp_path: Path, language: str
) -> None:
    world.two_cases(desk)
    page = open_case(desk, sign_in, world.CLEAN)
    open_dialog(page)
    if language == "en":
        page.evaluate(TO_ENGLISH)
        page.reload()
        settle(page)
        page.locator(".st-key-b_images button:visible").click()
        page.get_by_role("dialog").get_by_text("New files").wait_for()
        settle(page)
    before = kept_at_rest(desk)
    (tmp_path / "26-after.jpg").write_bytes(picture(200))
    break_uploads(page)
    dialog = page.get_by_role("dialog")
    note = dialog.locator(".file-kept-back")
    expect(note).to_be_hidden()
    dialog.locator("input[type=file]").set_input_files(tmp_path / "26-after.jpg")
    expect(note).to_be_visible()
    broken_off = {"fa": "ارسال آن قطع شده است", "en": "sending it was broken off"}[language]
    expect(note).to_contain_text(broken_off)
    settle(page)
    expect(page.locator(".st-key-add_new")).to_have_count(0)
    if language == "fa":
        assert english_on(page) <= {"JPEG", "after", "jpg", "assessor"}
    assert kept(desk) == before

    send_again(page, dialog, tmp_path / "26-after.jpg")
    page.locator(".st-key-add_new button").click()
    expect(dialog).to_have_count(0)
    settle(page)
    assert images_of(desk, world.CLEAN)[2:] == [(3, "periapical", "after", [26])]


def test_an_import_is_sent_again_from_the_same_page(desk: Desk, sign_in, tmp_path: Path) -> None:
    desk.database.in_tx(lambda session: seed_catalogue(session, now=desk.now()))
    folder = world.write(tmp_path / "bundle", [world.claim(world.CLEAN)])
    archive = tmp_path / "bundle.zip"
    archive.write_bytes(import_bundle.zipped(folder))
    desk.add_user("clerk1", Role.RECEPTION)
    page = sign_in("clerk1", at="incoming")
    before = kept_at_rest(desk)
    break_uploads(page)
    note = page.locator(".file-kept-back")
    expect(note).to_be_hidden()
    page.locator("input[type=file]").set_input_files(archive)
    expect(note).to_be_visible()
    expect(note).to_contain_text("ارسال آن قطع شده است")
    expect(page.locator(".stForm").get_by_role("alert")).to_have_count(1)
    assert english_on(page) <= {archive.stem, "clerk"}
    assert kept(desk) == before

    send_again(page, page.locator(".stForm"), archive)
    page.locator(".st-key-b_import button").click()
    page.locator(".az.card", has_text="گزارش").wait_for()
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Claim)) == 1


def test_a_signed_sheet_is_sent_again_in_the_same_dialog(
    desk: Desk, sign_in, tmp_path: Path
) -> None:
    insured_today(desk)
    desk.add_user("lead1", Role.LEAD)
    page = sign_in("lead1", at="issue")
    fill_form(page)
    ask_for(page, "۱۵٬۰۰۰٬۰۰۰")
    page.wait_for_url("**/letter?**")
    settle(page)
    (tmp_path / "sheet.jpg").write_bytes(picture(200))
    break_uploads(page)
    page.locator(".st-key-l_amend button").click()
    dialog = page.get_by_role("dialog")
    settle(page)
    dialog.locator(".st-key-letter_amount input").fill("۱۶٬۰۰۰٬۰۰۰")
    page.keyboard.press("Tab")
    settle(page)
    before = kept_at_rest(desk)
    note = dialog.locator(".file-kept-back")
    dialog.locator("input[type=file]").set_input_files(tmp_path / "sheet.jpg")
    expect(note).to_be_visible()
    expect(note).to_contain_text("ارسال آن قطع شده است")
    assert kept(desk) == before

    send_again(page, dialog, tmp_path / "sheet.jpg")
    page.locator(".st-key-dlg_ok button").click()
    expect(dialog).to_have_count(0)
    with desk.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ReferralSheet)) == 1
