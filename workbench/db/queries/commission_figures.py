"""What came to the commission and what it decided in a period: by the end of the rounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Subquery,
    case,
    cast,
    exists,
    func,
    or_,
    select,
)

from workbench.db.epoch import epoch_seconds
from workbench.db.models import Centre, PlanRound, PlanSeat, PlanUnit, PlanVote, TreatmentPlan, User
from workbench.db.queries.listed import Rows, unindexed
from workbench.rules.commission_figures import DECIDED, RETURNED
from workbench.rules.panel import Choice

PAGE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """Which rounds count: instants (``until`` is after the last), insurers, a centre."""

    since: datetime
    until: datetime
    insurer_ids: Sequence[int] | None = None
    centre_id: int | None = None


_OF_PLAN = (TreatmentPlan.insurer_id == PlanRound.insurer_id) & (
    TreatmentPlan.id == PlanRound.plan_id
)
_UNITS = (PlanUnit.insurer_id == PlanRound.insurer_id) & (PlanUnit.plan_id == PlanRound.plan_id)


def ended(within: Within) -> Rows:
    """Of each round closed in the period: second of the epoch in which it came and was closed,
    result, and whether it was on time."""
    statement: Rows = select(
        epoch_seconds(PlanRound.submitted_at).label("came"),
        epoch_seconds(PlanRound.closed_at).label("closed"),
        PlanRound.result,
        (PlanRound.closed_at <= PlanRound.due_at).label("is_on_time"),
    ).where(*_closed(within, DECIDED, RETURNED))
    return _limited(statement, within)


def not_ended(within: Within) -> Rows:
    """The second in which each round came that came in the period and was not closed in it."""
    statement: Rows = select(epoch_seconds(PlanRound.submitted_at).label("came")).where(
        PlanRound.submitted_at >= within.since,
        PlanRound.submitted_at < within.until,
        or_(PlanRound.closed_at >= within.until, PlanRound.closed_at.is_(None)),
    )
    return _limited(statement, within)


def rounds(within: Within, known_since: datetime) -> Rows:
    """The rounds that came before the end and were open since ``known_since``."""
    statement: Rows = select(
        PlanRound.insurer_id,
        PlanRound.plan_id,
        PlanRound.number,
        PlanRound.submitted_at,
        PlanRound.due_at,
        PlanRound.closed_at,
    ).where(
        PlanRound.submitted_at < within.until,
        or_(PlanRound.closed_at >= known_since, PlanRound.closed_at.is_(None)),
    )
    return _limited(statement, within)


def groups(within: Within) -> Rows:
    """Result of the round, group of services: plans, their rounds so far together, units by their
    choice, asked and allowed rials."""
    is_rejected = PlanUnit.choice == Choice.REJECT
    allowed = func.coalesce(PlanUnit.approved_rial, PlanUnit.amount_rial)
    units = _limited(
        select(
            PlanRound.result,
            PlanUnit.service_group,
            PlanRound.number,
            *(_count(PlanUnit.choice == each, each.value) for each in Choice),
            func.sum(PlanUnit.amount_rial).label("asked_rial"),
            func.sum(case((is_rejected, 0), else_=allowed)).label("allowed_rial"),
        )
        .select_from(PlanRound)
        .join(PlanUnit, _UNITS)
        .where(*_closed(within, DECIDED, RETURNED)),
        within,
    )
    by = (PlanRound.insurer_id, PlanRound.plan_id, PlanRound.number, PlanRound.result)
    plans = units.group_by(*by, PlanUnit.service_group).subquery()
    return select(
        plans.c.result,
        plans.c.service_group,
        func.count().label("plans"),
        func.sum(plans.c.number).label("rounds"),
        *(_whole(plans, name) for name in (*Choice, "asked_rial", "allowed_rial")),
    ).group_by(plans.c.result, plans.c.service_group)


def members(within: Within) -> Rows:
    """Member: decided plans that he voted on, their units, those he approved, and those about which
    it was decided as he said.

    Casting votes, and the votes of a seat that was replaced, do not count.
    """
    statement: Rows = (
        select(
            PlanVote.member_id,
            func.count(PlanRound.plan_id.distinct()).label("plans"),
            func.count().label("units"),
            _count(PlanVote.choice != Choice.REJECT, "approved"),
            _count(PlanVote.choice == PlanUnit.choice, "agreed"),
        )
        .select_from(PlanRound)
        .join(PlanVote, _votes())
        .join(PlanUnit, _UNITS & (PlanUnit.number == PlanVote.unit_number))
        .where(*_closed(within, DECIDED))
    )
    return _limited(statement, within).group_by(PlanVote.member_id)


def _count(condition: ColumnElement[bool], name: str) -> Any:
    return func.sum(case((condition, 1), else_=0)).label(name)


def _whole(source: Subquery, name: str) -> Any:
    return cast(func.sum(source.c[name]), BigInteger).label(name)


def _votes() -> ColumnElement[bool]:
    replaced = exists().where(
        PlanSeat.insurer_id == PlanVote.insurer_id,
        PlanSeat.plan_id == PlanVote.plan_id,
        PlanSeat.round == PlanVote.round,
        PlanSeat.member_id == PlanVote.member_id,
        PlanSeat.ended_by_id.is_not(None),
    )
    return (
        (PlanVote.insurer_id == PlanRound.insurer_id)
        & (PlanVote.plan_id == PlanRound.plan_id)
        & (PlanVote.round == PlanRound.number)
        & PlanVote.is_casting.is_(False)
        & ~replaced
    )


def people(ids: list[int]) -> Select[int, str, bool]:
    """Id, name, and whether the user left."""
    return select(User.id, User.display_name, User.is_disabled).where(User.id.in_(ids))


def plans(
    within: Within,
    figure: str,
    *,
    group: str | None = None,
    member_id: int | None = None,
    limit: int = PAGE,
) -> Rows:
    """The plans behind a figure, the newest first: came, decided, returned or late.

    ``group``: with a unit of it; ``member_id``: that he voted on.
    """
    statement: Rows = (
        select(
            TreatmentPlan.number,
            TreatmentPlan.state,
            PlanRound.number.label("round"),
            PlanRound.submitted_at,
            PlanRound.due_at,
            PlanRound.closed_at,
            PlanRound.result,
            Centre.name.label("centre_name"),
        )
        .select_from(PlanRound)
        .join(TreatmentPlan, _OF_PLAN)
        .join(Centre, Centre.id == TreatmentPlan.centre_id)
        .where(*_figure(within, figure))
    )
    if group is not None:
        statement = statement.where(exists().where(_UNITS, PlanUnit.service_group == group))
    if member_id is not None:
        statement = statement.where(exists().where(_votes(), PlanVote.member_id == member_id))
    order = PlanRound.submitted_at if figure == "came" else PlanRound.closed_at
    limited = _limited(statement, within, has_plan=True)
    return limited.order_by(order.desc(), PlanRound.id.desc()).limit(limit)


def _figure(within: Within, figure: str) -> list[ColumnElement[bool]]:
    if figure == "came":
        return _came(within)
    if figure == "returned":
        return _closed(within, RETURNED)
    late = [PlanRound.closed_at > PlanRound.due_at] if figure == "late" else []
    return [*_closed(within, DECIDED), *late]


def _came(within: Within) -> list[ColumnElement[bool]]:
    return [
        PlanRound.submitted_at >= within.since,
        PlanRound.submitted_at < within.until,
        or_(PlanRound.closed_at >= within.since, PlanRound.closed_at.is_(None)),
    ]


def _closed(within: Within, *results: str) -> list[ColumnElement[bool]]:
    return [
        PlanRound.closed_at >= within.since,
        PlanRound.closed_at < within.until,
        PlanRound.result.in_(results),
    ]


def _limited(statement: Rows, within: Within, *, has_plan: bool = False) -> Rows:
    """The rounds of the period are found by their days; by the insurer SQLite would begin with all
    the votes that he ever had."""
    if within.insurer_ids is not None:
        statement = statement.where(unindexed(PlanRound.insurer_id).in_(within.insurer_ids))
    if within.centre_id is not None:
        if not has_plan:
            statement = statement.join(TreatmentPlan, _OF_PLAN)
        statement = statement.where(TreatmentPlan.centre_id == within.centre_id)
    return statement
