"""Refusals of the lists of referral letters and of the contacts about them."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "contact_outcome": N_("Choose what came of the contact first."),
    "contact_note_too_long": N_("The note is too long. Shorten it to {maximum} letters."),
    "contact_letters": N_("Mark between one and {maximum} letters first."),
    "within_days_range": N_("Choose a number of days from 0 to {maximum}."),
}
