"""Sentences for refusals about batches, remittance orders and their papers."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "batch_unfinished": N_(
        "Batch {number} cannot go to finance yet. Not finished: {numbers}. Finish them, or split"
        " the returned ones off."
    ),
    "batch_empty": N_("Batch {number} holds no case, so there is nothing to send to finance."),
    "batch_sent_already": N_(
        "Batch {number} was sent to finance already, by {name} on {at}. Nothing was done twice."
    ),
    "batch_archived_already": N_(
        "Batch {number} was archived already, by {name} on {at}. Nothing was done twice."
    ),
    "batch_not_sent_to_finance": N_(
        "Batch {number} is not with finance yet, so it cannot be archived. The lead sends it."
    ),
    "batch_changed": N_(
        "Batch {number} was changed by {name} on {at}. Look at it again, then repeat the step."
    ),
    "batch_without_returned": N_(
        "No case of batch {number} stands as returned, so nothing can be split off."
    ),
    "batch_all_returned": N_(
        "All cases of batch {number} stand as returned; there is nothing that they delay."
    ),
    "batch_not_open": N_("Batch {number} is not under assessment, so nothing can be split off."),
    "claim_not_in_batch": N_("Case {claim} is not in batch {number}. Reload the batch."),
    "remittance_empty": N_("Choose at least one finished direct claim for the order."),
    "remittance_number_wrong": N_(
        "The number of the order has to be digits and slashes, at most {letters} letters,"
        " like 1402/06/15/354851."
    ),
    "remittance_day_future": N_("The day of the order is in the future. Choose today or earlier."),
    "remittance_claim_twice": N_("Case {number} stands twice in the choice. Choose it once."),
    "remittance_mixed_insurers": N_(
        "An order pays the claims of one insurer. Choose claims of the same insurer."
    ),
    "remittance_not_direct": N_(
        "Case {number} was billed by a centre; it is paid with its batch, not with an order."
    ),
    "remittance_ordered_already": N_("Case {number} stands in another order already."),
    "remittance_exists": N_(
        "There is an order with the number {number} already. Check the digits."
    ),
    "remittance_not_found": N_("There is no such order, or it is not of an insurer of yours."),
    "remittance_sent_already": N_(
        "Order {number} was sent for payment already, on {at}. Nothing was done twice."
    ),
}
