"""Observed against expected for the same mix: hand-made tables, sums, intervals from tables."""

import random
from math import log, sqrt
from statistics import median_low

import pytest

from workbench.rules.standardised import (
    STRATUM_LEAST,
    CaseSums,
    Cell,
    Standing,
    count_ratio,
    expected_of,
    money_ratio,
    observed_of,
    quantile,
)


def cell(assessor: int, code: str, size: int, weight: float, observed: float) -> Cell:
    return Cell(
        assessor_id=assessor,
        fine=(code, "direct"),
        wide=("group", "direct"),
        size=size,
        weight=weight,
        observed=observed,
    )


def test_who_has_the_hard_cases_does_not_look_strict() -> None:
    """Both decide alike in each stratum; the first has mostly what is deducted much."""
    cells = [
        cell(1, "hard", 90, 9_000, 3_600),
        cell(1, "easy", 10, 1_000, 50),
        cell(2, "hard", 10, 1_000, 400),
        cell(2, "easy", 90, 9_000, 450),
    ]
    expected, observed = expected_of(cells), observed_of(cells)
    assert observed[1] / 10_000 > 4 * observed[2] / 10_000  # the plain rates differ
    assert expected == pytest.approx(observed)


def test_strictness_beyond_the_mix_is_seen() -> None:
    """By hand: the rate of all in the only stratum is (30 + 10) / 200 = 0.2, expected 20 each."""
    cells = [cell(1, "x", 50, 100, 30), cell(2, "x", 50, 100, 10)]
    assert expected_of(cells) == pytest.approx({1: 20, 2: 20})


def test_small_strata_are_taken_together_and_nothing_is_lost() -> None:
    """By hand: the two rare codes have (6 + 2) / (10 + 10) = 0.4; the common one 10 / 100."""
    cells = [
        cell(1, "rare", 10, 10, 6),
        cell(2, "rarer", 10, 10, 2),
        cell(2, "common", STRATUM_LEAST, 100, 10),
    ]
    assert expected_of(cells) == pytest.approx({1: 4, 2: 4 + 10})


def test_all_that_is_expected_is_all_that_was_observed() -> None:
    dice = random.Random(7)
    cells = [
        cell(dice.randrange(5), f"c{dice.randrange(12)}", dice.randrange(1, 40), weight, weight / 3)
        for weight in (dice.randrange(1, 1_000) for _ in range(200))
    ]
    expected, observed = expected_of(cells), observed_of(cells)
    assert expected.keys() == observed.keys()
    assert sum(expected.values()) == pytest.approx(sum(observed.values()))


@pytest.mark.parametrize(
    ("observed", "low", "high"),
    [
        (0, 0.0, 3.689),
        (1, 0.025, 5.572),
        (5, 1.623, 11.668),
        (10, 4.795, 18.390),
        (50, 37.11, 65.92),
    ],
)
def test_counts_have_the_exact_poisson_interval(observed: int, low: float, high: float) -> None:
    """The limits are those of the tables of the exact interval (Pearson and Hartley)."""
    ratio = count_ratio(observed, 2.0)
    assert ratio.low == pytest.approx(low / 2, abs=0.03)
    assert ratio.high == pytest.approx(high / 2, abs=0.03)
    assert ratio.value == observed / 2


def test_beyond_only_where_the_whole_interval_is() -> None:
    assert count_ratio(50, 30.0).standing is Standing.ABOVE
    assert count_ratio(50, 45.0).standing is Standing.WITHIN
    assert count_ratio(10, 30.0).standing is Standing.BELOW
    nothing = count_ratio(0, 0.0)
    assert (nothing.value, nothing.low, nothing.standing) == (None, None, Standing.WITHIN)


def test_the_interval_of_money_is_that_of_its_cases() -> None:
    """Three cases of 100 each, 10, 20 and 30 deducted: residuals −10, 0, 10 about a rate of 0.2."""
    sums = CaseSums(
        cases=3,
        cost=300,
        deduction=60,
        cost_squared=30_000,
        deduction_squared=1_400,
        product=6_000,
    )
    assert sums.variance == pytest.approx(1.5 * 200)
    ratio = money_ratio(sums, 40.0)
    half = 1.959964 * sqrt(300) / 60
    assert ratio.value == 1.5
    assert ratio.low is not None and ratio.high is not None
    assert (log(ratio.low), log(ratio.high)) == pytest.approx((log(1.5) - half, log(1.5) + half))
    assert ratio.low * ratio.high == pytest.approx(1.5**2)


def test_money_without_a_deduction_or_an_expectation_has_no_interval() -> None:
    none = CaseSums(
        cases=40, cost=4_000, deduction=0, cost_squared=1.0, deduction_squared=0, product=0
    )
    assert (money_ratio(none, 5.0).value, money_ratio(none, 5.0).low) == (0, None)
    assert money_ratio(none, 0.0).value is None


def test_a_middle_is_one_of_the_values() -> None:
    dice = random.Random(3)
    values = [dice.randrange(30) for _ in range(101)]
    counts = {value: values.count(value) for value in set(values)}
    assert quantile(counts) == median_low(values)
    assert quantile(counts, 0.9) == sorted(values)[90]
    assert quantile({}) is None
