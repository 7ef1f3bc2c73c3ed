"""Treatment plans for the dental commission: units, documents, rounds, votes, panels."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, Identified, InsurerKeyed, insurer_key

FREE = "state = 'submitted' AND votes = 0"
"""Of the present round nobody has said anything yet."""
CHAIRED = "state = 'submitted' AND needs_chair = true"
"""The chair's word is waited for."""


def _partial(name: str, condition: str, *columns: str) -> Index:
    """An index of the few rows that fit; SQLite takes it for covering with all that it asks for."""
    where = text(condition)
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class TreatmentPlan(InsurerKeyed, Base):
    """طرح درمان under a referral; the clock columns are those of the present round (UTC).

    ``kinds`` are the approval needs it falls under, comma separated; ``is_complete``: its pack
    lacks nothing; ``panel_…``: the rule by which this round is voted; ``votes``: how many members
    voted in it; ``needs_chair``: a tie, or a decision that comes late, waits for the chair.
    """

    __tablename__ = "treatment_plan"
    __table_args__ = (
        insurer_key("referral_id", "referral"),
        insurer_key("contract_id", "contract"),
        UniqueConstraint("insurer_id", "number"),
        CheckConstraint("round >= 1", name="round"),
        Index("ix_treatment_plan_inbox", "state", "due_at", "id", "insurer_id", "limit_at"),
        Index("ix_treatment_plan_insurer", "insurer_id", "state", "due_at", "id", "limit_at"),
        _partial("ix_treatment_plan_free", FREE, "state", "votes", "due_at", "id", "insurer_id"),
        _partial(
            *("ix_treatment_plan_insurer_free", FREE),
            *("insurer_id", "state", "votes", "due_at", "id"),
        ),
        _partial(
            *("ix_treatment_plan_chair", CHAIRED),
            *("state", "needs_chair", "due_at", "id", "insurer_id"),
        ),
        Index("ix_treatment_plan_centre_submitted", "centre_id", "submitted_at"),
        Index("ix_treatment_plan_dentist_submitted", "dentist_id", "submitted_at"),
        Index("ix_treatment_plan_referral", "insurer_id", "referral_id"),
        Index("ix_treatment_plan_person", "person_id", "due_at", "id", "insurer_id"),
    )
    number: Mapped[str] = mapped_column(index=True)
    referral_id: Mapped[int]
    contract_id: Mapped[int]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    dentist_id: Mapped[int] = mapped_column(ForeignKey("dentist.id"))
    kinds: Mapped[str]
    state: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    amount_rial: Mapped[int]
    is_complete: Mapped[bool]
    submitted_at: Mapped[datetime]
    start_at: Mapped[datetime]
    at_risk_at: Mapped[datetime]
    due_at: Mapped[datetime]
    limit_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    is_late: Mapped[bool] = mapped_column(default=False)
    late_reason: Mapped[str | None]
    result: Mapped[str | None]
    public_text: Mapped[str | None]
    valid_until_on: Mapped[date | None]
    version: Mapped[int] = mapped_column(default=1)
    panel_seats: Mapped[int] = mapped_column(default=3, server_default="3")
    panel_quorum: Mapped[int] = mapped_column(default=2, server_default="2")
    panel_majority: Mapped[str] = mapped_column(
        default="more_than_half", server_default="more_than_half"
    )
    votes: Mapped[int] = mapped_column(default=0, server_default="0")
    needs_chair: Mapped[bool] = mapped_column(default=False, server_default=false())


class PlanUnit(InsurerKeyed, Base):
    """One planned service of a plan: a tooth (FDI), a jaw, or so many of them.

    ``choice`` None until it is decided; ``approved_…`` what a modification allows instead.
    """

    __tablename__ = "plan_unit"
    __table_args__ = (
        insurer_key("plan_id", "treatment_plan"),
        UniqueConstraint("insurer_id", "plan_id", "number"),
        CheckConstraint("quantity >= 1", name="quantity"),
        CheckConstraint("amount_rial >= 0", name="amount"),
    )
    plan_id: Mapped[int]
    number: Mapped[int]
    code: Mapped[str]
    service_group: Mapped[str]
    tooth: Mapped[int | None]
    jaw: Mapped[str | None]
    quantity: Mapped[int] = mapped_column(default=1)
    amount_rial: Mapped[int]
    choice: Mapped[str | None]
    approved_code: Mapped[str | None]
    approved_rial: Mapped[int | None]
    reason: Mapped[str | None]
    cites: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")


class PlanRound(InsurerKeyed, Base):
    """One round of a plan with its own clock; ``result`` None while it is open."""

    __tablename__ = "plan_round"
    __table_args__ = (
        insurer_key("plan_id", "treatment_plan"),
        UniqueConstraint("insurer_id", "plan_id", "number"),
        Index("ix_plan_round_closed", "closed_at", "result", "due_at", "insurer_id"),
    )
    plan_id: Mapped[int]
    number: Mapped[int]
    submitted_at: Mapped[datetime]
    start_at: Mapped[datetime]
    due_at: Mapped[datetime]
    limit_at: Mapped[datetime]
    explanation: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]
    closed_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    result: Mapped[str | None]


