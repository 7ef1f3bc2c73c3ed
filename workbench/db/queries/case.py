"""Plain selects of the case page."""

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from workbench.db.models import (
    Attachment,
    Batch,
    Centre,
    Claim,
    ClaimLine,
    ClaimRound,
    Contract,
    Defect,
    Dentist,
    EvidenceImage,
    FindingAnswer,
    Insurer,
    InternalNote,
    LineDeduction,
    Membership,
    Person,
    Policyholder,
    Reason,
    Referral,
    Service,
    User,
)


def header(claim: Claim) -> Select[*tuple[Any, ...]]:
    """Names and numbers around a claim, one row."""
    principal, holder = aliased(Person), aliased(User)
    return (
        select(
            Insurer.name.label("insurer"),
            Centre.name.label("centre"),
            Centre.is_contracted,
            Dentist,
            Policyholder.name.label("policyholder"),
            Contract.number.label("contract_number"),
            Contract.plan,
            Contract.end_on,
            Contract.tariff_set_id,
            Person,
            Membership.relation,
            principal.first_name.label("principal_first"),
            principal.last_name.label("principal_last"),
            Batch.acceptance_number,
            Referral.number.label("referral_number"),
            Referral.issued_on,
            Referral.last_valid_on,
            Referral.amount_rial,
            holder.display_name.label("holder"),
        )
        .select_from(Contract)
        .join(Insurer, Insurer.id == Contract.insurer_id)
        .join(Policyholder, Policyholder.id == Contract.policyholder_id)
        .join(Centre, Centre.id == claim.centre_id)
        .join(Dentist, Dentist.id == claim.dentist_id)
        .join(Person, Person.id == claim.person_id)
        .join(
            Membership,
            (Membership.insurer_id == Contract.insurer_id) & (Membership.id == claim.membership_id),
        )
        .join(principal, principal.id == Membership.principal_id)
        .outerjoin(Batch, (Batch.insurer_id == Contract.insurer_id) & (Batch.id == claim.batch_id))
        .outerjoin(
            Referral,
            (Referral.insurer_id == Contract.insurer_id) & (Referral.id == claim.referral_id),
        )
        .outerjoin(holder, holder.id == claim.assignee_id)
        .where(Contract.insurer_id == claim.insurer_id, Contract.id == claim.contract_id)
    )


def rounds(claim: Claim) -> Select[*tuple[Any, ...]]:
    """The rounds of a claim with who ended them, without their documents."""
    return (
        select(
            ClaimRound.number,
            ClaimRound.opened_at,
            ClaimRound.explanation,
            ClaimRound.closed_at,
            ClaimRound.result,
            User.display_name,
        )
        .outerjoin(User, User.id == ClaimRound.closed_by_id)
        .where(ClaimRound.insurer_id == claim.insurer_id, ClaimRound.claim_id == claim.id)
        .order_by(ClaimRound.number)
    )


def defects(claim: Claim) -> Select[*tuple[Any, ...]]:
    """All defects of earlier rounds with their titles, the latest round first."""
    return (
        select(Defect, Reason.title_fa, Reason.title_en)
        .join(Reason, Reason.code == Defect.reason)
        .where(Defect.insurer_id == claim.insurer_id, Defect.claim_id == claim.id)
        .order_by(Defect.round.desc(), Defect.id)
    )


def images(claim: Claim) -> Select[*tuple[Any, ...]]:
    """The attachments of a claim with the pixels of their images."""
    return (
        select(Attachment, EvidenceImage.width, EvidenceImage.height)
        .join(EvidenceImage, EvidenceImage.sha256 == Attachment.sha256)
        .where(Attachment.insurer_id == claim.insurer_id, Attachment.claim_id == claim.id)
        .order_by(Attachment.number)
    )


def notes(claim: Claim) -> Select[*tuple[Any, ...]]:
    """Internal notes with their authors, the newest first."""
    return (
        select(InternalNote.at, User.display_name, InternalNote.text)
        .join(User, User.id == InternalNote.author_id)
        .where(InternalNote.insurer_id == claim.insurer_id, InternalNote.claim_id == claim.id)
        .order_by(InternalNote.at.desc(), InternalNote.id.desc())
    )


def answers(claim: Claim) -> Select[*tuple[Any, ...]]:
    """Who answered which finding of the present round."""
    return (
        select(
            FindingAnswer.finding_key,
            FindingAnswer.state,
            User.display_name,
            FindingAnswer.at,
            FindingAnswer.reason,
        )
        .join(User, User.id == FindingAnswer.actor_id)
        .where(
            FindingAnswer.insurer_id == claim.insurer_id,
            FindingAnswer.claim_id == claim.id,
            FindingAnswer.round == claim.round,
        )
    )


def deductions_of_round(claim: Claim, number: int) -> Select[*tuple[Any, ...]]:
    """The deductions from the lines of one round, oldest first."""
    return (
        select(LineDeduction)
        .where(
            LineDeduction.insurer_id == claim.insurer_id,
            LineDeduction.claim_id == claim.id,
            LineDeduction.round == number,
        )
        .order_by(LineDeduction.id)
    )


def lines_of_round(claim: Claim, number: int) -> Select[*tuple[Any, ...]]:
    """The lines of one round in order."""
    return (
        select(ClaimLine)
        .where(
            ClaimLine.insurer_id == claim.insurer_id,
            ClaimLine.claim_id == claim.id,
            ClaimLine.round == number,
        )
        .order_by(ClaimLine.number)
    )


def active_services(tariff_set_id: int) -> Select[*tuple[Any, ...]]:
    """The codes that may be chosen, by code."""
    return (
        select(Service.code, Service.title, Service.group)
        .where(Service.tariff_set_id == tariff_set_id, Service.is_active)
        .order_by(Service.code)
    )


def reasons() -> Select[*tuple[Any, ...]]:
    """All reasons by code, those that may no longer be chosen among them."""
    return select(Reason).order_by(Reason.code)


def finished_round_document(claim: Claim) -> Select[*tuple[Any, ...]]:
    """The frozen document of the last ended round."""
    return (
        select(ClaimRound.document)
        .where(
            ClaimRound.insurer_id == claim.insurer_id,
            ClaimRound.claim_id == claim.id,
            ClaimRound.document.is_not(None),
        )
        .order_by(ClaimRound.number.desc())
        .limit(1)
    )
