"""Fetching a referral for an action: permission, insurer, lock, version; and its state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
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
    return next(iter(held_referrals(session, insurer_id, [referral_id])), None)


def held_referrals(
    session: Session, insurer_id: int, referral_ids: Sequence[int]
) -> Sequence[Referral]:
    """Those of these letters of one insurer that there are, read afresh and held, by id."""
    return session.scalars(
        select(Referral)
        .where(Referral.insurer_id == insurer_id, Referral.id.in_(referral_ids))
        .order_by(Referral.id)
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


def move_referrals(
    session: Session,
    letters: Sequence[Referral],
    action: str,
    *,
    now: datetime,
    facts: Mapping[int, Mapping[str, Any]] = MappingProxyType({}),
) -> None:
    """The same transition of many letters by the system; ``facts`` for the trail by letter id."""
    for letter in letters:
        letter.state = ReferralState(apply(REFERRAL_TRANSITIONS, letter.state, action))
        letter.version += 1
    events = [
        referral_event(letter, action, actor_id=None, now=now, **facts.get(letter.id, {}))
        for letter in letters
    ]
    if events:
        audit.record_all(session, events)


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
    event = referral_event(referral, action, actor_id=actor_id, now=now, **facts)
    audit.record_all(session, [event])


def referral_event(
    referral: Referral, action: str, *, actor_id: int | None, now: datetime, **facts: Any
) -> audit.Event:
    """What the trail says of something that was done to a referral."""
    return audit.Event(
        action=f"referral.{action}",
        stream=referral_stream(referral.insurer_id, referral.id),
        actor_id=actor_id,
        at=now,
        insurer_id=referral.insurer_id,
        facts={"referral": referral.number, "state": str(referral.state), **facts},
    )
