"""Referral letters, what was said about them on the telephone, their signed sheets."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, InsurerKeyed, insurer_key

CONTACT_OUTCOMES = ("will_come", "promised_today", "no_answer", "gave_up")


class Referral(InsurerKeyed, Base):
    """معرفی‌نامه: reserves ``amount_rial`` of one cover at a centre (``ReferralState``)."""

    __tablename__ = "referral"
    __table_args__ = (
        insurer_key("contract_id", "contract"),
        insurer_key("account_id", "ceiling_account"),
        insurer_key("reservation_id", "ceiling_reservation"),
        UniqueConstraint("insurer_id", "number"),
        CheckConstraint("amount_rial > 0", name="amount"),
        Index("ix_referral_expiry", "state", "last_valid_on", "id"),
        Index("ix_referral_insurer_expiry", "insurer_id", "state", "last_valid_on", "id"),
        Index("ix_referral_centre_expiry", "centre_id", "state", "last_valid_on", "id"),
        Index("ix_referral_account", "insurer_id", "account_id"),
        Index("ix_referral_person", "person_id"),
    )
    number: Mapped[str] = mapped_column(index=True)
    contract_id: Mapped[int]
    cover_code: Mapped[str]
    account_id: Mapped[int]
    reservation_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    issued_by: Mapped[str] = mapped_column(default="centre")
    issued_on: Mapped[date]
    last_valid_on: Mapped[date]
    amount_rial: Mapped[int]
    state: Mapped[str]
    first_service_at: Mapped[datetime | None]
    replaces_id: Mapped[int | None]
    end_reason: Mapped[str | None]
    requested_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    version: Mapped[int] = mapped_column(default=1)


class ReferralContact(InsurerKeyed, Base):
    """One contact about a letter that is about to expire: what came of it, and a note."""

    __tablename__ = "referral_contact"
    __table_args__ = (
        insurer_key("referral_id", "referral"),
        CheckConstraint(f"outcome IN {CONTACT_OUTCOMES}", name="outcome"),
        Index("ix_referral_contact_referral", "insurer_id", "referral_id", "at"),
    )
    referral_id: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    outcome: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class ReferralSheet(InsurerKeyed, Base):
    """The signed sheet that an amendment was based on, and the amount it was signed for (B9)."""

    __tablename__ = "referral_sheet"
    __table_args__ = (
        insurer_key("referral_id", "referral"),
        UniqueConstraint("insurer_id", "referral_id", "sha256"),
    )
    referral_id: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_image.sha256"))
    amount_rial: Mapped[int]
    added_at: Mapped[datetime]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
