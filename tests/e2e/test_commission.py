"""The dental commission in real browsers: reviewers and the chair at once, and the case after."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from tests.services import registered_world
from workbench.db.models import PlanVote, TreatmentPlan
from workbench.persian.digits import to_persian
from workbench.persian.jalali import day_of
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.workflow import Role
from workbench.services.batches.receipt import receive_batch
from workbench.services.claims.registration import register_claim
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.rounds import resubmit_plan

DEFECT, SAID = "R13", "نسخه روشن‌تر بفرستید"
NO_BONE, SMALLER = "استخوان کافی دیده نمی‌شود", "گزینه ارزان‌تر همان کارایی را دارد"
NOTE = "فاکتور راهنمای جراحی جدا خواسته شده است"
APPROVE, MODIFY, REJECT = 0, 1, 2
LOOK_MS = 1_100
"""A press on a plan that was shown for less than a second is the second one of a double click."""


@pytest.fixture
def panel(desk: Desk, now: datetime) -> Desk:
    """The desk on a Saturday morning with two reviewers, a chair, a manager, an assessor."""
    desk.set_clock(now)
    for username, role in (
        ("reviewer1", Role.COMMISSION),
        ("reviewer2", Role.COMMISSION),
        ("chair1", Role.CHAIR),
        ("manager1", Role.MANAGER),
        ("assessor1", Role.ASSESSOR),
    ):
        desk.add_user(username, role)
    return desk


def open_plan(desk: Desk, page: Page, number: str) -> None:
    """The page of a plan by its address; a reload if it is shown."""
    page.goto(f"{desk.address}/plan?n={number}")
    shows(page, number)
    settle(page)


def shows(page: Page, number: str) -> None:
    """Wait for the page of this plan."""
    expect(page.locator(".st-key-pl_head h1")).to_contain_text(to_persian(number))


def choose(page: Page, unit: int, choice: int) -> None:
    """Choose for a unit: approve, modify or reject."""
    page.locator("[class*=_choice] [role=radiogroup], [class*=_choice] [role=group]").nth(
        unit - 1
    ).locator("button").nth(choice).click()
    settle(page)


def write(page: Page, unit: int, name: str, text: str) -> None:
    """Type into a field of a unit as people do, and leave it."""
    box = page.locator(f"[class*=st-key-vote_][class*=_{unit}_{name}] input")
    box.fill(text)
    box.press("Tab")
    settle(page)


def press(page: Page, key: str) -> None:
    page.keyboard.press(key)
    settle(page)


def decide_now(page: Page) -> None:
    """Vote or decide by key, after a look at what is shown."""
    page.wait_for_timeout(LOOK_MS)
    press(page, "Control+Enter")


def plan_of(desk: Desk, number: str) -> TreatmentPlan:
    with desk.database.reading() as session:
        plan = session.scalars(select(TreatmentPlan).where(TreatmentPlan.number == number)).one()
        session.expunge(plan)
        return plan


def votes_of(desk: Desk, number: str) -> list[tuple[int, str]]:
    """Unit and choice of every vote about a plan, in their order."""
    of_plan = select(PlanVote.unit_number, PlanVote.choice).where(
        PlanVote.plan_id == plan_of(desk, number).id
    )
    with desk.database.reading() as session:
        return [(row[0], row[1]) for row in session.execute(of_plan.order_by(PlanVote.id))]


@pytest.mark.slow
def test_a_plan_goes_all_the_way_and_its_case_is_held_against_it(panel: Desk, sign_in) -> None:
    (number,) = world.commission(panel, (36, 37, 46))
    first, second, chair = sign_in("reviewer1"), sign_in("reviewer2"), sign_in("chair1")

    return_for_defects(panel, first, number)
    send_again(panel, number)
    vote_to_a_tie(panel, first, second, number)
    decide(panel, chair, number)
    result = "بخشی تایید شد"
    for page in (first, second):
        open_plan(panel, page, number)
        expect(page.locator(".pl-public")).to_contain_text(result)
    expect(first.locator(".pl-internal")).to_contain_text(NOTE)
    manager = sign_in("manager1")
    open_plan(panel, manager, number)
    expect(manager.locator(".pl-public")).to_contain_text(SMALLER)
    assert NOTE not in manager.content()
    assess(panel, sign_in)


def return_for_defects(desk: Desk, page: Page, number: str) -> None:
    """The inbox's primary button seats and opens; F8 names the defect in words of one's own."""
    page.wait_for_selector(".st-key-b_next button")
    press(page, "Control+Enter")
    shows(page, number)
    press(page, "F8")
    dialog = page.get_by_role("dialog")
    dialog.locator(f".st-key-pr_{DEFECT} label").click()
    settle(page)
    dialog.locator(f".st-key-pr_text_{DEFECT} textarea").fill(SAID)
    dialog.locator(f".st-key-pr_text_{DEFECT} textarea").press("Tab")
    settle(page)
    dialog.locator(".st-key-dlg_ok button").click()
    page.wait_for_selector(".st-key-cm_head")
    settle(page)
    expect(page.locator(".st-key-cm_still")).to_contain_text(to_persian(number))
    assert plan_of(desk, number).state == "returned"


def send_again(desk: Desk, number: str) -> None:
    """The centre answers with another radiograph."""
    plan = plan_of(desk, number)
    place = PlanPlace(insurer_id=plan.insurer_id, plan_id=plan.id)
    images = world.plan_images(desk, EvidenceKind.PANORAMIC, seed=2)

    def work(session: Session) -> int:
        again = resubmit_plan(session, None, place, images=images, now=desk.now())
        return again.round

    assert desk.database.in_tx(work) == 2


def vote_to_a_tie(desk: Desk, first: Page, second: Page, number: str) -> None:
    """One approves two units, the other only one of these; both reject the third."""
    open_plan(desk, first, number)
    expect(first.locator(".st-key-pl_head")).to_contain_text("دور ۲")
    expect(first.locator(".st-key-pl_rounds")).to_contain_text(SAID)
    expect(first.locator(".st-key-pl_view img").first).to_be_visible()
    first.locator(".st-key-pl_note textarea").fill(NOTE)
    first.locator(".st-key-add_note button").click()
    expect(first.locator(".pl-internal")).to_contain_text(NOTE)
    press(first, "F4")
    choose(first, 3, REJECT)
    write(first, 3, "reason", NO_BONE)

    open_plan(desk, second, number)
    press(second, "Control+Enter")  # takes a seat, as nobody of the round before kept it for him
    choose(second, 1, APPROVE)
    for unit in (2, 3):
        choose(second, unit, REJECT)
        write(second, unit, "reason", NO_BONE)
    decide_now(first)
    first.wait_for_selector(".st-key-cm_head")
    decide_now(second)  # drawn before the other vote, and it counts
    second.wait_for_selector(".st-key-cm_head")
    plan = plan_of(desk, number)
    assert (plan.votes, plan.needs_chair, plan.state) == (2, True, "submitted")


def decide(desk: Desk, chair: Page, number: str) -> None:
    """The chair finds the tie from the inbox, ends it with a cheaper part, takes the minutes."""
    chair.goto(f"{desk.address}/commission")
    chair.wait_for_selector(".st-key-b_next button")
    settle(chair)
    press(chair, "Control+Enter")
    shows(chair, number)
    settle(chair)
    expect(chair.locator(".pl-card", has_text="رأی‌ها برابر است")).to_be_visible()
    choose(chair, 1, MODIFY)
    chair.locator("[class*=_2_code] input").click()
    chair.get_by_role("option").filter(has_text="۶۲۰").click()
    settle(chair)
    write(chair, 2, "amount", "30000000")
    write(chair, 2, "reason", SMALLER)
    expect(chair.locator(".pl-public")).to_contain_text(SMALLER)
    for said in ("دندان ۶ پایین چپ مورد تایید", NO_BONE):  # as the members decided
        expect(chair.locator(".pl-public")).to_contain_text(said)
    decide_now(chair)
    chair.wait_for_selector(".st-key-cm_head")
    assert plan_of(desk, number).result == "partly_approved"
    open_plan(desk, chair, number)
    with chair.expect_download() as download:
        chair.locator(".st-key-plan_minutes button").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def assess(desk: Desk, sign_in) -> None:
    """Three days later: one line as approved, one above its amount, one that was rejected."""
    desk.set_clock(desk.now() + timedelta(days=3))
    at = desk.now()
    on = day_of(at)
    prices = ((1, 36, "610", 98_000_000), (2, 37, "620", 39_000_000), (3, 46, "610", 98_000_000))
    lines = tuple(
        registered_world.line(
            number, code=code, tooth=tooth, unit_price_rial=rial, surfaces="", service_on=on
        )
        for number, tooth, code, rial in prices
    )
    after = world.plan_images(desk, EvidenceKind.PANORAMIC, seed=3)
    images = tuple(replace(each, phase=Phase.AFTER) for each in after)

    def work(session: Session) -> None:
        sent = registered_world.indirect(lines=lines, case_on=on, images=images)
        register_claim(session, None, sent, now=at)
        receive_batch(session, world.RECEPTION, world.BATCH, now=at)

    desk.database.in_tx(work)
    page = sign_in("assessor1")
    page.wait_for_selector(".st-key-b_next button")
    press(page, "Control+Enter")
    page.wait_for_selector(".st-key-case")
    settle(page)
    approval = page.get_by_text("مجوز کمیسیون", exact=False)
    expect(page.locator(".st-key-case").get_by_text("کمیسیون دندان‌پزشکی، طرح")).to_be_visible()
    expect(approval.filter(visible=True)).to_have_count(
        0
    )  # the first line stands as it was approved
    for finding, reason in (("بیش از مجوز کمیسیون", "D14"), ("بدون مجوز کمیسیون", "D13")):
        page.keyboard.press("ArrowDown")
        shown = page.locator(".fd", has_text=finding).filter(visible=True)
        expect(shown).to_contain_text(reason)


def test_a_member_votes_with_keys_once_and_loses_no_word(panel: Desk, sign_in) -> None:
    one, two, three = world.commission(panel, (36,), (37,), (46, 47))
    first, second = sign_in("reviewer1"), sign_in("reviewer2")
    first.wait_for_selector(".st-key-b_next button")
    press(first, "Control+Enter")  # a seat on the most urgent plan
    shows(first, one)
    settle(first)
    press(first, "F4")
    decide_now(first)  # the next plan opens by itself
    shows(first, two)
    settle(first)
    assert votes_of(panel, one) == [(1, "approve")]

    choose(first, 1, REJECT)
    write(first, 1, "reason", NO_BONE)
    first.reload()
    settle(first)
    says_no(first)
    first.keyboard.press("Control+K")
    first.wait_for_selector(".st-key-cm_head")
    settle(first)
    first.go_back()
    shows(first, two)
    settle(first)
    says_no(first)

    first.wait_for_timeout(LOOK_MS)
    first.locator(".st-key-b_vote button").dblclick()
    shows(first, three)
    settle(first)
    assert votes_of(panel, two) == [(1, "reject")]
    assert votes_of(panel, three) == []
    expect(first.locator("[data-testid=stToast]", has_text=to_persian(three))).to_have_count(0)

    open_plan(panel, second, three)
    press(second, "Control+Enter")
    for page in (first, second):
        press(page, "F4")
    decide_now(first)
    first.wait_for_selector(".st-key-cm_head")
    open_plan(panel, second, three)
    expect(second.locator(".pl-member", has_text="reviewer1")).to_contain_text("پنهان")
    decide_now(second)
    shows(second, one)  # its quorum lacks a member
    assert len(votes_of(panel, three)) == 4
    assert plan_of(panel, three).result == "approved"


def says_no(page: Page) -> None:
    """The rejection and its reason are there."""
    expect(page.locator("[class*=_1_reason] input")).to_have_value(NO_BONE)
    expect(page.locator(".pl-public")).to_contain_text(NO_BONE)


def test_the_countdown_stands_over_thursday_and_friday(panel: Desk, sign_in) -> None:
    wednesday = panel.now() + timedelta(days=4)
    panel.set_clock(wednesday)  # 10:00, so fourteen of the 48 hours are before midnight
    (number,) = world.commission(panel, (36,))
    left = {}
    almost = timedelta(minutes=1)  # so that 16 hours and some seconds are left on Saturday
    for day, hours in (("thursday", 32), ("friday", 58), ("saturday", 80)):
        panel.set_clock(wednesday + timedelta(hours=hours) - almost)
        page = sign_in("reviewer1")
        page.wait_for_selector(".st-key-cm_rows")
        settle(page)
        left[day] = page.locator(".st-key-cm_rows").get_by_text(":").first.inner_text()
    assert left == {"thursday": "۳۴:۰۰", "friday": "۳۴:۰۰", "saturday": "۱۶:۰۰"}
    open_plan(panel, page, number)
    rows = page.locator(".pl-clock tr")
    for day in ("پنج‌شنبه", "جمعه"):
        row = rows.filter(has=page.get_by_text(day, exact=False))
        expect(row).to_contain_text("پایان هفته")
        expect(row).to_contain_text("۰:۰۰")
