"""What was done to a person's teeth: the approved lines of his finished claims."""

from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, Select, bindparam, func, select

from workbench.db.models import Centre, Claim, ClaimLine, Contract, Membership, Service
from workbench.rules.workflow import ClaimState

Rows = Select[*tuple[Any, ...]]

DONE_STATES = (ClaimState.FINISHED, ClaimState.SENT_TO_FINANCE, ClaimState.ARCHIVED)


@lru_cache
def treatments(limit: int) -> Rows:
    """The approved lines of a tooth or jaw in all centres and of all insurers, newest first.

    The code is the one that was approved; ``title`` and ``service_group`` are None where the
    catalogue does not know it. Of a rejected line nothing is approved. Parameter: ``person_id``.
    Built once: that costs more than reading.
    """
    claim = _done_claims()
    code = func.coalesce(ClaimLine.assessed_code, ClaimLine.code)
    is_service = (Service.tariff_set_id == Contract.tariff_set_id) & (Service.code == code)
    return (
        select(
            claim.c.insurer_id,
            claim.c.centre_id,
            Centre.name.label("centre"),
            ClaimLine.service_on,
            code.label("code"),
            ClaimLine.tooth,
            ClaimLine.jaw,
            ClaimLine.surfaces,
            Service.title,
            Service.group.label("service_group"),
        )
        .select_from(claim)
        .join(
            ClaimLine,
            (ClaimLine.insurer_id == claim.c.insurer_id)
            & (ClaimLine.claim_id == claim.c.id)
            & (ClaimLine.round == claim.c.round),
        )
        .join(
            Contract,
            (Contract.insurer_id == claim.c.insurer_id) & (Contract.id == claim.c.contract_id),
        )
        .outerjoin(Service, is_service)
        .join(Centre, Centre.id == claim.c.centre_id)
        .where(
            ClaimLine.technical_approval_rial > 0,
            ClaimLine.tooth.is_not(None) | ClaimLine.jaw.is_not(None),
        )
        .order_by(ClaimLine.service_on.desc(), claim.c.finished_at.desc(), ClaimLine.number.desc())
        .limit(limit)
    )


def _done_claims() -> CTE:
    """His few ended claims, read first: else a database with few contracts begins with these."""
    columns = (Claim.insurer_id, Claim.id, Claim.round, Claim.contract_id, Claim.centre_id)
    return (
        select(*columns, Claim.finished_at)
        .where(Claim.person_id == bindparam("person_id"), Claim.state.in_(DONE_STATES))
        .cte("done_claim")
        .prefix_with("MATERIALIZED")
    )


INSURERS_OF_PERSON = select(Membership.insurer_id).where(
    Membership.person_id == bindparam("person_id")
)
"""The insurers on whose lists he stands or stood, one row a membership."""
