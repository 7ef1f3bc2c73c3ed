"""The ways out: files, a real SMTP conversation, a real HTTP request; what each failure means."""

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import ValidationError

from workbench.i18n import use_language
from workbench.services.notices import senders as notice_senders
from workbench.services.notices.senders import (
    EmailSender,
    FileSender,
    Message,
    SendFailed,
    SmsSender,
    senders_of,
)
from workbench.services.notices.words import problem
from workbench.settings import Settings

TEXT = "طرح درمان ۱۲: ایمپلنت دندان ۶ پایین چپ مورد تایید & ۱۰۰٪"
MESSAGE = Message(
    key="7-8",
    channel="sms",
    address="09120000001",
    centre="مرکز نمونه",
    plan_number="0000012",
    subject="کمیسیون دندان‌پزشکی: طرح درمان ۱۲",
    text=TEXT,
)
MAIL = Message(
    key="7-8", channel="email", address="desk@clinic.example", centre="مرکز نمونه",
    plan_number="0000012", subject=MESSAGE.subject, text=TEXT,
)  # fmt: skip


def failure(work: Callable[[], None]) -> SendFailed:
    with pytest.raises(SendFailed) as caught:
        work()
    return caught.value


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice_senders, "TIMEOUT_SECONDS", 1)


def test_a_file_is_whole_named_by_its_key_and_written_once(tmp_path: Path) -> None:
    sender = FileSender(tmp_path / "new" / "notices")
    sender.send(MESSAGE)
    (path,) = (tmp_path / "new" / "notices").iterdir()
    assert path.name == "7-8.json"
    assert json.loads(path.read_text(encoding="utf-8"))["text"] == TEXT
    before = path.stat().st_ino
    sender.send(MESSAGE)
    assert path.stat().st_ino == before


def test_a_file_that_cannot_be_written_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "notices").write_text("in the way")
    error = failure(lambda: FileSender(tmp_path / "notices").send(MESSAGE))
    assert error.error.startswith("file_not_written") and not error.is_permanent


@dataclass
class Request:
    """What the service was asked."""

    path: str
    headers: dict[str, str]


@contextmanager
def sms_service(status: int | None) -> Iterator[tuple[str, list[Request]]]:
    """A service that answers ``status``, or hangs up without an answer."""
    asked: list[Request] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(Request(self.path, dict(self.headers)))
            if status is None:
                self.connection.close()
                return
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield (
            f"http://127.0.0.1:{server.server_port}/send?k=1&to={{mobile}}&text={{text}}",
            asked,
        )
    finally:
        server.shutdown()
        server.server_close()


def test_an_sms_is_one_post_with_its_key() -> None:
    with sms_service(200) as (url, asked):
        SmsSender(url).send(MESSAGE)
    (request,) = asked
    query = parse_qs(urlsplit(request.path).query)
    assert query == {"k": ["1"], "to": ["09120000001"], "text": [TEXT]}
    assert request.headers["Idempotency-Key"] == "notice-7-8"


@pytest.mark.parametrize(
    ("status", "code", "is_permanent"),
    [
        (400, "refused", True), (403, "refused", True), (302, "refused", True),
        (429, "refused", False), (503, "refused", False),
        (500, "unknown_outcome", True), (504, "unknown_outcome", True),
        (None, "unknown_outcome", True),
    ],
)  # fmt: skip
def test_what_an_answer_of_the_sms_service_means(
    status: int | None, code: str, is_permanent: bool
) -> None:
    with sms_service(status) as (url, asked):
        error = failure(lambda: SmsSender(url).send(MESSAGE))
    assert (error.error.partition(":")[0], error.is_permanent) == (code, is_permanent)
    assert len(asked) == 1


def test_a_service_that_is_not_there_was_asked_nothing() -> None:
    error = failure(lambda: SmsSender("http://127.0.0.1:1/{mobile}/{text}").send(MESSAGE))
    assert (error.error, error.is_permanent) == ("unreachable: ConnectionRefusedError", False)


@dataclass
class Post:
    """A mail server that answers each command as it is told; ``None`` hangs up."""

    answers: dict[str, bytes | None] = field(default_factory=dict)
    mails: list[bytes] = field(default_factory=list)


