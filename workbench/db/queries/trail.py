"""The audit trail, newest first, by key: of a thing, of a user, or of a period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, literal, select, tuple_, union_all

from workbench.db.models import AuditEvent, AuditSeal, Batch, Claim, Referral, Remittance, User
from workbench.db.queries.listed import Rows, unindexed


@dataclass(frozen=True, slots=True, kw_only=True)
class Events:
    """Which events; None does not limit. ``insurer_ids`` None: all insurers."""

    streams: tuple[str, ...] | None = None
    actor_id: int | None = None
    from_at: datetime | None = None
    before_at: datetime | None = None
    insurer_ids: tuple[int, ...] | None = None


def events(wanted: Events, key: tuple[datetime, int] | None, *, ascending: bool, size: int) -> Rows:
    """One page of events with their actor and whether they are sealed."""
    order = (AuditEvent.at, AuditEvent.id)
    statement = (
        select(
            AuditEvent.id,
            AuditEvent.at,
            AuditEvent.action,
            AuditEvent.stream,
            AuditEvent.insurer_id,
            AuditEvent.facts,
            AuditEvent.actor_id,
            User.display_name.label("actor_name"),
            AuditSeal.position.label("seal"),
        )
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .outerjoin(AuditSeal, AuditSeal.event_id == AuditEvent.id)
        .where(*_conditions(wanted))
    )
    if key is not None:
        place = tuple_(*order)
        statement = statement.where(place > key if ascending else place < key)
    return statement.order_by(*(c.asc() if ascending else c.desc() for c in order)).limit(size)


def usernames(user_ids: Sequence[int]) -> Rows:
    """The names with which these users sign in."""
    return select(User.id, User.username).where(User.id.in_(user_ids))


def streams_of_number(number: str, insurer_ids: Sequence[int] | None) -> Rows:
    """The streams of what bears a number: case, referral, batch or remittance order."""
    parts = []
    for kind, model, column in (
        ("claim", Claim, Claim.number),
        ("referral", Referral, Referral.number),
        ("batch", Batch, Batch.acceptance_number),
        ("remittance", Remittance, Remittance.number),
    ):
        part = select(literal(kind).label("kind"), model.insurer_id, model.id)
        part = part.where(column == number)
        if insurer_ids is not None:
            part = part.where(unindexed(model.insurer_id).in_(insurer_ids))
        parts.append(part)
    found = union_all(*parts).subquery()
    return select(found)


def actors() -> Select[int, str]:
    """Everybody who can have left an event."""
    return select(User.id, User.display_name).order_by(User.display_name)


def _conditions(wanted: Events) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.streams is not None:
        conditions.append(AuditEvent.stream.in_(wanted.streams))
    if wanted.actor_id is not None:
        of_actor = AuditEvent.actor_id if wanted.streams is None else unindexed(AuditEvent.actor_id)
        conditions.append(of_actor == wanted.actor_id)
    if wanted.from_at is not None:
        conditions.append(AuditEvent.at >= wanted.from_at)
    if wanted.before_at is not None:
        conditions.append(AuditEvent.at < wanted.before_at)
    if wanted.insurer_ids is not None:
        conditions.append(AuditEvent.insurer_id.in_(wanted.insurer_ids))
    return conditions
