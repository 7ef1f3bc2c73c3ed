"""``backup``: one zip with one state of the database and every image it names.

The database travels as a SQLite file whatever engine it came from: by SQLite's online backup, or,
from PostgreSQL, all rows of one snapshot. So a backup of either engine restores into either.
The database is copied first: images are written before their rows, so each row's file is there.
"""

import contextlib
import hashlib
import json
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import Connection, Engine, func, insert, make_url, select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import AuditSeal, Base, EvidenceImage
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore, Kind
from workbench.services.verification.verification import Anchor

OnProgress = Callable[[str, int, int], None]
"""Called with a word for the part, what is done and all there is to do."""

FORMAT = 1
DATABASE_ENTRY = "workbench.db"
MANIFEST_ENTRY = "manifest.json"
CHUNK_ROWS = 2_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """What a backup holds; ``missing`` are images whose files the store did not have."""

    file: str
    size_bytes: int
    sha256: str
    rows: int
    images: int
    head: Anchor
    missing: tuple[str, ...]


def back_up(
    database: Database,
    store: EvidenceStore,
    target: Path,
    *,
    now: datetime,
    on_progress: OnProgress | None = None,
) -> Backup:
    """Write a backup while others work on; an existing file is never overwritten.

    Refused: ``backup_exists``, ``backup_not_written`` and what the store refuses.
    """
    if target.exists():
        raise Refused("backup_exists", name=target.name)
    part = target.with_name(f"{target.name}.part")
    try:
        with TemporaryDirectory(prefix=".backup-", dir=target.parent) as folder:
            copy = Path(folder) / DATABASE_ENTRY
            _copy_out(database, copy)
            manifest = _write_archive(part, copy, store, now, on_progress)
        part.replace(target)
    except OSError as error:
        raise Refused("backup_not_written", name=target.name, problem=str(error)) from error
    finally:
        part.unlink(missing_ok=True)
    return Backup(
        file=str(target),
        size_bytes=target.stat().st_size,
        sha256=manifest["database"]["sha256"],
        rows=sum(manifest["database"]["rows"].values()),
        images=manifest["images"]["count"],
        head=Anchor(count=manifest["head"]["count"], chain_hash=manifest["head"]["hash"]),
        missing=tuple(manifest["images"]["missing"]),
    )


def _copy_out(database: Database, copy: Path) -> None:
    """One consistent state of the database as a SQLite file in one piece."""
    if database.is_sqlite:
        copy_sqlite(sqlite_path(database), copy)
    else:
        with opened(copy) as target:
            migrate(target.write_engine)
            copy_rows(database.read_engine, target.write_engine)
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # no second file beside it


def copy_sqlite(source: Path, target: Path) -> None:
    """SQLite's online backup in one step: writers go on in the write-ahead log meanwhile."""
    with (
        contextlib.closing(sqlite3.connect(source, timeout=60)) as reader,
        contextlib.closing(sqlite3.connect(target, timeout=60)) as writer,
    ):
        reader.backup(writer)


def sqlite_path(database: Database) -> Path:
    """The file of a SQLite database."""
    path = make_url(database.url).database
    assert path, "a backup needs a database in a file"
    return Path(path)


def copy_rows(source: Engine, target: Engine) -> None:
    """Every row of every table, parents first, from one snapshot into one transaction."""
    with _snapshot(source) as reader, target.begin() as writer:
        for table in Base.metadata.sorted_tables:
            result = reader.execution_options(yield_per=CHUNK_ROWS).execute(select(table))
            for rows in result.mappings().partitions():
                writer.execute(insert(table), [dict(row) for row in rows])


@contextlib.contextmanager
def _snapshot(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one state of the database, whatever others commit."""
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@contextlib.contextmanager
def opened(copy: Path) -> Iterator[Database]:
    """A SQLite file as a database, closed afterwards."""
    database = Database(f"sqlite:///{copy}", synchronous="NORMAL")
    try:
        yield database
    finally:
        database.dispose()


def _write_archive(
    part: Path, copy: Path, store: EvidenceStore, now: datetime, on_progress: OnProgress | None
) -> dict[str, Any]:
    with opened(copy) as copied, copied.reading() as session:
        rows = counts(session)
        head = head_of(session)
        names = session.scalars(select(EvidenceImage.sha256).order_by(EvidenceImage.sha256)).all()
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.write(copy, DATABASE_ENTRY)
        missing = []
        for done, sha256 in enumerate(names, 1):
            if not _write_image(archive, store, sha256):
                missing.append(sha256)
            if on_progress is not None:
                on_progress("images", done, len(names))
        manifest = {
            "format": FORMAT,
            "made_at": now.isoformat(timespec="seconds"),
            "database": {"sha256": sha256_of(copy), "rows": rows},
            "images": {"count": len(names) - len(missing), "missing": missing},
            "head": {"count": head.count, "hash": head.chain_hash},
        }
        archive.writestr(MANIFEST_ENTRY, json.dumps(manifest, indent=1))
    return manifest


def _write_image(archive: zipfile.ZipFile, store: EvidenceStore, sha256: str) -> bool:
    """Put an image into the archive; False where the store lacks it.

    Copies for display do not travel: they are made anew from the original where it is shown.
    """
    try:
        data = store.read(sha256)
    except Refused as refused:
        if refused.code not in ("evidence_missing_file", "evidence_damaged_file"):
            raise
        return False
    entry = zipfile.ZipInfo(image_entry(sha256, Kind.ORIGINAL))
    archive.writestr(entry, data, zipfile.ZIP_STORED)  # JPEG does not compress any further
    return True


def image_entry(sha256: str, kind: Kind) -> str:
    """The name of an image's file in the archive."""
    return f"evidence/{kind.value}/{sha256}.jpg"


def counts(session: Session) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in Base.metadata.sorted_tables
    }


def head_of(session: Session) -> Anchor:
    """How many events are sealed, and the chain's hash now."""
    newest = select(AuditSeal.position, AuditSeal.chain_hash).order_by(AuditSeal.position.desc())
    row = session.execute(newest.limit(1)).first()
    return Anchor(count=row[0], chain_hash=row[1]) if row else Anchor(count=0, chain_hash="")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
