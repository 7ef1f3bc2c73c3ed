"""migrate, import, export, import-schema, backup, restore and verify as a script calls them."""

import json
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.cli.finished_desk import build_finished
from tests.services import registered_world as world
from workbench.persian.jalali import day_of
from workbench.services import runtime
from workbench.settings import settings


@pytest.fixture
def desk(command: Command, data_folder: Path, now: datetime) -> Path:
    """The data folder with one finished claim in it."""
    settings.cache_clear()
    build_finished(runtime.database(), runtime.evidence_store(), now)
    runtime.close()
    return data_folder


@pytest.fixture
def other_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another data folder, which a test may point the settings at."""
    return tmp_path / "other"


def test_migrate_makes_a_database_once(
    command: Command, other_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WORKBENCH_DATA", str(other_folder))
    first = command("migrate", "--json")
    assert first.code == 0 and (other_folder / "workbench.db").is_file()
    assert command("migrate", "--json").json == first.json
    assert first.json["revision"] in command("migrate").out


def test_a_bundle_is_imported_once(command: Command, data_folder: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle"
    bundle.mkdir()
    good = {"code": "c-1", "name": "مرکز", "province": "تهران"}
    bad = good | {"code": "c-2", "colour": "red"}
    (bundle / "centres.jsonl").write_text(f"{json.dumps(good)}\n{json.dumps(bad)}\n{{\n")
    first = command("import", str(bundle), "--json")
    assert first.code == 1
    assert first.json["counts"] == {"centres": {"landed": 1, "refused": 2}}
    assert [row["line"] for row in first.json["refused"]] == [2, 3]
    again = command("import", str(bundle))
    assert again.code == 1 and "unchanged 1" in again.out and "centres.jsonl:2 c-2" in again.out
    (bundle / "centres.jsonl").write_text(json.dumps(good))
    assert command("import", str(bundle)).code == 0
    assert command("verify").code == 0


def test_an_export_is_imported_into_an_empty_database(
    command: Command, desk: Path, other_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = desk.parent / "export"
    exported = command("export", str(target), "--json")
    assert exported.code == 0 and exported.json["counts"]["claims"] == 1
    assert "claims.jsonl: 1" in command("export", str(desk.parent / "again")).out
    monkeypatch.setenv("WORKBENCH_DATA", str(other_folder))
    imported = command("import", str(target), "--json")
    assert imported.json["refused"] == []
    assert imported.json["counts"]["claims"] == {"landed": 1}
    assert command("verify", "--evidence", "--json").json["ok"] is True


def test_the_import_schema_is_json(command: Command) -> None:
    schema = command("import-schema").json
    assert "claims.jsonl" in schema["files"]
    assert schema == command("import-schema", "--json").json


def test_backup_restore_verify(
    command: Command, desk: Path, other_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = desk.parent / "b.zip"
    made = command("backup", str(target), "--json").json
    assert (made["images"], made["missing_images"], made["bytes"]) == (
        1,
        [],
        target.stat().st_size,
    )
    assert made["head"] in command("backup", str(desk.parent / "c.zip")).out
    assert "not empty" in command("restore", str(target)).complaint
    monkeypatch.setenv("WORKBENCH_DATA", str(other_folder))
    restored = command("restore", str(target), "--json")
    assert restored.code == 0 and restored.json["ok"] is True
    found = command("verify", "--evidence", "--head", made["head"], "--json").json
    assert found["ok"] is True and found["head"]["anchor"] == made["head"]
    assert {check["name"] for check in found["checks"]} >= {"trail", "anchor", "money", "evidence"}


def test_verify_says_what_is_wrong_and_exits_1(command: Command, desk: Path) -> None:
    sound = command("verify")
    assert sound.code == 0 and "money: sound, 1 looked at" in sound.out
    with sqlite3.connect(desk / "workbench.db") as connection:
        connection.execute("UPDATE claim SET payable_rial = payable_rial + 10")
    connection.close()
    broken = command("verify", "--json")
    assert broken.code == 1 and broken.json["ok"] is False
    problems = {check["name"]: check["problems"] for check in broken.json["checks"]}
    assert problems["trail"] == [] and "payable_rial" in problems["money"][0]
    plain = command("verify")
    assert plain.code == 1 and "money: 1 problem" in plain.out


def test_verify_finds_a_cut_tail_by_its_anchor(command: Command, desk: Path) -> None:
    head = command("verify", "--json").json["head"]
    with sqlite3.connect(desk / "workbench.db") as connection:
        (event,) = connection.execute(
            "SELECT event_id FROM audit_seal ORDER BY position DESC LIMIT 1"
        ).fetchone()
        connection.execute("DELETE FROM audit_event WHERE id = ?", (event,))
        connection.execute("DELETE FROM audit_seal WHERE event_id = ?", (event,))
    connection.close()
    cut = command("verify", "--head", head["anchor"])
    assert cut.code == 1
    assert f"{head['count'] - 1} of {head['count']} sealed events are left" in cut.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("import",), "folder"),
        (("import", "nowhere"), "nowhere"),
        (("import", "empty"), "empty"),
        (("import", "full/note.txt"), "note.txt"),
        (("export",), "folder"),
        (("export", "full"), "full"),
        (("export", "full/note.txt"), "note.txt"),
        (("backup",), "file"),
        (("backup", "full/note.txt"), "note.txt"),
        (("backup", "nowhere/b.zip"), "b.zip"),
        (("restore",), "file"),
        (("restore", "nowhere.zip"), "nowhere.zip"),
        (("restore", "full/note.txt"), "note.txt"),
        (("verify", "--head", "7"), "COUNT:HASH"),
        (("verify", "--head", "x:y"), "COUNT:HASH"),
        (("demo", "--claims", "0"), "--claims"),
        (("demo", "--claims", "many"), "claims"),
        (("serve", "--port", "0"), "WORKBENCH_PORT"),
        (("serve", "--port", "99999"), "WORKBENCH_PORT"),
        (("migrate", "now"), "now"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_refused(
    command: Command,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note.txt").write_text("something")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORKBENCH_PORT", "8501")
    for option in ((), ("--json",)):
        assert said in command(*arguments, *option).complaint
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["note.txt"]


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("WORKBENCH_PORT", "many", "WORKBENCH_PORT"),
        ("WORKBENCH_SQLITE_SYNCHRONOUS", "OFF", "WORKBENCH_SQLITE_SYNCHRONOUS"),
        ("WORKBENCH_DATABASE_URL", "nonsense", "database"),
        ("WORKBENCH_DATABASE_URL", "postgresql+psycopg://nobody@127.0.0.1:1/x", "database"),
        ("WORKBENCH_DATABASE_URL", "sqlite:////dev/null/x.db", "database"),
    ],
)
def test_a_bad_setting_is_one_line(
    command: Command, monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    monkeypatch.setenv(name, value)
    assert said in command("verify").complaint


def test_letters_are_expired_once(command: Command, data_folder: Path, now: datetime) -> None:
    settings.cache_clear()
    world.build_in(runtime.database(), now)
    runtime.database().in_tx(lambda s: world.referral(s, now, issued_on=day_of(now)))
    runtime.close()
    before = command("expire-referrals", "--now", "1404/11/01 23:59", "--json")
    assert before.json == {"expired": 0, "invalid": 0, "settled": 0, "released_rial": 0}
    first = command("expire-referrals", "--now", "1404/11/02 00:00", "--json")
    assert first.json == before.json | {"expired": 1, "released_rial": 10_000_000}
    assert "Expired 0" in command("expire-referrals", "--now", "1404/11/02 00:00").out
    assert command("verify").code == 0


def test_expiring_at_no_instant_is_refused(command: Command, data_folder: Path) -> None:
    assert command("expire-referrals", "--now", "1404/13/01 10:00").complaint


def test_nothing_is_drawn_where_nothing_was_decided(command: Command) -> None:
    assert command("draw-rechecks", "--json").json == {"decided": 0, "drawn": 0}
    assert "Drew 0 of 0" in command("draw-rechecks", "--now", "1404/11/02 00:00").out
    assert command("draw-rechecks", "--now", "1404/13/01 10:00").complaint


def test_send_notices_says_what_left(command: Command) -> None:
    assert command("send-notices", "--json").json == {"sent": 0, "put_off": 0, "failed": 0}
    assert "Sent 0, put off 0, failed 0." in command("send-notices").out
