"""Reruns by websocket and what a browser paints, against a real server over the filled database."""

import asyncio
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright
from sqlalchemy import select
from sqlalchemy.orm import Session

from scripts.bench.page_client import PageClient
from scripts.bench.server import Server, open_sessions, running_server
from scripts.bench.timing import Result, p50_p95
from workbench import clock
from workbench.db.engine import Database
from workbench.db.models import Claim
from workbench.services.access import Actor
from workbench.services.claims.taking import take_claim
from workbench.web.requests import SESSION_COOKIE

RERUNS = 60
SESSIONS = 50
LOAD_SECONDS = 15.0
IDLE_SECONDS = 3.0
KEY_CASES = 30
CLICKS = 40
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
TO_QUEUE, TO_DESK = "a[href$='/queue']", "a[href$='/desk'], a[href='/']"
QUEUE_ROWS = ".st-key-queue_rows"
LANDED = "[data-testid=stApp][data-test-script-state=notRunning]"

PAINTED_AFTER_KEY = """() => new Promise((done) => {
  const bar = document.querySelector('.eqw');
  const before = bar.innerText;
  let began = 0;
  document.addEventListener('keydown', () => { began = performance.now(); },
    {capture: true, once: true});
  const look = () => {
    const now = document.querySelector('.eqw');
    if (began && now && now.innerText !== before) {
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
    } else { requestAnimationFrame(look); }
  };
  look();
  window.benchReady = true;
})"""

PAINTED_AFTER_CLICK = """([link, wanted]) => new Promise((done) => {
  const began = performance.now();
  document.querySelector(link).click();
  const look = () => {
    const found = document.querySelector(wanted);
    if (found && found.getClientRects().length) {
      requestAnimationFrame(() => requestAnimationFrame(() => done(performance.now() - began)));
    } else { requestAnimationFrame(look); }
  };
  look();
})"""


def measure(database: Database, actors: list[Actor], folder: Path) -> list[Result]:
    """Reruns of one session and of fifty, memory per session, and times in Chromium."""
    cases = _hold_cases(database, actors[0], needs_finding=True)
    plain = _hold_cases(database, actors[1], needs_finding=False)
    usernames = [actor.username for actor in actors]
    with running_server(database.url, folder) as server:
        tokens = open_sessions(database, [usernames[n % len(usernames)] for n in range(SESSIONS)])
        results = asyncio.run(_reruns(server, tokens, plain[0]))
        results += asyncio.run(_many(server, tokens))
        return results + _browser(server, tokens[0], cases)


def _hold_cases(database: Database, actor: Actor, *, needs_finding: bool) -> list[str]:
    """Case numbers, taken by the actor: with one open finding, or with four clean lines."""
    fits = Claim.open_finding_count == 1 if needs_finding else Claim.line_count == 4
    statement = select(Claim).where(Claim.state == "accepted", Claim.kind == "indirect", fits)

    def work(session: Session) -> list[str]:
        found = session.scalars(statement.limit(KEY_CASES if needs_finding else 1)).all()
        for claim in found:
            take_claim(session, actor, claim.insurer_id, claim.id, now=clock.now())
        return [claim.number for claim in found]

    return database.in_tx(work)


async def _reruns(server: Server, tokens: list[str], number: str) -> list[Result]:
    results = []
    for name, page, query, goal in (
        ("queue", "queue", "", 80),
        ("case", "case", f"n={number}", 150),
        ("desk", "desk", "", None),
    ):
        async with PageClient(server.address, tokens[1], page, query) as client:
            for _ in range(5):
                await client.rerun()
            taken = [await client.rerun() for _ in range(RERUNS)]
        p50, p95 = p50_p95(taken)
        results.append(
            Result(
                part="server",
                name=f"rerun of the {name} page",
                measured=p50,
                p95=p95,
                unit="ms",
                goal=goal,
                note=f"{client.elements} elements",
            )  # fmt: skip
        )
    return results


async def _many(server: Server, tokens: list[str]) -> list[Result]:
    clients = [PageClient(server.address, token, "queue") for token in tokens]
    before = server.memory_bytes()
    for client in clients:
        await client.__aenter__()
        await client.rerun()
    await asyncio.sleep(IDLE_SECONDS)
    idle = (server.memory_bytes() - before) / len(clients) / 1024**2
    taken: list[float] = []
    end = time.perf_counter() + LOAD_SECONDS

    async def work(client: PageClient) -> None:
        while time.perf_counter() < end:
            taken.append(await client.rerun())

    await asyncio.gather(*(work(client) for client in clients))
    for client in clients:
        await client.__aexit__(None, None, None)
    p50, p95 = p50_p95(taken)
    count = len(clients)
    return [
        Result(part="server", name=f"memory of an idle session (of {count}, queue)", measured=idle,
               unit="MB"),
        Result(part="server", name=f"{count} sessions at once, reruns of the queue",
               measured=len(taken) / LOAD_SECONDS, unit="1/s", is_rate=True),
        Result(part="server", name=f"{count} sessions at once, each rerun", measured=p50, p95=p95,
               unit="ms"),
    ]  # fmt: skip


def _browser(server: Server, token: str, cases: list[str]) -> list[Result]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        context = browser.new_context(viewport={"width": 1280, "height": 800})
        context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server.address}])
        page = context.new_page()
        clicks = _clicks(page, server.address)
        keys = _keys(page, server.address, cases)
        browser.close()
    results = []
    for name, taken, goal in (
        ("key press to changed totals painted (Chromium)", keys, 250),
        ("page click to painted (Chromium)", clicks, 400),
    ):
        p50, p95 = p50_p95(taken)
        results.append(
            Result(
                part="browser",
                name=name,
                measured=p95,
                p95=p95,
                unit="ms (p95)",
                goal=goal,
                note=f"p50 {p50:.0f} ms, {len(taken)} times",
            )  # fmt: skip
        )
    return results


def _clicks(page: Page, address: str) -> list[float]:
    """From the desk to the queue by the link of the top bar, and back unmeasured."""
    page.goto(f"{address}/desk")
    _settle(page)
    taken = []
    for _ in range(CLICKS):
        taken.append(float(page.evaluate(PAINTED_AFTER_CLICK, [TO_QUEUE, QUEUE_ROWS])))
        _settle(page)
        page.evaluate("link => document.querySelector(link).click()", TO_DESK)
        page.wait_for_selector(QUEUE_ROWS, state="detached")
        _settle(page)
    return taken


def _keys(page: Page, address: str, cases: list[str]) -> list[float]:
    """Enter accepts the finding of each case; the decision bar then says something else."""
    taken = []
    for number in cases:
        page.goto(f"{address}/case?n={number}")
        _settle(page)
        page.wait_for_selector(".eqw")
        page.wait_for_timeout(400)
        waiting = page.evaluate_handle(f"() => {{ window.benchKey = ({PAINTED_AFTER_KEY})(); }}")
        page.keyboard.press("Enter")
        taken.append(float(page.evaluate("() => window.benchKey")))
        waiting.dispose()
        _settle(page)
    return taken


def _settle(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
    page.wait_for_timeout(250)
    page.wait_for_selector(LANDED)
    page.wait_for_timeout(100)
