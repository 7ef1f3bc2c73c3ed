"""The sentences of refusals about second assessments."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "recheck_is_blind": N_(
        "You are assessing this case a second time. Its first decision opens once yours is in."
    ),
    "recheck_counts_here": N_(
        "A case that you are assessing a second time counts in this. It opens once your decision"
        " is in."
    ),
    "recheck_not_found": N_("This second assessment is not known, or not yours to see."),
    "recheck_own": N_("You decided this case yourself. Somebody else assesses it again."),
    "recheck_known": N_(
        "You have worked at this case or looked at it. Somebody who does not know it assesses it"
        " again."
    ),
    "recheck_taken": N_("Somebody else took this case meanwhile. Take another one of the list."),
    "recheck_not_yours": N_("This second assessment is not yours. Take one of the list."),
    "recheck_not_open": N_(
        "This second assessment is not open any more: it was handed in, given back, or its case"
        " was reopened."
    ),
    "recheck_not_in": N_(
        "The second assessment of this case is not in. Until then the two are not compared."
    ),
    "recheck_reason_unknown": N_(
        "The reason {reason} is not in the catalogue, or not in use any more."
    ),
    "recheck_line_unknown": N_("The case has no line {line}. Reload the page."),
    "recheck_no_deduction": N_("No deduction stands beside this return."),
    "recheck_agreed": N_("The two decisions of this case are the same. There is nothing to say."),
    "recheck_resolved_already": N_(
        "{name} has resolved this difference meanwhile. Reload the page to see how."
    ),
    "recheck_resolver_involved": N_(
        "You decided this case yourself, first or second. Another lead resolves the difference."
    ),
    "recheck_needs_reason": N_("Say in a few words why it is so; assessors learn from it."),
    "recheck_needs_amount": N_(
        "Say what was right to pay: whole rials, from zero to the cost of {cost_rial}."
    ),
}
