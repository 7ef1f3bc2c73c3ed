"""Search keys and the order of the Persian alphabet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.persian.text import ALPHABET, collation_key, normalise


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("علي", "علی"),
        ("موسى", "موسی"),
        ("كريمي", "کریمی"),
        ("فاطمة", "فاطمه"),
        ("خانۀ", "خانه"),
        ("أحمد إبراهيم آذر", "احمد ابراهیم اذر"),
        ("مؤمن", "مومن"),
        ("محـــمد", "محمد"),
        ("مُحَمَّد", "محمد"),
        ("خانه\u0654", "خانه"),
        ("علی\u200cزاده", "علیزاده"),
        ("\u200eعلی\u200f", "علی"),
        ("\u2068علی\u2069", "علی"),
        ("کد ۱۲۳ ٤٥٦", "کد 123 456"),
        ("  رضا \t\n کریمی\u00a0پور ", "رضا کریمی پور"),
        ("رئیس", "رئیس"),
        ("Dr A", "Dr A"),
        ("", ""),
    ],
)
def test_search_key(written, key):
    assert normalise(written) == key


@given(st.text(alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x06FF), max_size=40))
def test_a_search_key_is_its_own_search_key(text):
    assert normalise(normalise(text)) == normalise(text)


def test_the_alphabet_sorts_in_persian_order_where_code_points_do_not():
    assert sorted(reversed(ALPHABET), key=collation_key) == list(ALPHABET)
    assert sorted(ALPHABET) != list(ALPHABET)


def test_names_sort_as_in_a_directory():
    names = ["ابراهیمی", "آذری", "یزدی", "گلستانی", "کریمی", "پارسا", "بهرامی", "چمنی", "جلالی"]
    names += ["هاشمی", "وحیدی", "ژاله", "زندی", "سعیدی", "لطفی"]
    assert sorted(names, key=collation_key) == [
        *("آذری", "ابراهیمی", "بهرامی", "پارسا", "جلالی", "چمنی", "زندی", "ژاله", "سعیدی"),
        *("کریمی", "گلستانی", "لطفی", "وحیدی", "هاشمی", "یزدی"),
    ]


def test_spellings_of_one_name_share_their_place():
    assert collation_key("كريمي") == collation_key("کریمی")
    assert collation_key("علی\u200cزاده") == collation_key("علیزاده")
    assert collation_key("بند ۲") == collation_key("بند 2")
    assert collation_key("Sara") == collation_key("sara")


def test_shorter_names_then_digits_then_latin_then_persian():
    written = ["علی", "علی رضا", "علی ۲", "علیرضا", "علی b"]
    assert sorted(written, key=collation_key) == [
        *("علی", "علی ۲", "علی b", "علی رضا", "علیرضا"),
    ]
