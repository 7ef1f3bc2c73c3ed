"""What every list of claims shows: the columns, joined to keys that were found by an index."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    func,
    literal,
    literal_column,
    select,
    union_all,
)

from workbench.db.models import Centre, Claim, Insurer, Person, User

Rows = Select[*tuple[Any, ...]]


def listed(keys: Subquery) -> Rows:
    """What a list shows of the claims in ``keys`` (``insurer_id``, ``id``), joined by key."""
    return (
        select(
            Claim.insurer_id,
            Claim.id,
            Claim.number,
            Claim.kind,
            Claim.state,
            Claim.round,
            Claim.due_at,
            Claim.registered_at,
            Claim.finished_at,
            Person.first_name,
            Person.last_name,
            Person.national_code,
            Centre.name.label("centre_name"),
            Insurer.name.label("insurer_name"),
            Claim.service_groups,
            Claim.line_count,
            Claim.image_count,
            Claim.open_finding_count,
            Claim.cost_rial,
            Claim.technical_deduction_rial,
            Claim.payable_rial,
            Claim.assignee_id,
            User.display_name.label("assignee_name"),
            Claim.lease_until_at,
            Claim.park_reason,
            Claim.park_until_on,
        )
        .select_from(keys)
        .join(Claim, and_(Claim.insurer_id == keys.c.insurer_id, Claim.id == keys.c.id))
        .join(Person, Person.id == Claim.person_id)
        .join(Centre, Centre.id == Claim.centre_id)
        .join(Insurer, Insurer.id == Claim.insurer_id)
        .outerjoin(User, User.id == Claim.assignee_id)
    )


def claim_keys() -> Rows:
    """The columns that ``listed`` and the order of the queue need."""
    return select(Claim.insurer_id, Claim.id, Claim.due_at)


def named_keys(claim_keys: Iterable[tuple[int, int]]) -> Subquery:
    """Known keys (insurer, claim) as a table to join; not for more than a page of them."""
    rows = [
        select(literal(insurer_id).label("insurer_id"), literal(claim_id).label("id"))
        for insurer_id, claim_id in claim_keys
    ]
    return union_all(*rows).subquery()


def fixed(limit: int) -> ColumnElement[int]:
    """A limit written into the statement: the planner of SQLite overlooks one that is a parameter.

    It then takes a page of keys for a whole state and joins from the other end.
    """
    return literal_column(str(limit), Integer)


def unindexed(column: Any) -> ColumnElement[Any]:
    """The column as an expression, which no index serves."""
    return func.coalesce(column, column)