@contextmanager
def post_office(**answers: bytes | None) -> Iterator[tuple[str, Post]]:
    post = Post(answers=answers)

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 here\r\n")
            while line := self.rfile.readline():
                verb = line.split()[0].decode().lower()
                if not self.answer(verb):
                    return
                if verb == "data" and not self.take():
                    return

        def answer(self, verb: str) -> bool:
            usual = {"ehlo": b"250 here", "data": b"354 go on", "quit": b"221 bye"}
            said = post.answers.get(verb, usual.get(verb, b"250 ok"))
            if said is not None:
                self.wfile.write(said + b"\r\n")
            return said is not None

        def take(self) -> bool:
            lines = []
            while (line := self.rfile.readline()) != b".\r\n":
                lines.append(line)
            post.mails.append(b"".join(lines))
            return self.answer("end")

    server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        port = server.server_address[1]
        yield f"smtp://127.0.0.1:{port}?from=arzyab@house.example&tls=off", post
    finally:
        server.shutdown()
        server.server_close()


def test_an_email_arrives_in_persian_with_its_key() -> None:
    with post_office() as (url, post):
        EmailSender(url).send(MAIL)
    (raw,) = post.mails
    mail = message_from_bytes(raw, policy=policy.default)
    assert (mail["From"], mail["To"]) == ("arzyab@house.example", "desk@clinic.example")
    assert mail["Subject"] == MAIL.subject
    assert mail["Message-ID"] == "<notice-7-8@house.example>"
    assert mail.get_content().strip() == TEXT


@pytest.mark.parametrize(
    ("answers", "code", "is_permanent"),
    [
        ({"rcpt": b"550 no such box"}, "refused", True),
        ({"rcpt": b"451 later"}, "refused", False),
        ({"mail": b"421 busy"}, "refused", False),
        ({"end": b"554 spam"}, "refused", True),
        ({"end": b"452 full"}, "refused", False),
        ({"end": None}, "unknown_outcome", True),
        ({"ehlo": None}, "unreachable", False),
    ],
)
def test_what_an_answer_of_the_mail_server_means(
    answers: dict[str, bytes | None], code: str, is_permanent: bool
) -> None:
    with post_office(**answers) as (url, _post):
        error = failure(lambda: EmailSender(url).send(MAIL))
    assert (error.error.partition(":")[0], error.is_permanent) == (code, is_permanent)


def test_without_starttls_nothing_is_sent() -> None:
    with post_office() as (url, post):
        error = failure(lambda: EmailSender(url.replace("&tls=off", "")).send(MAIL))
    assert (error.is_permanent, post.mails) == (False, [])


def test_what_is_not_set_is_not_there(tmp_path: Path) -> None:
    bare = senders_of(Settings(data=tmp_path))
    assert (bare.email, bare.sms) == (None, None)
    assert bare.of("sms") is bare.of("email") is bare.of("file") is bare.file
    both = senders_of(
        Settings(
            smtp_url="smtps://mail.example?from=a@b.ir", sms_url="https://x.ir/{mobile}/{text}"
        )
    )
    assert [both.of(name).name for name in ("sms", "email", "file")] == ["sms", "email", "file"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"smtp_url": "mail.example"}, {"smtp_url": "http://mail.example?from=a@b.ir"},
        {"smtp_url": "smtps://mail.example"}, {"smtp_url": "smtp://m.ir:x?from=a@b.ir"},
        {"smtp_url": "smtp://u:p@mail.example?from=a@b.ir&tls=off"},
        {"sms_url": "https://x.ir/send"}, {"sms_url": "https://x.ir/{mobile}"},
        {"sms_url": "ftp://x.ir/{mobile}/{text}"},
    ],
)  # fmt: skip
def test_a_wrong_address_of_a_service_stops_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


def test_a_problem_is_said_in_words_with_the_services_own() -> None:
    error = SendFailed("refused", "550 no  such\nbox").error
    assert problem(error) == "سرویس آن را نپذیرفت (550 no such box)"
    assert (problem(None), problem("sms")) == ("", "")
    use_language("en")
    try:
        assert problem("unreachable") == "The service could not be reached"
    finally:
        use_language("fa")
