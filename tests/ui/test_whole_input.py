"""The field for a whole number takes any digits and says what is wrong."""

import pytest
from streamlit.testing.v1 import AppTest


def _script() -> None:
    import streamlit as st

    from workbench.ui.whole_input import typed_whole, whole_input

    whole_input("ماه", "months", 24)
    try:
        st.session_state["got"] = typed_whole("months")
    except ValueError:
        st.session_state["got"] = "wrong"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("۳۶", 36),
        ("36", 36),
        (" ٣٦ ", 36),
        ("\u200e۰", 0),
        ("", None),
        ("  ", None),
        ("-1", "wrong"),
        ("۱٫۵", "wrong"),
        ("1e3", "wrong"),
        ("²", "wrong"),
        ("۱۲۳۴۵۶۷", "wrong"),
        ("سه", "wrong"),
    ],
)
def test_a_number_is_read_or_refused_in_words(typed: str, expected: object) -> None:
    at = AppTest.from_function(_script).run()
    assert at.text_input[0].value == "۲۴"
    assert at.session_state["got"] == 24
    at.text_input[0].set_value(typed).run()
    assert at.session_state["got"] == expected
    told = [caption.value for caption in at.caption]
    assert bool(told) == (expected == "wrong")
    assert all("۱۲" in text for text in told)
    assert not at.exception
