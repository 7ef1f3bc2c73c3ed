"""A dialog that is open goes with its page, by the bar and by the browser's Back too."""

import streamlit as st

from workbench.ui.add_images import forget_images

PAGE = "dialogs.page"
ASKED = ("case.asked", "plan.asked", "letter.asked", "batch.asked")


def close_left(path: str) -> None:
    """Forget the dialogs of the page before, if this run draws another one at ``path``."""
    former = st.session_state.get(PAGE)
    st.session_state[PAGE] = path
    if former in (None, path):
        return
    if any([st.session_state.pop(key, None) for key in ASKED]):
        forget_images()
