"""A whole number typed in any digits; the browser's own number field shows Latin ones only."""

import streamlit as st

from workbench.i18n import _
from workbench.persian.digits import drop_direction_marks, to_ascii
from workbench.ui.format import digits

DIGITS_MAX = 6
EXAMPLE = 12


def whole_input(
    label: str,
    key: str,
    value: int | None = None,
    *,
    placeholder: str = "",
    help_text: str | None = None,
) -> None:
    """A field for a whole number; what is none is told beneath it. None: it begins empty."""
    if key not in st.session_state:
        st.session_state[key] = "" if value is None else digits(value)
    with st.container(gap=None):
        st.text_input(label, key=key, placeholder=placeholder, help=help_text)
        try:
            typed_whole(key)
        except ValueError:
            st.caption(f":red[{not_whole()}]")


def typed_whole(key: str) -> int | None:
    """The number in the field; None while it is empty; raises ``ValueError`` for what is none."""
    return parse_whole(str(st.session_state.get(key, "")))


def parse_whole(text: str) -> int | None:
    """A whole number of at most six digits, not negative; None: nothing but space."""
    typed = to_ascii(drop_direction_marks(text)).strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdecimal() and len(typed) <= DIGITS_MAX):
        raise ValueError(typed)
    return int(typed)


def not_whole() -> str:
    """What is wrong with what was typed."""
    return _("Not a whole number. Type it like {example}.").format(example=digits(EXAMPLE))
