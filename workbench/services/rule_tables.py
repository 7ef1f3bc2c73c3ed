"""The tables of the rules an administrator may change: needed documents, re-treatment intervals.

Nothing is edited: a change ends the row in force the day before and adds one, and the whole table
is kept as it then stands (``RuleTable``). Open cases are judged anew when they are next read; what
the queue counts of them follows soon behind (``finding_counts``).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Reason, RuleTable, Service, User, new_id
from workbench.db.rule_parameters import KINDS, parameters_of, rows_of
from workbench.errors import Refused
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.parameters import (
    EvidenceNeed,
    Overlap,
    RetreatmentInterval,
    load_parameters,
)
from workbench.rules.plain import to_plain
from workbench.services import audit
from workbench.services.access import Actor, require
from workbench.services.finding_counts import count_billing, mark_billing

STREAM = "rules"
NEEDS, INTERVALS = "evidence_needs", "retreatment_intervals"
MONTHS_MAX = 600
UNITS_MAX = 100
YEARS_MAX = 120
HISTORY_MAX = 50
REASON_LETTERS_MIN = 3

Rule = EvidenceNeed | RetreatmentInterval


@dataclass(frozen=True, slots=True, kw_only=True)
class TableChange:
    """One recorded change of a table: when, by whom, why, and the rows it added or ended."""

    table: str
    at: datetime
    by: str
    reason: str
    rows: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTables:
    """The tables as they stand, the groups and reasons to choose from, and the newest changes."""

    needs: tuple[EvidenceNeed, ...]
    intervals: tuple[RetreatmentInterval, ...]
    groups: tuple[str, ...]
    defects: tuple[str, ...]
    reasons: tuple[str, ...]
    history: tuple[TableChange, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """What was kept; ``open_cases``: so many that are not ended bill a group that it touches."""

    row: Rule
    open_cases: int


def read_rule_tables(session: Session, actor: Actor) -> RuleTables:
    """The tables in force with their history."""
    require(actor, "rules.manage")
    parameters = parameters_of(session)
    return RuleTables(
        needs=parameters.evidence_needs,
        intervals=parameters.retreatment_intervals,
        groups=_groups(session),
        defects=_reasons(session, "defect"),
        reasons=_reasons(session, "deduction"),
        history=_history(session),
    )


def count_open_cases(session: Session, actor: Actor, groups: Sequence[str]) -> int:
    """How many cases that are not ended bill a service of one of these groups."""
    require(actor, "rules.manage")
    return count_billing(session, groups)


def count_touched(
    session: Session,
    actor: Actor,
    table: str,
    groups: Sequence[str],
    *,
    replaces: int | None = None,
) -> int:
    """How many open cases a change would touch, before it is saved.

    ``groups`` are those of the new row, ``replaces`` the place of the row it ends (or that ends):
    the cases of both are counted, each once. Refused: ``rule_row_gone``.
    """
    require(actor, "rules.manage")
    former = () if replaces is None else _row_at(session, table, replaces)[1].groups
    touched = sorted({*groups, *former})
    return count_billing(session, touched) if touched else 0


def set_interval(
    session: Session,
    actor: Actor,
    row: RetreatmentInterval,
    *,
    replaces: int | None,
    reason: str,
    now: datetime,
) -> Changed:
    """Add an interval; ``replaces``: the place of the row in the table that it ends the day before.

    Refused: ``rule_reason_missing``, ``rule_group_unknown``, ``rule_months_wrong``,
    ``rule_years_wrong``, ``rule_day_wrong``, ``rule_row_gone``, ``rule_overlaps``.
    """
    require(actor, "rules.manage")
    _check_groups(session, row.groups)
    if not 1 <= row.months <= MONTHS_MAX:
        raise Refused("rule_months_wrong", most=MONTHS_MAX)
    if row.until_years is not None and not 1 <= row.until_years <= YEARS_MAX:
        raise Refused("rule_years_wrong", most=YEARS_MAX)
    assert row.scope in Overlap
    return _set(session, actor, INTERVALS, row, replaces, reason, now)


def set_need(
    session: Session,
    actor: Actor,
    row: EvidenceNeed,
    *,
    replaces: int | None,
    reason: str,
    now: datetime,
) -> Changed:
    """Add a needed document; ``replaces`` as in ``set_interval``.

    Refused besides those of ``set_interval``: ``rule_kind_missing``, ``rule_phase_missing``,
    ``rule_defect_unknown``, ``rule_deduction_unknown``, ``rule_units_wrong``.
    """
    require(actor, "rules.manage")
    _check_groups(session, row.groups)
    if not row.kinds or not set(row.kinds) <= set(EvidenceKind):
        raise Refused("rule_kind_missing")
    if not row.phases or not set(row.phases) <= set(Phase):
        raise Refused("rule_phase_missing")
    if row.defect not in _reasons(session, "defect"):
        raise Refused("rule_defect_unknown", defect=row.defect)
    if row.reason not in _reasons(session, "deduction"):
        raise Refused("rule_deduction_unknown", reason=row.reason)
    if not 0 <= row.more_than <= UNITS_MAX:
        raise Refused("rule_units_wrong", most=UNITS_MAX)
    return _set(session, actor, NEEDS, row, replaces, reason, now)


def end_row(
    session: Session,
    actor: Actor,
    table: str,
    place: int,
    *,
    last_on: date,
    reason: str,
    now: datetime,
) -> Changed:
    """End a row: ``last_on`` is the last service day it holds for.

    Refused: ``rule_reason_missing``, ``rule_row_gone``, ``rule_day_wrong``.
    """
    require(actor, "rules.manage")
    rows, row = _row_at(session, table, place)
    if last_on < row.valid_from:
        raise Refused("rule_day_wrong", first_on=row.valid_from)
    ended = replace(row, valid_until=last_on)
    rows[place] = ended
    return _keep(session, actor, table, rows, ended, "end", reason, now, row.groups)


def _set(
    session: Session,
    actor: Actor,
    table: str,
    row: Rule,
    replaces: int | None,
    reason: str,
    now: datetime,
) -> Changed:
    rows, touched = _rows(session, table), {*row.groups}
    if replaces is not None:
        rows, former = _row_at(session, table, replaces)
        touched |= {*former.groups}
        if row.valid_from <= former.valid_from:
            raise Refused("rule_day_wrong", first_on=former.valid_from + timedelta(days=1))
        rows[replaces] = replace(former, valid_until=row.valid_from - timedelta(days=1))
    if any(_contradicts(each, row) for each in rows):
        raise Refused("rule_overlaps")
    kept = [*rows, row]
    return _keep(session, actor, table, kept, row, "change", reason, now, sorted(touched))


def _contradicts(each: Rule, row: Rule) -> bool:
    """Two rows that say two things about one group on one day; different documents add up."""
    begins = max(each.valid_from, row.valid_from)
    ends = min(each.valid_until or date.max, row.valid_until or date.max)
    names = [rule.name for rule in (each, row) if isinstance(rule, EvidenceNeed)]
    is_other_document = len(set(names)) > 1
    return bool(set(each.groups) & set(row.groups)) and begins <= ends and not is_other_document


def _rows(session: Session, table: str) -> list[Any]:
    return list(getattr(parameters_of(session), table))


def _row_at(session: Session, table: str, place: int) -> tuple[list[Any], Any]:
    """The table and a row of it that is in force without an end."""
    if table not in KINDS:
        raise Refused("rule_row_gone")
    rows = _rows(session, table)
    if not 0 <= place < len(rows) or rows[place].valid_until is not None:
        raise Refused("rule_row_gone")
    return rows, rows[place]


def _keep(
    session: Session,
    actor: Actor,
    table: str,
    rows: Sequence[Rule],
    row: Rule,
    action: str,
    reason: str,
    now: datetime,
    touched: Sequence[str],
) -> Changed:
    if sum(map(str.isalnum, reason)) < REASON_LETTERS_MIN:
        raise Refused("rule_reason_missing")
    kept = RuleTable(
        id=new_id(),
        name=table,
        rows=[to_plain(each) for each in rows],
        reason=reason.strip(),
        recorded_at=now,
        recorded_by_id=actor.user_id,
    )
    session.add(kept)
    session.flush()
    open_cases = count_billing(session, touched)
    mark_billing(session, touched)
    audit.record(
        session,
        action=f"rules.{action}",
        stream=STREAM,
        actor_id=actor.user_id,
        now=now,
        row=kept.id,
        table=table,
        groups=list(row.groups),
        from_on=row.valid_from.isoformat(),
        until=row.valid_until.isoformat() if row.valid_until else None,
        open_cases=open_cases,
    )
    return Changed(row=row, open_cases=open_cases)


def _groups(session: Session) -> tuple[str, ...]:
    return tuple(session.scalars(select(Service.group).distinct().order_by(Service.group)))


def _check_groups(session: Session, groups: Sequence[str]) -> None:
    unknown = sorted(set(groups) - set(_groups(session)))
    if not groups or unknown:
        raise Refused("rule_group_unknown", group=unknown[0] if unknown else "–")


def _reasons(session: Session, kind: str) -> tuple[str, ...]:
    known = select(Reason.code).where(Reason.kind == kind, Reason.is_active)
    return tuple(session.scalars(known.where(Reason.is_computed.is_(False)).order_by(Reason.code)))


def _history(session: Session) -> tuple[TableChange, ...]:
    rows = session.execute(
        select(RuleTable, User.display_name)
        .join(User, User.id == RuleTable.recorded_by_id)
        .order_by(RuleTable.id.desc())
        .limit(HISTORY_MAX)
    ).all()
    kept = {name: _rows_before(session, name) for name in KINDS}
    changes = []
    for row, name in reversed(rows):
        present = rows_of(row)
        added = tuple(each for each in present if each not in kept[row.name])
        kept[row.name] = present
        changes.append(
            TableChange(table=row.name, at=row.recorded_at, by=name, reason=row.reason, rows=added)
        )
    return tuple(reversed(changes))


def _rows_before(session: Session, table: str) -> tuple[Rule, ...]:
    """The rows of a table before the oldest change that the history still shows."""
    shown = select(RuleTable.id).order_by(RuleTable.id.desc()).limit(HISTORY_MAX).subquery()
    before = session.scalars(
        select(RuleTable)
        .where(RuleTable.name == table, RuleTable.id.not_in(select(shown.c.id)))
        .order_by(RuleTable.id.desc())
        .limit(1)
    ).first()
    return rows_of(before) if before else tuple(getattr(load_parameters(), table))
