"""Images by the hash of their bytes, in a folder or any place fsspec reaches by URL."""

import errno
import hashlib
import os
import re
import uuid
from collections.abc import Container, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from fsspec.core import url_to_fs
from fsspec.implementations.local import LocalFileSystem

from workbench.errors import Refused

SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
TEMPORARY = ".part"


class Kind(StrEnum):
    """What is kept of an image: its bytes as received, and two copies made for display."""

    ORIGINAL = "original"
    RENDITION = "rendition"
    THUMB = "thumb"


class EvidenceStore:
    """Keeps images under their SHA-256. Files first, row second: an orphan is harmless."""

    def __init__(self, url: str) -> None:
        try:
            filesystem, root = url_to_fs(url)
        except (ImportError, ValueError) as error:
            raise Refused("evidence_store_unknown", url=url) from error
        self._filesystem: Any = filesystem
        self._root = str(root).rstrip("/")
        self._is_local = isinstance(filesystem, LocalFileSystem)

    def put(self, sha256: str, data: bytes, rendition: bytes, thumb: bytes) -> None:
        """Keep an image and its copies; doing it again changes nothing but the file's age.

        The original comes last, so where it stands its copies stand too.
        """
        if hashlib.sha256(data).hexdigest() != sha256:
            raise Refused("evidence_damaged_file", sha256=sha256)
        files = {Kind.THUMB: thumb, Kind.RENDITION: rendition, Kind.ORIGINAL: data}
        with _storage_refusals():
            for kind, content in files.items():
                self._write(self._path(sha256, kind), content)

    def read(self, sha256: str, kind: str = Kind.ORIGINAL) -> bytes:
        """The bytes of one file; refused where it is missing or no longer what was kept."""
        path = self._path(sha256, kind)
        with _storage_refusals():
            try:
                content = bytes(self._filesystem.cat_file(path))
            except FileNotFoundError as error:
                raise Refused("evidence_missing_file", sha256=sha256) from error
        is_whole = content.startswith(b"\xff\xd8\xff") and content.endswith(b"\xff\xd9")
        if kind == Kind.ORIGINAL:
            is_whole = hashlib.sha256(content).hexdigest() == sha256
        if not is_whole:
            raise Refused("evidence_damaged_file", sha256=sha256)
        return content

    def exists(self, sha256: str, kind: str = Kind.ORIGINAL) -> bool:
        """Whether the file is there; says nothing about its content."""
        with _storage_refusals():
            return bool(self._filesystem.exists(self._path(sha256, kind)))

    def delete(self, sha256: str) -> None:
        """Remove an image and its copies; one that is not there is no error."""
        with _storage_refusals():
            for kind in Kind:
                self._remove(self._path(sha256, kind))

    def sweep(self, known: Container[str], older_than: datetime) -> int:
        """Remove files that no row knows and that were written before ``older_than`` (aware).

        Leave a margin of hours, since a file stands before its row. Returns files removed.
        """
        with _storage_refusals():
            orphans = [p for p in self._files() if self._is_orphan(p, known, older_than)]
            for path in orphans:
                self._remove(path)
            return len(orphans)

    def _path(self, sha256: str, kind: str) -> str:
        if not SHA256.fullmatch(sha256):
            raise Refused("evidence_missing_file", sha256=sha256[:64])
        return f"{self._root}/{Kind(kind)}/{sha256[:2]}/{sha256[2:4]}/{sha256}.jpg"

    def _write(self, path: str, content: bytes) -> None:
        if self._is_local:
            _write_local(Path(path), content)
        else:
            self._filesystem.pipe_file(path, content)

    def _files(self) -> list[str]:
        return list(self._filesystem.find(self._root))

    def _is_orphan(self, path: str, known: Container[str], older_than: datetime) -> bool:
        file = path.rsplit("/", maxsplit=1)[-1]
        stem = file.removesuffix(".jpg")
        is_ours = file.endswith(TEMPORARY) or SHA256.fullmatch(stem) is not None
        return is_ours and stem not in known and self._written_at(path) < older_than

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
def _storage_refusals() -> Iterator[None]:
    """Turn what the disk or the network answers into a refusal."""
    try:
        yield
    except OSError as error:
        code = "evidence_store_full" if error.errno in FULL else "evidence_store_unavailable"
        raise Refused(code) from error


def _write_local(path: Path, content: bytes) -> None:
    """Write beside, force to disk, rename: a crash leaves the old file or the new one."""
    if _holds(path, content):
        os.utime(path)  # Young again, so that a sweep under way spares it.
        return
    path.parent.mkdir(parents=True, exist_ok=True)
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
