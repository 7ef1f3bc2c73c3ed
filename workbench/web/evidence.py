"""GET /evidence/{insurer}-{claim}/{number}/{thumb|view}: images only for those who may see them.

Those of a treatment plan lie below ``/evidence/plan/``; below ``/evidence/pair/`` lies one image of
two that look alike, for whoever may see the other one.

They never pass through Streamlit's ``/media``. The browser may keep a copy of its own, but asks
before it shows it; the answer "not modified" needs the same session and permission as the image.
"""

from collections.abc import Callable
from contextlib import suppress

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import use_language
from workbench.services.access import Actor
from workbench.services.claims.assessing import Place
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.evidence import find_plan_image, record_plan_view
from workbench.services.commission.images_by_case import find_image_by_case, record_view_by_case
from workbench.services.errors import sentence
from workbench.services.images.copies import note_copies
from workbench.services.images.evidence import (
    EvidenceReference,
    check_evidence,
    find_evidence,
    read_evidence,
    record_view,
)
from workbench.services.images.pair_images import find_pair_image, record_pair_view
from workbench.services.runtime import database, evidence_store
from workbench.web.requests import actor_of_request, language_of

STATUS = {
    "not_permitted": 403,
    "claim_not_found": 404,
    "plan_not_found": 404,
    "evidence_not_found": 404,
    "evidence_missing_file": 404,
    "evidence_damaged_file": 410,
}


def show_plan_image(request: Request) -> Response:
    """The same for an image of a treatment plan."""
    return _show(request, _answer_of_plan)


def show_pair_image(request: Request) -> Response:
    """The same for one image of a pair."""
    return _show(request, _answer_of_pair)


def show_image_by_case(request: Request) -> Response:
    """The same for an image of a plan that a case opens."""
    return _show(request, _answer_by_case)


def show_evidence(request: Request) -> Response:
    """The JPEG, 304 when the browser has it already, or a code and sentence why not."""
    return _show(request, _answer)


def _show(request: Request, answer: Callable[[Request, Actor], Response]) -> Response:
    actor = actor_of_request(request)
    assert actor is not None, "the gate lets nobody in here without a session"
    try:
        return answer(request, actor)
    except Refused as refused:
        use_language(language_of(request.cookies))
        return JSONResponse(
            {"code": refused.code, "sentence": sentence(refused)},
            STATUS.get(refused.code, 503),
            {"cache-control": "no-store"},
        )


def _answer(request: Request, actor: Actor) -> Response:
    place = request.path_params
    now = clock.now()
    with database().reading() as session:
        reference = find_evidence(
            session,
            actor,
            place["insurer_id"],
            place["claim_id"],
            place["number"],
            place["variant"],
            now=now,
        )
    response = _image(request, reference)
    if not reference.is_on_record:
        database().in_tx(
            lambda session: record_view(
                session, actor, place["insurer_id"], place["claim_id"], now=now
            )
        )
    return response


def _answer_of_plan(request: Request, actor: Actor) -> Response:
    path, now = request.path_params, clock.now()
    place = PlanPlace(insurer_id=path["insurer_id"], plan_id=path["plan_id"])
    with database().reading() as session:
        reference = find_plan_image(session, actor, place, path["number"], path["variant"], now=now)
    response = _image(request, reference)
    if not reference.is_on_record:
        database().in_tx(lambda session: record_plan_view(session, actor, place, now=now))
    return response


def _answer_of_pair(request: Request, actor: Actor) -> Response:
    path, now = request.path_params, clock.now()
    pair_id, side = path["pair_id"], path["side"]
    with database().reading() as session:
        reference = find_pair_image(session, actor, pair_id, side, path["variant"], now=now)
    response = _image(request, reference)
    if not reference.is_on_record:
        database().in_tx(lambda session: record_pair_view(session, actor, pair_id, side, now=now))
    return response


def _answer_by_case(request: Request, actor: Actor) -> Response:
    path, now = request.path_params, clock.now()
    place = Place(insurer_id=path["insurer_id"], claim_id=path["claim_id"], version=None)
    image = path["plan_id"], path["number"]
    with database().reading() as session:
        reference = find_image_by_case(session, actor, place, *image, path["variant"], now=now)
    response = _image(request, reference)
    if not reference.is_on_record:
        database().in_tx(lambda s: record_view_by_case(s, actor, place, *image, now=now))
    return response


def _image(request: Request, reference: EvidenceReference) -> Response:
    store = evidence_store()
    headers = {"etag": reference.etag, "cache-control": "private, no-cache", "vary": "cookie"}
    known = request.headers.get("if-none-match", "")
    if reference.etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]:
        check_evidence(store, reference)
        return Response(status_code=304, headers=headers)
    shown = read_evidence(store, reference)
    if (made := shown.made) is not None:
        with suppress(Refused):  # The next view makes them again.
            database().in_tx(lambda session: note_copies(session, reference.sha256, made))
    headers["content-disposition"] = "inline"
    return Response(shown.content, headers=headers, media_type="image/jpeg")


def routes() -> list[BaseRoute]:
    """The routes of the images."""
    rest = "{number:int}/{variant}"
    by_case = "{insurer_id:int}-{claim_id:int}/{plan_id:int}"
    return [
        Route(f"/evidence/plan/{{insurer_id:int}}-{{plan_id:int}}/{rest}", show_plan_image),
        Route(f"/evidence/by/{by_case}/{rest}", show_image_by_case),
        Route("/evidence/pair/{pair_id:int}/{side}/{variant}", show_pair_image),
        Route(f"/evidence/{{insurer_id:int}}-{{claim_id:int}}/{rest}", show_evidence),
    ]
