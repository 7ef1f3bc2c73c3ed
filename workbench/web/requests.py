"""What the web layer asks of a request: its token, language, origin, form; and its cookies back."""

import re
import secrets
from urllib.parse import parse_qs, urlsplit

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response

from workbench.i18n import DEFAULT_LANGUAGE, LANGUAGES
from workbench.services.access import Actor
from workbench.settings import settings

SESSION_COOKIE = "arzyab_session"
CSRF_COOKIE = "arzyab_csrf"
LANGUAGE_COOKIE = "arzyab_lang"
ACTOR_KEY = "arzyab.actor"
FORM_BYTES_MAX = 20_000
FORM_FIELDS_MAX = 20
YEAR_SECONDS = 365 * 24 * 3600
PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9/_-]+(\?[A-Za-z0-9_=&-]*)?", re.ASCII)


class TooLarge(Exception):
    """The body of a request is larger than its route takes."""


def token_of(connection: HTTPConnection) -> str:
    """The session token of the cookie, or ''."""
    return connection.cookies.get(SESSION_COOKIE, "")


def actor_of_request(connection: HTTPConnection) -> Actor | None:
    """Who asks, as the gate found him by the cookie."""
    actor = connection.scope.get(ACTOR_KEY)
    assert actor is None or isinstance(actor, Actor)
    return actor


def language_of(cookies: dict[str, str]) -> str:
    """The language this browser was switched to."""
    chosen = cookies.get(LANGUAGE_COOKIE, DEFAULT_LANGUAGE)
    return chosen if chosen in LANGUAGES else DEFAULT_LANGUAGE


def address_of(connection: HTTPConnection) -> str:
    """The caller's address as the server saw it; headers count only where uvicorn trusts them."""
    return connection.client.host if connection.client else ""


def is_same_origin(request: Request) -> bool:
    """Whether the browser says that the request comes from our own pages."""
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return site == "same-origin"
    return urlsplit(origin).netloc == request.headers.get("host")


async def limited_body(request: Request, limit_bytes: int) -> bytes:
    """The body, read no further than the limit."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit_bytes:
            raise TooLarge
    return body


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a plain HTML form; of a repeated field the first."""
    body = await limited_body(request, FORM_BYTES_MAX)
    fields = parse_qs(
        body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FORM_FIELDS_MAX
    )
    return {name: values[0] for name, values in fields.items()}


def has_csrf_token(request: Request, form: dict[str, str]) -> bool:
    """Whether the form repeats the token of the browser's cookie (double submit)."""
    cookie = request.cookies.get(CSRF_COOKIE, "")
    return bool(cookie) and secrets.compare_digest(
        cookie.encode(), form.get("csrf", "").encode("utf-8", "replace")
    )


def csrf_token(request: Request) -> str:
    """The browser's form token, or a new one to be set by ``keep_csrf_token``."""
    return request.cookies.get(CSRF_COOKIE) or secrets.token_urlsafe(32)


def keep_csrf_token(response: Response, token: str) -> None:
    """Set the form token's cookie."""
    _set_cookie(response, CSRF_COOKIE, token, max_age_seconds=None)


def keep_session(response: Response, token: str) -> None:
    """Set the session cookie; it ends with the browser, and by the rules of the session."""
    _set_cookie(response, SESSION_COOKIE, token, max_age_seconds=None)


def drop_session(response: Response) -> None:
    """Remove the session cookie."""
    response.delete_cookie(SESSION_COOKIE, path="/", httponly=True, samesite="lax")


def keep_language(response: Response, language: str) -> None:
    """Remember the language in this browser for a year."""
    _set_cookie(response, LANGUAGE_COOKIE, language, max_age_seconds=YEAR_SECONDS)


def _set_cookie(response: Response, name: str, value: str, max_age_seconds: int | None) -> None:
    response.set_cookie(
        name,
        value,
        max_age=max_age_seconds,
        path="/",
        httponly=True,
        samesite="lax",
        secure=settings().secure_cookie,
    )


def safe_next(path: str) -> str:
    """A page of ours to go to after the sign-in; anything else becomes the front page.

    A plain query, as in ``/batch?batch=381904``, stays with it.
    """
    is_plain = PLAIN_ADDRESS.fullmatch(path) is not None
    is_ours = path.startswith("/") and not path.startswith(("//", "/login", "/reset", "/_"))
    return path if is_plain and is_ours else "/"
