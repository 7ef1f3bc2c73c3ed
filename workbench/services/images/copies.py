"""The copies of an image for display: made of its original, noted by their hash, made anew.

An original is what was received, or the image is damaged. A copy can always be made again.
"""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.models import EvidenceImage
from workbench.errors import Refused
from workbench.evidence.jpeg import Copies, copies
from workbench.evidence.store import EvidenceStore, Kind

LOST = {"evidence_missing_file", "evidence_damaged_file"}
NOTED = {Kind.RENDITION: EvidenceImage.rendition_sha256, Kind.THUMB: EvidenceImage.thumb_sha256}


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyHashes:
    """The SHA-256 of both copies of an image."""

    rendition_sha256: str
    thumb_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCopy:
    """A copy as JPEG bytes; ``made`` is to be noted where the copies had to be made first."""

    content: bytes
    made: CopyHashes | None = None


def noted_sha256(session: Session, sha256: str, kind: Kind) -> str | None:
    """What was noted of a copy; None while its image waits to be read."""
    return session.scalar(select(NOTED[kind]).where(EvidenceImage.sha256 == sha256))


def note_copies(session: Session, sha256: str, made: CopyHashes) -> None:
    """Note what the copies are from now on."""
    session.execute(
        update(EvidenceImage)
        .where(EvidenceImage.sha256 == sha256)
        .values(rendition_sha256=made.rendition_sha256, thumb_sha256=made.thumb_sha256)
    )


def keep_copies(store: EvidenceStore, sha256: str, made: Copies) -> CopyHashes:
    """Put both copies into the store."""
    return CopyHashes(
        rendition_sha256=store.put_copy(sha256, Kind.RENDITION, made.rendition),
        thumb_sha256=store.put_copy(sha256, Kind.THUMB, made.thumb),
    )


def read_copy(store: EvidenceStore, sha256: str, kind: Kind, noted: str | None) -> ShownCopy:
    """A copy as it was noted, or else both are made anew from the original.

    The rendition is shown only while its original is what was received (2 MB: 2 ms on a local
    disk). Refused: ``evidence_missing_file``, ``evidence_damaged_file``, those of the store.
    """
    original = store.read(sha256) if kind is Kind.RENDITION else None
    if noted is not None:
        try:
            return ShownCopy(content=store.read(sha256, kind, noted))
        except Refused as refused:
            if refused.code not in LOST:
                raise
    made = copies(store.read(sha256) if original is None else original)
    content = made.rendition if kind is Kind.RENDITION else made.thumb
    return ShownCopy(content=content, made=keep_copies(store, sha256, made))
