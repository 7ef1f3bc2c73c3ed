"""The trail in words: what each action code means, and what its facts say."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from workbench.i18n import N_, _, language
from workbench.persian.digits import to_persian
from workbench.persian.jalali import format_day, format_instant
from workbench.persian.rial import format_rial
from workbench.rules.sentences import code_title
from workbench.rules.workflow import Role
from workbench.services.errors import state_name
from workbench.services.people.messages import role_name

ACTIONS: dict[str, str] = {
    "batch.archive": N_("Archived the batch"),
    "batch.exported": N_("Exported the batch"),
    "batch.follow_up": N_("Opened a follow-up batch"),
    "batch.receive": N_("Received the paper of the batch"),
    "batch.register": N_("Registered the batch"),
    "batch.send_to_finance": N_("Sent the batch to finance"),
    "batch.split": N_("Split returned cases off the batch"),
    "batch.start_review": N_("The review of the batch began"),
    "calendar.close": N_("Declared a closure"),
    "calendar.week": N_("Set another working week"),
    "calendar.withdraw": N_("Withdrew a correction of the calendar"),
    "calendar.work": N_("Declared a working day in place of a holiday"),
    "catalogue.amend": N_("Amended a proposed change"),
    "catalogue.propose": N_("Proposed a change of prices or rules"),
    "catalogue.publish": N_("Published a change of prices or rules"),
    "catalogue.withdraw": N_("Withdrew a proposed change"),
    "catalogue.export": N_("Exported a catalogue"),
    "ceiling.export": N_("Exported the ledger of a ceiling"),
    "claim.archive": N_("Archived the case"),
    "claim.assess": N_("Assessed the case"),
    "claim.attach": N_("Added images to the case"),
    "claim.deadline_moved": N_("The calendar moved the deadline of the case"),
    "claim.defect_judged": N_("Judged whether a defect is remedied"),
    "claim.finish": N_("Finished the case"),
    "claim.lines_opened": N_("Opened the lines of the case"),
    "claim.national_code_opened": N_("Opened the full national code"),
    "claim.note_added": N_("Wrote an internal note"),
    "claim.opened": N_("Opened the case"),
    "claim.park": N_("Parked the case"),
    "claim.pass_on": N_("Passed the case on"),
    "claim.receive": N_("Received the case"),
    "claim.register": N_("Registered the case"),
    "claim.release": N_("Gave the case back to the queue"),
    "claim.reopen": N_("Reopened the case"),
    "claim.resubmit": N_("The case was re-submitted"),
    "claim.return": N_("Returned the case"),
    "claim.send_to_finance": N_("Sent the case to finance"),
    "claim.split": N_("Moved the case to a follow-up batch"),
    "claim.take": N_("Took the case"),
    "claim.void": N_("Voided the case"),
    "evidence.pair_decided": N_("Said whether two images are the same picture"),
    "evidence.pair_taken_back": N_("Took an answer about two images back"),
    "evidence.shown": N_("Looked at images"),
    "evidence.view": N_("Looked at the images of the case"),
    "export.run": N_("Exported the data"),
    "figures.daily": N_("Made the daily summary of the figures"),
    "figures.export": N_("Exported the figures of a page"),
    "import.run": N_("Imported data"),
    "locked": N_("Sign-in was locked after failed tries"),
    "notice.export": N_("Exported the list of messages to centres"),
    "notice.failed": N_("A message to a centre was not sent"),
    "notice.retry": N_("Had a message to a centre sent again"),
    "notice.sent": N_("A message to a centre was sent"),
    "page.refused": N_("Asked for a page that his roles do not have"),
    "password_set": N_("Set a new password"),
    "queue.export": N_("Exported the queue"),
    "panel.change": N_("Changed the commission's panel"),
    "panel.withdraw": N_("Withdrew a setting of the commission's panel"),
    "plan.deadline_moved": N_("The calendar moved the deadline of a treatment plan"),
    "plan.minutes": N_("Made the minutes of a treatment plan"),
    "plan.decide": N_("Decided a treatment plan"),
    "plan.vote": N_("Voted about a treatment plan"),
    "plan.attach": N_("Added images to a treatment plan"),
    "plan.opened": N_("Opened a treatment plan"),
    "plan.viewed": N_("Looked at the images of a treatment plan"),
    "plan.shown": N_("Was shown images of a treatment plan"),
    "plan.take": N_("Took a seat on the panel of a treatment plan"),
    "plan.leave": N_("Gave a seat on the panel back"),
    "plan.replace": N_("Replaced a member of the panel"),
    "plan.note_added": N_("Wrote an internal note about a treatment plan"),
    "plan.export": N_("Exported the commission inbox"),
    "board.export": N_("Exported the forecast of the promise board"),
    "plan.national_code_opened": N_("Opened the full national code"),
    "plan.return": N_("Returned a treatment plan"),
    "plan.resubmit": N_("Submitted a treatment plan again"),
    "plan.submit": N_("Submitted a treatment plan"),
    "recheck.draw": N_("Drew decided cases for a second assessment"),
    "recheck.give_back": N_("Gave a second assessment back"),
    "recheck.hand_in": N_("Handed a second assessment in"),
    "recheck.resolve": N_("Said which of two decisions is right"),
    "recheck.take": N_("Took the case for a second assessment"),
    "referral.amend": N_("Amended the referral"),
    "referral.approve": N_("Approved the referral"),
    "referral.decline": N_("Declined the referral"),
    "referral.request": N_("Asked for the referral"),
    "referral.cancel": N_("Cancelled the referral"),
    "referral.contact": N_("Noted a contact about the referral"),
    "referral.expire": N_("The referral expired"),
    "referral.export": N_("Exported a list of referrals"),
    "referral.invalidate": N_("The referral became invalid"),
    "referral.issue": N_("Issued the referral"),
    "referral.mobile_opened": N_("Opened the mobile number to call"),
    "referral.print": N_("Printed the referral"),
    "referral.sheet_opened": N_("Looked at the signed sheet"),
    "referral.settle": N_("The referral was settled"),
    "referral.use": N_("The referral came into use"),
    "remittance.order": N_("Ordered the payment"),
    "remittance.send": N_("Sent the payment order to the bank"),
    "rules.change": N_("Changed a table of the rules"),
    "rules.end": N_("Ended a row of a table of the rules"),
    "teeth.searched": N_("Asked for the history of a tooth"),
    "search.national_code": N_("Searched for a full national code"),
    "sign_in": N_("Signed in"),
    "sign_in_failed": N_("Failed to sign in"),
    "sign_out": N_("Signed out"),
    "trail.export": N_("Exported the trail"),
    "user_added": N_("Added the user"),
    "user_affiliation_set": N_("Set the user's own centre or practice"),
    "user_disabled": N_("Closed the account"),
    "user_enabled": N_("Opened the account again"),
    "user_insurers_set": N_("Set the user's insurers"),
    "user_reset_link_issued": N_("Issued a link for a new password"),
    "user_roles_set": N_("Set the user's roles"),
}
CHANGES: dict[str, str] = {"added": N_("Added: {thing}"), "changed": N_("Changed: {thing}")}
THINGS: dict[str, str] = {
    "calendar_day": N_("day of the calendar"),
    "centre": N_("centre"),
    "centre_coefficient": N_("coefficient of a centre"),
    "contract": N_("contract"),
    "cover": N_("cover of a contract"),
    "dentist": N_("dentist"),
    "insurer": N_("insurer"),
    "membership": N_("membership"),
    "person": N_("insured person"),
    "policyholder": N_("policyholder"),
    "reason": N_("reason"),
    "service": N_("service of the catalogue"),
    "tariff": N_("tariff"),
    "tariff_set": N_("tariff set"),
    "weekly_schedule": N_("working week"),
}
ASSESSED: dict[str, str] = {
    "accept_finding": N_("accepted a finding"),
    "override_finding": N_("overrode a finding"),
    "cut_line": N_("cut price or quantity"),
    "recode_line": N_("re-coded a line"),
    "reject_line": N_("rejected a line"),
    "add_deduction": N_("added a deduction"),
    "remove_deduction": N_("removed a deduction"),
    "cite_deduction": N_("attached frames to a deduction"),
    "restore_line": N_("put a line back as requested"),
    "look_at_line": N_("looked at a line"),
}
FACTS: dict[str, str] = {
    "what": "{}",
    "claim": N_("case {}"),
    "batch": N_("batch {}"),
    "referral": N_("referral {}"),
    "plan": N_("treatment plan {}"),
    "remittance": N_("remittance order {}"),
    "round": N_("round {}"),
    "state": N_("now: {}"),
    "line": N_("line {}"),
    "finding": N_("finding {}"),
    "former": N_("former code {}"),
    "code": N_("new code {}"),
    "reason": N_("reason {}"),
    "quantity": N_("quantity {}"),
    "unit_price_rial": N_("unit price {} rial"),
    "amount_rial": N_("amount {} rial"),
    "former_rial": N_("formerly {} rial"),
    "released_rial": N_("released {} rial"),
    "cost_rial": N_("cost {} rial"),
    "deduction_rial": N_("deduction {} rial"),
    "ceiling_reject_rial": N_("ceiling reject {} rial"),
    "payable_rial": N_("payable {} rial"),
    "reserve_rial": N_("reserved {} rial"),
    "defects": N_("defects {}"),
    "until": N_("until {}"),
    "images": N_("images {}"),
    "decision": "{}",
    "not_compared": N_("not compared yet: images {}"),
    "sources": N_("taken from {}"),
    "changed_lines": N_("changed lines {}"),
    "new_images": N_("{} new images"),
    "rows": N_("{} rows"),
    "username": N_("user {}"),
    "roles": N_("roles: {}"),
    "left": N_("{} tries left"),
    "on": N_("day {}"),
    "from_on": N_("from {}"),
    "former_due_at": N_("formerly due {}"),
    "due_at": N_("due {}"),
    "moved_plans": N_("{} plans moved"),
    "moved_claims": N_("{} cases moved"),
    "became_overdue": N_("{} became overdue"),
    "no_longer_overdue": N_("{} no longer overdue"),
    "from_rial": N_("from {} rial"),
    "seats": N_("{} members"),
    "open_cases": N_("{} open cases"),
    "tooth": N_("tooth {}"),
    "quorum": N_("quorum {}"),
}
DECISIONS: dict[str, str] = {
    "same": N_("the same picture"),
    "coincidence": N_("a coincidence"),
}
MOMENTS = frozenset({"until", "on", "from_on", "former_due_at", "due_at"})
LATIN_FACTS = frozenset({"username", "former", "code", "reason", "defects"})


def action_name(code: str) -> str:
    """What an action code means, in the present language; an unknown code is shown as it is."""
    if code in ACTIONS:
        return _(ACTIONS[code])
    thing, _dot, change = code.rpartition(".")
    if change in CHANGES and thing in THINGS:
        return _(CHANGES[change]).format(thing=_(THINGS[thing]))
    return code


def is_known(code: str) -> bool:
    """Whether an action code has a name."""
    thing, _dot, change = code.rpartition(".")
    return code in ACTIONS or (change in CHANGES and thing in THINGS)


def details(facts: Mapping[str, Any]) -> str:
    """The facts of an event as one line; ids that mean nothing to a reader are left out."""
    said = [
        _(pattern).format(_fact(name, facts[name]))
        for name, pattern in FACTS.items()
        if facts.get(name) not in (None, "", [])
    ]
    return (" · ").join(said)


def _fact(name: str, value: Any) -> str:
    if name == "what":
        return _(ASSESSED.get(str(value), str(value)))
    if name == "decision":
        return _(DECISIONS.get(str(value), str(value)))
    if name == "state":
        return state_name(str(value))
    if name.endswith("_rial") and isinstance(value, int):
        return format_rial(value, language())
    if name == "roles":
        value = [role_name(Role(role)) for role in value]
    if isinstance(value, list):
        value = ("، " if language() == "fa" else ", ").join(map(str, value))
    if name == "finding":
        said = code_title(str(value))
        return f"«{said}»" if language() == "fa" else said
    if name in LATIN_FACTS:
        return str(value)
    if name in MOMENTS:
        return _local(_moment(str(value)))
    return _local(str(value))


def _moment(text: str) -> str:
    """An ISO day or instant in Jalali."""
    if len(text) == len("2025-01-01"):
        return format_day(date.fromisoformat(text))
    return format_instant(datetime.fromisoformat(text))


def _local(text: str) -> str:
    return to_persian(text) if language() == "fa" else text
