"""The part of ``verify`` about look-alike images: each pair against the last event about it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from workbench.db.models import AuditEvent, EvidenceImage, SimilarPair
from workbench.services.images.similar_pairs import DECIDED, TAKEN_BACK, pair_seal

ROWS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class _Said:
    """What the last event about a pair says; ``seal`` None: it was written before there was one."""

    decision: str | None
    by_id: int | None
    seal: str | None


def pair_problems(session: Session) -> Iterator[str | None]:
    """Pairs that are not what was answered, or whose images are gone; None for each pair."""
    said = _last_said(session)
    for row in session.execute(_pairs().execution_options(yield_per=ROWS_AT_ONCE)):
        yield None
        last = said.pop(str(row.id), None)
        if row.later is None or row.earlier is None:
            yield f"pair {row.id}: an image of it does not exist"
        yield from _answer_problems(row, last)
    for name in sorted(said):
        yield f"pair {name} was answered and does not exist"


def _pairs() -> Any:
    later, earlier = aliased(EvidenceImage), aliased(EvidenceImage)
    return (
        select(
            SimilarPair.id,
            SimilarPair.decision,
            SimilarPair.decided_by_id,
            SimilarPair.reason,
            later.sha256.label("later"),
            earlier.sha256.label("earlier"),
        )
        .outerjoin(later, later.sha256 == SimilarPair.later_sha256)
        .outerjoin(earlier, earlier.sha256 == SimilarPair.earlier_sha256)
        .order_by(SimilarPair.id)
    )


def _last_said(session: Session) -> dict[str, _Said]:
    """By pair. Who holds an image holds it for good: the last event is in every stream of a pair
    that has an earlier one, so that the last of any stream is the last of all."""
    events = session.execute(
        select(AuditEvent.action, AuditEvent.actor_id, AuditEvent.facts)
        .where(AuditEvent.action.in_((DECIDED, TAKEN_BACK)))
        .order_by(AuditEvent.stream, AuditEvent.sequence)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    found: dict[str, _Said] = {}
    for event in events:
        if event.action == TAKEN_BACK:
            said = _Said(None, None, None)
        else:
            facts = event.facts
            said = _Said(facts.get("decision"), event.actor_id, facts.get("seal"))
        found[str(event.facts.get("pair"))] = said
    return found


def _answer_problems(row: Any, last: _Said | None) -> Iterator[str]:
    if last is None:
        if row.decision is not None:
            yield f"pair {row.id} is answered without its event"
        return
    if row.decision != last.decision:
        now, then = row.decision or "nothing", last.decision or "nothing"
        yield f"pair {row.id}: {now}, answered was {then}"
    elif row.decided_by_id != last.by_id:
        yield f"pair {row.id} is not of who answered it"
    elif row.decision is not None and last.seal not in (None, pair_seal(row)):
        yield f"pair {row.id} has not the reason that was given"
    elif row.decision is None and row.reason:
        yield f"pair {row.id} has a reason without an answer"
