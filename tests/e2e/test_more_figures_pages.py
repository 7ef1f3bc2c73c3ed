"""A manager reads the pages of commission, letters and assessors, and opens what is behind them."""

from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.db.models import Claim, User
from workbench.persian.digits import to_persian
from workbench.rules.workflow import Role
from workbench.services.access import actor_of
from workbench.services.claims.assessing import Place
from workbench.services.claims.deciding import DefectInput, return_claim
from workbench.services.claims.taking import take_claim


def open_page(desk: Desk, page: Page, path: str) -> None:
    page.goto(f"{desk.address}/{path}")
    settle(page)


def give_back(desk: Desk, username: str, number: str) -> None:
    """The assessor takes the case and returns it with a defect."""

    def work(session: Session) -> None:
        user = session.scalars(select(User).where(User.username == username)).one()
        actor, now = actor_of(session, user), desk.now()
        claim = session.scalars(select(Claim).where(Claim.number == number)).one()
        taken = take_claim(session, actor, claim.insurer_id, claim.id, now=now)
        place = Place(insurer_id=claim.insurer_id, claim_id=claim.id, version=taken.version)
        defect = DefectInput(reason="R03", scope="line", line_number=1, text="تصویر بعد")
        return_claim(session, actor, place, defects=[defect], nonce="back", now=now)

    desk.database.in_tx(work)


def test_plans_and_letters_behind_their_figures(desk: Desk, sign_in, now) -> None:
    desk.set_clock(now)
    (number,) = world.commission(desk, (36, 37))
    desk.add_user("manager1", Role.MANAGER)
    desk.set_clock(now + timedelta(hours=1))
    page = sign_in("manager1", at="throughput")
    page.get_by_role("button", name="کمیسیون", exact=True).last.click()
    page.wait_for_url("**/commission_figures")
    settle(page)
    came = page.locator(".st-key-cf_tiles [data-open=came]")
    expect(came).to_contain_text("۱")
    assert "دور" in (came.get_attribute("title") or "")
    expect(page.locator(".st-key-cf_flow .barlayer path").first).to_be_attached()
    came.click()
    rows = page.locator(".st-key-cf_plans tbody tr")
    expect(rows).to_have_count(1)
    rows.first.click()
    page.wait_for_url(f"**/plan?n={number}")

    open_page(desk, page, "referral_figures")
    issued = page.locator(".st-key-rf_tiles [data-open=issued]")
    expect(issued).to_contain_text("۱")
    page.locator(".st-key-rf_parts tbody tr").first.click()
    letters = page.locator(".st-key-rf_letters tbody tr")
    expect(letters).to_have_count(1)
    expect(letters).to_contain_text(to_persian("700001"))
    letters.first.click()
    page.wait_for_url("**/letter?*")


def test_an_assessors_row_opens_his_cases(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("manager1", Role.MANAGER)
    desk.add_user("assessor1", Role.ASSESSOR)
    page = sign_in("manager1", at="assessor_figures")
    expect(page.locator(".st-key-af_work")).to_contain_text("در این بازه تصمیمی گرفته نشده است.")
    give_back(desk, "assessor1", world.CLEAN)
    page.reload()
    settle(page)
    row = page.locator(".st-key-af_returned tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("اندک")
    row.click()
    cases = page.locator(".st-key-af_cases tbody tr")
    expect(cases).to_have_count(1)
    expect(cases).to_contain_text(to_persian(world.CLEAN))
    cases.first.click()
    page.wait_for_url(f"**/case?n={world.CLEAN}")


def test_the_cases_behind_a_defect_come_into_sight_below_the_bar(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    desk.add_user("manager1", Role.MANAGER)
    desk.add_user("assessor1", Role.ASSESSOR)
    give_back(desk, "assessor1", world.CLEAN)
    page = sign_in("manager1", at="deductions")
    page.set_viewport_size({"width": 1280, "height": 240})
    page.locator(".st-key-mg_defects tbody tr").first.click()
    behind = page.locator("[data-into-sight]")
    expect(behind).to_contain_text(to_persian(world.CLEAN))
    expect(behind.locator("h2")).to_be_in_viewport(ratio=1)
    page.wait_for_timeout(800)  # it is scrolled smoothly
    bar = page.locator(".st-key-topbar").bounding_box()
    heading = behind.locator("h2").bounding_box()
    assert bar is not None and heading is not None
    assert heading["y"] >= bar["y"] + bar["height"], "not under the bar"
