"""The commission's inbox: the keys of plans by their deadline.

Each list is a union of short scans of an index in its order: of the plans of a state, all or
insurer by insurer, or of a member's own seats (which keep the deadline for that). What a scan
looks at beside its order lies in the index. Searches go by number or person.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    TextClause,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    text,
    true,
    tuple_,
    union,
    union_all,
)

from workbench.db.models import Person, PlanSeat, TreatmentPlan
from workbench.db.queries.listed import Rows, fixed, unindexed
from workbench.db.queries.names import people_named
from workbench.rules.workflow import PlanState

TOTAL_MAX = 1_000
PEOPLE_MAX = 200
BRANCHES_MAX = 60
# As the partial indexes say it: with a parameter in its place no planner knows that they hold it.
FREE = text("treatment_plan.state = 'submitted' AND treatment_plan.votes = 0")
CHAIRED = text("treatment_plan.state = 'submitted' AND treatment_plan.needs_chair = true")
OPEN_SEAT = text("plan_seat.is_open")
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which plans; None does not limit. ``seated_id``: where his vote is waited for on a seat that
    he holds at ``seated_at``, with ``has_voted`` also where he cast it.

    ``free_at``: nobody voted or holds a seat then; ``short_for``: fewer than the quorum voted or
    hold a seat at ``short_at``, and this member has not voted and was not replaced.
    """

    state: str | None = PlanState.SUBMITTED
    insurer_ids: tuple[int, ...] | None = None
    seated_id: int | None = None
    seated_at: datetime | None = None
    has_voted: bool = False
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


@dataclass(frozen=True, slots=True)
class Scan:
    """One index in its order: its table, what it goes by, and what is then looked at row by row."""

    conditions: tuple[Condition | TextClause, ...]
    others: tuple[Condition, ...] = ()
    table: Any = TreatmentPlan

    @property
    def plan_id(self) -> Any:
        """The plan a row is about."""
        return self.table.plan_id if self.table is PlanSeat else self.table.id


def plan_rows(wanted: Wanted, boundary: Boundary | None, *, descending: bool, size: int) -> Rows:
    """Keys and deadlines of one page: insurer, id, due_at."""
    pages = [_page(scan, wanted, boundary, descending, size) for scan in _scans(wanted)]
    if len(pages) == 1:
        return pages[0]
    parts = [select(page.subquery()) for page in pages]
    # A plan is found twice only by a number that is its own and its person's.
    keys = (union(*parts) if wanted.number is not None else union_all(*parts)).subquery()
    return _in_order(select(keys), keys.c.due_at, keys.c.id, descending).limit(fixed(size))


def plan_total(wanted: Wanted) -> Select[int, int]:
    """How many fit among the first ``TOTAL_MAX`` + 1 of each scan, and the longest scan.

    A scan longer than ``TOTAL_MAX`` was cut off: there may be more.
    """
    counts = [_counted(scan, wanted) for scan in _scans(wanted)]
    parts = (union_all(*counts) if len(counts) > 1 else counts[0]).subquery()
    return select(
        func.coalesce(func.sum(parts.c.fitting), 0), func.coalesce(func.max(parts.c.seen), 0)
    )


def _page(
    scan: Scan, wanted: Wanted, boundary: Boundary | None, descending: bool, size: int
) -> Rows:
    table, plan_id, due_at = scan.table, scan.plan_id, scan.table.due_at
    statement = select(table.insurer_id, plan_id.label("id"), due_at.label("due_at")).where(
        *scan.conditions, *scan.others, *_limits(wanted, boundary, descending, due_at)
    )
    if boundary is not None:
        here, key = tuple_(due_at, plan_id), (boundary.due_at, boundary.plan_id)
        statement = statement.where(here < key if descending else here > key)
    return _in_order(statement, due_at, plan_id, descending).limit(fixed(size))


def _in_order(statement: Rows, due_at: Any, plan_id: Any, descending: bool) -> Rows:
    if descending:
        return statement.order_by(due_at.desc(), plan_id.desc())
    return statement.order_by(due_at, plan_id)


def _limits(
    wanted: Wanted, boundary: Boundary | None, descending: bool, due_at: Any
) -> list[Condition]:
    """The ends of the list; where a page begins at a key, this is its end.

    With both SQLite might begin at the list's own.
    """
    limits = []
    if wanted.due_from is not None and (boundary is None or descending):
        limits.append(due_at >= wanted.due_from)
    if wanted.due_before is not None and (boundary is None or not descending):
        limits.append(due_at < wanted.due_before)
    return limits