class PlanImage(InsurerKeyed, Base):
    """An image attached to a plan; the same bytes may be attached to the patient's claims too."""

    __tablename__ = "plan_image"
    __table_args__ = (
        insurer_key("plan_id", "treatment_plan"),
        UniqueConstraint("insurer_id", "plan_id", "number"),
        UniqueConstraint("insurer_id", "plan_id", "sha256"),
    )
    plan_id: Mapped[int]
    number: Mapped[int]
    sha256: Mapped[str] = mapped_column(ForeignKey("evidence_image.sha256"), index=True)
    kind: Mapped[str]
    phase: Mapped[str]
    teeth: Mapped[list[Any]] = mapped_column(default=list)
    taken_on: Mapped[date | None]
    round_added: Mapped[int]
    file_name: Mapped[str] = mapped_column(default="")


class PlanVote(InsurerKeyed, Base):
    """What a member says about a unit in a round; never changed. ``is_casting``: it ends a tie."""

    __tablename__ = "plan_vote"
    __table_args__ = (
        insurer_key("plan_id", "treatment_plan"),
        UniqueConstraint(
            *("insurer_id", "plan_id", "round", "unit_number", "member_id", "is_casting"),
            name="uq_plan_vote_once",
        ),
        CheckConstraint("choice IN ('approve', 'modify', 'reject')", name="choice"),
    )
    plan_id: Mapped[int]
    round: Mapped[int]
    unit_number: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    choice: Mapped[str]
    changed_code: Mapped[str | None]
    changed_rial: Mapped[int | None]
    reason: Mapped[str] = mapped_column(default="")
    cites: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    is_casting: Mapped[bool] = mapped_column(default=False)
    at: Mapped[datetime]


class PlanSeat(InsurerKeyed, Base):
    """A member's place on the panel of one round.

    It is held until ``held_until_at``, and for good once he voted. ``is_open`` ends with the round
    or when the chair replaces him (``ended_…`` say who and why); votes of a seat that was replaced
    do not count. ``due_at`` is the plan's, kept here for his own list.
    """

    __tablename__ = "plan_seat"
    __table_args__ = (
        insurer_key("plan_id", "treatment_plan"),
        UniqueConstraint("insurer_id", "plan_id", "round", "member_id", name="uq_plan_seat_once"),
        _partial(
            *("ix_plan_seat_mine", "is_open", "member_id", "has_voted", "due_at", "plan_id"),
            *("held_until_at", "insurer_id", "is_open"),
        ),
        _partial(
            *("ix_plan_seat_live", "is_open"),
            *("insurer_id", "plan_id", "held_until_at", "is_open"),
        ),
    )
    plan_id: Mapped[int]
    round: Mapped[int]
    member_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    taken_at: Mapped[datetime]
    held_until_at: Mapped[datetime]
    due_at: Mapped[datetime]
    has_voted: Mapped[bool] = mapped_column(default=False)
    is_open: Mapped[bool] = mapped_column(default=True)
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("app_user.id"))
    ended_reason: Mapped[str | None]


class PlanNote(InsurerKeyed, Base):
    """یادداشت داخلی: what colleagues tell each other about a plan; nobody outside ever sees it."""

    __tablename__ = "plan_note"
    __table_args__ = (
        insurer_key("plan_id", "treatment_plan"),
        Index("ix_plan_note_plan", "insurer_id", "plan_id", "at"),
    )
    plan_id: Mapped[int]
    round: Mapped[int]
    author_id: Mapped[int] = mapped_column(ForeignKey("app_user.id"))
    at: Mapped[datetime]
    text: Mapped[str]


class Notice(InsurerKeyed, Base):
    """A message to a centre that is to leave the house once: the outbox.

    ``event`` decided or returned; ``state`` waiting, sending, sent or failed; ``next_try_at`` is
    when a waiting one is due.
    """

    __tablename__ = "notice"
    __table_args__ = (
        insurer_key("plan_id", "treatment_plan"),
        UniqueConstraint("insurer_id", "plan_id", "round", "event", name="uq_notice_once"),
        CheckConstraint("state IN ('waiting', 'sending', 'sent', 'failed')", name="state"),
        Index("ix_notice_due", "state", "next_try_at", "id"),
    )
    plan_id: Mapped[int]
    round: Mapped[int]
    event: Mapped[str]
    centre_id: Mapped[int] = mapped_column(ForeignKey("centre.id"))
    channel: Mapped[str]
    text: Mapped[str]
    state: Mapped[str] = mapped_column(default="waiting")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    error: Mapped[str | None]


class PlanDefect(InsurerKeyed, Base):
    """What a plan was returned for in a round: a reason of the catalogue, with a text."""

    __tablename__ = "plan_defect"
    __table_args__ = (
        insurer_key("plan_id", "treatment_plan"),
        UniqueConstraint("insurer_id", "plan_id", "round", "reason"),
    )
    plan_id: Mapped[int]
    round: Mapped[int]
    reason: Mapped[str] = mapped_column(ForeignKey("reason.code"))
    text: Mapped[str] = mapped_column(default="")
    cites: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")


class PanelSetting(Identified, Base):
    """Who decides about units of some groups (none: any) from an amount on.

    Of one list of groups and one amount the newest row counts.
    """

    __tablename__ = "panel_setting"
    groups: Mapped[list[Any]] = mapped_column(default=list)
    from_rial: Mapped[int] = mapped_column(default=0)
    seats: Mapped[int]
    quorum: Mapped[int]
    majority: Mapped[str]
    recorded_at: Mapped[datetime]
