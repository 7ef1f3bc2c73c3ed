"""What assessors decided, how long it took them, and how that compares for the same mix.

Counts finishes that hold and returns of the period. The standard is that of all assessors within
the other limits of the page, whoever the page is limited to.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.models.step_sum import LINE
from workbench.db.queries import assessor_figures as queries
from workbench.db.queries import mix_sums, step_sums, wait_sums
from workbench.db.queries.throughput import Counted
from workbench.rules.standardised import (
    CASES_LEAST,
    LINES_LEAST,
    CaseSums,
    Cell,
    Ratio,
    Stratum,
    count_ratio,
    expected_of,
    money_ratio,
    quantile,
)
from workbench.services.access import Actor, require
from workbench.services.figures.throughput import Wanted, counted_of

P90 = 0.9
RIALS_SQUARED = float(step_sums.KILO**2)
"""Squares are kept of thousands of rials."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AssessorFigures:
    """One assessor's period; ratios only where he ``is_ranked``. Minutes are working minutes."""

    assessor_id: int
    name: str
    has_left: bool
    cases: int
    returns: int
    lines: int
    cost_rial: int
    deduction_rial: int
    median_minutes: int | None
    p90_minutes: int | None
    deductions: Ratio | None
    returned: Ratio | None

    @property
    def decisions(self) -> int:
        """Finishes and returns."""
        return self.cases + self.returns

    @property
    def is_ranked(self) -> bool:
        """Whether there is enough to compare."""
        return self.decisions >= CASES_LEAST and self.lines >= LINES_LEAST

    @property
    def deduction_percent(self) -> float | None:
        """Technical deduction of the cost."""
        return 100 * self.deduction_rial / self.cost_rial if self.cost_rial else None

    @property
    def return_percent(self) -> float | None:
        """Returns of all decisions."""
        return 100 * self.returns / self.decisions if self.decisions else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessors:
    """The page: all of them together in ``whole``, and each."""

    wanted: Wanted
    whole: AssessorFigures
    each: tuple[AssessorFigures, ...]

    @property
    def ranked(self) -> tuple[AssessorFigures, ...]:
        """Those with enough to compare, in the order of the table."""
        return tuple(each for each in self.each if each.is_ranked)


def read_assessors(session: Session, actor: Actor, wanted: Wanted, *, now: datetime) -> Assessors:
    """The page's figures; refused: ``period_wrong``, ``not_permitted``."""
    require(actor, "figures.read")
    counted = replace(counted_of(actor, wanted, now), assessor_id=None)
    found = _Found(session, counted)
    ids = sorted(found.ids if wanted.assessor_id is None else found.ids & {wanted.assessor_id})
    people = {row[0]: (row[1], row[2]) for row in session.execute(queries.people(ids))}
    each = [
        replace(found.figures([number]), assessor_id=number, name=name, has_left=has_left)
        for number, (name, has_left) in people.items()
    ]
    return Assessors(
        wanted=wanted,
        whole=found.figures(ids),
        each=tuple(sorted((found.compared(one) for one in each), key=_order)),
    )


def _order(one: AssessorFigures) -> tuple[bool, float, str]:
    """Those who can be compared by their ratio, the highest first; the others by name."""
    ratio = one.deductions.value if one.deductions else None
    return not one.is_ranked, -(ratio or 0), one.name


def _cell(row: Any, *, fine: Stratum, wide: Stratum) -> Cell:
    return Cell(
        assessor_id=row.key,
        fine=fine,
        wide=wide,
        size=row.size,
        weight=row.weight,
        observed=row.observed,
    )


class _Found:
    """What the queries found, by assessor."""

    def __init__(self, session: Session, counted: Counted) -> None:
        groups: dict[str, str] = {row[0]: row[1] for row in session.execute(queries.groups())}
        mixes = mix_sums.by_assessor(session, counted)
        self.line_cells = [
            _cell(row, fine=(row.mix, row.kind), wide=(groups.get(row.mix, ""), row.kind))
            for row in mixes
            if row.unit == LINE
        ]
        self.case_cells = [
            _cell(row, fine=(row.mix, row.kind, row.unit), wide=(row.kind, row.unit))
            for row in mixes
            if row.unit != LINE
        ]
        self.sums = {
            row.key: CaseSums(
                cases=row.holding,
                cost=float(row.cost_rial),
                deduction=float(row.technical_deduction_rial),
                cost_squared=row.cost_squared * RIALS_SQUARED,
                deduction_squared=row.deduction_squared * RIALS_SQUARED,
                product=row.product * RIALS_SQUARED,
            )
            for row in step_sums.money(session, counted)
        }
        self.minutes: defaultdict[int, Counter[int]] = defaultdict(Counter)
        for row in wait_sums.reviews(session, counted):
            self.minutes[row.key][row.minutes] += row.steps
        self.ids = {cell.assessor_id for cell in self.case_cells}
        self.expected_rial = expected_of(self.line_cells)
        self.expected_returns = expected_of(self.case_cells)

    def figures(self, ids: Iterable[int]) -> AssessorFigures:
        """The figures of such assessors together, without a comparison."""
        wanted = set(ids)
        lines = [cell for cell in self.line_cells if cell.assessor_id in wanted]
        cases = [cell for cell in self.case_cells if cell.assessor_id in wanted]
        minutes = sum((self.minutes[each] for each in wanted), Counter[int]())
        returns = int(sum(cell.observed for cell in cases))
        return AssessorFigures(
            assessor_id=0,
            name="",
            has_left=False,
            cases=sum(cell.size for cell in cases) - returns,
            returns=returns,
            lines=sum(cell.size for cell in lines),
            cost_rial=int(sum(cell.weight for cell in lines)),
            deduction_rial=int(sum(cell.observed for cell in lines)),
            median_minutes=quantile(minutes),
            p90_minutes=quantile(minutes, P90),
            deductions=None,
            returned=None,
        )

    def compared(self, one: AssessorFigures) -> AssessorFigures:
        """With the ratios, where there is enough to compare."""
        if not one.is_ranked:
            return one
        number = one.assessor_id
        return replace(
            one,
            deductions=money_ratio(self.sums[number], self.expected_rial.get(number, 0.0)),
            returned=count_ratio(one.returns, self.expected_returns.get(number, 0.0)),
        )
