"""Steps with the lines, deductions and defects of their own round, and the titles of services."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, func, select

from workbench.db.models import (
    ClaimLine,
    ClaimStep,
    Defect,
    LineDeduction,
    Service,
)


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
