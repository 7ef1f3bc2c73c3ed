"""Agreement of two assessors: kappa against published examples, sums against all samples."""

from collections import Counter
from itertools import combinations, product
from math import isclose, sqrt
from random import Random
from statistics import mean

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.rules.agreement import (
    LINES_LEAST,
    USES_LEAST,
    LineVerdict,
    Pair,
    ReasonAgreement,
    Verdict,
    compared,
    extrapolate,
    reason_agreement,
)
from workbench.rules.kappa import SAID, Z95, Kappa, Table, clustered_kappa, kappa


def line(number: int, *reasons: tuple[str, int]) -> LineVerdict:
    deduction = sum(rial for _code, rial in reasons)
    return LineVerdict(
        number=number,
        code="125",
        reasons=reasons,
        deduction_rial=deduction,
        approval_rial=1_000 - deduction,
    )


def verdict(*lines: LineVerdict, returns: tuple[str, ...] = ()) -> Verdict:
    payable = sum(each.approval_rial for each in lines)
    return Verdict(lines=lines, payable_rial=payable, returns=returns)


def test_kappa_of_the_published_example() -> None:
    """Fleiss, Levin and Paik (2003), table 18.1: 100 patients, kappa 0.68, error 0.087."""
    found = kappa(((75, 1, 4), (5, 4, 1), (0, 0, 10)))
    assert found is not None
    assert round(found.value, 4) == 0.6765
    assert isclose((found.value - found.low) / Z95, 0.0877, abs_tol=5e-4)


def test_kappa_of_two_by_two_worked_by_hand() -> None:
    """po = 0.7, pe = 0.5 · 0.6 + 0.5 · 0.4 = 0.5, so kappa = 0.4."""
    found = kappa(((20, 5), (10, 15)))
    assert found is not None and isclose(found.value, 0.4)
    assert -1 <= found.low < found.value < found.high <= 1


@given(cells=st.tuples(*[st.integers(0, 40)] * 4))
def test_kappa_equals_the_definition_and_its_delta_method(cells: tuple[int, ...]) -> None:
    """The error by differentiating kappa numerically by each cell's share."""
    both, first, second, neither = cells
    total = sum(cells)
    found = kappa(((both, first), (second, neither)))
    if not total or (both == total or neither == total):
        assert found is None
        return
    assert found is not None

    def value(shares: tuple[float, ...]) -> float:
        a, b, c, d = (share / sum(shares) for share in shares)
        expected = (a + b) * (a + c) + (c + d) * (b + d)
        return (a + d - expected) / (1 - expected)

    shares = tuple(cell / total for cell in cells)
    assert isclose(found.value, value(shares), abs_tol=1e-9)
    step = 1e-6
    slopes = [
        (value(tuple(s + step * (n == m) for m, s in enumerate(shares))) - value(shares)) / step
        for n in range(4)
    ]
    middle = sum(s * slope for s, slope in zip(shares, slopes, strict=True))
    spread = sum(s * (slope - middle) ** 2 for s, slope in zip(shares, slopes, strict=True))
    wanted = Z95 * sqrt(spread / total)
    assert isclose(found.low, max(-1.0, found.value - wanted), abs_tol=1e-3)
    assert isclose(found.high, min(1.0, found.value + wanted), abs_tol=1e-3)


@pytest.mark.parametrize("table", [((0, 0), (0, 0)), ((9, 0), (0, 0)), ((0, 0), (0, 9))])
def test_kappa_without_variation_is_undefined(table: tuple[tuple[int, int], ...]) -> None:
    assert kappa(table) is None


def test_few_lines_have_no_kappa() -> None:
    few, seldom, enough = of_counts(10, 1, 1, 17), of_counts(2, 1, 1, 90), of_counts(10, 1, 1, 18)
    assert few.kappa is None and seldom.kappa is None and enough.kappa is not None
    assert enough.equal_share == 28 / 30


