"""The HTML of the throughput page: tiles, time of each step, forecast, cases of a figure."""

from collections.abc import Sequence
from datetime import timedelta
from html import escape

from workbench.i18n import _, counted, language
from workbench.persian.jalali import day_name, day_of
from workbench.rules.throughput import Grain, Part, Spread, grain_of
from workbench.services.figures import words
from workbench.services.figures.throughput import CaseRow, Throughput, Wanted
from workbench.ui.format import day, digits, instant, ltr, state_pill, whole

_ONE_DAY = timedelta(days=1)
NONE = '<span class="mut">–</span>'


def tiles(view: Throughput) -> str:
    """The five figures of the page."""
    came, decided, returned = (
        sum(getattr(flow, name) for flow in view.flows) for name in ("came", "decided", "returned")
    )
    today = view.flows[-1]
    parts = (
        tile("came", _("Came in"), number(came), _today(view, today.came), words.came_is()),
        tile(
            "decided",
            _("Decided"),
            number(decided),
            _today(view, today.decided),
            words.decided_is(),
        ),
        tile(
            "returned",
            _("Returned"),
            number(returned),
            _share(returned, decided),
            words.returned_is(),
        ),
        tile(None, _("In work now"), number(view.backlog), _week_ago(view), words.backlog_is()),
        tile(
            None,
            _("On time"),
            percent(view.on_time_percent),
            _("decisions and returns"),
            words.on_time_is(),
        ),
        tile(
            None,
            _("Median to decision"),
            _days(view.turnaround.median_days),
            _p90(view),
            words.median_is(),
        ),
    )
    return f'<div class="az mg-tiles">{"".join(parts)}</div>'


def tile(name: str | None, word: str, figure: str, note: str, definition: str) -> str:
    """One figure, with its definition on hover; ``name``: what a press on it chooses."""
    opens = f'role="button" tabindex="0" data-open="{name}"' if name else ""
    return (
        f'<div class="mg-tile" {opens} title="{escape(definition)}"><span>{escape(word)}</span>'
        f"<b>{figure}</b><small>{escape(note)}</small></div>"
    )


def number(count: int) -> str:
    """A count; a lone Persian zero is but a dot, so none is a dash."""
    return ltr(whole(count)) if count else NONE


def percent(share: float | None) -> str:
    """A share with one place after the point; None: a dash."""
    return (
        NONE
        if share is None
        else ltr(f"{_decimal(share)}٪" if language() == "fa" else f"{share:.1f}%")
    )


def _days(days: float | None) -> str:
    return NONE if days is None else f"{ltr(_decimal(days))} <i>{escape(_('working days'))}</i>"


def _plain(days: float | None) -> str:
    return NONE if days is None else ltr(_decimal(days))


def _decimal(number: float) -> str:
    text = digits(f"{number:.1f}")
    return text.replace(".", "٫") if language() == "fa" else text


def _today(view: Throughput, count: int) -> str:
    if not _is_to_today(view):
        return _("in the period")
    return _("{n} today").format(n=whole(count))


def _is_to_today(view: Throughput) -> bool:
    return view.wanted.last_on == day_of(view.as_of)


def _share(part: int, rest: int) -> str:
    if not part + rest:
        return _("in the period")
    return _("{percent}% of what left").format(percent=_decimal(100 * part / (part + rest)))


def _week_ago(view: Throughput) -> str:
    return _("{n} a week ago").format(n=whole(view.backlog_week_ago))


def _p90(view: Throughput) -> str:
    days = view.turnaround.p90_days
    if days is None:
        return _("no decision in the period")
    return _("ninetieth percentile {n}").format(n=_decimal(days))


def card_head(name: str, note: str) -> str:
    """A panel's name with what its figures are."""
    return (
        f'<div class="az"><h2 class="mg-h">{escape(name)}'
        f'<span class="mut s13">{escape(note)}</span></h2></div>'
    )


def flow_note(view: Throughput) -> str:
    """What a bar is."""
    return {
        Grain.DAY: _("cases a day; bars came, the line left; grey days are not worked"),
        Grain.WEEK: _("cases a week, from Saturday; bars came, the line left"),
        Grain.MONTH: _("cases a month; bars came, the line left"),
    }[grain_of(len(view.flows))]


