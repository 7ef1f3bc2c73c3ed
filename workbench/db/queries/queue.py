"""The queue: claims of some states in the order of their deadline, by key, never by OFFSET.

Every page is a union of short index scans, one per state (an ``IN`` over states would lose the
order of the index), whose keys are then joined to what a row shows. One condition drives each scan;
the others are kept from the planner's indexes by ``unindexed``, so that it cannot choose to sort a
whole state instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    exists,
    false,
    func,
    or_,
    select,
    true,
    tuple_,
    union,
    union_all,
)

from workbench.db.models import Batch, Claim, Person, WorkCounter
from workbench.db.queries.listed import Rows, claim_keys, listed

TOTAL_MAX = 1_000
NAMES_MAX = 1_000  # a name of fewer people is looked up by person, a commoner one along the queue
BRANCHES_MAX = 60
LAST_CHARACTER = "\uffff"

Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which claims a page is about; None does not limit. ``insurer_ids`` None: all insurers."""

    states: tuple[str, ...]
    insurer_ids: tuple[int, ...] | None = None
    centre_id: int | None = None
    assignee_id: int | None = None
    free_at: datetime | None = None
    kind: str | None = None
    registered_before: datetime | None = None
    due_before: datetime | None = None
    amount_from_rial: int | None = None
    amount_to_rial: int | None = None
    has_finding: bool | None = None
    is_second_round: bool | None = None
    number: str | None = None
    name_key: str | None = None
    is_common_name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Boundary:
    """The key of the row that a page begins behind (or ends before)."""

    due_at: datetime | None
    claim_id: int


def queue_rows(wanted: Wanted, boundary: Boundary | None, *, descending: bool, size: int) -> Rows:
    """The rows of one page in their order, ``size`` at most."""
    scans = [
        _in_order(scan, descending).limit(size).subquery()
        for scan in _scans(wanted, boundary, descending=descending)
    ]
    keys = _united(wanted, scans)
    order = [keys.c.due_at, keys.c.id]
    return listed(keys).order_by(*(c.desc() if descending else c.asc() for c in order)).limit(size)


def queue_total(wanted: Wanted) -> Select[int, int]:
    """How many rows fit among the first ``TOTAL_MAX`` + 1 of each scan, and the longest scan.

    A scan longer than ``TOTAL_MAX`` was cut off: there may be more. Without the cut a rare filter
    would read every open claim for the sake of a number.
    """
    counts = [_counted(wanted, driver, done) for driver, done in _drivers(wanted)]
    parts = (union_all(*counts) if len(counts) > 1 else counts[0]).subquery()
    return select(
        func.coalesce(func.sum(parts.c.fitting), 0), func.coalesce(func.max(parts.c.seen), 0)
    )


def _counted(wanted: Wanted, driver: Conditions, done: frozenset[str]) -> Select[int, int]:
    scan = select(*_columns_asked(wanted, done)).where(*driver)
    if wanted.due_before is not None and "state" in done:
        scan = scan.where(Claim.due_at < wanted.due_before)
    if "state" in done:
        scan = _in_order(scan, descending=False)
    seen = scan.limit(TOTAL_MAX + 1).subquery()
    fits = and_(true(), *_others(wanted, done, seen.c))
    if wanted.due_before is not None:
        fits = and_(fits, seen.c.due_at < wanted.due_before)
    return select(
        func.sum(case((fits, 1), else_=0)).label("fitting"), func.count().label("seen")
    ).select_from(seen)


