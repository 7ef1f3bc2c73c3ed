"""Sums of the steps of closed days: what long periods of the managers' figures are read from.

Made again from ``ClaimStep`` by ``services.figures.step_sums``; never written where a claim moves.
"""

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, InsurerKeyed

WHOLE, OF_ASSESSOR, OF_CENTRE = "whole", "assessor", "centre"
"""What sums are told apart by, beside insurer and kind; ``key`` is 0 where it is nobody's."""
DAY, MONTH = "day", "month"


class StepSum(Base):
    """Steps of one action and round, those that hold, those on time, and the amounts that hold.

    Squares and products of cost and deduction are of thousands of rials, rounded (``SQUARES``).

    ``span_at``: of a day its proleptic ordinal, of a Jalali month its yyyymm.
    """

    __tablename__ = "step_sum"
    __table_args__ = (
        Index(
            "ix_step_sum_key",
            *("insurer_id", "scope", "key", "span", "span_at", "action", "kind", "round"),
            *("steps", "holding", "on_time"),
        ),
        {"sqlite_with_rowid": False},
    )
    insurer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[str] = mapped_column(primary_key=True)
    span: Mapped[str] = mapped_column(primary_key=True)
    span_at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    action: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    steps: Mapped[int]
    holding: Mapped[int]
    on_time: Mapped[int]
    cost_rial: Mapped[int]
    tariff_reject_rial: Mapped[int]
    technical_deduction_rial: Mapped[int]
    patient_share_rial: Mapped[int]
    technical_approval_rial: Mapped[int]
    ceiling_reject_rial: Mapped[int]
    payable_rial: Mapped[int]
    cost_squared: Mapped[int]
    deduction_squared: Mapped[int]
    product: Mapped[int]


class ReasonSum(Base):
    """Rials and lines deducted for a reason, of the finishes that hold; told as ``StepSum``."""

    __tablename__ = "reason_sum"
    __table_args__ = (
        Index("ix_reason_sum_key", "insurer_id", "scope", "key", "span", "span_at"),
        {"sqlite_with_rowid": False},
    )
    insurer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[str] = mapped_column(primary_key=True)
    span: Mapped[str] = mapped_column(primary_key=True)
    span_at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(primary_key=True)
    amount_rial: Mapped[int]
    lines: Mapped[int]


class WaitSum(Base):
    """How many steps waited so many whole working hours after the former one.

    Told apart as ``StepSum``; of an assessor by months only, of a centre not at all.
    ``former`` is ``ROUND`` for the hours since a round's clock began, of finishes that hold. Of the
    scopes of ``REVIEWS`` the ``hours`` are the binned minutes from taking to a decision that holds.
    """

    __tablename__ = "wait_sum"
    __table_args__ = ({"sqlite_with_rowid": False},)
    insurer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    scope: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    span: Mapped[str] = mapped_column(primary_key=True)
    span_at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    former: Mapped[str] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(primary_key=True)
    is_later: Mapped[bool] = mapped_column(primary_key=True)
    hours: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    steps: Mapped[int]


ROUND = "round"
TOTAL = "total"
"""The scope of ``WaitSum`` of all insurers and kinds together: insurer 0 and no kind."""
REVIEW, REVIEW_TOTAL, REVIEW_KIND = REVIEWS = ("review", "review_total", "review_kind")
"""Scopes of ``WaitSum`` of assessors: by insurer, of all insurers (insurer 0), and by insurer and
kind, which only months have. The former two have no kind."""


class MixSum(Base):
    """What an assessor (``key``, 0: nobody) decided of one service or kind of case, that holds.

    ``unit`` is ``LINE`` (``mix``: the code asked for, ``weight``: rials of cost, ``observed``:
    rials deducted) or ``FIRST`` or ``LATER`` for decisions of a first or later round (``mix``: the
    groups of the case's services, ``weight``: decisions, ``observed``: returns) or ``DEFECT``
    (``mix``: its code, ``weight``: returns, ``observed``: those of a case that was returned for it
    before) or ``BAND`` (``mix``: the band of amount of a finish; all four count finishes) or, of
    months and nobody, ``DEDUCTED`` (``mix``: code and reason, ``weight`` and
    ``observed``: rials, ``size``: deductions). ``size``: lines, decisions or
    returns, ``cases``: steps that they are of.
    """

    __tablename__ = "mix_sum"
    __table_args__ = ({"sqlite_with_rowid": False},)
    insurer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    span: Mapped[str] = mapped_column(primary_key=True)
    span_at: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    unit: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)
    mix: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int]
    cases: Mapped[int]
    weight: Mapped[int]
    observed: Mapped[int]


LINE, FIRST, LATER = "line", "first", "later"
DEFECT, BAND, DEDUCTED = "defect", "band", "deducted"


class SumsUntil(Base):
    """The last day whose steps are summed; one row."""

    __tablename__ = "step_sums_until"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, default=1)
    day: Mapped[int]


class ChangedDay(InsurerKeyed, Base):
    """A summed day that a step came to, or was undone on, since: read plainly until summed anew."""

    __tablename__ = "step_changed_day"
    __table_args__ = (Index("ix_step_changed_day_day", "day"),)
    day: Mapped[int]
