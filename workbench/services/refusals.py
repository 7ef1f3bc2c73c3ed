"""Every service's refusal messages in one mapping, gathered from the modules of messages."""

from functools import cache
from importlib import import_module
from pkgutil import walk_packages

import workbench.services
from workbench.evidence.messages import MESSAGES as EVIDENCE_MESSAGES


@cache
def all_messages() -> dict[str, str]:
    """Code → English message id, the store's and those of all modules of messages here."""
    messages = dict(EVIDENCE_MESSAGES)
    for module in walk_packages(workbench.services.__path__, "workbench.services."):
        if module.name.endswith(("_messages", ".messages")):
            messages |= import_module(module.name).MESSAGES
    return messages
