"""People by the beginning of a name."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select, union

from workbench.db.models import Person
from workbench.db.queries.listed import fixed

NAMES_MAX = 1_000  # a name of fewer people is looked up by person, a commoner one along the queue
LAST_CHARACTER = "\uffff"


def count_people_named(name_key: str) -> Select[int]:
    """How many people a name prefix fits, counted up to ``NAMES_MAX`` + 1."""
    found = people_named(name_key, limit=NAMES_MAX + 1).subquery()
    return select(func.count()).select_from(found)


def people_named(name_key: str, *, limit: int) -> Select[int]:
    """The people whose family or first name begins with ``name_key`` (normalised)."""
    columns = (Person.search_key, Person.first_search_key)
    halves = [
        # In the order of its index, or PostgreSQL gathers all of a common name for the first few.
        select(Person.id)
        .where(begins(column, name_key))
        .order_by(column)
        .limit(fixed(limit))
        .subquery()
        for column in columns
    ]
    found = union(*(select(half.c.id) for half in halves)).subquery()
    return select(found.c.id).limit(fixed(limit))


def begins(column: Any, prefix: str) -> ColumnElement[bool]:
    """The range of an index that holds everything beginning with ``prefix``."""
    return and_(column >= prefix, column < prefix + LAST_CHARACTER)
