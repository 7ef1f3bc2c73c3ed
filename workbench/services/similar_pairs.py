"""Pairs of images that look alike: kept once, told to open claims, decided once for all."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workbench.db.models import (
    Attachment,
    Claim,
    EvidenceImage,
    PlanImage,
    SimilarPair,
    TreatmentPlan,
    new_id,
)
from workbench.errors import Refused
from workbench.rules.findings.similar import COINCIDENCE, SAME
from workbench.services import audit
from workbench.services.access import Actor
from workbench.services.case_facts import refresh_finding_count
from workbench.services.plan_access import plan_stream
from workbench.services.texts import kept_text
from workbench.services.transition import claim_stream

DECIDED = "evidence.pair_decided"
REASON_LETTERS_MIN = 3

_PAIRS = cast(Table, SimilarPair.__table__)
_INSERT = {
    dialect.dialect.name: dialect.insert(_PAIRS)
    .on_conflict_do_nothing(index_elements=["later_sha256", "earlier_sha256"])
    .execution_options(preserve_rowcount=True)
    for dialect in (sqlite, postgresql)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Alike:
    """One image that looks like another: SHA-256 of both, distance of 256 bits, what was done.

    ``change`` holds ``codes`` (``sentences_similar.CHANGES``) and what else the comparison knows.
    """

    sha256: str
    other_sha256: str
    distance: int
    change: Mapping[str, Any]


def keep_pairs(session: Session, found: Sequence[Alike], *, now: datetime) -> int:
    """Keep what is new of ``found`` and count the findings of open claims anew.

    Two workers may find the same pair at once: one row. Returns how many pairs are new.
    """
    if not found:
        return 0
    order = _stored_order(session, found)
    rows = [_row(alike, order, now) for alike in found]
    insert = _INSERT[session.get_bind().dialect.name]
    connection = session.connection()
    kept = sum(connection.execute(insert, row).rowcount for row in rows)
    if kept:
        _refresh(session, {str(row["later_sha256"]) for row in rows})
    return kept


def decide_pair(
    session: Session, actor: Actor, pair_id: int, decision: str, reason: str, *, now: datetime
) -> SimilarPair:
    """Say once for all whether two images are the same picture; the caller checked the right.

    Whoever holds one of the two finds it in the trail of his case. Refused: ``pair_unknown``,
    ``pair_decided`` (somebody was quicker), ``override_needs_reason`` for a coincidence.
    """
    assert decision in (SAME, COINCIDENCE), decision
    pair = session.get(SimilarPair, pair_id, with_for_update=True)
    if pair is None:
        raise Refused("pair_unknown")
    if pair.decision is not None:
        raise Refused("pair_decided", decision=pair.decision)
    if decision == COINCIDENCE and len(reason.strip()) < REASON_LETTERS_MIN:
        raise Refused("override_needs_reason")
    pair.decision, pair.decided_by_id, pair.decided_at = decision, actor.user_id, now
    pair.reason = kept_text(reason)
    session.flush()
    _record(session, actor, pair, now)
    _refresh(session, {pair.later_sha256, pair.earlier_sha256})
    return pair


def _stored_order(session: Session, found: Iterable[Alike]) -> dict[str, tuple[datetime, str]]:
    """By which the later one of two images is told."""
    hashes = {each.sha256 for each in found} | {each.other_sha256 for each in found}
    rows = session.execute(
        select(EvidenceImage.sha256, EvidenceImage.stored_at).where(
            EvidenceImage.sha256.in_(sorted(hashes))
        )
    )
    return {row.sha256: (row.stored_at, row.sha256) for row in rows}


def _row(
    alike: Alike, order: Mapping[str, tuple[datetime, str]], now: datetime
) -> dict[str, object]:
    earlier, later = sorted((alike.sha256, alike.other_sha256), key=lambda sha: order[sha])
    return {
        "id": new_id(),
        "later_sha256": later,
        "earlier_sha256": earlier,
        "distance": alike.distance,
        "change": dict(alike.change),
        "found_at": now,
        "reason": "",
    }


def _refresh(session: Session, hashes: Collection[str]) -> None:
    """The open claims that hold one of the images count their findings anew."""
    claims = session.scalars(
        select(Claim)
        .join(
            Attachment,
            (Attachment.insurer_id == Claim.insurer_id) & (Attachment.claim_id == Claim.id),
        )
        .where(Attachment.sha256.in_(sorted(hashes)), Claim.is_open)
        .with_for_update(of=Claim, key_share=True)
    )
    for claim in claims.unique().all():
        refresh_finding_count(session, claim)


def _record(session: Session, actor: Actor, pair: SimilarPair, now: datetime) -> None:
    hashes = (pair.later_sha256, pair.earlier_sha256)
    claims = session.execute(
        select(Claim, Attachment.number)
        .join(
            Attachment,
            (Attachment.insurer_id == Claim.insurer_id) & (Attachment.claim_id == Claim.id),
        )
        .where(Attachment.sha256.in_(hashes))
    )
    plans = session.execute(
        select(TreatmentPlan, PlanImage.number)
        .join(
            PlanImage,
            (PlanImage.insurer_id == TreatmentPlan.insurer_id)
            & (PlanImage.plan_id == TreatmentPlan.id),
        )
        .where(or_(PlanImage.sha256 == hashes[0], PlanImage.sha256 == hashes[1]))
    )
    streams: dict[str, tuple[int, list[int]]] = {}
    for claim, number in claims:
        streams.setdefault(claim_stream(claim), (claim.insurer_id, []))[1].append(number)
    for plan, number in plans:
        streams.setdefault(plan_stream(plan), (plan.insurer_id, []))[1].append(number)
    audit.record_all(
        session,
        [
            audit.Event(
                action=DECIDED,
                stream=stream,
                actor_id=actor.user_id,
                at=now,
                insurer_id=insurer_id,
                facts={"pair": str(pair.id), "decision": pair.decision, "images": sorted(numbers)},
            )
            for stream, (insurer_id, numbers) in sorted(streams.items())
        ],
    )
