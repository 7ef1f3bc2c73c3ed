"""How numbers and amounts are shown."""

import pytest

from workbench.persian.rial import format_rial, isolate, number, percent


@pytest.mark.parametrize(
    ("amount_rial", "fa", "en"),
    [
        (0, "۰", "0"),
        (999, "۹۹۹", "999"),
        (1_000, "۱٬۰۰۰", "1,000"),
        (1_432_000, "۱٬۴۳۲٬۰۰۰", "1,432,000"),
        (-1_432_000, "\u2212۱٬۴۳۲٬۰۰۰", "\u22121,432,000"),
    ],
)
def test_amount(amount_rial, fa, en):
    assert format_rial(amount_rial) == number(amount_rial) == fa
    assert format_rial(amount_rial, "en") == number(amount_rial, "en") == en


@pytest.mark.parametrize(
    ("basis_points", "fa", "en"),
    [
        (0, "۰٪", "0%"),
        (1_000, "۱۰٪", "10%"),
        (1_250, "۱۲٫۵٪", "12.5%"),
        (1_205, "۱۲٫۰۵٪", "12.05%"),
        (5, "۰٫۰۵٪", "0.05%"),
        (10_000, "۱۰۰٪", "100%"),
        (-50, "\u2212۰٫۵٪", "\u22120.5%"),
    ],
)
def test_share_in_basis_points(basis_points, fa, en):
    assert percent(basis_points) == fa
    assert percent(basis_points, "en") == en


def test_only_isolate_isolates():
    assert isolate("۱٬۰۰۰") == "\u2068۱٬۰۰۰\u2069"
    assert "\u2068" not in format_rial(1_000) + percent(1_000)
