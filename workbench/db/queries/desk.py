"""The assessor's desk: what waits, what he holds, what came back, what he did today."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, case, func, select, text
from sqlalchemy.orm import aliased

from workbench.db.models import (
    Attachment,
    AuditEvent,
    Claim,
    ClaimLine,
    ClaimRound,
    Defect,
    Insurer,
    User,
    WorkCounter,
)
from workbench.db.queries.listed import Rows, claim_keys, fixed, listed, named_keys, unindexed
from workbench.db.queries.queue import is_free_at

SUMMARY_MAX = 5_000
EVENTS_MAX = 20_000
REQUESTED_COLUMNS = (
    *("service_on", "code", "tooth", "jaw", "surfaces", "canals"),
    *("quantity", "unit_price_rial", "note"),
)


def next_free(
    now: datetime,
    *,
    insurer_ids: Sequence[int] | None,
    centre_id: int | None,
    dentist_id: int | None,
    may_exceed_rounds: bool,
) -> Rows:
    """The key of the most urgent free claim, without those of one's own centre or treatment.

    Goes along the partial index of waiting claims: its condition has to stand here as the index
    says it, since SQLite does not know that ``is_waiting = 1`` is the same.
    """
    free: Rows = _waiting(claim_keys(), insurer_ids).where(is_free_at(now))
    if centre_id is not None:
        free = free.where(unindexed(Claim.centre_id) != centre_id)
    if dentist_id is not None:
        free = free.where(Claim.dentist_id != dentist_id)
    if not may_exceed_rounds:
        rounds = select(Insurer.max_rounds).where(Insurer.id == Claim.insurer_id)
        free = free.where(Claim.round <= rounds.scalar_subquery())
    return free.order_by(Claim.due_at, Claim.id).limit(fixed(1))


def state_counts(insurer_ids: Sequence[int] | None) -> Rows:
    """Insurer, state and how many claims stand in it, from the counters."""
    statement = select(
        WorkCounter.insurer_id, WorkCounter.state, func.sum(WorkCounter.count).label("count")
    ).group_by(WorkCounter.insurer_id, WorkCounter.state)
    if insurer_ids is not None:
        statement = statement.where(WorkCounter.insurer_id.in_(insurer_ids))
    return statement


def waiting_summary(now: datetime, insurer_ids: Sequence[int] | None, hours: Sequence[int]) -> Rows:
    """Of at most ``SUMMARY_MAX`` + 1 waiting claims: count, free, overdue, oldest, and by age.

    ``hours``: the borders of the age classes; the columns are ``age_0`` … in their order.
    """
    since = func.coalesce(Claim.accepted_at, Claim.registered_at, type_=Claim.registered_at.type)
    waiting = (
        _waiting(select(since.label("since"), Claim.due_at), insurer_ids)
        .add_columns(case((is_free_at(now), 1), else_=0).label("is_free"))
        .order_by(Claim.due_at, Claim.id)
        .limit(fixed(SUMMARY_MAX + 1))
        .subquery()
    )
    borders = enumerate(now - timedelta(hours=border) for border in hours)
    age_class = case(*((waiting.c.since > border, n) for n, border in borders), else_=len(hours))
    ages = [
        func.sum(case((age_class == n, 1), else_=0)).label(f"age_{n}")
        for n in range(len(hours) + 1)
    ]
    return select(
        func.count().label("total"),
        func.sum(waiting.c.is_free).label("free"),
        func.sum(case((waiting.c.due_at < now, 1), else_=0)).label("overdue"),
        func.min(waiting.c.since).label("oldest_at"),
        *ages,
    ).select_from(waiting)


def overdue_holders(now: datetime, insurer_ids: Sequence[int] | None, limit: int) -> Select[str]:
    """Who holds the most overdue claims now."""
    held = (
        _waiting(select(Claim.assignee_id), insurer_ids)
        .where(Claim.due_at < now, Claim.lease_until_at > now)
        .order_by(Claim.due_at, Claim.id)
        .limit(fixed(limit))
        .subquery()
    )
    return (
        select(User.display_name)
        .where(User.id.in_(select(held.c.assignee_id)))
        .order_by(User.display_name)
    )


def came_back(user_id: int, insurer_ids: Sequence[int] | None, limit: int) -> Rows:
    """Re-submitted claims that this user had returned, the most urgent first."""
    keys = (
        _waiting(claim_keys(), insurer_ids)
        .where(Claim.returned_by_id == user_id, Claim.round > 1)
        .order_by(Claim.due_at, Claim.id)
        .limit(fixed(limit))
        .subquery()
    )
    return listed(keys).order_by(Claim.due_at, Claim.id)


def settled_lines(keys: Sequence[tuple[int, int]]) -> Rows:
    """Per claim: lines of the present round that were looked at or changed."""
    is_settled = (
        ClaimLine.is_looked_at
        | ClaimLine.is_rejected
        | ClaimLine.assessed_code.is_not(None)
        | ClaimLine.cut_reason.is_not(None)
    )
    return (
        _present_lines(keys)
        .with_only_columns(
            ClaimLine.insurer_id,
            ClaimLine.claim_id,
            func.sum(case((is_settled, 1), else_=0)).label("settled"),
        )
        .group_by(ClaimLine.insurer_id, ClaimLine.claim_id)
    )


def returned_defects(keys: Sequence[tuple[int, int]]) -> Rows:
    """Per claim: the defect codes of its last returned round."""
    former = (
        select(func.max(ClaimRound.number))
        .where(
            ClaimRound.insurer_id == Defect.insurer_id,
            ClaimRound.claim_id == Defect.claim_id,
            ClaimRound.result == "returned",
        )
        .scalar_subquery()
    )
    return (
        _of_claims(select(Defect.insurer_id, Defect.claim_id, Defect.reason), Defect, keys)
        .where(Defect.round == former)
        .distinct()
        .order_by(Defect.reason)
    )


def added_images(keys: Sequence[tuple[int, int]]) -> Rows:
    """Per claim: images that came with its present round."""
    images = select(Attachment.insurer_id, Attachment.claim_id, func.count().label("count"))
    return (
        _of_claims(images, Attachment, keys)
        .join(
            Claim,
            and_(Claim.insurer_id == Attachment.insurer_id, Claim.id == Attachment.claim_id),
        )
        .where(Attachment.round_added == Claim.round)
        .group_by(Attachment.insurer_id, Attachment.claim_id)
    )


def changed_lines(keys: Sequence[tuple[int, int]]) -> Rows:
    """Per claim: line numbers of the present round that differ from the round before."""
    former = aliased(ClaimLine)
    is_same = and_(
        *(
            getattr(former, name).is_not_distinct_from(getattr(ClaimLine, name))
            for name in REQUESTED_COLUMNS
        )
    )
    return (
        _present_lines(keys)
        .with_only_columns(ClaimLine.insurer_id, ClaimLine.claim_id, ClaimLine.number)
        .outerjoin(
            former,
            and_(
                former.insurer_id == ClaimLine.insurer_id,
                former.claim_id == ClaimLine.claim_id,
                former.round == ClaimLine.round - 1,
                former.number == ClaimLine.number,
                is_same,
            ),
        )
        .where(former.id.is_(None))
        .order_by(ClaimLine.number)
    )


def deeds_since(user_id: int, since: datetime) -> Rows:
    """What a user did to claims since an instant, in order."""
    return (
        select(AuditEvent.at, AuditEvent.action, AuditEvent.stream, AuditEvent.facts)
        .where(
            AuditEvent.actor_id == user_id,
            AuditEvent.at >= since,
            AuditEvent.action.startswith("claim."),
        )
        .order_by(AuditEvent.at)
        .limit(EVENTS_MAX)
    )


def last_finishes(user_id: int, since: datetime, limit: int) -> Select[str]:
    """The streams of the claims that a user finished last."""
    return (
        select(AuditEvent.stream)
        .where(
            AuditEvent.actor_id == user_id,
            AuditEvent.at >= since,
            AuditEvent.action == "claim.finish",
        )
        .order_by(AuditEvent.at.desc())
        .limit(fixed(limit))
    )


def _waiting(statement: Any, insurer_ids: Sequence[int] | None) -> Any:
    statement = statement.where(text("claim.is_waiting"))
    if insurer_ids is None:
        return statement
    return statement.where(unindexed(Claim.insurer_id).in_(insurer_ids))


def _present_lines(keys: Sequence[tuple[int, int]]) -> Rows:
    return (
        _of_claims(select(ClaimLine), ClaimLine, keys)
        .join(Claim, and_(Claim.insurer_id == ClaimLine.insurer_id, Claim.id == ClaimLine.claim_id))
        .where(ClaimLine.round == Claim.round)
    )


def _of_claims(statement: Any, model: Any, keys: Sequence[tuple[int, int]]) -> Rows:
    """Rows of some claims, by a join: over ``IN`` of pairs SQLite reads the whole index."""
    chosen = named_keys(keys)
    is_chosen = and_(model.insurer_id == chosen.c.insurer_id, model.claim_id == chosen.c.id)
    joined: Rows = statement.select_from(chosen).join(model, is_chosen)
    return joined
