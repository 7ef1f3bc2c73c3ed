"""The sentences of refusals when services and reasons of the catalogue are changed."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "reason_number_wrong": N_("The number of a reason has two or three digits, like 21."),
    "reason_known": N_("Reason {reason} is in the catalogue already. Choose another number."),
    "reason_title_wrong": N_("A title has {least} to {most} letters, in Persian and in English."),
    "reason_computed": N_("Reason {reason} is computed by the rules and stays active."),
    "reason_in_rules": N_(
        "Reason {reason} is named by a needed document. Change that row of the rules first."
    ),
    "unknown_reason": N_("There is no reason {key} in the catalogue."),
}
