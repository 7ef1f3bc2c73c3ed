"""What a claim hangs on: its contract, cover, person, centre, dentist, referral and batch."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import (
    Batch,
    Centre,
    Contract,
    ContractCover,
    Dentist,
    Insurer,
    Membership,
    Person,
    Referral,
)
from workbench.errors import Refused
from workbench.rules.facts import ClaimKind
from workbench.rules.workflow import BatchState
from workbench.services.ceiling.enrolment import contract_of, cover_of, membership_on
from workbench.services.claims.content import ImageRequest, LineRequest
from workbench.services.reference import row_by_code
from workbench.services.referrals.letters import find_referral, refuse_closed_referral


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimInput:
    """A claim as requested, by natural keys; an indirect one names its referral and batch."""

    insurer_code: str
    number: str
    kind: ClaimKind
    contract_number: str
    cover_code: str
    national_code: str
    centre_code: str
    medical_council_number: str
    case_on: date
    lines: tuple[LineRequest, ...]
    images: tuple[ImageRequest, ...] = ()
    tracking_code: str | None = None
    referral_number: str | None = None
    acceptance_number: str | None = None
    has_prescription: bool = False
    registered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """The rows that a claim hangs on."""

    insurer: Insurer
    contract: Contract
    cover: ContractCover
    person: Person
    membership: Membership
    centre: Centre
    dentist: Dentist
    referral: Referral | None
    batch: Batch | None


def frame_of(session: Session, insurer: Insurer, request: ClaimInput) -> Frame:
    """The rows that a request names by their keys; what does not exist or fit is refused."""
    contract = contract_of(session, insurer.id, request.contract_number)
    person = row_by_code(session, Person, "national_code", request.national_code)
    centre = row_by_code(session, Centre, "code", request.centre_code)
    number = request.medical_council_number
    frame = Frame(
        insurer=insurer,
        contract=contract,
        cover=cover_of(session, contract, request.cover_code, request.case_on),
        person=person,
        membership=membership_on(session, contract, person.id, request.case_on),
        centre=centre,
        dentist=row_by_code(session, Dentist, "medical_council_number", number),
        referral=_referral_for(session, insurer.id, request),
        batch=_batch_for(session, insurer.id, centre.id, request),
    )
    if frame.referral is not None:
        _check_referral(session, frame, frame.referral)
    return frame


def _referral_for(session: Session, insurer_id: int, request: ClaimInput) -> Referral | None:
    if request.kind is ClaimKind.DIRECT:
        if request.referral_number is not None:
            raise Refused("direct_with_referral", number=request.number)
        return None
    if request.referral_number is None:
        raise Refused("referral_needed", number=request.number)
    return find_referral(session, insurer_id, request.referral_number, is_held=True)


def _check_referral(session: Session, frame: Frame, referral: Referral) -> None:
    """The letter is of this person, contract, cover and centre, and still takes services."""
    pairs = {
        "person": (referral.person_id, frame.person.id),
        "contract": (referral.contract_id, frame.contract.id),
        "cover": (referral.cover_code, frame.cover.code),
        "centre": (referral.centre_id, frame.centre.id),
    }
    for part, (of_letter, of_claim) in pairs.items():
        if of_letter != of_claim:
            raise Refused(f"referral_of_other_{part}", number=referral.number)
    refuse_closed_referral(session, referral)


def _batch_for(
    session: Session, insurer_id: int, centre_id: int, request: ClaimInput
) -> Batch | None:
    """The batch of an indirect claim, whose paper has not been received."""
    number = request.acceptance_number
    if request.kind is ClaimKind.DIRECT:
        if number is not None:
            raise Refused("direct_with_batch", number=request.number)
        return None
    if number is None:
        raise Refused("batch_needed", number=request.number)
    batch = session.scalars(
        select(Batch).where(Batch.insurer_id == insurer_id, Batch.acceptance_number == number)
    ).first()
    if batch is None:
        raise Refused("batch_not_found", number=number)
    if batch.centre_id != centre_id:
        raise Refused("batch_of_other_centre", number=number)
    if batch.state != BatchState.READY_TO_SEND:
        raise Refused("batch_closed", number=number)
    return batch
