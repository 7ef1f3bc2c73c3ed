"""What was done to a person's teeth: the approved lines of his finished claims."""

from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, Select, bindparam, func, select

from workbench.db.models import Attachment, Centre, Claim, ClaimLine, Contract, Membership, Service
from workbench.rules.workflow import ClaimState

Rows = Select[*tuple[Any, ...]]

DONE_STATES = (ClaimState.FINISHED, ClaimState.SENT_TO_FINANCE, ClaimState.ARCHIVED)
EARLIER_MAX = 200

_CODE = func.coalesce(ClaimLine.assessed_code, ClaimLine.code)


def of_persons() -> Rows:
    """The approved lines of many persons' ended claims with a service of some groups, by person.

    Parameters: ``person_ids``, ``groups``, ``from_on`` and ``until_on`` (service days, both
    included). For whom many decided cases are tried with another interval.
    """
    claim = (
        select(
            *(Claim.insurer_id, Claim.id, Claim.number, Claim.round, Claim.contract_id),
            *(Claim.person_id, Claim.centre_id, Claim.finished_at),
        )
        .where(
            Claim.person_id.in_(bindparam("person_ids", expanding=True)),
            Claim.state.in_(DONE_STATES),
        )
        .cte("done_claim")
        .prefix_with("MATERIALIZED")
    )
    return (
        select(
            *(claim.c.insurer_id, claim.c.id.label("claim_id"), claim.c.person_id),
            *(claim.c.number.label("claim_number"), claim.c.finished_at),
            Centre.name.label("centre"),
            ClaimLine.service_on,
            _CODE.label("code"),
            *(ClaimLine.tooth, ClaimLine.jaw, ClaimLine.surfaces, Service.title),
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
        .join(
            Service,
            (Service.tariff_set_id == Contract.tariff_set_id) & (Service.code == _CODE),
        )
        .join(Centre, Centre.id == claim.c.centre_id)
        .where(
            ClaimLine.technical_approval_rial > 0,
            ClaimLine.service_on.between(bindparam("from_on"), bindparam("until_on")),
            Service.group.in_(bindparam("groups", expanding=True)),
        )
        .order_by(ClaimLine.service_on.desc(), ClaimLine.number.desc())
    )


@lru_cache
def treatments(limit: int) -> Rows:
    """The approved lines of a tooth or jaw in all centres and of all insurers, newest first.

    The code is the one that was approved; ``title`` and ``service_group`` are None where the
    catalogue does not know it. Of a rejected line nothing is approved. Parameter: ``person_id``.
    Built once: that costs more than reading.
    """
    return _approved(limit).where(ClaimLine.tooth.is_not(None) | ClaimLine.jaw.is_not(None))


def _approved(limit: int) -> Rows:
    claim = _done_claims()
    is_service = (Service.tariff_set_id == Contract.tariff_set_id) & (Service.code == _CODE)
    return (
        select(
            claim.c.insurer_id,
            claim.c.id.label("claim_id"),
            claim.c.number.label("claim_number"),
            claim.c.centre_id,
            claim.c.dentist_id,
            Centre.name.label("centre"),
            ClaimLine.number.label("line"),
            ClaimLine.service_on,
            _CODE.label("code"),
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
        .where(ClaimLine.technical_approval_rial > 0)
        .order_by(ClaimLine.service_on.desc(), claim.c.finished_at.desc(), ClaimLine.number.desc())
        .limit(limit)
    )


def _done_claims() -> CTE:
    """His few ended claims, read first: else a database with few contracts begins with these."""
    columns = (Claim.insurer_id, Claim.id, Claim.number, Claim.round, Claim.contract_id)
    return (
        select(*columns, Claim.centre_id, Claim.dentist_id, Claim.finished_at)
        .where(Claim.person_id == bindparam("person_id"), Claim.state.in_(DONE_STATES))
        .cte("done_claim")
        .prefix_with("MATERIALIZED")
    )


def _earlier() -> Rows:
    is_own = ClaimLine.insurer_id == bindparam("insurer_id")
    is_this = is_own & (ClaimLine.claim_id == bindparam("claim_id"))
    is_same = Service.group.in_(bindparam("groups", expanding=True))
    is_same_code = _CODE.in_(bindparam("codes", expanding=True))
    return _approved(EARLIER_MAX).where(
        ~is_this,
        ClaimLine.service_on.between(bindparam("from_on"), bindparam("until_on")),
        (is_own & is_same) | (~is_own & is_same_code),
    )


EARLIER = _earlier()
"""What of a person's treatments may repeat the lines of a claim, newest first: of the same insurer
by ``groups``, of others by ``codes``, with a service day from ``from_on`` to ``until_on``."""

IMAGES = (
    select(Attachment.claim_id, Attachment.number, Attachment.lines, Attachment.teeth)
    .where(
        Attachment.insurer_id == bindparam("insurer_id"),
        Attachment.claim_id.in_(bindparam("claim_ids", expanding=True)),
    )
    .order_by(Attachment.claim_id, Attachment.number)
)
"""The images of claims of one insurer, with the lines and teeth they show."""

INSURERS_OF_PERSON = select(Membership.insurer_id).where(
    Membership.person_id == bindparam("person_id")
)
"""The insurers on whose lists he stands or stood, one row a membership."""
