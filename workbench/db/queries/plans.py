"""What is planned and what is billed under referrals, unit by unit."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from workbench.db.models import Claim, ClaimLine, Contract, PlanUnit, Service, TreatmentPlan
from workbench.rules.workflow import ClaimState

Rows = Select[*tuple[Any, ...]]


def planned_units(insurer_id: int, referral_ids: Sequence[int]) -> Rows:
    """The units of all plans of these letters."""
    return (
        select(
            PlanUnit.code,
            PlanUnit.service_group,
            PlanUnit.tooth,
            PlanUnit.jaw,
            PlanUnit.quantity,
        )
        .join(
            TreatmentPlan,
            (TreatmentPlan.insurer_id == PlanUnit.insurer_id)
            & (TreatmentPlan.id == PlanUnit.plan_id),
        )
        .where(TreatmentPlan.insurer_id == insurer_id, TreatmentPlan.referral_id.in_(referral_ids))
        .order_by(PlanUnit.plan_id, PlanUnit.number)
    )


def billed_units(insurer_id: int, referral_ids: Sequence[int]) -> Rows:
    """The lines of the present rounds of all cases of these letters, void ones left out."""
    return (
        select(
            ClaimLine.code,
            Service.group.label("service_group"),
            ClaimLine.tooth,
            ClaimLine.jaw,
            ClaimLine.quantity,
            ClaimLine.service_on,
        )
        .join(
            Claim,
            (Claim.insurer_id == ClaimLine.insurer_id)
            & (Claim.id == ClaimLine.claim_id)
            & (Claim.round == ClaimLine.round),
        )
        .join(
            Contract,
            (Contract.insurer_id == Claim.insurer_id) & (Contract.id == Claim.contract_id),
        )
        .join(
            Service,
            (Service.tariff_set_id == Contract.tariff_set_id) & (Service.code == ClaimLine.code),
        )
        .where(
            Claim.insurer_id == insurer_id,
            Claim.referral_id.in_(referral_ids),
            Claim.state != ClaimState.VOID,
        )
        .order_by(ClaimLine.claim_id, ClaimLine.number)
    )
