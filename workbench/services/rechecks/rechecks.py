"""The cases that wait for a second assessment: seen by who may, taken by one, given back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.models import Claim, Recheck
from workbench.db.queries import rechecks as queries
from workbench.errors import Refused
from workbench.services import audit
from workbench.services.access import Actor, has_conflict, may_see_insurer, require
from workbench.services.claims.transition import claim_stream

HANDED_IN = ("agreed", "differs", "resolved")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckPlace:
    """Which second assessment a call is meant for."""

    insurer_id: int
    recheck_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckRow:
    """One of the list, told without a word about the first decision; ``number`` once it is in."""

    place: RecheckPlace
    insurer: str
    kind: str
    lines: int
    cost_rial: int
    decided_at: datetime
    state: str
    number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A resolved difference that assessors may learn from."""

    place: RecheckPlace
    insurer: str
    number: str
    resolution: str
    resolved_at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckDesk:
    """What waits and he may take, what he has begun, what he handed in, and the examples."""

    waiting: tuple[RecheckRow, ...]
    begun: tuple[RecheckRow, ...]
    handed_in: tuple[RecheckRow, ...]
    examples: tuple[Example, ...]


def read_recheck_desk(session: Session, actor: Actor) -> RecheckDesk:
    """The page of second assessments of one assessor; refused: ``not_permitted``."""
    require(actor, "recheck.assess")
    own = _insurers(actor)
    waiting = queries.waiting_for(actor.user_id, actor.centre_id, actor.dentist_id, own)
    examples = session.execute(queries.examples(own))
    return RecheckDesk(
        waiting=tuple(_row(row) for row in session.execute(waiting.limit(queries.PAGE))),
        begun=_own(session, actor, ("assessing",)),
        handed_in=_own(session, actor, HANDED_IN),
        examples=tuple(
            Example(
                place=place_of(row.Recheck),
                insurer=row.insurer,
                number=row.number,
                resolution=row.Recheck.resolution,
                resolved_at=row.Recheck.resolved_at,
                note=row.Recheck.resolution_note,
            )
            for row in examples
        ),
    )


def _insurers(actor: Actor) -> list[int] | None:
    return None if actor.insurer_ids is None else sorted(actor.insurer_ids)


def _own(session: Session, actor: Actor, states: tuple[str, ...]) -> tuple[RecheckRow, ...]:
    rows = session.execute(queries.of_second(actor.user_id, states))
    found = [_row(row) for row in rows]
    return tuple(row for row in found if may_see_insurer(actor, row.place.insurer_id))


def _row(row: Any) -> RecheckRow:
    found: Recheck = row.Recheck
    return RecheckRow(
        place=place_of(found),
        insurer=row.insurer,
        kind=row.kind,
        lines=row.line_count,
        cost_rial=found.cost_rial,
        decided_at=found.decided_at,
        state=found.state,
        number=row.number if found.state in HANDED_IN else None,
    )


def place_of(row: Any) -> RecheckPlace:
    """The key of a row."""
    return RecheckPlace(insurer_id=row.insurer_id, recheck_id=row.id)


def take_recheck(session: Session, actor: Actor, place: RecheckPlace, *, now: datetime) -> None:
    """Take a waiting one; of two who take it at once one is refused.

    Refused: ``recheck_own``, ``recheck_known`` (he has worked at the case or looked at it),
    ``conflict_of_interest``, ``recheck_taken``.
    """
    row, claim = held_recheck(session, actor, place)
    if row.first_by_id == actor.user_id:
        raise Refused("recheck_own")
    if has_conflict(actor, claim):
        raise Refused("conflict_of_interest", number="")
    if row.state == "assessing" and row.second_by_id == actor.user_id:
        return
    known = select(Claim.id).where(
        Claim.insurer_id == claim.insurer_id, Claim.id == claim.id, queries.knows(actor.user_id)
    )
    if session.execute(known).first() is not None:
        raise Refused("recheck_known")
    if row.state != "waiting":
        raise Refused("recheck_taken")
    row.state, row.second_by_id, row.taken_at = "assessing", actor.user_id, now
    record(session, actor, claim, "recheck.take", row, now)


def give_back_recheck(
    session: Session, actor: Actor, place: RecheckPlace, *, now: datetime
) -> None:
    """Give one that he began back, or as the lead another's: what was said in it is dropped.

    Refused: ``recheck_not_yours``, ``recheck_not_open``.
    """
    row, claim = held_recheck(session, actor, place)
    if row.state != "assessing":
        raise Refused("recheck_not_open")
    if row.second_by_id != actor.user_id:
        require(actor, "recheck.resolve")
    row.state, row.work = "waiting", {}
    row.second_by_id = row.taken_at = None
    record(session, actor, claim, "recheck.give_back", row, now)


def held_recheck(
    session: Session, actor: Actor, place: RecheckPlace, action: str = "recheck.assess"
) -> tuple[Recheck, Claim]:
    """The row, held until the transaction ends, with its claim; a foreign one looks like none."""
    require(actor, action)
    statement = select(Recheck).where(
        Recheck.insurer_id == place.insurer_id, Recheck.id == place.recheck_id
    )
    held = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(held).first() if may_see_insurer(actor, place.insurer_id) else None
    if row is None:
        raise Refused("recheck_not_found")
    return row, session.get_one(Claim, (row.insurer_id, row.claim_id))


def drop_recheck(session: Session, claim: Claim) -> None:
    """The decision is reopened: what was not handed in of its second assessment is void."""
    session.execute(
        update(Recheck)
        .where(
            Recheck.insurer_id == claim.insurer_id,
            Recheck.claim_id == claim.id,
            Recheck.state.in_(("waiting", "assessing")),
        )
        .values(state="dropped")
        .execution_options(synchronize_session=False)
    )


def record(
    session: Session, actor: Actor, claim: Claim, action: str, row: Recheck, now: datetime
) -> None:
    """Write one step of a second assessment to the trail of its case."""
    audit.record(
        session,
        action=action,
        stream=claim_stream(claim),
        actor_id=actor.user_id,
        insurer_id=claim.insurer_id,
        now=now,
        claim=claim.number,
        round=row.round,
    )
