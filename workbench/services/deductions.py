"""Deductions and returns: from cost to payable, by reason, by defect, by centre.

Counts the finishes that hold and the returns of a period; the amounts are those of the finish's own
round, so the reasons add up to the technical deduction to the rial.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import Centre
from workbench.db.queries import deductions as queries
from workbench.db.queries.throughput import Counted
from workbench.db.step_rows import AMOUNTS
from workbench.i18n import language
from workbench.services.access import Actor, require
from workbench.services.throughput import Wanted, counted_of

RANKED_LEAST = 30
"""A centre with fewer finished cases has no rate to be compared by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonSum:
    """A reason of deduction: rials, lines, and the share of all up to and with this one."""

    code: str
    title: str
    amount_rial: int
    lines: int
    share_so_far: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DefectSum:
    """A defect: in how many returns it was named, and how many cases had it more than once."""

    code: str
    title: str
    returns: int
    repeated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreSum:
    """A centre's period; ``first_reason``: what it is deducted most for."""

    centre_id: int
    name: str
    cases: int
    returns: int
    cost_rial: int
    technical_deduction_rial: int
    payable_rial: int
    first_reason: str | None

    @property
    def deduction_percent(self) -> float | None:
        """Technical deduction of the cost."""
        return 100 * self.technical_deduction_rial / self.cost_rial if self.cost_rial else None

    @property
    def return_percent(self) -> float | None:
        """Returns of all that left work."""
        out = self.cases + self.returns
        return 100 * self.returns / out if out else None

    @property
    def is_ranked(self) -> bool:
        """Whether it has enough cases to be compared."""
        return self.cases >= RANKED_LEAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Deductions:
    """The page; ``amounts`` in rials by the seven columns."""

    wanted: Wanted
    cases: int
    amounts: dict[str, int]
    reasons: tuple[ReasonSum, ...]
    defects: tuple[DefectSum, ...]
    centres: tuple[CentreSum, ...]


def read_deductions(session: Session, actor: Actor, wanted: Wanted, *, now: datetime) -> Deductions:
    """The page's figures; refused: ``period_wrong``, ``not_permitted``."""
    require(actor, "figures.read")
    counted = counted_of(actor, wanted, now)
    sums = session.execute(queries.amounts(counted)).one()
    return Deductions(
        wanted=wanted,
        cases=sums.cases,
        amounts={name: int(getattr(sums, name) or 0) for name in AMOUNTS},
        reasons=_reasons(session, counted),
        defects=tuple(
            DefectSum(
                code=row.reason,
                title=_title(row),
                returns=row.returns,
                repeated=row.returns - row.cases,
            )
            for row in session.execute(queries.defects(counted))
        ),
        centres=_centres(session, counted),
    )


def _title(row: Any) -> str:
    return str(row.title_en if language() == "en" and row.title_en else row.title_fa)


def _reasons(session: Session, counted: Counted) -> tuple[ReasonSum, ...]:
    rows = session.execute(queries.reasons(counted)).all()
    total, so_far, found = sum(int(row.amount_rial) for row in rows), 0, []
    for row in rows:
        so_far += int(row.amount_rial)
        found.append(
            ReasonSum(
                code=row.reason,
                title=_title(row),
                amount_rial=int(row.amount_rial),
                lines=row.lines,
                share_so_far=so_far / total,
            )
        )
    return tuple(found)


def _centres(session: Session, counted: Counted) -> tuple[CentreSum, ...]:
    """By their technical deduction, the largest first."""
    rows = session.execute(queries.centres(counted)).all()
    most: dict[int, tuple[int, str]] = {}
    for centre_id, reason, amount in session.execute(queries.centre_reasons(counted)):
        most[centre_id] = max(most.get(centre_id, (0, "")), (int(amount), reason))
    named = select(Centre.id, Centre.name).where(Centre.id.in_([row.centre_id for row in rows]))
    names: dict[int, str] = {row.id: row.name for row in session.execute(named)}
    return tuple(
        CentreSum(
            centre_id=row.centre_id,
            name=names[row.centre_id],
            cases=int(row.cases),
            returns=int(row.returns),
            cost_rial=int(row.cost_rial or 0),
            technical_deduction_rial=int(row.technical_deduction_rial or 0),
            payable_rial=int(row.payable_rial or 0),
            first_reason=most.get(row.centre_id, (0, None))[1],
        )
        for row in rows
    )
