"""What tests of the web layer share: the application around a stand-in, and a browser's steps."""

from collections.abc import Callable
from pathlib import Path

import streamlit
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from workbench.services.people.views import UserView
from workbench.web import application

PASSWORD = "a sentence to remember"
ORIGIN = "http://testserver"
PAGE = {"accept": "text/html,*/*"}
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"

AddUser = Callable[..., UserView]
SignIn = Callable[..., str]


async def _index(_request: Request) -> FileResponse:
    return FileResponse(INDEX, headers={"cache-control": "no-cache"})


async def _echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(repr(sorted(request.headers.items())))


async def _stream(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("connected")
    await socket.close()


def build_app() -> Starlette:
    """Our routes and middleware around what Streamlit would answer."""
    streamlit_routes = [
        Route("/media/{name}", _echo),
        Route("/_stcore/metrics", _echo),
        Route("/_stcore/health", _echo),
        Route("/_stcore/upload_file/{name}", _echo, methods=["PUT"]),
        Route("/component/{name}", _echo),
        Route("/static/js/{name}", _echo),
        WebSocketRoute("/_stcore/stream", _stream),
        Route("/{page:path}", _index),
    ]
    return Starlette(
        routes=[*application.routes(), *streamlit_routes],
        middleware=application.middleware(),
        exception_handlers=application.exception_handlers(),
    )


def csrf_of(client: TestClient) -> str:
    """The form token of the sign-in page."""
    page = client.get("/login").text
    return page.split('name="csrf" value="')[1].split('"')[0]


def post_sign_in(client: TestClient, username: str = "assessor1", password: str = PASSWORD):
    """Send the sign-in form as a browser does."""
    form = {"csrf": csrf_of(client), "username": username, "password": password}
    return client.post("/login", data=form, headers=PAGE)
