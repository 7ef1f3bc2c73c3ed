"""Batches, claims with their rounds and lines (keyed by insurer)."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, InsurerKeyed, insurer_key

LISTED_COLUMNS = (
    *("due_at", "id", "state", "insurer_id", "kind", "cost_rial", "open_finding_count", "round"),
    *("assignee_id", "lease_until_at", "registered_at", "centre_id", "person_id"),
)
"""What the queue filters by, in the indexes of open claims: a page reads them and no table."""


def _partial(name: str, flag: str, *columns: str) -> Index:
    """An index of the claims whose boolean column ``flag`` is true.

    SQLite takes it for covering only when the flag itself is the last column.
    """
    where = text(flag)
    return Index(name, *dict.fromkeys((*columns, flag)), sqlite_where=where, postgresql_where=where)


def _known(name: str, column: str, *more: str) -> Index:
    """An index of an insurer's rows in which ``column`` is set."""
    where = text(f"{column} IS NOT NULL")
    return Index(name, "insurer_id", column, *more, sqlite_where=where, postgresql_where=where)


class Batch(InsurerKeyed, Base):
    """دسته سند of one centre; its totals are always the sums of its claims."""

    __tablename__ = "batch"
    __table_args__ = (
        UniqueConstraint("insurer_id", "acceptance_number"),
        Index("ix_batch_state", "insurer_id", "state", "sent_at", "id"),
        Index("ix_batch_state_sent", "state", "sent_at", "id"),
        Index("ix_batch_sent", "sent_at", "id"),
        _known("ix_batch_follows", "follows_id"),
    )
    insurer_id: Mapped[int] = mapped_column(ForeignKey("insurer.id"), primary_key=True)
    acceptance_number: Mapped[str] = mapped_column(index=True)
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"), index=True)
    state: Mapped[str]
    sent_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    received_by_id: Mapped[int | None]
    review_started_at: Mapped[datetime | None]
    sent_to_finance_at: Mapped[datetime | None]
    sent_to_finance_by_id: Mapped[int | None]
    archived_at: Mapped[datetime | None]
    archived_by_id: Mapped[int | None]
    follows_id: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)


class Remittance(InsurerKeyed, Base):
    """حواله for finished direct claims."""

    __tablename__ = "remittance"
    __table_args__ = (
        UniqueConstraint("insurer_id", "number"),
        CheckConstraint("amount_rial >= 0", name="amount"),
        CheckConstraint("state IN ('ordered','sent_for_payment')", name="state"),
    )
    insurer_id: Mapped[int] = mapped_column(ForeignKey("insurer.id"), primary_key=True)
    number: Mapped[str]
    amount_rial: Mapped[int]
    ordered_on: Mapped[date]
    state: Mapped[str]
    sent_at: Mapped[datetime | None]


