"""The sentences of refusals when the history of a tooth is asked for."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "national_code_wrong": N_("A national code has ten digits with a check digit. Check it."),
    "tooth_unreadable": N_(
        "“{text}” cannot be read as a tooth. Write it as 36, LL6, U/LC or “lower left 6”."
    ),
    "tooth_ambiguous": N_(
        "“{text}” fits more than one tooth. State one tooth with its jaw, side and number."
    ),
    "tooth_impossible": N_(
        "There is no tooth “{text}”. Permanent teeth are 1 to 8, primary teeth A to E in each "
        "quadrant; check the jaw, side and number."
    ),
}
