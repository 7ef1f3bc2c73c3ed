"""The sentences of refusals about images that look alike, and about those not compared yet."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "pair_decided": N_("Whether these two images are the same picture was decided meanwhile."),
    "pair_unknown": N_("This pair of images is not known."),
    "coincidence_needs_reason": N_(
        "Say in a few words why it is a coincidence that these two images look alike."
    ),
    "pair_not_answered": N_(
        "Nobody has said anything about these two images, or it was taken back meanwhile."
    ),
    "pair_of_another": N_("{name} answered this and can take it back, or the lead with a reason."),
    "pair_of_another_member": N_(
        "{name} answered this and can take it back, or the chair with a reason."
    ),
    "taking_back_needs_reason": N_("Say in a few words why the answer of {name} is taken back."),
    "pair_case_ended": N_(
        "Case {number} is decided and its answers stand. Reopen it first; the lead can."
    ),
    "pair_case_returned": N_(
        "Case {number} was returned with this answer. Take it back when the case has come again."
    ),
    "pair_plan_decided": N_("Treatment plan {number} is decided; its answers stand."),
    "pair_plan_returned": N_(
        "Treatment plan {number} was returned with this answer. Take it back when the plan has"
        " come again."
    ),
    "pair_case_open": N_(
        "Case {number} is not decided. Whoever assesses it answers about its images there."
    ),
    "images_not_compared": N_(
        "The images {images} are being compared with all others; they come first now. Try again in"
        " a few seconds, at the latest after {until}."
    ),
}
