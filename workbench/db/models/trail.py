"""The audit trail, decision nonces, counters and the record of imports."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from workbench.db.models.base import Base, Identified


class AuditEvent(Identified, Base):
    """One append-only event. ``facts`` hold ids, codes, amounts: never names or free text.

    ``sequence`` counts within ``stream`` (``claim:…``, ``account:…``, ``referral:…``, ``user:…``);
    ``content_hash`` covers all other columns. ``insurer_id`` 0: no insurer.
    """

    __tablename__ = "audit_event"
    __table_args__ = (
        UniqueConstraint("stream", "sequence"),
        Index("ix_audit_event_at", "at", "id"),
        Index("ix_audit_event_actor", "actor_id", "at"),
    )
    insurer_id: Mapped[int]
    stream: Mapped[str]
    sequence: Mapped[int]
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    action: Mapped[str]
    facts: Mapped[dict[str, Any]]
    content_hash: Mapped[str]


class AuditSeal(Base):
    """One link of the single chain: event → hash over (previous hash, content hash)."""

    __tablename__ = "audit_seal"
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    event_id: Mapped[int] = mapped_column(unique=True)
    sealed_at: Mapped[datetime]
    chain_hash: Mapped[str]


class AuditUnsealed(Base):
    """The events that still wait for their seal: written with the event, removed by the sealer."""

    __tablename__ = "audit_unsealed"
    event_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]


class DecisionNonce(Base):
    """A decision that was made once: a second click with the same nonce does nothing."""

    __tablename__ = "decision_nonce"
    nonce: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class WorkCounter(Base):
    """How many claims stand in a state, per insurer; shards keep the row cool on PostgreSQL."""

    __tablename__ = "work_counter"
    insurer_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    state: Mapped[str] = mapped_column(primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    count: Mapped[int] = mapped_column("claim_count")


class ImportRecord(Base):
    """What was imported under which key, by content hash: a repeat changes nothing."""

    __tablename__ = "import_record"
    kind: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    content_hash: Mapped[str]
    imported_at: Mapped[datetime]


class NumberSeries(Base):
    """The next number of a series (acceptance numbers, referrals, tracking codes)."""

    __tablename__ = "number_series"
    name: Mapped[str] = mapped_column(primary_key=True)
    next_value: Mapped[int]
