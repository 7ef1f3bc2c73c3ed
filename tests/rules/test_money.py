"""The one function that computes money; cases in ``money.toml``, real rows in the golden file."""

import csv
import time
import tomllib
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.errors import Refused
from workbench.rules.money import (
    CaseMoney,
    LineInput,
    LineMoney,
    Outcome,
    outcome_of,
    round10,
    round_half_up,
    settle,
    spread_over_lines,
    tariff_unit_rial,
)

CASES = Path(__file__).parents[1] / "cases"
SETTLE = tomllib.loads((CASES / "money.toml").read_text("utf-8"))["settle"]
with (CASES / "golden_money.csv").open(encoding="utf-8", newline="") as file:
    GOLDEN = list(csv.DictReader(file))

COLUMNS = {
    "cost": "cost_rial",
    "tariff_reject": "tariff_reject_rial",
    "technical_deduction": "technical_deduction_rial",
    "patient_share": "patient_share_rial",
    "technical_approval": "technical_approval_rial",
    "ceiling_reject": "ceiling_reject_rial",
    "payable": "payable_rial",
}
SYMBOLS = dict(zip("CTDSAXP", COLUMNS.values(), strict=True))


def known(amount: int) -> int | None:
    return None if amount == -1 else amount


def settled(given: dict) -> CaseMoney:
    return settle(
        [
            LineInput(cost_rial=cost, tariff_rial=known(tariff), deduction_rial=deduction)
            for cost, tariff, deduction in given["lines"]
        ],
        franchise_basis=given["franchise"],
        available_rial=known(given["available"]),
    )


@pytest.mark.parametrize("case", SETTLE, ids=lambda case: case["name"])
def test_a_case_is_settled_as_the_table_says(case):
    assert case["source"]
    if "refused" in case:
        with pytest.raises(Refused) as refusal:
            settled(case["given"])
        wanted = dict(case["refused"])
        assert refusal.value.code == wanted.pop("code")
        assert wanted.items() <= refusal.value.facts.items()
        return
    money = settled(case["given"])
    assert {s: getattr(money, SYMBOLS[s]) for s in case["expect"]} == case["expect"]
    for line, figures in zip(money.lines, case.get("lines", []), strict="lines" in case):
        assert [getattr(line, SYMBOLS[symbol]) for symbol in "TDSA"] == figures


def settle_alone(cost: int, deduction: int, percent: int, available: int | None) -> CaseMoney:
    line = LineInput(cost_rial=cost, tariff_rial=None, deduction_rial=deduction)
    return settle([line], franchise_basis=percent * 100, available_rial=available)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["row"])
def test_every_real_row_is_reproduced(row):
    """A row with a franchise is one line; one without is a batch of a 10 % and a 20 % case."""
    printed = {name: int(row[name]) for name in COLUMNS}
    available = printed["payable"] if printed["ceiling_reject"] else None
    if row["franchise_percent"]:
        parts = [(printed["cost"], int(row["franchise_percent"]))]
    else:
        dear = 10 * printed["patient_share"] - printed["cost"]
        parts = [(dear, 20), (printed["cost"] - dear, 10)]
    cases = []
    for cost, percent in parts:
        left = None if available is None else available - sum(c.payable_rial for c in cases)
        cases.append(settle_alone(cost, printed["technical_deduction"], percent, left))
    for name, attribute in COLUMNS.items():
        assert sum(getattr(money, attribute) for money in cases) == printed[name], name


def test_the_golden_file_holds_all_rows():
    assert len(GOLDEN) == 12


@st.composite
def line_inputs(draw):
    cost = draw(st.integers(0, 10**12))
    tariff = draw(st.none() | st.integers(0, 10**12))
    left = cost if tariff is None else min(cost, tariff)
    return LineInput(cost_rial=cost, tariff_rial=tariff, deduction_rial=draw(st.integers(0, left)))


@given(
    st.lists(line_inputs(), max_size=6),
    st.integers(0, 10_000),
    st.none() | st.integers(0, 10**13),
)
def test_the_four_identities_hold(lines, franchise_basis, available):
    money = settle(lines, franchise_basis=franchise_basis, available_rial=available)
    for line in (*money.lines, money):
        assert line.technical_approval_rial == (
            line.cost_rial
            - line.patient_share_rial
            - line.tariff_reject_rial
            - line.technical_deduction_rial
        )
    for line in money.lines:
        rest = line.cost_rial - line.tariff_reject_rial - line.technical_deduction_rial
        assert line.patient_share_rial == floor(
            Fraction(rest * franchise_basis, 10_000) + Fraction(1, 2)
        )
        assert 0 <= line.patient_share_rial <= rest
    rounded = 10 * floor(Fraction(money.technical_approval_rial, 10) + Fraction(1, 2))
    assert money.payable_rial == (rounded if available is None else min(rounded, available))
    assert money.ceiling_reject_rial == rounded - money.payable_rial >= 0


