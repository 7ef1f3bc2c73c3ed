"""The HTML of the promise board: figures, forecast, flow of the last days, how right it was."""

from collections.abc import Sequence
from html import escape

from workbench.i18n import _, counted, language
from workbench.persian.jalali import day_name, month_name, month_of, parts
from workbench.rules.forecast import Backlog, DayFlow, Pace
from workbench.rules.forecast_check import TestedDay
from workbench.services.commission.promise_board import Board, BoardRow, LateDay, Share
from workbench.ui.format import day, digits, instant, ltr

ROWS_MAX = 50
TONES = {"today": "approved", "at_risk": "", "overdue": "late", "breached": "late", "returned": ""}


def list_name(name: str) -> str:
    """What a list of plans is called."""
    return {
        "today": _("Decided today"),
        "open": _("Open plans"),
        "at_risk": _("At risk"),
        "overdue": _("Overdue"),
        "breached": _("Breached"),
        "returned": _("Waiting for the centre"),
    }[name]


def plans_word(count: int) -> str:
    """A number of plans: «۳ طرح»."""
    return counted(count, _("{n} plan"), _("{n} plans")).format(n=digits(count))


def tiles(board: Board, chosen: str) -> str:
    """The five figures; each opens its list."""
    figures = {"today": _ratio(board.today), **{n: _count(board, n) for n in list(TONES)[1:]}}
    notes = {
        "today": _month(board),
        "at_risk": _("under 8 working hours left"),
        "overdue": _("after the deadline"),
        "breached": _("after the third working day"),
        "returned": _("the clock stands still"),
    }
    parts_ = "".join(
        f'<div class="pb-tile {TONES[name]}" role="button" tabindex="0" data-open="{name}"'
        f' aria-pressed="{"true" if name == chosen else "false"}">'
        f"<span>{escape(_tile_name(name))}</span><b>{figures[name]}</b>"
        f"<small>{escape(notes[name])}</small></div>"
        for name in TONES
    )
    return f'<div class="az pb-tiles">{parts_}</div>'


def _tile_name(name: str) -> str:
    return _("On time today") if name == "today" else list_name(name)


def _count(board: Board, name: str) -> str:
    return _number(len(board.lists[name]))


def _number(count: int) -> str:
    """A count; a lone Persian zero is but a dot, so none is a dash."""
    return ltr(count) if count else '<span class="mut">–</span>'


def _decimal(number: float) -> str:
    """One place after the point, as the language writes it."""
    text = digits(f"{number:.1f}")
    return text.replace(".", "٫") if language() == "fa" else text


def _ratio(share: Share) -> str:
    if not share.decided:
        return '<span class="mut">–</span>'
    return escape(_("{n} of {all}").format(n=digits(share.in_time), all=digits(share.decided)))


def _month(board: Board) -> str:
    name = month_name(month_of(board.month_first_on)[1], language())
    if board.month.per_cent is None:
        return _("no decision in {month} yet").format(month=name)
    return _("{month}: {percent}% ({n} of {all})").format(
        month=name,
        percent=_decimal(board.month.per_cent),
        n=digits(board.month.in_time),
        all=digits(board.month.decided),
    )


def outlook(board: Board) -> str:
    """The forecast in words, with what it assumes."""
    if not board.open_count:
        return _card(
            _("Forecast"), f"<p>{escape(_('No plan is open: nothing can become late.'))}</p>"
        )
    if not board.pace.closed:
        text = _("No plan was decided on the last {n} working days: there is no speed to go by.")
        return _card(_("Forecast"), f"<p>{escape(text.format(n=digits(len(board.pace.days))))}</p>")
    late = board.late_today.rows
    one = _("Until the end of today {n} more plan becomes late.")
    many = _("Until the end of today {n} more plans become late.")
    said = counted(len(late), one, many).format(n=digits(len(late)))
    days = "".join(_late_day(each) for each in board.late_days)
    ends = "".join(_end(each) for each in board.coming)
    return _card(
        _("Forecast"),
        f'<p class="big"><b>{escape(said)}</b></p><p class="mut">{escape(_assumed(board.pace))}</p>'
        f"<table class='c'><thead><tr><th>{escape(_('Deadline on'))}</th>"
        f"<th class='num'>{escape(_('Will be late'))}</th>"
        f"<th>{escape(_('Plans'))}</th></tr></thead>"
        f"<tbody>{days}</tbody></table>"
        f"<h3>{escape(_('Open at the end of the day'))}</h3>"
        f"<table class='c'><tbody>{ends}</tbody></table>{_capped(board)}",
    )


def _capped(board: Board) -> str:
    if not board.is_capped:
        return ""
    text = _("More plans are open; the {n} most urgent ones are counted.")
    return f'<p class="mut">{escape(text.format(n=digits(board.open_count)))}</p>'


def _assumed(pace: Pace) -> str:
    text = _(
        "At {speed} plans an hour between {opens} and {closes}, as on the last {days} working "
        "days; the earliest deadline first; {arrivals} new plans a working day."
    )
    return text.format(
        speed=_decimal(pace.closed_per_hour),
        opens=digits(f"{pace.office.opens_at:%H:%M}"),
        closes=digits(f"{pace.office.closes_at:%H:%M}"),
        days=digits(len(pace.days)),
        arrivals=_decimal(pace.arrivals_per_day),
    )


