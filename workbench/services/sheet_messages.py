"""The sentences about an uploaded spreadsheet and its rows."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "sheet_not_xlsx": N_("This is no readable XLSX file. Save it as XLSX and choose it again."),
    "sheet_too_large": N_("The file is too large; at most {most} megabytes."),
    "sheet_with_macros": N_("The file carries a program (macro). Save it as plain XLSX."),
    "sheet_too_long": N_("The sheet has more than {most} rows. Split it into several files."),
    "sheet_empty": N_("The first sheet of the file is empty."),
    "sheet_columns_missing": N_(
        "The first row lacks the columns {columns}. Begin with an exported file."
    ),
    "sheet_row_twice": N_("The same as row {other}. Leave one of the two."),
    "sheet_cell_empty": N_("“{column}” is empty."),
    "sheet_negative": N_("“{column}” is negative: {value}."),
    "sheet_not_a_number": N_("“{column}” is no whole number: “{value}”."),
    "sheet_amount_too_large": N_("The price is above {limit_rial} rial."),
    "sheet_coefficient_wrong": N_(
        "“{value}” is no coefficient: a number above 0, at most 10, with at most four decimals."
    ),
    "sheet_word_unknown": N_("“{value}” is not known in the column “{column}”."),
}
