"""The job behind an upload: copies, fingerprints and measures of an image, made once.

An image is taken up in a transaction of its own with a lease, read outside of any, what came of it
is written in one, and what it resembles in another, with which the job is done. Who dies meanwhile
leaves a lease that ends; doing it again is harmless.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import ImageFeatures, ImageFingerprint, new_id
from workbench.errors import Refused
from workbench.evidence.reading import Reader, Reading, Signs, read_image
from workbench.evidence.store import EvidenceStore
from workbench.services.images.copies import CopyHashes, keep_copies, note_copies
from workbench.services.images.queue import (
    HeldImage,
    has_due_image,
    hold_next_image,
    is_done,
    is_held,
    put_off,
)
from workbench.services.images.similar_pairs import Alike, keep_pairs

AWAY = {"evidence_store_unavailable", "evidence_store_full"}
BROKE = "image_reader_broke"

Compare = Callable[[str, bytes, datetime], Sequence[Alike]]
"""From the hash and the bytes of an image and the present instant to the images it resembles."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOutcome:
    """What came of one image; ``error`` is the code of what kept it from being read."""

    sha256: str
    error: str | None = None

    @property
    def is_store_away(self) -> bool:
        """Whether the next image would fare no better."""
        return self.error in AWAY


def read_next_image(
    database: Database,
    store: EvidenceStore,
    *,
    now: datetime,
    read: Reader = read_image,
    compare: Compare | None = None,
) -> ImageOutcome | None:
    """Read the image that is due longest, and compare it with all others; None where none is due.

    One that cannot be read is noted with its code, put off, and keeps no other waiting. It is
    compared only after its fingerprint is there for all to see: of two images that are read at the
    same moment, the later one finds the other.
    """
    with database.reading() as session:
        if not has_due_image(session, now=now):
            return None
    held = database.in_tx(lambda session: hold_next_image(session, now=now))
    if held is None:
        return None
    try:
        data = store.read(held.sha256)
        found = read(data)
        kept = keep_copies(store, held.sha256, found.copies)
    except Refused as refused:
        return _failed(database, held, refused.code, now)
    except Exception:
        _log.exception("image %s could not be read", held.sha256)
        return _failed(database, held, BROKE, now)
    database.in_tx(lambda session: _write(session, held, found, kept, now))
    try:
        alike = compare(held.sha256, data, now) if compare and found.signs else ()
    except (Refused, SQLAlchemyError):
        raise  # The database's trouble, not the image's: its lease ends by itself.
    except Exception:
        _log.exception("image %s could not be compared", held.sha256)
        return _failed(database, held, BROKE, now)
    database.in_tx(lambda session: _finish(session, held, alike, now))
    return ImageOutcome(sha256=held.sha256)


def _finish(session: Session, held: HeldImage, alike: Sequence[Alike], now: datetime) -> None:
    if is_done(session, held):
        keep_pairs(session, alike, now=now)


def _failed(database: Database, held: HeldImage, error: str, now: datetime) -> ImageOutcome:
    """A store that is away says nothing about the image: its next try is soon."""
    attempts = 1 if error in AWAY else held.attempts
    database.in_tx(lambda session: put_off(session, held, error, attempts=attempts, now=now))
    return ImageOutcome(sha256=held.sha256, error=error)


def _write(
    session: Session, held: HeldImage, found: Reading, kept: CopyHashes, now: datetime
) -> None:
    if not is_held(session, held):
        return
    note_copies(session, held.sha256, kept)
    if found.signs is not None:
        _write_signs(session, held.sha256, found.signs, now)


def _write_signs(session: Session, sha256: str, signs: Signs, now: datetime) -> None:
    """In place of those of an earlier version."""
    for table in (ImageFingerprint, ImageFeatures):
        session.execute(delete(table).where(table.sha256 == sha256))
    values = asdict(signs)
    features = {"sha256": sha256, "version": signs.version, "features": values.pop("features")}
    row = {"id": new_id(), "sha256": sha256, "read_at": now, **values}
    session.execute(insert(ImageFingerprint), [row])
    session.execute(insert(ImageFeatures), [features])
