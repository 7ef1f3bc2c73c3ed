"""Which letters the job has to end: keys behind a key, by index."""

from datetime import date
from typing import Any

from sqlalchemy import Select, and_, exists, select, tuple_, union_all

from workbench.db.models import CeilingEntry, CeilingReservation, Claim, Membership, Referral
from workbench.db.queries.listed import fixed
from workbench.rules.workflow import UNUSED_REFERRALS, ClaimState, ReferralState

Keys = Select[int, int]
ENDED_CLAIMS = (ClaimState.ARCHIVED, ClaimState.VOID, ClaimState.SENT_TO_FINANCE)


def unused_and_over(today: date, after: tuple[int, int], size: int) -> Keys:
    """Unused letters whose last valid day is before ``today``."""
    halves = [
        _behind(after)
        .where(Referral.state == state, Referral.last_valid_on < today)
        .limit(fixed(size))
        .subquery()
        for state in UNUSED_REFERRALS
    ]
    found = union_all(*(select(half.c.insurer_id, half.c.id) for half in halves)).subquery()
    keys = select(found.c.insurer_id, found.c.id)
    return keys.order_by(found.c.insurer_id, found.c.id).limit(fixed(size))


def unused_and_over_of_account(insurer_id: int, account_id: int, today: date) -> Keys:
    """The same of one ceiling account."""
    return select(Referral.insurer_id, Referral.id).where(
        Referral.insurer_id == insurer_id,
        Referral.account_id == account_id,
        Referral.state.in_(UNUSED_REFERRALS),
        Referral.last_valid_on < today,
    )


def holders_left(today: date, after: tuple[int, int], size: int) -> Keys:
    """Letters asked for or in force whose insured person is on the contract's list no more."""
    listed = exists().where(
        Membership.person_id == Referral.person_id,
        Membership.insurer_id == Referral.insurer_id,
        Membership.contract_id == Referral.contract_id,
        (Membership.left_on.is_(None)) | (Membership.left_on >= today),
    )
    usable = (ReferralState.REQUESTED, *UNUSED_REFERRALS, ReferralState.IN_USE)
    return _behind(after).where(Referral.state.in_(usable), ~listed).limit(fixed(size))


def settled(_today: date, after: tuple[int, int], size: int) -> Keys:
    """Letters in use that hold nothing any more: all cases ended, a batch accepted."""
    reservation = and_(
        CeilingReservation.insurer_id == Referral.insurer_id,
        CeilingReservation.id == Referral.reservation_id,
        CeilingReservation.reserved_left_rial == 0,
    )
    of_letter: Any = and_(Claim.insurer_id == Referral.insurer_id, Claim.referral_id == Referral.id)
    accepted = exists().where(
        CeilingEntry.insurer_id == Referral.insurer_id,
        CeilingEntry.reservation_id == Referral.reservation_id,
        CeilingEntry.kind == "release",
        CeilingEntry.batch_id.is_not(None),
    )
    return (
        _behind(after)
        .join(CeilingReservation, reservation)
        .where(
            Referral.state == ReferralState.IN_USE,
            accepted,
            exists().where(of_letter),
            ~exists().where(of_letter, Claim.state.not_in(ENDED_CLAIMS)),
        )
        .limit(fixed(size))
    )


def _behind(after: tuple[int, int]) -> Keys:
    return (
        select(Referral.insurer_id, Referral.id)
        .where(tuple_(Referral.insurer_id, Referral.id) > after)
        .order_by(Referral.insurer_id, Referral.id)
    )
