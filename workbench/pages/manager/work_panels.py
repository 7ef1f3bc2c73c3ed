"""The HTML of what is in hand by state and age against its target, and of today so far."""

from html import escape
from itertools import pairwise

from workbench.i18n import _, language
from workbench.pages.manager.throughput_panels import NONE, number
from workbench.persian.jalali import day_name, day_of
from workbench.rules.throughput import AGE_DAYS, SameDay, StateAge
from workbench.services.errors import state_name
from workbench.services.figures.throughput import Throughput
from workbench.settings import settings
from workbench.ui import charts
from workbench.ui.format import clock_time, day, digits, listed, ltr, whole

BAR_DIGITS = 22
"""So many digits stand side by side in the longest bar."""


def ages(view: Throughput) -> str:
    """What is open by state and age, against how much there may be."""
    top = max((max(each.total, each.target or 0) for each in view.ages), default=0) or 1
    rows = "".join(_age(each, top) for each in view.ages)
    borders = [digits(days) for days in AGE_DAYS]
    classes = (
        _("to {n}").format(n=borders[0]),
        *(_("{n} to {m}").format(n=n, m=m) for n, m in pairwise(borders)),
        _("over {n}").format(n=borders[-1]),
    )
    key = "".join(f'<span><i class="a{n}"></i>{escape(w)}</span>' for n, w in enumerate(classes))
    note = _("open cases by working days since they came; the line is the target")
    late = sum(each.overdue for each in view.ages)
    return (
        f'<div class="az panel mg-card"><h2 class="mg-h">{escape(_("In hand in each state"))}'
        f'<span class="mut s13">{escape(note)}</span></h2><div class="mg-key">{key}</div>{rows}'
        f'<div class="mg-late"><span>{escape(_("Past their deadline"))}</span>'
        f"<b>{number(late)}</b></div></div>"
    )


def _age(each: StateAge, top: int) -> str:
    parts = "".join(
        f'<i class="a{n}" style="flex:{count}">{_fitting(count, top)}</i>'
        for n, count in enumerate(each.counts)
        if count
    )
    mark, against = "", "<small></small>"
    if each.target is not None:
        mark = f'<u style="inset-inline-start:{100 * each.target / top:.1f}%"></u>'
        tone = ' class="late"' if each.total > each.target else ""
        against = f"<small{tone}>{escape(_('target'))} {ltr(whole(each.target))}</small>"
    return (
        f'<div class="mg-age" title="{escape(_target_is(each))}">'
        f"<span>{escape(state_name(each.state))}</span>"
        f'<div><div style="width:{100 * each.total / top:.1f}%">{parts}</div>{mark}</div>'
        f"<b>{number(each.total)}</b>{against}</div>"
    )


def _fitting(count: int, top: int) -> str:
    """The count where its part of the bar has room for its digits."""
    text = whole(count)
    return ltr(text) if count * BAR_DIGITS >= top * (len(text) + 1) else ""


def _target_is(each: StateAge) -> str:
    if each.target is None:
        return _("No working day was finished yet: there is no speed to go by.")
    return _(
        "Target: at most {days} working days of work in this state, at the pace of the last twenty."
    ).format(days=charts.decimal(settings().target_days[each.state]))


def same_day(view: Throughput) -> str:
    """Today so far against the former same weekdays up to the same time of day."""
    title = _("Today against {weekday}").format(weekday=day_name(day_of(view.as_of), language()))
    top = max((max(each.today, *each.former, 0) for each in view.same_day), default=0) or 1
    rows = "".join(_same(each, top) for each in view.same_day)
    heads = ("", "", _("today"), _("mean"), _("least to most"))
    head = "".join(
        f"<th{' class=num' if n > 1 else ''}>{escape(w)}</th>" for n, w in enumerate(heads)
    )
    note = _("up to {time}; before: {days}").format(
        time=clock_time(view.as_of), days=listed(day(on) for on in view.same_days) or "–"
    )
    return (
        f'<div class="az panel mg-card"><h2 class="mg-h">{escape(title)}'
        f'<span class="mut s13">{escape(note)}</span></h2>'
        f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _same(each: SameDay, top: int) -> str:
    names = {"came": _("Came in"), "decided": _("Decided"), "returned": _("Returned")}
    name = f"<td>{escape(names[each.name])}</td>"
    least, most = min(each.former, default=0), max(each.former, default=0)
    band = f"inset-inline-start:{100 * least / top:.1f}%;width:{100 * (most - least) / top:.1f}%"
    bar = f'<i style="{band}"></i><u style="inset-inline-start:{100 * each.today / top:.1f}%"></u>'
    bar = bar if each.today or most else ""
    reach = _("{n} to {m}").format(n=whole(least), m=whole(most)) if most else "–"
    mean = ltr(charts.decimal(each.mean)) if each.mean else NONE
    return (
        f'<tr>{name}<td class="mg-bar"><div>{bar}</div></td>'
        f"<td class='num'><b>{number(each.today)}</b></td><td class='num'>{mean}</td>"
        f"<td class='num mut'>{escape(reach)}</td></tr>"
    )
