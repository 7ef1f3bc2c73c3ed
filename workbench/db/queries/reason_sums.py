"""What was deducted by reason: of closed days as summed, of the others by their lines."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Subquery, func, literal, select, union_all
from sqlalchemy.orm import Session

from workbench.db.models import ClaimStep, LineDeduction, Reason, ReasonSum
from workbench.db.models.step_sum import DAY, MONTH
from workbench.db.queries.deductions import with_deductions
from workbench.db.queries.step_sums import (
    SCOPE_KEYS,
    key_of,
    pieces,
    plainly,
    scope_of,
    whole,
    within_sums,
)
from workbench.db.queries.throughput import Counted, limited
from workbench.rules.steps import FINISH


def reasons(session: Session, counted: Counted) -> list[Any]:
    """Reason, its titles, rials and how many lines, the largest sum first."""
    source = _source(session, counted, None)
    found = (
        select(
            source.c.reason,
            whole(source.c.amount_rial).label("amount_rial"),
            whole(source.c.lines).label("lines"),
        )
        .group_by(source.c.reason)
        .subquery()
    )
    statement = select(*found.c, Reason.title_fa, Reason.title_en).join(
        Reason, Reason.code == found.c.reason
    )
    return list(session.execute(statement.order_by(found.c.amount_rial.desc(), found.c.reason)))


def part_reasons(session: Session, group: str, counted: Counted) -> list[Any]:
    """Key, reason and rials: what each is deducted for."""
    source = _source(session, counted, group)
    key = key_of(source, group)
    statement = select(key, source.c.reason, whole(source.c.amount_rial).label("amount_rial"))
    return list(session.execute(statement.group_by(key, source.c.reason)))


def _source(session: Session, counted: Counted, group: str | None) -> Subquery:
    """The pieces of the period, one under another, still to be summed."""
    scope = scope_of(counted, group)
    found = pieces(session, counted) if scope else plainly(counted)
    key = scope[1] if scope else SCOPE_KEYS.get(group or "", literal(0))
    statements = [
        _by_lines(replace(counted, first_day=first, last_day=last), key)
        for first, last in found.plain or ((1, 0),)
    ]
    names = ("key", "insurer_id", "reason", "amount_rial", "lines")
    columns = [getattr(ReasonSum, name) for name in names]
    for span, ranges in ((DAY, found.days), (MONTH, found.months)):
        for first, last in ranges:
            assert scope is not None
            chosen = within_sums(select(*columns), ReasonSum, counted, scope[0], scope[2])
            statements.append(
                chosen.where(ReasonSum.span == span, ReasonSum.span_at.between(first, last))
            )
    return union_all(*statements).subquery()


def _by_lines(counted: Counted, key: Any) -> Any:
    columns = (
        key.label("key"),
        ClaimStep.insurer_id.label("insurer_id"),
        LineDeduction.reason.label("reason"),
        LineDeduction.amount_rial.label("amount_rial"),
        LineDeduction.line_id.label("line_id"),
    )
    deducted = with_deductions(select(*columns)).where(LineDeduction.amount_rial > 0)
    lines = limited(deducted, counted, (FINISH,)).subquery()
    by = (lines.c.key, lines.c.insurer_id, lines.c.reason)
    sums = func.sum(lines.c.amount_rial), func.count(lines.c.line_id.distinct()).label("lines")
    return select(*by, sums[0].label("amount_rial"), sums[1]).group_by(*by)
