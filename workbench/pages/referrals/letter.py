"""One referral letter: what it says, what became of it, print, amend, cancel, issue again."""

from collections.abc import Callable

import streamlit as st

from workbench import clock
from workbench.errors import Refused
from workbench.i18n import _
from workbench.pages.referrals import letter_panels as panels
from workbench.pages.referrals import letter_sheet
from workbench.pages.referrals.amounts import NO_AMOUNT, amount_of, group_amount, shown_amount
from workbench.services.errors import sentence
from workbench.services.images.upload import MEGABYTES_MAX
from workbench.services.referrals.approval import approve_letter, decline_letter
from workbench.services.referrals.changes import cancel_referral
from workbench.services.referrals.pdf import letter_pdf
from workbench.services.referrals.sheet import amend_letter, take_sheet
from workbench.services.referrals.view import LetterView, read_letter
from workbench.services.runtime import evidence_store
from workbench.ui import navigate
from workbench.ui.address import asked_ids
from workbench.ui.case_panels import refusal
from workbench.ui.components.open_rows import open_rows
from workbench.ui.components.page_agent import page_agent
from workbench.ui.downloads import PDF, download
from workbench.ui.format import digits
from workbench.ui.page import Context, context, doing, show_refusal, take_refusals, tell
from workbench.ui.page import reading as read
from workbench.ui.uploads import no_image_arrived

ASKED, DONE = "letter.asked", "letter.dialog_done"
AMOUNT, SHEET, REASON = "letter_amount", "letter_sheet", "letter_reason"
AGAIN = "issue.again"


def letter_page() -> None:
    """One letter (address ``?insurer=…&letter=…``)."""
    asking = context()
    key = asked_ids("letter", "insurer", "letter")
    if key is None:
        show_refusal(Refused("unknown_referral", key=st.query_params.get("letter") or "–"))
        return
    view = read(lambda s: read_letter(s, asking.actor, *key, now=asking.now))
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.container(width="stretch"):
            st.html(panels.head(view))
        _actions(asking, view)
    st.html(panels.facts(view))
    open_rows("letter_records", panels.records(view, letter_sheet.thumbs(view)), _open)
    _draw_asked(asking, view)
    letter_sheet.draw_sheet(asking, view)
    page_agent("agent", {"keys": {"Ctrl+K": "top_search"}}, lambda: None)


def _actions(asking: Context, view: LetterView) -> None:
    """What the user may do with the letter as it stands; what leads on is the primary button."""
    if view.may_approve and not view.is_own_request:
        st.button(_("Decline"), key="l_decline", on_click=_ask, args=("decline",))
        st.button(
            _("Approve the letter"),
            key="l_approve",
            type="primary",
            shortcut="Ctrl+Enter",
            on_click=_approve,
            args=(asking, view),
        )
    if view.may_see_ceiling:
        st.button(_("Ceiling"), key="l_ceiling", on_click=_to_ceiling, args=(view,))
    if view.may_cancel:
        st.button(_("Cancel the letter"), key="l_cancel", on_click=_ask, args=("cancel",))
    if view.may_amend:
        st.button(_("Amend the amount"), key="l_amend", on_click=_ask, args=("amend",))
    if view.may_issue_again:
        st.button(
            _("Issue again"), key="l_again", type="primary", on_click=_issue_again, args=(view,)
        )
    if not view.may_print:
        return
    place = view.place
    download(
        asking,
        _("Print (PDF)"),
        lambda session, actor, *, now: letter_pdf(
            session, actor, place.insurer_id, place.referral_id, now=now
        ),
        file_name=f"letter-{view.number}.pdf",
        mime=PDF,
        key="l_print",
        is_paper=True,
        type="secondary" if view.may_issue_again else "primary",
    )


def _approve(asking: Context, view: LetterView) -> None:
    doing(
        lambda s: approve_letter(s, asking.actor, view.place, now=clock.now()).number,
        done=_("Letter {number} was approved; its amount is reserved.").format(
            number=digits(view.number)
        ),
    )


def _open(target: str) -> None:
    """A case, or the picture of a sheet."""
    kind, _colon, number = target.partition(":")
    if kind == "sheet":
        letter_sheet.ask_sheet(number)
    else:
        navigate.open_case(number)


def _to_ceiling(view: LetterView) -> None:
    navigate.go("ceiling", insurer=str(view.place.insurer_id), account=str(view.account_id))


