"""Removing files of images that no row knows: left by a crash between the file and the row."""

from datetime import datetime, timedelta

from sqlalchemy import select

from workbench.db.engine import Database
from workbench.db.models import EvidenceImage
from workbench.evidence.store import EvidenceStore

MARGIN = timedelta(hours=24)
"""Far more than any file stands before its row."""
MOST_FILES = 1_000
BATCH_NAMES = 500


def sweep_orphans(
    database: Database,
    store: EvidenceStore,
    *,
    now: datetime,
    margin: timedelta = MARGIN,
    most: int = MOST_FILES,
) -> int:
    """Remove orphans older than the margin; returns how many files.

    Refused: ``evidence_many_orphans`` above ``most``, before anything is removed.
    """

    def known(names: set[str]) -> set[str]:
        found: set[str] = set()
        with database.reading() as session:
            ordered = sorted(names)
            for first in range(0, len(ordered), BATCH_NAMES):
                some = ordered[first : first + BATCH_NAMES]
                rows = select(EvidenceImage.sha256).where(EvidenceImage.sha256.in_(some))
                found.update(session.scalars(rows))
        return found

    return store.sweep(known, now - margin, most=most)
