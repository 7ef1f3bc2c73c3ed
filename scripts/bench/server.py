"""A real server over the filled database, and sessions for it."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import httpx
import psutil
from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench import clock
from workbench.db.engine import Database
from workbench.db.models import User
from workbench.services.people.sessions import open_session

ROOT = Path(__file__).parents[2]
START_SECONDS_MAX = 120


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    address: str
    process: subprocess.Popen[bytes]

    def memory_bytes(self) -> int:
        """What the process keeps in memory of its own."""
        return int(psutil.Process(self.process.pid).memory_full_info().uss)


@contextmanager
def running_server(database_url: str, folder: Path) -> Iterator[Server]:
    """``serve`` on a free port, ended afterwards; its log stands in the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {
        **os.environ,
        "WORKBENCH_DATABASE_URL": database_url,
        "WORKBENCH_DATA": str(folder),
        "WORKBENCH_MINIMUM_VIEW_SECONDS": "0",
    }
    environment.pop("WORKBENCH_DEMO", None)
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "workbench", "serve", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process)
            yield Server(address, process)
        finally:
            process.terminate()
            process.wait(30)


def _wait_for(address: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS_MAX
    while time.monotonic() < end:
        assert process.poll() is None, "the server ended by itself"
        try:
            if httpx.get(f"{address}/health", timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.2)
    raise AssertionError("the server did not answer in time")


def open_sessions(database: Database, usernames: list[str]) -> list[str]:
    """A signed-in session for each user; returns the cookies' tokens."""
    now = clock.now()
    return [database.in_tx(_opening(username, now)) for username in usernames]


def _opening(username: str, now: datetime):
    def work(session: Session) -> str:
        user = session.scalars(select(User).where(User.username == username)).one()
        return open_session(session, user, address="127.0.0.1", now=now).token

    return work
