"""The part of ``verify`` about referrals: each letter's state against the ledger and its cases."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from workbench.db.models import CeilingReservation, Claim, Referral
from workbench.rules.workflow import UNUSED_REFERRALS, ClaimState, ReferralState


def letter_problems(session: Session) -> Iterator[str | None]:
    """Letters whose state, reserve and cases contradict each other; None for each letter."""
    for _ in range(session.scalar(select(func.count()).select_from(Referral)) or 0):
        yield None
    held = CeilingReservation.reserved_left_rial
    has_case = exists().where(
        Claim.insurer_id == Referral.insurer_id,
        Claim.referral_id == Referral.id,
        Claim.state != ClaimState.VOID,
    )
    ended = Referral.state.in_((ReferralState.EXPIRED, ReferralState.CANCELLED))
    unused = Referral.state.in_(UNUSED_REFERRALS)
    requested = Referral.state == ReferralState.REQUESTED
    wrong: dict[str, ColumnElement[bool]] = {
        "has ended and still holds a reserve": ended & (held > 0),
        "is not approved and holds a reserve": requested & (held > 0),
        "is not approved and has a case": requested & has_case,
        "has ended unused and has a case": ended & has_case,
        "is unused and has a case": unused & has_case,
        "holds more than its amount": held > Referral.amount_rial,
        "is in use without a first service": (Referral.state == ReferralState.IN_USE)
        & Referral.first_service_at.is_(None),
    }
    for sentence, condition in wrong.items():
        yield from _named(session, sentence, condition)


def _named(session: Session, sentence: str, condition: ColumnElement[bool]) -> Iterator[str]:
    found = (
        select(Referral.number)
        .join(
            CeilingReservation,
            (CeilingReservation.insurer_id == Referral.insurer_id)
            & (CeilingReservation.id == Referral.reservation_id),
        )
        .where(condition)
        .order_by(Referral.insurer_id, Referral.id)
    )
    for number in session.scalars(found):
        yield f"referral {number} {sentence}"
