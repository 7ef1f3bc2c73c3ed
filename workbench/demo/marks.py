"""The demo's marks in the database: how it was begun, which units stand, whether it is complete."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, ImportRecord, Insurer, User

__all__ = [
    "WORLD",
    "Session",
    "Start",
    "has_data",
    "is_complete",
    "keep_end",
    "keep_start",
    "keep_unit",
    "read_start",
    "units_done",
]

KIND = "demo"
UNIT_KIND = "demo_unit"
START, END, WORLD = "start", "end", "world"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """What a fill was begun with: everything else follows from it."""

    seed: int
    claims: int
    at: datetime


def read_start(session: Session) -> Start | None:
    """How the demo was begun; None when it never was."""
    row = session.get(ImportRecord, (KIND, START))
    if row is None:
        return None
    seed, claims = (int(part) for part in row.content_hash.split("/"))
    return Start(seed=seed, claims=claims, at=row.imported_at)


def keep_start(session: Session, wanted: Start) -> Start:
    """Write down how the demo begins; one that was begun before keeps its own beginning."""
    known = read_start(session)
    if known is not None:
        return known
    _keep(session, KIND, START, f"{wanted.seed}/{wanted.claims}", wanted.at)
    return wanted


def keep_unit(session: Session, key: str, at: datetime) -> None:
    """Write down, in its own transaction, that a unit stands."""
    _keep(session, UNIT_KIND, key, "", at)


def keep_end(session: Session, at: datetime) -> None:
    """Write down that the demo is complete."""
    if not is_complete(session):
        _keep(session, KIND, END, "", at)


def units_done(session: Session) -> set[str]:
    """The keys of the units that stand."""
    return set(session.scalars(select(ImportRecord.key).where(ImportRecord.kind == UNIT_KIND)))


def is_complete(session: Session) -> bool:
    """Whether a fill came to its end."""
    return session.get(ImportRecord, (KIND, END)) is not None


def has_data(session: Session) -> bool:
    """Whether the database holds users, insurers or cases of somebody else."""
    return any(
        session.scalars(select(model.id).limit(1)).first() is not None
        for model in (User, Insurer, Claim)
    )


def _keep(session: Session, kind: str, key: str, content: str, at: datetime) -> None:
    session.add(ImportRecord(kind=kind, key=key, content_hash=content, imported_at=at))
    session.flush()
