"""Deductions and returns: from cost to payable, by reason, defect, and part.

Counts the finishes that hold and the returns of a period; the amounts are those of the finish's own
round, so the reasons add up to the technical deduction to the rial.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.planning import planned_by_values
from workbench.db.queries import deductions as queries
from workbench.db.queries import mix_sums, reason_sums, step_sums
from workbench.db.queries.deducted_cases import are_few, cases_behind
from workbench.db.queries.deducted_cases import is_newest_first as is_newest_first
from workbench.db.queries.rechecks import is_hidden
from workbench.db.queries.throughput import PAGE, Counted
from workbench.db.step_rows import AMOUNTS
from workbench.i18n import language
from workbench.rules.steps import RETURN
from workbench.services.access import Actor, require
from workbench.services.figures.newest import newest_first
from workbench.services.figures.throughput import Wanted, counted_of, names_of

RANKED_LEAST = 30
"""Who has fewer finished cases has no rate to be compared by."""
PARTED_FIRST = "centre"
PARTED_BY = ("centre", "service", "assessor", "insurer")
"""What the figures can be told apart by."""


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
    """A defect: in how many returns it was named, and how many of a case returned for it before."""

    code: str
    title: str
    returns: int
    repeated: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartSum:
    """A centre, assessor, insurer or service of the period; ``key`` as in the filter.

    ``first_reason``: what it is deducted most for. A service has lines, but no returns of its own:
    ``returns`` and ``payable_rial`` are None.
    """

    key: int | str
    name: str
    cases: int
    returns: int | None
    cost_rial: int
    technical_deduction_rial: int
    payable_rial: int | None
    first_reason: str | None

    @property
    def deduction_percent(self) -> float | None:
        """Technical deduction of the cost."""
        return _percent(self.technical_deduction_rial, self.cost_rial)

    @property
    def return_percent(self) -> float | None:
        """Returns of all that left work."""
        return None if self.returns is None else _percent(self.returns, self.cases + self.returns)

    @property
    def is_ranked(self) -> bool:
        """Whether it has enough cases to be compared."""
        return self.cases >= RANKED_LEAST


@dataclass(frozen=True, slots=True, kw_only=True)
class Deductions:
    """The page; ``amounts`` in rials by the seven columns, ``rounds``: round → cases decided."""

    wanted: Wanted
    cases: int
    returns: int
    rounds: dict[int, int]
    amounts: dict[str, int]
    reasons: tuple[ReasonSum, ...]
    defects: tuple[DefectSum, ...]
    parts: tuple[PartSum, ...]
    parted_by: str

    @property
    def deduction_percent(self) -> float | None:
        """Technical deduction of the cost."""
        return _percent(self.amounts["technical_deduction_rial"], self.amounts["cost_rial"])

    @property
    def return_percent(self) -> float | None:
        """Returns of all that left work."""
        return _percent(self.returns, self.cases + self.returns)

    @property
    def mean_rounds(self) -> float | None:
        """Rounds that a decided case took."""
        rounds = sum(number * cases for number, cases in self.rounds.items())
        return rounds / self.cases if self.cases else None

    @property
    def first_round_percent(self) -> float | None:
        """Of the decided cases, those decided without a return."""
        return _percent(self.rounds.get(1, 0), self.cases)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeductedCase:
    """A case behind a figure; ``amount``: rials, of a defect how often it was named."""

    number: str
    state: str
    at: datetime
    centre: str
    actor: str | None
    amount: int


def _percent(part: int, whole: int) -> float | None:
    return 100 * part / whole if whole else None


def read_deductions(
    session: Session, actor: Actor, wanted: Wanted, *, now: datetime, part_by: str = PARTED_FIRST
) -> Deductions:
    """The page's figures; refused: ``period_wrong``, ``not_permitted``.

    ``part_by``: one of ``PARTED_BY``.
    """
    require(actor, "figures.read")
    counted = counted_of(actor, wanted, now)
    sums = step_sums.amounts(session, counted)
    return Deductions(
        wanted=wanted,
        cases=sums.cases,
        returns=step_sums.step_count(session, counted, (RETURN,)),
        rounds={row.round: row.cases for row in step_sums.rounds(session, counted)},
        amounts={name: int(getattr(sums, name) or 0) for name in AMOUNTS},
        reasons=_reasons(session, counted),
        defects=tuple(
            DefectSum(
                code=row.reason,
                title=_title(row),
                returns=row.returns,
                repeated=row.repeated,
            )
            for row in mix_sums.defects(session, counted)
        ),
        parts=_parts(session, counted, part_by),
        parted_by=part_by,
    )


def read_deducted_cases(
    session: Session, actor: Actor, wanted: Wanted, kind: str, key: str, *, now: datetime
) -> tuple[DeductedCase, ...]:
    """The cases behind a figure, fifty at most; refused as the page.

    The largest first, or the newest (``is_newest_first``). Those that the reader assesses a second
    time are left out.

    ``kind``: ``reason``, ``defect``, ``service`` (``key`` its code) or ``column`` (one of the
    seven of money).
    """
    require(actor, "figures.read")
    assert kind != "column" or key in AMOUNTS
    rows: Sequence[Any] = ()
    with planned_by_values(session):
        is_newest = is_newest_first(kind, key)
        is_few = not is_newest and session.scalars(are_few(counted_of(actor, wanted, now))).one()
        for part in newest_first(wanted, now) if is_newest else (wanted,):
            behind = cases_behind(counted_of(actor, part, now), kind, key, is_few=is_few)
            rows = session.execute(behind.where(~is_hidden(actor.user_id))).all()
            if len(rows) >= PAGE:
                break
    return tuple(
        DeductedCase(
            number=row.number,
            state=row.state,
            at=row.at,
            centre=row.centre_name,
            actor=row.actor_name,
            amount=int(row.amount_rial or 0),
        )
        for row in rows
    )


def _title(row: Any) -> str:
    return str(row.title_en if language() == "en" and row.title_en else row.title_fa)


def _reasons(session: Session, counted: Counted) -> tuple[ReasonSum, ...]:
    with planned_by_values(session):
        rows = reason_sums.reasons(session, counted)
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


def _parts(session: Session, counted: Counted, part_by: str) -> tuple[PartSum, ...]:
    """By their technical deduction, the largest first."""
    is_service = part_by == "service"
    rows: Sequence[Any]
    reasons: Sequence[Any]
    if is_service:
        rows = mix_sums.services(session, counted)
        reasons = mix_sums.service_reasons(session, counted)
    else:
        with planned_by_values(session):
            rows = step_sums.parts(session, part_by, counted)
            reasons = reason_sums.part_reasons(session, part_by, counted)
    most: dict[int | str, tuple[int, str]] = {}
    for key, reason, amount in reasons:
        most[key] = max(most.get(key, (0, "")), (int(amount), reason))
    keys = [row.key for row in rows]
    names = (
        {row[0]: row[1] for row in session.execute(queries.service_titles(keys))}
        if is_service
        else names_of(session, part_by, keys)
    )
    return tuple(
        PartSum(
            key=row.key,
            name=names.get(row.key, "–"),
            cases=int(row.cases),
            returns=None if is_service else int(row.returns),
            cost_rial=int(row.cost_rial or 0),
            technical_deduction_rial=int(row.technical_deduction_rial or 0),
            payable_rial=None if is_service else int(row.payable_rial or 0),
            first_reason=most.get(row.key, (0, ""))[1] or None,
        )
        for row in rows
    )
