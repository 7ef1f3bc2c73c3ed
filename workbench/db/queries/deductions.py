"""Sums of what was deducted and returned: by the steps of finishes that hold, and of returns."""

from sqlalchemy import Select, case, func, select

from workbench.db.models import ClaimStep, Defect, LineDeduction, Reason
from workbench.db.queries.listed import Rows
from workbench.db.queries.throughput import Counted, limited
from workbench.db.step_rows import AMOUNTS
from workbench.rules.steps import FINISH, RETURN


def amounts(counted: Counted) -> Rows:
    """The seven columns summed over the finishes that hold, and how many they are."""
    statement = select(
        func.count().label("cases"),
        *(func.sum(getattr(ClaimStep, name)).label(name) for name in AMOUNTS),
    ).where(ClaimStep.is_undone.is_(False))
    summed: Rows = limited(statement, counted, (FINISH,))
    return summed


def reasons(counted: Counted) -> Rows:
    """Reason, its titles, rials and how many lines, the largest sum first."""
    total = func.sum(LineDeduction.amount_rial)
    statement = (
        select(
            LineDeduction.reason,
            Reason.title_fa,
            Reason.title_en,
            total.label("amount_rial"),
            func.count(LineDeduction.line_id.distinct()).label("lines"),
        )
        .select_from(ClaimStep)
        .join(
            LineDeduction,
            (LineDeduction.insurer_id == ClaimStep.insurer_id)
            & (LineDeduction.claim_id == ClaimStep.claim_id)
            & (LineDeduction.round == ClaimStep.round),
        )
        .join(Reason, Reason.code == LineDeduction.reason)
        .where(ClaimStep.is_undone.is_(False), LineDeduction.amount_rial > 0)
    )
    found: Rows = limited(statement, counted, (FINISH,))
    return found.group_by(LineDeduction.reason, Reason.title_fa, Reason.title_en).order_by(
        total.desc(), LineDeduction.reason
    )


def defects(counted: Counted) -> Rows:
    """Defect, its titles, in how many returns and of how many cases it was named."""
    returns = func.count(ClaimStep.id.distinct())
    statement = (
        select(
            Defect.reason,
            Reason.title_fa,
            Reason.title_en,
            returns.label("returns"),
            func.count(ClaimStep.claim_id.distinct()).label("cases"),
        )
        .select_from(ClaimStep)
        .join(
            Defect,
            (Defect.insurer_id == ClaimStep.insurer_id)
            & (Defect.claim_id == ClaimStep.claim_id)
            & (Defect.round == ClaimStep.round),
        )
        .join(Reason, Reason.code == Defect.reason)
    )
    found: Rows = limited(statement, counted, (RETURN,))
    return found.group_by(Defect.reason, Reason.title_fa, Reason.title_en).order_by(
        returns.desc(), Defect.reason
    )


def centres(counted: Counted) -> Rows:
    """Centre, finished cases, their cost, deduction and payable, and returns, by deduction."""
    is_finish = ClaimStep.action == FINISH
    deduction = func.sum(ClaimStep.technical_deduction_rial)
    statement = select(
        ClaimStep.centre_id,
        func.sum(case((is_finish, 1), else_=0)).label("cases"),
        func.sum(ClaimStep.cost_rial).label("cost_rial"),
        deduction.label("technical_deduction_rial"),
        func.sum(ClaimStep.payable_rial).label("payable_rial"),
        func.sum(case((is_finish, 0), else_=1)).label("returns"),
    ).where(ClaimStep.is_undone.is_(False))
    found: Rows = limited(statement, counted, (FINISH, RETURN))
    return found.group_by(ClaimStep.centre_id).order_by(
        func.coalesce(deduction, 0).desc(), ClaimStep.centre_id
    )


def centre_reasons(counted: Counted) -> Select[int, str, int]:
    """Centre, reason and rials: what each centre is deducted for."""
    statement = (
        select(
            ClaimStep.centre_id,
            LineDeduction.reason,
            func.sum(LineDeduction.amount_rial).label("amount_rial"),
        )
        .join(
            LineDeduction,
            (LineDeduction.insurer_id == ClaimStep.insurer_id)
            & (LineDeduction.claim_id == ClaimStep.claim_id)
            & (LineDeduction.round == ClaimStep.round),
        )
        .where(ClaimStep.is_undone.is_(False))
    )
    found: Select[int, str, int] = limited(statement, counted, (FINISH,))
    return found.group_by(ClaimStep.centre_id, LineDeduction.reason)
