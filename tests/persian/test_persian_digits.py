"""Digits of all three families, and amounts as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.persian.digits import parse_amount, to_ascii, to_persian
from workbench.persian.rial import format_rial, isolate


def test_all_three_families_become_latin_and_the_rest_stays():
    assert to_ascii("۰۱۲۳۴۵۶۷۸۹ ٠١٢٣٤٥٦٧٨٩ 0123456789 کد") == "0123456789 0123456789 0123456789 کد"


def test_latin_and_arabic_digits_become_persian():
    assert to_persian("0123456789 ٤٥٦ A/b") == "۰۱۲۳۴۵۶۷۸۹ ۴۵۶ A/b"


@pytest.mark.parametrize(
    "typed",
    [
        "1432000",
        "۱۴۳۲۰۰۰",
        "١٤٣٢٠٠٠",
        "1,432,000",
        "۱٬۴۳۲٬۰۰۰",
        "۱،۴۳۲،۰۰۰",
        "1 432 000",
        "1\u00a0432\u00a0000",
        "  1432,000 ",
        "۱4٣2000",
        "\u2068۱٬۴۳۲٬۰۰۰\u2069",
        "0001432000",
    ],
)
def test_an_amount_is_read(typed):
    assert parse_amount(typed) == 1_432_000


@pytest.mark.parametrize("typed", ["0", "۰", "٠"])
def test_zero_is_an_amount(typed):
    assert parse_amount(typed) == 0


@pytest.mark.parametrize(
    "typed",
    [
        *("", " ", "-", ",", "ریال", "12a", "1e6", "0x10", "1_000", "²"),
        *("-5", "\u22125", "۵-", "(5)", "+5"),
        *("1.5", "۱٫۵", "1/5", "1432000.00", "۱٬۴۳۲٫۰"),
        *("1,5", "12,34", "1,4320,00", "1,,432", ",432", "432,", "1 2"),
        "1000000000000000",
    ],
)
def test_decimals_negatives_and_anything_else_are_refused(typed):
    with pytest.raises(ValueError):
        parse_amount(typed)


@given(st.integers(0, 10**15 - 1), st.sampled_from(["fa", "en"]))
def test_every_amount_is_read_back_from_how_it_is_shown(amount_rial, lang):
    assert parse_amount(isolate(format_rial(amount_rial, lang))) == amount_rial
