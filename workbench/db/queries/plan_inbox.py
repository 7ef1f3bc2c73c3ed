"""The commission's inbox: plans by their deadline, by key, joined to what a row shows.

Each list is one scan of an index in its order: of the plans of a state, or of a member's own seats
(which keep the deadline for that). Searches go by number or person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select, tuple_

from workbench.db.models import (
    Centre,
    Claim,
    Insurer,
    Person,
    PlanRound,
    PlanSeat,
    PlanUnit,
    Referral,
    TreatmentPlan,
    User,
)
from workbench.db.queries.listed import Rows, fixed, named_keys, unindexed
from workbench.db.queries.names import people_named
from workbench.rules.workflow import PlanState

TOTAL_MAX = 1_000
PEOPLE_MAX = 200
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which plans; None does not limit. ``seated_id``: those on whose open panel he has a seat.

    ``waits_at``: of those, where his vote is waited for at that instant; ``free_at``: nobody voted
    or holds a seat then; ``short_for``: too few for the quorum vote or hold a seat at ``short_at``,
    and this member has not voted and was not replaced.
    """

    state: str | None = PlanState.SUBMITTED
    insurer_ids: tuple[int, ...] | None = None
    seated_id: int | None = None
    waits_at: datetime | None = None
    free_at: datetime | None = None
    short_for: int | None = None
    short_at: datetime | None = None
    needs_chair: bool = False
    due_from: datetime | None = None
    due_before: datetime | None = None
    limit_from: datetime | None = None
    limit_before: datetime | None = None
    number: str | None = None
    name_key: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The key of the row that a page begins behind (or ends before)."""

    due_at: datetime
    plan_id: int


def plan_rows(wanted: Wanted, boundary: Boundary | None, *, descending: bool, size: int) -> Rows:
    """Keys and deadlines of one page: insurer, id, due_at."""
    table, plan_id, due_at = _driver(wanted)
    statement = select(table.insurer_id, plan_id.label("id"), due_at.label("due_at"))
    statement = statement.where(*_conditions(wanted, table, due_at))
    if boundary is not None:
        here, key = tuple_(due_at, plan_id), (boundary.due_at, boundary.plan_id)
        statement = statement.where(here < key if descending else here > key)
    order = (due_at.desc(), plan_id.desc()) if descending else (due_at, plan_id)
    return statement.order_by(*order).limit(fixed(size))


def plan_total(wanted: Wanted) -> Select[int]:
    """How many there are, counted up to ``TOTAL_MAX`` + 1."""
    table, plan_id, due_at = _driver(wanted)
    found = select(plan_id).where(*_conditions(wanted, table, due_at))
    return select(func.count()).select_from(found.limit(fixed(TOTAL_MAX + 1)).subquery())


def _driver(wanted: Wanted) -> tuple[Any, Any, Any]:
    """The table whose index gives the order, its plan and its deadline."""
    if wanted.seated_id is not None:
        return PlanSeat, PlanSeat.plan_id, PlanSeat.due_at
    return TreatmentPlan, TreatmentPlan.id, TreatmentPlan.due_at


def _conditions(wanted: Wanted, table: Any, due_at: Any) -> list[Condition]:
    conditions: list[Condition] = []
    if wanted.seated_id is not None:
        conditions += _own_seats(wanted, wanted.seated_id)
    else:
        conditions += _of_plans(wanted)
    if wanted.insurer_ids is not None:
        conditions.append(unindexed(table.insurer_id).in_(wanted.insurer_ids))
    if wanted.due_from is not None:
        conditions.append(due_at >= wanted.due_from)
    if wanted.due_before is not None:
        conditions.append(due_at < wanted.due_before)
    return conditions


def _own_seats(wanted: Wanted, member_id: int) -> list[Condition]:
    conditions: list[Condition] = [PlanSeat.member_id == member_id, PlanSeat.is_open.is_(True)]
    if wanted.waits_at is not None:
        conditions += [PlanSeat.has_voted.is_(False), PlanSeat.held_until_at > wanted.waits_at]
    return conditions


def _of_plans(wanted: Wanted) -> list[Condition]:
    plan = TreatmentPlan
    conditions: list[Condition] = []
    if wanted.number is not None:
        conditions.append(
            or_(plan.number == wanted.number, plan.person_id.in_(_person_of(wanted.number)))
        )
    elif wanted.name_key is not None:
        conditions.append(plan.person_id.in_(people_named(wanted.name_key, limit=PEOPLE_MAX)))
    if wanted.state is not None:
        conditions.append(plan.state == wanted.state)
    if wanted.needs_chair:
        conditions.append(plan.needs_chair.is_(True))
    if wanted.limit_from is not None:
        conditions.append(plan.limit_at >= wanted.limit_from)
    if wanted.limit_before is not None:
        conditions.append(plan.limit_at < wanted.limit_before)
    if wanted.free_at is not None:
        conditions += [plan.votes == 0, ~_is_held(wanted.free_at)]
    if wanted.short_for is not None and wanted.short_at is not None:
        conditions += [
            plan.votes < plan.panel_quorum,
            _seats_taken(wanted.short_at) < plan.panel_quorum,
            ~_has_done(wanted.short_for),
        ]
    return conditions


def _seats_taken(at: datetime) -> ColumnElement[int]:
    """How many members of a plan's present panel voted or hold a seat then."""
    return (
        select(func.count())
        .where(
            PlanSeat.insurer_id == TreatmentPlan.insurer_id,
            PlanSeat.plan_id == TreatmentPlan.id,
            PlanSeat.is_open.is_(True),
            or_(PlanSeat.has_voted.is_(True), PlanSeat.held_until_at > at),
        )
        .correlate(TreatmentPlan)
        .scalar_subquery()
    )


