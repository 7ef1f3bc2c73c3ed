"""``report``: a paper of a day; never over another file, never of a day to come."""

from datetime import timedelta
from pathlib import Path

from tests.cli.conftest import Command
from tests.cli.finished_desk import build_finished
from workbench import clock
from workbench.persian.jalali import day_of, format_day
from workbench.services import runtime


def finished_desk() -> None:
    build_finished(runtime.database(), runtime.evidence_store(), clock.now())
    runtime.close()


def test_report_writes_the_paper_of_the_day(command: Command, tmp_path: Path) -> None:
    finished_desk()
    today, file = format_day(day_of(clock.now())), tmp_path / "day.pdf"
    ran = command("report", "--day", today, "--output", str(file), "--json")
    assert ran.json == {"file": str(file), "day": today, "bytes": file.stat().st_size}
    assert file.read_bytes().startswith(b"%PDF")
    assert str(file) in command("report", "--day", today, "--output", str(file)).complaint


def test_without_a_day_it_is_yesterdays(command: Command, tmp_path: Path) -> None:
    yesterday = format_day(day_of(clock.now()) - timedelta(days=1))
    ran = command("report", "--output", str(tmp_path / "day.pdf"), "--json")
    assert ran.json["day"] == yesterday


def test_a_day_that_is_none_is_refused(command: Command, tmp_path: Path) -> None:
    file = tmp_path / "day.pdf"
    assert "1405/13/01" in command("report", "--day", "1405/13/01", "--output", str(file)).complaint
    coming = format_day(day_of(clock.now()) + timedelta(days=2))
    assert command("report", "--day", coming, "--output", str(file)).complaint
    assert not file.exists()
