"""The words of the commission: states, results, clocks, choices, reasons of a conflict."""

from workbench.i18n import N_, _
from workbench.rules.panel import Choice
from workbench.rules.working_time import ClockState, DayKind
from workbench.services.commission.access import Interest

STATES: dict[str, str] = {
    "submitted": N_("Under review"),
    "returned": N_("Returned for defects"),
    "decided": N_("Decided"),
}
RESULTS: dict[str, str] = {
    "approved": N_("Approved"),
    "partly_approved": N_("Partly approved"),
    "rejected": N_("Rejected"),
}
CLOCKS: dict[str, str] = {
    ClockState.RUNNING: N_("Running"),
    ClockState.AT_RISK: N_("At risk"),
    ClockState.OVERDUE: N_("Overdue"),
    ClockState.BREACHED: N_("Limit broken"),
}
CHOICES: dict[str, str] = {
    Choice.APPROVE: N_("Approve"),
    Choice.MODIFY: N_("Approve with a change"),
    Choice.REJECT: N_("Not approved"),
}
INTERESTS: dict[str, str] = {
    Interest.CENTRE: N_("you belong to this centre"),
    Interest.TREATMENT: N_("it is your own treatment"),
    Interest.CASE: N_("you assess a case under its letter"),
}
DAYS: dict[str, str] = {
    DayKind.WORKING: N_("working day"),
    DayKind.EXTRA_WORKING: N_("declared a working day"),
    DayKind.WEEKEND: N_("weekend"),
    DayKind.HOLIDAY: N_("holiday"),
    DayKind.CLOSURE: N_("closure"),
}


def state_word(state: str) -> str:
    """The state of a plan."""
    return _(STATES[state])


def result_word(result: str) -> str:
    """What the commission decided about a plan as a whole."""
    return _(RESULTS[result])


def clock_word(state: str) -> str:
    """Where a plan stands on its clock."""
    return _(CLOCKS[state])


def choice_word(choice: str) -> str:
    """What a member says about a unit."""
    return _(CHOICES[choice])


def interest_word(interest: str) -> str:
    """Why a reader may not decide a plan."""
    return _(INTERESTS[interest])


def hours_text(hours: float) -> str:
    """Working hours as «4:20», with a minus sign when they are over; minutes are cut off."""
    minutes = int(abs(hours) * 60 + 1e-6)
    sign = "−" if hours < 0 and minutes else ""
    return f"{sign}{minutes // 60}:{minutes % 60:02d}"


def day_word(kind: str) -> str:
    """What a day is to the clock."""
    return _(DAYS[kind])