def waits(view: Throughput) -> str:
    """Where time is lost: median and ninetieth percentile of each step."""
    top = max((each.p90_days or 0 for each in view.waits.values()), default=0) or 1
    rows = "".join(
        f"<tr><td>{escape(words.wait_name(name))}</td>"
        f'<td class="mg-bar"><div>{_wait_bar(each, top) if each.count else ""}</div></td>'
        f"<td class='num'>{_plain(each.median_days)}</td>"
        f"<td class='num'>{_plain(each.p90_days)}</td>"
        f"<td class='num mut'>{number(each.count)}</td></tr>"
        for name, each in view.waits.items()
    )
    heads = ("", "", _("median"), _("90%"), _("times"))
    head = "".join(
        f"<th{' class=num' if n > 1 else ''}>{escape(w)}</th>" for n, w in enumerate(heads)
    )
    note = _("working days")
    return (
        f'<div class="az panel mg-card"><h2 class="mg-h">{escape(_("Time of each step"))}'
        f'<span class="mut s13">{escape(note)}</span></h2>'
        f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _wait_bar(each: Spread, top: float) -> str:
    return (
        f'<i style="width:{100 * (each.p90_days or 0) / top:.1f}%"></i>'
        f'<u style="inset-inline-start:{100 * (each.median_days or 0) / top:.1f}%"></u>'
    )


def parts(view: Throughput) -> str:
    """The figures of each part; a press on a row limits the page to it."""
    if not view.parts:
        return hint(_("Nothing came and nothing was decided in the period."))
    came = view.parted_by != "assessor"
    heads = (words.part_name(view.parted_by), *([_("Came in")] if came else []))
    heads += (_("Decided"), _("Returned"), _("Return rate"), _("On time"))
    head = "".join(f"<th{' class=num' if n else ''}>{escape(w)}</th>" for n, w in enumerate(heads))
    body = "".join(_part(view.parted_by, part) for part in view.parts)
    return (
        f'<div class="az panel"><table class="c"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _part(parted_by: str, part: Part) -> str:
    flow, out = part.flow, part.flow.decided + part.flow.returned
    name = words.kind_name(str(part.key)) if parted_by == "kind" else part.name
    cells = [] if parted_by == "assessor" else [number(flow.came)]
    cells += [number(flow.decided), number(flow.returned)]
    cells += [percent(100 * flow.returned / out if out else None), percent(part.on_time_percent)]
    figures = "".join(f'<td class="num">{cell}</td>' for cell in cells)
    return (
        f'<tr data-open="{escape(str(part.key))}" role="button" tabindex="0">'
        f"<td><bdi>{escape(name)}</bdi></td>{figures}</tr>"
    )


def outlook(view: Throughput) -> str:
    """The expected backlog of the next working days."""
    if not view.coming:
        text = _("No working day was finished yet: there is no speed to go by.")
        body = f"<p>{escape(text)}</p>"
    else:
        rows = "".join(
            f"<li><span>{escape(day_name(on, language()))} {ltr(day(on))}</span>"
            f"<b>{number(round(cases))}</b></li>"
            for on, cases in view.coming
        )
        body = f'<ul class="mg-coming">{rows}</ul>'
    note = _("in work at the end of the day, at the pace of the last twenty working days")
    return (
        f'<div class="az panel mg-card"><h2 class="mg-h">{escape(_("Forecast"))}'
        f'<span class="mut s13">{escape(note)}</span></h2>{body}</div>'
    )


def hint(text: str) -> str:
    """What to do to see cases."""
    return f'<div class="az panel mg-card"><p class="mut">{escape(text)}</p></div>'


def cases(name: str, wanted: Wanted, rows: Sequence[CaseRow]) -> str:
    """The cases behind a figure, the newest first."""
    word = {"came": _("Came in"), "decided": _("Decided"), "returned": _("Returned")}[name]
    span = _("{first} to {last}").format(first=day(wanted.first_on), last=day(wanted.last_on))
    many = counted(len(rows), _("the newest {n} case"), _("the newest {n} cases"))
    note = _("{span}; {many}").format(span=span, many=many.format(n=digits(len(rows))))
    heads = (_("Case"), _("State"), _("When"), _("Centre"), _("Who"))
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    head += f"<th class=num>{escape(_('Working days'))}</th>"
    body = "".join(_case(row) for row in rows)
    return (
        f'<div class="az panel mg-card"><h2 class="mg-h">{escape(word)}'
        f'<span class="mut s13">{escape(note)}</span></h2>'
        f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _case(row: CaseRow) -> str:
    days = _plain(row.round_days)
    late = ' class="num late"' if row.is_on_time is False else ' class="num"'
    return (
        f'<tr data-open="{escape(row.number)}" role="button" tabindex="0">'
        f"<td>{ltr(row.number)}</td><td>{state_pill(row.state)}</td>"
        f"<td>{ltr(instant(row.at))}</td><td><bdi>{escape(row.centre)}</bdi></td>"
        f"<td><bdi>{escape(row.actor or '–')}</bdi></td><td{late}>{days}</td></tr>"
    )
