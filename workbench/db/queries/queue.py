"""The queue: claims of some states in the order of their deadline, by key, never by OFFSET.

Every page is a union of short index scans (an ``IN`` over states would lose the order of an
index), whose keys are then joined to what a row shows. Open claims are few and lie in covering
indexes: a filter that no index begins with is answered from the index alone. One condition drives
each scan; the others are kept from the planner's indexes by ``unindexed``, so that it cannot choose
to sort a whole state instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    Subquery,
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

from workbench.db.models import Batch, Claim, Person
from workbench.db.queries.listed import Rows, claim_keys, fixed, listed, unindexed
from workbench.db.queries.names import NAMES_MAX, begins, people_named
from workbench.rules.workflow import OPEN_STATES

TOTAL_MAX = 1_000
BRANCHES_MAX = 60

Conditions = tuple[ColumnElement[bool] | TextClause, ...]


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


@dataclass(frozen=True, slots=True)
class Driver:
    """What one scan goes by, which filters that settles, and whether it is in queue order."""

    conditions: Conditions
    done: frozenset[str]
    is_ordered: bool = True


def queue_rows(wanted: Wanted, boundary: Boundary | None, *, descending: bool, size: int) -> Rows:
    """The rows of one page in their order, ``size`` at most."""
    scans = [
        _in_order(_scan(wanted, driver, boundary, descending), descending)
        .limit(fixed(size))
        .subquery()
        for driver in _drivers(wanted)
    ]
    keys = _united(wanted, scans)
    order = [keys.c.due_at, keys.c.id]
    return _ordered(listed(keys), order, descending).limit(fixed(size))


def queue_total(wanted: Wanted) -> Select[int, int]:
    """How many rows fit among the first ``TOTAL_MAX`` + 1 of each scan, and the longest scan.

    A scan longer than ``TOTAL_MAX`` was cut off: there may be more. Without the cut a rare filter
    would read every open claim for the sake of a number.
    """
    counts = [_counted(wanted, driver) for driver in _drivers(wanted)]
    parts = (union_all(*counts) if len(counts) > 1 else counts[0]).subquery()
    return select(
        func.coalesce(func.sum(parts.c.fitting), 0), func.coalesce(func.max(parts.c.seen), 0)
    )


def _counted(wanted: Wanted, driver: Driver) -> Select[int, int]:
    scan = select(*_columns_asked(wanted, driver.done)).where(*driver.conditions)
    if wanted.due_before is not None and driver.is_ordered:
        scan = scan.where(Claim.due_at < wanted.due_before)
    if driver.is_ordered:
        scan = _in_order(scan, descending=False)
    seen = scan.limit(fixed(TOTAL_MAX + 1)).subquery()
    fits = and_(true(), *_others(wanted, driver.done, seen.c))
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


def _united(wanted: Wanted, scans: Sequence[Subquery]) -> Subquery:
    if len(scans) == 1:
        return scans[0]
    parts = [select(scan) for scan in scans]
    may_repeat = wanted.number is not None
    return (union(*parts) if may_repeat else union_all(*parts)).subquery()


def _scan(wanted: Wanted, driver: Driver, boundary: Boundary | None, descending: bool) -> Rows:
    # An index that is not in queue order must not be left for the sake of the deadline.
    due_at = Claim.due_at if driver.is_ordered else unindexed(Claim.due_at)
    conditions = [
        *driver.conditions,
        *_others(wanted, driver.done),
        *_behind(boundary, due_at, descending),
    ]
    if wanted.due_before is not None:
        conditions.append(due_at < wanted.due_before)
    return claim_keys().where(*conditions)


def _behind(boundary: Boundary | None, due_at: Any, descending: bool) -> list[ColumnElement[bool]]:
    if boundary is None:
        return []
    if boundary.due_at is None:
        is_behind = Claim.id < boundary.claim_id if descending else Claim.id > boundary.claim_id
        return [Claim.due_at.is_(None), is_behind]
    key, bound = tuple_(due_at, Claim.id), (boundary.due_at, boundary.claim_id)
    return [key < bound if descending else key > bound]


def _in_order(scan: Rows, descending: bool) -> Rows:
    return _ordered(scan, (Claim.due_at, Claim.id), descending)


def _ordered(statement: Rows, columns: Sequence[Any], descending: bool) -> Rows:
    return statement.order_by(*(c.desc() if descending else c.asc() for c in columns))


def _drivers(wanted: Wanted) -> list[Driver]:
    """What begins each scan, and which filters that settles."""
    if wanted.insurer_ids == ():
        return [Driver((false(),), frozenset())]
    if wanted.number is not None:
        return [
            Driver((found,), frozenset({"number"}), False) for found in _found_by(wanted.number)
        ]
    if wanted.name_key is not None and not wanted.is_common_name:
        people = people_named(wanted.name_key, limit=NAMES_MAX)
        return [Driver((Claim.person_id.in_(people),), frozenset({"name"}), False)]
    if wanted.assignee_id is not None:
        return _each_state(wanted, "assignee", Claim.assignee_id == wanted.assignee_id)
    if wanted.centre_id is not None:
        return _each_state(wanted, "centre", Claim.centre_id == wanted.centre_id)
    if _is_about_open_ones(wanted):
        return _open_lists(wanted)
    insurer_ids = wanted.insurer_ids or ()
    if insurer_ids and len(insurer_ids) * len(wanted.states) <= BRANCHES_MAX:
        return [
            driver
            for insurer_id in insurer_ids
            for driver in _each_state(wanted, "insurer", Claim.insurer_id == insurer_id)
        ]
    return [Driver((Claim.state == state,), frozenset({"state"})) for state in wanted.states]


def _is_about_open_ones(wanted: Wanted) -> bool:
    """Several open states, or one with a filter beyond state and insurer."""
    if not OPEN_STATES.issuperset(wanted.states):
        return False
    return len(wanted.states) > 1 or wanted.name_key is not None or bool(_plain(wanted, Claim))


def _open_lists(wanted: Wanted) -> list[Driver]:
    """The covering indexes of open claims: the filters are answered from the index alone."""
    done = frozenset({"state"} if OPEN_STATES.issubset(wanted.states) else ())
    insurer_ids = wanted.insurer_ids or ()
    if not insurer_ids or len(insurer_ids) > BRANCHES_MAX:
        return [Driver((text("claim.is_open"),), done)]
    return [
        Driver((Claim.insurer_id == insurer_id, text("claim.is_open")), done | {"insurer"})
        for insurer_id in insurer_ids
    ]


def _each_state(wanted: Wanted, name: str, condition: ColumnElement[bool]) -> list[Driver]:
    done = frozenset({name, "state"})
    return [Driver((condition, Claim.state == state), done) for state in wanted.states]


def _found_by(number: str) -> list[ColumnElement[bool]]:
    """The claims of a case number, tracking code, batch or national code; one index each."""
    person = select(Person.id).where(Person.national_code == number).scalar_subquery()
    batches = select(Batch).where(Batch.acceptance_number == number)
    is_in_batch = and_(
        Claim.insurer_id.in_(batches.with_only_columns(Batch.insurer_id)),
        Claim.batch_id.in_(batches.with_only_columns(Batch.id)),
    )
    return [
        Claim.number == number,
        Claim.tracking_code == number,
        Claim.person_id == person,
        is_in_batch,
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
