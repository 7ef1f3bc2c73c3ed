"""The tables of the rules as they stand: what each says from when to when, and who changed it.

Nothing is edited: a published change ends rows the day before it begins and adds others, and the
whole table is kept as it then stands (``RuleTable``; written by ``change_applying``). Open cases
are judged anew when they are next read; what the queue counts of them follows soon behind.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import RuleTable, User
from workbench.db.rule_parameters import parameters_of, rows_of
from workbench.errors import Refused
from workbench.rules.changes import ENDLESS, TABLES
from workbench.rules.parameters import Parameters, load_parameters
from workbench.services.access import Actor, require
from workbench.services.catalogue.rule_checks import Known, read_known
from workbench.services.claims.finding_counts import Touched, count_open

HISTORY_MAX = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """One recorded change of a table: when, by whom, why, and the rows it added or ended."""

    table: str
    at: datetime
    by: str
    reason: str
    rows: tuple[Any, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTables:
    """The tables as they stand, what their rows may name, and the newest changes."""

    parameters: Parameters
    known: Known
    history: tuple[TableChange, ...]

    def rows(self, table: str) -> tuple[Any, ...]:
        """The rows of a table, in the order of their places."""
        return tuple(getattr(self.parameters, table))


def read_rule_tables(session: Session, actor: Actor) -> RuleTables:
    """The tables in force with their history."""
    require(actor, "catalogue.read")
    return RuleTables(
        parameters=parameters_of(session), known=read_known(session), history=_history(session)
    )


def count_touched(
    session: Session,
    actor: Actor,
    table: str,
    groups: Sequence[str],
    *,
    replaces: int | None = None,
) -> int:
    """How many open cases a change would touch, before it is proposed.

    ``groups`` are those of the new row, ``replaces`` the place of the row it ends (or that ends):
    the cases of both are counted, each once. Refused: ``rule_row_gone``.
    """
    require(actor, "catalogue.propose")
    former = () if replaces is None else row_at(session, table, replaces).groups
    return count_open(session, Touched(groups=frozenset({*groups, *former})))


def row_at(session: Session, table: str, place: int) -> Any:
    """The row at a place that is in force without an end; refused: ``rule_row_gone``."""
    rows = getattr(parameters_of(session), table) if table in TABLES else ()
    if table in ENDLESS or not 0 <= place < len(rows) or rows[place].valid_until is not None:
        raise Refused("rule_row_gone")
    return rows[place]


def _history(session: Session) -> tuple[TableChange, ...]:
    rows = session.execute(
        select(RuleTable, User.display_name)
        .join(User, User.id == RuleTable.recorded_by_id)
        .order_by(RuleTable.id.desc())
        .limit(HISTORY_MAX)
    ).all()
    kept = {name: _rows_before(session, name) for name in {row.name for row, _by in rows}}
    changes = []
    for row, name in reversed(rows):
        present = rows_of(row)
        added = tuple(each for each in present if each not in kept[row.name])
        kept[row.name] = present
        changes.append(
            TableChange(table=row.name, at=row.recorded_at, by=name, reason=row.reason, rows=added)
        )
    return tuple(reversed(changes))


def _rows_before(session: Session, table: str) -> tuple[Any, ...]:
    """The rows of a table before the oldest change that the history still shows."""
    shown = select(RuleTable.id).order_by(RuleTable.id.desc()).limit(HISTORY_MAX).subquery()
    before = session.scalars(
        select(RuleTable)
        .where(RuleTable.name == table, RuleTable.id.not_in(select(shown.c.id)))
        .order_by(RuleTable.id.desc())
        .limit(1)
    ).first()
    return rows_of(before) if before else tuple(getattr(load_parameters(), table))
