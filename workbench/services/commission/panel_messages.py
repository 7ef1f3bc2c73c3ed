"""The sentences of refusals when the settings of the commission's panel are changed."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "panel_group_unknown": N_("“{group}” is no group of services that needs an approval."),
    "panel_amount_wrong": N_("An amount is a whole number of rials, from 0 to {limit_rial}."),
    "panel_seats_wrong": N_("A panel has {least} to {most} members."),
    "panel_quorum_wrong": N_("A quorum is at least one member and at most all {seats}."),
    "panel_majority_unknown": N_("A panel decides by majority or by all; “{majority}” is neither."),
    "panel_same": N_("This setting is in force already: nothing changes."),
    "panel_overlaps": N_(
        "There is a setting from the same amount for “{groups}” already, and the two would "
        "contradict each other. Withdraw that one first, or choose another amount."
    ),
    "panel_not_set": N_("There is no such setting, or it was withdrawn already."),
}
