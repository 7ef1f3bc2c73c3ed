"""The sentences of refusals: what happened, why, and what to do next."""

import re
from collections.abc import Mapping
from datetime import date, datetime

from workbench.errors import Refused
from workbench.i18n import N_, _, language
from workbench.persian.digits import to_persian
from workbench.persian.jalali import format_day, format_instant
from workbench.persian.rial import format_rial, isolate
from workbench.services.commission.messages import listed_items
from workbench.services.refusals import all_messages

HAS_LETTERS = re.compile("[A-Za-z]")  # file names, fields and codes stay as they are written
UNKNOWN = N_("This could not be done ({code}). Reload the page and try again.")


def sentence(refused: Refused, more: Mapping[str, str] | None = None) -> str:
    """The refusal in the present language, with its amounts, days and digits."""
    message = (more or {}).get(refused.code) or all_messages().get(refused.code)
    shown = {name: _shown(name, value) for name, value in refused.facts.items()}
    if message is None:
        return _(UNKNOWN).format(code=refused.code)
    return _(message).format_map(_Shown(shown))


class _Shown(dict[str, str]):
    """A fact that a sentence names and the refusal lacks shows as a dash, never as a crash."""

    def __missing__(self, key: str) -> str:
        return "–"


def _shown(name: str, value: object) -> str:
    is_persian = language() == "fa"
    if value is None:
        return _("unlimited") if name.endswith("_rial") else "–"
    if isinstance(value, datetime):
        text = format_instant(value)
    elif isinstance(value, date):
        text = format_day(value)
    elif name.endswith("_rial") and isinstance(value, int):
        return format_rial(value, language())
    elif name == "state":
        return state_name(str(value))
    elif name == "items" and isinstance(value, tuple):
        text = listed_items(value)
    elif isinstance(value, tuple | list):
        text = ("، " if is_persian else ", ").join(str(item) for item in value)
    else:
        text = str(value)
    if not is_persian:
        return text
    if HAS_LETTERS.search(text):
        return isolate(text)
    shown = to_persian(text)
    return isolate(shown) if shown.startswith(("-", "−")) else shown


STATE_NAMES: dict[str, str] = {
    "ready_to_send": N_("Ready to send"),
    "accepted": N_("Accepted"),
    "under_review": N_("Under review"),
    "parked": N_("Parked"),
    "returned": N_("Returned"),
    "finished": N_("Finished"),
    "sent_to_finance": N_("Sent to finance"),
    "archived": N_("Archived"),
    "void": N_("Void"),
    "ordered": N_("Payment ordered"),
    "sent_for_payment": N_("Sent for payment"),
    "requested": N_("Waits for approval"),
    "issued": N_("Issued"),
    "amended": N_("Amended"),
    "in_use": N_("In use"),
    "settled": N_("Settled"),
    "expired": N_("Expired"),
    "invalid": N_("Invalid"),
    "cancelled": N_("Cancelled"),
    "submitted": N_("Under review"),
    "decided": N_("Decided"),
}


def state_name(state: str) -> str:
    """The word for a state of a claim, batch, remittance, referral or treatment plan."""
    return _(STATE_NAMES.get(state, state))
