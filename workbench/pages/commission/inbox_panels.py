"""The HTML and cells of the commission's inbox. Everything is escaped."""

from collections.abc import Sequence
from html import escape

from workbench.i18n import _, language
from workbench.rules.plan_text import planned_text
from workbench.rules.working_time import DUE_HOURS, ClockState
from workbench.services.claims.listed import capped_text
from workbench.services.commission.inbox import Tab
from workbench.services.commission.listed import ListedPlan, Own
from workbench.services.commission.messages import listed_items
from workbench.services.commission.words import clock_word, hours_text, interest_word
from workbench.ui.components.table import Tone
from workbench.ui.format import digits, instant, listed, ltr, pill

TONES: dict[ClockState, str] = {
    ClockState.RUNNING: "waiting",
    ClockState.AT_RISK: "soon",
    ClockState.OVERDUE: "late",
    ClockState.BREACHED: "late",
}
STRIP_LATE_HOURS, STRIP_STEP = 24, 8
MARKS = {
    ClockState.RUNNING: "run",
    ClockState.AT_RISK: "risk",
    ClockState.OVERDUE: "over",
    ClockState.BREACHED: "breach",
}


def title() -> str:
    """The head of the page."""
    note = _("by working time left; the clock stands still outside working days")
    return (
        f'<div class="az"><div class="ph"><h1>{escape(_("Commission inbox"))}</h1>'
        f'<span class="mut s13 lg-only">{escape(note)}</span></div></div>'
    )


def tab_word(tab: Tab) -> str:
    """The name of a list."""
    return {
        Tab.OPEN: _("All open"),
        Tab.VOTE: _("Waiting for my vote"),
        Tab.MINE: _("My panels"),
        Tab.FREE: _("No reviewer yet"),
        Tab.CHAIR: _("Waiting for the chair"),
        Tab.AT_RISK: _("At risk"),
        Tab.OVERDUE: _("Overdue"),
        Tab.BREACHED: _("Limit broken"),
        Tab.RETURNED: _("Returned for defects"),
        Tab.DECIDED: _("Decided"),
    }[tab]


def chip(tab: Tab, counted: tuple[int, bool] | None) -> str:
    """A list with how many it holds."""
    return tab_word(tab) if counted is None else f"{tab_word(tab)}  **{capped_text(*counted)}**"


def count(total: str) -> str:
    """The sentence under the rows."""
    said = _("Plans: {n}, by working time left").format(n=total)
    return f'<div class="az"><span class="mut s13">{escape(said)}</span></div>'


def is_urgent(plan: ListedPlan) -> bool:
    """Late, or with less than eight working hours left."""
    return plan.clock is not ClockState.RUNNING


def planned(plan: ListedPlan) -> str:
    """What is planned, with how many units."""
    text = planned_text(plan.units, language())
    number = sum(unit.quantity for unit in plan.units)
    return listed((text, units_word(number))) if number > 1 else text


def units_word(number: int) -> str:
    """«۳ واحد»."""
    word = _("one unit") if number == 1 else _("{n} units")
    return word.format(n=digits(number))


def left_word(plan: ListedPlan) -> str:
    """«۴:۲۰» working hours left or over."""
    return digits(hours_text(abs(plan.left_hours)))


def strip(plans: Sequence[ListedPlan]) -> str:
    """The deadlines of a page on a line of working hours; time runs as the language is read."""
    ticks = "".join(
        f'<span class="cm-tick" style="inset-inline-start:{_at(hours)}%">'
        f"{ltr('−' + str(-hours) if hours < 0 else hours) if hours else escape(_('now'))}</span>"
        for hours in range(-STRIP_LATE_HOURS, DUE_HOURS + 1, STRIP_STEP)
        if hours in (0, STRIP_STEP) or hours % (2 * STRIP_STEP) == 0
    )
    zones = (
        f'<i class="cm-zone late" style="width:{_at(0)}%"></i>'
        f'<i class="cm-zone risk" style="inset-inline-start:{_at(0)}%;'
        f'width:{_at(STRIP_STEP) - _at(0)}%"></i>'
    )
    taken: dict[int, int] = {}
    marks = "".join(_mark(plan, taken) for plan in plans)
    note = _("a mark is a plan; only working hours are counted")
    names = "".join(
        f'<span class="cm-key"><i class="cm-mark {MARKS[state]}"></i>'
        f"{escape(clock_word(state))} "
        f"<b>{ltr(sum(plan.clock is state for plan in plans))}</b></span>"
        for state in (
            ClockState.BREACHED,
            ClockState.OVERDUE,
            ClockState.AT_RISK,
            ClockState.RUNNING,
        )
    )
    return (
        f'<div class="az card cm-strip"><header><h2>{escape(_("Deadlines in working hours"))}</h2>'
        f'<span class="mut s12 lg-only">{escape(note)}</span><span class="sp"></span>{names}'
        f'</header><div class="cm-line">{zones}{marks}{ticks}</div></div>'
    )