@given(
    st.lists(line_inputs(), min_size=1, max_size=6),
    st.integers(0, 10_000),
    st.none() | st.integers(0, 10**12),
)
def test_what_is_spread_over_lines_adds_up(lines, franchise_basis, available):
    money = settle(lines, franchise_basis=franchise_basis, available_rial=available)
    spread = spread_over_lines(money)
    assert sum(x for x, _ in spread) == money.ceiling_reject_rial
    assert sum(p for _, p in spread) == money.payable_rial
    assert all(x >= 0 and p >= 0 for x, p in spread)


def spread_of(*costs: int, available: int | None = None) -> list[tuple[int, int]]:
    lines = [LineInput(cost_rial=cost, tariff_rial=None, deduction_rial=0) for cost in costs]
    return spread_over_lines(settle(lines, franchise_basis=0, available_rial=available))


def test_the_rounding_falls_on_the_last_line_that_is_approved():
    assert spread_of(1_003, 1_004, 0) == [(0, 1_003), (0, 1_007), (0, 0)]


def test_the_rounding_never_makes_a_line_negative():
    assert spread_of(1_001, 3) == [(0, 1_000), (0, 0)]


def test_the_ceiling_reject_is_taken_from_the_last_line_backwards():
    assert spread_of(1_000, 500, 200, available=900) == [(100, 900), (500, 0), (200, 0)]
    assert spread_of(1_000, 500, 200, available=1_600) == [(0, 1_000), (0, 500), (100, 100)]


def money_of(*, tariff_reject: int = 0, deduction: int = 0, approval: int = 100) -> LineMoney:
    return LineMoney(
        cost_rial=tariff_reject + deduction + approval,
        tariff_reject_rial=tariff_reject,
        technical_deduction_rial=deduction,
        patient_share_rial=0,
        technical_approval_rial=approval,
    )


@pytest.mark.parametrize(
    ("line", "is_rejected", "returned", "outcome"),
    [
        (money_of(), False, False, Outcome.LESS_FRANCHISE),
        (money_of(deduction=1), False, False, Outcome.LESS_FRANCHISE_AND_OVERCLAIM),
        (money_of(tariff_reject=1), False, False, Outcome.LESS_FRANCHISE_AND_OVER_TARIFF),
        (money_of(tariff_reject=1, deduction=1), False, False, 2),
        (money_of(deduction=100, approval=0), False, False, 2),
        (money_of(deduction=100, approval=0), True, False, Outcome.NOT_PAYABLE),
        (money_of(deduction=100, approval=0), True, True, Outcome.RETURNED),
    ],
)
def test_the_outcome_is_derived(line, is_rejected, returned, outcome):
    assert outcome_of(line, is_rejected=is_rejected, returned=returned) == outcome


def test_the_outcome_of_the_sources_is_number_two():
    assert Outcome.LESS_FRANCHISE_AND_OVERCLAIM == 2


@pytest.mark.parametrize(
    ("base", "coefficient", "unit"),
    [(6_290_000, 10_000, 6_290_000), (1_001, 11_000, 1_101), (5, 11_000, 6), (5, 10_999, 5)],
)
def test_the_coefficient_rounds_half_up_to_the_rial_per_unit(base, coefficient, unit):
    assert tariff_unit_rial(base, coefficient) == unit


def test_there_is_one_rounding_and_a_half_goes_up():
    assert [round_half_up(n, 2) for n in (0, 1, 2, 3)] == [0, 1, 1, 2]
    assert [round10(n) for n in (0, 4, 5, 14, 15, 867_191)] == [0, 0, 10, 10, 20, 867_190]


def test_money_is_fast_enough_by_a_wide_margin():
    """The goal is 50,000 lines a second; a quarter of it here, so that a busy machine passes."""
    line = LineInput(cost_rial=7_722_000, tariff_rial=7_000_000, deduction_rial=3)
    started = time.perf_counter()
    for _ in range(1_000):
        settle([line] * 10, franchise_basis=1_000, available_rial=10**9)
    assert 10_000 / (time.perf_counter() - started) > 12_500
