"""Amending a letter at the desk: the picture of the signed sheet goes into the store first (B9)."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Referral, ReferralSheet
from workbench.errors import Refused
from workbench.evidence.intake import take_in
from workbench.evidence.store import EvidenceStore
from workbench.rules.facts import EvidenceKind
from workbench.rules.workflow import ReferralState
from workbench.services.access import Actor
from workbench.services.claim_content import ImageRequest
from workbench.services.referral_access import ReferralPlace, present_state, referral_for
from workbench.services.referral_changes import amend_referral
from workbench.services.referral_expiry import expire_of_account


def take_sheet(store: EvidenceStore, data: bytes, name: str) -> ImageRequest:
    """Check the uploaded picture and keep it; refused as every image (``evidence_…``)."""
    accepted = take_in(store, data, name)
    return ImageRequest(accepted=accepted, file_name=name, kind=EvidenceKind.SIGNED_REFERRAL)


def amend_letter(
    session: Session,
    actor: Actor,
    place: ReferralPlace,
    *,
    amount_rial: int,
    sheet: ImageRequest | None,
    now: datetime,
) -> Referral:
    """Amend a letter after the ceiling's overdue letters have ended, so that their reserve counts.

    Refused as ``amend_referral``, and with ``amend_same_amount`` and ``sheet_known``
    (the sheet of a former amendment).
    """
    letter = referral_for(session, actor, "referral.amend", place)
    if present_state(letter, now) is ReferralState.EXPIRED:
        raise Refused("wrong_state", state=str(ReferralState.EXPIRED), action="amend")
    if amount_rial == letter.amount_rial:
        raise Refused("amend_same_amount", number=letter.number, amount_rial=amount_rial)
    if sheet is not None and _is_known(session, letter, sheet.accepted.sha256):
        raise Refused("sheet_known", number=letter.number)
    expire_of_account(session, letter.insurer_id, letter.account_id, now=now)
    return amend_referral(session, actor, place, amount_rial=amount_rial, sheet=sheet, now=now)


def _is_known(session: Session, letter: Referral, sha256: str) -> bool:
    known = select(ReferralSheet.id).where(
        ReferralSheet.insurer_id == letter.insurer_id,
        ReferralSheet.referral_id == letter.id,
        ReferralSheet.sha256 == sha256,
    )
    return session.scalar(known) is not None
