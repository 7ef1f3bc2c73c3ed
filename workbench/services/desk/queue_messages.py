"""Refusals of the lists: queue, saved views, search and trail."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "search_too_short": N_("Type at least {minimum} letters of a name, or a whole number."),
    "page_unknown": N_("This page of the list no longer exists. Start from the first one."),
    "view_name_needed": N_("Give the view a name of at most {maximum} letters."),
    "too_many_views": N_("You have {maximum} views already. Delete one first."),
    "amount_range": N_("The lowest amount is above the highest one."),
    "period_wrong": N_("A period ends today at the latest and has at most {days} days."),
    "period_range": N_("The first day is after the last one."),
}
