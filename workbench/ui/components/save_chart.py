"""A button that saves a chart as a PNG, in the browser and with the page's font."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from workbench.ui.components.assets import script


def save_chart(key: str, data: Mapping[str, Any]) -> None:
    """Draw the button; it takes the page's own stylesheet.

    ``data``: ``chart`` (the key of the chart), ``name`` (stands over it), ``file`` (without its
    ending), ``hint``, ``font`` (its address) with ``family``, and the colours ``ground``, ``ink``.
    """
    _component()(key=key, data=dict(data))


@lru_cache
def _component() -> Any:
    return st.components.v2.component(
        "arzyab_save_chart", js=script("save_chart.js"), isolate_styles=False
    )
