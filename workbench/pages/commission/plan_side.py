"""The HTML of the plan page's side: patient, ceiling, clock hour by hour, rounds, earlier plans."""

from datetime import datetime
from html import escape

from workbench.i18n import _, language
from workbench.persian.jalali import TEHRAN, day_name, day_of, parts
from workbench.rules.clock_table import DayHours
from workbench.rules.plan_text import planned_text
from workbench.rules.working_time import DUE_HOURS, ClockState
from workbench.services.commission.view import EarlierPlan, PlanClock, PlanRoundView, PlanView
from workbench.services.commission.words import (
    clock_word,
    day_word,
    hours_text,
    interest_word,
    result_word,
    state_word,
)
from workbench.ui import words
from workbench.ui.format import clock_time, day, digits, instant, listed, ltr, pill, rial

CLOCK_TONES = {
    ClockState.RUNNING: "waiting",
    ClockState.AT_RISK: "returned",
    ClockState.OVERDUE: "late",
    ClockState.BREACHED: "late",
}
OPEN_PLAN = "plan:"
STATE_TONES = {"submitted": "review", "returned": "returned", "decided": "approved"}


def head(view: PlanView) -> str:
    """Number, state, round, what is planned and where."""
    what = planned_text([unit.place for unit in view.units], language())
    place = listed(f"<bdi>{escape(part)}</bdi>" for part in (what, view.centre, view.insurer))
    round_pill = (
        pill("waiting", _("Round {n}").format(n=digits(view.round))) if view.round > 1 else ""
    )
    held = ""
    if view.may_vote and view.held_until_at is not None:
        said = _("your seat until {time}").format(time=clock_time(view.held_until_at))
        held = f'<span class="ink2 nw s13">{escape(said)}</span>'
    return (
        f'<div class="az chead"><h1>{escape(_("Treatment plan"))} {ltr(view.number)}</h1>'
        f"{pill(STATE_TONES[view.state], state_word(view.state))}{round_pill}"
        f'<span class="ink2 cut s13">{place}</span><span class="sp"></span>{held}</div>'
    )


def interest(view: PlanView) -> str:
    """Why the reader may only look."""
    if view.interest is None:
        return ""
    why = interest_word(view.interest)
    said = _("You may look, not decide: {why}. Votes and notes are hidden.").format(why=why)
    note = f'<div class="warn-note"><i class="ic ic-lock"></i>{escape(said)}</div>'
    return f'<div class="az">{note}</div>'


def patient(view: PlanView, national_code: str | None) -> str:
    """Patient, contract, letter, centre and dentist."""
    who = view.patient
    said = _("{years} y {months} m") if who.age_months else _("{years} y")
    age = said.format(years=digits(who.age_years), months=digits(who.age_months))
    letter = _("{number}, until {day}").format(
        number=digits(view.referral_number), day=day(view.referral_last_valid_on)
    )
    dentist = listed((view.dentist, words.speciality(view.dentist_speciality)))
    said = listed((age, words.relation(who.relation)))
    rows = (
        (_("National code"), ltr(national_code or who.national_code)),
        (_("Contract"), ltr(view.contract_number)),
        (_("Letter"), f"<bdi>{escape(letter)}</bdi>"),
        (_("Centre"), f"<bdi>{escape(view.centre)}</bdi>"),
        (_("Dentist"), f"<bdi>{escape(dentist)}</bdi>"),
    )
    cells = "".join(f"<dt>{escape(name)}</dt><dd>{value}</dd>" for name, value in rows)
    return (
        f'<div class="az pl-card side"><div class="row wrap"><h2><bdi>{escape(who.name)}</bdi></h2>'
        f'<span class="mut s12">{escape(said)}</span></div><dl class="kv">{cells}</dl></div>'
    )


