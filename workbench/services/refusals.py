"""Every service's refusal messages in one mapping, gathered from ``*_messages`` modules."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import workbench.services
from workbench.services.errors import ALL_OWN


@cache
def all_messages() -> dict[str, str]:
    """Code → English message id, over this package's ``errors`` and all ``…_messages`` modules."""
    messages = dict(ALL_OWN)
    for module in iter_modules(workbench.services.__path__):
        if module.name.endswith("_messages"):
            messages |= import_module(f"workbench.services.{module.name}").MESSAGES
    return messages
