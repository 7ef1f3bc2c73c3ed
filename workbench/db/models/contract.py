"""Contracts, their dated covers and who is insured under them (keyed by insurer)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, InsurerKeyed, insurer_key


class Contract(InsurerKeyed, Base):
    """قرارداد, number like ``1402/1/14/9/165``; both days inclusive.

    A referral letter above ``letter_limit_rial`` needs an approval; NULL: none ever does.
    """

    __tablename__ = "contract"
    __table_args__ = (
        UniqueConstraint("insurer_id", "number"),
        CheckConstraint("end_on >= start_on", name="period"),
    )
    insurer_id: Mapped[int] = mapped_column(ForeignKey("insurer.id"), primary_key=True)
    number: Mapped[str] = mapped_column(index=True)
    policyholder_id: Mapped[int] = mapped_column(ForeignKey("policyholder.id"))
    kind: Mapped[str] = mapped_column(default="supplementary")
    plan: Mapped[str]
    start_on: Mapped[date]
    end_on: Mapped[date]
    tariff_set_id: Mapped[int] = mapped_column(ForeignKey("tariff_set.id"))
    letter_limit_rial: Mapped[int | None]


class ContractCover(InsurerKeyed, Base):
    """One cover of a contract from a day on; the newest ``recorded_at`` of a day wins.

    ``ceiling_rial`` NULL means unlimited; ``excluded_groups`` are service groups not covered.
    """

    __tablename__ = "contract_cover"
    __table_args__ = (
        insurer_key("contract_id", "contract"),
        UniqueConstraint("insurer_id", "contract_id", "code", "valid_from", "recorded_at"),
        CheckConstraint("franchise_basis BETWEEN 0 AND 10000", name="franchise"),
        CheckConstraint("ceiling_rial IS NULL OR ceiling_rial >= 0", name="ceiling"),
        CheckConstraint("ceiling_kind IN ('individual','family')", name="ceiling_kind"),
    )
    contract_id: Mapped[int]
    code: Mapped[str]
    title: Mapped[str]
    franchise_basis: Mapped[int]
    ceiling_rial: Mapped[int | None]
    ceiling_kind: Mapped[str] = mapped_column(default="individual")
    is_covered: Mapped[bool] = mapped_column(default=True)
    excluded_groups: Mapped[list[Any]] = mapped_column(default=list)
    valid_from: Mapped[date]
    recorded_at: Mapped[datetime]


class Membership(InsurerKeyed, Base):
    """A person on a contract's list; ``left_on`` is the last insured day, if he left."""

    __tablename__ = "membership"
    __table_args__ = (
        insurer_key("contract_id", "contract"),
        UniqueConstraint("insurer_id", "contract_id", "person_id", "joined_on"),
        Index("ix_membership_person", "person_id"),
        CheckConstraint(
            "relation IN ('principal','spouse','son','daughter','father','mother')",
            name="relation",
        ),
    )
    contract_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    principal_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    relation: Mapped[str]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
