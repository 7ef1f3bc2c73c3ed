"""The signed sheets of a letter: small beside their row, large in a dialog, on the record."""

from base64 import b64encode

import streamlit as st

from workbench import clock
from workbench.i18n import _
from workbench.services.referrals.sheet import read_sheet, sheet_thumb
from workbench.services.referrals.view import LetterView
from workbench.services.runtime import evidence_store
from workbench.ui.page import Context, doing

ASKED = "letter.sheet"


def thumbs(view: LetterView) -> dict[int, str]:
    """The small pictures by sheet, as addresses that hold them."""
    small = {each.sheet_id: sheet_thumb(evidence_store(), each.sha256) for each in view.sheets}
    return {sheet_id: _held(data) for sheet_id, data in small.items() if data is not None}


def ask_sheet(sheet_id: str) -> None:
    """Ask for the large picture of a sheet."""
    st.session_state[ASKED] = sheet_id


def draw_sheet(asking: Context, view: LetterView) -> None:
    """The dialog with the large picture, once it was asked for."""
    asked = st.session_state.pop(ASKED, "")
    sheet = next((each for each in view.sheets if str(each.sheet_id) == asked), None)
    if sheet is None:
        return
    data = doing(
        lambda s: read_sheet(
            s, evidence_store(), asking.actor, view.place, sheet.sheet_id, now=clock.now()
        )
    )
    if data is None:
        st.rerun()
    label = _("The signed sheet")

    @st.dialog(label, width="large")
    def show() -> None:
        st.html(f'<div class="az"><img class="lt-sheet" alt="{label}" src="{_held(data)}"></div>')

    show()


def _held(data: bytes) -> str:
    return f"data:image/jpeg;base64,{b64encode(data).decode()}"
