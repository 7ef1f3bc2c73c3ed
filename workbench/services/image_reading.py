"""The job behind an upload: copies, fingerprints and measures of an image, made once.

An image is taken up in a transaction of its own with a lease, read outside of any, and what came
of it is written in one. Who dies meanwhile leaves a lease that ends; doing it again is harmless.
"""

import logging
from collections.abc import Callable
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
from workbench.services.image_copies import CopyHashes, keep_copies, note_copies
from workbench.services.image_queue import (
    HeldImage,
    has_due_image,
    hold_next_image,
    is_done,
    put_off,
)

AWAY = {"evidence_store_unavailable", "evidence_store_full"}
BROKE = "image_reader_broke"

OnRead = Callable[[Session, str, bytes], None]
"""Called with the hash and the bytes in the transaction that writes what was read of them."""

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
    on_read: OnRead | None = None,
) -> ImageOutcome | None:
    """Read the image that is due longest; None where none is.

    One that cannot be read is noted with its code, put off, and keeps no other waiting.
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

    def finish(session: Session) -> None:
        if is_done(session, held):
            _write(session, held.sha256, found, kept, now)
            if on_read is not None:
                on_read(session, held.sha256, data)

    try:
        database.in_tx(finish)
    except (Refused, SQLAlchemyError):
        raise  # The database's trouble, not the image's: its lease ends by itself.
    except Exception:
        _log.exception("what was read of image %s could not be used", held.sha256)
        return _failed(database, held, BROKE, now)
    return ImageOutcome(sha256=held.sha256)


def _failed(database: Database, held: HeldImage, error: str, now: datetime) -> ImageOutcome:
    """A store that is away says nothing about the image: its next try is soon."""
    attempts = 1 if error in AWAY else held.attempts
    database.in_tx(lambda session: put_off(session, held, error, attempts=attempts, now=now))
    return ImageOutcome(sha256=held.sha256, error=error)


def _write(session: Session, sha256: str, found: Reading, kept: CopyHashes, now: datetime) -> None:
    note_copies(session, sha256, kept)
    if found.signs is not None:
        _write_signs(session, sha256, found.signs, now)


def _write_signs(session: Session, sha256: str, signs: Signs, now: datetime) -> None:
    """In place of those of an earlier version."""
    for table in (ImageFingerprint, ImageFeatures):
        session.execute(delete(table).where(table.sha256 == sha256))
    values = asdict(signs)
    features = {"sha256": sha256, "version": signs.version, "features": values.pop("features")}
    row = {"id": new_id(), "sha256": sha256, "read_at": now, **values}
    session.execute(insert(ImageFingerprint), [row])
    session.execute(insert(ImageFeatures), [features])
