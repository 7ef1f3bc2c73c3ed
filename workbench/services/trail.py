"""The audit trail for auditor, lead and manager: who saw and did what, and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from workbench.db.queries import trail as queries
from workbench.errors import Refused
from workbench.i18n import _
from workbench.persian.jalali import TEHRAN, format_instant
from workbench.persian.text import normalise
from workbench.services import audit
from workbench.services.access import Actor, require
from workbench.services.claims.listed import insurers_of
from workbench.services.list_files import csv_file, xlsx_file
from workbench.services.rechecks.blindness import blind_claims
from workbench.services.trail_words import action_name, details

PAGE_SIZE = 50
EXPORT_MAX = 5_000


class FileKind(StrEnum):
    """What a trail is exported as."""

    XLSX = "xlsx"
    CSV = "csv"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFilter:
    """Which events: of a number (case, batch, referral, order), a stream, a user, a period.

    Both days inclusive, in Tehran.
    """

    number: str = ""
    stream: str | None = None
    actor_id: int | None = None
    from_on: date | None = None
    to_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailEntry:
    """One event. ``actor_name`` None: the system did it. ``is_sealed``: linked into the chain.

    ``username``: the user it was done to, if another did it; the trail itself holds no names.
    """

    event_id: int
    at: datetime
    actor_name: str | None
    action: str
    stream: str
    facts: Mapping[str, Any]
    is_sealed: bool
    username: str | None = None

    @property
    def title(self) -> str:
        """What was done, in the present language."""
        return action_name(self.action)

    @property
    def details(self) -> str:
        """What the facts say, in the present language."""
        named = {} if self.username is None else {"username": self.username}
        return details({**named, **self.facts})


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPage:
    """One page, newest first; keys are opaque, None where there is no such page."""

    entries: tuple[TrailEntry, ...]
    next_key: str | None
    previous_key: str | None


def read_trail(
    session: Session,
    actor: Actor,
    chosen: TrailFilter,
    *,
    after: str | None = None,
    before: str | None = None,
    size: int = PAGE_SIZE,
) -> TrailPage:
    """One page of the trail within the actor's insurers.

    Refused: ``period_range``, ``page_unknown``.
    """
    require(actor, "audit.read")
    wanted = _wanted(session, actor, chosen)
    statement = queries.events(
        wanted, _key_of(after or before), ascending=before is not None, size=size + 1
    )
    found = session.execute(statement).all()
    entries = _entries(session, actor, found[:size])
    if before is not None:
        entries.reverse()
    has_more = len(found) > size
    has_later = True if before else has_more
    has_former = has_more if before else after is not None
    return TrailPage(
        entries=tuple(entries),
        next_key=_key(entries[-1]) if entries and has_later else None,
        previous_key=_key(entries[0]) if entries and has_former else None,
    )


def read_actors(session: Session, actor: Actor) -> tuple[tuple[int, str], ...]:
    """Users to choose from: id and name."""
    require(actor, "audit.read")
    return tuple((user_id, name) for user_id, name in session.execute(queries.actors()))


def export_trail(
    session: Session, actor: Actor, chosen: TrailFilter, kind: FileKind, *, now: datetime
) -> bytes:
    """The filtered trail as a file of up to 5,000 events; the export is an event itself."""
    require(actor, "audit.read")
    wanted = _wanted(session, actor, chosen)
    statement = queries.events(wanted, None, ascending=False, size=EXPORT_MAX)
    found = session.execute(statement).all()
    rows = [_export_row(each) for each in _entries(session, actor, found)]
    audit.record(
        session,
        action="trail.export",
        stream=f"user:{actor.user_id}",
        actor_id=actor.user_id,
        now=now,
        rows=len(rows),
        kind=str(kind),
    )
    titles = [_("Time"), _("Who"), _("What"), _("Details"), _("Code"), _("Stream"), _("Sealed")]
    if kind is FileKind.CSV:
        return csv_file(titles, rows)
    return xlsx_file(_("Audit trail"), titles, rows)


def _export_row(entry: TrailEntry) -> list[str | int | None]:
    return [
        format_instant(entry.at),
        entry.actor_name or _("the system"),
        entry.title,
        entry.details,
        entry.action,
        entry.stream,
        _("yes") if entry.is_sealed else _("not yet"),
    ]


def _wanted(session: Session, actor: Actor, chosen: TrailFilter) -> queries.Events:
    if chosen.from_on and chosen.to_on and chosen.from_on > chosen.to_on:
        raise Refused("period_range")
    own = insurers_of(actor)
    return queries.Events(
        streams=_streams(session, own, chosen),
        actor_id=chosen.actor_id,
        from_at=_midnight(chosen.from_on) if chosen.from_on else None,
        before_at=_midnight(chosen.to_on + timedelta(days=1)) if chosen.to_on else None,
        insurer_ids=None if own is None else (audit.NO_INSURER, *own),
    )


def _streams(
    session: Session, insurer_ids: tuple[int, ...] | None, chosen: TrailFilter
) -> tuple[str, ...] | None:
    if chosen.stream is not None:
        return (chosen.stream,)
    number = normalise(chosen.number)
    if not number:
        return None
    found = session.execute(queries.streams_of_number(number, insurer_ids))
    return tuple(f"{kind}:{insurer_id}-{thing_id}" for kind, insurer_id, thing_id in found)


def _midnight(on: date) -> datetime:
    return datetime.combine(on, time(), tzinfo=TEHRAN)


def _entries(session: Session, actor: Actor, rows: Sequence[Row[Any]]) -> list[TrailEntry]:
    """The events of these rows; whose account another changed is looked up for all at once.

    What was done to a case that the reader assesses a second time is told without its facts.
    """
    blind = {f"claim:{key[0]}-{key[1]}" for key in blind_claims(session, actor.user_id)}
    done_to = {row.id: _user_of(row) for row in rows}
    wanted = sorted({user_id for user_id in done_to.values() if user_id is not None})
    names = {row[0]: row[1] for row in session.execute(queries.usernames(wanted))} if wanted else {}
    return [
        TrailEntry(
            event_id=row.id,
            at=row.at,
            actor_name=row.actor_name,
            action=row.action,
            stream=row.stream,
            facts={} if row.stream in blind else row.facts,
            is_sealed=row.seal is not None,
            username=names.get(done_to[row.id]),
        )
        for row in rows
    ]


def _user_of(row: Row[Any]) -> int | None:
    """The user whose account an event of another is about."""
    kind, _colon, number = row.stream.partition(":")
    is_other = kind == "user" and number.isdecimal() and int(number) != row.actor_id
    return int(number) if is_other else None


def _key(entry: TrailEntry) -> str:
    return f"{entry.at.isoformat()}~{entry.event_id}"


def _key_of(key: str | None) -> tuple[datetime, int] | None:
    if key is None:
        return None
    at, _separator, event_id = key.rpartition("~")
    try:
        return datetime.fromisoformat(at), int(event_id)
    except ValueError:
        raise Refused("page_unknown") from None
