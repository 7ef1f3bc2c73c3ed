"""The commission's pages on a real server: reruns by websocket, click to painted in Chromium."""

import asyncio
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select

from scripts.bench.page_client import PageClient
from scripts.bench.server import Server, open_sessions, running_server
from scripts.bench.server_part import ARGUMENTS, CHROMIUM
from scripts.bench.timing import Result, p50_p95
from workbench.db.engine import Database
from workbench.db.models import TreatmentPlan
from workbench.web.requests import SESSION_COOKIE

CHAIR = "bench-chair"
RERUNS, CLICKS = 40, 40
GOAL_PLAN_MS, GOAL_RERUN_MS = 250, 80
URGENT = ".st-key-cm_cards [data-open]"
INBOX_ROWS = ".st-key-cm_rows"
LANDED = "[data-testid=stApp][data-test-script-state=notRunning]"
PARTS = (".st-key-pl_side .pl-clock", ".st-key-pl_view", ".st-key-teeth", ".st-key-dbar")
"""Clock, images, teeth and the buttons: the page is there when all of them are."""

PAINTED_AFTER_CLICK = """(row, parts) => new Promise((done) => {
  const began = performance.now();
  row.click();
  const isThere = (part) => {
    const found = document.querySelector(part);
    return found && found.getBoundingClientRect().height > 10;
  };
  const look = () => {
    if (parts.every(isThere)) {
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
    } else { requestAnimationFrame(look); }
  };
  look();
})"""


def measure(database: Database, folder: Path) -> list[Result]:
    """The inbox and the plan page of a chair."""
    with database.reading() as session:
        number = session.scalars(
            select(TreatmentPlan.number)
            .where(TreatmentPlan.state == "submitted")
            .order_by(TreatmentPlan.due_at.desc())
            .limit(1)
        ).one()
    with running_server(database.url, folder) as server:
        (token,) = open_sessions(database, [CHAIR])
        results = asyncio.run(_reruns(server, token, number))
        return [*results, _opened(server, token)]


async def _reruns(server: Server, token: str, number: str) -> list[Result]:
    results = []
    pages = (("inbox", "commission", "", GOAL_RERUN_MS), ("plan", "plan", f"n={number}", None))
    for name, page, query, goal in pages:
        async with PageClient(server.address, token, page, query) as client:
            for _ in range(5):
                await client.rerun()
            taken = [await client.rerun() for _ in range(RERUNS)]
        p50, p95 = p50_p95(taken)
        results.append(
            Result(
                part="commission",
                name=f"rerun of the {name} page",
                measured=p50,
                p95=p95,
                unit="ms",
                goal=goal,
                note=f"{client.elements} elements",
            )
        )
    return results


def _opened(server: Server, token: str) -> Result:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server.address}])
        page = context.new_page()
        page.goto(f"{server.address}/commission")
        taken = [_click(page, n) for n in range(CLICKS)]
        browser.close()
    p50, p95 = p50_p95(taken[1:])
    return Result(
        part="commission",
        name="inbox click to the plan painted (Chromium)",
        measured=p95,
        p95=p95,
        unit="ms (p95)",
        goal=GOAL_PLAN_MS,
        note=f"p50 {p50:.0f} ms, {len(taken) - 1} times",
    )


def _click(page: Page, turn: int) -> float:
    """Open one of the urgent plans, and go back unmeasured."""
    page.wait_for_selector(INBOX_ROWS)
    _settle(page)
    cards = page.locator(URGENT)
    card = cards.nth(turn % cards.count()).element_handle()
    assert card is not None
    taken = float(card.evaluate(PAINTED_AFTER_CLICK, list(PARTS)))
    _settle(page)
    page.locator(".st-key-b_inbox button").click()
    return taken


def _settle(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
    page.wait_for_timeout(250)
    page.wait_for_selector(LANDED)
    page.wait_for_timeout(100)
