"""Headers that every answer carries: no foreign frames, scripts or guesses about content."""

from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from workbench.settings import settings

# The application's own components arrive as modules made in the browser (blob:), styles are
# written by scripts; the inline scripts of the page are named by hash (see ``index``).
APP_POLICY = (
    "default-src 'self'; script-src 'self' blob:{inline}; style-src 'self' 'unsafe-inline';"
    " img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; worker-src 'self'"
    " blob:; object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'self'"
)
HEADERS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
    "content-security-policy": APP_POLICY.format(inline=""),
}
STRICT_TRANSPORT = "max-age=31536000"


class SecurityHeaders:
    """Adds ``HEADERS`` to each answer that has no stricter ones of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the headers added at the start of the answer."""

        async def send_with_headers(message: Any) -> None:
            if message["type"] == "http.response.start":
                _add(message)
            await send(message)

        await self.app(scope, receive, send_with_headers if scope["type"] == "http" else send)


def _add(message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if settings().secure_cookie:
        headers.setdefault("strict-transport-security", STRICT_TRANSPORT)
