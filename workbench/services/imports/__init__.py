"""Bringing data in from files: ``import DIR`` and the page *Incoming*. See ``docs/import.md``."""

from workbench.services.imports.report import ImportReport, ImportRow, Outcome
from workbench.services.imports.rows import import_schema
from workbench.services.imports.run import import_archive, import_folder

__all__ = [
    "ImportReport",
    "ImportRow",
    "Outcome",
    "import_archive",
    "import_folder",
    "import_schema",
]
