"""The store of images: on a folder, in fsspec's memory, and in a real S3 endpoint."""

import errno
import hashlib
import io
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from moto.server import ThreadedMotoServer

from tests.evidence.bucket import endpoint, settle_on
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore, Kind, Known

JPEG = b"\xff\xd8\xff original \xff\xd9"
RENDITION = b"\xff\xd8\xff rendition \xff\xd9"
THUMB = b"\xff\xd8\xff thumb \xff\xd9"
SHA = hashlib.sha256(JPEG).hexdigest()
OTHER = b"\xff\xd8\xff other \xff\xd9"
OTHER_SHA = hashlib.sha256(OTHER).hexdigest()
UNAVAILABLE = "evidence_store_unavailable"


@pytest.fixture(params=["folder", "memory", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> EvidenceStore:
    match request.param:
        case "folder":
            return EvidenceStore(str(tmp_path / "e"))
        case "memory":
            return EvidenceStore(f"memory://{uuid.uuid4().hex}")
        case _:
            return EvidenceStore(request.getfixturevalue("bucket_url"))


def put(store: EvidenceStore) -> tuple[str, str]:
    """The image with both copies; the hashes of these."""
    store.put(SHA, JPEG)
    rendition = store.put_copy(SHA, Kind.RENDITION, RENDITION)
    return rendition, store.put_copy(SHA, Kind.THUMB, THUMB)


def knows(*names: str) -> Known:
    return lambda asked: asked & set(names)


def refusal(action: object, *arguments: object) -> str:
    with pytest.raises(Refused) as caught:
        action(*arguments)  # type: ignore[operator]
    return caught.value.code


def test_what_was_put_is_read_back(store: EvidenceStore) -> None:
    assert not store.exists(SHA)
    put(store)
    assert store.exists(SHA)
    assert [store.read(SHA, kind) for kind in Kind] == [JPEG, RENDITION, THUMB]


def test_putting_twice_is_the_same_as_once(store: EvidenceStore) -> None:
    for _ in range(2):
        put(store)
    assert store.read(SHA) == JPEG


def test_bytes_under_a_wrong_name_are_not_kept(store: EvidenceStore) -> None:
    assert refusal(store.put, "0" * 64, JPEG) == "evidence_damaged_file"
    assert not store.exists("0" * 64)


def test_a_missing_file_is_named(store: EvidenceStore) -> None:
    assert refusal(store.read, SHA) == "evidence_missing_file"
    assert refusal(store.read, SHA, "thumb") == "evidence_missing_file"


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "..", "", "a" * 63, "g" * 64, SHA.upper(), SHA + "/..", SHA + "\n"]
)
def test_no_path_gets_through(store: EvidenceStore, name: str) -> None:
    for action in (store.read, store.exists, store.delete):
        assert refusal(action, name) == "evidence_missing_file"


def test_an_unknown_kind_is_a_bug(store: EvidenceStore) -> None:
    with pytest.raises(ValueError, match="secret"):
        store.read(SHA, "secret")


def test_deleting_removes_all_and_repeats_quietly(store: EvidenceStore) -> None:
    put(store)
    store.delete(SHA)
    store.delete(SHA)
    assert not any(store.exists(SHA, kind) for kind in Kind)


def test_the_sweeper_removes_old_orphans_only(store: EvidenceStore) -> None:
    put(store)
    store.put(OTHER_SHA, OTHER)
    now = datetime.now(UTC)
    assert store.sweep(knows(SHA), now - timedelta(hours=1), most=9) == 0
    assert store.sweep(knows(SHA), now + timedelta(hours=1), most=9) == 1
    assert store.exists(SHA)
    assert not store.exists(OTHER_SHA)


def test_a_store_of_another_database_is_not_swept(store: EvidenceStore) -> None:
    put(store)
    with pytest.raises(Refused, match="evidence_many_orphans"):
        store.sweep(knows(), datetime.now(UTC) + timedelta(hours=1), most=2)
    assert all(store.exists(SHA, kind) for kind in Kind)


def test_a_copy_is_told_by_what_was_noted_of_it(store: EvidenceStore) -> None:
    noted, _ = put(store)
    assert store.read(SHA, Kind.RENDITION, noted) == RENDITION
    store.put_copy(SHA, Kind.RENDITION, THUMB)
    assert refusal(store.read, SHA, Kind.RENDITION, noted) == "evidence_damaged_file"


def test_the_sweeper_of_an_empty_store_finds_nothing(store: EvidenceStore) -> None:
    assert store.sweep(knows(), datetime.now(UTC), most=9) == 0


def test_many_threads_may_put_the_same_image(store: EvidenceStore) -> None:
    with ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(store.put, SHA, JPEG) for _ in range(64)]
        assert [job.result() for job in jobs] == [None] * 64
    assert store.read(SHA) == JPEG


def test_the_folder_holds_two_levels_and_no_leftovers(tmp_path: Path) -> None:
    put(EvidenceStore(str(tmp_path)))
    files = sorted(str(p.relative_to(tmp_path)) for p in tmp_path.rglob("*") if p.is_file())
    assert files == [f"{kind}/{SHA[:2]}/{SHA[2:4]}/{SHA}.jpg" for kind in Kind]


def file_of(root: Path, kind: str) -> Path:
    return next((root / kind).rglob("*.jpg"))


