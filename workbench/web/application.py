"""The ASGI application: the gate in front, our own routes, and the Streamlit page script."""

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute

from workbench import clock
from workbench.errors import Refused
from workbench.services import runtime
from workbench.services.access import Actor
from workbench.services.images.keeper import ImageKeeper
from workbench.services.people.passwords import prepare_comparison
from workbench.services.people.sessions import actor_by_token
from workbench.ui.failure import show_failure
from workbench.ui.presses import keep_presses_whole
from workbench.web import draft, evidence, health, language, reset, sign_in, static_files
from workbench.web.gate import Gate
from workbench.web.headers import SecurityHeaders
from workbench.web.index import Index
from workbench.web.plain import refused_page
from workbench.web.requests import TooLarge

PAGE_SCRIPT = Path(__file__).parents[1] / "ui" / "page_script.py"
HEAVY_MODULES = ("pandas", "pyarrow", "plotly.graph_objects")
FORBIDDEN = {"not_permitted", "request_foreign"}


def create_app(page_script: Path = PAGE_SCRIPT) -> st.App:
    """The application around a page script."""
    return st.App(**app_parts(page_script))


def app_parts(page_script: Path = PAGE_SCRIPT) -> dict[str, Any]:
    """The arguments of ``st.App``: ``streamlit run`` only finds an app that is made in its file."""
    keep_presses_whole()
    return {
        "script_path": page_script,
        "routes": routes(),
        "middleware": middleware(),
        "lifespan": lifespan,
        "on_script_error": show_failure,
        "exception_handlers": exception_handlers(),
    }


def middleware() -> list[Middleware]:
    """Outermost first: headers on everything, then the gate, then the page's language."""
    return [
        Middleware(SecurityHeaders),
        Middleware(Gate, find_actor=find_actor),
        Middleware(Index),
    ]


def exception_handlers() -> dict[Any, Any]:
    """What becomes of a refusal that a route lets through, and of an upload that broke off."""
    return {
        Refused: refused_response,
        TooLarge: too_large_response,
        ClientDisconnect: broken_off_response,
    }


def routes() -> list[BaseRoute]:
    """All routes of our own; the rest belongs to Streamlit."""
    modules = (static_files, sign_in, reset, language, evidence, draft, health)
    return [route for module in modules for route in module.routes()]


def find_actor(token: str, is_activity: bool) -> Actor | None:
    """Who stands behind a token, in the database of this process."""
    return actor_by_token(runtime.database(), token, now=clock.now(), is_activity=is_activity)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Migrate, start the housekeeper, and put what is loaded out of the garbage collector's sight.

    With ``postScriptGC`` off this made 79–158 reruns a second out of 11–12.
    """
    await run_in_threadpool(runtime.database)
    await run_in_threadpool(prepare_comparison)
    for name in HEAVY_MODULES:
        import_module(name)
    images = ImageKeeper(runtime.database, runtime.evidence_store, compare=runtime.compare_image)
    housekeeper = runtime.Housekeeper(images=images)
    housekeeper.start()
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
        await run_in_threadpool(housekeeper.stop)
        runtime.close()


def refused_response(request: Request, refused: Refused) -> Response:
    """A refusal that no route made a page of."""
    return refused_page(request, refused, 403 if refused.code in FORBIDDEN else 503)


def too_large_response(_request: Request, _error: TooLarge) -> Response:
    """The answer to a body that is too large."""
    return JSONResponse({"code": "too_large"}, 413)


def broken_off_response(_request: Request, _error: ClientDisconnect) -> Response:
    """Whoever sent half a body is gone: nothing was kept, and nobody reads this answer."""
    return JSONResponse({"code": "broken_off"}, 400)
