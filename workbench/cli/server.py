"""``serve``: one process, one port; in demo mode an empty database fills while it answers."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from workbench.cli import desk
from workbench.cli.output import AsJson, say, show_json
from workbench.errors import Refused
from workbench.i18n import _

if TYPE_CHECKING:
    import uvicorn

    from workbench.settings import Settings

ROOT = Path(__file__).parents[2]
SHUTDOWN_SECONDS = 5
STOP_SECONDS = 10
BACKLOG = 2048
DEMO_COMMAND = (sys.executable, "-m", "workbench", "demo", "--json")


def register(app: typer.Typer) -> None:
    """Add the command of this module."""
    app.command("serve")(serve)


def serve(
    port: Annotated[int | None, typer.Option(help="Instead of WORKBENCH_PORT.")] = None,
    as_json: AsJson = False,
) -> int:
    """Start the server and say where it answers; Ctrl+C ends it."""
    if port is not None:
        os.environ["WORKBENCH_PORT"] = str(port)
    chosen = desk.chosen_settings()
    listening = _listen(chosen)
    filling = _Filling() if chosen.demo and _is_demo_unfinished() else None
    os.chdir(ROOT)  # the framework reads its settings from here; ours are absolute by now
    sys.path.insert(0, str(ROOT))
    server = _server(chosen, lambda: _announce(chosen, filling, as_json=as_json))
    try:
        with suppress(KeyboardInterrupt):  # the server has ended by then and only says why
            server.run(sockets=[listening])
    finally:
        if filling is not None:
            filling.stop()
    return 0 if server.started else 1


def _listen(chosen: "Settings") -> socket.socket:
    """The port is taken before anything is loaded, so that a busy one is told at once."""
    family = socket.AF_INET6 if ":" in chosen.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((chosen.host, chosen.port))
    except OSError as error:
        listening.close()
        raise Refused("port_unavailable", port=chosen.port, problem=error.strerror) from error
    listening.listen(BACKLOG)
    return listening


def _server(chosen: "Settings", announce: Callable[[], None]) -> "uvicorn.Server":
    """One worker: sessions live in this process; websockets as the framework wants them."""
    import uvicorn

    class Announced(uvicorn.Server):
        """Says so once it answers."""

        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                announce()

    config = uvicorn.Config(
        "app:app",
        host=chosen.host,
        port=chosen.port,
        log_level="warning",
        access_log=False,
        workers=1,
        ws="websockets-sansio",
        ws_ping_interval=30,
        ws_ping_timeout=30,
        ws_max_size=64 * 1024**2,
        ws_per_message_deflate=False,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
    )
    return Announced(config)


def _announce(chosen: "Settings", filling: "_Filling | None", *, as_json: bool) -> None:
    address = f"http://{_host_to_type(chosen.host)}:{chosen.port}"
    users = _demo_names() if chosen.demo else None
    if as_json:
        show_json(
            {"address": address, "is_filling": filling is not None, "demo": users},
            is_compact=True,
        )
    else:
        say(_("Arzyab answers at {address}").format(address=address))
        if users is not None:
            say(_("Demo users: {names}").format(names=", ".join(users["users"])))
            say(_("Password of all of them: {password}").format(password=users["password"]))
        elif not _has_users():
            command = "python -m workbench user add NAME --role admin"
            say(_("There is no user yet. Make the first one: {command}").format(command=command))
    if filling is not None:
        filling.start(say_so=not as_json)


def _host_to_type(host: str) -> str:
    if host in ("0.0.0.0", "::", "127.0.0.1"):  # noqa: S104
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _demo_names() -> dict[str, Any]:
    from workbench.web.demo_users import DEMO_PASSWORD, demo_users

    return {"users": [user.username for user in demo_users()], "password": DEMO_PASSWORD}


def _has_users() -> bool:
    from workbench.services import runtime
    from workbench.services.people.views import Operator, list_users

    with runtime.database().reading() as session:
        return bool(list_users(session, Operator.COMMAND_LINE, limit=1))


def _is_demo_unfinished() -> bool:
    from workbench.demo.fill import DemoState, demo_state

    with desk.open_database() as database:
        return demo_state(database) in (DemoState.EMPTY, DemoState.INCOMPLETE)


class _Filling:
    """The demo data being made by a process of its own, so that the server keeps its own core."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, say_so: bool) -> None:
        """Begin; what the process complains of goes to our standard error."""
        self._process = subprocess.Popen(
            DEMO_COMMAND,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is for the server, which then ends this one
        )
        if say_so:
            say(_("Demo data is being made; you can sign in meanwhile."))
            end = _("The demo data is complete.")  # said here: a thread has no language of its own
            threading.Thread(target=self._tell_the_end, args=(end,), daemon=True).start()

    def stop(self) -> None:
        """End it; what is there stays, and the next start goes on."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()

    def _tell_the_end(self, sentence: str) -> None:
        assert self._process is not None
        if self._process.wait() == 0:
            say(sentence)
