"""The desk's application, with a clock that a test may set: ``app.py`` and one line more."""

import os
from datetime import datetime, timedelta
from pathlib import Path

import streamlit as st

from workbench import clock
from workbench.web.application import app_parts

wall_clock = clock.now


def shown_now() -> datetime:
    """The instant on the test's clock: the wall clock, moved by the seconds in its file."""
    path = Path(os.environ["CLOCK_FILE"])
    return wall_clock() + timedelta(seconds=float(path.read_text() if path.exists() else 0))


clock.now = shown_now
app = st.App(**app_parts())