def _at(hours: float) -> float:
    """Where on the line so many hours left are, in percent of its length from the start."""
    shown = max(-STRIP_LATE_HOURS, min(DUE_HOURS, hours))
    return round(100 * (shown + STRIP_LATE_HOURS + 1) / (DUE_HOURS + STRIP_LATE_HOURS + 3), 2)


def _mark(plan: ListedPlan, taken: dict[int, int]) -> str:
    place = round(_at(plan.left_hours))
    level = taken.get(place, 0)
    taken[place] = min(level + 1, 2)
    said = f"{digits(plan.number)}، {plan.person_name}: {left_sentence(plan)}"
    return (
        f'<i class="cm-mark {MARKS[plan.clock]}" role="button" tabindex="0"'
        f' style="inset-inline-start:{_at(plan.left_hours)}%;bottom:{26 + 13 * level}px"'
        f' data-open="{escape(plan.number)}" title="{escape(said)}"'
        f' aria-label="{escape(said)}"></i>'
    )


def left_sentence(plan: ListedPlan) -> str:
    """Time left or over, in words."""
    over, left = _("{hours} working hours over"), _("{hours} working hours left")
    return (over if plan.left_hours < 0 else left).format(hours=left_word(plan))


def cards(plans: Sequence[ListedPlan]) -> str:
    """The most urgent plans."""
    return f'<div class="az cm-cards">{"".join(map(_card, plans))}</div>'


def _card(plan: ListedPlan) -> str:
    tone = TONES[plan.clock]
    state = {"breach": "cm-b", "over": "cm-o"}.get(MARKS[plan.clock], "cm-r")
    share = min(100, round(100 * (DUE_HOURS - plan.left_hours) / DUE_HOURS))
    word = _("working hours over") if plan.left_hours < 0 else _("working hours left")
    again = (
        f'<span class="bdg waiting">{escape(_("Round {n}").format(n=digits(plan.round)))}</span>'
        if plan.round > 1
        else ""
    )
    due = _("due {at}").format(at=_without_year(instant(plan.due_at)))
    return (
        f'<div class="card cm-card {state}" role="button" tabindex="0"'
        f' data-open="{escape(plan.number)}">'
        f'<div class="row">{clock_pill(plan.clock)}<b class="s16">{ltr(left_word(plan))}</b>'
        f'<span class="ink2 s13 cut">{escape(word)}</span><span class="sp"></span>'
        f'<span class="mut s12 nw"><bdi>{escape(due)}</bdi></span></div>'
        f'<div class="cm-bar {tone}"><i style="width:{share}%"></i></div>'
        f'<div class="row"><b class="nw"><bdi>{escape(plan.person_name)}</bdi></b>'
        f'<span class="ink2 s13 cut">{escape(planned(plan))}</span><span class="sp"></span>'
        f'<span class="lnk">{ltr(plan.number)}</span></div>'
        f'<div class="row"><span class="ink2 s13 cut"><bdi>{escape(plan.centre_name)}</bdi></span>'
        f'{again}<span class="sp"></span>{pack_pill(plan)}</div>'
        f'<div class="row">{pips(plan)}<span class="sp"></span>{own_part(plan)}</div></div>'
    )


def _without_year(at: str) -> str:
    """«۰۹/۰۱ ۱۹:۴۸»: a clock of 48 hours needs no year."""
    return at.partition("/")[2]


