"""What the page needs outside its components: keys, theme, connection, drafts, click guard."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from workbench.i18n import _, language
from workbench.ui.components.assets import script
from workbench.ui.page import acting_user


def page_agent(key: str, data: Mapping[str, Any], on_rejoin: Callable[[], None]) -> None:
    """Mount the agent once on a page; ``on_rejoin`` runs when a lost connection is back.

    ``data``: ``keys`` maps a key such as ``Shift+F9`` to the key of the Streamlit button it
    presses (decisions are named ``b_…``, the confirming button of a dialog ``dlg_ok``),
    ``drafts`` maps the key of a text widget to the name its words are kept under by ``/draft``.
    """
    whole = {
        "lang": language(),
        "owner": acting_user(),
        "words": words(),
        "keys": {},
        "drafts": {},
        **data,
    }
    _component()(key=key, data=whole, on_rejoin_change=on_rejoin, width=1, height=1)


@lru_cache
def _component() -> Any:
    return st.components.v2.component("arzyab_page_agent", js=script("agent.js"))


def words() -> dict[str, str]:
    """The words of the ribbon, in the language of the present run."""
    return {
        "busy": _("The server needs longer than usual. What you type is kept; please wait."),
        "offline": _("The connection is lost. What you type is kept; we are trying again."),
        "signedOut": _("Your session has ended. What you typed is kept; sign in again to go on."),
        "signIn": _("Sign in"),
    }
