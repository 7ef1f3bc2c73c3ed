"""Whether two assessors of the same case agree, and what that says of all decided cases.

Sums over strata: Cochran, Sampling Techniques (1977), sections 5.2 to 5.4, with the finite
population correction; strata of too few cases are put together (section 5A.12). Intervals
are 95 %, by the normal curve.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, variance

from workbench.rules.facts import Case
from workbench.rules.finding import Finding
from workbench.rules.kappa import Z95, Kappa, Table, added_up, clustered_kappa
from workbench.rules.lines import deductions_of
from workbench.rules.money import CaseMoney
from workbench.rules.second_assessment import returned_for

LINES_LEAST = 30
"""Fewer lines give no kappa."""
USES_LEAST = 5
"""A reason that the two used less often, taken together, gives no kappa."""
CASES_LEAST = 30
"""A sample of fewer cases is called small."""

Key = tuple[int | str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LineVerdict:
    """What was decided about a line: code, reasons with their rials, D and A."""

    number: int
    code: str
    reasons: tuple[tuple[str, int], ...]
    deduction_rial: int
    approval_rial: int

    @property
    def codes(self) -> frozenset[str]:
        """The reasons without their amounts."""
        return frozenset(reason for reason, _rial in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one assessor decided; ``returns``: defects he would have returned the case for."""

    lines: tuple[LineVerdict, ...]
    payable_rial: int
    returns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """The first decision and the second one of the same case."""

    first: Verdict
    second: Verdict

    @property
    def is_equal(self) -> bool:
        """Same reasons and same rials on every line, same payable, nothing to return."""
        return self.first.payable_rial == self.second.payable_rial and not self.differing

    @property
    def differing(self) -> tuple[int, ...]:
        """The lines that differ; 0 stands for the case: only one would have returned it."""
        lines = zip(self.first.lines, self.second.lines, strict=True)
        wrong = [one.number for one, two in lines if one.reasons != two.reasons]
        return tuple([0] * (self.first.returns != self.second.returns) + wrong)


Uses = tuple[int, int, int]
"""Lines on which a reason was used by both, by the first only, by the second only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the figures keep of a pair: ``lines``, those of them that differ, reason → ``Uses``.

    ``difference_rial``: payable of the first less that of the second.
    """

    is_equal: bool
    lines: int
    differing: int
    difference_rial: int
    uses: Mapping[str, Uses]


def compared(pair: Pair) -> Compared:
    """The pair as the figures count it."""
    uses: dict[str, Uses] = {}
    for one, two in zip(pair.first.lines, pair.second.lines, strict=True):
        if not (one.reasons or two.reasons):
            continue
        first, second = one.codes, two.codes
        for code in first | second:
            both, first_only, second_only = uses.get(code, (0, 0, 0))
            uses[code] = (
                both + (code in first and code in second),
                first_only + (code not in second),
                second_only + (code not in first),
            )
    return Compared(
        is_equal=pair.is_equal,
        lines=len(pair.first.lines),
        differing=sum(number > 0 for number in pair.differing),
        difference_rial=pair.first.payable_rial - pair.second.payable_rial,
        uses=uses,
    )


