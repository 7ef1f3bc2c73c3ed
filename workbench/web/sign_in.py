"""The sign-in form, the sign-out, and nothing that tells a known user from an unknown one."""

from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _, language, use_language
from workbench.services.errors import sentence
from workbench.services.people.messages import role_name
from workbench.services.people.sessions import sign_out
from workbench.services.people.sign_in import sign_in
from workbench.services.runtime import database
from workbench.settings import settings
from workbench.web.demo_users import DEMO_PASSWORD, demo_users
from workbench.web.plain import filled, plain_page, problem
from workbench.web.requests import (
    LANGUAGE_COOKIE,
    actor_of_request,
    address_of,
    csrf_token,
    drop_session,
    form_of,
    has_csrf_token,
    is_same_origin,
    keep_csrf_token,
    keep_language,
    keep_session,
    language_of,
    safe_next,
    token_of,
)

LOCKED = {"sign_in_locked", "sign_in_address_locked"}
USERNAME_CHARACTERS_MAX = 100


async def show_sign_in(request: Request) -> Response:
    """GET /login: the form; who is signed in already goes to his desk."""
    use_language(language_of(request.cookies))
    following = safe_next(request.query_params.get("next", "/"))
    if actor_of_request(request):
        return RedirectResponse(following, 303)
    notice = ""
    if request.query_params.get("notice") == "password_set":
        notice = problem(_("The new password holds from now on. Sign in with it."), "notice")
    return _form(request, following=following, problem_html=notice)


async def try_sign_in(request: Request) -> Response:
    """POST /login: a new session under a new token, or the form again with the reason."""
    use_language(language_of(request.cookies))
    form = await form_of(request)
    following = safe_next(form.get("next", "/"))
    username = form.get("username", "")[:USERNAME_CHARACTERS_MAX]
    if not has_csrf_token(request, form) or not is_same_origin(request):
        return _refused(request, Refused("form_expired"), 403, username, following)
    try:
        signed_in = await run_in_threadpool(
            sign_in,
            database(),
            username,
            form.get("password", ""),
            address_of(request),
            now=clock.now(),
            previous_token=token_of(request) or None,
        )
    except Refused as refused:
        return _refused(request, refused, _status(refused.code), username, following)
    response = RedirectResponse(following, 303)
    keep_session(response, signed_in.token)
    if LANGUAGE_COOKIE not in request.cookies:
        keep_language(response, signed_in.language)
    return response


async def end_session(request: Request) -> Response:
    """POST /sign-out: the session ends in the database; a copied cookie opens nothing any more."""
    if not is_same_origin(request):
        raise Refused("request_foreign")
    token = token_of(request)
    await run_in_threadpool(
        database().in_tx, lambda session: sign_out(session, token, now=clock.now())
    )
    response = RedirectResponse("/login", 303)
    drop_session(response)
    return response


def _status(code: str) -> int:
    if code in LOCKED:
        return 429
    return 503 if code.startswith("database_") else 401


def _refused(
    request: Request, refused: Refused, status_code: int, username: str, following: str
) -> Response:
    return _form(
        request,
        following=following,
        username=username,
        problem_html=problem(sentence(refused)),
        status_code=status_code,
    )


def _form(
    request: Request,
    *,
    following: str,
    username: str = "",
    problem_html: str = "",
    status_code: int = 200,
) -> Response:
    csrf = csrf_token(request)
    idle = _("A session is closed after {minutes} minutes without work; drafts are kept.")
    body = filled(
        "sign_in",
        heading=_("Sign in to Arzyab"),
        csrf=csrf,
        next=following,
        username=username,
        username_focus="" if username else "autofocus",
        password_focus="autofocus" if username else "",
        username_label=_("User name"),
        password_label=_("Password"),
        submit=_("Sign in"),
        forgotten=_("Forgotten your password? The administrator makes you a link to a new one."),
        idle=sentence_with_digits(idle, minutes=settings().session_idle_minutes),
        problem_html=problem_html,
        demo_html=_demo(),
        **keyboard_words(),
    )
    page = plain_page(_("Sign in"), body, path="/login", status_code=status_code)
    keep_csrf_token(page, csrf)
    return page


def keyboard_words() -> dict[str, str]:
    """The words about a password field: show and hide, and the language of the keyboard."""
    return {
        "show": _("Show"),
        "hide": _("Hide"),
        "latin": _("Keyboard: Latin"),
        "persian": _("Keyboard: Persian"),
    }


def sentence_with_digits(message: str, **facts: Any) -> str:
    """A translated sentence filled with numbers in the digits of the language."""
    return sentence(Refused("plain", **facts), {"plain": message})


def _demo() -> str:
    if not settings().demo:
        return ""
    is_persian = language() == "fa"
    users = [
        filled(
            "demo_user",
            username=user.username,
            display_name=user.display_name if is_persian else role_name(user.roles[0]),
            password=DEMO_PASSWORD,
        )
        for user in demo_users()
    ]
    return filled(
        "demo",
        heading=_("Demo users"),
        explanation=_("A click fills in the form."),
        users_html="".join(users),
    )


def routes() -> list[BaseRoute]:
    """The routes of sign-in and sign-out."""
    return [
        Route("/login", show_sign_in, methods=["GET"]),
        Route("/login", try_sign_in, methods=["POST"]),
        Route("/sign-out", end_session, methods=["POST"]),
    ]
