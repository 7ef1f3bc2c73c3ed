"""What the components of our own send."""

from typing import Any

import streamlit as st


def event_of(key: str, name: str) -> Any:
    """The event of a component; None: there is none, or its page was left meanwhile.

    Two messages of the same moment are worked off one after the other: where the first one leaves
    the page, the state of what sent the second one is gone, while its callback still runs.
    """
    state = st.session_state.get(key)
    return None if state is None else state[name]
