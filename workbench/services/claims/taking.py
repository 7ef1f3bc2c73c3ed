"""Holding a claim: take, take the next, renew, give back, park, pass on.

A claim is held by one assessor until ``lease_until_at``; every action of its owner renews it.
Drafts survive its end. When the lease is over the claim is free again, without any job.
"""

from datetime import date, datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, select, update
from sqlalchemy.orm import Session

from workbench.db.models import Batch, Claim, Insurer, User
from workbench.db.queries.desk import next_free
from workbench.errors import Refused
from workbench.persian.jalali import TEHRAN
from workbench.rules.workflow import WAITING_STATES, BatchState, ClaimState
from workbench.services import audit
from workbench.services.access import (
    Actor,
    actor_of,
    claim_for,
    has_conflict,
    may,
    may_see_insurer,
    require,
)
from workbench.services.claims.transition import check_version, claim_stream, move_claim
from workbench.services.images.queue import hurry_images
from workbench.services.texts import kept_text
from workbench.settings import settings

_INSURERS = cast(Table, Insurer.__table__)
_BATCHES = cast(Table, Batch.__table__)

# Built once: every claim that is taken asks.
_MAX_ROUNDS = select(_INSURERS.c.max_rounds).where(_INSURERS.c.id == bindparam("of_insurer"))
_ACCEPTED_BATCH = select(_BATCHES.c.id).where(
    _BATCHES.c.insurer_id == bindparam("of_insurer"),
    _BATCHES.c.id == bindparam("of_batch"),
    _BATCHES.c.state == BatchState.ACCEPTED,
)


def lease_length() -> timedelta:
    """How long a taken claim stays with its assessor without a sign of life (a setting)."""
    return timedelta(minutes=settings().lease_minutes)


def is_free(claim: Claim, actor: Actor, now: datetime) -> bool:
    """Whether nobody else holds the claim now."""
    return (
        claim.assignee_id in (None, actor.user_id)
        or claim.lease_until_at is None
        or claim.lease_until_at <= now
    )


def take_claim(
    session: Session,
    actor: Actor,
    insurer_id: int,
    claim_id: int,
    *,
    now: datetime,
    from_another: bool = False,
    lease: timedelta | None = None,
) -> Claim:
    """Hold a free claim (or take it from another, lead only); taking one's own renews it.

    Refused: ``conflict_of_interest``, ``claim_taken`` (by whom, until when), ``too_many_rounds``,
    ``wrong_state``.
    """
    claim = claim_for(session, actor, "claim.take", insurer_id, claim_id)
    if has_conflict(actor, claim):
        raise Refused("conflict_of_interest", number=claim.number)
    if not is_free(claim, actor, now):
        if not from_another:
            raise taken_by_another(session, claim)
        require(actor, "claim.take_from_another")
    _check_rounds(session, actor, claim)
    is_own = claim.assignee_id == actor.user_id and claim.state == ClaimState.UNDER_REVIEW
    if is_own:
        claim.lease_until_at = now + (lease or lease_length())
        return claim
    move_claim(session, claim, "take", actor_id=actor.user_id, now=now, former=claim.assignee_id)
    claim.assignee_id = actor.user_id
    claim.lease_until_at = now + (lease or lease_length())
    claim.park_reason = claim.park_until_on = None
    _start_batch(session, claim, actor, now)
    return claim


def take_next(
    session: Session, actor: Actor, *, now: datetime, lease: timedelta | None = None
) -> Claim | None:
    """Hold the most urgent free claim (smallest ``due_at``); None when nothing waits.

    Skips claims that others hold, parked ones and those the actor has an interest in. One guarded
    statement finds and holds, so two assessors never get the same claim.
    """
    require(actor, "claim.take")
    insurer_ids = None if actor.insurer_ids is None else sorted(actor.insurer_ids)
    free = next_free(
        now,
        insurer_ids=insurer_ids,
        centre_id=actor.centre_id,
        dentist_id=actor.dentist_id,
        may_exceed_rounds=may(actor, "claim.more_rounds"),
    ).with_for_update(skip_locked=True)
    found = session.execute(free).first()
    if found is None:
        return None
    return take_claim(session, actor, found[0], found[1], now=now, lease=lease)


def hold(session: Session, actor: Actor, claim: Claim, *, now: datetime) -> None:
    """Refuse unless the actor holds the claim; renews his lease. Every assessing write calls it."""
    check_held(session, actor, claim, now=now)
    claim.lease_until_at = now + lease_length()


def check_held(session: Session, actor: Actor, claim: Claim, *, now: datetime) -> None:
    """Refuse unless the actor holds the claim: enough for a write that ends his lease."""
    if claim.state not in WAITING_STATES:
        raise Refused("wrong_state", state=claim.state, action="assess")
    if not is_free(claim, actor, now):
        raise taken_by_another(session, claim)
    if claim.assignee_id != actor.user_id or claim.state != ClaimState.UNDER_REVIEW:
        raise Refused("claim_not_taken", number=claim.number)


