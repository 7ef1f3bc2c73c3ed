"""A real server and a real browser: the desk as its users have it."""

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page

from tests.e2e import servers
from workbench import clock
from workbench.db.engine import Database
from workbench.evidence.store import EvidenceStore
from workbench.rules.workflow import Role
from workbench.services.people.passwords import hash_password
from workbench.services.people.users import add_user
from workbench.services.people.views import Operator

PASSWORD = "a sentence to remember"
START_SECONDS_MAX = 90
CLOCK_FILE = "clock"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class Desk:
    """A running server with the database and the store behind it."""

    address: str
    database: Database
    store: EvidenceStore
    data: Path

    def now(self) -> datetime:
        """The instant on the server's clock."""
        path = self.data / CLOCK_FILE
        moved = float(path.read_text()) if path.exists() else 0
        return clock.now() + timedelta(seconds=moved)

    def set_clock(self, at: datetime) -> None:
        """Let the server's clock show this instant and run on; sessions may be idle then."""
        moved = (at - clock.now()).total_seconds()
        (self.data / CLOCK_FILE).write_text(str(moved))

    def add_user(self, username: str, *roles: Role, name: str = "") -> None:
        """Add a user who signs in with ``PASSWORD``."""
        self.database.in_tx(
            lambda session: add_user(
                session,
                Operator.COMMAND_LINE,
                username=username,
                display_name=name or f"کاربر {username}",
                roles=roles,
                now=self.now(),
                password_hash=hash_password(PASSWORD),
            )
        )


@pytest.fixture
def desk(database: Database, database_url: str, tmp_path: Path) -> Iterator[Desk]:
    """A server on a port of its own, as ``serve`` has it; a test may set its clock."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {
        **os.environ,
        "WORKBENCH_DATABASE_URL": database_url,
        "WORKBENCH_DATA": str(tmp_path),
        "WORKBENCH_DEMO": "",
        "CLOCK_FILE": str(tmp_path / CLOCK_FILE),
    }
    environment.pop("WORKBENCH_DEMO")
    process = servers.start(port, environment, tmp_path / "server.log")
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_for(address, process)
        store = EvidenceStore(f"file://{tmp_path / 'evidence'}")
        yield Desk(address=address, database=database, store=store, data=tmp_path)
    finally:
        process.terminate()
        process.join(20)
        assert process.exitcode is not None, "the server did not stop"


def _wait_for(address: str, process: BaseProcess) -> None:
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end:
        assert process.is_alive(), "the server ended by itself"
        try:
            if httpx.get(f"{address}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    raise AssertionError("the server did not answer in time")


@pytest.fixture
def sign_in(desk: Desk, chromium: Browser):
    """Sign a user in with a fresh browser: ``page = sign_in("assessor1")``.

    With ``at`` he asked for that address, and is led there: his first page is not drawn.
    """
    contexts = []

    def sign_one_in(username: str, at: str = "login", **options: object) -> Page:
        chosen = {"viewport": {"width": 1280, "height": 800}, **options}
        context = chromium.new_context(**chosen)
        contexts.append(context)
        page = context.new_page()
        page.goto(f"{desk.address}/{at}")
        page.fill("[name=username]", username)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        settle(page)
        return page

    yield sign_one_in
    for context in contexts:
        context.close()


def settle(page: Page) -> None:
    """Wait until the page is connected and its script has run."""
    page.wait_for_selector("[data-testid=stApp][data-test-connection-state=CONNECTED]")
    page.wait_for_timeout(250)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(100)
