"""The sentences of refusals: what happened, why, and what to do next."""

from collections.abc import Mapping
from datetime import date, datetime

from workbench.errors import Refused
from workbench.evidence.messages import MESSAGES as EVIDENCE_MESSAGES
from workbench.i18n import _, language
from workbench.persian.digits import to_persian
from workbench.persian.jalali import format_day, format_instant
from workbench.persian.rial import format_rial


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a message for translation; it is translated when it is shown."""
    return message


UNKNOWN = N_("This could not be done ({code}). Reload the page and try again.")

MESSAGES: dict[str, str] = {
    "not_permitted": N_("Your role does not allow this. Ask the administrator if you need it."),
    "claim_not_found": N_("No such case, or it is not among the insurers you work for."),
    "batch_not_found": N_("There is no batch with the number {number}. Check the digits."),
    "wrong_state": N_("This is not possible in the state “{state}”. Reload to see what changed."),
    "reason_needed": N_("Write the reason first."),
    "claim_changed": N_(
        "Case {number} was changed by {name} at {at} since you opened it. What you typed is kept;"
        " look at it again."
    ),
    "claim_taken": N_("This case is being assessed by {name} until {until}. Take the next one."),
    "claim_not_taken": N_("Take case {number} first: your hold on it has ended."),
    "conflict_of_interest": N_(
        "Case {number} concerns your own centre or treatment; someone else has to assess it."
    ),
    "too_many_rounds": N_("Case {number} had {rounds} rounds already; the lead decides now."),
    "already_done": N_("This was done already; nothing was done twice."),
    "shown_too_briefly": N_("The case was shown for less than a second. Look at it, then finish."),
    "reminder_in_the_past": N_("The reminder day is in the past. Choose today or later."),
    "colleague_unfit": N_("This colleague cannot take the case. Choose another one."),
    "undecided_lines": N_("Decide the open findings first; lines: {lines}."),
    "ceiling_changed": N_(
        "The ceiling changed since you opened the case: {seen_rial} → {available_rial} rials."
        " Look at the new totals and finish again."
    ),
    "ceiling_too_low": N_("Not enough is left of the ceiling: {withdrawable_rial} rials."),
    "reservation_too_low": N_("The reservation does not hold that much any more. Reload."),
    "return_without_defect": N_("Choose at least one defect; a return needs a reason."),
    "defect_unknown": N_("The defect {reason} is not in the catalogue."),
    "defect_scope": N_("Say which line or image the defect {reason} is about."),
    "needs_return": N_("This finding asks for a document. Return the case (F8), or override it."),
    "override_needs_reason": N_("Overriding a finding needs a written reason."),
    "recode_needs_note": N_("A re-code needs a note."),
    "recode_without_tariff": N_(
        "Code {service_code} has no tariff on {service_on}. Choose another code."
    ),
    "deduction_without_reason": N_("Choose a reason for the deduction."),
    "deduction_above_rest": N_(
        "The deduction on line {line} is above what is left of it: {rest_rial} rials."
    ),
    "computed_reason": N_("Reason {reason} is computed and cannot be typed."),
    "reason_needs_text": N_("Reason {reason} needs a text."),
    "negative_amount": N_("The amount on line {line} has to be above zero."),
    "cut_above_requested": N_("Line {line} cannot be assessed above what was requested."),
    "text_too_long": N_("The text is longer than {letters} letters. Shorten it."),
    "finding_not_found": N_("This finding no longer applies. Look at the line again."),
    "line_not_found": N_("This line belongs to another round. Reload the case."),
    "deduction_not_found": N_("This deduction was removed already."),
    "action_unknown": N_("This action is not known. Reload the page."),
    "note_empty": N_("The note is empty. Write it first."),
    "database_busy": N_("The database is busy. Nothing was lost; try again in a moment."),
    "database_unavailable": N_(
        "The database cannot be reached. What you typed is kept; try again in a moment."
    ),
}


def sentence(refused: Refused, more: Mapping[str, str] | None = None) -> str:
    """The refusal in the present language, with its amounts, days and digits."""
    from workbench.services.refusals import all_messages

    message = (more or {}).get(refused.code) or all_messages().get(refused.code)
    shown = {name: _shown(name, value) for name, value in refused.facts.items()}
    if message is None:
        return _(UNKNOWN).format(code=refused.code)
    return _(message).format_map(_Shown(shown))


class _Shown(dict[str, str]):
    """A fact that a sentence names and the refusal lacks shows as a dash, never as a crash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _shown(name: str, value: object) -> str:
    is_persian = language() == "fa"
    if value is None:
        return _("unlimited") if name.endswith("_rial") else "–"
    if isinstance(value, datetime):
        text = format_instant(value)
    elif isinstance(value, date):
        text = format_day(value)
    elif name.endswith("_rial") and isinstance(value, int):
        return format_rial(value, language())
    elif name == "state":
        return state_name(str(value))
    elif isinstance(value, tuple | list):
        text = ("، " if is_persian else ", ").join(str(item) for item in value)
    else:
        text = str(value)
    return to_persian(text) if is_persian else text


STATE_NAMES: dict[str, str] = {
    "ready_to_send": N_("Ready to send"),
    "accepted": N_("Accepted"),
    "under_review": N_("Under review"),
    "parked": N_("Parked"),
    "returned": N_("Returned"),
    "finished": N_("Finished"),
    "sent_to_finance": N_("Sent to finance"),
    "archived": N_("Archived"),
    "void": N_("Void"),
    "ordered": N_("Payment ordered"),
    "sent_for_payment": N_("Sent for payment"),
}


def state_name(state: str) -> str:
    """The word for a state of a claim, batch or remittance."""
    return _(STATE_NAMES.get(state, state))


ALL_OWN = {**EVIDENCE_MESSAGES, **MESSAGES}
