"""Which decided cases are assessed again: drawn by chance from every stratum.

A stratum is what the desk has of one insurer, one band of amount and one first assessor. From each
at least the share is drawn, rounded up to a whole case, so the whole is never below the share
either. Source: domain/functions.md, W17.
"""

from collections.abc import Hashable, Mapping, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)

PERCENT_LEAST, PERCENT_MOST = 10, 100
BANDS_RIAL = (20_000_000, 100_000_000)
"""Where the second and the third band of amount begin, by the requested cost."""


def amount_band(cost_rial: int) -> int:
    """0, 1 or 2: the band of a case by its requested cost in rials."""
    return sum(cost_rial >= border for border in BANDS_RIAL)


def wanted_count(decided: int, percent: int) -> int:
    """How many of ``decided`` cases are the share, rounded up; ``percent`` is 10 to 100."""
    assert PERCENT_LEAST <= percent <= PERCENT_MOST, percent
    return -(-decided * percent // 100)


def draw(
    strata: Mapping[K, Sequence[T]], drawn: Mapping[K, int], *, percent: int, chance: Random
) -> list[T]:
    """What is still to be drawn of each stratum's cases that were not drawn, in no order.

    ``strata`` holds the cases that may be drawn, ``drawn`` how many of the stratum were before:
    both together are what was decided. Nothing is drawn from a stratum that has its share.
    """
    chosen: list[T] = []
    for key, cases in strata.items():
        before = drawn.get(key, 0)
        missing = wanted_count(len(cases) + before, percent) - before
        chosen += chance.sample(list(cases), max(0, min(missing, len(cases))))
    return chosen
