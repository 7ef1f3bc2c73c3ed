"""What was pressed last on a page of figures: a figure or row, and of which bar of the chart.

It is kept under a name of the page's own. A row is ``group:key``, such as ``member:12``.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import streamlit as st

from workbench.services.figures.throughput import Wanted

_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The figure or group, the key of its row (else empty), and what it is limited to."""

    figure: str
    of: str
    wanted: Wanted


def choose(name: str, key: str) -> None:
    """A figure or row was pressed: it is of the whole period."""
    st.session_state[name] = (key, None)


def choose_bar(name: str, bars: Sequence[date], place: int, wanted: Wanted, *, figure: str) -> None:
    """A bar was pressed: it limits the figure chosen last, or else ``figure``, to its days.

    ``bars`` are the first days of all bars, ``place`` counts from 0.
    """
    key = st.session_state.get(name, (figure, None))[0]
    last_on = bars[place + 1] - _ONE_DAY if place + 1 < len(bars) else wanted.last_on
    st.session_state[name] = (key, (bars[place].isoformat(), last_on.isoformat()))


def chosen_of(name: str, wanted: Wanted) -> Chosen | None:
    """What was pressed, within ``wanted``; a bar that lies outside of it counts no more."""
    if name not in st.session_state:
        return None
    key, days = st.session_state[name]
    first_on, last_on = map(date.fromisoformat, days) if days else (wanted.first_on, wanted.last_on)
    if wanted.first_on <= first_on <= wanted.last_on:
        wanted = replace(wanted, first_on=first_on, last_on=min(last_on, wanted.last_on))
    figure, _colon, of = key.partition(":")
    return Chosen(figure=figure, of=of, wanted=wanted)
