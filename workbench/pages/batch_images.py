"""Adding images to the cases of a batch, for who may but opens no case page: reception."""

from html import escape

import streamlit as st

from workbench.i18n import _
from workbench.services.batches.view import BatchView, CaseRow
from workbench.services.claims.assessing import Place
from workbench.services.images.attach_rights import attachable, teeth_of
from workbench.ui.add_images import Target, draw_add_images, forget_images
from workbench.ui.format import digits
from workbench.ui.page import Context
from workbench.ui.page import reading as read

ASKED = "batch.asked"
IMAGES_OF = "images:"
"""Stands before the number of a case in what the button of its row opens."""


def images_width(open_ids: frozenset[int], sees_money: bool) -> str:
    """The column of the buttons; beside the amounts there is room for their picture alone."""
    if not open_ids:
        return ""
    return f'<col style="width:{"54px" if sees_money else "170px"}">'


def images_cell(case: CaseRow, sees_money: bool, open_ids: frozenset[int]) -> str:
    """The cell of a case's row with the button (HTML); no cell where no row has one."""
    if not open_ids:
        return ""
    if case.claim_id not in open_ids:
        return "<td></td>"
    word, title = _("Add images"), _("Add images to case {number}")
    label = escape(title.format(number=digits(case.number)))
    shown = "" if sees_money else escape(word)
    return f"""<td><button type="button" class="btn sm q" aria-label="{label}"
title="{label}" data-open="{IMAGES_OF}{escape(case.number)}"><i class="ic ic-plus i"></i>
{shown}</button></td>"""


def open_cases(asking: Context, view: BatchView) -> frozenset[int]:
    """The ids of the cases that the actor may add images to now."""
    if not view.cases:
        return frozenset()
    insurer_id, ids = view.cases[0].insurer_id, [case.claim_id for case in view.cases]
    return read(lambda s: attachable(s, asking.actor, insurer_id, ids, now=asking.now))


def ask(number: str) -> None:
    """Open the dialog of a case in the coming run."""
    if st.session_state.get(ASKED) != number:
        _forget()
        st.session_state[ASKED] = number


def draw_asked(asking: Context, view: BatchView, open_ids: frozenset[int]) -> None:
    """Show the dialog that was asked for until it is done or dismissed, or the case ended."""
    number = st.session_state.get(ASKED)
    if number is None:
        return
    case = next((each for each in view.cases if each.number == number), None)
    if case is None or case.claim_id not in open_ids:
        _forget()
        return
    title = _("Add images to case {number}").format(number=digits(case.number))
    open_dialog = st.dialog(title, width="large", on_dismiss=_forget)
    open_dialog(lambda: draw_add_images(asking, _target(asking, case)))()


def _target(asking: Context, case: CaseRow) -> Target:
    """Whatever version the case has meanwhile: an image more does no harm."""
    place = Place(insurer_id=case.insurer_id, claim_id=case.claim_id, version=None)
    teeth = read(lambda s: teeth_of(s, asking.actor, place, now=asking.now))
    return Target(place=place, teeth=teeth, leave=_forget)


def _forget() -> None:
    """The dialog was dismissed or has done its work."""
    if st.session_state.pop(ASKED, None) is not None:
        forget_images()
