"""Moving a claim from state to state: the row, its flags, the counters, the audit event."""

import random
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, object_session

from workbench.db.models import AuditEvent, Claim, DecisionNonce, User, WorkCounter
from workbench.errors import Refused
from workbench.rules.workflow import (
    CLAIM_TRANSITIONS,
    OPEN_STATES,
    WAITING_STATES,
    ClaimState,
    apply,
)
from workbench.services import audit

COUNTER_SHARDS = 8

# Built once: to put a statement together costs more than SQLite needs to run it.
_COUNTERS = WorkCounter.__table__.c
_COUNT = (
    update(WorkCounter.__table__)  # type: ignore[arg-type]
    .where(
        _COUNTERS.insurer_id == bindparam("of_insurer"),
        _COUNTERS.state == bindparam("of_state"),
        _COUNTERS.shard == bindparam("of_shard"),
    )
    .values(claim_count=_COUNTERS.claim_count + bindparam("change"))
)
_NONCE = select(DecisionNonce.nonce).where(DecisionNonce.nonce == bindparam("nonce"))
_INSERT_NONCE = insert(DecisionNonce.__table__)  # type: ignore[arg-type]


def claim_stream(claim: Claim) -> str:
    """The audit stream of a claim."""
    return f"claim:{claim.insurer_id}-{claim.id}"


def move_claim(
    session: Session,
    claim: Claim,
    action: str,
    *,
    actor_id: int | None,
    now: datetime,
    why: str = "",
    **facts: Any,
) -> None:
    """Do ``action``: state, flags, counters, version and one audit event with ``facts``.

    Refuses a transition that the table does not know, or a missing reason. ``why`` is that reason
    in free text and never written into the trail; a fact ``reason`` is a code of the catalogue.
    """
    before = claim.state
    after = apply(CLAIM_TRANSITIONS, before, action, reason=why)
    set_state(claim, after)
    claim.version += 1
    if before != after:
        count(session, claim.insurer_id, before, -1)
        count(session, claim.insurer_id, after, +1)
    audit.record(
        session,
        action=f"claim.{action}",
        stream=claim_stream(claim),
        actor_id=actor_id,
        now=now,
        insurer_id=claim.insurer_id,
        claim=claim.number,
        round=claim.round,
        state=after,
        version=claim.version,
        **facts,
    )


def set_state(claim: Claim, state: str) -> None:
    """Set the state and the two flags that the queue's partial indexes stand on."""
    claim.state = ClaimState(state)
    claim.is_open = state in OPEN_STATES
    claim.is_waiting = state in WAITING_STATES


def count(session: Session, insurer_id: int, state: str, change: int) -> None:
    """Add ``change`` to the counter of a state, in the transition's transaction."""
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    shard = 0 if is_sqlite else random.randrange(COUNTER_SHARDS)
    key = {"of_insurer": insurer_id, "of_state": str(state), "of_shard": shard}
    changed = session.execute(_COUNT, {**key, "change": change})
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        insert_or_add = sqlite.insert if is_sqlite else postgresql.insert
        added = insert_or_add(WorkCounter).values(
            insurer_id=insurer_id, state=str(state), shard=shard, count=change
        )
        session.execute(
            added.on_conflict_do_update(
                index_elements=["insurer_id", "state", "shard"],
                set_={"claim_count": WorkCounter.count + change},
            )
        )


def check_version(claim: Claim, version: int | None) -> None:
    """Refuse a write on a claim that changed since the user saw ``version``, and say by whom."""
    if version is None or version == claim.version:
        return
    session = object_session(claim)
    assert session is not None
    last = session.execute(
        select(AuditEvent.at, User.display_name)
        .outerjoin(User, User.id == AuditEvent.actor_id)
        .where(AuditEvent.stream == claim_stream(claim))
        .order_by(AuditEvent.sequence.desc())
        .limit(1)
    ).first()
    raise Refused(
        "claim_changed",
        number=claim.number,
        name=last.display_name if last else None,
        at=last.at if last else None,
    )


def use_nonce(session: Session, nonce: str, now: datetime) -> None:
    """Take a decision's nonce; a second use is a repeat and is refused as done already."""
    if session.scalar(_NONCE, {"nonce": nonce}):
        raise Refused("already_done")
    session.execute(_INSERT_NONCE, {"nonce": nonce, "at": now})
