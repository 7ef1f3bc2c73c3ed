"""From a case to the account of its ceiling and to its referral letter."""

from sqlalchemy.orm import Session

from workbench.errors import Refused
from workbench.services.access import Actor, claim_for, require


def account_of_claim(session: Session, actor: Actor, insurer_id: int, claim_id: int) -> int:
    """The account that a case draws on; refused with ``not_permitted``, ``claim_not_found``."""
    require(actor, "ceiling.read")
    return claim_for(session, actor, "claim.read", insurer_id, claim_id).account_id


def letter_of_claim(session: Session, actor: Actor, insurer_id: int, claim_id: int) -> int:
    """The letter of a case; refused besides with ``unknown_referral`` for a direct claim."""
    require(actor, "referral.read")
    claim = claim_for(session, actor, "claim.read", insurer_id, claim_id)
    if claim.referral_id is None:
        raise Refused("unknown_referral", key=claim.number)
    return claim.referral_id
