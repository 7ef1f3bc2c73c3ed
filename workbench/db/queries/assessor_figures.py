"""What assessors decided in a period: from the steps that hold, their lines and their claims."""

from typing import Any

from sqlalchemy import ColumnElement, Float, Select, case, cast, func, select

from workbench.db.models import Claim, ClaimLine, ClaimStep, Service, User
from workbench.db.queries.listed import Rows
from workbench.db.queries.throughput import Counted, limited
from workbench.rules.steps import FINISH, RETURN, TAKE

EXACT_MINUTES = 120
MINUTES_A_BIN = 10
"""Beyond two hours a working time counts in bins of ten minutes."""


def lines(counted: Counted) -> Rows:
    """Assessor, kind, code asked for: lines of the finishes that hold, cost and deduction."""
    statement = (
        select(
            ClaimStep.actor_id,
            ClaimStep.kind,
            ClaimLine.code,
            func.count().label("lines"),
            func.sum(ClaimLine.cost_rial).label("cost_rial"),
            func.sum(func.coalesce(ClaimLine.technical_deduction_rial, 0)).label("deduction_rial"),
        )
        .select_from(ClaimStep)
        .join(
            ClaimLine,
            (ClaimLine.insurer_id == ClaimStep.insurer_id)
            & (ClaimLine.claim_id == ClaimStep.claim_id)
            & (ClaimLine.round == ClaimStep.round),
        )
        .where(ClaimStep.is_undone.is_(False), ClaimStep.actor_id.is_not(None))
    )
    found: Rows = limited(statement, counted, (FINISH,))
    return found.group_by(ClaimStep.actor_id, ClaimStep.kind, ClaimLine.code)


def groups() -> Select[str, str]:
    """Code and group of every service of the catalogues."""
    return select(Service.code, func.min(Service.group)).group_by(Service.code)


def decisions(counted: Counted) -> Rows:
    """Assessor, kind, whether in a later round, the case's groups: decisions and returns."""
    is_later = ClaimStep.round > 1
    statement = (
        select(
            ClaimStep.actor_id,
            ClaimStep.kind,
            is_later.label("is_later"),
            Claim.service_groups,
            func.count().label("decisions"),
            func.sum(case((ClaimStep.action == RETURN, 1), else_=0)).label("returns"),
        )
        .select_from(ClaimStep)
        .join(Claim, (Claim.insurer_id == ClaimStep.insurer_id) & (Claim.id == ClaimStep.claim_id))
        .where(ClaimStep.is_undone.is_(False), ClaimStep.actor_id.is_not(None))
    )
    found: Rows = limited(statement, counted, (FINISH, RETURN))
    return found.group_by(ClaimStep.actor_id, ClaimStep.kind, is_later, Claim.service_groups)


def money(counted: Counted) -> Rows:
    """Assessor, finished cases, sums of cost and deduction and of their products (floating)."""
    cost, deduction = _float(ClaimStep.cost_rial), _float(ClaimStep.technical_deduction_rial)
    statement = select(
        ClaimStep.actor_id,
        func.count().label("cases"),
        func.sum(ClaimStep.cost_rial).label("cost_rial"),
        func.sum(ClaimStep.technical_deduction_rial).label("deduction_rial"),
        func.sum(cost * cost).label("cost_squared"),
        func.sum(deduction * deduction).label("deduction_squared"),
        func.sum(cost * deduction).label("product"),
    ).where(ClaimStep.is_undone.is_(False), ClaimStep.actor_id.is_not(None))
    found: Rows = limited(statement, counted, (FINISH,))
    return found.group_by(ClaimStep.actor_id)


def _float(column: Any) -> ColumnElement[float]:
    """Squares of rials leave the range of whole numbers."""
    return cast(func.coalesce(column, 0), Float)


def minutes(counted: Counted) -> Rows:
    """Assessor, working minutes from taking to finish or return, and how often."""
    waited = ClaimStep.waited_minutes
    binned = case(
        (waited < EXACT_MINUTES, waited), else_=waited // MINUTES_A_BIN * MINUTES_A_BIN
    ).label("minutes")
    statement = select(ClaimStep.actor_id, binned, func.count().label("decisions")).where(
        ClaimStep.is_undone.is_(False), ClaimStep.actor_id.is_not(None), ClaimStep.former == TAKE
    )
    found: Rows = limited(statement, counted, (FINISH, RETURN))
    return found.group_by(ClaimStep.actor_id, binned)


def people(ids: list[int]) -> Select[int, str, bool]:
    """Id, name, and whether the user left."""
    return select(User.id, User.display_name, User.is_disabled).where(User.id.in_(ids))
