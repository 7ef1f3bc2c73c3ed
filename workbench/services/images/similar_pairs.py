"""Pairs of images that look alike: kept once, told to open claims, decided once for all.

An answer can be taken back; then the pair asks again. Both are events of every claim and plan that
holds one of the two images, with a seal over what was said: ``verify`` compares it with the row.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, delete, or_, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from workbench.db.models import (
    Attachment,
    Claim,
    EvidenceImage,
    FindingAnswer,
    PlanImage,
    SimilarPair,
    TreatmentPlan,
    new_id,
)
from workbench.errors import Refused
from workbench.rules.findings.similar import COINCIDENCE, SAME, key_of
from workbench.services import audit
from workbench.services.access import Actor
from workbench.services.claims.facts import refresh_finding_count
from workbench.services.claims.transition import claim_stream
from workbench.services.commission.access import plan_stream
from workbench.services.texts import kept_text

DECIDED = "evidence.pair_decided"
TAKEN_BACK = "evidence.pair_taken_back"
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
    ``pair_decided`` (somebody was quicker), ``coincidence_needs_reason``.
    """
    assert decision in (SAME, COINCIDENCE), decision
    pair = held_pair(session, pair_id)
    if pair.decision is not None:
        raise Refused("pair_decided", decision=pair.decision)
    if decision == COINCIDENCE and len(reason.strip()) < REASON_LETTERS_MIN:
        raise Refused("coincidence_needs_reason")
    pair.decision, pair.decided_by_id, pair.decided_at = decision, actor.user_id, now
    pair.reason = kept_text(reason)
    session.flush()
    _record(session, actor, pair, DECIDED, now, decision=decision, seal=pair_seal(pair))
    _refresh(session, {pair.later_sha256, pair.earlier_sha256})
    return pair


def take_back(session: Session, actor: Actor, pair: SimilarPair, *, now: datetime) -> None:
    """Forget the answer about a pair that is held; the caller checked the right and the answer.

    What open claims had answered to the finding in their present round is forgotten with it: it is
    open there again. Ended rounds keep what they were decided with.
    """
    assert pair.decision is not None, "nothing is taken back that was not said"
    said = {"decision": pair.decision, "by": str(pair.decided_by_id)}
    pair.decision, pair.decided_by_id, pair.decided_at, pair.reason = None, None, None, ""
    session.flush()
    _record(session, actor, pair, TAKEN_BACK, now, **said)
    hashes = {pair.later_sha256, pair.earlier_sha256}
    for claim in _open_claims(session, hashes):
        session.execute(
            delete(FindingAnswer)
            .where(
                FindingAnswer.insurer_id == claim.insurer_id,
                FindingAnswer.claim_id == claim.id,
                FindingAnswer.round == claim.round,
                FindingAnswer.finding_key == key_of(pair.id),
            )
            .execution_options(synchronize_session=False)
        )
    _refresh(session, hashes)


def held_pair(session: Session, pair_id: int) -> SimilarPair:
    """The pair as it is now, held until the transaction ends; refused: ``pair_unknown``."""
    pair = session.get(SimilarPair, pair_id, with_for_update=True, populate_existing=True)
    if pair is None:
        raise Refused("pair_unknown")
    return pair


def pair_seal(pair: SimilarPair | Any) -> str:
    """SHA-256 (hex) over the reason of an answer: the trail holds no free text."""
    said = json.dumps([str(pair.id), pair.decision, pair.reason], ensure_ascii=False)
    return hashlib.sha256(said.encode()).hexdigest()


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
    for claim in _open_claims(session, hashes):
        refresh_finding_count(session, claim)


def _open_claims(session: Session, hashes: Collection[str]) -> Sequence[Claim]:
    """The open claims that hold one of the images, held until the transaction ends."""
    claims = session.scalars(
        select(Claim)
        .join(
            Attachment,
            (Attachment.insurer_id == Claim.insurer_id) & (Attachment.claim_id == Claim.id),
        )
        .where(Attachment.sha256.in_(sorted(hashes)), Claim.is_open)
        .with_for_update(of=Claim, key_share=True)
    )
    return claims.unique().all()


def _record(
    session: Session, actor: Actor, pair: SimilarPair, action: str, now: datetime, **said: Any
) -> None:
    """One event in the trail of every claim and plan that holds one of the two images."""
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
                action=action,
                stream=stream,
                actor_id=actor.user_id,
                at=now,
                insurer_id=insurer_id,
                facts={"pair": str(pair.id), "images": sorted(numbers), **said},
            )
            for stream, (insurer_id, numbers) in sorted(streams.items())
        ],
    )
