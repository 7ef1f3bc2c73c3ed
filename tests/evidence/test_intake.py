"""Taking images in, and looking at files from the command line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from workbench.errors import Refused
from workbench.evidence.intake import check_files, take_in
from workbench.evidence.limits import Limits
from workbench.evidence.store import EvidenceStore


def test_an_image_is_kept_as_it_was_received_and_nothing_besides(
    tmp_path: Path, make_jpeg: Callable[..., bytes]
) -> None:
    store, data = EvidenceStore(str(tmp_path)), make_jpeg(size=(800, 600))
    accepted = take_in(store, data, "a.jpg")
    assert store.read(accepted.sha256) == data
    assert [path.parts[-4] for path in tmp_path.rglob("*.jpg")] == ["original"]


def test_a_refused_image_leaves_nothing_behind(
    tmp_path: Path, make_jpeg: Callable[..., bytes]
) -> None:
    with pytest.raises(Refused):
        take_in(EvidenceStore(str(tmp_path)), make_jpeg()[:500], "a.jpg")
    assert not list(tmp_path.iterdir())


def test_files_are_answered_in_order(tmp_path: Path, make_jpeg: Callable[..., bytes]) -> None:
    good, cut, huge = (tmp_path / name for name in ("good.jpg", "cut.jpg", "huge.jpg"))
    data = make_jpeg()
    good.write_bytes(data)
    cut.write_bytes(data[:2000])
    huge.write_bytes(data * 5)
    answers = check_files(
        [good, str(cut), huge, tmp_path, tmp_path / "no.jpg", "a\0.jpg"],
        Limits(size_bytes=2 * len(data)),
    )
    assert [a["reason"] for a in answers] == [
        None,
        "evidence_truncated",
        "evidence_too_large",
        "evidence_unreadable",
        "evidence_unreadable",
        "evidence_unreadable",
    ]
    assert [a["accepted"] for a in answers] == [True] + [False] * 5
    assert [a["bytes"] for a in answers] == [len(data), 2000, 5 * len(data), None, None, None]
    assert answers[0]["file"] == str(good)
    assert len(str(answers[0]["sha256"])) == 64
    assert answers[1]["sha256"] is None
