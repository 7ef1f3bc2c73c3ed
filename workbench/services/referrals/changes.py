"""Changing a referral letter: another amount (with the sheet that was signed), or cancelling it."""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.models import Referral, ReferralSheet
from workbench.errors import Refused
from workbench.rules.workflow import UNUSED_REFERRALS, ReferralState
from workbench.services.access import Actor
from workbench.services.batches.receipt import needed_rial
from workbench.services.ceiling import ledger
from workbench.services.claims.content import ImageRequest, keep_images
from workbench.services.referrals.access import (
    ReferralPlace,
    move_referral,
    present_state,
    referral_for,
)
from workbench.services.referrals.letters import is_accepted
from workbench.services.texts import kept_text


def end_key(reservation_id: int) -> str:
    """The ledger's key of the one end (expired or cancelled) of an unused reservation."""
    return f"end:{reservation_id}"


def amend_referral(
    session: Session,
    actor: Actor,
    place: ReferralPlace,
    *,
    amount_rial: int,
    sheet: ImageRequest | None,
    now: datetime,
) -> Referral:
    """Give a letter another amount: the difference is reserved, or released.

    The sheet the patient signed for the former amount goes with it (B9). Refused:
    ``referral_amount``, ``sheet_needed``, ``amend_below_used``, ``ceiling_too_low``,
    ``referral_accepted``, ``wrong_state`` and those of ``referral_for``.
    """
    referral = referral_for(session, actor, "referral.amend", place)
    _refuse_ended(session, referral, "amend", now)
    if amount_rial <= 0 or amount_rial == referral.amount_rial:
        raise Refused("referral_amount", number=referral.number)
    if sheet is None:
        raise Refused("sheet_needed", number=referral.number)
    former_rial = referral.amount_rial
    _move_reserve(session, actor, referral, amount_rial, now)
    keep_images(session, referral.person_id, [sheet], now, actor=actor, may_repeat=True)
    session.add(
        ReferralSheet(
            insurer_id=referral.insurer_id,
            referral_id=referral.id,
            sha256=sheet.accepted.sha256,
            amount_rial=former_rial,
            added_at=now,
            added_by_id=actor.user_id,
        )
    )
    referral.amount_rial = amount_rial
    move_referral(
        session,
        referral,
        "amend",
        actor_id=actor.user_id,
        now=now,
        former_rial=former_rial,
        amount_rial=amount_rial,
        sheet=sheet.accepted.sha256,
    )
    return referral


def cancel_referral(
    session: Session, actor: Actor, place: ReferralPlace, *, reason: str, now: datetime
) -> int:
    """Cancel an unused or requested letter and give its reserve back; returns the rials.

    The reason stays with the letter, the trail has no free text. Refused: ``reason_needed``,
    ``text_too_long``, ``wrong_state`` and those of ``referral_for``.
    """
    referral = referral_for(session, actor, "referral.cancel", place)
    _refuse_ended(session, referral, "cancel", now)
    released_rial = 0
    if referral.state != ReferralState.REQUESTED:
        released_rial = return_reserve(
            session, referral, "release", actor_id=actor.user_id, now=now, keep_rial=0
        )
    referral.end_reason = kept_text(reason)
    move_referral(
        session,
        referral,
        "cancel",
        actor_id=actor.user_id,
        now=now,
        reason=reason,
        released_rial=released_rial,
    )
    return released_rial


def return_reserve(
    session: Session,
    referral: Referral,
    kind: str,
    *,
    actor_id: int | None,
    now: datetime,
    keep_rial: int,
) -> int:
    """End a letter's reserve but for ``keep_rial``, at most once; returns the rials released."""
    ledger.lock_account(session, referral.insurer_id, referral.account_id)
    left_rial = ledger.reserved_left(session, referral.insurer_id, referral.reservation_id)
    released_rial = max(0, left_rial - keep_rial)
    ledger.release(
        session,
        referral.insurer_id,
        referral.reservation_id,
        released_rial,
        ledger.Cause(at=now, actor_id=actor_id, referral_id=referral.id),
        key=end_key(referral.reservation_id),
        kind=kind,
    )
    return released_rial


def _refuse_ended(session: Session, referral: Referral, action: str, now: datetime) -> None:
    if present_state(referral, now) is ReferralState.EXPIRED:
        raise Refused("wrong_state", state=str(ReferralState.EXPIRED), action=action)
    if (referral.state, action) == (ReferralState.REQUESTED, "cancel"):
        return
    if referral.state == ReferralState.REQUESTED:
        raise Refused("letter_not_approved", number=referral.number)
    if action == "cancel" and referral.state not in UNUSED_REFERRALS:
        raise Refused("wrong_state", state=str(referral.state), action=action)
    if is_accepted(session, referral):
        raise Refused("referral_accepted", number=referral.number)


def _move_reserve(
    session: Session, actor: Actor, referral: Referral, amount_rial: int, now: datetime
) -> None:
    """Reserve or release the difference; below what its cases ask for or have used: refused."""
    ledger.lock_account(session, referral.insurer_id, referral.account_id)
    left_rial = ledger.reserved_left(session, referral.insurer_id, referral.reservation_id)
    asked_rial = needed_rial(session, referral.insurer_id, [referral.id]).get(referral.id, 0)
    used_rial = max(referral.amount_rial - left_rial, asked_rial)
    if amount_rial < min(used_rial, referral.amount_rial):
        raise Refused("amend_below_used", number=referral.number, used_rial=used_rial)
    change_rial = amount_rial - referral.amount_rial
    move = ledger.reserve if change_rial > 0 else ledger.release
    move(
        session,
        referral.insurer_id,
        referral.reservation_id,
        abs(change_rial),
        ledger.Cause(at=now, actor_id=actor.user_id, referral_id=referral.id),
        key=f"amend:{referral.id}:{referral.version}",
        kind="amend",
    )
