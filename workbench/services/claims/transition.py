"""Moving a claim from state to state: the row, its flags, the counters, the audit event."""

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, select
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
from workbench.services.claims.steps import record_step

COUNTER_SHARDS = 8

# Built once: to put a statement together costs more than SQLite needs to run it.
_COUNTERS = cast(Table, WorkCounter.__table__)
_NONCES = cast(Table, DecisionNonce.__table__)


def _counting(dialect: Any) -> Any:
    added = dialect.insert(_COUNTERS)
    total = _COUNTERS.c.claim_count + added.excluded.claim_count
    return added.on_conflict_do_update(
        index_elements=list(_COUNTERS.primary_key), set_={"claim_count": total}
    )


def _inserting_nonce(dialect: Any) -> Any:
    inserted = dialect.insert(_NONCES).on_conflict_do_nothing()
    return inserted.execution_options(preserve_rowcount=True)


_COUNT = {dialect.dialect.name: _counting(dialect) for dialect in (sqlite, postgresql)}
_USE_NONCE = {dialect.dialect.name: _inserting_nonce(dialect) for dialect in (sqlite, postgresql)}


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
    """Do ``action``: state, flags, counters, version, step and one audit event with ``facts``.

    Refuses a transition that the table does not know, or a missing reason. ``why`` is that reason
    in free text and never written into the trail; a fact ``reason`` is a code of the catalogue.
    """
    before = claim.state
    after = apply(CLAIM_TRANSITIONS, before, action, reason=why)
    set_state(claim, after)
    claim.version += 1
    if before != after:
        _count(session, claim.insurer_id, {before: -1, after: +1})
    # Paper may be received later than it came: the case has been there since.
    at = claim.accepted_at if action == "receive" and claim.accepted_at else now
    record_step(session, claim, action, actor_id=actor_id, at=at)
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
    _count(session, insurer_id, {state: change})


def _count(session: Session, insurer_id: int, changes: Mapping[str, int]) -> None:
    """States in one order, so that two moves never wait for each other's counters."""
    connection = session.connection()
    shard = 0 if connection.dialect.name == "sqlite" else random.randrange(COUNTER_SHARDS)
    connection.execute(
        _COUNT[connection.dialect.name],
        [
            {"insurer_id": insurer_id, "state": str(state), "shard": shard, "claim_count": change}
            for state, change in sorted(changes.items())
        ],
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
    connection = session.connection()
    used = connection.execute(_USE_NONCE[connection.dialect.name], {"nonce": nonce, "at": now})
    if used.rowcount != 1:
        raise Refused("already_done")
