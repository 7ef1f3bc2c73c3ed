"""What is said when a step at the desk is refused: code → English message id."""

from workbench.i18n import N_

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
    "undecided_case": N_("Decide the open findings of the whole case first."),
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
    "reason_inactive": N_("Reason {reason} can no longer be chosen. Choose another one."),
    "line_reasons_inactive": N_(
        "Reason {reasons} can no longer be chosen; lines: {lines}. Choose another reason there."
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