def clock_pill(state: ClockState) -> str:
    """The state on the clock, by tint, icon and word."""
    tone = {"soon": "returned"}.get(TONES[state], TONES[state])
    solid = " solid" if state is ClockState.BREACHED else ""
    shown = pill(tone, clock_word(state)).replace("ic-round", "ic-warning")
    return shown.replace('class="bdg', f'class="bdg{solid}', 1)


def pack_pill(plan: ListedPlan) -> str:
    """Whether the pack is complete, and what it lacks."""
    tone = "returned" if plan.pack.missing else "approved"
    return pill(tone, pack_word(plan)).replace("ic-round", "ic-file")


def pack_word(plan: ListedPlan) -> str:
    """«مدارک کامل، ۴ از ۴» or what is missing."""
    have = plan.pack.asked - len(plan.pack.missing)
    numbers = _("{have} of {asked}").format(have=digits(have), asked=digits(plan.pack.asked))
    if not plan.pack.missing:
        return _("pack complete, {numbers}").format(numbers=numbers)
    names = listed_items(item.name for item in plan.pack.missing)
    return _("{numbers}; missing: {names}").format(numbers=numbers, names=names)


def pips(plan: ListedPlan) -> str:
    """How many of the panel voted, as dots and in words."""
    dots = "".join(
        f'<i class="cm-pip{" on" if n < plan.votes else ""}"></i>' for n in range(plan.seats)
    )
    return (
        f'<span class="row ink2 s13 nw"><span class="row cm-pips">{dots}</span>{votes(plan)}</span>'
    )


def votes(plan: ListedPlan) -> str:
    """«۱ از ۳ رأی»."""
    said = _("{votes} of {seats} votes")
    return escape(said.format(votes=digits(plan.votes), seats=digits(plan.seats)))


def own_part(plan: ListedPlan) -> str:
    """What the reader has to do with it."""
    tone, word = own_word(plan)
    if plan.interest is not None:
        why = f'<span class="mut s12 cut">{escape(interest_word(plan.interest))}</span>'
        return why + pill("waiting", word).replace("ic-clock", "ic-lock")
    return pill(tone, word) if tone else f'<span class="mut s13">{escape(word)}</span>'


def own_word(plan: ListedPlan) -> tuple[Tone, str]:
    """What the reader has to do with it: tint (none: grey words) and word."""
    if plan.interest is not None:
        return "waiting", _("conflict of interest")
    if plan.needs_chair:
        return "review", _("waits for the chair")
    if plan.own is Own.WAITS:
        return "review", _("my vote is waited for")
    if plan.own is Own.VOTED:
        return "approved", _("I have voted")
    if plan.own is Own.REPLACED:
        return "", _("I was replaced")
    if not plan.members and not plan.votes:
        return "", _("no reviewer yet")
    return "", _("with {names}").format(names=_names(plan)) if plan.members else _("a seat is free")


def _names(plan: ListedPlan) -> str:
    return listed(plan.members)


def still(plans: Sequence[ListedPlan], total: str) -> str:
    """Returned plans: their clock stands."""
    rows = "".join(
        f'<div class="cm-still" role="button" tabindex="0" data-open="{escape(plan.number)}">'
        f'<div class="row"><b><bdi>{escape(plan.person_name)}</bdi></b><span class="sp"></span>'
        f'<span class="lnk s13">{ltr(plan.number)}</span></div>'
        f'<div class="ink2 s13">{escape(planned(plan))}</div>'
        f'<div class="ink2 s13"><bdi>{escape(plan.centre_name)}</bdi></div>'
        f'<div class="mut s12">{escape(_stopped(plan))}</div></div>'
        for plan in plans
    )
    return (
        f'<div class="az card cm-stills"><header><h2>{escape(_("The clock stands"))}</h2>'
        f'<span class="c s13">{escape(_("{n} with the centre").format(n=total))}</span></header>'
        f"{rows}</div>"
    )


def _stopped(plan: ListedPlan) -> str:
    said = _("since {at}; {hours} of {all} working hours counted")
    return said.format(
        at=instant(plan.closed_at),
        hours=digits(hours_text(plan.counted_hours)),
        all=digits(DUE_HOURS),
    )
