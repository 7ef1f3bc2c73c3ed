"""``serve`` and ``demo``: a real process on a real port."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.cli.conftest import Command, Ran
from workbench.cli import server
from workbench.i18n import language, use_language

ROOT = Path(__file__).parents[2]
START_SECONDS = 60

pytestmark = pytest.mark.slow


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(folder: Path, **settings: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if "WORKBENCH" not in name}
    named = {f"WORKBENCH_{name}": value for name, value in settings.items()}
    return kept | {"WORKBENCH_DATA": str(folder), "LC_ALL": "C.UTF-8"} | named


@contextmanager
def serving(
    folder: Path, *arguments: str, **settings: str
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server that answers, by what its first line says; ended politely afterwards."""
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", "serve", *arguments],
        cwd=ROOT,
        env=environment(folder, **settings),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None and process.stderr is not None
        line = process.stdout.readline()
        assert line, process.stderr.read()
        yield line, process
    finally:
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=30)
    assert process.returncode == 0 and "Traceback" not in error, error


def test_it_serves_and_says_where(tmp_path: Path) -> None:
    port = free_port()
    with serving(tmp_path, "--json", PORT=str(port)) as (line, _process):
        said = json.loads(line)
        assert said == {
            "address": f"http://localhost:{port}",
            "is_filling": False,
            "demo": None,
        }
        assert httpx.get(f"{said['address']}/health").json()["status"] == "ok"
        assert httpx.get(f"{said['address']}/", headers={"accept": "text/html"}).status_code in (
            302,
            303,
            307,
        )
        busy = subprocess.run(
            [sys.executable, "-m", "workbench", "serve", "--port", str(port)],
            cwd=ROOT,
            env=environment(tmp_path),
            capture_output=True,
            text=True,
            check=False,
        )
        assert (busy.returncode, busy.stdout) == (2, "")
        assert len(busy.stderr.splitlines()) == 1 and str(port) in busy.stderr


def test_without_users_it_says_how_to_make_the_first(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", str(free_port())) as (line, process):
        assert "Arzyab answers at http://localhost:" in line
        assert "user add" in process.stdout.readline()


def test_the_demo_fills_while_the_server_answers_and_a_broken_fill_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path, "--port", str(free_port()), "--json", DEMO="1") as (line, _process):
        said = json.loads(line)
        assert said["is_filling"] is True and "assessor1" in said["demo"]["users"]
        deadline = time.monotonic() + START_SECONDS
        while "assessor1" not in httpx.get(f"{said['address']}/login").text:
            assert time.monotonic() < deadline
    with serving(tmp_path, "--port", str(free_port()), "--json", DEMO="1") as (line, _process):
        assert json.loads(line)["is_filling"] is True


def test_a_demo_is_made_once_and_verifies(command: Command, data_folder: Path) -> None:
    ran = command("demo", "--claims", "20", "--seed", "7", "--json")
    assert (ran.code, ran.error) == (0, "")
    assert ran.json["claims"] >= 20 and ran.json["was_resumed"] is False
    found = command("verify", "--evidence", "--json").json
    assert found["ok"] is True, found
    counts = {check["name"]: check["count"] for check in found["checks"]}
    assert counts["evidence"] > 20 and counts["money"] > 0
    assert "holds data already" in command("demo", "--claims", "20").complaint


def test_a_second_start_changes_nothing(command: Command, data_folder: Path) -> None:
    assert command("demo", "--claims", "20").code == 0
    head: Ran = command("verify", "--json")
    with serving(data_folder, "--port", str(free_port()), "--json", DEMO="1") as (line, _process):
        assert json.loads(line)["is_filling"] is False
    assert command("verify", "--json").json == head.json


def test_the_end_of_the_filling_is_told_in_the_language_of_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(server, "DEMO_COMMAND", (sys.executable, "-c", "pass"))
    former = language()
    use_language("en")
    try:
        server._Filling().start(say_so=True)
        said = ""
        end = time.monotonic() + START_SECONDS
        while "complete" not in said and time.monotonic() < end:
            time.sleep(0.05)
            said += capsys.readouterr().out
    finally:
        use_language(former)
    assert said.splitlines()[-1] == "The demo data is complete."