@pytest.mark.parametrize("content", [b"", JPEG[:-1], JPEG + b"x", JPEG.replace(b"o", b"0", 1)])
def test_a_changed_original_is_found_and_mended_by_putting_again(
    tmp_path: Path, content: bytes
) -> None:
    store = EvidenceStore(str(tmp_path))
    put(store)
    file_of(tmp_path, "original").write_bytes(content)
    assert refusal(store.read, SHA) == "evidence_damaged_file"
    put(store)
    assert store.read(SHA) == JPEG


def test_half_a_rendition_is_found(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path))
    put(store)
    file_of(tmp_path, "rendition").write_bytes(RENDITION[:-5])
    assert refusal(store.read, SHA, "rendition") == "evidence_damaged_file"


def test_a_file_put_again_is_spared_by_the_sweeper(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path))
    put(store)
    for path in tmp_path.rglob("*.jpg"):
        os.utime(path, (0, 0))
    put(store)
    assert store.sweep(knows(), datetime.now(UTC) - timedelta(hours=1), most=9) == 0


def test_the_sweeper_takes_what_a_crash_left_and_spares_foreign_files(tmp_path: Path) -> None:
    store = EvidenceStore(str(tmp_path))
    (tmp_path / "original").mkdir()
    (tmp_path / "original" / "0123.part").write_bytes(b"half")
    (tmp_path / "README").write_text("not ours")
    assert store.sweep(knows(), datetime.now(UTC) + timedelta(hours=1), most=9) == 1
    assert (tmp_path / "README").exists()


FILL = """
import hashlib, resource, signal, sys
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
data = b"x" * 50000
try:
    EvidenceStore(sys.argv[1]).put(hashlib.sha256(data).hexdigest(), data)
except Refused as refused:
    sys.stdout.write(refused.code)
"""


def test_no_room_left_is_a_refusal_and_leaves_nothing_half(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert done.stdout == "evidence_store_full"
    assert not list(tmp_path.rglob("*.part"))
    assert not list((tmp_path / "original").rglob("*.jpg"))


@pytest.mark.parametrize("step", ["write", "fsync", "replace", "mkdir"])
def test_no_room_at_any_step_keeps_the_old_or_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    store = EvidenceStore(str(tmp_path))

    def full(*_given: object, **_more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    class Full(io.BytesIO):
        write = full  # type: ignore[assignment]

    with monkeypatch.context() as patch:
        if step == "write":
            patch.setattr(Path, "open", lambda path, _mode: path.touch() or Full())
        elif step == "fsync":
            patch.setattr(os, "fsync", full)
        else:
            patch.setattr(Path, step, full)
        assert refusal(store.put, SHA, JPEG) == "evidence_store_full"
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left == []
    store.put(SHA, JPEG)
    assert store.read(SHA) == JPEG


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 256 KB, where this user may mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder)]
    try:
        is_mounted = subprocess.run(mount, capture_output=True).returncode == 0
    except FileNotFoundError:
        is_mounted = False
    if not is_mounted:
        pytest.skip("mounting needs more rights")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_full_disk_keeps_what_stood_and_nothing_half(small_disk: Path) -> None:
    store = EvidenceStore(str(small_disk))
    store.put(SHA, JPEG)
    kept, code = [SHA], ""
    for number in range(40):
        data = JPEG + bytes([number]) * 20_000
        sha256 = hashlib.sha256(data).hexdigest()
        try:
            store.put(sha256, data)
            kept.append(sha256)
        except Refused as refused:
            code = refused.code
            break
    assert code == "evidence_store_full"
    assert len(kept) > 2
    assert {path.stem for path in small_disk.rglob("*") if path.is_file()} == set(kept)
    assert all(store.read(sha256) for sha256 in kept)


def test_a_store_that_is_a_file_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "e").write_text("no folder")
    store = EvidenceStore(str(tmp_path / "e"))
    assert refusal(store.read, SHA) == "evidence_store_unavailable"
    assert refusal(store.put, SHA, JPEG) == "evidence_store_unavailable"


def test_an_address_of_an_unknown_kind_is_refused() -> None:
    assert refusal(EvidenceStore, "nowhere://x") == "evidence_store_unknown"


def test_an_endpoint_that_stops_is_a_refusal_and_leaves_nothing_half(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with endpoint() as running:
        settle_on(running, monkeypatch)
        store = EvidenceStore(running.new_bucket())
        store.put(SHA, JPEG)
        port = running.server.get_host_and_port()[1]
        running.server.stop()
        assert refusal(store.put_copy, SHA, Kind.RENDITION, RENDITION) == UNAVAILABLE
        assert refusal(store.put, OTHER_SHA, OTHER) == UNAVAILABLE
        for action in (store.read, store.exists, store.delete):
            assert refusal(action, SHA) == UNAVAILABLE
        again = ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False)
        again.start()
        try:
            assert store.read(SHA) == JPEG
            assert not store.exists(SHA, Kind.RENDITION)
            assert not store.exists(OTHER_SHA)
        finally:
            again.stop()


def test_a_bucket_that_is_not_there_is_a_refusal(bucket_url: str) -> None:
    store = EvidenceStore("s3://no-such-bucket-here/images")
    assert refusal(store.put, SHA, JPEG) == UNAVAILABLE


def test_wrong_keys_are_a_refusal(bucket_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", "/nonexistent")
    assert refusal(EvidenceStore(bucket_url).put, SHA, JPEG) == UNAVAILABLE
