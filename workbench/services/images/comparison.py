"""Comparing a new image with all that are known: codes in memory, places within a scope.

The codes of all images are kept by the process (``SimilarIndex``) and grow from the database before
each look-up, so several processes agree. Places, which also find what was cut or turned a little,
are compared with all images while these are few, else with those of the same patient, centre or
dentist of two years (docs/benchmarks.md states what each finds). What either finds is a candidate:
the two pictures are laid over each other before anybody is told. Papers are not compared: a form is
like every other of its kind.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import ImageFeatures, ImageFingerprint
from workbench.db.models.base import ID_RANDOM_BITS
from workbench.db.queries.image_scope import images_near, pictures_of
from workbench.errors import Refused
from workbench.evidence.change import Change, Match
from workbench.evidence.describe import Picture, describe_change, look_at
from workbench.evidence.fingerprint import VERSION
from workbench.evidence.similar import SimilarIndex, compare_features, prepare
from workbench.evidence.store import EvidenceStore
from workbench.services.images.similar_pairs import Alike

WHOLE_SCOPE_IMAGES = 2_000
"""Up to so many images, places are compared with all of them."""
SCOPE = timedelta(days=731)
LATE = 10 * 60 * 1000 << ID_RANDOM_BITS
"""So long after its id was made (ten minutes) a fingerprint may appear: looked for again."""
ROWS_AT_ONCE = 20_000
LOOKED_AT_MOST = 24
"""So many of the nearest candidates are laid over the image."""
WHOLE_PERCENT = 98
"""From this share on a picture counts as uncut."""


class Comparison:
    """What one process knows of all images; one at a time may ask it."""

    def __init__(self, database: Database, store: EvidenceStore) -> None:
        self._database, self._store = database, store
        self._index = SimilarIndex()
        self._last_id = 0
        self._young: set[int] = set()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._index)

    def find(self, sha256: str, data: bytes, now: datetime) -> list[Alike]:
        """The known images that show the same picture as this one, whose bytes are ``data``."""
        with self._lock, self._database.reading() as session:
            self._grow(session)
            if not pictures_of(session, [sha256]):
                return []
            query = prepare(data, _features(session, [sha256]).get(sha256))
            by_codes = {match.image: match for match in self._index.search(query)}
            places = compare_features(query.fingerprint.features, _scope(session, sha256, now))
            found = by_codes | {match.image: match for match in places}
            candidates = _by_hash(session, sha256, list(found.values()))
            nearest = sorted(candidates.items(), key=lambda each: each[1].distance)
            features = _features(session, [other for other, _match in nearest[:LOOKED_AT_MOST]])
        alike = []
        for other, match in nearest[:LOOKED_AT_MOST]:
            guess = by_codes[match.image].change if match.image in by_codes else None
            change = self._change(query.picture, other, features.get(other), guess)
            if change is not None:
                alike.append(
                    Alike(sha256=sha256, other_sha256=other, distance=match.distance, change=change)
                )
        return alike

    def _change(
        self, later: Picture, other: str, features: bytes | None, guess: Change | None
    ) -> dict[str, Any] | None:
        """None where the two pictures differ, or the other one's file is lost."""
        try:
            seen = describe_change(later, look_at(self._store.read(other), features), guess)
        except Refused:
            return None
        return _plain(seen.change, seen.agreeing_percent) if seen else None

    def _grow(self, session: Session) -> None:
        statement = (
            select(ImageFingerprint.id, ImageFingerprint.codes)
            .where(ImageFingerprint.id > self._last_id - LATE, ImageFingerprint.version == VERSION)
            .order_by(ImageFingerprint.id)
        )
        for rows in session.execute(statement).partitions(ROWS_AT_ONCE):
            fresh = [row for row in rows if row.id not in self._young]
            if fresh:
                self._index.add_many([row.id for row in fresh], b"".join(r.codes for r in fresh))
                self._last_id = max(self._last_id, fresh[-1].id)
                self._young.update(row.id for row in fresh)
            self._young = {each for each in self._young if each > self._last_id - LATE}


def _scope(session: Session, sha256: str, now: datetime) -> Iterator[tuple[int, bytes]]:
    """The images whose places are compared, with these."""
    statement = (
        select(ImageFingerprint.id, ImageFeatures.features)
        .join(ImageFeatures, ImageFeatures.sha256 == ImageFingerprint.sha256)
        .where(ImageFingerprint.sha256 != sha256, ImageFeatures.version == VERSION)
    )
    if (
        session.scalar(select(func.count()).select_from(ImageFingerprint)) or 0
    ) > WHOLE_SCOPE_IMAGES:
        near = images_near(sha256, now - SCOPE).subquery()
        statement = statement.where(ImageFingerprint.sha256.in_(select(near.c.sha256)))
    for row in session.execute(statement.execution_options(yield_per=1_000)):
        yield row.id, row.features


def _features(session: Session, hashes: Sequence[str]) -> dict[str, bytes]:
    """Hash → its places as they are stored by this version."""
    statement = select(ImageFeatures.sha256, ImageFeatures.features).where(
        ImageFeatures.sha256.in_(hashes), ImageFeatures.version == VERSION
    )
    return {row.sha256: row.features for row in session.execute(statement)}


def _by_hash(session: Session, sha256: str, found: Sequence[Match]) -> dict[str, Match]:
    """Papers are left out, and a fingerprint that was written anew meanwhile or is its own."""
    rows = session.execute(
        select(ImageFingerprint.id, ImageFingerprint.sha256).where(
            ImageFingerprint.id.in_([match.image for match in found]),
            ImageFingerprint.sha256 != sha256,
        )
    )
    names: dict[int, str] = {row.id: row.sha256 for row in rows}
    pictures = pictures_of(session, list(names.values()))
    names = {number: name for number, name in names.items() if name in pictures}
    return {names[match.image]: match for match in found if match.image in names}


def _plain(change: Change, agreeing_percent: int) -> dict[str, Any]:
    """As it is stored: the codes that are said in words, and all that is known."""
    said = {
        "mirrored": change.is_mirrored,
        "turned": bool(change.quarter_turns or change.turn_degrees),
        "negative": change.is_negative,
        "cropped": change.kept_percent < WHOLE_PERCENT or change.filled_percent < WHOLE_PERCENT,
    }
    codes = [code for code, is_so in said.items() if is_so]
    return {"codes": codes, "agreeing_percent": agreeing_percent, **asdict(change)}
