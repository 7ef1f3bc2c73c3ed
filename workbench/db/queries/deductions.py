"""Sums of what was deducted and returned: by the steps of finishes that hold, and of returns."""

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from workbench.db.models import (
    ClaimLine,
    ClaimStep,
    Defect,
    LineDeduction,
    Service,
)

PARTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "centre": ClaimStep.centre_id,
    "assessor": ClaimStep.actor_id,
    "insurer": ClaimStep.insurer_id,
}
"""What cases can be told apart by; a service tells lines apart."""


def service_titles(codes: Collection[str]) -> Select[str, str]:
    """Code and title; of tariff sets that name it differently the first by the alphabet."""
    titles = select(Service.code, func.min(Service.title)).where(Service.code.in_(list(codes)))
    return titles.group_by(Service.code)


def with_deductions(statement: Any) -> Any:
    """The steps of finishes that hold with the deductions of their own round."""
    return (
        statement.select_from(ClaimStep)
        .join(
            LineDeduction,
            (LineDeduction.insurer_id == ClaimStep.insurer_id)
            & (LineDeduction.claim_id == ClaimStep.claim_id)
            & (LineDeduction.round == ClaimStep.round),
        )
        .where(ClaimStep.is_undone.is_(False))
    )


def with_lines(statement: Any) -> Any:
    """The steps of finishes that hold with the lines of their own round."""
    return (
        statement.select_from(ClaimStep)
        .join(
            ClaimLine,
            (ClaimLine.insurer_id == ClaimStep.insurer_id)
            & (ClaimLine.claim_id == ClaimStep.claim_id)
            & (ClaimLine.round == ClaimStep.round),
        )
        .where(ClaimStep.is_undone.is_(False))
    )


def with_defects(statement: Any) -> Any:
    """The steps of returns with the defects of their own round."""
    return statement.select_from(ClaimStep).join(
        Defect,
        (Defect.insurer_id == ClaimStep.insurer_id)
        & (Defect.claim_id == ClaimStep.claim_id)
        & (Defect.round == ClaimStep.round),
    )
