"""Amending a letter at the desk: the picture of the signed sheet goes into the store first (B9)."""

from contextlib import suppress
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Referral, ReferralSheet
from workbench.errors import Refused
from workbench.evidence.intake import take_in
from workbench.evidence.store import EvidenceStore, Kind
from workbench.rules.facts import EvidenceKind
from workbench.rules.workflow import ReferralState
from workbench.services.access import Actor
from workbench.services.ceiling import ledger
from workbench.services.ceiling.holders import holders_of, said_holders
from workbench.services.claims.content import ImageRequest
from workbench.services.images.copies import note_copies, noted_sha256, read_copy
from workbench.services.referrals.access import (
    ReferralPlace,
    present_state,
    record_referral,
    referral_for,
)
from workbench.services.referrals.changes import amend_referral
from workbench.services.referrals.expiry import expire_of_account


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

    Refused as ``amend_referral``, and with ``letter_amount_needed``, ``amend_same_amount``,
    ``sheet_known`` (the sheet of a former amendment), ``amend_too_large``.
    """
    letter = referral_for(session, actor, "referral.amend", place)
    if present_state(letter, now) is ReferralState.EXPIRED:
        raise Refused("wrong_state", state=str(ReferralState.EXPIRED), action="amend")
    if amount_rial <= 0:
        raise Refused("letter_amount_needed")
    if amount_rial == letter.amount_rial:
        raise Refused("amend_same_amount", number=letter.number, amount_rial=amount_rial)
    if sheet is not None and _is_known(session, letter, sheet.accepted.sha256):
        raise Refused("sheet_known", number=letter.number)
    expire_of_account(session, letter.insurer_id, letter.account_id, now=now)
    try:
        return amend_referral(session, actor, place, amount_rial=amount_rial, sheet=sheet, now=now)
    except Refused as refused:
        raise _with_most(session, letter, refused, now) from None


def read_sheet(
    session: Session,
    store: EvidenceStore,
    actor: Actor,
    place: ReferralPlace,
    sheet_id: int,
    *,
    now: datetime,
) -> bytes:
    """The picture (JPEG) of a signed sheet, large; that it was looked at is on the record.

    Refused: ``evidence_not_found``, ``evidence_…`` of the store and those of ``referral_for``.
    """
    letter = referral_for(session, actor, "referral.read", place)
    sheet = session.get(ReferralSheet, (letter.insurer_id, sheet_id))
    if sheet is None or sheet.referral_id != letter.id:
        raise Refused("evidence_not_found")
    record_referral(session, letter, "sheet_opened", actor_id=actor.user_id, now=now)
    noted = noted_sha256(session, sheet.sha256, Kind.RENDITION)
    shown = read_copy(store, sheet.sha256, Kind.RENDITION, noted)
    if shown.made is not None:
        note_copies(session, sheet.sha256, shown.made)
    return shown.content


def sheet_thumb(store: EvidenceStore, sha256: str) -> bytes | None:
    """The small picture (JPEG) of a sheet; None when the store does not have its original."""
    with suppress(Refused):
        return store.read(sha256, Kind.THUMB)
    try:
        return read_copy(store, sha256, Kind.THUMB, None).content
    except Refused:
        return None


def _with_most(session: Session, letter: Referral, refused: Refused, now: datetime) -> Refused:
    """A ceiling that is too low says up to what the letter can be raised, and who holds the rest.

    Who may amend a letter may read letters too.
    """
    if refused.code != "ceiling_too_low":
        return refused
    left_rial = ledger.balance(session, letter.insurer_id, letter.account_id).withdrawable_rial
    most_rial = letter.amount_rial + (left_rial or 0)
    found = holders_of(session, letter.insurer_id, letter.account_id, now=now)
    said = said_holders([each for each in found if each.number != letter.number])
    facts = {"number": letter.number, "most_rial": most_rial}
    if not said:
        return Refused("amend_too_large", **facts)
    return Refused("amend_too_large_held", **facts, holders=said)


def _is_known(session: Session, letter: Referral, sha256: str) -> bool:
    known = select(ReferralSheet.id).where(
        ReferralSheet.insurer_id == letter.insurer_id,
        ReferralSheet.referral_id == letter.id,
        ReferralSheet.sha256 == sha256,
    )
    return session.scalar(known) is not None
