"""Images: stored once by content (shared), attached to claims of the same patient (keyed)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, Identified, InsurerKeyed, insurer_key


class EvidenceImage(Base):
    """One image, unique by SHA-256 of its original bytes over all patients (B6).

    ``rendition_sha256`` and ``thumb_sha256`` are of the copies made for display, once these stand.
    """

    __tablename__ = "evidence_image"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    size_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    stored_at: Mapped[datetime]
    captured_at: Mapped[str | None]
    device: Mapped[str | None]
    rendition_sha256: Mapped[str | None]
    thumb_sha256: Mapped[str | None]


class ImageJob(Base):
    """An image that waits to be read: copies, fingerprints, measures. Gone once it is done.

    ``held_until_at``: a worker has it until then; ``error`` is what the last try came to.
    """

    __tablename__ = "image_job"
    __table_args__ = (Index("ix_image_job_due", "next_try_at", "sha256"),)
    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_image.sha256"), primary_key=True)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    held_until_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None]


class ImageFingerprint(Identified, Base):
    """What the look-up of near duplicates reads at its start, and the measures of an image.

    ``codes`` are the stored views, 32 bytes each (``evidence.fingerprint``, of its ``version``);
    the measures are whole numbers as ``evidence.quality`` defines them.
    """

    __tablename__ = "image_fingerprint"
    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_image.sha256"), unique=True)
    version: Mapped[int]
    codes: Mapped[bytes]
    brightness: Mapped[int]
    contrast: Mapped[int]
    sharpness: Mapped[int]
    colour: Mapped[int]
    read_at: Mapped[datetime]


class ImageFeatures(Base):
    """The local features of an image, apart from its codes: these are read by the million."""

    __tablename__ = "image_features"
    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_image.sha256"), primary_key=True)
    version: Mapped[int]
    features: Mapped[bytes]


class SimilarPair(Identified, Base):
    """Two images that look alike; ``later_sha256`` is the one that was stored second.

    ``distance`` as ``evidence.similar`` states it, ``change`` what was done to the one to make the
    other. ``decision`` None until somebody says whether it is the same picture; it is remembered.
    """

    __tablename__ = "similar_pair"
    __table_args__ = (
        UniqueConstraint("later_sha256", "earlier_sha256", name="uq_similar_pair_once"),
        CheckConstraint("decision IN ('same', 'coincidence')", name="decision"),
        Index(
            "ix_similar_pair_unanswered",
            "id",
            sqlite_where=text("decision IS NULL"),
            postgresql_where=text("decision IS NULL"),
        ),
    )
    later_sha256: Mapped[str] = mapped_column(ForeignKey("evidence_image.sha256"))
    earlier_sha256: Mapped[str] = mapped_column(ForeignKey("evidence_image.sha256"), index=True)
    distance: Mapped[int]
    change: Mapped[dict[str, Any]] = mapped_column(default=dict)
    found_at: Mapped[datetime]
    decision: Mapped[str | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    decided_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")


class Attachment(InsurerKeyed, Base):
    """An image attached to a claim; ``teeth`` FDI numbers, ``lines`` line numbers."""

    __tablename__ = "attachment"
    __table_args__ = (
        insurer_key("claim_id", "claim"),
        UniqueConstraint("insurer_id", "claim_id", "number"),
        UniqueConstraint("insurer_id", "claim_id", "sha256"),
    )
    claim_id: Mapped[int]
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_image.sha256"), index=True)
    kind: Mapped[str]
    phase: Mapped[str]
    teeth: Mapped[list[Any]] = mapped_column(default=list)
    lines: Mapped[list[Any]] = mapped_column(default=list)
    taken_on: Mapped[date | None]
    round_added: Mapped[int]
    file_name: Mapped[str] = mapped_column(default="")