def of_counts(both: int, first_only: int, second_only: int, neither: int) -> ReasonAgreement:
    """Cases of one line: so many on which both, one, or none used the reason."""
    used, not_used = verdict(line(1, ("D01", 5))), verdict(line(1))
    counts = {
        (used, used): both,
        (used, not_used): first_only,
        (not_used, used): second_only,
        (not_used, not_used): neither,
    }
    pairs = [
        Pair(first=one, second=two) for (one, two), count in counts.items() for _ in range(count)
    ]
    (found,) = reason_agreement(list(map(compared, pairs)))
    assert (found.both, found.first_only) == (both, first_only)
    assert (found.second_only, found.neither) == (second_only, neither)
    return found


Said = tuple[bool, bool]


def tables(cases: list[list[Said]]) -> Counter[Table]:
    """The cases by the table of their lines."""

    def table(case: list[Said]) -> Table:
        both, first, second, neither = map(case.count, SAID)
        return both, first, second, neither

    return Counter(map(table, cases))


LINES = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15


def width(found: Kappa | None) -> float:
    assert found is not None
    return (found.high - found.value) / Z95


def test_cases_of_one_line_have_the_interval_of_lines() -> None:
    lines, cases = kappa(((20, 5), (10, 15))), clustered_kappa(tables([[said] for said in LINES]))
    assert lines is not None and cases is not None
    assert isclose(cases.value, lines.value)
    assert isclose(width(cases), width(lines) * sqrt(50 / 49))


@pytest.mark.parametrize("times", [2, 5])
def test_lines_that_repeat_each_other_tell_no_more_than_their_cases(times: int) -> None:
    alone, repeated = (clustered_kappa(tables([[said] * n for said in LINES])) for n in (1, times))
    assert alone is not None and repeated is not None
    assert isclose(repeated.value, alone.value)
    assert isclose(width(repeated), width(alone))
    assert width(kappa(((20 * times, 5 * times), (10 * times, 15 * times)))) < width(repeated)


def test_the_interval_by_cases_is_that_of_leaving_one_case_out() -> None:
    """The jackknife over 60 uneven cases, which knows nothing of influences."""
    chance = Random(7)
    cases = [[chance.choice(LINES)] * chance.randint(1, 4) for _ in range(60)]

    def value(chosen: list[list[tuple[bool, bool]]]) -> float:
        said = [each for case in chosen for each in case]
        one = sum(a for a, _b in said) / len(said)
        two = sum(b for _a, b in said) / len(said)
        expected = one * two + (1 - one) * (1 - two)
        return (sum(a == b for a, b in said) / len(said) - expected) / (1 - expected)

    left = [value(cases[:n] + cases[n + 1 :]) for n in range(60)]
    error = sqrt(59 / 60 * sum((each - mean(left)) ** 2 for each in left))
    found = clustered_kappa(tables(cases))
    assert found is not None and isclose(found.value, value(cases))
    assert isclose(width(found), error, rel_tol=0.05)


def test_one_case_tells_no_interval() -> None:
    assert clustered_kappa(tables([LINES])) is None
    assert clustered_kappa({}) is None


def test_reasons_are_counted_by_line() -> None:
    pairs = [
        Pair(
            first=verdict(line(1, ("D01", 100)), line(2)),
            second=verdict(line(1, ("D01", 50)), line(2, ("D05", 10))),
        ),
        Pair(first=verdict(line(1, ("D05", 10))), second=verdict(line(1))),
    ]
    found = {each.code: each for each in reason_agreement(list(map(compared, pairs)))}
    d01, d05 = found["D01"], found["D05"]
    assert (d01.both, d01.first_only, d01.second_only, d01.neither) == (1, 0, 0, 2)
    assert (d05.both, d05.first_only, d05.second_only, d05.neither) == (0, 1, 1, 1)
    assert [each.code for each in reason_agreement(list(map(compared, pairs)))] == ["D05", "D01"]
    assert reason_agreement([]) == ()


