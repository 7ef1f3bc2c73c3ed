"""Who assesses a case a second time sees nothing of the first decision until his own is in."""

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


def blind_claims(session: Session, user_id: int) -> frozenset[tuple[int, int]]:
    """The keys (insurer, claim) of the cases that the user assesses a second time just now."""
    rows = session.execute(queries.assessed_blind(user_id))
    return frozenset((row.insurer_id, row.claim_id) for row in rows)
