"""The two buttons below a list that is read by key, and what they keep for the next reading."""

from collections.abc import Callable
from typing import Protocol, TypedDict

import streamlit as st

from workbench.i18n import _


class Keyed(Protocol):
    """A page that knows the keys of its neighbours."""

    @property
    def next_key(self) -> str | None: ...

    @property
    def previous_key(self) -> str | None: ...


class Place(TypedDict):
    """The page of a list that the user is at: behind a key, or before one."""

    after: str | None
    before: str | None


def place_in(name: str) -> Place:
    """Where in the list the user is."""
    kept = st.session_state
    return {"after": kept.get(f"{name}.after"), "before": kept.get(f"{name}.before")}


def first_page(name: str) -> None:
    """Go back to the first page of a list, as after another filter."""
    st.session_state[f"{name}.after"] = st.session_state[f"{name}.before"] = None


def turn(name: str, page: Keyed, to: str) -> None:
    """Go to the ``next`` or ``previous`` page of a list, if there is one."""
    if to == "next" and page.next_key is not None:
        first_page(name)
        st.session_state[f"{name}.after"] = page.next_key
    elif to == "previous" and page.previous_key is not None:
        first_page(name)
        st.session_state[f"{name}.before"] = page.previous_key


def pager(
    key: str,
    page: Keyed,
    on_turn: Callable[[str], None],
    *,
    previous: str | None = None,
    following: str | None = None,
) -> None:
    """The buttons; ``previous`` and ``following`` are their words, if they need others."""
    for to, word, is_there in (
        ("previous", previous or _("Previous page"), page.previous_key is not None),
        ("next", following or _("Next page"), page.next_key is not None),
    ):
        st.button(word, key=f"{key}_{to}", disabled=not is_there, on_click=on_turn, args=(to,))


def first_and_next(
    key: str, after: str | None, next_key: str | None, on_turn: Callable[[str | None], None]
) -> None:
    """The buttons of a list that is only read forwards; none where all is on one page.

    Both stay where they are, so that a second click never meets the other one.
    """
    if after is None and next_key is None:
        return
    with st.container(horizontal=True):
        for name, word, to, is_there in (
            ("first", _("First page"), None, after is not None),
            ("next", _("Next page"), next_key, next_key is not None),
        ):
            st.button(
                word, key=f"{key}_{name}", disabled=not is_there, on_click=on_turn, args=(to,)
            )
