"""Every service's refusal messages in one mapping, gathered from ``*_messages`` modules."""

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

import workbench.services
from workbench.evidence.messages import MESSAGES as EVIDENCE_MESSAGES


@cache
def all_messages() -> dict[str, str]:
    """Code → English message id, the store's and those of all ``…_messages`` modules here."""
    messages = dict(EVIDENCE_MESSAGES)
    for module in iter_modules(workbench.services.__path__):
        if module.name.endswith("_messages"):
            messages |= import_module(f"workbench.services.{module.name}").MESSAGES
    return messages
