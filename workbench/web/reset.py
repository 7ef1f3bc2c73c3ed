"""The page behind a reset link: choose a new password, once."""

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _, use_language
from workbench.services.errors import sentence
from workbench.services.people.password_reset import set_password_by_token, username_of_reset_link
from workbench.services.people.passwords import CHARACTERS_MIN, new_password_hash
from workbench.services.runtime import database
from workbench.web.plain import filled, plain_page, problem
from workbench.web.requests import (
    csrf_token,
    drop_session,
    form_of,
    has_csrf_token,
    is_same_origin,
    keep_csrf_token,
    language_of,
)
from workbench.web.sign_in import keyboard_words, sentence_with_digits


async def show_reset(request: Request) -> Response:
    """GET /reset/<token>: the form for a new password, or why the link does not work."""
    use_language(language_of(request.cookies))
    try:
        username = await run_in_threadpool(_username, request.path_params["token"])
    except Refused as refused:
        return _dead_link(refused)
    return _form(request, username)


async def set_new_password(request: Request) -> Response:
    """POST /reset/<token>: set the password and go to the sign-in."""
    use_language(language_of(request.cookies))
    form = await form_of(request)
    token = request.path_params["token"]
    try:
        username = await run_in_threadpool(_username, token)
    except Refused as refused:
        return _dead_link(refused)
    try:
        _check_form(request, form)
        await run_in_threadpool(_set, token, form.get("password", ""), username)
    except Refused as refused:
        return _form(request, username, problem(sentence(refused)), 422)
    response = RedirectResponse("/login?notice=password_set", 303)
    drop_session(response)
    return response


def _check_form(request: Request, form: dict[str, str]) -> None:
    if not has_csrf_token(request, form) or not is_same_origin(request):
        raise Refused("form_expired")
    if form.get("password") != form.get("repeated"):
        raise Refused("password_not_repeated")


def _username(token: str) -> str:
    with database().reading() as session:
        return username_of_reset_link(session, token, now=clock.now())


def _set(token: str, password: str, username: str) -> None:
    hashed = new_password_hash(password, username)
    database().in_tx(lambda session: set_password_by_token(session, token, hashed, now=clock.now()))


def _dead_link(refused: Refused) -> Response:
    body = filled(
        "message",
        heading=_("New password"),
        sentence=sentence(refused),
        address="/login",
        link=_("To the sign-in"),
    )
    status_code = 404 if refused.code == "reset_link_invalid" else 503
    return plain_page(_("New password"), body, path="/login", status_code=status_code)


def _form(
    request: Request, username: str, problem_html: str = "", status_code: int = 200
) -> Response:
    csrf = csrf_token(request)
    explanation = _("At least {minimum} characters; a sentence that you remember is good.")
    body = filled(
        "reset",
        heading=_("New password"),
        csrf=csrf,
        username=username,
        explanation=sentence_with_digits(explanation, minimum=CHARACTERS_MIN),
        password_label=_("New password"),
        repeated_label=_("The same again"),
        submit=_("Set the password"),
        problem_html=problem_html,
        **keyboard_words(),
    )
    path = request.url.path
    page = plain_page(_("New password"), body, path=path, status_code=status_code)
    keep_csrf_token(page, csrf)
    return page


def routes() -> list[BaseRoute]:
    """The routes of the reset link."""
    return [
        Route("/reset/{token}", show_reset, methods=["GET"]),
        Route("/reset/{token}", set_new_password, methods=["POST"]),
    ]