def _has_done(member_id: int) -> Condition:
    """The member voted in the present round, or was replaced in it."""
    return exists().where(
        PlanSeat.insurer_id == TreatmentPlan.insurer_id,
        PlanSeat.plan_id == TreatmentPlan.id,
        PlanSeat.round == TreatmentPlan.round,
        PlanSeat.member_id == member_id,
        or_(PlanSeat.has_voted.is_(True), PlanSeat.ended_at.is_not(None)),
    )


def _person_of(national_code: str) -> Select[int]:
    return select(Person.id).where(Person.national_code == national_code)


def _is_held(at: datetime) -> Condition:
    return exists().where(
        PlanSeat.insurer_id == TreatmentPlan.insurer_id,
        PlanSeat.plan_id == TreatmentPlan.id,
        PlanSeat.is_open.is_(True),
        PlanSeat.held_until_at > at,
    )


def listed_plans(keys: Sequence[tuple[int, int]]) -> Rows:
    """What the inbox shows of known plans (insurer, plan); at most a page of them."""
    wanted = named_keys(keys)
    return (
        select(
            TreatmentPlan,
            Person.first_name,
            Person.last_name,
            Person.national_code,
            Centre.name.label("centre_name"),
            Insurer.name.label("insurer_name"),
            Referral.number.label("referral_number"),
            PlanRound.closed_at,
        )
        .select_from(wanted)
        .join(
            TreatmentPlan,
            and_(TreatmentPlan.insurer_id == wanted.c.insurer_id, TreatmentPlan.id == wanted.c.id),
        )
        .join(Person, Person.id == TreatmentPlan.person_id)
        .join(Centre, Centre.id == TreatmentPlan.centre_id)
        .join(Insurer, Insurer.id == TreatmentPlan.insurer_id)
        .join(
            Referral,
            and_(
                Referral.insurer_id == TreatmentPlan.insurer_id,
                Referral.id == TreatmentPlan.referral_id,
            ),
        )
        .join(
            PlanRound,
            and_(
                PlanRound.insurer_id == TreatmentPlan.insurer_id,
                PlanRound.plan_id == TreatmentPlan.id,
                PlanRound.number == TreatmentPlan.round,
            ),
        )
    )


def seats_on(insurer_id: int, plan_ids: Sequence[int]) -> Rows:
    """Seats of any round on some plans of an insurer, with the members' names."""
    return (
        select(PlanSeat, User.display_name)
        .join(User, User.id == PlanSeat.member_id)
        .where(PlanSeat.insurer_id == insurer_id, PlanSeat.plan_id.in_(plan_ids))
        .order_by(PlanSeat.taken_at, PlanSeat.id)
    )


def units_on(insurer_id: int, plan_ids: Sequence[int]) -> Rows:
    """The planned units of some plans of an insurer."""
    return (
        select(PlanUnit)
        .where(PlanUnit.insurer_id == insurer_id, PlanUnit.plan_id.in_(plan_ids))
        .order_by(PlanUnit.plan_id, PlanUnit.number)
    )


def own_letters(insurer_id: int, referral_ids: Sequence[int], user_id: int) -> Rows:
    """Those of some letters under which the user assesses or assessed a case."""
    return (
        select(Claim.referral_id)
        .where(
            Claim.insurer_id == insurer_id,
            Claim.referral_id.in_(referral_ids),
            or_(Claim.assignee_id == user_id, Claim.finished_by_id == user_id),
        )
        .distinct()
    )