def _late_day(late: LateDay) -> str:
    shown = ", ".join(row.number for row in late.rows[:4])
    more = " …" if len(late.rows) > 4 else ""
    name = f"{day_name(late.on, language())} {day(late.on)}"
    return (
        f"<tr><td>{escape(name)}</td><td class='num'>{_number(len(late.rows))}</td>"
        f"<td class='wrap'>{ltr(shown + more) if shown else ''}</td></tr>"
    )


def _end(each: Backlog) -> str:
    name = f"{day_name(each.on, language())} {day(each.on)}"
    return f"<tr><td>{escape(name)}</td><td class='num'>{_number(round(each.open_plans))}</td></tr>"


def flow(flows: Sequence[DayFlow]) -> str:
    """What came (bars) and was closed (dots), a column a day; today, unfinished, is hollow."""
    top = max((max(each.arrived, each.closed) for each in flows), default=0)
    if not top:
        text = escape(_("No plan came or was decided in these days."))
        return _card(_("Arrivals and decisions"), f"<p>{text}</p>")
    columns = "".join(_column(each, top) for each in flows)
    note = _("plans a day; grey days are not worked; today is not over")
    key = (
        f'<div class="pb-key"><span><i class="in"></i>{escape(_("Came"))}</span>'
        f'<span><i class="out"></i>{escape(_("Decided or returned"))}</span></div>'
    )
    label = escape(_("Arrivals and decisions"))
    return _card(
        _("Arrivals and decisions"),
        f'{key}<div class="pb-flow" role="img" aria-label="{label}">{columns}'
        f'<span class="top">{ltr(top)}</span></div>',
        note,
    )


def _column(each: DayFlow, top: int) -> str:
    kind = ("" if each.is_working else " off") + ("" if each.is_over else " now")
    month, on = parts(each.on)[1:]
    said = _("{day}: {n} came, {out} decided or returned").format(
        day=day(each.on), n=digits(each.arrived), out=digits(each.closed)
    )
    dot = (
        f'<i class="out" style="bottom:{100 * each.closed / top:.1f}%"></i>'
        if each.is_working or each.closed
        else ""
    )
    return (
        f'<div class="d{kind}" title="{escape(said)}">'
        f'<i class="in" style="height:{100 * each.arrived / top:.1f}%"></i>{dot}'
        f'<span class="x">{ltr(f"{month}/{on}")}</span></div>'
    )


def tested(days: Sequence[TestedDay]) -> str:
    """How often the forecast was right: yesterday and over the days tested."""
    count, right = sum(d.count for d in days), sum(d.right for d in days)
    if not count:
        text = _("No plan was due on the last working days: the forecast could not be tested.")
        return _card(_("How right it was"), f"<p>{escape(text)}</p>")
    last = days[-1]
    text = _("The forecast of {day}: right for {n} of {all} plans.").format(
        day=day(last.at.date()), n=digits(last.right), all=digits(last.count)
    )
    whole = counted(
        len(days),
        _(
            "Last working day at 08:00: right for {n} of {all}; {hits} rightly said to become "
            "late, {alarms} false alarms, {misses} missed."
        ),
        _(
            "Last {days} working days at 08:00: right for {n} of {all}; {hits} rightly said to "
            "become late, {alarms} false alarms, {misses} missed."
        ),
    ).format(
        days=digits(len(days)),
        n=digits(right),
        all=digits(count),
        hits=digits(sum(d.hits for d in days)),
        alarms=digits(sum(d.false_alarms for d in days)),
        misses=digits(sum(d.misses for d in days)),
    )
    if language() == "fa":
        whole = digits(whole)
    return _card(_("How right it was"), f"<p><b>{escape(text)}</b></p><p>{escape(whole)}</p>")


def rows(name: str, listed: Sequence[BoardRow]) -> str:
    """The plans of one figure; a row opens its plan."""
    if not listed:
        return _card(list_name(name), f"<p>{escape(_('No plan is here.'))}</p>")
    last = _("Decided") if name == "today" else _("Decision expected")
    body = "".join(_row(name, row) for row in listed[:ROWS_MAX])
    table = (
        f"<div class='scroll'><table class='c'><thead><tr><th>{escape(_('Plan'))}</th>"
        f"<th>{escape(_('Deadline'))}</th><th>{escape(last)}</th>"
        f"<th>{escape(_('Late by (working hours)'))}</th></tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
    return _card(list_name(name), table, plans_word(len(listed)))


def _row(name: str, row: BoardRow) -> str:
    decided = row.closed_at if name == "today" else row.expected_at
    late = ltr(_decimal(row.late_hours)) if row.late_hours else "–"
    return (
        f'<tr tabindex="0" data-open="{escape(row.number)}"><td>{ltr(row.number)}</td>'
        f"<td>{ltr(instant(row.due_at))}</td><td>{ltr(instant(decided))}</td><td>{late}</td></tr>"
    )


def _card(title: str, body: str, note: str = "") -> str:
    said = f'<span class="c">{escape(note)}</span>' if note else ""
    return (
        f'<section class="az card pb-card"><header><h2>{escape(title)}</h2>{said}</header>'
        f'<div class="pb-body">{body}</div></section>'
    )