def park_claim(
    session: Session,
    actor: Actor,
    insurer_id: int,
    claim_id: int,
    *,
    reason: str,
    until_on: date,
    version: int | None,
    now: datetime,
) -> None:
    """Set a held claim aside with a reason and a reminder day (not before today in Tehran)."""
    claim = claim_for(session, actor, "claim.park", insurer_id, claim_id)
    check_version(claim, version)
    hold(session, actor, claim, now=now)
    if until_on < now.astimezone(TEHRAN).date():
        raise Refused("reminder_in_the_past")
    move_claim(
        session,
        claim,
        "park",
        actor_id=actor.user_id,
        now=now,
        why=reason,
        until=until_on.isoformat(),
    )
    claim.park_reason, claim.park_until_on = kept_text(reason), until_on
    claim.lease_until_at = None


def release_claim(
    session: Session, actor: Actor, insurer_id: int, claim_id: int, *, now: datetime
) -> None:
    """Give a held claim back to the queue; giving back what one does not hold does nothing."""
    claim = claim_for(session, actor, "claim.take", insurer_id, claim_id)
    if claim.assignee_id != actor.user_id or claim.state != ClaimState.UNDER_REVIEW:
        return
    move_claim(session, claim, "release", actor_id=actor.user_id, now=now)
    claim.assignee_id = claim.lease_until_at = None


def pass_on_claim(
    session: Session,
    actor: Actor,
    insurer_id: int,
    claim_id: int,
    *,
    to_user_id: int,
    version: int | None,
    now: datetime,
    lease: timedelta | None = None,
) -> None:
    """Hand a held claim to a colleague who may assess it and has no interest in it."""
    claim = claim_for(session, actor, "claim.pass_on", insurer_id, claim_id)
    check_version(claim, version)
    hold(session, actor, claim, now=now)
    colleague = next((c for c in colleagues(session, actor, claim) if c.id == to_user_id), None)
    if colleague is None:
        raise Refused("colleague_unfit")
    move_claim(session, claim, "pass_on", actor_id=actor.user_id, now=now, to=to_user_id)
    claim.assignee_id, claim.lease_until_at = to_user_id, now + (lease or lease_length())


def colleagues(session: Session, actor: Actor, claim: Claim) -> list[User]:
    """Who else may assess this claim now: enabled, and without an interest in it."""
    users = session.scalars(
        select(User)
        .where(User.id != actor.user_id, User.is_disabled.is_(False))
        .order_by(User.display_name)
    ).all()
    return [user for user in users if _fits(session, actor_of(session, user), claim)]


def read_colleagues(
    session: Session, actor: Actor, insurer_id: int, claim_id: int
) -> list[tuple[int, str]]:
    """Id and name of those the actor may pass a claim on to."""
    claim = claim_for(session, actor, "claim.read", insurer_id, claim_id)
    return [(user.id, user.display_name) for user in colleagues(session, actor, claim)]


def _fits(session: Session, colleague: Actor, claim: Claim) -> bool:
    return (
        may(colleague, "claim.assess")
        and may_see_insurer(colleague, claim.insurer_id)
        and not has_conflict(colleague, claim)
        and not _has_too_many_rounds(session, colleague, claim)
    )


def taken_by_another(session: Session, claim: Claim) -> Refused:
    """The refusal that names who holds the claim and until when."""
    name = session.scalar(select(User.display_name).where(User.id == claim.assignee_id))
    return Refused("claim_taken", number=claim.number, name=name or "", until=claim.lease_until_at)


def _check_rounds(session: Session, actor: Actor, claim: Claim) -> None:
    if _has_too_many_rounds(session, actor, claim):
        raise Refused("too_many_rounds", number=claim.number, rounds=claim.round - 1)


def _has_too_many_rounds(session: Session, actor: Actor, claim: Claim) -> bool:
    """Whether the claim had so many rounds that someone else than the actor has to decide it."""
    if may(actor, "claim.more_rounds"):
        return False
    found = session.connection().execute(_MAX_ROUNDS, {"of_insurer": claim.insurer_id})
    return claim.round > int(found.scalar_one())


def _start_batch(session: Session, claim: Claim, actor: Actor, now: datetime) -> None:
    """The first claim taken moves its batch to under review."""
    key = {"of_insurer": claim.insurer_id, "of_batch": claim.batch_id}
    if claim.batch_id is None or session.connection().execute(_ACCEPTED_BATCH, key).first() is None:
        return
    started = session.execute(
        update(Batch)
        .where(
            Batch.insurer_id == claim.insurer_id,
            Batch.id == claim.batch_id,
            Batch.state == BatchState.ACCEPTED,
        )
        .values(state=BatchState.UNDER_REVIEW, review_started_at=now, version=Batch.version + 1)
        .execution_options(synchronize_session="fetch")
    )
    if started.rowcount:  # type: ignore[attr-defined]
        audit.record(
            session,
            action="batch.start_review",
            stream=f"batch:{claim.insurer_id}-{claim.batch_id}",
            actor_id=actor.user_id,
            now=now,
            insurer_id=claim.insurer_id,
        )


def open_case(
    session: Session, actor: Actor, insurer_id: int, claim_id: int, *, now: datetime
) -> None:
    """Record that the actor opened a claim with its evidence; images that wait are hurried."""
    claim = claim_for(session, actor, "claim.read", insurer_id, claim_id)
    hurry_images(session, [claim.number], now=now)
    audit.record(
        session,
        action="claim.opened",
        stream=claim_stream(claim),
        actor_id=actor.user_id,
        now=now,
        insurer_id=insurer_id,
        claim=claim.number,
        round=claim.round,
    )
