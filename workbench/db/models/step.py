"""The steps of claims, which the managers' figures are counted from (``rules.steps``)."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, InsurerKeyed, insurer_key

COUNTED_COLUMNS = (
    *("action", "day", "insurer_id", "centre_id", "actor_id", "kind", "former", "round"),
    *("is_undone", "is_on_time", "waited_minutes", "round_minutes"),
)
"""What a figure counts, groups and filters by: in one index, so that a chart reads no table."""
OF_ONE_COLUMNS = (
    *("action", "day", "insurer_id", "kind", "former", "round"),
    *("is_undone", "is_on_time", "waited_minutes", "round_minutes"),
)
"""The same behind an assessor or a centre; behind a centre with the assessor last."""


TAKEN_COLUMNS = ("tariff_reject_rial", "technical_deduction_rial", "ceiling_reject_rial")
"""What a finish takes away: the largest are found by an index, of those that took something."""
FOUND_BY = ("day", "insurer_id", "centre_id", "actor_id", "kind", "is_undone")
UNDONE_COLUMNS = ("action", *FOUND_BY, "claim_id", "round")
"""By which the few decisions are found that were reopened."""


class ClaimStep(InsurerKeyed, Base):
    """One step of a claim, written with its audit event in the same transaction.

    ``day``: the day in Tehran as a proleptic ordinal, ``month``: the Jalali one as yyyymm. Minutes
    are working minutes by the calendar of then. The amounts are those of a finish, in rials;
    ``is_undone``: it was reopened since. ``service_groups``: the case's own as it was decided.
    """

    __tablename__ = "claim_step"
    __table_args__ = (
        insurer_key("claim_id", "claim"),
        CheckConstraint("waited_minutes >= 0", name="waited_minutes"),
        Index("ix_claim_step_counted", *COUNTED_COLUMNS),
        Index("ix_claim_step_actor", "actor_id", *OF_ONE_COLUMNS),
        Index("ix_claim_step_centre", "centre_id", *OF_ONE_COLUMNS, "actor_id"),
        Index("ix_claim_step_claim", "insurer_id", "claim_id", "id"),
        Index(
            "ix_claim_step_undone",
            *UNDONE_COLUMNS,
            sqlite_where=text("is_undone"),
            postgresql_where=text("is_undone"),
        ),
        *(
            Index(
                f"ix_claim_step_{name.removesuffix('_rial')}",
                *(name, *FOUND_BY),
                sqlite_where=text(f"{name} > 0"),
                postgresql_where=text(f"{name} > 0"),
            )
            for name in TAKEN_COLUMNS
        ),
    )
    claim_id: Mapped[int]
    action: Mapped[str]
    at: Mapped[datetime]
    day: Mapped[int]
    month: Mapped[int]
    centre_id: Mapped[int]
    actor_id: Mapped[int | None]
    kind: Mapped[str]
    round: Mapped[int]
    former: Mapped[str | None]
    waited_minutes: Mapped[int | None]
    round_minutes: Mapped[int | None]
    clock_at: Mapped[datetime]
    is_on_time: Mapped[bool | None]
    is_undone: Mapped[bool] = mapped_column(default=False)
    cost_rial: Mapped[int | None]
    tariff_reject_rial: Mapped[int | None]
    technical_deduction_rial: Mapped[int | None]
    patient_share_rial: Mapped[int | None]
    technical_approval_rial: Mapped[int | None]
    ceiling_reject_rial: Mapped[int | None]
    payable_rial: Mapped[int | None]
    service_groups: Mapped[str | None]
