"""Reading for finance: finished direct claims that wait for an order, and the orders."""

from datetime import datetime
from typing import Any

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import Session

from workbench.db.models import Claim, Insurer, Person, Remittance
from workbench.rules.facts import ClaimKind
from workbench.rules.workflow import ClaimState


def waiting_claims() -> Any:
    """Finished direct claims with insurer and insured, the earliest due first."""
    return (
        select(Claim, Insurer.name.label("insurer"), Person)
        .join(Insurer, Insurer.id == Claim.insurer_id)
        .join(Person, Person.id == Claim.person_id)
        .where(Claim.kind == ClaimKind.DIRECT, Claim.state == ClaimState.FINISHED)
        .order_by(Claim.due_at, Claim.id)
    )


def after(due_at: datetime, claim_id: int) -> Any:
    """The condition for the page that follows this last row."""
    return or_(Claim.due_at > due_at, and_(Claim.due_at == due_at, Claim.id > claim_id))


def remittance_rows() -> Any:
    """Orders with their insurer, the newest first."""
    return (
        select(Remittance, Insurer.name.label("insurer"))
        .join(Insurer, Insurer.id == Remittance.insurer_id)
        .order_by(Remittance.id.desc())
    )


def pays(claim: Any) -> Any:
    """Whether an order pays a claim of which the condition is true."""
    return exists().where(
        Claim.insurer_id == Remittance.insurer_id, Claim.remittance_id == Remittance.id, claim
    )


def claims_of_remittance(session: Session, remittance: Remittance) -> list[Claim]:
    """The claims of an order by number, read afresh and held."""
    return list(
        session.scalars(
            select(Claim)
            .where(Claim.insurer_id == remittance.insurer_id, Claim.remittance_id == remittance.id)
            .order_by(Claim.number)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    )


def claim_counts(session: Session, remittance_ids: list[int]) -> dict[int, int]:
    """Order id → how many claims it pays."""
    if not remittance_ids:
        return {}
    rows = session.execute(
        select(Claim.remittance_id, func.count())
        .where(Claim.remittance_id.in_(remittance_ids))
        .group_by(Claim.remittance_id)
    )
    return {row[0]: row[1] for row in rows if row[0] is not None}
