"""Small pieces of HTML that every page shares: numbers, days, pills, time left; all escaped."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from html import escape

from workbench.i18n import _, counted, language
from workbench.persian.digits import to_persian
from workbench.persian.jalali import TEHRAN, format_day, format_instant
from workbench.persian.rial import format_rial
from workbench.persian.rial import number as plain_number
from workbench.services.errors import state_name

STATE_TONES = {
    "ready_to_send": "waiting",
    "accepted": "waiting",
    "under_review": "review",
    "parked": "waiting",
    "returned": "returned",
    "finished": "approved",
    "sent_to_finance": "approved",
    "archived": "waiting",
    "void": "late",
}
TONE_ICONS = {
    "waiting": "clock",
    "review": "eye",
    "returned": "round",
    "deducted": "tag",
    "approved": "check",
    "late": "warning",
}


def digits(text: object) -> str:
    """Digits as the present language writes them."""
    return to_persian(str(text)) if language() == "fa" else str(text)


def whole(number: int) -> str:
    """A whole number with its thousands apart, as the present language writes it (text)."""
    return plain_number(number, language())


def ltr(text: object) -> str:
    """A number, code or date as an isolated left-to-right run (HTML)."""
    return f'<bdi dir="ltr">{escape(digits(text))}</bdi>'


def rial(amount_rial: int | None, *, zero: str | None = None) -> str:
    """An amount (HTML); None is a grey dash, zero may have a word of its own."""
    if amount_rial is None:
        return '<span class="mut">–</span>'
    if amount_rial == 0 and zero is not None:
        return escape(zero)
    return f'<bdi dir="ltr">{format_rial(amount_rial, language())}</bdi>'


def day(on: date | None) -> str:
    """A Jalali day (text), or a dash."""
    return "–" if on is None else digits(format_day(on))


def instant(at: datetime | None) -> str:
    """A Jalali day and Tehran time (text), or a dash."""
    return "–" if at is None else digits(format_instant(at))


def clock_time(at: datetime | None) -> str:
    """Tehran time of day (text), or a dash."""
    return "–" if at is None else digits(at.astimezone(TEHRAN).strftime("%H:%M"))


def days_word(count: int) -> str:
    """A number of days: «۳ روز»."""
    return counted(count, _("{n} day"), _("{n} days")).format(n=digits(count))


def findings_word(count: int) -> str:
    """A number of open findings: «۲ یافته باز»."""
    return counted(count, _("{n} open finding"), _("{n} open findings")).format(n=digits(count))


def images_added(count: int) -> str:
    """How many images came with a round: «۲ تصویر افزوده شد»."""
    return counted(count, _("{n} image added"), _("{n} images added")).format(n=digits(count))


def span(duration: timedelta) -> str:
    """A duration in words: «۳ روز و ۴ ساعت», «۵ ساعت و ۴۰ دقیقه», «۴۵ دقیقه»."""
    minutes = int(abs(duration).total_seconds()) // 60
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(days_word(days))
    if hours:
        parts.append(counted(hours, _("{n} hour"), _("{n} hours")).format(n=digits(hours)))
    if rest and not days or not parts:
        parts.append(counted(rest, _("{n} minute"), _("{n} minutes")).format(n=digits(rest)))
    return _(" and ").join(parts)


def time_left(due_at: datetime | None, now: datetime) -> str:
    """Time to the deadline in words, or how long it is late."""
    if due_at is None:
        return "–"
    if due_at < now:
        return _("{span} late").format(span=span(now - due_at))
    return span(due_at - now)


def pill(tone: str, word: str) -> str:
    """A tinted state pill (HTML): ``tone`` waiting, review, returned, deducted, approved, late."""
    icon = TONE_ICONS[tone]
    return f'<span class="bdg {tone}"><i class="ic ic-{icon} i"></i>{escape(word)}</span>'


def state_pill(state: str) -> str:
    """The pill of a claim's or batch's state (HTML)."""
    return pill(STATE_TONES.get(state, "waiting"), state_name(state))


def listed(items: Iterable[object]) -> str:
    """Items set apart as the present language does it."""
    return ("، " if language() == "fa" else ", ").join(str(item) for item in items)