def _columns_asked(wanted: Wanted, done: frozenset[str]) -> list[Any]:
    """The columns that the filters look at: with none of them the index alone is read."""
    asked = {
        Claim.state: "state" not in done,
        Claim.insurer_id: wanted.insurer_ids is not None and "insurer" not in done,
        Claim.centre_id: wanted.centre_id is not None and "centre" not in done,
        Claim.assignee_id: wanted.assignee_id is not None or wanted.free_at is not None,
        Claim.lease_until_at: wanted.free_at is not None,
        Claim.kind: wanted.kind is not None,
        Claim.registered_at: wanted.registered_before is not None,
        Claim.cost_rial: wanted.amount_from_rial is not None or wanted.amount_to_rial is not None,
        Claim.open_finding_count: wanted.has_finding is not None,
        Claim.round: wanted.is_second_round is not None,
        Claim.person_id: wanted.name_key is not None and "name" not in done,
    }
    return [Claim.id, Claim.due_at, *(column for column, is_asked in asked.items() if is_asked)]


def state_counts(insurer_ids: Sequence[int] | None) -> Rows:
    """Insurer, state and how many claims stand in it, from the counters."""
    statement = select(
        WorkCounter.insurer_id, WorkCounter.state, func.sum(WorkCounter.count).label("count")
    ).group_by(WorkCounter.insurer_id, WorkCounter.state)
    if insurer_ids is not None:
        statement = statement.where(WorkCounter.insurer_id.in_(insurer_ids))
    return statement


def count_people_named(name_key: str) -> Select[int]:
    """How many people a name prefix fits, counted up to ``NAMES_MAX`` + 1."""
    found = people_named(name_key, limit=NAMES_MAX + 1).subquery()
    return select(func.count()).select_from(found)


def people_named(name_key: str, *, limit: int) -> Select[int]:
    """The people whose family or first name begins with ``name_key`` (normalised)."""
    columns = (Person.search_key, Person.first_search_key)
    halves = [
        select(Person.id).where(begins(column, name_key)).limit(limit).subquery()
        for column in columns
    ]
    return select(union(*(select(half.c.id) for half in halves)).subquery().c.id).limit(limit)


def begins(column: Any, prefix: str) -> ColumnElement[bool]:
    """The range of an index that holds everything beginning with ``prefix``."""
    return and_(column >= prefix, column < prefix + LAST_CHARACTER)


def unindexed(column: Any) -> ColumnElement[Any]:
    """The column as an expression, which no index serves."""
    return func.coalesce(column, column)


def _united(wanted: Wanted, scans: Sequence[Subquery]) -> Subquery:
    if len(scans) == 1:
        return scans[0]
    parts = [select(scan) for scan in scans]
    may_repeat = wanted.number is not None
    return (union(*parts) if may_repeat else union_all(*parts)).subquery()


def _scans(
    wanted: Wanted, boundary: Boundary | None = None, *, descending: bool = False
) -> list[Rows]:
    scans = []
    for driver, done in _drivers(wanted):
        # Only the indexes of a state go on with the deadline.
        due_at = Claim.due_at if "state" in done else unindexed(Claim.due_at)
        conditions = [*driver, *_others(wanted, done), *_behind(boundary, due_at, descending)]
        if wanted.due_before is not None:
            conditions.append(due_at < wanted.due_before)
        scans.append(claim_keys().where(*conditions))
    return scans


def _behind(boundary: Boundary | None, due_at: Any, descending: bool) -> list[ColumnElement[bool]]:
    if boundary is None:
        return []
    if boundary.due_at is None:
        is_behind = Claim.id < boundary.claim_id if descending else Claim.id > boundary.claim_id
        return [Claim.due_at.is_(None), is_behind]
    key, bound = tuple_(due_at, Claim.id), (boundary.due_at, boundary.claim_id)
    return [key < bound if descending else key > bound]


def _in_order(scan: Rows, descending: bool) -> Rows:
    columns = (Claim.due_at, Claim.id)
    return scan.order_by(*(c.desc() if descending else c.asc() for c in columns))


