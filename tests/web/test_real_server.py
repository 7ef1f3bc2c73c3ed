"""The real server: Streamlit behind the gate, from the first request to the one after sign-out."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browser import PAGE, PASSWORD
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from workbench import clock
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.rules.workflow import Role
from workbench.services.passwords import hash_password
from workbench.services.user_views import Operator
from workbench.services.users import add_user

SCRIPT = "import streamlit as st\nst.write('page')\n"
MODULE = """
from pathlib import Path
from workbench.web.application import create_app
app = create_app(Path(__file__).with_name("script.py"))
"""
START_SECONDS_MAX = 60

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with one user, started as ``uvicorn`` starts it."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "script.py").write_text(SCRIPT)
    (folder / "served.py").write_text(MODULE)
    url = f"sqlite:///{folder / 'workbench.db'}"
    _prepare(url)
    root = str(Path(__file__).parents[2])
    environment = {
        **os.environ,
        "WORKBENCH_DATABASE_URL": url,
        "WORKBENCH_DATA": str(folder),
        "PYTHONPATH": os.pathsep.join([root, str(folder)]),
        "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "false",
    }
    port = free_port()
    command = [sys.executable, "-m", "uvicorn", "served:app", "--port", str(port)]
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(command, env=environment, stdout=log, stderr=log) as process,
    ):
        try:
            _wait(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _prepare(url: str) -> None:
    database = Database(url)
    migrate(database.write_engine)
    database.in_tx(
        lambda session: add_user(
            session,
            Operator.COMMAND_LINE,
            username="auditor",
            display_name="حسابرس نمونه",
            roles=[Role.AUDITOR],
            now=clock.now(),
            password_hash=hash_password(PASSWORD),
        )
    )
    database.dispose()


def _wait(address: str) -> None:
    deadline = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{address}/health").raise_for_status()
            return
        except httpx.HTTPError:
            time.sleep(0.2)
    raise AssertionError("the server did not start")


def open_stream(address: str, cookies: httpx.Cookies) -> None:
    header = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(url, additional_headers=header, origin=address):
        pass


def test_from_closed_to_open_to_closed(server: str) -> None:
    browser = httpx.Client(base_url=server, headers={"origin": server, **PAGE})
    assert browser.get("/").headers["location"] == "/login"
    for path in ("/media/x", "/_stcore/metrics", "/_stcore/host-config", "/_stcore/agent/x"):
        assert httpx.get(server + path).status_code == 401
    with pytest.raises(InvalidStatus):
        open_stream(server, browser.cookies)

    token = browser.get("/login").text.split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": token, "username": "auditor", "password": PASSWORD}
    assert browser.post("/login", data=form).status_code == 303
    page = browser.get("/desk")
    assert '<html lang="fa" dir="rtl">' in page.text
    assert "content-encoding" not in page.headers
    assert browser.get("/_stcore/host-config").status_code == 200
    open_stream(server, browser.cookies)

    copied = httpx.Cookies(browser.cookies)
    assert browser.post("/sign-out").headers["location"] == "/login"
    assert httpx.get(f"{server}/_stcore/host-config", cookies=dict(copied)).status_code == 401
    with pytest.raises(InvalidStatus):
        open_stream(server, copied)


def test_the_sealer_runs(server: str) -> None:
    deadline = time.monotonic() + 10
    while "arzyab_unsealed_events 0" not in httpx.get(f"{server}/metrics").text:
        assert time.monotonic() < deadline
        time.sleep(0.2)
