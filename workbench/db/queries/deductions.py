"""Sums of what was deducted and returned: by the steps of finishes that hold, and of returns."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from workbench.db.models import (
    Centre,
    Claim,
    ClaimLine,
    ClaimStep,
    Defect,
    LineDeduction,
    Service,
    User,
)
from workbench.db.queries.listed import Rows
from workbench.db.queries.throughput import PAGE, Counted, limited, newest
from workbench.rules.steps import FINISH, RETURN

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


def cases_behind(counted: Counted, kind: str, key: str, *, limit: int = PAGE) -> Rows:
    """The cases of a reason, defect, service or column of money, the largest amount first.

    Of a column in which nearly every case has something (``NEWEST_FIRST``) the newest first.
    """
    if kind == "column":
        return _of_column(counted, getattr(ClaimStep, key), limit)
    amount, chosen = _amount_and_rows(kind, key)
    statement = chosen(select(*CASE, amount.label("amount_rial")).select_from(ClaimStep))
    actions = (RETURN,) if kind == "defect" else (FINISH,)
    holding = _with_case(statement, ClaimStep).where(ClaimStep.is_undone.is_(False))
    found: Rows = limited(holding, counted, actions).group_by(*CASE)
    return found.order_by(amount.desc(), ClaimStep.at.desc()).limit(limit)


CASE = (
    *(Claim.number, Claim.state, ClaimStep.at, ClaimStep.id),
    *(Centre.name.label("centre_name"), User.display_name.label("actor_name")),
)
NEWEST_FIRST = ("cost_rial", "patient_share_rial", "technical_approval_rial", "payable_rial")
FEW_DAYS = {"centre_id": 180, "assessor_id": 14, "first_day": 2}
"""The finishes of so many days, of a centre, an assessor or all, are fewer than the amounts among
which their fifty largest lie."""


def _of_column(counted: Counted, column: InstrumentedAttribute[Any], limit: int) -> Rows:
    """By the steps of the days, or by the index of the amounts from the largest down."""
    holds = ClaimStep.is_undone.is_(False)
    if column.key in NEWEST_FIRST:
        steps: Rows = limited(select(ClaimStep), counted, (FINISH,)).where(holds, column + 0 > 0)
        found = newest(steps, limit)
    elif _is_short(counted):
        steps = limited(select(ClaimStep), counted, (FINISH,)).where(holds, column + 0 > 0)
        found = steps.order_by((column + 0).desc(), ClaimStep.at.desc()).limit(limit).subquery()
    else:
        steps = limited(select(ClaimStep), counted, None).where(holds, column > literal_column("0"))
        found = steps.order_by(column.desc(), ClaimStep.at.desc()).limit(limit).subquery()
    step = aliased(ClaimStep, found)
    amount = getattr(step, column.key).label("amount_rial")
    is_newest = column.key in NEWEST_FIRST
    order = (step.day.desc(), step.at.desc()) if is_newest else (amount.desc(), step.at.desc())
    names = Centre.name.label("centre_name"), User.display_name.label("actor_name")
    columns = select(Claim.number, Claim.state, step.at, step.id, *names, amount)
    behind: Rows = _with_case(columns, step)
    return behind.order_by(*order)


def _is_short(counted: Counted) -> bool:
    days = counted.last_day - counted.first_day + 1
    is_by_both = counted.centre_id is not None and counted.assessor_id is not None
    return is_by_both or any(
        getattr(counted, name) is not None and days <= few for name, few in FEW_DAYS.items()
    )


def _with_case(statement: Any, step: Any) -> Any:
    """Steps with their claim, centre and who."""
    return (
        statement.join(Claim, (Claim.insurer_id == step.insurer_id) & (Claim.id == step.claim_id))
        .join(Centre, Centre.id == step.centre_id)
        .outerjoin(User, User.id == step.actor_id)
    )


def _amount_and_rows(kind: str, key: str) -> tuple[ColumnElement[Any], Callable[[Any], Any]]:
    """What the cases are sorted by, and the join that leaves those of the key."""
    if kind == "reason":
        of_reason = (LineDeduction.reason == key) & (LineDeduction.amount_rial > 0)
        return func.sum(LineDeduction.amount_rial), lambda s: with_deductions(s).where(of_reason)
    if kind == "defect":
        return func.count(Defect.id), lambda s: with_defects(s).where(Defect.reason == key)
    deduction = func.sum(ClaimLine.technical_deduction_rial)
    return deduction, lambda s: with_lines(s).where(ClaimLine.code == key)


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
