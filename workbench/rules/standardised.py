"""What an assessor decided against what all assessors decide for the same mix. Pure.

Indirect standardisation (Breslow and Day, "Statistical Methods in Cancer Research" II, chapter 2):
each stratum has the rate of all assessors together, the expected sum of one assessor is that rate
applied to his own strata, and the ratio says how far he is from it. Hard cases raise the expected
sum as they raise the observed one, so they do not look like strictness.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, sqrt

STRATUM_LEAST = 30
"""A stratum with fewer members is pooled with the others of its wider class."""
CASES_LEAST, LINES_LEAST = 30, 100
"""With fewer decisions or lines an assessor is shown, but not compared."""
Z_95 = 1.959964
HALF = 0.5

Stratum = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What one assessor decided in one stratum.

    ``size``: lines or cases; ``weight``: what the rate applies to (rials of cost, or cases);
    ``observed``: rials deducted, or returns. ``wide``: the class that a small stratum falls to.
    """

    assessor_id: int
    fine: Stratum
    wide: Stratum
    size: int
    weight: float
    observed: float


class Standing(StrEnum):
    """Where an assessor stands against the expected."""

    ABOVE = "above"
    WITHIN = "within"
    BELOW = "below"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ratio:
    """Observed against expected with a 95 % interval of the ratio; None where there is none."""

    observed: float
    expected: float
    low: float | None
    high: float | None

    @property
    def value(self) -> float | None:
        """Observed ÷ expected; None where nothing is expected."""
        return self.observed / self.expected if self.expected else None

    @property
    def standing(self) -> Standing:
        """Beyond the expected only where the whole interval is."""
        if self.low is not None and self.low > 1:
            return Standing.ABOVE
        if self.high is not None and self.high < 1:
            return Standing.BELOW
        return Standing.WITHIN


def expected_of(cells: Sequence[Cell]) -> dict[int, float]:
    """What is expected of each assessor; all of it together is all that was observed."""
    sizes: dict[Stratum, int] = defaultdict(int)
    for cell in cells:
        sizes[cell.fine] += cell.size

    def stratum(cell: Cell) -> Stratum:
        return ("", *cell.wide) if sizes[cell.fine] < STRATUM_LEAST else cell.fine

    weights: dict[Stratum, float] = defaultdict(float)
    observed: dict[Stratum, float] = defaultdict(float)
    for cell in cells:
        weights[stratum(cell)] += cell.weight
        observed[stratum(cell)] += cell.observed
    expected: dict[int, float] = defaultdict(float)
    for cell in cells:
        if weights[stratum(cell)]:
            rate = observed[stratum(cell)] / weights[stratum(cell)]
            expected[cell.assessor_id] += rate * cell.weight
    return dict(expected)


def observed_of(cells: Iterable[Cell]) -> dict[int, float]:
    """What was observed of each assessor."""
    found: dict[int, float] = defaultdict(float)
    for cell in cells:
        found[cell.assessor_id] += cell.observed
    return dict(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseSums:
    """Sums over an assessor's cases: how many, cost c, deduction d, and their products."""

    cases: int
    cost: float
    deduction: float
    cost_squared: float
    deduction_squared: float
    product: float

    @property
    def variance(self) -> float:
        """Of the deduction, given the costs: the lines of a case are not independent, cases are.

        The variance of a ratio estimator (Cochran, "Sampling Techniques", 6.3), n ÷ (n − 1) Σ
        (d − r c)² with r = Σd ÷ Σc.
        """
        if self.cases < 2 or not self.cost:
            return 0.0
        rate = self.deduction / self.cost
        squares = self.deduction_squared - 2 * rate * self.product + rate**2 * self.cost_squared
        return max(0.0, squares) * self.cases / (self.cases - 1)


def money_ratio(sums: CaseSums, expected: float) -> Ratio:
    """The ratio of the rials deducted; its interval is normal on the logarithm, so never below 0.

    None is told where nothing was deducted or nothing expected.
    """
    low = high = None
    if sums.deduction and expected:
        value, error = sums.deduction / expected, sqrt(sums.variance) / sums.deduction
        low, high = value * exp(-Z_95 * error), value * exp(Z_95 * error)
    return Ratio(observed=sums.deduction, expected=expected, low=low, high=high)


def count_ratio(observed: int, expected: float) -> Ratio:
    """The ratio of counts with Byar's approximation of the exact Poisson interval.

    Source: Breslow and Day II, 2.3.
    """
    if not expected:
        return Ratio(observed=observed, expected=expected, low=None, high=None)
    above = observed + 1
    low = (
        observed * (1 - 1 / (9 * observed) - Z_95 / (3 * sqrt(observed))) ** 3 if observed else 0.0
    )
    high = above * (1 - 1 / (9 * above) + Z_95 / (3 * sqrt(above))) ** 3
    return Ratio(
        observed=observed, expected=expected, low=max(0.0, low) / expected, high=high / expected
    )


def quantile(counts: Mapping[int, int], share: float = HALF) -> int | None:
    """The least value that so much of all is not above; None where nothing is."""
    wanted, seen = share * sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= wanted:
            return value
    return None
