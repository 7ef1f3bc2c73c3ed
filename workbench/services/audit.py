"""The audit trail: events hashed in the transaction, sealed beside it, verified at any time."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, func, insert, select
from sqlalchemy.orm import Session

from workbench.db.models import AuditEvent, AuditSeal, AuditUnsealed, new_id

SEAL_BATCH_MAX = 500
UNSEALED_MAX = timedelta(minutes=1)
NO_INSURER = 0

# Built once: every write of the desk leaves an event.
_EVENTS = cast(Table, AuditEvent.__table__)
_LAST = select(func.max(_EVENTS.c.sequence)).where(_EVENTS.c.stream == bindparam("stream"))
_LAST_OF_MANY = (
    select(_EVENTS.c.stream, func.max(_EVENTS.c.sequence))
    .where(_EVENTS.c.stream.in_(bindparam("streams", expanding=True)))
    .group_by(_EVENTS.c.stream)
)
_INSERT_EVENT = insert(_EVENTS)
_INSERT_UNSEALED = insert(cast(Table, AuditUnsealed.__table__))


def record(
    session: Session,
    *,
    action: str,
    stream: str,
    actor_id: int | None,
    now: datetime,
    insurer_id: int = NO_INSURER,
    **facts: Any,
) -> None:
    """Append one event to ``stream`` in the caller's transaction.

    ``facts`` hold ids, codes and amounts only: never names, national codes or free text.
    """
    event = Event(
        action=action, stream=stream, actor_id=actor_id, at=now, insurer_id=insurer_id, facts=facts
    )
    record_all(session, [event])


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that was done, by whom (None: the system) and to what (``stream``)."""

    action: str
    stream: str
    actor_id: int | None
    at: datetime
    facts: dict[str, Any]
    insurer_id: int = NO_INSURER


def record_all(session: Session, events: Sequence[Event]) -> None:
    """Append events, each to a stream of its own, in the caller's transaction."""
    session.flush()  # what is recorded is written with it: a later refresh would drop it
    connection = session.connection()
    if len(events) == 1:
        last = {events[0].stream: connection.scalar(_LAST, {"stream": events[0].stream}) or 0}
    else:
        rows = connection.execute(_LAST_OF_MANY, {"streams": [event.stream for event in events]})
        last = {row[0]: row[1] for row in rows}
    values = [_row_of(event, last.get(event.stream, 0) + 1) for event in events]
    connection.execute(_INSERT_EVENT, values)
    unsealed = [{"event_id": row["id"], "at": row["at"]} for row in values]
    connection.execute(_INSERT_UNSEALED, unsealed)


def _row_of(event: Event, sequence: int) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": new_id(),
        "insurer_id": event.insurer_id,
        "stream": event.stream,
        "sequence": sequence,
        "at": event.at,
        "actor_id": event.actor_id,
        "action": event.action,
        "facts": event.facts,
    }
    return values | {"content_hash": content_hash(values)}


def content_hash(values: dict[str, Any]) -> str:
    """SHA-256 over an event's columns (all but the hash), canonical JSON, microseconds in UTC."""
    at: datetime = values["at"]
    content = [
        values["id"],
        values["insurer_id"],
        values["stream"],
        values["sequence"],
        at.astimezone(UTC).isoformat(timespec="microseconds"),
        values["actor_id"],
        values["action"],
        values["facts"],
    ]
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def chain_hash(previous: str, content: str) -> str:
    """The next link: SHA-256 over the previous link and an event's content hash."""
    return hashlib.sha256(f"{previous}{content}".encode()).hexdigest()