def _issue_again(view: LetterView) -> None:
    st.session_state[AGAIN] = f"{view.place.insurer_id}-{view.place.referral_id}"
    navigate.go("issue")


def _ask(name: str) -> None:
    st.session_state[ASKED] = name
    st.session_state.pop(DONE, None)


def _forget() -> None:
    st.session_state.pop(ASKED, None)


def _draw_asked(asking: Context, view: LetterView) -> None:
    """The dialog that was asked for, as long as the letter still allows it."""
    asked = str(st.session_state.get(ASKED, ""))
    dialogs = {
        "amend": (view.may_amend, _("Amend the amount of letter {number}"), _amend),
        "cancel": (view.may_cancel, _("Cancel letter {number}"), _cancel),
        "decline": (view.may_approve, _("Decline letter {number}"), _decline),
    }
    is_allowed, words, draw = dialogs.get(asked, (False, "", _cancel))
    if not is_allowed:
        _forget()
        return
    title = words.format(number=digits(view.number))
    st.dialog(title, on_dismiss=_forget)(lambda: _body(lambda: draw(asking, view)))()


def _body(draw: Callable[[], None]) -> None:
    """A dialog whose decision went through closes; a refused one says why and stays."""
    if st.session_state.pop(DONE, False):
        _forget()
        st.rerun()
    for text in take_refusals():
        st.html(refusal(text))
    draw()


def _buttons(label: str, on_ok: Callable[[], None]) -> None:
    with st.container(key="dlg_buttons", horizontal=True, horizontal_alignment="right"):
        st.button(label, key="dlg_ok", type="primary", shortcut="Ctrl+Enter", on_click=on_ok)


def _amend(asking: Context, view: LetterView) -> None:
    st.session_state.setdefault(AMOUNT, shown_amount(view.amount_rial))
    st.text_input(_("New amount (rial)"), key=AMOUNT, on_change=group_amount, args=(AMOUNT,))
    st.file_uploader(
        _("The sheet that was signed for the former amount (JPEG)"),
        type=["jpg", "jpeg"],
        max_upload_size=MEGABYTES_MAX,
        key=SHEET,
    )
    st.html(no_image_arrived(MEGABYTES_MAX))

    def decide() -> None:
        amount_rial = amount_of(st.session_state.get(AMOUNT, ""))
        if amount_rial is None:
            tell("refused", _(NO_AMOUNT))
            return
        chosen = st.session_state.get(SHEET)
        try:
            sheet = take_sheet(evidence_store(), chosen.getvalue(), chosen.name) if chosen else None
        except Refused as refused:
            tell("refused", sentence(refused))
            return
        done = doing(
            lambda s: (
                amend_letter(
                    s,
                    asking.actor,
                    view.place,
                    amount_rial=amount_rial,
                    sheet=sheet,
                    now=clock.now(),
                ).number
            ),
            done=_("The amount of letter {number} was amended.").format(number=digits(view.number)),
        )
        if done is not None:
            st.session_state.pop(AMOUNT, None)
            st.session_state[DONE] = True

    _buttons(_("Amend"), decide)


def _cancel(asking: Context, view: LetterView) -> None:
    st.text_area(_("Reason"), key=REASON, height=110)

    def decide() -> None:
        reason = st.session_state.get(REASON, "")
        released = doing(
            lambda s: cancel_referral(s, asking.actor, view.place, reason=reason, now=clock.now())
        )
        if released is not None:
            said = _("Letter {number} was cancelled; {amount} rials are free again.")
            amount = shown_amount(released)
            tell("done", said.format(number=digits(view.number), amount=amount))
            st.session_state[REASON] = ""
            st.session_state[DONE] = True

    _buttons(_("Cancel the letter"), decide)


def _decline(asking: Context, view: LetterView) -> None:
    st.text_area(_("Reason"), key=REASON, height=110)

    def decide() -> None:
        reason = st.session_state.get(REASON, "")
        declined = doing(
            lambda s: (
                decline_letter(s, asking.actor, view.place, reason=reason, now=clock.now()).number
            ),
            done=_("Letter {number} was declined.").format(number=digits(view.number)),
        )
        if declined is not None:
            st.session_state[REASON] = ""
            st.session_state[DONE] = True

    _buttons(_("Decline"), decide)
