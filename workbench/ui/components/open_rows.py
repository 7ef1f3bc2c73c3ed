"""A block of our own HTML (a table with sums, shared widths) whose rows open by click or Enter.

Plain lists take ``components.table``.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import streamlit as st

from workbench.ui.components.assets import script
from workbench.ui.components.events import event_of


def open_rows(key: str, html: str, on_open: Callable[[str], None] = lambda _row: None) -> None:
    """Draw ``html``; ``on_open`` gets the ``data-open`` of a row that was clicked or entered.

    ``html`` is built by us with every text escaped; rows carry ``data-open`` and ``tabindex="0"``,
    and a part marked ``data-into-sight`` is scrolled to whenever it is new. A button with
    ``data-compare="left,right"`` shows these two images of the page's viewer, without a rerun.
    It takes the page's own stylesheet.
    """

    def opened() -> None:
        value = event_of(key, "open")
        if value is not None:
            on_open(str(value))

    _component()(key=key, data={"html": html}, on_open_change=opened)


@lru_cache
def _component() -> Any:
    return st.components.v2.component(
        "arzyab_open_rows", js=script("open_rows.js"), isolate_styles=False
    )
