"""Counting the steps of claims for the managers' page: each by the index that covers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVarTuple

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Select,
    Subquery,
    case,
    func,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import InstrumentedAttribute

from workbench.db.models import Centre, Claim, ClaimStep, User, WorkCounter
from workbench.db.planning import unindexed_on_sqlite
from workbench.db.queries.listed import Rows
from workbench.rules.steps import INTO_WORK, OUT_OF_WORK
from workbench.rules.workflow import ClaimState

Columns = TypeVarTuple("Columns")

MINUTES_A_BIN = 60
PAGE = 50
IN_WORK = (ClaimState.ACCEPTED, ClaimState.UNDER_REVIEW, ClaimState.PARKED)
STEPS_WITH_WAIT = ("take", "finish", "return", "resubmit", "send_to_finance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """Which steps count: days (proleptic ordinals, both included); None: no such limit."""

    first_day: int
    last_day: int
    insurer_ids: Sequence[int] | None = None
    centre_id: int | None = None
    assessor_id: int | None = None
    kind: str | None = None


def flows(counted: Counted) -> Rows:
    """Day, action and how many; of finishes those that hold and those on time apart."""
    statement = select(ClaimStep.action, ClaimStep.day, *_counts())
    chosen: Rows = limited(statement, counted, sorted(INTO_WORK | OUT_OF_WORK))
    return chosen.group_by(ClaimStep.action, ClaimStep.day)


def flows_until(
    counted: Counted, untils: Mapping[int, datetime]
) -> CompoundSelect[*tuple[Any, ...]]:
    """As ``flows`` for each day of ``untils``, up to its instant."""
    return union_all(
        *(
            flows(replace(counted, first_day=day, last_day=day)).where(ClaimStep.at <= until)
            for day, until in untils.items()
        )
    )


def _counts() -> tuple[ColumnElement[int], ...]:
    return (
        func.count().label("steps"),
        func.count().filter(ClaimStep.is_undone.is_(False)).label("holding"),
        func.count()
        .filter(ClaimStep.is_on_time.is_(True), ClaimStep.is_undone.is_(False))
        .label("on_time"),
    )


def ages(now: datetime, counted: Counted, borders: Sequence[datetime]) -> Rows:
    """State of the open cases, how many came after each border, and how many are overdue.

    ``borders``: instants, the latest first; the columns are ``age_0`` … in their order, the last
    one of those before all borders.
    """
    since = func.coalesce(Claim.accepted_at, Claim.registered_at, type_=Claim.registered_at.type)
    age = case(*((since > at, n) for n, at in enumerate(borders)), else_=len(borders))
    statement = select(
        Claim.state,
        *(func.count().filter(age == n).label(f"age_{n}") for n in range(len(borders) + 1)),
        func.count().filter(Claim.due_at < now).label("overdue"),
    ).where(text("claim.is_open"))
    return _of_claims(statement, counted).group_by(Claim.state)


def in_work(counted: Counted) -> Select[int]:
    """How many cases are in work now: from the counters, or counted where these do not tell."""
    if counted.centre_id is None and counted.kind is None:
        statement = select(func.sum(WorkCounter.count)).where(WorkCounter.state.in_(IN_WORK))
        if counted.insurer_ids is not None:
            statement = statement.where(WorkCounter.insurer_id.in_(counted.insurer_ids))
        return statement
    claims = select(func.count()).where(text("claim.is_open"), Claim.state.in_(IN_WORK))
    return _of_claims(claims, counted)


def _of_claims(statement: Select[*Columns], counted: Counted) -> Select[*Columns]:
    """Limit a statement over the open claims.

    By the plain column SQLite would read all claims of the insurer by their key (2.6 s of ten
    million claims; 11 ms by the index of the open ones).
    """
    if counted.insurer_ids is not None:
        statement = statement.where(unindexed_on_sqlite(Claim.insurer_id).in_(counted.insurer_ids))
    if counted.centre_id is not None:
        statement = statement.where(Claim.centre_id == counted.centre_id)
    return statement if counted.kind is None else statement.where(Claim.kind == counted.kind)


def cases_behind(counted: Counted, actions: Sequence[str], *, limit: int = PAGE) -> Rows:
    """The cases of such steps that hold, the newest first."""
    steps: Rows = limited(select(ClaimStep), counted, actions)
    step = newest(steps.where(ClaimStep.is_undone.is_(False)), limit)
    return (
        select(
            Claim.number,
            Claim.state,
            step.c.at,
            step.c.round_minutes,
            step.c.is_on_time,
            Centre.name.label("centre_name"),
            User.display_name.label("actor_name"),
        )
        .join(Claim, (Claim.insurer_id == step.c.insurer_id) & (Claim.id == step.c.claim_id))
        .join(Centre, Centre.id == step.c.centre_id)
        .outerjoin(User, User.id == step.c.actor_id)
        .order_by(step.c.day.desc(), step.c.at.desc())
    )


def newest(steps: Rows, limit: int) -> Subquery:
    """So many of the steps, before anything is joined to all of the last day."""
    return steps.order_by(ClaimStep.day.desc(), ClaimStep.at.desc()).limit(limit).subquery()


def limited(
    statement: Select[*Columns], counted: Counted, actions: Sequence[str] | None
) -> Select[*Columns]:
    """Limit a statement over the steps; without actions, by what no index of them begins with."""

    def plain(column: InstrumentedAttribute[Any]) -> Any:
        return column if actions is not None else unindexed_on_sqlite(column)

    days = plain(ClaimStep.day).between(counted.first_day, counted.last_day)
    statement = statement.where(days)
    if actions is not None:
        statement = statement.where(ClaimStep.action.in_(actions))
    if counted.insurer_ids is not None:
        statement = statement.where(plain(ClaimStep.insurer_id).in_(counted.insurer_ids))
    if counted.centre_id is not None:
        statement = statement.where(plain(ClaimStep.centre_id) == counted.centre_id)
    if counted.assessor_id is not None:
        statement = statement.where(plain(ClaimStep.actor_id) == counted.assessor_id)
    if counted.kind is not None:
        statement = statement.where(ClaimStep.kind == counted.kind)
    return statement
