"""Words of the working calendar: kinds of days, weekdays, a change in one line."""

from collections.abc import Iterable
from datetime import date

from workbench.i18n import _, language
from workbench.persian.jalali import WEEKDAYS, day_name, parts
from workbench.rules.working_time import DayKind
from workbench.services.calendar.changes import Change, CloseDay, NewWeek, WithdrawCorrection
from workbench.ui.format import day, listed

TONES = {
    DayKind.WORKING: "",
    DayKind.EXTRA_WORKING: "approved",
    DayKind.WEEKEND: "waiting",
    DayKind.HOLIDAY: "returned",
    DayKind.CLOSURE: "deducted",
}


def kind_word(kind: DayKind) -> str:
    """What a day is to the clock."""
    return {
        DayKind.WORKING: _("working day"),
        DayKind.EXTRA_WORKING: _("declared working"),
        DayKind.WEEKEND: _("weekend"),
        DayKind.HOLIDAY: _("holiday"),
        DayKind.CLOSURE: _("declared closed"),
    }[kind]


def weekday_word(weekday: int) -> str:
    """The name of a weekday counted from Saturday, 0."""
    return WEEKDAYS[language()][(weekday + 5) % 7]


def off_words(off_days: Iterable[int]) -> str:
    """The days off of a week."""
    return listed(weekday_word(weekday) for weekday in sorted(off_days)) or _("no day off")


def named_day(on: date) -> str:
    """A weekday with its Jalali day."""
    return f"{day_name(on, language())} {day(on)}"


def day_of_month(on: date) -> int:
    """The number of the Jalali day in its month."""
    return parts(on)[2]


def change_words(change: Change) -> str:
    """A change in one line."""
    if isinstance(change, NewWeek):
        return _("From {day} on these days are off: {weekdays}").format(
            day=named_day(change.valid_from), weekdays=off_words(change.off_days)
        )
    said = named_day(change.day)
    if isinstance(change, WithdrawCorrection):
        return _("{day} is again what week and holidays say").format(day=said)
    if isinstance(change, CloseDay):
        return _("{day} is closed: {title}").format(day=said, title=change.title)
    return _("{day} is worked: {title}").format(day=said, title=change.title)
