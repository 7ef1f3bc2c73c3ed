"""The constants of the rules as they hold now: the shipped ones, with the tables a published
change put in their place."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session

from workbench.db.models import RuleTable
from workbench.rules.changes import TABLES
from workbench.rules.parameters import Parameters, load_parameters
from workbench.rules.plain import from_plain

_NEWEST = select(RuleTable.name, func.max(RuleTable.id).label("id")).group_by(RuleTable.name)
_ROWS = select(RuleTable.name, RuleTable.rows)
BUILT_MAX = 8

_built: dict[tuple[int, ...], Parameters] = {}


def parameters_of(session: Session) -> Parameters:
    """The parameters as they hold now; built once for each newest row of the tables."""
    newest = tuple(sorted(row.id for row in session.connection().execute(_NEWEST)))
    if not newest:
        return load_parameters()
    known = _built.get(newest)
    if known is None:
        known = _with_tables(session.execute(_ROWS.where(RuleTable.id.in_(newest))).all())
        if len(_built) >= BUILT_MAX:
            _built.clear()
        _built[newest] = known
    return known


def _with_tables(rows: Any) -> Parameters:
    """The shipped parameters with whole tables in place of theirs."""
    return replace(load_parameters(), **{row.name: rows_of(row) for row in rows})


def rows_of(row: Row[Any] | RuleTable) -> tuple[Any, ...]:
    """The rows of a kept table as the rules read them."""
    return tuple(from_plain(TABLES[row.name], each) for each in row.rows)
