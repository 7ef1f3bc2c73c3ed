"""Delivery: each notice once, also with two processes, also after a kill in the middle."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from outbox import Kept, announced, contact, failed, notices, only, ways
from plan_world import Panel
from sqlalchemy import select

from workbench.db.engine import Database
from workbench.db.models import AuditEvent
from workbench.services import runtime
from workbench.services.notices.delivery import (
    ATTEMPTS_MAX,
    LEASE,
    DeliveryReport,
    deliver_due,
    has_due,
)
from workbench.services.notices.senders import FileSender, Message, Senders

ROOT = Path(__file__).parents[2]
MINUTE = timedelta(minutes=1)


def actions(database: Database) -> list[str]:
    with database.reading() as session:
        found = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.action.like("notice.%"))
            .order_by(AuditEvent.id)
        )
        return list(found)


def test_a_due_notice_leaves_once_by_the_way_its_centre_has(
    database: Database, panel: Panel, now: datetime
) -> None:
    contact(database)
    announced(database, panel, now)
    sms = Kept()
    assert deliver_due(database, ways(sms=sms), now=now) == DeliveryReport(sent=1)
    (message,) = sms.messages
    row = only(database)
    assert (message.address, message.text) == ("09120000001", row.text)
    assert message.key == f"{row.insurer_id}-{row.id}"
    assert (row.state, row.sent_at, row.attempts, row.error) == ("sent", now, 1, None)
    assert deliver_due(database, ways(sms=sms), now=now + timedelta(days=1)) == DeliveryReport()
    assert len(sms.messages) == 1
    assert actions(database) == ["notice.sent"]


def test_before_its_time_nothing_is_due(database: Database, panel: Panel, now: datetime) -> None:
    announced(database, panel, now)
    assert not has_due(database, now=now - timedelta(seconds=1))
    assert deliver_due(database, ways(), now=now - timedelta(seconds=1)) == DeliveryReport()
    assert has_due(database, now=now)


def test_a_way_that_is_not_set_falls_back_to_the_file_and_says_so(
    database: Database, panel: Panel, now: datetime, tmp_path: Path
) -> None:
    contact(database, email="desk@clinic.example")
    announced(database, panel, now)
    deliver_due(database, Senders(file=FileSender(tmp_path)), now=now)
    row = only(database)
    assert (row.channel, row.state, row.error) == ("sms", "sent", "to_file")
    (path,) = tmp_path.iterdir()
    written = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == f"{row.insurer_id}-{row.id}.json"
    assert (written["address"], written["text"]) == ("09120000001", row.text)


def test_what_fails_is_tried_again_ever_later_and_has_failed_after_five_tries(
    database: Database, panel: Panel, now: datetime
) -> None:
    contact(database)
    announced(database, panel, now)
    sms, at = Kept(failures=[failed() for _try in range(ATTEMPTS_MAX)]), now
    for pause in (1, 5, 30, 120):
        assert deliver_due(database, ways(sms=sms), now=at) == DeliveryReport(put_off=1)
        row = only(database)
        assert (row.state, row.error) == ("waiting", "unreachable")
        assert row.next_try_at == at + pause * MINUTE
        assert not has_due(database, now=at + pause * MINUTE - timedelta(seconds=1))
        at = row.next_try_at
    assert deliver_due(database, ways(sms=sms), now=at) == DeliveryReport(failed=1)
    assert (only(database).state, only(database).attempts) == ("failed", ATTEMPTS_MAX)
    assert deliver_due(database, ways(sms=sms), now=at + timedelta(days=9)) == DeliveryReport()
    assert sms.messages == [] and actions(database) == ["notice.failed"]


def test_a_refusal_for_good_is_not_tried_again(
    database: Database, panel: Panel, now: datetime
) -> None:
    contact(database)
    announced(database, panel, now)
    sms = Kept(failures=[failed("refused", detail="400", is_permanent=True)])
    assert deliver_due(database, ways(sms=sms), now=now) == DeliveryReport(failed=1)
    assert (only(database).state, only(database).error) == ("failed", "refused: 400")


def test_one_that_fails_does_not_stop_the_others(
    database: Database, panel: Panel, now: datetime
) -> None:
    contact(database)
    announced(database, panel, now, count=3)
    sms = Kept(failures=[failed()])
    assert deliver_due(database, ways(sms=sms), now=now) == DeliveryReport(sent=2, put_off=1)


def test_a_sender_that_breaks_leaves_an_unknown_outcome(
    database: Database, panel: Panel, now: datetime, caplog: pytest.LogCaptureFixture
) -> None:
    contact(database)
    announced(database, panel, now)
    sms = Kept(failures=[RuntimeError("bug")])
    assert deliver_due(database, ways(sms=sms), now=now) == DeliveryReport(failed=1)
    assert (only(database).state, only(database).error) == ("failed", "unknown_outcome")
    assert "its sender broke" in caplog.text


def test_a_centre_that_lost_its_number_is_not_guessed(
    database: Database, panel: Panel, now: datetime
) -> None:
    contact(database)
    announced(database, panel, now)
    contact(database, mobile="")
    sms = Kept()
    assert deliver_due(database, ways(sms=sms), now=now) == DeliveryReport(failed=1)
    assert (only(database).error, sms.messages) == ("no_address", [])


def run_worker(database: Database, folder: Path, now: datetime, mode: str) -> int:
    process = start_worker(database, folder, now, mode)
    process.communicate("go\n", timeout=60)
    return process.returncode


def start_worker(
    database: Database, folder: Path, now: datetime, mode: str
) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.services.notice_worker", database.url]
    return subprocess.Popen(
        [*command, str(folder), now.isoformat(), mode],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def test_two_processes_at_once_send_each_notice_once(
    database: Database, panel: Panel, now: datetime, tmp_path: Path
) -> None:
    announced(database, panel, now, count=60)
    workers = [start_worker(database, tmp_path, now, "count") for _worker in range(2)]
    for worker in workers:
        assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    for worker in workers:
        worker.communicate(timeout=120)
        assert worker.returncode == 0
    lines = [line.split() for line in (tmp_path / "sent").read_text().splitlines()]
    sent = Counter(key for key, _process in lines)
    assert len({process for _key, process in lines}) == 2, "only one of them did anything"
    assert sent == {f"{row.insurer_id}-{row.id}": 1 for row in notices(database)}
    assert {(row.state, row.attempts) for row in notices(database)} == {("sent", 1)}
    assert len(sent) == 60


def test_killed_after_writing_the_file_it_is_recognised_and_written_once(
    database: Database, panel: Panel, now: datetime, tmp_path: Path
) -> None:
    announced(database, panel, now)
    assert run_worker(database, tmp_path, now, "die") == -signal.SIGKILL
    folder = tmp_path / "notices"
    (path,) = folder.iterdir()
    before = path.stat()
    assert only(database).state == "sending"
    senders = Senders(file=FileSender(folder))
    early = now + LEASE - timedelta(seconds=1)
    assert deliver_due(database, senders, now=early) == DeliveryReport()
    assert deliver_due(database, senders, now=now + LEASE) == DeliveryReport(sent=1)
    assert [each.name for each in folder.iterdir()] == [path.name]
    after = path.stat()
    assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)
    assert (only(database).state, only(database).attempts) == ("sent", 2)


def test_killed_after_an_sms_a_person_decides(
    database: Database, panel: Panel, now: datetime, tmp_path: Path
) -> None:
    contact(database)
    announced(database, panel, now)
    assert run_worker(database, tmp_path, now, "die-sms") == -signal.SIGKILL
    assert len((tmp_path / "sent").read_text().splitlines()) == 1
    sms = Kept()
    assert deliver_due(database, ways(sms=sms), now=now + LEASE) == DeliveryReport(failed=1)
    row = only(database)
    assert (row.state, row.error, sms.messages) == ("failed", "unknown_outcome", [])
    assert actions(database) == ["notice.failed"]


def test_killed_after_an_sms_it_does_not_go_to_a_file_when_the_service_was_taken_away(
    database: Database, panel: Panel, now: datetime, tmp_path: Path
) -> None:
    contact(database)
    announced(database, panel, now)
    run_worker(database, tmp_path, now, "die-sms")
    file = Kept("file", knows_repeats=True)
    assert deliver_due(database, ways(file=file), now=now + LEASE) == DeliveryReport(failed=1)
    assert file.messages == []


def test_who_was_thought_dead_and_sent_after_all_is_believed(
    database: Database, panel: Panel, now: datetime
) -> None:
    contact(database)
    announced(database, panel, now)

    class Slow(Kept):
        """While it sends, its lease ends and another gives the notice up."""

        def send(self, message: Message) -> None:
            self.messages.append(message)
            assert deliver_due(database, ways(sms=Kept()), now=now + LEASE).failed == 1

    assert deliver_due(database, ways(sms=Slow()), now=now) == DeliveryReport(sent=1)
    assert only(database).state == "sent"
    assert actions(database) == ["notice.failed", "notice.sent"]


def test_the_housekeeper_sends_in_a_thread_of_its_own(
    database: Database, panel: Panel, now: datetime
) -> None:
    announced(database, panel, now)
    file = Kept("file", knows_repeats=True)
    keeper = runtime.Housekeeper(
        lambda: database,
        every_seconds=0.02,
        notices_every_seconds=0.02,
        find_senders=lambda: ways(file=file),
    )
    keeper.start()
    until = time.monotonic() + 10
    while only(database).state != "sent" and time.monotonic() < until:
        time.sleep(0.05)
    keeper.stop()
    assert (only(database).state, len(file.messages)) == ("sent", 1)
