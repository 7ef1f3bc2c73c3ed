"""The draw of decided cases: a share of every stratum, by chance, and never twice."""

import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.rules.sampling import amount_band, draw, wanted_count

SOME = random.Random(7)


@pytest.mark.parametrize(
    ("cost_rial", "band"),
    [(0, 0), (19_999_999, 0), (20_000_000, 1), (99_999_999, 1), (100_000_000, 2)],
)
def test_a_band_begins_at_its_border(cost_rial: int, band: int) -> None:
    assert amount_band(cost_rial) == band


@pytest.mark.parametrize(
    ("decided", "percent", "wanted"),
    [(0, 10, 0), (1, 10, 1), (10, 10, 1), (11, 10, 2), (30, 10, 3), (7, 100, 7), (3, 34, 2)],
)
def test_the_share_is_rounded_up(decided: int, percent: int, wanted: int) -> None:
    assert wanted_count(decided, percent) == wanted


def test_nothing_is_drawn_of_nothing() -> None:
    assert draw({}, {}, percent=10, chance=SOME) == []
    assert draw({"empty": []}, {}, percent=10, chance=SOME) == []


def test_one_case_is_drawn() -> None:
    assert draw({"only": [5]}, {}, percent=10, chance=SOME) == [5]


@given(
    sizes=st.dictionaries(st.integers(0, 9), st.integers(0, 40), max_size=6),
    percent=st.integers(10, 100),
    seed=st.integers(0, 999),
)
def test_every_stratum_and_the_whole_reach_the_share(
    sizes: dict[int, int], percent: int, seed: int
) -> None:
    strata = {key: [(key, n) for n in range(size)] for key, size in sizes.items()}
    drawn = draw(strata, {}, percent=percent, chance=random.Random(seed))
    assert len(set(drawn)) == len(drawn)
    per_stratum = Counter(key for key, _n in drawn)
    for key, size in sizes.items():
        assert percent * size <= 100 * per_stratum[key] < percent * size + 100
    assert 100 * len(drawn) >= percent * sum(sizes.values())


def test_a_second_draw_of_the_same_cases_draws_nothing() -> None:
    cases = list(range(40))
    first = draw({"a": cases}, {}, percent=10, chance=SOME)
    rest = [case for case in cases if case not in first]
    assert draw({"a": rest}, {"a": len(first)}, percent=10, chance=SOME) == []
    assert len(draw({"a": rest}, {"a": len(first)}, percent=20, chance=SOME)) == 4


def test_every_case_has_the_same_chance() -> None:
    chance = random.Random(1)
    times = Counter(
        case for _ in range(4_000) for case in draw({"a": range(10)}, {}, percent=20, chance=chance)
    )
    assert set(times) == set(range(10))
    assert all(700 < times[case] < 900 for case in times)
