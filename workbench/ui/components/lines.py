"""The lines of a case: requested → assessed, with findings, decided by keyboard or mouse."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from workbench.i18n import _, language
from workbench.ui.components.assets import script, style
from workbench.ui.components.events import event_of

Act = dict[str, Any]


def lines(key: str, data: Mapping[str, Any], on_act: Callable[[Act], None]) -> None:
    """Draw the lines; ``on_act`` gets each action of the assessor, in order.

    ``data`` (identifiers are strings, amounts whole rials): ``case`` (its id: another one starts
    afresh), ``version``, ``readonly``, ``codes``, ``reasons``, ``lines``, ``caseFindings``,
    ``drafts``, ``totalLabel`` (read out when it changes), ``changed`` {title, text},
    ``focus`` {line, nonce} moves the focus, ``reply`` {nonce, ok, message} answers the action
    with that nonce. ``pending``: the frames drawn in the viewer that nothing holds yet. An action
    is {action, line, version, nonce, …}; line is None for the case.
    """

    def act() -> None:
        event = event_of(key, "act")
        if event is not None:
            on_act(event)

    whole = {"lang": language(), "words": words(), "drafts": {}, "caseFindings": [], **data}
    _component()(key=key, data=whole, on_act_change=act, height="stretch")


@lru_cache
def _component() -> Any:
    return st.components.v2.component(
        "arzyab_lines", css=style("base.css", "lines.css"), js=script("lines.js")
    )


def words() -> dict[str, str]:
    """Every word the component shows, in the language of the present run."""
    return _row_words() | _finding_words() | _form_words() | _problem_words()


def _row_words() -> dict[str, str]:
    return {
        "lines": _("Service lines; arrow keys move, Enter accepts"),
        "service": _("Service, tooth, surfaces"),
        "requested": _("Requested"),
        "approved": _("Technical approval"),
        "outcome": _("Outcome"),
        "zero": _("zero"),
        "each": _("each"),
        "tariffReject": _("Tariff reject"),
        "deduction": _("Technical deduction"),
        "share": _("Patient share"),
        "noteIs": _("Note: {note}"),
        "formerCode": _("Code as requested"),
        "changed": _("Changed since the last round"),
        "looked": _("Looked at"),
        "wholeCase": _("The case as a whole"),
        "nowTotal": _("Now: {total}"),
        "spokenLine": _("Line {number}, {title}, approved {amount}, {status}"),
    }


def _finding_words() -> dict[str, str]:
    return {
        "accept": _("Accept finding"),
        "edit": _("Edit line"),
        "override": _("Override"),
        "next": _("Confirm and next"),
        "image": _("Image {number}"),
        "compare": _("Both images"),
        "cited": _("image {number}, frame {frame}"),
        "imageFrame": _("image {number}, frame"),
        "removeFrame": _("Take the frame away"),
        "withFrames": _("Goes along:"),
        "leaveFrame": _("Press: leave this frame out, or take it along"),
        "attachFrames": _("Attach the new frames ({n})"),
        "overrideOf": _("Why is “{title}” overridden?"),
        "overrideSave": _("Override"),
        "sending": _("Sending…"),
        "noAnswer": _(
            "No answer from the server. Reload the page to see what was recorded;"
            " your words are kept."
        ),
        "notSaved": _("Not recorded. What you typed is still here."),
    }


def _form_words() -> dict[str, str]:
    return {
        "editLine": _("Edit line"),
        "tabCut": _("Quantity and price"),
        "tabRecode": _("Re-code"),
        "tabDeduct": _("Deductions"),
        "tabReject": _("Reject"),
        "quantity": _("Quantity"),
        "unitPrice": _("Unit price (rial)"),
        "reason": _("Reason"),
        "note": _("Note"),
        "noteNeeded": _("Note (required)"),
        "explanation": _("Explanation"),
        "newCode": _("New code"),
        "searchCode": _("Code or part of the title"),
        "noPrice": _("no tariff on that date"),
        "noCode": _("No such service"),
        "amount": _("Amount (rial)"),
        "choose": _("Choose…"),
        "save": _("Save"),
        "recodeSave": _("Re-code"),
        "add": _("Add deduction"),
        "rejectSave": _("Reject line"),
        "restore": _("As requested"),
        "close": _("Close"),
        "remove": _("Remove"),
        "rest": _("Left to deduct:"),
    }


def _problem_words() -> dict[str, str]:
    return {
        "needAmount": _("Type an amount."),
        "negative": _("An amount cannot be negative."),
        "decimal": _("Whole rials only, no decimals."),
        "notNumber": _("Digits only, please."),
        "tooLarge": _("This amount is too large."),
        "aboveRequested": _("Not above what was requested: {amount}."),
        "aboveRest": _("Only {amount} rial is left on this line."),
        "needReason": _("Choose a reason."),
        "needReasonText": _("Give a reason of at least three letters."),
        "needText": _("This reason needs an explanation."),
        "needCode": _("Choose a code from the list."),
        "sameCode": _("The line has this code already."),
        "needNote": _("A re-code needs a note."),
    }
