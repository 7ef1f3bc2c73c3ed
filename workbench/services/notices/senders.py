"""How a notice leaves the house: a file by default, e-mail (SMTP), SMS (HTTP) where they are set.

A sender either returns, and the notice is out, or raises ``SendFailed``. One that cannot tell
whether the notice left says ``unknown_outcome``, which nobody but a person repeats.
"""

import json
import os
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from http.client import HTTPException
from pathlib import Path
from typing import Any, Protocol
from urllib.error import HTTPError, URLError
from urllib.parse import parse_qs, quote, unquote, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from workbench.services.notices.words import SEPARATOR
from workbench.settings import Settings

TIMEOUT_SECONDS = 10
DETAIL_LETTERS_MAX = 160
TRY_LATER = frozenset({408, 425, 429, 503})
"""HTTP answers by which a service says that it did not take the message, and may later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What is to be sent; ``key`` is the same at every try of one notice."""

    key: str
    channel: str
    address: str
    centre: str
    plan_number: str
    subject: str
    text: str


class SendFailed(Exception):
    """A notice did not leave; ``is_permanent``: another try by itself would be no use, or unsafe.

    ``error`` is a code of ``notice_words.PROBLEMS``, with the service's words behind it.
    """

    def __init__(self, code: str, detail: str = "", *, is_permanent: bool = False) -> None:
        said = " ".join(detail.split())[:DETAIL_LETTERS_MAX]
        self.error = f"{code}{SEPARATOR}{said}" if said else code
        super().__init__(self.error)
        self.is_permanent = is_permanent


class Sender(Protocol):
    """One way out. ``knows_repeats``: the same key twice is one message to the centre."""

    @property
    def name(self) -> str: ...

    @property
    def knows_repeats(self) -> bool: ...

    def send(self, message: Message) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Senders:
    """The ways out of this house; None: not set, its notices go into files."""

    file: Sender
    email: Sender | None = None
    sms: Sender | None = None

    def of(self, channel: str) -> Sender:
        """The sender of a channel, or the one of files in its place."""
        return {"email": self.email, "sms": self.sms}.get(channel) or self.file


@dataclass(frozen=True, slots=True)
class FileSender:
    """One JSON file a notice, named by its key: whole or not there, and written once."""

    folder: Path
    name: str = "file"
    knows_repeats: bool = True

    def send(self, message: Message) -> None:
        """Write the file, on the disk when this returns; one that is there already stays."""
        target = self.folder / f"{message.key}.json"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            if not target.exists():
                _write_durably(target, _json(message))
        except OSError as error:
            raise SendFailed("file_not_written", error.strerror or "") from error


def _json(message: Message) -> bytes:
    shown = {name: getattr(message, name) for name in Message.__slots__}
    return (json.dumps(shown, ensure_ascii=False, indent=2) + "\n").encode()


def _write_durably(target: Path, content: bytes) -> None:
    """Temporary file, fsync, rename, fsync of the folder."""
    temporary = target.with_name(f".{target.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@dataclass(frozen=True, slots=True)
class EmailSender:
    """SMTP by a URL: ``smtps://user:password@host``, or ``smtp://`` with STARTTLS.

    ``?from=`` is the address it comes from; ``&tls=off`` is for a relay on the same machine.
    """

    url: str
    name: str = "email"
    knows_repeats: bool = False

    def send(self, message: Message) -> None:
        """Hand one message over; an answer lost after the hand-over is ``unknown_outcome``."""
        try:
            server = self._connect()
        except smtplib.SMTPResponseException as error:
            raise SendFailed("refused", _answer(error)) from error
        except (OSError, smtplib.SMTPException) as error:
            raise SendFailed("unreachable", type(error).__name__) from error
        try:
            _hand_over(server, self._mail(message))
        finally:
            with suppress(OSError, smtplib.SMTPException):
                server.quit()

    def _connect(self) -> smtplib.SMTP:
        parts, options = urlsplit(self.url), parse_qs(urlsplit(self.url).query)
        host, context = parts.hostname or "", ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, parts.port or 465, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, parts.port or 587, timeout=TIMEOUT_SECONDS)
        try:
            if parts.scheme == "smtp" and options.get("tls") != ["off"]:
                server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
        return server

    def _mail(self, message: Message) -> EmailMessage:
        sender = parse_qs(urlsplit(self.url).query)["from"][0]
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = sender, message.address, message.subject
        mail["Message-ID"] = f"<notice-{message.key}@{sender.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(message.text)
        return mail


def _hand_over(server: smtplib.SMTP, mail: EmailMessage) -> None:
    try:
        server.send_message(mail)
    except smtplib.SMTPRecipientsRefused as error:
        code, words = next(iter(error.recipients.values()))
        raise SendFailed(
            "refused", f"{code} {words.decode(errors='replace')}", is_permanent=code >= 500
        ) from error
    except smtplib.SMTPResponseException as error:
        raise SendFailed("refused", _answer(error), is_permanent=error.smtp_code >= 500) from error
    except (OSError, smtplib.SMTPException) as error:
        raise SendFailed("unknown_outcome", type(error).__name__, is_permanent=True) from error


def _answer(error: smtplib.SMTPResponseException) -> str:
    words: Any = error.smtp_error
    said = words.decode(errors="replace") if isinstance(words, bytes) else str(words)
    return f"{error.smtp_code} {said}"


class _NoRedirect(HTTPRedirectHandler):
    """A redirected POST would become a GET that nobody answers for."""

    def redirect_request(self, *_args: Any, **_more: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class SmsSender:
    """HTTP POST to a URL in which ``{mobile}`` and ``{text}`` are filled in.

    The key of the notice goes along as ``Idempotency-Key``.
    """

    url: str
    name: str = "sms"
    knows_repeats: bool = False

    def send(self, message: Message) -> None:
        """Ask the service to send; no answer, or a confused one, is ``unknown_outcome``."""
        url = self.url.replace("{mobile}", quote(message.address, safe=""))
        url = url.replace("{text}", quote(message.text, safe=""))
        request = Request(
            url, data=b"", method="POST", headers={"Idempotency-Key": f"notice-{message.key}"}
        )
        try:
            build_opener(_NoRedirect).open(request, timeout=TIMEOUT_SECONDS).close()
        except HTTPError as error:
            error.close()
            raise _refusal(error.code) from error
        except URLError as error:
            raise SendFailed("unreachable", type(error.reason).__name__) from error
        except (OSError, HTTPException) as error:
            raise SendFailed("unknown_outcome", type(error).__name__, is_permanent=True) from error


def _refusal(status: int) -> SendFailed:
    """What an HTTP answer other than success says about the message."""
    if status in TRY_LATER:
        return SendFailed("refused", str(status))
    if status >= 500:
        return SendFailed("unknown_outcome", str(status), is_permanent=True)
    return SendFailed("refused", str(status), is_permanent=True)


def senders_of(chosen: Settings) -> Senders:
    """The senders of the settings."""
    return Senders(
        file=FileSender(chosen.data / "notices"),
        email=EmailSender(chosen.smtp_url) if chosen.smtp_url else None,
        sms=SmsSender(chosen.sms_url) if chosen.sms_url else None,
    )
