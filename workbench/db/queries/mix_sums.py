"""What assessors decided by service and by kind of case: of closed days as summed, else plainly.

Of one centre nothing is summed.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Subquery, case, func, literal, select, union_all
from sqlalchemy.orm import Session

from workbench.db.models import ClaimLine, ClaimStep, MixSum
from workbench.db.models.step_sum import DAY, FIRST, LATER, LINE, MONTH, OF_ASSESSOR
from workbench.db.queries.deductions import with_lines
from workbench.db.queries.listed import Rows
from workbench.db.queries.step_sums import SCOPE_KEYS, pieces, plainly, whole, within_sums
from workbench.db.queries.throughput import Counted, limited
from workbench.rules.steps import FINISH, RETURN

MIXED = ("size", "cases", "weight", "observed")


def by_assessor(session: Session, counted: Counted) -> list[Any]:
    """Assessor (somebody), unit, kind, mix and ``MIXED``: lines and decisions."""
    source = _source(session, counted, (LINE, FIRST, LATER))
    by = [source.c[name] for name in ("key", "unit", "kind", "mix")]
    sums = [whole(source.c[name]).label(name) for name in MIXED]
    statement = select(*by, *sums).where(source.c.key != 0).group_by(*by)
    return list(session.execute(statement))


def services(session: Session, counted: Counted) -> list[Any]:
    """Code as requested, decided cases with it, cost and deduction of its lines, by deduction."""
    source = _source(session, counted, (LINE,))
    deduction = whole(source.c.observed).label("technical_deduction_rial")
    cases, cost = whole(source.c.cases).label("cases"), whole(source.c.weight).label("cost_rial")
    statement = select(source.c.mix.label("key"), cases, cost, deduction).group_by(source.c.mix)
    return list(session.execute(statement.order_by(deduction.desc(), source.c.mix)))


def _source(session: Session, counted: Counted, units: Sequence[str]) -> Subquery:
    """The pieces of the period, one under another, still to be summed."""
    found = plainly(counted) if counted.centre_id is not None else pieces(session, counted)
    statements: list[Any] = []
    for first, last in found.plain or ((1, 0),):
        days = replace(counted, first_day=first, last_day=last)
        statements += [made for unit, made in mixes_of(days) if unit in units]
    names = ("key", "unit", "kind", "mix", *MIXED)
    summed = select(*(getattr(MixSum, name) for name in names)).where(MixSum.unit.in_(units))
    for span, ranges in ((DAY, found.days), (MONTH, found.months)):
        for first, last in ranges:
            chosen = within_sums(summed, MixSum, counted, None, counted.assessor_id)
            statements.append(
                chosen.where(MixSum.span == span, MixSum.span_at.between(first, last))
            )
    columns = (statement.subquery() for statement in statements)
    return union_all(*(select(*(part.c[name] for name in names)) for part in columns)).subquery()


def mixes_of(counted: Counted) -> list[tuple[str, Rows]]:
    """Unit, and the rows of ``MixSum`` of such days without ``span``, counted from the steps."""
    key = SCOPE_KEYS[OF_ASSESSOR]
    by = {
        "insurer_id": ClaimStep.insurer_id,
        "span_at": ClaimStep.day,
        "key": key,
        "kind": ClaimStep.kind,
    }
    lines: Rows = with_lines(
        select(
            *(column.label(name) for name, column in by.items()),
            literal(LINE).label("unit"),
            ClaimLine.code.label("mix"),
            func.count().label("size"),
            func.count(ClaimStep.id.distinct()).label("cases"),
            func.sum(ClaimLine.cost_rial).label("weight"),
            func.sum(func.coalesce(ClaimLine.technical_deduction_rial, 0)).label("observed"),
        )
    )
    found = [(LINE, limited(lines, counted, (FINISH,)).group_by(*by.values(), ClaimLine.code))]
    groups = func.coalesce(ClaimStep.service_groups, "")
    for unit, of_unit in ((FIRST, ClaimStep.round <= 1), (LATER, ClaimStep.round > 1)):
        decisions: Rows = select(
            *(column.label(name) for name, column in by.items()),
            literal(unit).label("unit"),
            groups.label("mix"),
            *(func.count().label(name) for name in ("size", "cases", "weight")),
            func.sum(case((ClaimStep.action == RETURN, 1), else_=0)).label("observed"),
        ).where(ClaimStep.is_undone.is_(False), of_unit)
        made = limited(decisions, counted, (FINISH, RETURN))
        found.append((unit, made.group_by(*by.values(), groups)))
    return found