def verdict_of(case: Case, findings: Iterable[Finding], money: CaseMoney) -> Verdict:
    """What an assessed case says, without how it was typed: a cut and a deduction are alike."""
    lines = []
    for line, settled in zip(case.lines, money.lines, strict=True):
        sums: dict[str, int] = {}
        for each in deductions_of(line):
            sums[each.reason] = sums.get(each.reason, 0) + each.amount_rial
        lines.append(
            LineVerdict(
                number=line.number,
                code=line.assessed_code or line.code,
                reasons=tuple(sorted((code, rial) for code, rial in sums.items() if rial)),
                deduction_rial=settled.technical_deduction_rial,
                approval_rial=settled.technical_approval_rial,
            )
        )
    return Verdict(
        lines=tuple(lines), payable_rial=money.payable_rial, returns=returned_for(case, findings)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonAgreement:
    """A reason: lines on which both, only the first, only the second, or neither used it.

    ``kappa``: None where there is too little, or where it is undefined.
    """

    code: str
    both: int
    first_only: int
    second_only: int
    neither: int
    kappa: Kappa | None

    @property
    def lines(self) -> int:
        """All lines that were assessed twice."""
        return self.both + self.first_only + self.second_only + self.neither

    @property
    def equal_share(self) -> float:
        """Of all lines, those on which the two agree about the reason."""
        return (self.both + self.neither) / self.lines


def reason_agreement(cases: Sequence[Compared]) -> tuple[ReasonAgreement, ...]:
    """Every reason that one of the two used, the most differing ones first."""
    sizes = Counter(case.lines for case in cases)
    tables: dict[str, Counter[Table]] = defaultdict(Counter)
    for case in cases:
        for code, uses in case.uses.items():
            tables[code][(*uses, case.lines - sum(uses))] += 1
    found = [_agreement(code, used, sizes) for code, used in tables.items()]
    return tuple(sorted(found, key=lambda r: (-(r.first_only + r.second_only), -r.both, r.code)))


def _agreement(code: str, used: Counter[Table], sizes: Counter[int]) -> ReasonAgreement:
    """``used``: the cases with the reason, by table; ``sizes``: all cases, by their lines."""
    without = sizes.copy()
    for table, times in used.items():
        without[sum(table)] -= times
    by_table = used + Counter({(0, 0, 0, size): times for size, times in without.items()})
    both, first_only, second_only, neither = added_up(by_table)
    uses = both + first_only + second_only
    is_few = uses + neither < LINES_LEAST or uses < USES_LEAST
    return ReasonAgreement(
        code=code,
        both=both,
        first_only=first_only,
        second_only=second_only,
        neither=neither,
        kappa=None if is_few else clustered_kappa(by_table),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A sum over all decided cases, in rials; ``low`` and ``high`` None: no interval can be told.

    ``population``: the decided cases it is of; ``assessed``: those it rests on.
    """

    total_rial: int
    low_rial: int | None
    high_rial: int | None
    population: int
    assessed: int

    @property
    def is_small(self) -> bool:
        """Whether the sample is too small to rely on the interval."""
        return self.assessed < CASES_LEAST


def extrapolate(
    populations: Mapping[Key, int], values: Mapping[Key, Sequence[int]]
) -> Estimate | None:
    """The sum of a value over all decided cases, from those of them that were assessed twice.

    ``populations``: stratum → decided cases; ``values``: stratum → rials of its assessed ones.
    Total Σ N·mean, variance Σ N²(1 − n/N)s²/n. None where nothing was assessed.
    """
    assert all(len(of) <= populations.get(key, 0) for key, of in values.items()), "more than all"
    if not any(values.values()):
        return None
    strata = _put_together({k: (n, list(values.get(k, ()))) for k, n in populations.items() if n})
    total = sum(population * mean(of) for population, of in strata)
    spread = sum(
        population**2 * (1 - len(of) / population) * variance(of) / len(of)
        for population, of in strata
        if len(of) > 1
    )
    is_told = all(_is_enough(*stratum) for stratum in strata)
    margin = Z95 * sqrt(spread)
    return Estimate(
        total_rial=round(total),
        low_rial=round(total - margin) if is_told else None,
        high_rial=round(total + margin) if is_told else None,
        population=sum(populations.values()),
        assessed=sum(map(len, values.values())),
    )


Stratum = tuple[int, list[int]]


def _is_enough(population: int, values: Sequence[int]) -> bool:
    """Two values tell a spread; all values of a stratum need none."""
    return len(values) >= min(2, population)


def _put_together(strata: Mapping[Key, Stratum]) -> list[Stratum]:
    """Strata of too few go together by the first parts of their keys, at last with the largest."""
    fine: list[Stratum] = []
    small = dict(strata)
    for length in reversed(range(max(map(len, strata)) + 1)):
        merged: dict[Key, Stratum] = {}
        for key, (population, values) in small.items():
            before = merged.get(key[:length], (0, []))
            merged[key[:length]] = (before[0] + population, before[1] + values)
        fine += [each for each in merged.values() if _is_enough(*each)]
        small = {key: each for key, each in merged.items() if not _is_enough(*each)}
    for population, values in small.values():
        if not fine:
            return [(population, values)]
        largest = fine.pop(max(range(len(fine)), key=lambda n: fine[n][0]))
        fine.append((largest[0] + population, largest[1] + values))
    return fine
