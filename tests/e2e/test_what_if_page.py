"""A manager tries a proposed price on what was decided; another one publishes it."""

from datetime import timedelta

from playwright.sync_api import expect
from sqlalchemy import select

from tests.cli.finished_desk import finish
from tests.e2e import world
from tests.e2e.conftest import Desk, settle
from workbench.db.models import Claim, ClaimLine, Contract, Tariff, TariffSet, User
from workbench.persian.jalali import day_of
from workbench.rules.changes import PriceItem
from workbench.rules.workflow import Role
from workbench.services.access import actor_of
from workbench.services.catalogue.changes import propose
from workbench.services.claims import taking

PRICE_RIAL = 1_000_000


def decide(desk: Desk) -> str:
    """An assessor finishes one of two cases; its number."""
    desk.add_user("assessor1", Role.ASSESSOR)

    def take(session):
        user = session.scalars(select(User).where(User.username == "assessor1")).one()
        actor = actor_of(session, user)
        return actor, taking.take_next(session, actor, now=desk.now())

    actor, taken = desk.database.in_tx(take)
    finish(desk.database, actor, (taken.insurer_id, taken.id), desk.now())
    return str(taken.number)


def proposed(desk: Desk, username: str) -> str:
    """That user proposes another price for the case's service; the code."""

    def work(session) -> str:
        user = session.scalars(select(User).where(User.username == username)).one()
        code, tariff_set = session.execute(
            select(ClaimLine.code, TariffSet.code)
            .join(Claim, Claim.id == ClaimLine.claim_id)
            .join(Contract, Contract.id == Claim.contract_id)
            .join(TariffSet, TariffSet.id == Contract.tariff_set_id)
            .where(Claim.state == "finished")
        ).first()
        item = PriceItem(tariff_set=tariff_set, code=code, amount_rial=PRICE_RIAL)
        propose(
            session,
            actor_of(session, user),
            reason="تعرفه تازه",
            from_on=day_of(desk.now()) + timedelta(days=30),
            items=[item],
            now=desk.now(),
        )
        return code

    return desk.database.in_tx(work)


def test_a_change_is_tried_on_the_past_and_published_by_another(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    number = decide(desk)
    for name in ("manager1", "manager2"):
        desk.add_user(name, Role.MANAGER)
    code = proposed(desk, "manager1")
    page = sign_in("manager1", at="what-if")
    expect(page.locator(".st-key-wi_change_card")).to_contain_text("۱٬۰۰۰٬۰۰۰")
    expect(page.locator(".st-key-wi_publish_it")).to_have_count(0)
    expect(page.locator("[data-testid=stBaseButton-primary]")).to_have_text(["محاسبه"])
    page.locator(".st-key-wi_compute button").click()
    expect(page.locator(".stProgress, .wi-tiles").first).to_be_visible()
    page.reload()
    expect(page.locator(".wi-tiles .mg-tile b").first).to_have_text("۱", timeout=60_000)
    settle(page)
    expect(page.get_by_text("بدون تغییر، تا ریال همان")).to_be_visible()
    expect(page.locator(".st-key-wi_money_chart .barlayer path").first).to_be_attached()
    rows = page.locator(".st-key-wi_rows tbody tr")
    expect(rows).to_have_count(1)
    page.reload()
    settle(page)
    expect(rows).to_have_count(1)
    expect(page.get_by_text("محاسبه‌شده در")).to_be_visible()
    with page.expect_download() as file:
        page.locator(".st-key-mg_export button").click()
    assert file.value.suggested_filename.endswith(".xlsx")

    page.locator(".st-key-mg_kind input").click()
    page.get_by_role("option").nth(1).click()
    settle(page)
    expect(page.get_by_text("دوباره محاسبه کنید")).to_be_visible()
    expect(page.locator(".st-key-mg_export")).to_have_count(0)
    page.go_back()
    page.goto(f"{desk.address}/what-if")
    settle(page)
    page.locator(".st-key-wi_compute button").dblclick()
    expect(rows).to_have_count(1, timeout=60_000)
    expect(page.locator(".wi-tiles")).to_have_count(1)
    expect(page.locator(".st-key-wi_compute button")).to_be_enabled()
    page.wait_for_timeout(2_000)  # the second press may compute again: the page is drawn anew
    expect(page.locator(".st-key-wi_compute button")).to_be_enabled(timeout=60_000)
    expect(rows).to_have_count(1, timeout=60_000)
    settle(page)
    rows.first.click()
    page.wait_for_url(f"**/case?n={number}")

    other = sign_in("manager2", at="what-if")
    primary = other.locator("[data-testid=stBaseButton-primary]")
    expect(other.locator(".wi-tiles")).to_have_count(0)
    expect(primary).to_have_text(["محاسبه"])
    other.locator(".st-key-wi_compute button").click()
    expect(other.locator(".wi-tiles")).to_have_count(1, timeout=60_000)
    settle(other)
    expect(primary).to_have_text(["انتشار"])
    other.locator(".st-key-wi_publish_it button").click()
    expect(other.get_by_text("تغییر منتشر شد.")).to_be_visible()
    expect(other.locator(".st-key-wi_publish")).to_contain_text("manager2")
    expect(other.locator(".st-key-wi_change_card")).to_contain_text("۱٬۰۰۰٬۰۰۰")
    assert "change=" in other.url, "the page stays at what was published"
    with desk.database.reading() as session:
        amounts = session.scalars(
            select(Tariff.amount_rial).where(Tariff.code == code, Tariff.is_contracted)
        ).all()
    assert PRICE_RIAL in amounts


def test_a_period_without_decisions_says_so(desk: Desk, sign_in) -> None:
    world.two_cases(desk)
    decide(desk)
    desk.add_user("manager1", Role.MANAGER)
    page = sign_in("manager1", at="what-if")
    expect(page.locator(".st-key-wi_catalogues button")).to_be_visible()
    proposed(desk, "manager1")
    page.goto(f"{desk.address}/what-if?from=1400-01-01&to=1400-01-10")
    settle(page)
    page.locator(".st-key-wi_compute button").click()
    expect(page.get_by_text("بازه دیگری")).to_be_visible(timeout=60_000)
    expect(page.locator(".st-key-wi_charts")).to_have_count(0)
    expect(page.get_by_text("بدون تغییر، تا ریال همان")).to_have_count(0)
