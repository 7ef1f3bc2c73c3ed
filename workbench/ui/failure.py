"""What a user sees when the program itself failed: a sentence and a reference, no traceback."""

import logging
import secrets
from html import escape

import streamlit as st

from workbench.errors import Refused
from workbench.i18n import _
from workbench.ui.page import show_refusal

log = logging.getLogger("workbench.failure")


def show_failure(error: Exception) -> bool:
    """Say why a refusal ended the run; log any other error and show its reference."""
    if isinstance(error, Refused):
        show_refusal(error)
        return True
    reference = secrets.token_hex(4)
    log.error("failure %s", reference, exc_info=error)
    title = escape(_("Something went wrong on our side"))
    said = _(
        "Nothing you typed is lost. Reload the page; if it happens again, give the administrator"
        " the reference {reference}."
    )
    st.html(
        f'<div class="az az-empty" role="alert"><b>{title}</b>'
        f"<p>{escape(said.format(reference=reference))}</p></div>"
    )
    return True
