"""What the page of one plan shows, a statement for each part."""

from typing import Any

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import aliased

from workbench.db.models import (
    Centre,
    Contract,
    Dentist,
    EvidenceImage,
    Insurer,
    Membership,
    Person,
    PlanDefect,
    PlanImage,
    PlanNote,
    PlanRound,
    PlanUnit,
    PlanVote,
    Policyholder,
    Reason,
    Referral,
    Service,
    TreatmentPlan,
    User,
)

Rows = Select[*tuple[Any, ...]]
_Principal = aliased(Person)
EARLIER_MAX = 20


def header(plan: TreatmentPlan) -> Rows:
    """Patient, contract, letter, centre and dentist of a plan; the newest membership first."""
    of_member = and_(
        Membership.insurer_id == Contract.insurer_id,
        Membership.contract_id == Contract.id,
        Membership.person_id == Person.id,
    )
    return (
        select(
            Person,
            Contract,
            Referral,
            Dentist,
            Centre.name.label("centre"),
            Centre.is_contracted,
            Insurer.name.label("insurer"),
            Policyholder.name.label("policyholder"),
            Membership.relation,
            _Principal.first_name.label("principal_first"),
            _Principal.last_name.label("principal_last"),
        )
        .select_from(Person)
        .join(
            Contract,
            and_(Contract.insurer_id == plan.insurer_id, Contract.id == plan.contract_id),
        )
        .join(
            Referral,
            and_(Referral.insurer_id == plan.insurer_id, Referral.id == plan.referral_id),
        )
        .join(Dentist, Dentist.id == plan.dentist_id)
        .join(Centre, Centre.id == plan.centre_id)
        .join(Insurer, Insurer.id == plan.insurer_id)
        .join(Policyholder, Policyholder.id == Contract.policyholder_id)
        .join(Membership, of_member)
        .join(_Principal, _Principal.id == Membership.principal_id)
        .where(Person.id == plan.person_id)
        .order_by(Membership.joined_on.desc())
        .limit(1)
    )


def units(plan: TreatmentPlan, tariff_set_id: int) -> Rows:
    """The planned units with the titles of their codes."""
    return (
        select(PlanUnit, Service.title, Service.group)
        .join(Service, and_(Service.tariff_set_id == tariff_set_id, Service.code == PlanUnit.code))
        .where(PlanUnit.insurer_id == plan.insurer_id, PlanUnit.plan_id == plan.id)
        .order_by(PlanUnit.number)
    )


def images(plan: TreatmentPlan) -> Rows:
    """The images of a plan with their pixels."""
    return (
        select(PlanImage, EvidenceImage.width, EvidenceImage.height)
        .join(EvidenceImage, EvidenceImage.sha256 == PlanImage.sha256)
        .where(PlanImage.insurer_id == plan.insurer_id, PlanImage.plan_id == plan.id)
        .order_by(PlanImage.number)
    )


def rounds(plan: TreatmentPlan) -> Rows:
    """The rounds of a plan with who closed them, the first one first."""
    return (
        select(PlanRound, User.display_name)
        .outerjoin(User, User.id == PlanRound.closed_by_id)
        .where(PlanRound.insurer_id == plan.insurer_id, PlanRound.plan_id == plan.id)
        .order_by(PlanRound.number)
    )


def present_round(plan: TreatmentPlan) -> Select[PlanRound]:
    """The round whose clock the plan shows."""
    return select(PlanRound).where(
        PlanRound.insurer_id == plan.insurer_id,
        PlanRound.plan_id == plan.id,
        PlanRound.number == plan.round,
    )


def defects(plan: TreatmentPlan) -> Rows:
    """The defects of all rounds with the titles of their reasons."""
    return (
        select(PlanDefect, Reason.title_fa, Reason.title_en)
        .join(Reason, Reason.code == PlanDefect.reason)
        .where(PlanDefect.insurer_id == plan.insurer_id, PlanDefect.plan_id == plan.id)
        .order_by(PlanDefect.round, PlanDefect.reason)
    )


def votes(plan: TreatmentPlan) -> Rows:
    """Every vote of the present round, casting ones too, with the names of the members."""
    return (
        select(PlanVote, User.display_name)
        .join(User, User.id == PlanVote.member_id)
        .where(
            PlanVote.insurer_id == plan.insurer_id,
            PlanVote.plan_id == plan.id,
            PlanVote.round == plan.round,
        )
        .order_by(PlanVote.at, PlanVote.unit_number)
    )


def notes(plan: TreatmentPlan) -> Rows:
    """Internal notes with their authors, the newest first."""
    return (
        select(PlanNote.at, User.display_name, PlanNote.text)
        .join(User, User.id == PlanNote.author_id)
        .where(PlanNote.insurer_id == plan.insurer_id, PlanNote.plan_id == plan.id)
        .order_by(PlanNote.at.desc(), PlanNote.id.desc())
    )


def earlier(plan: TreatmentPlan) -> Select[Any]:
    """Other plans of the same person at the same insurer, the newest first."""
    return (
        select(TreatmentPlan)
        .where(
            TreatmentPlan.person_id == plan.person_id,
            TreatmentPlan.insurer_id == plan.insurer_id,
            TreatmentPlan.id != plan.id,
        )
        .order_by(TreatmentPlan.submitted_at.desc())
        .limit(EARLIER_MAX)
    )
