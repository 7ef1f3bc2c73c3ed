"""POST /draft: half-typed text, posted by the page while it is typed and when it is left."""

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import use_language
from workbench.services.desk.drafts import CHARACTERS_MAX, save_draft
from workbench.services.errors import sentence
from workbench.services.runtime import database
from workbench.web.requests import (
    TooLarge,
    actor_of_request,
    is_same_origin,
    language_of,
    limited_body,
)

BODY_BYTES_MAX = 6 * CHARACTERS_MAX + 1_000  # JSON may write a letter as \\uXXXX.
OWN_HEADER = "x-arzyab"
STATUS = {"request_foreign": 403, "draft_too_long": 413, "draft_key_invalid": 422}


class DraftBody(BaseModel):
    """What the page posts: the place of the text, and the text."""

    model_config = ConfigDict(extra="forbid", strict=True)
    key: str
    value: str


async def keep_draft(request: Request) -> Response:
    """204 when kept; a code and a sentence when not."""
    actor = actor_of_request(request)
    assert actor is not None, "the gate lets nobody in here without a session"
    try:
        draft = await _draft(request)
        await run_in_threadpool(
            database().in_tx,
            lambda session: save_draft(
                session, actor.user_id, draft.key, draft.value, now=clock.now()
            ),
        )
    except Refused as refused:
        use_language(language_of(request.cookies))
        answer = {"code": refused.code, "sentence": sentence(refused)}
        return JSONResponse(answer, STATUS.get(refused.code, 503))
    return Response(status_code=204)


async def _draft(request: Request) -> DraftBody:
    if OWN_HEADER not in request.headers or not is_same_origin(request):
        raise Refused("request_foreign")
    try:
        return DraftBody.model_validate_json(await limited_body(request, BODY_BYTES_MAX))
    except TooLarge as error:
        raise Refused("draft_too_long", maximum=CHARACTERS_MAX) from error
    except ValidationError as error:
        raise Refused("draft_key_invalid") from error


def routes() -> list[BaseRoute]:
    """The route of the drafts."""
    return [Route("/draft", keep_draft, methods=["POST"])]
