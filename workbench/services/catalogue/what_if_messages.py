"""What is said when a change cannot be tried."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "change_untriable": N_(
        "Needed approvals and packs of documents cannot be tried on decided cases: what was asked "
        "of the commission is not computed again."
    ),
    "trial_broken": N_("The computing was broken off by an error. Compute again."),
}
