"""Streamlit's one HTML page, rewritten: language and direction, our stylesheets, title and icon.

Streamlit has no option for right-to-left; this way dialogs and popovers are mirrored as well.
"""

import base64
import hashlib
import re
from functools import cache
from html import escape
from pathlib import Path

import streamlit
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.i18n import _, language, use_language
from workbench.web.addresses import is_page_address
from workbench.web.framework_words import words_as_data
from workbench.web.headers import APP_POLICY
from workbench.web.requests import language_of
from workbench.web.static_files import versioned

OWN_PAGES = re.compile(r"/(login|reset/.*|sign-out|language|health|metrics|ui/.*|evidence/.*)")
INLINE_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
STYLESHEETS = tuple(
    f"/ui/{name}.css"
    for name in (
        "tokens",
        "app",
        "page",
        "desk",
        "referrals",
        "ceiling",
        "commission",
        "board",
        "images",
        "manager",
        "rechecks",
    )
)
FONTS = ("/ui/fonts/digits.ttf", "/ui/fonts/regular.ttf")
# What ``workbench.ui.page`` runs when the session has ended: the one inline script allowed.
LEAVE_SCRIPT = (
    "location.replace('/login?next='+encodeURIComponent(location.pathname+location.search))"
)
CONDITIONS = (b"if-none-match", b"if-modified-since")


class Index:
    """Puts the rewritten page in the place of every HTML page that Streamlit serves."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; of Streamlit's HTML answers keep only that there was one."""
        is_page = scope["type"] == "http" and scope["method"] == "GET"
        if not is_page or OWN_PAGES.fullmatch(scope["path"]):
            await self.app(scope, receive, send)
            return
        chosen = language_of(HTTPConnection(scope).cookies)
        is_replaced = False

        async def send_rewritten(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start" and _is_html(message):
                is_replaced = True
                if is_page_address(scope["path"]):
                    await _send_page(send, chosen)
                else:
                    await RedirectResponse("/", 303)(scope, receive, send)
            elif not is_replaced:
                await send(message)

        await self.app(_unconditional(scope), receive, send_rewritten)


def _is_html(message: Message) -> bool:
    kind = Headers(raw=message["headers"]).get("content-type", "")
    return bool(message["status"] == 200 and kind.startswith("text/html"))


def _unconditional(scope: Scope) -> Scope:
    """A page asked for by the browser is never answered "not modified" by Streamlit's own tag."""
    if b"text/html" not in dict(scope["headers"]).get(b"accept", b""):
        return scope
    headers = [(name, value) for name, value in scope["headers"] if name not in CONDITIONS]
    return {**scope, "headers": headers}


async def _send_page(send: Send, chosen: str) -> None:
    page, policy = rewritten(chosen)
    headers = {
        "content-type": "text/html; charset=utf-8",
        "content-length": str(len(page)),
        "cache-control": "private, no-cache",
        "vary": "cookie",
        "content-security-policy": policy,
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": 200, "headers": raw})
    await send({"type": "http.response.body", "body": page})


@cache
def rewritten(chosen: str) -> tuple[bytes, str]:
    """The page in a language, and the content-security policy that names its inline scripts."""
    before = language()
    use_language(chosen)
    page = _rewrite(_original())
    use_language(before)
    inline = [*INLINE_SCRIPT.findall(page), LEAVE_SCRIPT]
    hashes = "".join(f" '{_csp_hash(script)}'" for script in inline)
    return page.encode(), APP_POLICY.format(inline=hashes)


def _original() -> str:
    return (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")


def _rewrite(page: str) -> str:
    direction = "rtl" if language() == "fa" else "ltr"
    page = _replaced(page, r'<html lang="en">', f'<html lang="{language()}" dir="{direction}">')
    page = _replaced(page, r"<title>[^<]*</title>", f"<title>{escape(_('Arzyab'))}</title>")
    page = _replaced(page, r'<link rel="shortcut icon"[^>]*>', _icon())
    page = _replaced(page, r'<link\s+rel="preload"[^>]*SourceSans[^>]*>', "")
    page = _replaced(page, r'<link rel="service-desc"[^>]*>', "")
    sentence = escape(_("This desk needs JavaScript. Allow it in the browser's settings."))
    page = _replaced(page, r"(?s)<noscript>.*?</noscript>", f"<noscript>{sentence}</noscript>")
    return _replaced(page, r"</head>", f"{_head()}</head>")


def _replaced(page: str, pattern: str, text: str) -> str:
    page, count = re.subn(pattern, lambda _match: text, page)
    assert count == 1, f"Streamlit's page has changed: {pattern} found {count} times"
    return page


def _icon() -> str:
    return f'<link rel="icon" type="image/svg+xml" href="{versioned("/ui/web/mark.svg")}">'


def _head() -> str:
    fonts = [
        f'<link rel="preload" href="{font}" as="font" type="font/ttf" crossorigin>'
        for font in FONTS
    ]
    sheets = [f'<link rel="stylesheet" href="{versioned(sheet)}">' for sheet in STYLESHEETS]
    scripts = [
        f'<script src="{versioned(f"/ui/web/{name}.js")}"></script>'
        for name in ("language", "framework_words")
    ]
    return "".join([words_as_data(), *scripts, *fonts, *sheets])


def _csp_hash(script: str) -> str:
    digest = hashlib.sha256(script.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
