"""The sentences of the command line's refusals."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "file_unreadable": N_("{name}: this file cannot be read ({problem})."),
    "file_unwritable": N_("{name}: this file cannot be written ({problem})."),
    "input_not_json": N_("{name}: this is no JSON ({problem})."),
    "input_not_object": N_("{place}: an object in curly brackets is needed here."),
    "input_not_list": N_("{place}: a list in square brackets is needed here."),
    "input_unknown_key": N_("{place}: the key “{key}” is not known; known keys: {known}."),
    "input_missing_key": N_("{place}: the key “{key}” is missing."),
    "input_double_key": N_("The key “{key}” stands twice in one object."),
    "input_no_lines": N_("lines: at least one line is needed."),
    "amount_not_whole": N_("{place}: a whole number of rials is needed, without a fraction."),
    "amount_below_zero": N_("{place}: an amount cannot be negative."),
    "franchise_not_number": N_("franchise_percent: a number from 0 to 100 is needed."),
    "franchise_too_fine": N_("franchise_percent: at most two decimals are possible."),
    "franchise_out_of_range": N_("franchise_percent: it has to lie between 0 and 100."),
    "reason_unknown": N_("{place}: “{reason}” is no reason for a deduction in the catalogue."),
    "reason_computed": N_("{place}: reason {reason} is computed and cannot be typed."),
    "deduction_above_rest": N_(
        "lines[{index}]: deductions of {deduction_rial} rials are above what is left of the line:"
        " {rest_rial} rials."
    ),
    "instant_wrong": N_("“{text}” is no Jalali day and time like 1402/09/08 15:00."),
    "day_wrong": N_("“{text}” is no Jalali day like 1402/06/31."),
    "hours_wrong": N_("--hours: a number above 0 and at most {maximum} is needed."),
    "sweep_hours_wrong": N_("--older-than-hours: a number from {minimum} to {maximum} is needed."),
    "tooth_unreadable": N_("“{text}” names no tooth. Write U/LC, LL6, 36 or «۶ پایین چپ»."),
    "tooth_ambiguous": N_("“{text}” fits several teeth. Say jaw, side and number."),
    "tooth_impossible": N_("There is no tooth “{text}”."),
    "setting_wrong": N_("{name}: {problem}"),
    "port_unavailable": N_("Port {port} cannot be used ({problem}). Choose another by --port."),
    "role_unknown": N_("“{role}” is no role; roles: {known}."),
    "language_unknown": N_("“{language}” is no language of this program; languages: {known}."),
    "password_needed": N_("A password is needed: type it, or give it by --password-stdin."),
    "head_wrong": N_("“{text}” is no anchor. Write COUNT:HASH as verify printed it."),
    "database_unusable": N_("The database cannot be opened ({problem})."),
    "demo_size": N_("--claims: a number from {minimum} to {maximum} is needed."),
    "demo_not_empty": N_("The database holds data already. Fill a new one: set WORKBENCH_DATA."),
}
