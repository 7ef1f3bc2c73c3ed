"""The sentences of refusals when the tables of the rules are changed."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "rule_group_unknown": N_("“{group}” is no group of services of the catalogue. Choose one."),
    "rule_months_wrong": N_("An interval is a whole number of months, from 1 to {most}."),
    "rule_years_wrong": N_("An age is a whole number of years, from 1 to {most}, or empty."),
    "rule_units_wrong": N_("A number of units is a whole number, from 0 to {most}."),
    "rule_day_wrong": N_("The day is too early here; the first possible one is {first_on}."),
    "rule_row_gone": N_(
        "This row was ended or changed meanwhile. Reload the page and choose from the table anew."
    ),
    "rule_overlaps": N_(
        "A row of the table says something about this group on the same days already. Change that "
        "one, or end it first."
    ),
    "rule_kind_missing": N_("Choose at least one kind of image that shows the document."),
    "rule_phase_missing": N_("Choose at least one phase of the treatment."),
    "rule_defect_unknown": N_("“{defect}” is no return reason of the catalogue."),
    "rule_deduction_unknown": N_("“{reason}” is no deduction reason of the catalogue."),
    "rule_number_wrong": N_("This is a whole number, from {least} to {most}."),
    "rule_from_units_wrong": N_("Approval begins at a whole number of units, 1 to {most}."),
    "rule_quality_wrong": N_("A limit of quality is a whole number, from {least} to {most}."),
    "rule_code_unknown": N_("“{key}” is no active service code of the catalogue. Choose one."),
    "rule_approval_unknown": N_("Choose at least one of the known kinds of approval."),
    "rule_document_unknown": N_("This is none of the documents that a pack knows. Choose one."),
}
