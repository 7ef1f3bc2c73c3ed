"""Decided cases that are assessed a second time, blind (``rules.second_assessment``)."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, InsurerKeyed, insurer_key

STATES = ("waiting", "assessing", "agreed", "differs", "resolved", "dropped")
RESOLUTIONS = ("first", "second", "neither")


class Recheck(InsurerKeyed, Base):
    """One decision drawn for a second assessment.

    ``round``, ``decided_at``, ``day`` (proleptic ordinal), ``first_by_id``, ``cost_rial`` and
    ``payable_rial`` are those of the first decision; ``band`` its band of amount (0 to 2).
    ``work`` is what the second one has said so far, ``document`` his frozen result, ``compared``
    both verdicts (``rules.agreement.Pair``). ``right_payable_rial``: what the lead held right.
    ``dropped``: reopened before the second was in.
    """

    __tablename__ = "recheck"
    __table_args__ = (
        insurer_key("claim_id", "claim"),
        UniqueConstraint("insurer_id", "claim_id", "round"),
        CheckConstraint(
            "state IN ('waiting','assessing','agreed','differs','resolved','dropped')",
            name="state",
        ),
        CheckConstraint("resolution IN ('first','second','neither')", name="resolution"),
        CheckConstraint("second_by_id <> first_by_id", name="another"),
        CheckConstraint("(state = 'resolved') = (resolution IS NOT NULL)", name="resolved"),
        CheckConstraint(
            "(second_at IS NOT NULL) = (state IN ('agreed','differs','resolved'))", name="second"
        ),
        Index("ix_recheck_state", "state", "insurer_id", "decided_at"),
        Index("ix_recheck_day", "insurer_id", "day"),
        Index("ix_recheck_second", "second_by_id", "state"),
    )
    claim_id: Mapped[int]
    round: Mapped[int]
    decided_at: Mapped[datetime]
    day: Mapped[int]
    first_by_id: Mapped[int]
    band: Mapped[int]
    cost_rial: Mapped[int]
    payable_rial: Mapped[int]
    state: Mapped[str] = mapped_column(default="waiting")
    drawn_at: Mapped[datetime]
    drawn_by_id: Mapped[int | None]
    second_by_id: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    work: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")
    document: Mapped[dict[str, Any] | None]
    document_hash: Mapped[str | None]
    second_at: Mapped[datetime | None]
    second_payable_rial: Mapped[int | None]
    compared: Mapped[dict[str, Any] | None]
    resolution: Mapped[str | None]
    right_payable_rial: Mapped[int | None]
    resolved_by_id: Mapped[int | None]
    resolved_at: Mapped[datetime | None]
    resolution_note: Mapped[str] = mapped_column(default="", server_default="")
    is_example: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
