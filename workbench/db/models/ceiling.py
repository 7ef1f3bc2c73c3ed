"""The ceiling ledger: accounts, reservations, append-only entries (keyed by insurer).

The table of kinds and effects in ``docs/ledger.md`` is the contract. Sum of entries = balance.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, InsurerKeyed, insurer_key

ENTRY_KINDS = (
    "grant",
    "reserve",
    "amend",
    "release",
    "expire",
    "use",
    "ceiling_reject",
    "credit_back",
)


class CeilingAccount(InsurerKeyed, Base):
    """What one holder (a person, or the principal of a family) may use of a cover.

    ``limit_rial`` NULL: unlimited. The row is changed only by guarded updates of the ledger.
    """

    __tablename__ = "ceiling_account"
    __table_args__ = (
        insurer_key("contract_id", "contract"),
        UniqueConstraint("insurer_id", "contract_id", "cover_code", "holder_id"),
        CheckConstraint("reserved_rial >= 0", name="reserved"),
        CheckConstraint("used_rial >= 0", name="used"),
        CheckConstraint(
            "limit_rial IS NULL OR limit_rial - reserved_rial - used_rial >= 0", name="room"
        ),
    )
    contract_id: Mapped[int]
    cover_code: Mapped[str]
    holder_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    is_family: Mapped[bool]
    limit_rial: Mapped[int | None]
    reserved_rial: Mapped[int] = mapped_column(default=0)
    used_rial: Mapped[int] = mapped_column(default=0)


class CeilingReservation(InsurerKeyed, Base):
    """What a referral or a direct claim still holds of an account."""

    __tablename__ = "ceiling_reservation"
    __table_args__ = (
        insurer_key("account_id", "ceiling_account"),
        CheckConstraint("reserved_left_rial >= 0", name="left"),
    )
    account_id: Mapped[int]
    reserved_left_rial: Mapped[int] = mapped_column(default=0)


class CeilingEntry(InsurerKeyed, Base):
    """One immutable entry; the three changes are signed rials, ``amount_rial`` is ≥ 0."""

    __tablename__ = "ceiling_entry"
    __table_args__ = (
        insurer_key("account_id", "ceiling_account"),
        insurer_key("reservation_id", "ceiling_reservation"),
        UniqueConstraint("insurer_id", "idempotency_key"),
        CheckConstraint(f"kind IN {ENTRY_KINDS}", name="kind"),
        CheckConstraint("amount_rial >= 0", name="amount"),
        Index("ix_ceiling_entry_account", "insurer_id", "account_id", "id"),
        Index("ix_ceiling_entry_claim", "insurer_id", "claim_id"),
        Index(
            "ix_ceiling_entry_reservation", "insurer_id", "reservation_id", "kind", "amount_rial"
        ),
    )
    account_id: Mapped[int]
    reservation_id: Mapped[int | None]
    kind: Mapped[str]
    amount_rial: Mapped[int]
    limit_change_rial: Mapped[int] = mapped_column(default=0)
    reserved_change_rial: Mapped[int] = mapped_column(default=0)
    used_change_rial: Mapped[int] = mapped_column(default=0)
    referral_id: Mapped[int | None]
    claim_id: Mapped[int | None]
    batch_id: Mapped[int | None]
    round: Mapped[int | None]
    actor_id: Mapped[int | None]
    at: Mapped[datetime]
    idempotency_key: Mapped[str]