class Claim(InsurerKeyed, Base):
    """A centre's case or a member's document. Money columns are those of the last finish.

    ``assignee_id`` holds it until ``lease_until_at``; ``is_open`` and ``is_waiting`` follow from
    ``state`` (``services.workflow`` sets them) and carry the partial indexes of the queue.
    """

    __tablename__ = "claim"
    __table_args__ = (
        insurer_key("contract_id", "contract"),
        insurer_key("referral_id", "referral"),
        insurer_key("batch_id", "batch"),
        insurer_key("account_id", "ceiling_account"),
        insurer_key("reservation_id", "ceiling_reservation"),
        insurer_key("remittance_id", "remittance"),
        insurer_key("membership_id", "membership"),
        UniqueConstraint("insurer_id", "number"),
        CheckConstraint("kind IN ('direct','indirect')", name="kind"),
        CheckConstraint("(kind = 'direct') = (batch_id IS NULL)", name="batch_of_indirect"),
        _partial("ix_claim_waiting", "is_waiting", *LISTED_COLUMNS),
        _partial("ix_claim_open", "is_open", *LISTED_COLUMNS),
        _partial("ix_claim_insurer_open", "is_open", "insurer_id", *LISTED_COLUMNS),
        Index("ix_claim_state", "state", "due_at", "id"),
        Index("ix_claim_insurer_state", "insurer_id", "state", "due_at", "id"),
        Index("ix_claim_centre_state", "centre_id", "state", "due_at", "id"),
        Index("ix_claim_assignee", "assignee_id", "state", "due_at", "id"),
        Index("ix_claim_person", "person_id", "id"),
        Index("ix_claim_centre_registered", "centre_id", "registered_at"),
        Index("ix_claim_dentist_registered", "dentist_id", "registered_at"),
        _known("ix_claim_batch", "batch_id", "id"),
        _known("ix_claim_remittance", "remittance_id"),
        _known("ix_claim_referral", "referral_id", "id"),
    )
    number: Mapped[str] = mapped_column(index=True)
    tracking_code: Mapped[str | None] = mapped_column(index=True)
    kind: Mapped[str]
    state: Mapped[str]
    is_open: Mapped[bool]
    is_waiting: Mapped[bool]
    round: Mapped[int] = mapped_column(default=1)
    contract_id: Mapped[int]
    cover_code: Mapped[str]
    membership_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    account_id: Mapped[int]
    reservation_id: Mapped[int | None]
    referral_id: Mapped[int | None]
    batch_id: Mapped[int | None]
    remittance_id: Mapped[int | None]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    dentist_id: Mapped[int] = mapped_column(ForeignKey("dentist.id"))
    case_on: Mapped[date]
    registered_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    assignee_id: Mapped[int | None]
    lease_until_at: Mapped[datetime | None]
    park_reason: Mapped[str | None]
    park_until_on: Mapped[date | None]
    returned_at: Mapped[datetime | None]
    returned_by_id: Mapped[int | None]
    finished_at: Mapped[datetime | None]
    finished_by_id: Mapped[int | None]
    has_prescription: Mapped[bool] = mapped_column(default=False)
    line_count: Mapped[int]
    image_count: Mapped[int] = mapped_column(default=0)
    open_finding_count: Mapped[int] = mapped_column(default=0)
    service_groups: Mapped[str] = mapped_column(default="")
    cost_rial: Mapped[int]
    requested_payable_rial: Mapped[int]
    tariff_reject_rial: Mapped[int | None]
    technical_deduction_rial: Mapped[int | None]
    patient_share_rial: Mapped[int | None]
    technical_approval_rial: Mapped[int | None]
    ceiling_reject_rial: Mapped[int | None]
    payable_rial: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)


class ClaimRound(InsurerKeyed, Base):
    """One round of assessing a claim. A finished one holds the frozen document and its hash."""

    __tablename__ = "claim_round"
    __table_args__ = (
        insurer_key("claim_id", "claim"),
        UniqueConstraint("insurer_id", "claim_id", "number"),
    )
    claim_id: Mapped[int]
    number: Mapped[int]
    opened_at: Mapped[datetime]
    explanation: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None]
    result: Mapped[str | None]
    text_for_sender: Mapped[str] = mapped_column(default="")
    document: Mapped[dict[str, Any] | None]
    document_hash: Mapped[str | None]
    rules_hash: Mapped[str | None]


