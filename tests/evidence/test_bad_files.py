"""Thousands of bad files through the whole intake: none gets in, none breaks it or stays behind."""

import io
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.evidence.bad_files import flipped, noise
from workbench.errors import Refused
from workbench.evidence.intake import take_in
from workbench.evidence.jpeg import copies
from workbench.evidence.messages import MESSAGES
from workbench.evidence.store import EvidenceStore

WORKER = Path(__file__).with_name("intake_worker.py")
MEMORY_BYTES_MAX = 512 * 1024 * 1024


def tried(tmp_path: Path, part: str) -> dict[str, Any]:
    """What the worker says, with its store and its temporary folder below ``tmp_path``."""
    for name in ("store", "temporary"):
        (tmp_path / name).mkdir()
    done = subprocess.run(
        [sys.executable, str(WORKER), str(tmp_path / "store"), part],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONPATH": ".", "TMPDIR": str(tmp_path / "temporary")},
        timeout=240,
    )
    assert (done.returncode, done.stderr) == (0, "")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def check_none_came_in(tmp_path: Path, part: str, *, at_least: int) -> None:
    found = tried(tmp_path, part)
    assert found["tried"] >= at_least
    assert (found["accepted"], found["broken"]) == ([], [])
    assert sum(found["codes"].values()) == found["tried"]
    assert found["codes"].keys() == EXPECTED
    assert found["memory_bytes"] < MEMORY_BYTES_MAX
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


EXPECTED = {
    "evidence_bad_name",
    "evidence_bomb",
    "evidence_damaged",
    "evidence_empty",
    "evidence_mode",
    "evidence_multi_picture",
    "evidence_not_jpeg",
    "evidence_not_jpeg_name",
    "evidence_side_too_long",
    "evidence_too_large",
    "evidence_too_many_pixels",
    "evidence_truncated",
}


def test_a_thousand_bad_files_stay_outside(tmp_path: Path) -> None:
    check_none_came_in(tmp_path, "20", at_least=1_000)


@pytest.mark.slow
def test_ten_thousand_bad_files_stay_outside(tmp_path: Path) -> None:
    check_none_came_in(tmp_path, "1", at_least=10_000)


@pytest.mark.slow
def test_the_largest_good_file_needs_less_memory_than_there_is(tmp_path: Path) -> None:
    found = tried(tmp_path, "largest")
    assert (len(found["accepted"]), found["broken"]) == (1, [])
    assert found["memory_bytes"] < MEMORY_BYTES_MAX


def check_flips(store: EvidenceStore, count: int) -> None:
    """Refused, or decoded wholly: then its copies are whole pictures too."""
    accepted = 0
    for data in flipped(count):
        try:
            image = take_in(store, data, "a.jpg")
        except Refused as refused:
            assert refused.code in MESSAGES
            continue
        accepted += 1
        made = copies(data)
        for copy in (made.rendition, made.thumb):
            with Image.open(io.BytesIO(copy)) as shown:
                shown.load()
                assert (
                    sorted(shown.size) == sorted((image.width, image.height)) or copy == made.thumb
                )
    assert 0 < accepted < count


@pytest.mark.filterwarnings("ignore::UserWarning")  # broken metadata
def test_a_flipped_bit_is_refused_or_shown_whole(tmp_path: Path) -> None:
    check_flips(EvidenceStore(str(tmp_path)), 400)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_four_thousand_flipped_files_are_refused_or_shown_whole(tmp_path: Path) -> None:
    check_flips(EvidenceStore(str(tmp_path)), 4_000)


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        packed.writestr("SECRET.txt", "SECRET " * 50)
    return buffer.getvalue()


def another_picture() -> bytes:
    return noise("L", (64, 64), comment=b"SECRET picture")


def with_part(marker: int, content: bytes) -> Callable[[bytes], bytes]:
    """A file with one more segment behind its beginning."""
    part = bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content
    return lambda data: data[:2] + part + data[2:]


HIDDEN: dict[str, Callable[[bytes], bytes]] = {
    "zip behind": lambda data: data + archive(),
    "picture behind": lambda data: data + another_picture(),
    "page behind": lambda data: data + b"<script>SECRET</script>",
    "comment": with_part(0xFE, b"SECRET comment"),
    "colour profile": with_part(0xE2, b"ICC_PROFILE\0\x01\x01" + b"SECRET" * 100),
    "metadata": with_part(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:SECRET/>"),
    "photoshop": with_part(0xED, b"Photoshop 3.0\08BIM SECRET"),
    "own segment": with_part(0xEF, b"SECRET" * 999),
    "preview in the metadata": with_part(0xE1, b"Exif\0\0MM\0*\0\0\0\x08\0\0" + b"SECRET" * 50),
}


@pytest.mark.parametrize("way", HIDDEN)
def test_what_is_hidden_in_a_file_is_in_no_copy(tmp_path: Path, way: str) -> None:
    clean = noise()
    data = HIDDEN[way](clean)
    assert b"SECRET" in data
    store = EvidenceStore(str(tmp_path))
    accepted = take_in(store, data, "a.jpg")
    assert store.read(accepted.sha256) == data, "the original is evidence and stays as it came"
    made, expected = copies(data), copies(clean)
    assert (made.rendition, made.thumb) == (expected.rendition, expected.thumb)
    assert b"SECRET" not in made.rendition + made.thumb
