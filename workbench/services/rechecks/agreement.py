"""The managers' page of agreement: how alike two assessors decide, and what that says of all."""

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import mean, median
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.queries import mix_sums
from workbench.db.queries import rechecks as queries
from workbench.db.queries.throughput import Counted
from workbench.rules.agreement import (
    CASES_LEAST,
    Compared,
    Estimate,
    Key,
    Pair,
    ReasonAgreement,
    compared,
    extrapolate,
    reason_agreement,
)
from workbench.rules.plain import from_plain
from workbench.services.access import Actor, may, require
from workbench.services.claims.reading import reasons_of
from workbench.services.figures.throughput import Wanted, counted_of
from workbench.services.rechecks.rechecks import HANDED_IN, RecheckPlace, place_of

PAIR_LEAST = 10
"""Two assessors with fewer common cases have no share to be compared by."""
OPEN, CLOSED = ("differs", "waiting", "assessing"), ("resolved", "agreed")
OPEN_MAX, CLOSED_MAX = 100, 50
"""Cases on the page; the others stand in the export."""


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
    down; ``overpaid``: what was paid too much less what was paid too little; ``open`` and
    ``closed``: of the drawn cases those that are listed, in the order of their states."""

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


def read_agreement(
    session: Session, actor: Actor, wanted: Wanted, *, now: datetime, has_all: bool = False
) -> Agreement:
    """The page's figures; ``has_all``: with every drawn case, not the first of the list only.

    Refused: ``period_wrong``, ``not_permitted``.
    """
    require(actor, "figures.read")
    counted = counted_of(actor, wanted, now)
    rows = session.execute(queries.drawn(counted)).all()
    done = [row for row in rows if row.state in HANDED_IN]
    cases = [compared(from_plain(Pair, json.loads(row.compared))) for row in done]
    populations = _populations(session, counted)
    off = [abs(case.difference_rial) for case in cases]
    lines = sum(case.lines for case in cases)
    names = _names(session, rows)
    open_, closed = _of_states(rows, OPEN), _of_states(rows, CLOSED)
    if not has_all:
        open_, closed = open_[:OPEN_MAX], closed[:CLOSED_MAX]
    drawn_cases = _cases(session, counted, None if has_all else [*open_, *closed])
    return Agreement(
        wanted=wanted,
        decided=sum(populations.values()),
        drawn=len(rows),
        cases=len(done),
        equal_cases=sum(case.is_equal for case in cases),
        lines=lines,
        equal_lines=lines - sum(case.differing for case in cases),
        equal_amounts=off.count(0),
        mean_difference_rial=mean(off) if off else None,
        median_difference_rial=median(off) if off else None,
        reasons=reason_agreement(cases),
        titles={each.code: each.title for each in reasons_of(session, "deduction")},
        wrong=extrapolate(populations, _by_stratum(done, abs)),
        overpaid=extrapolate(populations, _by_stratum(done, int)),
        unresolved=sum(row.state == "differs" for row in done),
        couples=_couples(done, cases, names),
        open=tuple(_line(row, drawn_cases, names) for row in open_),
        closed=tuple(_line(row, drawn_cases, names) for row in closed),
        may_draw=may(actor, "recheck.draw"),
    )


def _names(session: Session, rows: Iterable[Any]) -> dict[int, str]:
    """How those who decided first or second are called."""
    people = {person for row in rows for person in (row.first_by_id, row.second_by_id) if person}
    return {row.id: row.display_name for row in session.execute(queries.names(sorted(people)))}


def _populations(session: Session, counted: Counted) -> dict[Key, int]:
    """Stratum → decisions of the period: those that hold or were assessed twice."""
    found: Counter[Key] = Counter()
    for row in mix_sums.bands(session, counted):
        found[row.insurer_id, int(row.band), row.key] += row.cases
    for row in session.execute(queries.reopened(counted)):
        found[row.insurer_id, row.band, row.first_by_id] += row.cases
    return dict(sorted(found.items()))


def _by_stratum(done: Iterable[Any], value: Callable[[int], int]) -> dict[Key, list[int]]:
    values: dict[Key, list[int]] = defaultdict(list)
    for row in done:
        values[row.insurer_id, row.band, row.first_by_id].append(value(_error_rial(row)))
    return values


def _error_rial(row: Any) -> int:
    """What the first decision paid too much: against the lead's word, before it the second's."""
    right_rial = row.right_payable_rial
    if right_rial is None:
        right_rial = row.second_payable_rial
    assert right_rial is not None, "only what is in can be wrong"
    return int(row.payable_rial - right_rial)


def _couples(
    done: Sequence[Any], cases: Sequence[Compared], names: Mapping[int, str]
) -> tuple[Couple, ...]:
    """The most common cases first."""
    found: dict[tuple[str, str], list[Compared]] = defaultdict(list)
    for row, each in zip(done, cases, strict=True):
        found[names[row.first_by_id], names[row.second_by_id]].append(each)
    couples = (_couple(*between, of) for between, of in found.items())
    return tuple(sorted(couples, key=lambda each: (-each.cases, each.first_by, each.second_by)))


def _couple(first: str, second: str, cases: Sequence[Compared]) -> Couple:
    """With few cases nothing but their number is told."""
    if len(cases) < PAIR_LEAST:
        return Couple(first_by=first, second_by=second, cases=len(cases))
    return Couple(
        first_by=first,
        second_by=second,
        cases=len(cases),
        equal=sum(case.is_equal for case in cases),
        difference_rial=sum(case.difference_rial for case in cases),
    )


def _of_states(rows: Iterable[Any], states: Sequence[str]) -> list[Any]:
    chosen = [row for row in rows if row.state in states]
    return sorted(chosen, key=lambda row: states.index(row.state))


def _cases(
    session: Session, counted: Counted, listed: Sequence[Any] | None
) -> dict[tuple[int, int], Any]:
    """Key of the second assessment → what is told of its case; None: of all of the period."""
    if listed is None:
        statement = queries.drawn_cases(counted)
    else:
        statement = queries.listed_cases([(row.insurer_id, row.id) for row in listed])
    return {(row.insurer_id, row.id): row for row in session.execute(statement)}


def _line(row: Any, cases: Mapping[tuple[int, int], Any], names: Mapping[int, str]) -> RecheckLine:
    case = cases[row.insurer_id, row.id]
    return RecheckLine(
        place=place_of(row),
        number=case.number,
        state=row.state,
        decided_at=case.decided_at,
        first_by=names[row.first_by_id],
        second_by=names.get(row.second_by_id),
        payable_rial=row.payable_rial if row.state in HANDED_IN else None,
        second_payable_rial=row.second_payable_rial,
        resolution=case.resolution,
    )
