"""Who assesses a case a second time sees nothing of the first decision until his own is in."""

from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.models import Claim
from workbench.db.queries import rechecks as queries
from workbench.errors import Refused
from workbench.rules.workflow import ENDED_STATES

SEEN_BLIND = frozenset({"claim.images"})
"""What he may do with the case meanwhile: the images are what he judges by."""


def check_blind(session: Session, user_id: int, action: str, claim: Claim) -> None:
    """Refuse what would show a decision to who assesses the case a second time."""
    if action in SEEN_BLIND or claim.state not in ENDED_STATES:
        return
    if (claim.insurer_id, claim.id) in blind_claims(session, user_id):
        raise Refused("recheck_is_blind")


class Holder(StrEnum):
    """What a case counts in; the value is the column of the case."""

    ACCOUNT = "account_id"
    LETTER = "referral_id"
    BATCH = "batch_id"


def blind_claims(session: Session, user_id: int) -> frozenset[tuple[int, int]]:
    """The keys (insurer, claim) of the cases that the user assesses a second time just now."""
    return frozenset((row.insurer_id, row.claim_id) for row in _blind(session, user_id))


def blind_numbers(session: Session, user_id: int) -> frozenset[str]:
    """The numbers of these cases."""
    return frozenset(row.number for row in _blind(session, user_id))


def blind_holders(session: Session, user_id: int, holder: Holder) -> frozenset[tuple[int, int]]:
    """The keys (insurer, id) of the accounts, letters or batches that these cases count in."""
    rows = _blind(session, user_id)
    return frozenset((row.insurer_id, getattr(row, holder)) for row in rows)


def check_blind_holder(
    session: Session, user_id: int, holder: Holder, key: tuple[int, int]
) -> None:
    """Refuse what a case of his counts in: its sums would tell what was decided."""
    if key in blind_holders(session, user_id, holder):
        raise Refused("recheck_counts_here")


def _blind(session: Session, user_id: int) -> list[Any]:
    return list(session.execute(queries.assessed_blind(user_id)))