@given(
    cases=st.lists(
        st.lists(st.tuples(*[st.sets(st.sampled_from("abc"))] * 2), max_size=4), max_size=12
    )
)
def test_every_reason_is_what_it_is_when_counted_alone(
    cases: list[list[tuple[set[str], set[str]]]],
) -> None:
    """Line by line for one reason at a time, as the definition says it."""
    pairs = [
        Pair(first=verdict(*decided(case, 0)), second=verdict(*decided(case, 1))) for case in cases
    ]
    found = {each.code: each for each in reason_agreement(list(map(compared, pairs)))}
    assert set(found) == {
        code for case in cases for line_ in case for codes in line_ for code in codes
    }
    for code, each in found.items():
        said = [[(code in one, code in two) for one, two in case] for case in cases]
        lines = [use for case in said for use in case]
        counts = (each.both, each.first_only, each.second_only, each.neither)
        assert counts == tuple(map(lines.count, SAID))
        is_few = len(lines) < LINES_LEAST or len(lines) - each.neither < USES_LEAST
        assert each.kappa == (None if is_few else clustered_kappa(tables(said)))


def decided(case: list[tuple[set[str], set[str]]], side: int) -> list[LineVerdict]:
    return [
        line(number, *((code, 5) for code in sorted(codes[side])))
        for number, codes in enumerate(case, 1)
    ]


def test_what_differs_is_named_by_line() -> None:
    same = verdict(line(1, ("D01", 100)), line(2))
    assert Pair(first=same, second=same).is_equal
    other = Pair(first=same, second=verdict(line(1, ("D01", 90)), line(2)))
    assert (other.is_equal, other.differing) == (False, (1,))
    moved = Pair(first=same, second=verdict(line(1, ("D05", 100)), line(2)))
    assert (moved.is_equal, moved.differing) == (False, (1,))
    returned = verdict(line(1, ("D01", 100)), line(2), returns=("R03",))
    assert Pair(first=same, second=returned).differing == (0,)


def test_a_sum_over_strata_worked_by_hand() -> None:
    """N 10, n 2 of 0 and 30: 150 ± z·√(100·0.8·450/2); N 4, n 2 of 10 and 20: 60, 16·0.5·50/2."""
    found = extrapolate({("a",): 10, ("b",): 4}, {("a",): [0, 30], ("b",): [10, 20]})
    assert found is not None
    margin = Z95 * sqrt(100 * 0.8 * 450 / 2 + 16 * 0.5 * 50 / 2)
    assert (found.total_rial, found.population, found.assessed) == (210, 14, 4)
    assert (found.low_rial, found.high_rial) == (round(210 - margin), round(210 + margin))
    assert found.is_small


def test_all_cases_assessed_leave_nothing_open() -> None:
    found = extrapolate({("a",): 1, ("b",): 2}, {("a",): [7], ("b",): [1, 2]})
    assert found is not None
    assert (found.total_rial, found.low_rial, found.high_rial) == (10, 10, 10)


def test_small_strata_go_together() -> None:
    found = extrapolate({("x", 1): 5, ("x", 2): 5, ("y", 1): 4}, {("x", 1): [10], ("x", 2): [20]})
    assert found is not None
    assert found.total_rial == 14 * 15 and found.low_rial is not None
    alone = extrapolate({("x", 1): 5}, {("x", 1): [10]})
    assert alone is not None
    assert (alone.total_rial, alone.low_rial, alone.high_rial) == (50, None, None)


def test_nothing_assessed_says_nothing() -> None:
    assert extrapolate({}, {}) is None
    assert extrapolate({("a",): 9}, {}) is None
    assert extrapolate({("a",): 9}, {("a",): []}) is None


def test_the_estimate_is_right_on_the_average_of_all_samples() -> None:
    """Every sample of two of each of two strata: mean of the totals, and of the variances."""
    a, b = [3, 9, 30, 0], [5, 5, 80]
    samples = list(product(combinations(a, 2), combinations(b, 2)))
    found = [
        extrapolate({("a",): 4, ("b",): 3}, {("a",): list(one), ("b",): list(two)})
        for one, two in samples
    ]
    totals = [4 * mean(one) + 3 * mean(two) for one, two in samples]
    assert isclose(mean(totals), sum(a) + sum(b))
    assert [each.total_rial for each in found if each] == [round(total) for total in totals]
    spread = mean((total - mean(totals)) ** 2 for total in totals)
    margins = [(each.high_rial - each.low_rial) / 2 / Z95 for each in found if each]  # type: ignore[operator]
    assert isclose(mean(margin**2 for margin in margins), spread, rel_tol=0.02)
