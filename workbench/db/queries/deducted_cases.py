"""The cases behind a figure of deductions and returns, a page of them."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal_column, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from workbench.db.models import Centre, Claim, ClaimLine, ClaimStep, Defect, LineDeduction, User
from workbench.db.models.step import TAKEN_COLUMNS
from workbench.db.queries.listed import Rows, fixed
from workbench.db.queries.throughput import PAGE, Counted, limited, newest
from workbench.rules.steps import FINISH, RETURN

FEW_STEPS = 3_000
"""So many finishes are read as fast as the largest of more are found down their index."""


def is_newest_first(kind: str, key: str) -> bool:
    """Whether the cases are listed by their time, not from the largest amount."""
    return kind != "column" or key not in TAKEN_COLUMNS


def are_few(counted: Counted) -> Select[bool]:
    """Whether fewer than ``FEW_STEPS`` finishes are counted."""
    some = limited(select(ClaimStep.day), counted, (FINISH,)).limit(fixed(FEW_STEPS)).subquery()
    return select(func.count() < FEW_STEPS).select_from(some)


def cases_behind(
    counted: Counted, kind: str, key: str, *, is_few: bool = False, limit: int = PAGE
) -> Rows:
    """The cases of a reason, defect, service or column of money, with their amount.

    Those of what a finish takes away (``TAKEN_COLUMNS``) the largest first, of ``is_few`` by
    reading all, else by the index of amounts; all others the newest.
    """
    if kind == "column":
        return _of_column(counted, getattr(ClaimStep, key), is_few, limit)
    table, amount, limits = _rows_of(kind, key)
    actions = (RETURN,) if kind == "defect" else (FINISH,)
    has_some = exists().where(*_of_round(table, ClaimStep), *limits)
    steps: Rows = limited(select(ClaimStep), counted, actions).where(_HOLDS, has_some)
    step = aliased(ClaimStep, newest(steps, limit))
    of_case = select(amount).where(*_of_round(table, step), *limits).scalar_subquery()
    return _listed(step, of_case).order_by(step.day.desc(), step.at.desc())


_HOLDS = ClaimStep.is_undone.is_(False)


def _rows_of(kind: str, key: str) -> tuple[Any, ColumnElement[Any], list[ColumnElement[bool]]]:
    """The table of a round, what is added up, and which of its rows."""
    if kind == "reason":
        is_it = [LineDeduction.reason == key, LineDeduction.amount_rial > 0]
        return LineDeduction, func.sum(LineDeduction.amount_rial), is_it
    if kind == "defect":
        return Defect, func.count(Defect.id), [Defect.reason == key]
    deduction = func.sum(ClaimLine.technical_deduction_rial)
    return ClaimLine, deduction, [ClaimLine.code == key]


def _of_round(table: Any, step: Any) -> list[ColumnElement[bool]]:
    return [
        table.insurer_id == step.insurer_id,
        table.claim_id == step.claim_id,
        table.round == step.round,
    ]


def _of_column(
    counted: Counted, column: InstrumentedAttribute[Any], is_few: bool, limit: int
) -> Rows:
    """By the steps of the days, or by the index of the amounts from the largest down."""
    is_newest = column.key not in TAKEN_COLUMNS
    if is_newest or is_few:
        amount = column + 0
        steps: Rows = limited(select(ClaimStep), counted, (FINISH,)).where(_HOLDS, amount > 0)
        order: ColumnElement[Any] = amount.desc()
    else:
        some = column > literal_column("0")
        steps = limited(select(ClaimStep), counted, None).where(_HOLDS, some)
        order = column.desc()
    largest = steps.order_by(order, ClaimStep.at.desc()).limit(limit).subquery()
    step = aliased(ClaimStep, newest(steps, limit) if is_newest else largest)
    amount = getattr(step, column.key)
    return _listed(step, amount).order_by(
        step.day.desc() if is_newest else amount.desc(), step.at.desc()
    )


def _listed(step: Any, amount: Any) -> Rows:
    """Such steps with their claim, centre and who."""
    of_claim = (Claim.insurer_id == step.insurer_id) & (Claim.id == step.claim_id)
    found: Rows = select(
        *(Claim.number, Claim.state, step.at, step.id, amount.label("amount_rial")),
        *(Centre.name.label("centre_name"), User.display_name.label("actor_name")),
    )
    return (
        found.select_from(step)
        .join(Claim, of_claim)
        .join(Centre, Centre.id == step.centre_id)
        .outerjoin(User, User.id == step.actor_id)
    )
