"""The sentences of refusals when a treatment plan is submitted."""

from collections.abc import Iterable

from workbench.i18n import N_, _, language

MESSAGES: dict[str, str] = {
    "plan_not_found": N_("There is no such plan, or you do not work for its insurer."),
    "plan_changed": N_(
        "Plan {number} was changed by someone else meanwhile. Reload to see what changed."
    ),
    "plan_of_own_interest": N_(
        "Plan {number} concerns your own centre, treatment or case; someone else has to decide it."
    ),
    "person_unknown": N_("This person is on no list of the insurers you work for."),
    "vote_twice": N_("You have voted about plan {number} already."),
    "panel_full": N_("All {seats} seats on the panel of plan {number} are taken."),
    "seat_was_replaced": N_("The chair has replaced you on the panel of plan {number}."),
    "member_unknown": N_("Nobody of that name sits on the panel of plan {number}."),
    "vote_incomplete": N_("Vote about every planned service of plan {number}, each once."),
    "rejection_needs_reason": N_("Planned service {line}: a rejection needs a reason."),
    "modification_wrong": N_(
        "Planned service {line}: a modification names a code of the same kind and an amount that "
        "is not above the planned one."
    ),
    "quorum_missing": N_("Plan {number} needs {quorum} votes before the chair can decide."),
    "casting_needed": N_("Plan {number}: the votes are tied on {lines}. Give your casting vote."),
    "casting_not_needed": N_("Plan {number}: only what is tied takes a casting vote, each once."),
    "late_reason_needed": N_("Plan {number} was due at {due_at}. Say why the decision comes late."),
    "plan_not_decided": N_("Plan {number} is not decided yet; it has no minutes."),
    "plan_return_without_defect": N_("Name at least one defect before plan {number} is returned."),
    "plan_defect_unknown": N_("“{reason}” is not a reason for a return, or is named twice."),
    "plan_resubmission_empty": N_(
        "Plan {number} can be submitted again with new images or an explanation."
    ),
    "plan_exists": N_("There is a plan {number} already."),
    "plan_repeated": N_(
        "Plan {number} under letter {letter} plans just these services and is not decided yet."
    ),
    "plan_before_referral": N_(
        "Letter {number} was issued on {on}; a plan cannot be submitted under it earlier."
    ),
    "dentist_of_other_centre": N_(
        "The dentist {number} is not registered at {centre}. Register him there first."
    ),
    "plan_without_units": N_("A plan needs at least one planned service."),
    "too_many_units": N_("A plan has at most {limit} planned services."),
    "unit_twice": N_("Planned service {line} is in the plan already, at the same place."),
    "unit_wrong": N_("Planned service {line}: the value of “{field}” is not possible."),
    "unit_needs_no_approval": N_(
        "Planned service {line} ({service_code}) needs no approval. Take it out of the plan."
    ),
    "plan_needs_no_approval": N_(
        "Nothing in the plan needs an approval: implants, orthodontics, or three and more units of "
        "crown and bridge under one letter do."
    ),
    "service_excluded": N_("“{service}” is not covered by contract {contract}."),
    "plan_after_treatment": N_(
        "Planned service {line} was billed on {on} already. An approval comes before the treatment."
    ),
    "plan_pack_missing": N_("The plan lacks {items}. Add what is missing and submit it again."),
}
ITEM_NAMES: dict[str, str] = {
    "identity": N_("an identity document"),
    "plan_form": N_("the treatment-plan form"),
    "jaw_radiograph": N_("a jaw radiograph (panoramic or CBCT)"),
    "photograph": N_("an intra-oral photograph"),
    "abutment_radiograph": N_("a radiograph of the abutments"),
    "panoramic": N_("a panoramic radiograph"),
    "cephalometric": N_("a lateral cephalogram"),
}


def listed_items(names: Iterable[str]) -> str:
    """Documents of a pack in words, in the present language."""
    return ("، " if language() == "fa" else ", ").join(_(ITEM_NAMES[name]) for name in names)
