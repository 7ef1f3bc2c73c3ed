"""The ids of an address: only what can be one, and kept when the browser's Back loses them."""

import pytest
from streamlit.testing.v1 import AppTest


def _script() -> None:
    import streamlit as st

    from workbench.ui.address import asked_ids

    st.session_state["got"] = asked_ids("letter", "insurer", "letter")


def run(**query: str) -> AppTest:
    page = AppTest.from_function(_script)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


@pytest.mark.parametrize("text", ["", "x", "-1", "۱۲", "9" * 19, "9" * 30, "1.0"])
def test_what_cannot_be_an_id_is_none(text: str) -> None:
    page = run(insurer="5", letter=text)
    assert not page.exception
    assert page.session_state["got"] is None


def test_ids_up_to_the_largest_of_the_database_are_taken() -> None:
    assert run(insurer="5", letter=str(2**63 - 1)).session_state["got"] == (5, 2**63 - 1)


def test_an_address_that_lost_its_ids_has_those_of_before() -> None:
    page = run(insurer="5", letter="7")
    page.query_params.clear()
    page.query_params["n"] = "990710275"
    page.run()
    assert page.session_state["got"] == (5, 7)
    assert dict(page.query_params) == {"insurer": "5", "letter": "7"}