class ClaimLine(InsurerKeyed, Base):
    """A service line of one round: requested (never edited), assessed, and the result.

    ``cites``: frames in images (``rules.facts.Cite``) that a cut, re-code or rejection rests on.
    """

    __tablename__ = "claim_line"
    __table_args__ = (
        insurer_key("claim_id", "claim"),
        UniqueConstraint("insurer_id", "claim_id", "round", "number"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("unit_price_rial >= 0", name="unit_price"),
        CheckConstraint("cost_rial = quantity * unit_price_rial", name="cost"),
    )
    claim_id: Mapped[int]
    round: Mapped[int]
    number: Mapped[int]
    service_on: Mapped[date]
    code: Mapped[str]
    tooth: Mapped[int | None]
    jaw: Mapped[str | None]
    surfaces: Mapped[str] = mapped_column(default="")
    canals: Mapped[int | None]
    quantity: Mapped[int]
    unit_price_rial: Mapped[int]
    cost_rial: Mapped[int]
    note: Mapped[str] = mapped_column(default="")
    assessed_code: Mapped[str | None]
    recode_reason: Mapped[str | None]
    assessed_quantity: Mapped[int | None]
    assessed_unit_price_rial: Mapped[int | None]
    cut_reason: Mapped[str | None]
    is_rejected: Mapped[bool] = mapped_column(default=False)
    reject_reason: Mapped[str | None]
    assessor_note: Mapped[str] = mapped_column(default="")
    cites: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    is_looked_at: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[int | None]
    tariff_reject_rial: Mapped[int | None]
    technical_deduction_rial: Mapped[int | None]
    patient_share_rial: Mapped[int | None]
    technical_approval_rial: Mapped[int | None]


class LineDeduction(InsurerKeyed, Base):
    """A deduction from a line. While assessing: typed and finding ones; at the finish all."""

    __tablename__ = "line_deduction"
    __table_args__ = (
        insurer_key("line_id", "claim_line"),
        CheckConstraint("amount_rial >= 0", name="amount"),
        Index("ix_line_deduction_claim", "insurer_id", "claim_id", "round"),
    )
    claim_id: Mapped[int]
    round: Mapped[int]
    line_id: Mapped[int]
    reason: Mapped[str] = mapped_column(ForeignKey("reason.code"))
    amount_rial: Mapped[int]
    source: Mapped[str] = mapped_column(default="typed")
    text: Mapped[str] = mapped_column(default="")
    cites: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    at: Mapped[datetime]
    actor_id: Mapped[int]


class FindingAnswer(InsurerKeyed, Base):
    """What the assessor did with a finding of a round, by the finding's key."""

    __tablename__ = "finding_answer"
    __table_args__ = (
        insurer_key("claim_id", "claim"),
        UniqueConstraint("insurer_id", "claim_id", "round", "finding_key"),
        CheckConstraint("state IN ('accepted','overridden')", name="state"),
    )
    claim_id: Mapped[int]
    round: Mapped[int]
    finding_key: Mapped[str]
    state: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    actor_id: Mapped[int]
    at: Mapped[datetime]


class Defect(InsurerKeyed, Base):
    """A named defect of a returned round; ``is_remedied`` is judged in the next round."""

    __tablename__ = "defect"
    __table_args__ = (
        insurer_key("claim_id", "claim"),
        CheckConstraint("scope IN ('case','line','image')", name="scope"),
        Index("ix_defect_claim", "insurer_id", "claim_id", "round"),
    )
    claim_id: Mapped[int]
    round: Mapped[int]
    reason: Mapped[str] = mapped_column(ForeignKey("reason.code"))
    scope: Mapped[str]
    line_number: Mapped[int | None]
    image_number: Mapped[int | None]
    text: Mapped[str] = mapped_column(default="")
    cites: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    is_remedied: Mapped[bool | None]


class InternalNote(InsurerKeyed, Base):
    """«صرفاً قابل مشاهده برای کارشناسان»: never in an export, a print or another role's page."""

    __tablename__ = "internal_note"
    __table_args__ = (
        insurer_key("claim_id", "claim"),
        Index("ix_internal_note_claim", "insurer_id", "claim_id"),
    )
    claim_id: Mapped[int]
    author_id: Mapped[int]
    at: Mapped[datetime]
    text: Mapped[str]


class ClaimRecount(Base):
    """An open claim whose open findings are to be counted anew, since a table of the rules changed.

    Gone once it is counted.
    """

    __tablename__ = "claim_recount"
    __table_args__ = (insurer_key("claim_id", "claim"),)
    insurer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    claim_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
