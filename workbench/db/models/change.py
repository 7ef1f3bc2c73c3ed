"""Changes of prices and rules that one person proposes and another publishes (shared table)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, Identified


class CatalogueChange(Identified, Base):
    """A proposed change; ``items`` are in the plain form of ``rules.changes``.

    Nobody publishes what he proposed. ``version`` counts what the proposer made of it.
    """

    __tablename__ = "catalogue_change"
    __table_args__ = (
        CheckConstraint("state IN ('draft','published','withdrawn')", name="state"),
        CheckConstraint("published_by_id <> proposed_by_id", name="by_two"),
        CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
        Index("ix_catalogue_change_state", "state", "id"),
    )
    reason: Mapped[str]
    items: Mapped[list[Any]]
    from_on: Mapped[date]
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    proposed_at: Mapped[datetime]
    proposed_by_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    published_at: Mapped[datetime | None]
    published_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