def seal(session: Session, *, now: datetime) -> int:
    """Link all events that are not sealed yet into the chain; returns how many."""
    head = session.execute(
        select(AuditSeal.position, AuditSeal.chain_hash)
        .order_by(AuditSeal.position.desc())
        .limit(1)
    ).first()
    position, link = head or (0, "")
    waiting = session.execute(
        select(AuditEvent.id, AuditEvent.content_hash)
        .join(AuditUnsealed, AuditUnsealed.event_id == AuditEvent.id)
        .order_by(AuditEvent.id)
        .limit(SEAL_BATCH_MAX)
    ).all()
    rows = []
    for event_id, content in waiting:
        position, link = position + 1, chain_hash(link, content)
        rows.append(
            {"position": position, "event_id": event_id, "sealed_at": now, "chain_hash": link}
        )
    if rows:
        session.execute(insert(AuditSeal), rows)
        sealed = [row["event_id"] for row in rows]
        session.execute(delete(AuditUnsealed).where(AuditUnsealed.event_id.in_(sealed)))
    return len(rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailReport:
    """What ``verify`` found: counts, the head of the chain (to be kept outside), problems."""

    event_count: int
    sealed_count: int
    head_hash: str
    problems: tuple[str, ...]


def verify_trail(session: Session, *, now: datetime) -> TrailReport:
    """Walk the chain and every stream: a changed, missing, inserted or unsealed event is named."""
    problems: list[str] = []
    position, link, count = 0, "", 0
    for seal_row, event in _chain(session):
        count += 1
        if seal_row.position != position + 1:
            problems.append(f"seal {position + 1} is missing")
        position = seal_row.position
        if event is None:
            problems.append(f"event {seal_row.event_id} of seal {position} is missing")
            link = seal_row.chain_hash
            continue
        if content_hash(event._asdict()) != event.content_hash:
            problems.append(f"event {event.id} of {event.stream} was changed")
        link = chain_hash(link, event.content_hash)
        if link != seal_row.chain_hash:
            problems.append(f"the chain breaks at seal {position}")
            link = seal_row.chain_hash
    problems += _stream_gaps(session) + _unsealed(session, now)
    total = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    return TrailReport(
        event_count=total, sealed_count=count, head_hash=link, problems=tuple(problems)
    )


def _chain(session: Session) -> Iterator[Any]:
    columns = AuditEvent.__table__.c
    statement = (
        select(AuditSeal.position, AuditSeal.event_id, AuditSeal.chain_hash, *columns)
        .outerjoin(AuditEvent, AuditSeal.event_id == AuditEvent.id)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=2_000)
    )
    for row in session.execute(statement):
        yield _SealRow(row[0], row[1], row[2]), _event(row[3:])


@dataclass(frozen=True, slots=True)
class _SealRow:
    position: int
    event_id: int
    chain_hash: str


def _event(values: Any) -> Any:
    row = _EventRow(*values)
    return None if row.id is None else row


class _EventRow:
    """An event's columns by name, in the order of the table."""

    names = tuple(AuditEvent.__table__.c.keys())

    def __init__(self, *values: Any) -> None:
        self._values = dict(zip(self.names, values, strict=True))

    def __getattr__(self, name: str) -> Any:
        return self._values[name]

    def _asdict(self) -> dict[str, Any]:
        return self._values


def _stream_gaps(session: Session) -> list[str]:
    statement = (
        select(AuditEvent.stream)
        .group_by(AuditEvent.stream)
        .having(func.max(AuditEvent.sequence) != func.count())
        .order_by(AuditEvent.stream)
    )
    return [f"stream {stream} has a gap" for stream in session.scalars(statement)]


def _unsealed(session: Session, now: datetime) -> list[str]:
    waiting = select(func.count()).select_from(AuditUnsealed)
    late = session.scalar(waiting.where(AuditUnsealed.at < now - UNSEALED_MAX)) or 0
    total = session.scalar(select(func.count()).select_from(AuditEvent)) or 0
    sealed = session.scalar(select(func.count()).select_from(AuditSeal)) or 0
    outside = total - sealed - (session.scalar(waiting) or 0)
    problems = [f"{late} events older than a minute are not sealed"] if late else []
    lost = select(AuditUnsealed.event_id).where(
        AuditUnsealed.event_id.not_in(select(AuditEvent.id))
    )
    problems += [f"unsealed event {event_id} is missing" for event_id in session.scalars(lost)]
    return problems + ([f"{outside} events stand outside the chain"] if outside > 0 else [])
