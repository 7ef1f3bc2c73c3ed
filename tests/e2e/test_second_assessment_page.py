"""An assessor takes a drawn case, assesses it blind, and sees both decisions once his is in."""

import random
from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.db.models import Claim, Recheck, User
from workbench.rules.workflow import Role
from workbench.services.access import Actor, actor_of
from workbench.services.claims import assessing, deciding, taking
from workbench.services.claims.assessing import Place
from workbench.services.claims.facts import assess
from workbench.services.rechecks.drawing import draw_rechecks

WEEK = timedelta(days=8)


def decided_and_drawn(desk: Desk) -> None:
    """The clean case is decided by another with a deduction, and its week is drawn."""
    world.two_cases(desk)
    desk.add_user("first", Role.ASSESSOR)
    now = desk.now()

    def decide(session) -> None:
        actor: Actor = actor_of(
            session, session.scalars(select(User).filter_by(username="first")).one()
        )
        claim = session.scalars(select(Claim).where(Claim.number == world.CLEAN)).one()
        taking.take_claim(session, actor, claim.insurer_id, claim.id, now=now)

        def place() -> Place:
            session.flush()
            return Place(insurer_id=claim.insurer_id, claim_id=claim.id, version=claim.version)

        while left := assess(session, claim).open_findings:
            assessing.override_finding(
                session, actor, place(), key=left[0].key, reason="دیده شد", now=now
            )
        found = assess(session, claim)
        assessing.add_deduction(
            session, actor, place(), line_id=found.case.lines[0].line_id,
            reason="D01", amount_rial=1_000_000, text="", now=now,
        )  # fmt: skip
        deciding.finish_claim(
            session, actor, place(), nonce="first",
            seen_available_rial=found.case.available_rial, now=now + timedelta(minutes=20),
        )  # fmt: skip

    desk.database.in_tx(decide)
    made = draw_rechecks(desk.database, percent=10, now=now + WEEK, chance=random.Random(1))
    assert made.drawn == 1


def test_a_second_assessment_is_blind_until_it_is_in(desk: Desk, sign_in) -> None:
    decided_and_drawn(desk)
    desk.add_user("second", Role.ASSESSOR)
    page = sign_in("second", at="rechecks")
    waiting = page.locator(".st-key-rc_waiting tbody tr")
    expect(waiting).to_contain_text("پنهان")
    expect(page.get_by_text("۱٬۰۰۰٬۰۰۰", exact=True)).to_have_count(0)
    waiting.click()
    page.wait_for_url("**/recheck?*")
    settle(page)
    address = page.url
    expect(page.get_by_role("button", name="کسر یا رد")).to_be_visible()
    expect(page.get_by_text("۱٬۰۰۰٬۰۰۰", exact=True)).to_have_count(0)
    page.goto(f"{desk.address}/case?n={world.CLEAN}")
    settle(page)
    expect(page.get_by_text("شما در حال بازبینی همین پرونده هستید")).to_be_visible()
    page.goto(address)
    settle(page)
    page.get_by_role("button", name="کسر یا رد").click()
    page.get_by_label("دلیل").click()
    page.get_by_role("option").filter(has_text="D01").click()
    settle(page)
    page.get_by_label("مبلغ، ریال").fill("250000")
    page.get_by_label("مبلغ، ریال").press("Tab")
    settle(page)
    page.get_by_role("button", name="کسر", exact=True).click()
    settle(page)
    expect(page.get_by_text("۲۵۰٬۰۰۰", exact=True).first).to_be_visible()
    page.reload()
    settle(page)
    expect(page.get_by_text("۲۵۰٬۰۰۰", exact=True).first).to_be_visible()
    page.get_by_role("button", name="ثبت تصمیم").click()
    page.wait_for_url("**/compared?*")
    settle(page)
    expect(page.get_by_text("اختلاف، داوری‌نشده")).to_be_visible()
    expect(page.get_by_text("۱٬۰۰۰٬۰۰۰").first).to_be_visible()
    with desk.database.reading() as session:
        (row,) = session.scalars(select(Recheck)).all()
    assert (row.state, row.second_payable_rial != row.payable_rial) == ("differs", True)
