"""The sentences of the demo's refusals."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "demo_not_empty": N_(
        "The database is not empty; the demo fills only an empty one. Choose another data folder."
    ),
    "demo_size": N_(
        "The demo has between {minimum} and {maximum} cases. Choose a size in between."
    ),
    "demo_only": N_("Only the demo can answer as the centre. Wait for the centre's re-submission."),
}
