"""The sentences of refusals when a letter is issued, amended or cancelled."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "no_valid_contract": N_(
        "The person with the national code {key} has no valid contract on {on}. "
        "Check the list of the insured, or the day."
    ),
    "not_insured_on": N_(
        "The person is not on the list of contract {contract} on {on}, "
        "or the contract is not valid on that day."
    ),
    "cover_not_covered": N_(
        "“{cover}” is not covered by contract {contract}. No letter can be issued for it."
    ),
    "letter_amount_needed": N_("The amount must be more than zero. Type it in rials."),
    "letter_too_large": N_(
        "{wanted_rial} rials are more than can be withdrawn: {withdrawable_rial} rials are left."
    ),
    "letter_too_large_held": N_(
        "{wanted_rial} rials are more than can be withdrawn: {withdrawable_rial} rials are left. "
        "The rest is held by {holders}."
    ),
    "replaced_is_not_over": N_(
        "Letter {number} is “{state}”. Only an expired or invalid letter is issued again."
    ),
    "replaced_of_another": N_(
        "Letter {number} is of another person, contract or cover and cannot be replaced by this."
    ),
    "replaced_already": N_("Letter {number} was issued again already: see letter {next_number}."),
    "referral_changed": N_(
        "Letter {number} was changed by someone else meanwhile. Reload to see what changed."
    ),
    "own_request": N_(
        "You asked for letter {number} yourself. Another lead, or a manager, decides about it."
    ),
    "sheet_needed": N_(
        "The sheet that was signed for the former amount belongs to the amendment of letter "
        "{number}. Choose its picture."
    ),
    "sheet_known": N_(
        "This sheet belongs to an earlier amendment of letter {number} already. "
        "Choose the sheet that was signed for the present amount."
    ),
    "amend_same_amount": N_("{amount_rial} rials is the amount of letter {number} already."),
    "amend_too_large": N_(
        "Letter {number} can be raised to {most_rial} rials at most: "
        "no more of the ceiling is left."
    ),
    "amend_too_large_held": N_(
        "Letter {number} can be raised to {most_rial} rials at most. "
        "The rest of the ceiling is held by {holders}."
    ),
    "amend_below_used": N_(
        "The cases of letter {number} ask for or have used {used_rial} rials; "
        "its amount cannot be less."
    ),
    "unknown_account": N_("There is no such ceiling account, or you do not work for its insurer."),
}
