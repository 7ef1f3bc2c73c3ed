"""Files made when their button is pressed, with the rights that the user has at that moment."""

from collections.abc import Callable
from typing import Any

import streamlit as st
from sqlalchemy.orm import Session

from workbench import clock
from workbench.i18n import DEFAULT_LANGUAGE, use_language
from workbench.services.access import Actor, present_actor
from workbench.services.runtime import database
from workbench.ui.page import Context

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF = "application/pdf"

Make = Callable[..., bytes]
"""``make(session, actor, now=…)``; it writes to the trail what was taken out."""


def download(
    asking: Context,
    label: str,
    make: Make,
    *,
    file_name: str,
    mime: str,
    key: str,
    is_paper: bool = False,
    **look: Any,
) -> None:
    """A button for a file; ``is_paper``: a form, which is Persian whatever the screen speaks.

    Streamlit makes the file in a thread of its own, which knows neither language nor session.
    """

    def made() -> bytes:
        use_language(DEFAULT_LANGUAGE if is_paper else asking.language)
        return database().in_tx(_with_present_rights)

    def _with_present_rights(session: Session) -> bytes:
        actor: Actor = present_actor(session, asking.actor)
        return make(session, actor, now=clock.now())

    st.download_button(
        label, data=made, file_name=file_name, mime=mime, key=key, on_click="ignore", **look
    )
