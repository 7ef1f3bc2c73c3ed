"""A day typed as ``1405/08/30``, in any digits."""

from datetime import date

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.persian.jalali import day_of, format_day, parse_day
from workbench.ui.format import digits

EXAMPLE = "1404/01/31"


def jalali_input(
    label: str, key: str, value: date | None = None, *, width: int = 160
) -> date | None:
    """A field for a Jalali day, today as its example.

    None while it is empty or, told beneath it, not a day.
    """
    if key not in st.session_state:
        st.session_state[key] = "" if value is None else digits(format_day(value))
    today = format_day(day_of(clock.now()))
    with st.container(gap=None, width=width):
        typed = st.text_input(label, key=key, placeholder=digits(today)).strip()
        if not typed:
            return None
        try:
            return parse_day(typed)
        except ValueError:
            st.caption(f":red[{not_a_day()}]")
    return None


def typed_day(key: str) -> date | None:
    """The day in the field at this moment, for a callback; None while it is empty or not a day."""
    try:
        return parse_day(st.session_state.get(key, "").strip())
    except ValueError:
        return None


def not_a_day() -> str:
    """What is wrong with what was typed."""
    return _("Not a day. Type it like {example}.").format(example=digits(EXAMPLE))
