"""The managers' page of agreement: how alike two assessors decide, and what that says of all."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import mean, median
from typing import Any

from sqlalchemy import ColumnElement, case
from sqlalchemy.orm import Session

from workbench.db.models import ClaimStep, Recheck
from workbench.db.queries import rechecks as queries
from workbench.db.queries.throughput import Counted
from workbench.rules.agreement import (
    CASES_LEAST,
    Estimate,
    Key,
    Pair,
    ReasonAgreement,
    extrapolate,
    reason_agreement,
)
from workbench.rules.plain import from_plain
from workbench.rules.sampling import BANDS_RIAL
from workbench.services.access import Actor, may, require
from workbench.services.claims.reading import reasons_of
from workbench.services.figures.throughput import Wanted, counted_of
from workbench.services.rechecks.rechecks import HANDED_IN, RecheckPlace, place_of

PAIR_LEAST = 10
"""Two assessors with fewer common cases have no share to be compared by."""
OPEN = ("differs", "waiting", "assessing")


@dataclass(frozen=True, slots=True, kw_only=True)
class Couple:
    """Who decided first and who second, how many cases, and on how many they agree.

    ``equal`` and ``difference_rial`` (first less second) None: too few cases to tell.
    """

    first_by: str
    second_by: str
    cases: int
    equal: int | None = None
    difference_rial: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckLine:
    """A drawn case in the list; the amounts are told once both decisions are in."""

    place: RecheckPlace
    number: str
    state: str
    decided_at: datetime
    first_by: str
    second_by: str | None
    payable_rial: int | None
    second_payable_rial: int | None
    resolution: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The page. ``decided``: decisions of the period; ``wrong``: rials off the right amount, up or
    down; ``overpaid``: what was paid too much less what was paid too little."""

    wanted: Wanted
    decided: int
    drawn: int
    cases: int
    equal_cases: int
    lines: int
    equal_lines: int
    equal_amounts: int
    mean_difference_rial: float | None
    median_difference_rial: float | None
    reasons: tuple[ReasonAgreement, ...]
    titles: dict[str, str]
    wrong: Estimate | None
    overpaid: Estimate | None
    unresolved: int
    couples: tuple[Couple, ...]
    open: tuple[RecheckLine, ...]
    closed: tuple[RecheckLine, ...]
    may_draw: bool

    @property
    def is_small(self) -> bool:
        """Whether the sample is small."""
        return self.cases < CASES_LEAST


def read_agreement(session: Session, actor: Actor, wanted: Wanted, *, now: datetime) -> Agreement:
    """The page's figures; refused: ``period_wrong``, ``not_permitted``."""
    require(actor, "figures.read")
    counted = counted_of(actor, wanted, now)
    rows = session.execute(queries.drawn(counted)).all()
    done = [row for row in rows if row.Recheck.state in HANDED_IN]
    pairs = [from_plain(Pair, row.Recheck.compared) for row in done]
    populations = _populations(session, counted)
    off = [abs(pair.first.payable_rial - pair.second.payable_rial) for pair in pairs]
    lines = sum(len(pair.first.lines) for pair in pairs)
    return Agreement(
        wanted=wanted,
        decided=sum(populations.values()),
        drawn=len(rows),
        cases=len(done),
        equal_cases=sum(pair.is_equal for pair in pairs),
        lines=lines,
        equal_lines=lines - sum(number > 0 for pair in pairs for number in pair.differing),
        equal_amounts=off.count(0),
        mean_difference_rial=mean(off) if off else None,
        median_difference_rial=median(off) if off else None,
        reasons=reason_agreement(pairs),
        titles={each.code: each.title for each in reasons_of(session, "deduction")},
        wrong=extrapolate(populations, _by_stratum(done, abs)),
        overpaid=extrapolate(populations, _by_stratum(done, int)),
        unresolved=sum(row.Recheck.state == "differs" for row in done),
        couples=_couples(done, pairs),
        open=_lines(rows, OPEN),
        closed=_lines(rows, ("resolved", "agreed")),
        may_draw=may(actor, "recheck.draw"),
    )


def _populations(session: Session, counted: Counted) -> dict[Key, int]:
    rows = session.execute(queries.populations(counted, _band()))
    return {(row.insurer_id, row.band, row.actor_id): row.cases for row in rows}


def _band() -> ColumnElement[int]:
    """``rules.sampling.amount_band`` in SQL."""
    second, third = BANDS_RIAL
    return case((ClaimStep.cost_rial >= third, 2), (ClaimStep.cost_rial >= second, 1), else_=0)


def _by_stratum(done: Iterable[Any], value: Callable[[int], int]) -> dict[Key, list[int]]:
    values: dict[Key, list[int]] = defaultdict(list)
    for row in done:
        found: Recheck = row.Recheck
        key = (found.insurer_id, found.band, found.first_by_id)
        values[key].append(value(error_rial(found)))
    return values


def error_rial(row: Recheck) -> int:
    """What the first decision paid too much: against the lead's word, before it the second's."""
    right_rial = row.right_payable_rial
    if right_rial is None:
        right_rial = row.second_payable_rial
    assert right_rial is not None, "only what is in can be wrong"
    return row.payable_rial - right_rial


def _couples(done: Sequence[Any], pairs: Sequence[Pair]) -> tuple[Couple, ...]:
    """The most common cases first."""
    found: dict[tuple[str, str], list[Pair]] = defaultdict(list)
    for row, pair in zip(done, pairs, strict=True):
        found[row.first_name, row.second_name].append(pair)
    couples = (_couple(*names, of) for names, of in found.items())
    return tuple(sorted(couples, key=lambda each: (-each.cases, each.first_by, each.second_by)))


def _couple(first: str, second: str, pairs: Sequence[Pair]) -> Couple:
    """With few cases nothing but their number is told."""
    if len(pairs) < PAIR_LEAST:
        return Couple(first_by=first, second_by=second, cases=len(pairs))
    return Couple(
        first_by=first,
        second_by=second,
        cases=len(pairs),
        equal=sum(pair.is_equal for pair in pairs),
        difference_rial=sum(p.first.payable_rial - p.second.payable_rial for p in pairs),
    )


def _lines(rows: Iterable[Any], states: Sequence[str]) -> tuple[RecheckLine, ...]:
    chosen = [row for row in rows if row.Recheck.state in states]
    return tuple(_line(row) for row in sorted(chosen, key=lambda r: states.index(r.Recheck.state)))


def _line(row: Any) -> RecheckLine:
    found: Recheck = row.Recheck
    is_in = found.state in HANDED_IN
    return RecheckLine(
        place=place_of(found),
        number=row.number,
        state=found.state,
        decided_at=found.decided_at,
        first_by=row.first_name,
        second_by=row.second_name,
        payable_rial=found.payable_rial if is_in else None,
        second_payable_rial=found.second_payable_rial,
        resolution=found.resolution,
    )
