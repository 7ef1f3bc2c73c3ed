"""The sentences of refusals when something is registered, received or re-submitted."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "unknown_insurer": N_(
        "There is no insurer “{key}”, or you do not work for it. Check its code."
    ),
    "unknown_policyholder": N_(
        "There is no policyholder “{key}”. Check its code, or register it first."
    ),
    "unknown_centre": N_(
        "There is no treatment centre “{key}”. Check its code, or register it first."
    ),
    "unknown_dentist": N_(
        "There is no dentist with the medical council number {key}. Register the dentist first."
    ),
    "unknown_person": N_(
        "There is no insured person with the national code {key}. Register the person first."
    ),
    "unknown_tariff_set": N_("There is no tariff set “{key}”. Import its services first."),
    "unknown_contract": N_("There is no contract “{key}” of this insurer. Check its number."),
    "unknown_cover": N_("The contract has no cover “{key}”."),
    "unknown_referral": N_("There is no referral {key} of this insurer. Check its number."),
    "unknown_service": N_(
        "Line {line}: code {service_code} is not in the catalogue of the contract's services."
    ),
    "unknown_service_code": N_("There is no service {service_code} in the tariff set."),
    "national_code_wrong": N_(
        "The national code “{value}” is wrong: ten digits with a right check digit are needed."
    ),
    "email_wrong": N_("The e-mail address “{value}” is wrong: it is a name, an @ and a host."),
    "mobile_wrong": N_("The mobile number “{value}” is wrong: it is 09 and nine digits."),
    "medical_council_number_wrong": N_(
        "The medical council number “{value}” is wrong: it has one to eight digits."
    ),
    "contract_period": N_("Contract {number} ends before it begins. Correct its days."),
    "contract_differs": N_(
        "Contract {number} is known with another policyholder, first day or tariff set. "
        "These never change; use a new number."
    ),
    "contract_without_cover": N_("Contract {number} names no cover."),
    "cover_twice": N_("Contract {number} names the same cover twice."),
    "membership_period": N_("The leaving day is before the joining day. Correct the days."),
    "principal_needed": N_("A dependant needs the national code of the principal."),
    "principal_not_insured": N_(
        "The principal is not on the contract's list. Register the principal first."
    ),
    "person_not_insured": N_("The person is not on the list of contract {contract}."),
    "referral_exists": N_("Referral {number} is registered already."),
    "referral_amount": N_(
        "The amount of referral {number} has to be above zero, and the reserve at most the amount."
    ),
    "referral_needed": N_("Case {number} is a centre's: it needs its referral."),
    "letter_not_approved": N_(
        "Letter {number} is only requested; it is good for nothing before its approval."
    ),
    "referral_closed": N_("Referral {number} takes no new service any more."),
    "referral_accepted": N_(
        "A batch with referral {number} was accepted; no new service can be registered under it."
    ),
    "referral_of_other_person": N_("Referral {number} was issued for another person."),
    "referral_of_other_contract": N_("Referral {number} belongs to another contract."),
    "referral_of_other_cover": N_("Referral {number} was issued for another cover."),
    "referral_of_other_centre": N_("Referral {number} was issued for another centre."),
    "direct_with_referral": N_("Case {number} is a member's own cost and cannot name a referral."),
    "direct_with_batch": N_("Case {number} is a member's own cost and stands in no batch."),
    "batch_needed": N_("Case {number} is a centre's: it needs its batch."),
    "batch_exists": N_("Batch {number} is registered already."),
    "batch_of_other_centre": N_("Batch {number} was sent by another centre."),
    "batch_closed": N_("Batch {number} was received already; no case can be added to it."),
    "batch_received": N_(
        "Batch {number} was received already, by {name} on {at}. Nothing was done twice."
    ),
    "batch_without_claims": N_("Batch {number} holds no case. Import its cases first."),
    "receipt_in_future": N_(
        "Batch {number} cannot be received in the future. Choose today or earlier."
    ),
    "receipt_before_sending": N_(
        "Batch {number} was sent on {sent_at}; it cannot be received before that."
    ),
    "claim_exists": N_("Case {number} is registered already."),
    "claim_without_services": N_("The case holds no service. Delete it, or add its services."),
    "too_many_lines": N_("A case has at most {limit} lines."),
    "too_many_images": N_("A case has at most {limit} images."),
    "line_twice": N_("Two lines have the same number."),
    "line_wrong": N_("Line {line}: the value of “{field}” is not possible."),
    "line_unknown": N_(
        "Case {number} has no line {line}; a re-submission changes lines that exist."
    ),
    "image_line_unknown": N_("“{name}” names line {line}, which the case does not have."),
    "image_tooth_wrong": N_("“{name}” names tooth {tooth}, which does not exist."),
    "evidence_of_other_patient": N_(
        "“{name}” is known as an image of another patient. Send this patient's own image."
    ),
    "evidence_of_other_patient_case": N_(
        "“{name}” is known as an image of another patient (case {number}, image {image}, {on}). "
        "Send this patient's own image."
    ),
    "evidence_of_other_patient_plan": N_(
        "“{name}” is known as an image of another patient (treatment plan {number}, "
        "image {image}, {on}). Send this patient's own image."
    ),
    "evidence_of_same_patient": N_(
        "“{name}” came earlier for this patient. Attach the earlier image instead."
    ),
    "evidence_of_same_patient_case": N_(
        "“{name}” came earlier for this patient (case {number}, image {image}, {on}). "
        "Attach that image instead."
    ),
    "evidence_of_same_patient_plan": N_(
        "“{name}” came earlier for this patient (treatment plan {number}, image {image}, {on}). "
        "Attach that image instead."
    ),
    "evidence_not_earlier": N_(
        "“{name}” is no earlier image of this patient. Send it as a new image."
    ),
    "evidence_attached_already": N_(
        "“{name}” is attached to this case already. Send only new images."
    ),
    "instant_in_future": N_("The instant told lies in the future. Check the date and time."),
    "wrong_round": N_("Case {number} waits for round {next}, not {round}."),
    "resubmission_empty": N_(
        "The re-submission of case {number} changes nothing. Add lines, images or an explanation."
    ),
    "tariff_overlaps": N_(
        "The price of {service_code} overlaps the one from {other_from}. Correct its days."
    ),
    "tariff_period": N_("The price of {service_code} ends before it begins."),
    "negative_price": N_("The price of {service_code} cannot be below zero."),
    "coefficient_wrong": N_(
        "The coefficient {basis} is not possible: 10,000 is one, 100,000 the most."
    ),
}
