"""Agreement beyond chance: Cohen's kappa (1960) with its 95 % interval by the normal curve.

Its large-sample error over independent lines is that of Fleiss, Cohen and Everitt (1969). Where the
lines of a case hang together, it is made of the sums of their influences per case (Williams 2000,
"A note on robust variance estimation for cluster-correlated data").
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, sqrt
from operator import mul

Z95 = 1.959963984540054


@dataclass(frozen=True, slots=True, kw_only=True)
class Kappa:
    """Agreement beyond chance, with its 95 % interval within −1 to 1."""

    value: float
    low: float
    high: float


def kappa(table: Sequence[Sequence[int]]) -> Kappa | None:
    """Cohen's kappa of a square table of counts (rows: first, columns: second).

    None where it is undefined: nothing was counted, or both always said the same one thing.
    """
    total = sum(map(sum, table))
    if not total:
        return None
    share = [[count / total for count in row] for row in table]
    rows = [sum(row) for row in share]
    columns = [sum(column) for column in zip(*share, strict=True)]
    places = range(len(share))
    observed = sum(share[n][n] for n in places)
    expected = sum(rows[n] * columns[n] for n in places)
    if expected >= 1:
        return None
    value = (observed - expected) / (1 - expected)
    error = sqrt(max(0.0, _spread(share, rows, columns, value, expected)) / total) / (1 - expected)
    low, high = value - Z95 * error, value + Z95 * error
    return Kappa(value=value, low=max(-1.0, low), high=min(1.0, high))


def _spread(
    share: Sequence[Sequence[float]],
    rows: Sequence[float],
    columns: Sequence[float],
    value: float,
    expected: float,
) -> float:
    """The three terms of Fleiss, Cohen and Everitt (1969), equation 13."""
    places = range(len(share))
    same = sum(share[n][n] * (1 - (rows[n] + columns[n]) * (1 - value)) ** 2 for n in places)
    other = sum(share[n][m] * (columns[n] + rows[m]) ** 2 for n in places for m in places if n != m)
    return same + (1 - value) ** 2 * other - (value - expected * (1 - value)) ** 2


Table = tuple[int, int, int, int]
"""Lines on which a reason was used by both, by the first only, by the second only, by neither."""
SAID = ((True, True), (True, False), (False, True), (False, False))
"""Whether the first, and whether the second, used the reason: in the order of ``Table``."""


def clustered_kappa(cases: Mapping[Table, int]) -> Kappa | None:
    """Kappa over the lines of cases, its interval as wide as cases differ, not lines.

    ``cases``: the table of a case's lines → how many cases have it. The error is √(m/(m − 1) ·
    Σ (sum of the influences of a case's lines)²)/n over m cases of n lines; with one line a case
    √(n/(n − 1)) of that of ``kappa``. None where kappa is undefined, or of fewer than two cases.
    """
    both, first, second, neither = lines = added_up(cases)
    found = kappa(((both, first), (second, neither)))
    count = sum(cases.values())
    if found is None or count < 2:
        return None
    influences = _influences(lines, found.value)
    squares = fsum(times * sum(map(mul, table, influences)) ** 2 for table, times in cases.items())
    error = sqrt(squares * count / (count - 1)) / sum(lines)
    low, high = found.value - Z95 * error, found.value + Z95 * error
    return Kappa(value=found.value, low=max(-1.0, low), high=min(1.0, high))


def added_up(cases: Mapping[Table, int]) -> Table:
    """The table of the lines of all cases."""
    both, first, second, neither = (
        sum(table[n] * times for table, times in cases.items()) for n in range(len(SAID))
    )
    return both, first, second, neither


def _influences(lines: Table, value: float) -> list[float]:
    """How much a line of each kind of ``SAID`` moves kappa, by the delta method.

    With p1 and p2 the shares of both sides, a line (x, y) moves po by [x = y] and pe by
    p2(x) + p1(y); kappa by the first less (1 − kappa) of the second, over 1 − pe, about its mean.
    """
    both, first_only, second_only, _neither = lines
    total = sum(lines)
    first, second = (both + first_only) / total, (both + second_only) / total
    expected = first * second + (1 - first) * (1 - second)
    raw = [
        float(one == two)
        - (1 - value) * ((second if one else 1 - second) + (first if two else 1 - first))
        for one, two in SAID
    ]
    middle = sum(map(mul, lines, raw)) / total
    return [(each - middle) / (1 - expected) for each in raw]
