"""Sums of what was deducted and returned: by the steps of finishes that hold, and of returns."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from workbench.db.models import (
    Centre,
    Claim,
    ClaimLine,
    ClaimStep,
    Defect,
    LineDeduction,
    Reason,
    Service,
    User,
)
from workbench.db.queries.listed import Rows
from workbench.db.queries.throughput import PAGE, Counted, limited
from workbench.rules.steps import FINISH, RETURN


def defects(counted: Counted) -> Rows:
    """Defect, its titles, in how many returns and of how many cases it was named."""
    returns = func.count(ClaimStep.id.distinct())
    statement = _with_defects(
        select(
            Defect.reason,
            Reason.title_fa,
            Reason.title_en,
            returns.label("returns"),
            func.count(ClaimStep.claim_id.distinct()).label("cases"),
        )
    ).join(Reason, Reason.code == Defect.reason)
    found: Rows = limited(statement, counted, (RETURN,))
    return found.group_by(Defect.reason, Reason.title_fa, Reason.title_en).order_by(
        returns.desc(), Defect.reason
    )


PARTS: Mapping[str, InstrumentedAttribute[Any]] = {
    "centre": ClaimStep.centre_id,
    "assessor": ClaimStep.actor_id,
    "insurer": ClaimStep.insurer_id,
}
"""What cases can be told apart by; a service tells lines apart."""


def service_reasons(counted: Counted) -> Rows:
    """Code, reason and rials: what each service is deducted for."""
    statement = with_deductions(
        select(
            ClaimLine.code.label("key"),
            LineDeduction.reason,
            func.sum(LineDeduction.amount_rial).label("amount_rial"),
        )
    ).join(
        ClaimLine,
        (ClaimLine.insurer_id == LineDeduction.insurer_id)
        & (ClaimLine.id == LineDeduction.line_id),
    )
    found: Rows = limited(statement, counted, (FINISH,))
    return found.group_by(ClaimLine.code, LineDeduction.reason)


def service_titles(codes: Collection[str]) -> Select[str, str]:
    """Code and title; of tariff sets that name it differently the first by the alphabet."""
    titles = select(Service.code, func.min(Service.title)).where(Service.code.in_(list(codes)))
    return titles.group_by(Service.code)


def cases_behind(counted: Counted, kind: str, key: str, *, limit: int = PAGE) -> Rows:
    """The cases of a reason, defect, service or column of money, the largest amount first."""
    amount, chosen = _amount_and_rows(kind, key)
    columns = (
        *(Claim.number, Claim.state, ClaimStep.at, ClaimStep.id),
        *(Centre.name.label("centre_name"), User.display_name.label("actor_name")),
    )
    statement = (
        chosen(select(*columns, amount.label("amount_rial")).select_from(ClaimStep))
        .join(Claim, (Claim.insurer_id == ClaimStep.insurer_id) & (Claim.id == ClaimStep.claim_id))
        .join(Centre, Centre.id == ClaimStep.centre_id)
        .outerjoin(User, User.id == ClaimStep.actor_id)
        .where(ClaimStep.is_undone.is_(False))
    )
    found: Rows = limited(statement, counted, (RETURN,) if kind == "defect" else (FINISH,))
    grouped = found.group_by(
        *(Claim.number, Claim.state, ClaimStep.at, ClaimStep.id, Centre.name, User.display_name)
    )
    return grouped.order_by(amount.desc(), ClaimStep.at.desc()).limit(limit)


def _amount_and_rows(kind: str, key: str) -> tuple[ColumnElement[Any], Callable[[Any], Any]]:
    """What the cases are sorted by, and the join that leaves those of the key."""
    if kind == "reason":
        of_reason = (LineDeduction.reason == key) & (LineDeduction.amount_rial > 0)
        return func.sum(LineDeduction.amount_rial), lambda s: with_deductions(s).where(of_reason)
    if kind == "defect":
        return func.count(Defect.id), lambda s: _with_defects(s).where(Defect.reason == key)
    if kind == "service":
        deduction = func.sum(ClaimLine.technical_deduction_rial)
        return deduction, lambda s: with_lines(s).where(ClaimLine.code == key)
    column = getattr(ClaimStep, key)
    return func.sum(column), lambda s: s.where(column > 0)


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


def _with_defects(statement: Any) -> Any:
    return statement.select_from(ClaimStep).join(
        Defect,
        (Defect.insurer_id == ClaimStep.insurer_id)
        & (Defect.claim_id == ClaimStep.claim_id)
        & (Defect.round == ClaimStep.round),
    )
