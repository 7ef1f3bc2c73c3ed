"""Sentences for backup and restore."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "backup_exists": N_("“{name}” exists already and is not overwritten. Choose another name."),
    "backup_not_written": N_("“{name}” could not be written ({problem})."),
    "backup_missing": N_("There is no file “{name}”."),
    "backup_damaged": N_("“{name}” is no backup of this program, or it is damaged."),
    "backup_newer": N_("This backup was made by a newer version. Install that version first."),
    "backup_unsound": N_(
        "The backup does not verify and was not restored: {problem} ({count} problems)."
    ),
    "restore_not_empty": N_(
        "The database is not empty ({rows} rows in {table}). Restore into a new one."
    ),
}
