"""The viewer in Chromium on drawn images: click on a case to its first image, and switching.

The viewer sets the performance mark ``arz-image-painted`` in the second frame after an image was
loaded into a pane. What is measured is the time from the click or key press to that mark.
"""

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.bench.server import ROOT, Server, open_sessions, running_server
from scripts.bench.server_part import ARGUMENTS, CHROMIUM, LANDED, QUEUE_ROWS, TO_QUEUE
from scripts.bench.timing import Result, p50_p95
from workbench.db.engine import Database
from workbench.web.requests import SESSION_COOKIE

READER = "lead"
DEMO_CLAIMS = 60
VISITS, CASES, SWITCHES = 3, 10, 40
LARGE_CASE = "990701485"
"""The case of the demonstration with 24 images."""
LOOK_MS = 600
"""How long a reader looks at an image before the next one, at the least."""
START_MS = 60_000
GOAL_FIRST_MS, GOAL_SWITCH_MS = 300, 100

PAINTED_AFTER_CLICK = """(row) => new Promise((done) => {
  const began = performance.now();
  new PerformanceObserver((list, self) => {
    const mark = list.getEntriesByName("arz-image-painted").find((each) => each.startTime >= began);
    if (!mark) return;
    self.disconnect();
    done(mark.startTime - began);
  }).observe({type: "mark"});
  row.click();
})"""
LISTEN = """() => { window.painted = new Promise((done) => {
  let began = Infinity;
  document.addEventListener("keydown", (event) => { began = event.timeStamp; },
    {capture: true, once: true});
  new PerformanceObserver((list, self) => {
    const mark = list.getEntriesByName("arz-image-painted").find((each) => each.startTime >= began);
    if (!mark) return;
    self.disconnect();
    done(mark.startTime - began);
  }).observe({type: "mark"});
}); }"""


def measure(folder: Path) -> list[Result]:
    """A small demonstration in ``folder``, its images read, looked at as a lead."""
    folder.mkdir(parents=True, exist_ok=True)
    _fill(folder)
    database = Database(f"sqlite:///{folder / 'workbench.db'}")
    with running_server(database.url, folder) as server, sync_playwright() as playwright:
        tokens = open_sessions(database, [READER] * VISITS)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        first = [taken for token in tokens for taken in _first_images(browser, server, token)]
        switched = _switches(browser, server, tokens[0])
        browser.close()
    database.dispose()
    return [
        _result("click on a case to its first image painted", first, GOAL_FIRST_MS),
        _result("key press to the next image painted", switched, GOAL_SWITCH_MS),
    ]


def _fill(folder: Path) -> None:
    if (folder / "workbench.db").exists():
        return
    environment = {**os.environ, "WORKBENCH_DATA": str(folder), "WORKBENCH_DEMO": "1"}
    environment.pop("WORKBENCH_DATABASE_URL", None)
    for words in (["demo", "--claims", str(DEMO_CLAIMS)], ["evidence", "read"]):
        command = [sys.executable, "-m", "workbench", *words]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)


def _visit(browser: Browser, server: Server, token: str) -> Page:
    """A browser that has seen nothing yet."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": SESSION_COOKIE, "value": token, "url": server.address}])
    return context.new_page()


def _first_images(browser: Browser, server: Server, token: str) -> list[float]:
    """Each case of the queue's first page once; the first visit of a page is warming up."""
    page = _visit(browser, server, token)
    page.goto(f"{server.address}/queue")
    taken = []
    for number in range(CASES):
        page.wait_for_selector(f"{QUEUE_ROWS} button.open", timeout=START_MS)
        _settle(page)
        rows = page.locator(f"{QUEUE_ROWS} button.open")
        row = rows.nth(number % rows.count()).element_handle()
        assert row is not None
        taken.append(float(row.evaluate(PAINTED_AFTER_CLICK)))
        page.wait_for_timeout(LOOK_MS)
        _settle(page)
        page.locator(TO_QUEUE).first.click()
    page.context.close()
    return taken[1:]


def _switches(browser: Browser, server: Server, token: str) -> list[float]:
    """Forwards and backwards through a case with many images."""
    page = _visit(browser, server, token)
    page.goto(f"{server.address}/case?n={LARGE_CASE}")
    page.wait_for_selector(".pane:not(.loading) .pic > img[src]")
    _settle(page)
    page.keyboard.press("v")
    taken = []
    for turn in range(SWITCHES):
        page.wait_for_timeout(LOOK_MS)
        page.evaluate(LISTEN)
        page.keyboard.press("PageDown" if turn < SWITCHES // 2 else "PageUp")
        taken.append(float(page.evaluate("() => window.painted")))
    page.context.close()
    return taken


def _result(name: str, taken: list[float], goal: float) -> Result:
    p50, p95 = p50_p95(taken)
    return Result(
        part="viewer",
        name=f"{name} (Chromium)",
        measured=p95,
        p95=p95,
        unit="ms (p95)",
        goal=goal,
        note=f"p50 {p50:.0f} ms, {len(taken)} times",
    )


def _settle(page: Page) -> None:
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
    page.wait_for_timeout(250)
    page.wait_for_selector(LANDED)
    page.wait_for_timeout(100)
