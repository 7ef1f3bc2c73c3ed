"""Images by the hash of their bytes, in a folder or any place fsspec reaches by URL."""

import errno
import hashlib
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from workbench.errors import Refused

SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
TEMPORARY = ".part"
NETWORK = {
    "skip_instance_cache": True,  # The environment of now says where it is.
    "use_listings_cache": False,  # Other processes write into the same bucket.
    "config_kwargs": {"connect_timeout": 5, "read_timeout": 20, "retries": {"max_attempts": 2}},
}
OPTIONS: dict[str, dict[str, Any]] = {"s3": NETWORK, "s3a": NETWORK}

Known = Callable[[set[str]], set[str]]
"""Which of these names a row knows."""


class Kind(StrEnum):
    """What is kept of an image: its bytes as received, and two copies made for display."""

    ORIGINAL = "original"
    RENDITION = "rendition"
    THUMB = "thumb"


class EvidenceStore:
    """Keeps images under their SHA-256. Files first, row second: an orphan is harmless."""

    def __init__(self, url: str) -> None:
        try:
            filesystem, root = url_to_fs(url, **OPTIONS.get(url.partition("://")[0], {}))
        except (ImportError, ValueError) as error:
            raise Refused("evidence_store_unknown", url=url) from error
        self._filesystem: Any = filesystem
        self._root = str(root).rstrip("/")
        self._is_local = isinstance(filesystem, LocalFileSystem)

    def put(self, sha256: str, data: bytes) -> None:
        """Keep an image as it was received; again changes nothing but the file's age."""
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Refused("evidence_damaged_file", sha256=sha256)
        self._write(self._path(sha256, Kind.ORIGINAL), data)

    def put_copy(self, sha256: str, kind: Kind, content: bytes) -> str:
        """Keep a copy for display in place of the one that is there; returns its own SHA-256."""
        assert kind is not Kind.ORIGINAL, "an original is kept by put"
        self._write(self._path(sha256, kind), content)
        return hashlib.sha256(content).hexdigest()

    def read(self, sha256: str, kind: str = Kind.ORIGINAL, noted: str | None = None) -> bytes:
        """The bytes of one file; refused where it is missing or no longer what was kept.

        An original is what its name says. A copy is what was ``noted`` of it (its own SHA-256);
        where nothing was, it has to begin and end as a JPEG does.
        """
        path = self._path(sha256, kind)
        with self._refusals():
            try:
                content = bytes(self._filesystem.cat_file(path))
            except FileNotFoundError as error:
                raise Refused("evidence_missing_file", sha256=sha256) from error
        expected = sha256 if kind == Kind.ORIGINAL else noted
        if expected is None:
            is_whole = content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9")
        else:
            is_whole = hashlib.sha256(content).hexdigest() == expected
        if not is_whole:
            raise Refused("evidence_damaged_file", sha256=sha256)
        return content

    def exists(self, sha256: str, kind: str = Kind.ORIGINAL) -> bool:
        """Whether the file is there; says nothing about its content."""
        with self._refusals():
            return bool(self._filesystem.exists(self._path(sha256, kind)))

    def delete(self, sha256: str) -> None:
        """Remove an image and its copies; one that is not there is no error."""
        with self._refusals():
            for kind in Kind:
                self._remove(self._path(sha256, kind))

    def sweep(self, known: Known, older_than: datetime, *, most: int) -> int:
        """Remove files that no row knows and that were written before ``older_than`` (aware).

        Leave a margin of hours, since a file stands before its row. Refused before anything is
        removed: ``evidence_many_orphans`` above ``most`` files, as where the database is another's
        or not restored yet. Returns files removed.
        """
        with self._refusals():
            orphans = list(islice(self._orphans(known, older_than), most + 1))
            if len(orphans) > most:
                raise Refused("evidence_many_orphans", limit=most)
            for path in orphans:
                if self._written_at(path) < older_than:  # Not put again meanwhile.
                    self._remove(path)
        return len(orphans)

    def _orphans(self, known: Known, older_than: datetime) -> Iterator[str]:
        for files in self._shards():
            ours = {path: name for path in files if (name := _name_of(path)) is not None}
            kept = known(set(ours.values()))
            for path, name in ours.items():
                if name not in kept and self._written_at(path) < older_than:
                    yield path

    def _path(self, sha256: str, kind: str) -> str:
        if not SHA256.fullmatch(sha256):
            raise Refused("evidence_missing_file", sha256=sha256[:64])
        return f"{self._root}/{Kind(kind)}/{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg"

    def _write(self, path: str, content: bytes) -> None:
        with self._refusals():
            if self._is_local:
                _write_local(Path(path), content)
            else:
                self._filesystem.pipe_file(path, content)

    def _shards(self) -> Iterator[list[str]]:
        """The files of the store, some thousands at a time however many there are."""
        for kind in Kind:
            for entry in self._entries(f"{self._root}/{kind}"):
                is_folder = entry["type"] == "directory"
                yield list(self._filesystem.find(entry["name"])) if is_folder else [entry["name"]]

    def _entries(self, folder: str) -> list[dict[str, Any]]:
        try:
            return list(self._filesystem.ls(folder, detail=True))
        except FileNotFoundError:
            return []

    def _written_at(self, path: str) -> datetime:
        try:
            written_at: datetime = self._filesystem.modified(path)
        except FileNotFoundError:  # Another sweeper was quicker.
            return datetime.max.replace(tzinfo=UTC)
        return written_at if written_at.tzinfo else written_at.replace(tzinfo=UTC)

    def _remove(self, path: str) -> None:
        with suppress(FileNotFoundError):
            self._filesystem.rm_file(path)

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        """Turn what the disk or the network answers into a refusal.

        The drivers of other stores raise errors of their own beside those of the system.
        """
        try:
            yield
        except Refused:
            raise
        except OSError as error:
            code = "evidence_store_full" if error.errno in FULL else "evidence_store_unavailable"
            raise Refused(code) from error
        except Exception as error:
            if self._is_local:
                raise
            raise Refused("evidence_store_unavailable") from error


def _name_of(path: str) -> str | None:
    """What a file of ours is called without its ending; None for a file of somebody else."""
    file = path.rsplit("/", maxsplit=1)[-1]
    stem = file.removesuffix(".jpg")
    return stem if file.endswith(TEMPORARY) or SHA256.fullmatch(stem) else None


def _write_local(path: Path, content: bytes) -> None:
    """Write beside, force to disk, rename: a crash leaves the old file or the new one."""
    if _holds(path, content):
        os.utime(path)  # Young again, so that a sweep under way spares it.
        return
    _make_folder(path.parent)
    temporary = path.with_name(f"{uuid.uuid4().hex}{TEMPORARY}")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _make_folder(folder: Path) -> None:
    """A folder that is still there after a power cut."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    _sync_folder(folder.parent)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