def ceiling(view: PlanView) -> str:
    """What of the ceiling is used, reserved and free."""
    account = view.ceiling
    kind = _("family") if account.is_family else _("individual")
    limit = f"<b>{rial(account.limit_rial)}</b>" if account.limit_rial else _("no limit")
    head_row = (
        f'<div class="row pl-ceil"><b class="s13">{escape(_("Ceiling, {kind}").format(kind=kind))}'
        f'</b><span class="sp"></span>{limit}</div>'
    )
    shown = (
        ("c-used", _("Used"), account.used_rial),
        ("c-res", _("Other reserves"), account.reserved_other_rial),
        ("c-this", _("This letter"), account.this_rial),
        ("c-free", _("Free"), max(0, account.free_rial or 0)),
    )
    whole = max(1, sum(amount for *_names, amount in shown))
    bar = "".join(
        f'<i class="{tone}" style="width:{100 * amount / whole:.2f}%"></i>'
        for tone, _name, amount in shown
        if amount
    )
    has_limit = account.limit_rial is not None
    legend = "".join(
        f'<i class="{tone}"></i><span>{escape(name)}</span>'
        f"<span>{rial(amount, zero=_('zero'))}</span>"
        for tone, name, amount in shown
        if has_limit or tone != "c-free"
    )
    return (
        f'<div class="az pl-card">{head_row}<div class="ceil">{bar}</div>'
        f'<div class="lg">{legend}</div></div>'
    )


def clock(view: PlanClock, now: datetime) -> str:
    """Which hours counted, which not, and why; then what is left."""
    clock_view = view.clock
    left = digits(hours_text(abs(clock_view.left_hours)))
    late = clock_view.left_hours < 0
    word = clock_word(clock_view.state)
    if clock_view.is_running:
        said = _("{state}, {hours} over") if late else _("{state}, {hours} left")
        mark = pill(CLOCK_TONES[clock_view.state], said.format(state=word, hours=left))
        mark = mark.replace("ic-round", "ic-warning")
    else:
        mark = pill("waiting", _("stands"))
    rows = "".join(_day_row(each, view, now) for each in clock_view.days)
    total = _("of {hours} hours").format(hours=digits(DUE_HOURS))
    due = _("due {at}; hard limit {limit}").format(
        at=instant(clock_view.due_at), limit=instant(clock_view.limit_at)
    )
    heads = "".join(
        f"<th>{escape(name)}</th>" for name in (_("Day"), _("Span"), _("Counted"), _("Why"))
    )
    return (
        f'<div class="az pl-card"><div class="row"><h2>{escape(_("Clock of this round"))}</h2>'
        f'<span class="sp"></span>{mark}</div>{_bar(view)}'
        f'<table class="c pl-clock"><tr>{heads}</tr>{rows}'
        f'<tr class="sum"><td>{escape(_("Sum"))}</td>'
        f"<td></td><td><b>{ltr(hours_text(clock_view.counted_hours))}</b></td>"
        f"<td>{escape(total)}</td></tr></table>"
        f'<div class="mut s12"><bdi>{escape(due)}</bdi></div></div>'
    )


def _bar(view: PlanClock) -> str:
    """The days as pieces as long as they lasted; what is left is an empty piece."""
    pieces = "".join(
        f'<i class="{"on" if each.hours else "off"} {_tone(view)}" '
        f'style="flex:{each.hours or 6:.2f}" title="{escape(_short_day(each))}"></i>'
        for each in view.clock.days
    )
    left = max(0.0, view.clock.left_hours)
    rest = f'<i class="rest" style="flex:{left:.2f}"></i>' if left else ""
    return f'<div class="pl-bar">{pieces}{rest}</div>'


def _tone(view: PlanClock) -> str:
    return {"returned": "soon", "late": "late"}.get(CLOCK_TONES[view.clock.state], "calm")


def _short_day(each: DayHours) -> str:
    _year, month, number = parts(each.day)
    return digits(f"{month}/{number}")


def _day_row(each: DayHours, view: PlanClock, now: datetime) -> str:
    is_off = each.from_at is None or each.to_at is None
    why = day_word(each.kind)
    if each.day == day_of(view.clock.submitted_at) and not is_off:
        again = view.round > 1
        why = _("since the return") if again else _("since submission")
    elif each.to_at == now and not is_off:
        why = _("until now")
    name = f"{escape(_weekday(each))} {ltr(_short_day(each))}"
    return (
        f'<tr class="{"off" if is_off else ""}"><td>{name}</td><td>{_span(each)}</td>'
        f"<td><b>{ltr(hours_text(each.hours))}</b></td><td>{escape(why)}</td></tr>"
    )


