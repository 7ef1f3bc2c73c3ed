"""Images: stored once by content (shared), attached to claims of the same patient (keyed)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, InsurerKeyed, insurer_key


class EvidenceImage(Base):
    """One image, unique by SHA-256 of its original bytes over all patients (B6)."""

    __tablename__ = "evidence_image"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    size_bytes: Mapped[int]
    width: Mapped[int]
    height: Mapped[int]
    stored_at: Mapped[datetime]
    captured_at: Mapped[str | None]
    device: Mapped[str | None]


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
