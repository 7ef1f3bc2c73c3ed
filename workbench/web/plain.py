"""Plain HTML pages beside the application (sign-in, new password) in its look."""

from functools import cache
from html import escape
from pathlib import Path
from string import Template

from starlette.requests import HTTPConnection
from starlette.responses import HTMLResponse, JSONResponse, Response

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _, language, use_language
from workbench.persian.digits import to_persian
from workbench.persian.jalali import TEHRAN, day_name, format_instant
from workbench.services.errors import sentence
from workbench.settings import settings
from workbench.web.requests import language_of, safe_next
from workbench.web.static_files import versioned

TEMPLATES = Path(__file__).parent / "templates"
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self';"
    " form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)


@cache
def template(name: str) -> Template:
    """One of the HTML templates beside this module."""
    return Template((TEMPLATES / f"{name}.html").read_text(encoding="utf-8"))


def filled(name: str, **values: str) -> str:
    """A template with its values escaped; those whose name ends in ``_html`` are HTML already."""
    shown = {k: v if k.endswith("_html") else escape(v) for k, v in values.items()}
    return template(name).substitute(shown)


def plain_page(title: str, body_html: str, *, path: str, status_code: int = 200) -> HTMLResponse:
    """The frame around a plain page: head, brand, footer with the language switch."""
    is_persian = language() == "fa"
    page = filled(
        "frame",
        language=language(),
        direction="rtl" if is_persian else "ltr",
        title=f"{_('Arzyab')} · {title}",
        brand=_("Arzyab"),
        subtitle=_("The desk for assessing dental and supplementary health claims"),
        body_html=body_html,
        present_html=_present(),
        ribbon_html=_ribbon(),
        path=path,
        tokens=versioned("/ui/tokens.css"),
        sheet=versioned("/ui/web/plain.css"),
        script=versioned("/ui/web/plain.js"),
        mark=versioned("/ui/web/mark.svg"),
        fa_class="chosen" if is_persian else "",
        en_class="" if is_persian else "chosen",
    )
    headers = {
        "cache-control": "no-store",
        "content-security-policy": CONTENT_POLICY,
        "vary": "cookie",
    }
    return HTMLResponse(page, status_code, headers)


def refused_page(connection: HTTPConnection, refused: Refused, status_code: int) -> Response:
    """Why a request was refused: a page for a browser's address, else its code and sentence."""
    use_language(language_of(connection.cookies))
    said = sentence(refused)
    if "text/html" not in connection.headers.get("accept", ""):
        return JSONResponse({"code": refused.code, "sentence": said}, status_code)
    title = _("This page cannot be shown")
    is_asked_again = connection.scope["method"] == "GET"
    path = connection.scope["path"] if is_asked_again else "/"
    query = connection.scope["query_string"].decode("latin-1") if is_asked_again else ""
    here = safe_next(f"{path}?{query}".removesuffix("?"))
    body = filled("message", heading=title, sentence=said, address=here, link=_("Try again"))
    return plain_page(title, body, path=here, status_code=status_code)


def problem(said: str, kind: str = "problem") -> str:
    """A sentence in the form, as HTML: what went wrong (``problem``) or right (``notice``)."""
    return filled("problem", sentence=said, kind=kind)


def _ribbon() -> str:
    if not settings().demo:
        return ""
    said = _("Demonstration: everything here is invented and may be changed by anyone.")
    return f'<div class="ribbon">{escape(said)}</div>'


def _present() -> str:
    """Day and time in Tehran, as the footer shows them."""
    now = clock.now()
    day, time = format_instant(now).split(" ")
    name = day_name(now.astimezone(TEHRAN).date(), language())
    if language() == "fa":
        day, time = to_persian(day), to_persian(time)
    said = escape(_("{weekday} {day}, {time} Tehran time"))
    return said.format(
        weekday=escape(name), day=f'<bdi dir="ltr">{day}</bdi>', time=f'<bdi dir="ltr">{time}</bdi>'
    )
