"""Approving or declining a letter that was requested because it is above its contract's limit.

The approval is the issue: reserve and dates are of that moment. Who asked cannot approve.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.db.models import Referral
from workbench.errors import Refused
from workbench.persian.jalali import day_of
from workbench.rules.referral import last_valid_day
from workbench.services.access import Actor
from workbench.services.ceiling import ledger
from workbench.services.ceiling.coverage import insured_under, letter_cover, with_holders
from workbench.services.referrals.access import ReferralPlace, move_referral, referral_for
from workbench.services.referrals.expiry import expire_of_account
from workbench.services.texts import kept_text


def approve_letter(
    session: Session, actor: Actor, place: ReferralPlace, *, now: datetime
) -> Referral:
    """Issue a requested letter as of today and reserve its amount.

    Refused: ``own_request``, ``not_insured_on``, ``unknown_cover``, ``cover_not_covered``,
    ``letter_too_large``, ``wrong_state`` and those of ``referral_for``.
    """
    letter = _requested(session, actor, "approve", place)
    insurer_id, on = letter.insurer_id, day_of(now)
    key = (insurer_id, letter.contract_id)
    contract, _membership = insured_under(session, actor, key, letter.person_id, on)
    letter_cover(session, contract, letter.cover_code, on)
    letter.issued_on = on
    letter.last_valid_on = last_valid_day(on, contract.end_on)
    move_referral(
        session,
        letter,
        "approve",
        actor_id=actor.user_id,
        now=now,
        amount_rial=letter.amount_rial,
        reserve_rial=letter.amount_rial,
    )
    expire_of_account(session, insurer_id, letter.account_id, now=now)
    try:
        ledger.reserve(
            session,
            insurer_id,
            letter.reservation_id,
            letter.amount_rial,
            ledger.Cause(at=now, actor_id=actor.user_id, referral_id=letter.id),
            key=f"reserve:{letter.reservation_id}",
        )
    except Refused as refused:
        account_id = letter.account_id
        raise with_holders(session, actor, insurer_id, account_id, refused, now) from None
    return letter


def decline_letter(
    session: Session, actor: Actor, place: ReferralPlace, *, reason: str, now: datetime
) -> Referral:
    """Decline a requested letter; the reason stays with it.

    Refused: ``reason_needed``, ``text_too_long``, ``own_request``, ``wrong_state`` and those of
    ``referral_for``.
    """
    letter = _requested(session, actor, "decline", place)
    letter.end_reason = kept_text(reason)
    move_referral(session, letter, "decline", actor_id=actor.user_id, now=now, reason=reason)
    return letter


def _requested(session: Session, actor: Actor, action: str, place: ReferralPlace) -> Referral:
    letter = referral_for(session, actor, f"referral.{action}", place)
    if letter.requested_by_id == actor.user_id:
        raise Refused("own_request", number=letter.number)
    return letter
