"""Reception adds an image to a case from the page of its batch; it sees no image, old or new."""

from pathlib import Path

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from tests.e2e.test_add_images import images_of
from tests.services.registered_world import picture
from workbench.db.models import AuditEvent, Claim
from workbench.rules.workflow import ClaimState, Role


def open_batch(desk: Desk, page: Page) -> None:
    page.goto(f"{desk.address}/batch?batch={world.BATCH}")
    settle(page)


def test_reception_adds_an_image_to_a_case_once(desk: Desk, sign_in, tmp_path: Path) -> None:
    world.two_cases(desk)
    desk.add_user("clerk1", Role.RECEPTION)
    (tmp_path / "26-after.jpg").write_bytes(picture(200))
    page = sign_in("clerk1")
    open_batch(desk, page)
    buttons = page.locator("[data-open^='images:']")
    expect(buttons).to_have_count(2)
    page.locator(f"[data-open='images:{world.CLEAN}']").dblclick()
    settle(page)
    dialog = page.get_by_role("dialog")
    expect(dialog).to_have_count(1)
    expect(dialog.get_by_role("tab")).to_have_count(0)
    dialog.locator("input[type=file]").set_input_files(tmp_path / "26-after.jpg")
    button = page.locator(".st-key-add_new button")
    expect(button).to_have_text("افزودن ۱ تصویر")
    settle(page)
    button.dblclick()
    expect(dialog).to_have_count(0)
    settle(page)
    assert images_of(desk, world.CLEAN)[2:] == [(3, "periapical", "after", [26])]
    assert len(images_of(desk, world.ONE_FINDING)) == 2
    with desk.database.reading() as session:
        added = select(func.count()).where(AuditEvent.action == "claim.attach")
        assert session.scalar(added) == 1


def test_a_dialog_goes_with_its_page_and_an_ended_case_has_no_button(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("clerk1", Role.RECEPTION)
    desk.add_user("money1", Role.FINANCE)
    page = sign_in("clerk1", at="batches")
    open_batch(desk, page)
    page.locator(f"[data-open='images:{world.CLEAN}']").click()
    page.get_by_role("dialog").wait_for()
    settle(page)
    page.go_back()
    settle(page)
    page.go_forward()
    settle(page)
    expect(page.locator("[data-open^='images:']")).to_have_count(2)
    expect(page.get_by_role("dialog")).to_have_count(0)

    def end(session) -> None:
        claim = session.scalars(select(Claim).where(Claim.number == world.CLEAN)).one()
        claim.state = ClaimState.VOID

    desk.database.in_tx(end)
    page.reload()
    settle(page)
    expect(page.locator("[data-open^='images:']")).to_have_count(1)
    expect(page.locator(f"[data-open='images:{world.CLEAN}']")).to_have_count(0)
    money = sign_in("money1")
    open_batch(desk, money)
    expect(money.get_by_text("۹۹۰۰۰۰۰۰۱").first).to_be_visible()
    expect(money.locator("[data-open^='images:']")).to_have_count(0)
