"""The spine, in a real browser: import, receipt, evidence, re-code, return, re-submission, finish,
batch to finance, form no. 8. It stays green on SQLite and on PostgreSQL.
"""

import json
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from tests.services import import_bundle
from workbench import clock
from workbench.db.models import Batch, Claim, ClaimLine
from workbench.rules.workflow import Role
from workbench.services import audit
from workbench.services.catalogue.catalogue import seed_catalogue
from workbench.services.ceiling.ledger_check import verify_balances

NUMBER = "990000007"


def bring_in(page: Page, desk: Desk, folder: Path) -> None:
    """Send a zip of the folder through the page *Incoming*."""
    page.goto(f"{desk.address}/incoming")
    settle(page)
    archive = folder.with_suffix(".zip")
    archive.write_bytes(import_bundle.zipped(folder))
    page.locator("input[type=file]").set_input_files(archive)
    settle(page)
    page.locator(".st-key-b_import button").click()
    page.get_by_text("گزارش").first.wait_for()
    settle(page)


def take_next(page: Page) -> None:
    """From the desk to the next case, and wait until it may be decided."""
    page.wait_for_selector(".st-key-b_next button")
    settle(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".st-key-b_finish button")
    settle(page)
    page.wait_for_timeout(1200)


@pytest.mark.slow
def test_a_claim_goes_all_the_way(desk: Desk, sign_in) -> None:
    desk.database.in_tx(lambda s: seed_catalogue(s, now=clock.now()))
    for username, role in (
        ("reception1", Role.RECEPTION),
        ("assessor1", Role.ASSESSOR),
        ("lead1", Role.LEAD),
        ("finance1", Role.FINANCE),
    ):
        desk.add_user(username, role)

    reception = sign_in("reception1")
    line = import_bundle.line(code="205", unit_price_rial=7_722_000)
    first = world.claim(NUMBER, lines=[line], images=[world.image(f"{NUMBER}-1.jpg", "before", 26)])
    bring_in(reception, desk, world.write(desk.data / "first", [first]))
    reception.goto(f"{desk.address}/receipt")
    settle(reception)
    reception.get_by_label("شماره پذیرش").fill(world.BATCH)
    reception.locator(".st-key-b_receive button").click()
    settle(reception)

    assessor = sign_in("assessor1")
    take_next(assessor)
    expect(assessor.locator(".st-key-pView img").first).to_be_visible()
    assessor.keyboard.press("Enter")  # the re-code is accepted
    settle(assessor)
    assessor.keyboard.press("F8")
    dialog = assessor.get_by_role("dialog")
    dialog.get_by_text("نبود گرافی بعد").click()
    expect(dialog).to_contain_text("آنچه مرکز می‌بیند")
    settle(assessor)
    assessor.wait_for_timeout(600)
    assessor.locator(".st-key-dlg_ok button").click()
    settle(assessor)

    bring_in(reception, desk, resubmission(desk))
    assessor.goto(f"{desk.address}/desk")
    settle(assessor)
    take_next(assessor)
    expect(assessor.locator(".st-key-chead")).to_contain_text("دور ۲")
    assessor.keyboard.press("Enter")
    settle(assessor)
    assessor.keyboard.press("Control+Enter")
    assessor.wait_for_selector(".st-key-case", state="detached")

    lead = sign_in("lead1", at=f"batch?batch={world.BATCH}")
    lead.locator(".st-key-b_forward button").click()
    settle(lead)
    with lead.expect_download() as download:
        lead.get_by_role("button", name="فرم شماره ۸").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")

    finance = sign_in("finance1", at=f"case?n={NUMBER}")
    assert finance.locator(".st-key-case").count() == 0
    check(desk)


def resubmission(desk: Desk) -> Path:
    """The centre's answer: an explanation and the missing radiograph."""
    folder = desk.data / "second"
    answer = {
        "claim": NUMBER,
        "insurer": import_bundle.INSURER,
        "round": 2,
        "explanation": "گرافی بعد پیوست شد",
        "images": [world.image(f"{NUMBER}-2.jpg", "after", 26)],
    }
    (folder / "evidence").mkdir(parents=True)
    (folder / "resubmissions.jsonl").write_text(json.dumps(answer, ensure_ascii=False) + "\n")
    (folder / "evidence" / f"{NUMBER}-2.jpg").write_bytes(world._drawn(f"{NUMBER}-2.jpg", "after"))
    return folder


def check(desk: Desk) -> None:
    """Money, state and trail are right."""
    with desk.database.reading() as session:
        claim = session.scalars(select(Claim).where(Claim.number == NUMBER)).one()
        assert (claim.state, claim.round, claim.payable_rial) == ("sent_to_finance", 2, 5_661_000)
        assert session.scalar(select(Batch.state)) == "sent_to_finance"
        codes = select(ClaimLine.assessed_code).where(ClaimLine.round == 2)
        assert session.scalars(codes).all() == ["125"]
        assert verify_balances(session) == []
    while desk.database.in_tx(lambda s: audit.seal(s, now=clock.now())):
        pass
    with desk.database.reading() as session:
        report = audit.verify_trail(session, now=clock.now())
        assert report.problems == ()
        assert report.sealed_count == report.event_count > 10