def _counted(scan: Scan, wanted: Wanted) -> Select[int, int]:
    due_at = scan.table.due_at
    rows = select(
        scan.table.insurer_id, scan.plan_id.label("id"), scan.table.due_at.label("due_at")
    ).where(*scan.conditions, *_limits(wanted, None, False, due_at))
    is_walked = wanted.free_at is not None
    if not is_walked:
        seen = rows.where(*scan.others).limit(fixed(TOTAL_MAX + 1)).subquery()
        return select(func.count().label("fitting"), func.count().label("seen")).select_from(seen)
    seen = _in_order(rows, due_at, scan.plan_id, False).limit(fixed(TOTAL_MAX + 1)).subquery()
    fits = and_(true(), *_row_by_row(wanted, seen.c))
    return select(
        func.sum(case((fits, 1), else_=0)).label("fitting"), func.count().label("seen")
    ).select_from(seen)


def _scans(wanted: Wanted) -> list[Scan]:
    """What begins each scan; the insurers are a part of the index wherever plans are many."""
    plan = TreatmentPlan
    if wanted.insurer_ids == ():
        return [Scan((false(),))]
    if wanted.number is not None:
        person = select(Person.id).where(Person.national_code == wanted.number).scalar_subquery()
        found = (plan.number == wanted.number, plan.person_id == person)
        return [Scan((condition,), _of_insurers(wanted, plan)) for condition in found]
    if wanted.name_key is not None:
        people = people_named(wanted.name_key, limit=PEOPLE_MAX)
        return [Scan((plan.person_id.in_(people),), _of_insurers(wanted, plan))]
    if wanted.seated_id is not None:
        return _of_seats(wanted, wanted.seated_id)
    if wanted.needs_chair:
        return [Scan((CHAIRED,), _of_insurers(wanted, plan))]
    conditions = (FREE,) if wanted.free_at is not None else (plan.state == wanted.state,)
    others = tuple(_row_by_row(wanted, plan))
    if wanted.insurer_ids is None or len(wanted.insurer_ids) > BRANCHES_MAX:
        return [Scan(conditions, (*_of_insurers(wanted, plan), *others))]
    return [
        Scan((plan.insurer_id == insurer_id, *conditions), others)
        for insurer_id in wanted.insurer_ids
    ]


def _of_seats(wanted: Wanted, member_id: int) -> list[Scan]:
    """The seats where his vote is waited for, and where he voted as well, if that is wanted."""
    seat = PlanSeat
    own, others = (seat.member_id == member_id, OPEN_SEAT), _of_insurers(wanted, seat)
    held = (*others, seat.held_until_at > wanted.seated_at)
    waiting = Scan((*own, seat.has_voted.is_(False)), held, seat)
    if wanted.has_voted:
        return [waiting, Scan((*own, seat.has_voted.is_(True)), others, seat)]
    return [waiting]


def _of_insurers(wanted: Wanted, table: Any) -> tuple[Condition, ...]:
    if wanted.insurer_ids is None:
        return ()
    return (unindexed(table.insurer_id).in_(wanted.insurer_ids),)


def _row_by_row(wanted: Wanted, plan: Any) -> list[Condition]:
    """What is answered from the index's other columns, or from the open seats."""
    conditions: list[Condition] = []
    if wanted.limit_from is not None:
        conditions.append(plan.limit_at >= wanted.limit_from)
    if wanted.limit_before is not None:
        conditions.append(plan.limit_at < wanted.limit_before)
    if wanted.free_at is not None:
        is_held = exists().where(
            PlanSeat.insurer_id == plan.insurer_id,
            PlanSeat.plan_id == plan.id,
            PlanSeat.held_until_at > wanted.free_at,
            OPEN_SEAT,
        )
        conditions.append(~is_held)
    if wanted.short_for is not None and wanted.short_at is not None:
        conditions += [
            plan.votes < plan.panel_quorum,
            _seats_taken(plan, wanted.short_at) < plan.panel_quorum,
            ~_has_done(plan, wanted.short_for),
        ]
    return conditions


def _seats_taken(plan: Any, at: datetime) -> ColumnElement[int]:
    """How many members of a plan's present panel voted or hold a seat then."""
    return (
        select(func.count())
        .where(
            PlanSeat.insurer_id == plan.insurer_id,
            PlanSeat.plan_id == plan.id,
            OPEN_SEAT,
            or_(PlanSeat.has_voted.is_(True), PlanSeat.held_until_at > at),
        )
        .correlate(plan)
        .scalar_subquery()
    )


def _has_done(plan: Any, member_id: int) -> Condition:
    """The member voted in the present round, or was replaced in it."""
    return exists().where(
        PlanSeat.insurer_id == plan.insurer_id,
        PlanSeat.plan_id == plan.id,
        PlanSeat.round == plan.round,
        PlanSeat.member_id == member_id,
        or_(PlanSeat.has_voted.is_(True), PlanSeat.ended_at.is_not(None)),
    )
