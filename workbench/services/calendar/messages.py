"""The sentences of refusals when the working calendar is changed."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "calendar_moves_changed": N_(
        "Plans or cases changed meanwhile: now {plans} plans and {claims} cases would move. "
        "Look at the new table, then save."
    ),
    "calendar_week_without_work": N_("A week needs at least one working day."),
    "calendar_weekday_unknown": N_("There is no weekday {weekday}."),
    "calendar_title_needed": N_("Say why this day is changed, for example by whose order."),
    "calendar_title_long": N_("The reason has at most {letters} letters."),
    "calendar_day_unsupported": N_("The calendar knows the days from {first} to {last}."),
    "calendar_same_week": N_("The week in force on {on} is this one already: nothing changes."),
    "calendar_day_off_already": N_("{on} is off already: nothing changes."),
    "calendar_day_worked_already": N_("{on} is a working day already: nothing changes."),
    "calendar_day_closed": N_("{on} was closed by a correction. Withdraw that one instead."),
    "calendar_nothing_to_withdraw": N_(
        "There is no correction of {on}, or it was withdrawn already."
    ),
    "calendar_rest_too_long": N_(
        "More than {days} days of rest in a row cannot be. Check the closures around this day."
    ),
}
