"""Fetching a referral for an action: permission, insurer, lock, version; and its state."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from workbench.db.models import Referral
from workbench.errors import Refused
from workbench.rules.referral import is_expired
from workbench.rules.workflow import (
    REFERRAL_TRANSITIONS,
    UNUSED_REFERRALS,
    ReferralState,
    apply,
)
from workbench.services import audit
from workbench.services.access import Actor, may_see_insurer, require

READING = frozenset({"referral.read", "referral.contact"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferralPlace:
    """A referral as the user saw it; ``version`` None: whatever it is now."""

    insurer_id: int
    referral_id: int
    version: int | None = None


def referral_for(session: Session, actor: Actor, action: str, place: ReferralPlace) -> Referral:
    """The referral, if the actor may do ``action`` with it; a foreign one looks like none.

    For a change its row is held until the transaction ends. Refused: ``not_permitted``,
    ``unknown_referral``, ``referral_changed``.
    """
    require(actor, action)
    referral = (
        held_referral(session, place.insurer_id, place.referral_id)
        if action not in READING
        else session.get(Referral, (place.insurer_id, place.referral_id))
    )
    if referral is None or not may_see_insurer(actor, referral.insurer_id):
        raise Refused("unknown_referral", key=str(place.referral_id))
    if place.version is not None and place.version != referral.version:
        raise Refused("referral_changed", number=referral.number)
    return referral


def held_referral(session: Session, insurer_id: int, referral_id: int) -> Referral | None:
    """The referral read afresh and held, so that expiry and a service never both win."""
    return next(iter(held_referrals(session, [(insurer_id, referral_id)])), None)


def held_referrals(session: Session, keys: Sequence[tuple[int, int]]) -> Sequence[Referral]:
    """Those of these keys (insurer, referral) that there are, read afresh and held, by key."""
    return session.scalars(
        select(Referral)
        .where(tuple_(Referral.insurer_id, Referral.id).in_(keys))
        .order_by(Referral.insurer_id, Referral.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()


def present_state(referral: Any, now: datetime) -> ReferralState:
    """The state as time has made it: an unused letter past its last day is expired.

    True on every screen, even when the job that returns the reserve has not run.
    """
    state = ReferralState(referral.state)
    if state in UNUSED_REFERRALS and is_expired(referral.last_valid_on, now):
        return ReferralState.EXPIRED
    return state


def move_referral(
    session: Session,
    referral: Referral,
    action: str,
    *,
    actor_id: int | None,
    now: datetime,
    reason: str = "",
    **facts: Any,
) -> None:
    """Apply a transition of the table, raise the version, write the trail."""
    state = apply(REFERRAL_TRANSITIONS, referral.state, action, reason=reason)
    referral.state = ReferralState(state)
    referral.version += 1
    session.flush()
    record_referral(session, referral, action, actor_id=actor_id, now=now, **facts)


def referral_stream(insurer_id: int, referral_id: int) -> str:
    """The trail's stream of a referral."""
    return f"referral:{insurer_id}-{referral_id}"


def record_referral(
    session: Session,
    referral: Referral,
    action: str,
    *,
    actor_id: int | None,
    now: datetime,
    **facts: Any,
) -> None:
    """Write what was done to a referral to the trail."""
    audit.record(
        session,
        action=f"referral.{action}",
        stream=referral_stream(referral.insurer_id, referral.id),
        actor_id=actor_id,
        now=now,
        insurer_id=referral.insurer_id,
        referral=referral.number,
        state=str(referral.state),
        **facts,
    )
