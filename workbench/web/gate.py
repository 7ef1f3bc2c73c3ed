"""Nobody reaches anything without a session: pages, data, files, metrics and the websocket.

Open are only the sign-in, a reset link, the language switch, two health checks, and what holds no
data: our stylesheets and the scripts of the Streamlit package, which a page needs to leave when its
session has ended. All else is looked up anew each time: a sign-out or another role works at once.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from anyio import to_thread
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.errors import Refused
from workbench.services.access import Actor
from workbench.web.plain import refused_page
from workbench.web.requests import ACTOR_KEY, safe_next, token_of

PUBLIC = re.compile(
    r"/ui/.*|/health|/_stcore/health|/static/(js|css|media)/[A-Za-z0-9._-]+", re.ASCII
)
OPEN = re.compile(r"/login|/language|/reset/[A-Za-z0-9_-]{20,100}", re.ASCII)
LOCAL = re.compile(r"/metrics", re.ASCII)
BACKGROUND = re.compile(r"/(_stcore|metrics|component)(/.*)?", re.ASCII)
LOOPBACK = {"127.0.0.1", "::1"}
SPOOFED = re.compile(
    rb"x[-_](arzyab[-_].*|remote[-_].*|auth[-_].*|forwarded[-_](user|email|groups|preferred.*)"
    rb"|streamlit.*|user.*)|remote[-_]user",
    re.IGNORECASE,
)
FORWARDED = (b"x-forwarded-for", b"forwarded", b"x-real-ip")
CLOSE_SIGNED_OUT = 4401
CLOSE_TRY_AGAIN = 1013

FindActor = Callable[[str, bool], Actor | None]


class Gate:
    """The outer door. ``find_actor(token, is_activity)`` may block; it runs in a thread."""

    def __init__(self, app: ASGIApp, find_actor: FindActor) -> None:
        self.app = app
        self.find_actor = find_actor

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let through, send to the sign-in, or answer 401; 503 when the database is away."""
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        scope = {**scope, "headers": _honest_headers(scope), ACTOR_KEY: None}
        if PUBLIC.fullmatch(path):
            await self.app(scope, receive, send)
            return
        is_open = OPEN.fullmatch(path) is not None
        try:
            scope[ACTOR_KEY] = await self._actor(scope)
        except Refused as refused:
            if not is_open:
                await _closed_for_now(scope, receive, send, refused)
                return
        if scope[ACTOR_KEY] is not None or is_open or _is_local(scope):
            await self.app(scope, receive, send)
        else:
            await _closed(scope, receive, send)

    async def _actor(self, scope: Scope) -> Actor | None:
        token = token_of(HTTPConnection(scope))
        if not token:
            return None
        is_activity = BACKGROUND.fullmatch(scope["path"]) is None
        return await to_thread.run_sync(self.find_actor, token, is_activity)


def _honest_headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    """Without those that name a user to somebody further in: only the cookie does."""
    return [(name, value) for name, value in scope["headers"] if not SPOOFED.fullmatch(name)]


def _is_local(scope: Scope) -> bool:
    """Metrics asked for on this machine itself, not through a proxy on it."""
    client: Any = scope.get("client")
    is_forwarded = any(name in FORWARDED for name, _ in scope["headers"])
    is_here = client is not None and client[0] in LOOPBACK and not is_forwarded
    return LOCAL.fullmatch(scope["path"]) is not None and is_here


async def _closed(scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await _close(receive, send, CLOSE_SIGNED_OUT)
        return
    connection = HTTPConnection(scope)
    response: Response
    if "text/html" in connection.headers.get("accept", ""):
        asked = f"{scope['path']}?{scope['query_string'].decode('latin-1')}".removesuffix("?")
        following = safe_next(asked)
        if following == "/":  # the query is not a plain one
            following = safe_next(scope["path"])
        query = "" if following == "/" else f"?next={quote(following)}"
        response = RedirectResponse(f"/login{query}", 303)
    else:
        response = refused_page(connection, Refused("signed_out"), 401)
    response.headers["cache-control"] = "no-store"
    await response(scope, receive, send)


async def _closed_for_now(scope: Scope, receive: Receive, send: Send, refused: Refused) -> None:
    if scope["type"] == "websocket":
        await _close(receive, send, CLOSE_TRY_AGAIN)
        return
    response = refused_page(HTTPConnection(scope), refused, 503)
    response.headers["retry-after"] = "5"
    await response(scope, receive, send)


async def _close(receive: Receive, send: Send, code: int) -> None:
    message: Message = await receive()
    assert message["type"] == "websocket.connect", message
    await send({"type": "websocket.close", "code": code})
