"""The words of notices: events, channels, states, and what came of a try."""

from workbench.i18n import N_, _

SEPARATOR = ": "
EVENT_NAMES: dict[str, str] = {
    "decided": N_("Result of the plan"),
    "returned": N_("Plan returned"),
}
CHANNEL_NAMES: dict[str, str] = {"sms": N_("SMS"), "email": N_("E-mail"), "file": N_("File")}
STATE_NAMES: dict[str, str] = {
    "waiting": N_("Waiting to be sent"),
    "sending": N_("Being sent"),
    "sent": N_("Message sent"),
    "failed": N_("Not sent"),
}
PROBLEMS: dict[str, str] = {
    "to_file": N_("Written to a file: no service for this channel is set"),
    "unknown_outcome": N_("It is not known whether it was sent. Ask the centre before a retry"),
    "no_address": N_("The centre has no address for this channel any more"),
    "unreachable": N_("The service could not be reached"),
    "refused": N_("The service refused it"),
    "file_not_written": N_("The file could not be written"),
}


def event_name(event: str) -> str:
    """What a notice is about."""
    return _(EVENT_NAMES[event])


def channel_name(channel: str) -> str:
    """How a notice is to leave the house."""
    return _(CHANNEL_NAMES[channel])


def state_name(state: str) -> str:
    """Where a notice stands."""
    return _(STATE_NAMES[state])


def problem(error: str | None) -> str:
    """What came of the last try, with the service's own words behind it; empty: nothing to say."""
    code, separator, detail = (error or "").partition(SEPARATOR)
    if code not in PROBLEMS:
        return ""
    return f"{_(PROBLEMS[code])} ({detail})" if separator else _(PROBLEMS[code])
