"""Importing a folder or a zip: one transaction a row, a report; a repeat changes nothing."""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import ImportRecord, new_id
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.services import audit
from workbench.services.access import Actor, require
from workbench.services.imports.archive import unpack
from workbench.services.imports.landing import land
from workbench.services.imports.reading import (
    EVIDENCE_FOLDER,
    Prepared,
    Unreadable,
    numbered_lines,
    prepare,
    read_row,
)
from workbench.services.imports.report import ImportReport, ImportRow, Outcome
from workbench.services.imports.rows import ROWS, Row
from workbench.services.reference import actor_id_of, require_import

OnProgress = Callable[[str, int, int], None]
"""Called with the kind, the lines done and all lines of its file."""

WORKERS = 2
WINDOW = 8  # rows whose images are decoded ahead of the row that lands
STOPPING = frozenset(
    {
        "database_busy",
        "database_unavailable",
        "evidence_store_full",
        "evidence_store_unavailable",
    }
)
"""Refusals that are not the row's fault: the import stops and is finished by running it again."""

INFORMATIVE_FILES = frozenset({"results.jsonl"})


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    database: Database
    store: EvidenceStore
    folder: Path
    actor: Actor | None
    now: datetime
    on_progress: OnProgress | None


def import_folder(
    database: Database,
    store: EvidenceStore,
    folder: Path,
    *,
    actor: Actor | None = None,
    now: datetime,
    on_progress: OnProgress | None = None,
) -> ImportReport:
    """Import the ``<kind>.jsonl`` files of a folder with its ``evidence`` folder.

    ``actor`` None is the system. Bad rows are named in the report and skipped. Refused as a whole:
    ``import_folder_missing``, ``import_empty``, ``not_permitted``, and what stops the database or
    the store.
    """
    require_import(actor)
    if not folder.is_dir():
        raise Refused("import_folder_missing", name=folder.name)
    run = _Run(
        database=database,
        store=store,
        folder=folder,
        actor=actor,
        now=now,
        on_progress=on_progress,
    )
    found = [model for model in ROWS if (folder / f"{model.kind}.jsonl").is_file()]
    if not found:
        raise Refused("import_empty", name=folder.name)
    rows = [row for model in found for row in _import_file(run, model)]
    report = ImportReport(rows=(*rows, *_unknown_files(folder)))
    database.in_tx(lambda session: _record(session, run, report))
    return report


def import_archive(
    database: Database,
    store: EvidenceStore,
    data: bytes,
    *,
    actor: Actor,
    now: datetime,
    on_progress: OnProgress | None = None,
) -> ImportReport:
    """Import a zip of such a folder, as the page *Incoming* takes it.

    Refused as a whole: what ``unpack`` and ``import_folder`` refuse.
    """
    require(actor, "import")
    with TemporaryDirectory(prefix="import-") as temporary:
        folder = Path(temporary, "zip")  # this name stands in the sentence about an empty one
        folder.mkdir()
        unpack(data, folder)
        return import_folder(database, store, folder, actor=actor, now=now, on_progress=on_progress)


def _import_file(run: _Run, model: type[Row]) -> Iterator[ImportRow]:
    path = run.folder / f"{model.kind}.jsonl"
    total = sum(1 for _ in numbered_lines(path))
    known = _known_hashes(run, model.kind)
    for done, (number, row) in enumerate(_prepared(run, model, path, known), 1):
        yield _finish(run, model.kind, number, row, known)
        if run.on_progress is not None:
            run.on_progress(model.kind, done, total)


def _known_hashes(run: _Run, kind: str) -> dict[str, str]:
    with run.database.reading() as session:
        rows = session.execute(
            select(ImportRecord.key, ImportRecord.content_hash).where(ImportRecord.kind == kind)
        )
        return {row[0]: row[1] for row in rows}


Ready = Prepared | Unreadable


def _prepared(
    run: _Run, model: type[Row], path: Path, known: dict[str, str]
) -> Iterator[tuple[int, Ready]]:
    """Rows in the order of the file, their images decoded a few rows ahead on other threads."""

    def work(line: bytes | None) -> Ready:
        try:
            row = read_row(model, line)
        except Unreadable as unreadable:
            return unreadable
        try:
            return prepare(run.store, run.folder, row, known.get(row.key))
        except Refused as refused:
            if refused.code in STOPPING:
                raise
            return Unreadable([refused], row.key)

    waiting: deque[tuple[int, Future[Ready]]] = deque()
    with ThreadPoolExecutor(WORKERS) as pool:
        for number, line in numbered_lines(path):
            waiting.append((number, pool.submit(work, line)))
            if len(waiting) >= WINDOW:
                first, ready = waiting.popleft()
                yield first, ready.result()
        while waiting:
            first, ready = waiting.popleft()
            yield first, ready.result()


def _finish(run: _Run, kind: str, number: int, ready: Ready, known: dict[str, str]) -> ImportRow:
    if isinstance(ready, Unreadable):
        return _row(kind, number, ready.key, Outcome.REFUSED, *ready.problems)
    key = ready.row.key
    if known.get(key) == ready.content_hash:
        return _row(kind, number, key, Outcome.UNCHANGED)
    try:
        outcome = run.database.in_tx(lambda session: land(session, run.actor, ready, now=run.now))
    except Refused as refused:
        if refused.code in STOPPING:
            raise
        return _refused(run, kind, number, ready, refused)
    except IntegrityError:
        return _refused(run, kind, number, ready, Refused("import_clash", key=key))
    known[key] = ready.content_hash
    return _row(kind, number, key, outcome)


def _refused(run: _Run, kind: str, number: int, ready: Prepared, refused: Refused) -> ImportRow:
    """The refusal of a row, unless another process landed this very row at the same moment."""
    key = ready.row.key
    with run.database.reading() as session:
        record = session.get(ImportRecord, (kind, key))
        is_there = record is not None and record.content_hash == ready.content_hash
    if is_there:
        return _row(kind, number, key, Outcome.UNCHANGED)
    return _row(kind, number, key, Outcome.REFUSED, refused)


def _row(kind: str, number: int, key: str, outcome: Outcome, *problems: Refused) -> ImportRow:
    return ImportRow(
        kind=kind, line_number=number, key=key, outcome=outcome, problems=tuple(problems)
    )


def _unknown_files(folder: Path) -> Iterator[ImportRow]:
    """Files that no kind claims are named, so that a misspelt one is noticed."""
    known = {f"{model.kind}.jsonl" for model in ROWS} | INFORMATIVE_FILES | {EVIDENCE_FOLDER}
    for path in sorted(folder.iterdir()):
        if path.name not in known and not path.name.startswith("."):
            unknown = Refused("file_unknown", name=path.name)
            yield _row("files", 0, path.name, Outcome.REFUSED, unknown)


def _record(session: Session, run: _Run, report: ImportReport) -> None:
    audit.record(
        session,
        action="import.run",
        stream=f"import:{new_id()}",
        actor_id=actor_id_of(run.actor),
        now=run.now,
        **{str(outcome): report.count(outcome) for outcome in Outcome},
    )
