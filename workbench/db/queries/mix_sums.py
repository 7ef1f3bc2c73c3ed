"""What was decided by service, kind of case, defect and amount: of closed days as summed.

Of other days, and of one centre, it is counted plainly.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Subquery, case, exists, func, literal, literal_column, select, union_all
from sqlalchemy.orm import Session, aliased

from workbench.db.models import ClaimLine, ClaimStep, Defect, LineDeduction, MixSum, Reason
from workbench.db.models.step_sum import (
    BAND,
    DAY,
    DEDUCTED,
    DEFECT,
    FIRST,
    LATER,
    LINE,
    MONTH,
    OF_ASSESSOR,
)
from workbench.db.queries.deductions import with_deductions, with_defects, with_lines
from workbench.db.queries.listed import Rows
from workbench.db.queries.step_sums import (
    SCOPE_KEYS,
    is_within,
    pieces,
    plainly,
    whole,
    within_sums,
)
from workbench.db.queries.throughput import Counted, limited
from workbench.rules.sampling import BANDS_RIAL
from workbench.rules.steps import FINISH, RETURN

MIXED = ("size", "cases", "weight", "observed")
MIX_SIGN = " "
"""Between a code and the reason it was deducted for."""


def by_assessor(session: Session, counted: Counted) -> list[Any]:
    """Assessor (somebody), unit, kind, mix and ``MIXED``: lines and decisions."""
    source = _source(session, counted, (LINE, FIRST, LATER))
    by = [source.c[name] for name in ("key", "unit", "kind", "mix")]
    sums = [whole(source.c[name]).label(name) for name in MIXED]
    statement = select(*by, *sums).where(source.c.key != 0).group_by(*by)
    return list(session.execute(statement))


def bands(session: Session, counted: Counted) -> list[Any]:
    """Insurer, band of amount, assessor (somebody) and how many finishes that hold."""
    source = _source(session, counted, (BAND,))
    by = (source.c.insurer_id, source.c.mix.label("band"), source.c.key)
    cases = whole(source.c.size).label("cases")
    statement = select(*by, cases).where(source.c.key != 0).group_by(*by)
    return list(session.execute(statement))


def services(session: Session, counted: Counted) -> list[Any]:
    """Code as requested, decided cases with it, cost and deduction of its lines, by deduction."""
    source = _source(session, counted, (LINE,))
    deduction = whole(source.c.observed).label("technical_deduction_rial")
    cases, cost = whole(source.c.cases).label("cases"), whole(source.c.weight).label("cost_rial")
    statement = select(source.c.mix.label("key"), cases, cost, deduction).group_by(source.c.mix)
    return list(session.execute(statement.order_by(deduction.desc(), source.c.mix)))


def defects(session: Session, counted: Counted) -> list[Any]:
    """Defect, its titles, returns it was named in, and those of a case returned for it before."""
    source = _source(session, counted, (DEFECT,))
    returns, repeated = whole(source.c.size), whole(source.c.observed)
    found = select(
        source.c.mix.label("reason"), returns.label("returns"), repeated.label("repeated")
    )
    sums = found.group_by(source.c.mix).subquery()
    statement = select(*sums.c, Reason.title_fa, Reason.title_en).join(
        Reason, Reason.code == sums.c.reason
    )
    return list(session.execute(statement.order_by(sums.c.returns.desc(), sums.c.reason)))


def service_reasons(session: Session, counted: Counted) -> list[Any]:
    """Code, reason and rials: what each service is deducted for; summed for whole months only."""
    is_summed = counted.centre_id is None and counted.assessor_id is None
    found = pieces(session, counted) if is_summed else plainly(counted)
    statements: list[Any] = []
    for first, last in (*found.plain, *found.days) or ((1, 0),):
        by_code = deducted_codes(replace(counted, first_day=first, last_day=last)).subquery()
        statements.append(select(by_code.c.mix, by_code.c.weight))
    for span_at in found.months:
        summed = select(MixSum.mix, MixSum.weight).where(MixSum.unit == DEDUCTED)
        summed = within_sums(summed, MixSum, counted, None, 0)
        statements.append(summed.where(MixSum.span == MONTH, is_within(MixSum.span_at, span_at)))
    source = union_all(*statements).subquery()
    rows = session.execute(select(source.c.mix, whole(source.c.weight)).group_by(source.c.mix))
    return [(*mix.rsplit(MIX_SIGN, 1), amount) for mix, amount in rows]


def _source(session: Session, counted: Counted, units: Sequence[str]) -> Subquery:
    """The pieces of the period, one under another, still to be summed."""
    found = plainly(counted) if counted.centre_id is not None else pieces(session, counted)
    statements: list[Any] = []
    for first, last in found.plain or ((1, 0),):
        days = replace(counted, first_day=first, last_day=last)
        statements += [made for unit, made in mixes_of(days) if unit in units]
    names = ("insurer_id", "key", "unit", "kind", "mix", *MIXED)
    summed = select(*(getattr(MixSum, name) for name in names)).where(MixSum.unit.in_(units))
    for span, ranges in ((DAY, found.days), (MONTH, found.months)):
        for first, last in ranges:
            chosen = within_sums(summed, MixSum, counted, None, counted.assessor_id)
            statements.append(
                chosen.where(MixSum.span == span, is_within(MixSum.span_at, (first, last)))
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
    return [*found, (DEFECT, _defects_of(counted, by)), (BAND, _bands_of(counted, by))]


def _bands_of(counted: Counted, by: Mapping[str, Any]) -> Rows:
    """The band is ``rules.sampling.amount_band``."""
    second, third = BANDS_RIAL
    cost = ClaimStep.cost_rial
    band = case((cost >= third, "2"), (cost >= second, "1"), else_="0")
    statement: Rows = select(
        *(column.label(name) for name, column in by.items()),
        literal(BAND).label("unit"),
        band.label("mix"),
        *(func.count().label(name) for name in MIXED),
    ).where(ClaimStep.is_undone.is_(False))
    return limited(statement, counted, (FINISH,)).group_by(*by.values(), band)


def _defects_of(counted: Counted, by: Mapping[str, Any]) -> Rows:
    earlier = aliased(Defect)
    is_repeated = exists().where(
        earlier.insurer_id == Defect.insurer_id,
        earlier.claim_id == Defect.claim_id,
        earlier.round < Defect.round,
        earlier.reason == Defect.reason,
    )
    returns = func.count(ClaimStep.id.distinct())
    statement: Rows = with_defects(
        select(
            *(column.label(name) for name, column in by.items()),
            literal(DEFECT).label("unit"),
            Defect.reason.label("mix"),
            *(returns.label(name) for name in ("size", "cases", "weight")),
            func.count(case((is_repeated, ClaimStep.id)).distinct()).label("observed"),
        )
    )
    return limited(statement, counted, (RETURN,)).group_by(*by.values(), Defect.reason)


def deducted_codes(counted: Counted) -> Rows:
    """The rows of ``MixSum`` of ``DEDUCTED`` for such days, without ``span``: nobody's."""
    mix = ClaimLine.code + literal(MIX_SIGN) + LineDeduction.reason
    by = {"insurer_id": ClaimStep.insurer_id, "span_at": ClaimStep.month, "kind": ClaimStep.kind}
    amount = func.sum(LineDeduction.amount_rial)
    statement = with_deductions(
        select(
            *(column.label(name) for name, column in by.items()),
            literal_column("0").label("key"),
            literal(DEDUCTED).label("unit"),
            mix.label("mix"),
            *(func.count().label(name) for name in ("size", "cases")),
            *(amount.label(name) for name in ("weight", "observed")),
        )
    ).join(
        ClaimLine,
        (ClaimLine.insurer_id == LineDeduction.insurer_id)
        & (ClaimLine.id == LineDeduction.line_id),
    )
    found: Rows = limited(statement.where(LineDeduction.amount_rial > 0), counted, (FINISH,))
    return found.group_by(*by.values(), ClaimLine.code, LineDeduction.reason)
