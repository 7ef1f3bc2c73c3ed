"""``restore``: a backup into an empty database and its store, verified before a row lands."""

import contextlib
import json
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from alembic.util import CommandError
from sqlalchemy import select

from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import EvidenceImage
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore, Kind
from workbench.services import audit
from workbench.services.backups.backup import (
    DATABASE_ENTRY,
    FORMAT,
    MANIFEST_ENTRY,
    OnProgress,
    copy_rows,
    copy_sqlite,
    counts,
    image_entry,
    opened,
    sha256_of,
    sqlite_path,
)
from workbench.services.verification.verification import Anchor, Verification, verify

MANIFEST_BYTES_MAX = 16 * 1024**2
CHUNK_BYTES = 1024**2


def restore(
    database: Database,
    store: EvidenceStore,
    source: Path,
    *,
    now: datetime,
    on_progress: OnProgress | None = None,
) -> Verification:
    """Put a backup of either engine into an empty database and its images into the store.

    Images land first, rows last and all at once. Refused: ``restore_not_empty``,
    ``backup_missing``, ``backup_damaged``, ``backup_newer``, ``backup_unsound`` (with the first
    problem), and what the store refuses.
    """
    _check_empty(database)
    if not source.is_file():
        raise Refused("backup_missing", name=source.name)
    with (
        _whole(source.name),
        zipfile.ZipFile(source) as archive,
        TemporaryDirectory(prefix="restore-") as folder,
    ):
        manifest = _read_manifest(archive)
        copy = _extract_database(archive, manifest, Path(folder))
        with opened(copy) as restored:
            _migrate(restored)
            found = _verified(restored, _head_of(manifest), now)
            missing = set(manifest["images"]["missing"])
            _put_images(archive, store, restored, missing, on_progress)
            _copy_in(restored, copy, database)
    return found


@contextlib.contextmanager
def _whole(name: str) -> Iterator[None]:
    """Turn what a damaged archive raises into a refusal."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, KeyError, ValueError) as error:
        raise Refused("backup_damaged", name=name) from error


def _check_empty(database: Database) -> None:
    with database.reading() as session:
        for table, rows in counts(session).items():
            if rows:
                raise Refused("restore_not_empty", table=table, rows=rows)


def _read_manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    with archive.open(MANIFEST_ENTRY) as file:
        manifest = json.loads(file.read(MANIFEST_BYTES_MAX))
    if not isinstance(manifest, dict):
        raise ValueError("the manifest is no object")
    if manifest["format"] > FORMAT:
        raise Refused("backup_newer")
    return manifest


def _extract_database(archive: zipfile.ZipFile, manifest: dict[str, Any], folder: Path) -> Path:
    copy = folder / DATABASE_ENTRY
    with archive.open(DATABASE_ENTRY) as packed, copy.open("xb") as file:
        while chunk := packed.read(CHUNK_BYTES):
            file.write(chunk)
    if sha256_of(copy) != manifest["database"]["sha256"]:
        raise ValueError("the database in the archive is not the one of the manifest")
    return copy


def _migrate(restored: Database) -> None:
    """Bring an older backup to the newest schema; a newer one is refused."""
    try:
        migrate(restored.write_engine)
    except CommandError as error:  # a revision that this program does not know
        raise Refused("backup_newer") from error


def _head_of(manifest: dict[str, Any]) -> Anchor:
    return Anchor(count=int(manifest["head"]["count"]), chain_hash=str(manifest["head"]["hash"]))


def _verified(restored: Database, anchor: Anchor, now: datetime) -> Verification:
    """The verification of the copy, whose newest events a backup under load left unsealed."""
    while restored.in_tx(lambda session: audit.seal(session, now=now)):
        pass
    with restored.reading() as session:
        found = verify(session, now=now, anchor=anchor)
    problems = [problem for check in found.checks for problem in check.problems]
    if problems:
        raise Refused("backup_unsound", problem=problems[0], count=len(problems))
    return found


def _put_images(
    archive: zipfile.ZipFile,
    store: EvidenceStore,
    restored: Database,
    missing: set[str],
    on_progress: OnProgress | None,
) -> None:
    with restored.reading() as session:
        names = session.scalars(select(EvidenceImage.sha256)).all()
    for done, sha256 in enumerate(names, 1):
        if sha256 not in missing:
            store.put(sha256, archive.read(image_entry(sha256, Kind.ORIGINAL)))
        if on_progress is not None:
            on_progress("images", done, len(names))


def _copy_in(restored: Database, copy: Path, database: Database) -> None:
    if database.is_sqlite:
        restored.dispose()
        copy_sqlite(copy, sqlite_path(database))
    else:
        copy_rows(restored.read_engine, database.write_engine)
