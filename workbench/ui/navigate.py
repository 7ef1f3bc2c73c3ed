"""Moving between pages. Addresses carry numbers only, never a name or free text."""

import streamlit as st

GO = "go"
PAGES = "pages"


def go(page: str, **query: str) -> None:
    """Ask for another page; done by ``follow`` in the coming run, so callbacks may call it."""
    st.session_state[GO] = (page, query)


def open_case(number: str) -> None:
    """Ask for the case page of a case number."""
    go("case", n=number)


def follow(pages: dict[str, st.Page]) -> None:
    """Go where ``go`` asked to, if the page is one of the actor's."""
    asked = st.session_state.pop(GO, None)
    if asked is not None and asked[0] in pages:
        st.switch_page(pages[asked[0]], query_params=asked[1])


def is_asked() -> bool:
    """Whether a move is waiting: a fragment then has to run the whole page again."""
    return GO in st.session_state