def _weekday(each: DayHours) -> str:
    name = day_name(each.day, language())
    return name if language() == "fa" else name[:3]


def _span(each: DayHours) -> str:
    if each.from_at is None or each.to_at is None:
        return "–"
    begins = each.from_at.astimezone(TEHRAN).strftime("%H:%M")
    ends = each.to_at.astimezone(TEHRAN).strftime("%H:%M")
    if (begins, ends) == ("00:00", "00:00"):
        return escape(_("all day"))
    ends = "24:00" if ends == "00:00" else ends
    return _("{begins} to {ends}").format(begins=ltr(begins), ends=ltr(ends))


def rounds(view: PlanView) -> str:
    """Every round with its clock, then other plans of the same person."""
    items = "".join(_round(each) for each in reversed(view.rounds))
    others = "".join(_earlier(each) for each in view.earlier)
    title = f'<h3 class="s12">{escape(_("Earlier plans"))}</h3>' if others else ""
    return (
        f'<div class="az pl-card"><h2>{escape(_("Rounds"))}</h2><ul class="tm">{items}</ul>'
        f"{title}{others}</div>"
    )


def _round(each: PlanRoundView) -> str:
    tone = {"decided": "approved", "returned": "returned"}.get(each.result or "", "review")
    text = _("Round {n}, submitted {at}").format(
        n=digits(each.number), at=instant(each.submitted_at)
    )
    comma = listed(("", ""))
    ends = {"decided": _("decided {at}"), "returned": _("returned {at}")}.get(each.result or "", "")
    closed = f"{comma}{ends.format(at=instant(each.closed_at))}" if ends else ""
    counted = _("{hours} working hours counted").format(
        hours=digits(hours_text(each.counted_hours))
    )
    by = f"{comma}<bdi>{escape(each.closed_by)}</bdi>" if each.closed_by else ""
    defects = "".join(
        f'<div class="said">{escape(title)}{": " if said else ""}{escape(said)}</div>'
        for title, said in each.defects
    )
    sender = _("Centre: {text}").format(text=each.explanation)
    explained = f'<div class="said">{escape(sender)}</div>' if each.explanation else ""
    return (
        f'<li class="{tone}"><span class="w5">{escape(text)}</span>'
        f'<div class="d"><bdi>{escape(counted + closed)}</bdi>{by}</div>{explained}{defects}</li>'
    )


def _earlier(each: EarlierPlan) -> str:
    word = result_word(each.result) if each.result else state_word(each.state)
    what = planned_text(each.units, language())
    return (
        f'<div class="s13"><a class="lnk" role="link" tabindex="0" '
        f'data-open="{OPEN_PLAN}{escape(each.number)}">{ltr(each.number)}</a> '
        f'{escape(what)}{listed(("", ""))}<span class="ink2">{escape(word)}</span> '
        f'<span class="mut s12">{ltr(day(day_of(each.submitted_at)))}</span></div>'
    )


def strip(view: PlanView) -> str:
    """The same in one line, for small screens."""
    left = digits(hours_text(abs(view.clock.left_hours)))
    free = _("free of the ceiling: {amount} rial").format(amount="{amount}")
    ceiling = escape(free).replace("{amount}", f"<b>{rial(view.ceiling.free_rial)}</b>")
    said = _("{hours} over") if view.clock.left_hours < 0 else _("{hours} left")
    mark = pill(CLOCK_TONES[view.clock.state], said.format(hours=left)).replace(
        "ic-round", "ic-warning"
    )
    age = _("{years} y").format(years=digits(view.patient.age_years))
    letter = _("letter {number}").format(number=digits(view.referral_number))
    free_part = f"<span>{ceiling}</span>" if view.ceiling.free_rial is not None else ""
    running = mark if view.clock.is_running else ""
    return (
        f'<div class="az pl-card pl-strip"><b><bdi>{escape(view.patient.name)}</bdi></b>'
        f'<span class="ink2">{escape(age)}</span><span class="ink2">{escape(letter)}</span>'
        f'{free_part}<span class="sp"></span>{running}</div>'
    )
