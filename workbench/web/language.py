"""POST /language: switch between Persian and English, for this browser and the signed-in user."""

import re
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from workbench.errors import Refused
from workbench.i18n import LANGUAGES
from workbench.services.people.users import set_language
from workbench.services.runtime import database
from workbench.web.requests import (
    actor_of_request,
    form_of,
    is_same_origin,
    keep_language,
    safe_next,
)

PLAIN_PAGE = re.compile(r"/login|/reset/[A-Za-z0-9_-]{20,100}", re.ASCII)


async def switch_language(request: Request) -> Response:
    """Keep the choice and go back to where it was made."""
    if not is_same_origin(request):
        raise Refused("request_foreign")
    form = await form_of(request)
    chosen = form.get("language", "")
    here = urlsplit(request.headers.get("referer", ""))
    back = form.get("back") or f"{here.path}?{here.query}".removesuffix("?")
    target = back if PLAIN_PAGE.fullmatch(back) else safe_next(back)
    response = RedirectResponse(target, 303)
    if chosen in LANGUAGES:
        keep_language(response, chosen)
        actor = actor_of_request(request)
        if actor is not None:
            await run_in_threadpool(
                database().in_tx, lambda session: set_language(session, actor, chosen)
            )
    return response


def routes() -> list[BaseRoute]:
    """The route of the language switch."""
    return [Route("/language", switch_language, methods=["POST"])]
