"""The sentences of the import's report and of its refusals."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "import_folder_missing": N_("There is no folder “{name}”. Check the path."),
    "export_folder_not_empty": N_("“{name}” is not an empty folder. Name a new one."),
    "import_empty": N_("“{name}” holds no file to import, such as claims.jsonl."),
    "import_conflict": N_(
        "“{key}” was imported before with another content and was left as it is. Use a "
        "re-submission to change it."
    ),
    "import_clash": N_("“{key}” was being written by someone else. Run the import again."),
    "file_unknown": N_(
        "The file “{name}” is none of the import's files and was not read. Check its name."
    ),
    "line_too_long": N_("The line is longer than {limit} bytes and was not read."),
    "json_broken": N_("The line is no JSON object in UTF-8. Check quotes, commas and brackets."),
    "field_missing": N_("The field “{field}” is missing."),
    "field_unknown": N_("The field “{field}” is unknown. Check its name."),
    "field_wrong": N_("“{field}”: “{value}” is of a wrong kind."),
    "choice_wrong": N_("“{field}”: “{value}” is not possible. Choose one of: {expected}"),
    "text_missing": N_("The field “{field}” is empty."),
    "field_too_long": N_("The field “{field}” is too long."),
    "list_too_short": N_("The list “{field}” needs at least one entry."),
    "list_too_long": N_("The list “{field}” has too many entries."),
    "day_wrong": N_("“{field}”: “{value}” is no day. Write it as 1402/09/14."),
    "instant_wrong": N_("“{field}”: “{value}” is no date and time. Write it as 1402/09/14 10:30."),
    "amount_wrong": N_(
        "“{field}”: “{value}” is no amount in whole rials, without a sign or a fraction."
    ),
    "number_wrong": N_("“{field}”: “{value}” is no whole number."),
    "percent_wrong": N_("“{field}”: “{value}” is no percentage between 0 and 100."),
    "code_wrong": N_("“{field}”: “{value}” is no code. Write it as a text between quotes."),
    "tooth_wrong": N_("“{field}”: “{value}” names no single tooth. Write 26, or U/L6."),
    "surfaces_wrong": N_(
        "“{field}”: “{value}” are no surfaces. Use the letters M D O I B F V L P."
    ),
    "file_name_wrong": N_("“{value}” holds a path. Name only the file inside the evidence folder."),
    "evidence_file_missing": N_(
        "The file “{name}” is not in the evidence folder. Add it and import again."
    ),
    "claim_number_wrong": N_(
        "The number “{value}” is wrong: a centre's case has nine digits, a member's document ten."
    ),
    "referral_number_wrong": N_("“{field}”: a referral number has six digits, “{value}” has not."),
    "acceptance_number_wrong": N_(
        "“{field}”: an acceptance number has six digits, “{value}” has not."
    ),
    "archive_damaged": N_(
        "The zip file is damaged or locked with a password. Make it again without a password."
    ),
    "archive_bad_name": N_(
        "The zip file holds “{name}”, whose path is not allowed or which stands there "
        "twice. Nothing was imported."
    ),
    "archive_too_large": N_("The zip file unpacks to more than is allowed. Split it into several."),
}
