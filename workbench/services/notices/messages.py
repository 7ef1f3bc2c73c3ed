"""Refusals about notices to centres."""

from workbench.i18n import N_

MESSAGES: dict[str, str] = {
    "notice_not_found": N_("There is no such message, or you do not work for its insurer."),
    "notice_sent_already": N_("The message was sent at {sent_at} already; it is not sent twice."),
    "notice_changed": N_(
        "The message was tried again meanwhile. Look at what came of it before you try once more."
    ),
}
