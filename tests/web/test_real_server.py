"""The real server: Streamlit behind the gate, from the first request to the one after sign-out."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from browser import PAGE, PASSWORD
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from workbench import clock
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.rules.workflow import Role
from workbench.services.people.passwords import hash_password
from workbench.services.people.users import add_user
from workbench.services.people.views import Operator

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
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The server's data and its log."""
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[str]:
    """The address of a server with one user, started as ``uvicorn`` starts it."""
    (folder / "script.py").write_text(SCRIPT)
    (folder / "served.py").write_text(MODULE)
    url = f"sqlite:///{folder / 'workbench.db'}"
    _prepare(url)
    root = str(Path(__file__).parents[2])
    environment = {
        **os.environ,
        "WORKBENCH_DATABASE_URL": url,
        "WORKBENCH_DATA": str(folder),
        "TMPDIR": str(folder),
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


def test_an_upload_that_breaks_off_leaves_nothing(server: str, folder: Path) -> None:
    """Two of them: broken off among the headers of the part, and in the middle of the file."""
    browser = httpx.Client(base_url=server, headers={"origin": server, **PAGE})
    token = browser.get("/login").text.split('name="csrf" value="')[1].split('"')[0]
    form = {"csrf": token, "username": "auditor", "password": PASSWORD}
    assert browser.post("/login", data=form).status_code == 303
    with listening_session(server, browser.cookies) as session_id:
        whole = {"a.jpg": ("a.jpg", b"\xff\xd8\xff", "image/jpeg")}
        place = f"/_stcore/upload_file/{session_id}/whole"
        browser.get("/_stcore/health")
        browser.headers["x-xsrftoken"] = browser.cookies["_streamlit_xsrf"]
        assert browser.put(place, files=whole).is_success, "the others would get through too"
        head, part = upload(server, browser.cookies, session_id)
        before = files_of(folder)
        for sent in (part[:60], part + b"\xff\xd8\xff" + bytes(200_000)):
            with socket.create_connection(("127.0.0.1", int(server.rsplit(":", 1)[1]))) as line:
                line.sendall(head + sent)
        time.sleep(1)
        assert httpx.get(f"{server}/health").json()["status"] == "ok"
        assert files_of(folder) == before
    assert "Traceback" not in (folder / "log").read_text()


def upload(address: str, cookies: httpx.Cookies, session_id: str) -> tuple[bytes, bytes]:
    """The head of a request that announces a megabyte, and the head of its one part."""
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    head = (
        f"PUT /_stcore/upload_file/{session_id}/one HTTP/1.1\r\nHost: {address[7:]}\r\n"
        f"Origin: {address}\r\nCookie: {cookie}\r\nContent-Length: 1000000\r\n"
        f"X-Xsrftoken: {cookies['_streamlit_xsrf']}\r\n"
        "Content-Type: multipart/form-data; boundary=x\r\n\r\n"
    )
    part = (
        '--x\r\nContent-Disposition: form-data; name="a.jpg"; filename="a.jpg"\r\n'
        "Content-Type: image/jpeg\r\n\r\n"
    )
    return head.encode(), part.encode()


def files_of(folder: Path) -> set[str]:
    """What lies in the data folder and in the temporary one beside it."""
    return {str(path) for path in folder.rglob("*") if path.suffix in (".jpg", ".part", ".tmp")}


@contextmanager
def listening_session(address: str, cookies: httpx.Cookies) -> Iterator[str]:
    """A page's session with the server; its id, as the server announces it."""
    header = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
    url = address.replace("http", "ws", 1) + "/_stcore/stream"
    with connect(url, additional_headers=header, origin=address) as stream:
        back = BackMsg()
        back.rerun_script.query_string = ""
        stream.send(back.SerializeToString())
        while True:
            message = ForwardMsg.FromString(stream.recv(timeout=20))
            if message.WhichOneof("type") == "new_session":
                yield str(message.new_session.initialize.session_id)
                return


def test_the_sealer_runs(server: str) -> None:
    deadline = time.monotonic() + 10
    while "arzyab_unsealed_events 0" not in httpx.get(f"{server}/metrics").text:
        assert time.monotonic() < deadline
        time.sleep(0.2)
