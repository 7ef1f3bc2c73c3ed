"""deadline, expiry, tooth and evidence check: what they print and what they refuse."""

import hashlib
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.services.registered_world import picture


@pytest.mark.parametrize("option", [(), ("--json",)], ids=["plain", "json"])
def test_the_deadline_of_the_contract(command: Command, option: tuple[str]) -> None:
    assert command("deadline", "1402/09/08 15:00", *option).json == {
        "start": "1402/09/08 15:00",
        "due": "1402/09/12 15:00",
        "limit": "1402/09/13 00:00",
    }


@pytest.mark.parametrize(
    ("submitted", "off", "working"),
    [
        ("1402/09/04 10:00", "1402/09/06 10:00", "1402/09/06 10:00"),
        ("1405/08/20 09:00", "1405/08/24 09:00", "1405/08/23 09:00"),
        ("1404/12/28 11:00", "1405/01/09 00:00", "1405/01/06 11:00"),
        ("1403/04/24 09:00", "1403/04/30 09:00", "1403/04/28 09:00"),
        ("۱۴۰۲/۰۹/۰۴ ۱۰:۰۰", "1402/09/06 10:00", "1402/09/06 10:00"),
    ],
)
def test_deadlines(command: Command, submitted: str, off: str, working: str) -> None:
    assert command("deadline", submitted).json["due"] == off
    assert command("deadline", submitted, "--thursday", "off").json["due"] == off
    assert command("deadline", submitted, "--thursday", "working").json["due"] == working


def test_a_deadline_of_other_hours(command: Command) -> None:
    found = command("deadline", "1402/09/04 10:00", "--hours", "72", "--json").json
    assert found["due"] == "1402/09/07 10:00"
    assert command("deadline", "1402/09/04 10:00", "--hours", "0.5").json["due"].endswith("10:30")


@pytest.mark.parametrize(
    "arguments",
    [
        ("deadline",),
        ("deadline", "1402/09/31 10:00"),
        ("deadline", "1402/09/08"),
        ("deadline", "2023/11/29 15:00"),
        ("deadline", "1402/09/08 25:00"),
        ("deadline", "tomorrow"),
        ("deadline", "1402/09/08 15:00", "--thursday", "maybe"),
        ("deadline", "1402/09/08 15:00", "--hours", "0"),
        ("deadline", "1402/09/08 15:00", "--hours", "-4"),
        ("deadline", "1402/09/08 15:00", "--hours", "nan"),
        ("deadline", "1402/09/08 15:00", "--hours", "inf"),
        ("deadline", "1402/09/08 15:00", "--hours", "many"),
        ("expiry",),
        ("expiry", "1402/13/01"),
        ("expiry", "1402/12/30"),
        ("expiry", "today"),
        ("expiry", ""),
        ("tooth",),
        ("tooth", ""),
        ("tooth", "6"),
        ("tooth", "L6"),
        ("tooth", "UL9"),
        ("tooth", "99"),
        ("tooth", "nose"),
        ("tooth", "x" * 1_000),
        ("evidence",),
        ("evidence", "check"),
        ("evidence", "eat", "a.jpg"),
        (),
        ("nothing",),
        ("money", "-", "--fast"),
    ],
    ids=lambda arguments: " ".join(arguments)[:40],
)
def test_what_is_refused(command: Command, arguments: tuple[str, ...]) -> None:
    assert command(*arguments).complaint
    assert command(*arguments, "--json").complaint


@pytest.mark.parametrize("option", [(), ("--json",)], ids=["plain", "json"])
@pytest.mark.parametrize(
    ("issued", "last"),
    [
        ("1402/06/31", "1402/08/30"),
        ("1402/09/13", "1402/11/13"),
        ("1402/10/30", "1402/12/29"),
        ("1403/10/30", "1403/12/30"),
        ("1402/04/31", "1402/06/31"),
    ],
)
def test_expiry(command: Command, issued: str, last: str, option: tuple[str]) -> None:
    assert command("expiry", issued, *option).json == {"last_valid_day": last}


@pytest.mark.parametrize(
    ("text", "fdi"), [("U/LC", 63), ("LL6", 36), ("36", 36), ("۶ پایین چپ", 36), ("C بالا چپ", 63)]
)
def test_a_tooth(command: Command, text: str, fdi: int) -> None:
    assert command("tooth", text).json == command("tooth", text, "--json").json
    assert command("tooth", text).json["fdi"] == fdi


def test_a_tooth_is_described(command: Command) -> None:
    assert command("tooth", "U/LC", "--json").json == {
        "fdi": 63,
        "quadrant": 6,
        "unit": 3,
        "label": "C",
        "jaw": "upper",
        "side": "left",
        "is_primary": True,
        "is_anterior": True,
        "name_fa": "C بالا چپ (۶۳)",
        "name_en": "upper left C (63)",
    }


@pytest.mark.parametrize("option", [(), ("--json",)], ids=["plain", "json"])
def test_evidence_is_judged_file_by_file(
    command: Command, tmp_path: Path, option: tuple[str]
) -> None:
    content = picture(7)
    (tmp_path / "good.jpg").write_bytes(content)
    (tmp_path / "cut.jpg").write_bytes(content[: len(content) // 2])
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "page.png").write_bytes(content)
    names = ["good.jpg", "cut.jpg", "empty.jpg", "page.png", "absent.jpg"]
    paths = [str(tmp_path / name) for name in names]
    ran = command("evidence", "check", *paths, *option)
    assert ran.code == 0
    assert ran.json[0] == {
        "file": paths[0],
        "accepted": True,
        "reason": None,
        "sha256": hashlib.sha256(content).hexdigest(),
        "bytes": len(content),
    }
    assert [row["file"] for row in ran.json] == paths
    assert [row["accepted"] for row in ran.json] == [True, False, False, False, False]
    assert [row["reason"] for row in ran.json[1:]] == [
        "evidence_truncated",
        "evidence_empty",
        "evidence_not_jpeg_name",
        "evidence_unreadable",
    ]
