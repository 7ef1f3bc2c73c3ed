"""Everything a server needs until its pages are drawn; no database and no thread yet."""

from importlib import import_module

import tests.e2e.clocked
import tests.e2e.servers  # noqa: F401
from workbench.services.people.passwords import prepare_comparison
from workbench.ui.pages import PAGES
from workbench.web.application import HEAVY_MODULES

for name in (*HEAVY_MODULES, "plotly.subplots"):
    import_module(name)
for entry in PAGES:
    import_module(f"workbench.pages.{entry.module}")
prepare_comparison()
