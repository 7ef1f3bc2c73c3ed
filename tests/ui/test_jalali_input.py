"""The field for a Jalali day takes any digits and says what is wrong."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest


def _script() -> None:
    from datetime import date

    import streamlit as st

    from workbench.ui.jalali_input import jalali_input

    st.session_state["got"] = jalali_input("روز", "day", date(2025, 11, 22))


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("۱۴۰۵/۰۸/۳۰", date(2026, 11, 21)),
        ("1405/8/30", date(2026, 11, 21)),
        ("١٤٠٥-٠٨-٣٠", date(2026, 11, 21)),
        ("", None),
        ("1405/13/01", None),
        ("1404/12/30", None),
        ("2026-11-21", None),
        ("<b>", None),
    ],
)
def test_a_day_is_read_or_refused_in_words(typed: str, expected: date | None) -> None:
    at = AppTest.from_function(_script).run()
    assert at.text_input[0].value == "۱۴۰۴/۰۹/۰۱"
    at.text_input[0].set_value(typed).run()
    assert at.session_state["got"] == expected
    told = [caption.value for caption in at.caption]
    assert bool(told) == (expected is None and typed != "")
    assert all("۱۴۰۴/۰۱/۳۱" in text for text in told)
    assert not at.exception