def _drivers(wanted: Wanted) -> list[tuple[Conditions, frozenset[str]]]:
    """What begins each scan, and which filters that settles."""
    if wanted.insurer_ids == ():
        return [((false(),), frozenset())]
    if wanted.number is not None:
        return [((found,), frozenset({"number"})) for found in _found_by(wanted.number)]
    if wanted.name_key is not None and not wanted.is_common_name:
        people = people_named(wanted.name_key, limit=NAMES_MAX)
        return [((Claim.person_id.in_(people),), frozenset({"name"}))]
    if wanted.assignee_id is not None:
        return _each_state(wanted, Claim.assignee_id == wanted.assignee_id, "assignee")
    if wanted.centre_id is not None:
        return _each_state(wanted, Claim.centre_id == wanted.centre_id, "centre")
    insurer_ids = wanted.insurer_ids or ()
    if insurer_ids and len(insurer_ids) * len(wanted.states) <= BRANCHES_MAX:
        return [
            driver
            for insurer_id in insurer_ids
            for driver in _each_state(wanted, Claim.insurer_id == insurer_id, "insurer")
        ]
    return [((Claim.state == state,), frozenset({"state"})) for state in wanted.states]


def _each_state(
    wanted: Wanted, condition: ColumnElement[bool], name: str
) -> list[tuple[Conditions, frozenset[str]]]:
    done = frozenset({name, "state"})
    return [((condition, Claim.state == state), done) for state in wanted.states]


def _found_by(number: str) -> list[ColumnElement[bool]]:
    """The claims of a case number, tracking code, batch or national code; one index each."""
    person = select(Person.id).where(Person.national_code == number).scalar_subquery()
    batches = select(Batch.insurer_id, Batch.id).where(Batch.acceptance_number == number)
    return [
        Claim.number == number,
        Claim.tracking_code == number,
        Claim.person_id == person,
        tuple_(Claim.insurer_id, Claim.batch_id).in_(batches),
    ]


def _others(wanted: Wanted, done: frozenset[str], claim: Any = Claim) -> list[ColumnElement[bool]]:
    """All filters that the driver has not settled; ``claim`` may be a subquery's columns."""
    conditions: list[ColumnElement[bool]] = []
    if "state" not in done:
        conditions.append(unindexed(claim.state).in_(wanted.states))
    if wanted.insurer_ids is not None and "insurer" not in done:
        conditions.append(unindexed(claim.insurer_id).in_(wanted.insurer_ids))
    if wanted.centre_id is not None and "centre" not in done:
        conditions.append(unindexed(claim.centre_id) == wanted.centre_id)
    if wanted.assignee_id is not None and "assignee" not in done:
        conditions.append(unindexed(claim.assignee_id) == wanted.assignee_id)
    if wanted.name_key is not None and "name" not in done:
        conditions.append(_is_named(wanted.name_key, claim))
    return conditions + _plain(wanted, claim)


def _is_named(name_key: str, claim: Any) -> ColumnElement[bool]:
    names = or_(
        begins(unindexed(Person.search_key), name_key),
        begins(unindexed(Person.first_search_key), name_key),
    )
    return exists().where(Person.id == unindexed(claim.person_id), names)


def _plain(wanted: Wanted, claim: Any) -> list[ColumnElement[bool]]:
    """Filters on columns that no index begins with."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.free_at is not None:
        conditions.append(is_free_at(wanted.free_at, claim))
    if wanted.kind is not None:
        conditions.append(claim.kind == wanted.kind)
    if wanted.registered_before is not None:
        conditions.append(claim.registered_at < wanted.registered_before)
    if wanted.amount_from_rial is not None:
        conditions.append(claim.cost_rial >= wanted.amount_from_rial)
    if wanted.amount_to_rial is not None:
        conditions.append(claim.cost_rial <= wanted.amount_to_rial)
    if wanted.has_finding is not None:
        conditions.append(
            claim.open_finding_count > 0 if wanted.has_finding else claim.open_finding_count == 0
        )
    if wanted.is_second_round is not None:
        conditions.append(claim.round > 1 if wanted.is_second_round else claim.round == 1)
    return conditions


def is_free_at(now: datetime, claim: Any = Claim) -> ColumnElement[bool]:
    """Nobody holds the claim at ``now``."""
    return or_(claim.assignee_id.is_(None), claim.lease_until_at <= now)
