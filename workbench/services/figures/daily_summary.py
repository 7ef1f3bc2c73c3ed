"""The daily summary «گزارش روزانه» as a PDF, in Persian: the figures of the pages for one day.

Identical data and ``now`` give identical bytes; the layout is ``daily_summary.typ``. No patient is
named in it.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.i18n import _
from workbench.persian.digits import to_persian
from workbench.persian.jalali import day_name, format_day, format_instant
from workbench.persian.rial import format_rial
from workbench.rules.workflow import Role
from workbench.services import audit
from workbench.services.access import Actor, require
from workbench.services.batches.words import on_paper
from workbench.services.errors import state_name
from workbench.services.figures import words
from workbench.services.figures.daily_figures import Daily, read_daily
from workbench.services.figures.throughput import Throughput
from workbench.services.printing import pdf_of

DASH, NOBODY = "–", 0
REASONS_MAX = 6
COMMAND_LINE = Actor(
    user_id=NOBODY, username="", display_name="", roles=frozenset({Role.MANAGER}), language="fa"
)
"""Who asks at the terminal: a reader of all insurers' figures without a name."""


def daily_summary(session: Session, actor: Actor, on: date, *, now: datetime) -> bytes:
    """The day's summary as PDF bytes (A4); leaves an event on the trail.

    Needs a writing transaction. Refused: ``not_permitted``, ``period_wrong`` for a day to come.
    """
    require(actor, "figures.read")
    with on_paper():
        content = _content(read_daily(session, actor, on, now=now), now)
    audit.record(
        session,
        action="figures.daily",
        stream="figures",
        actor_id=actor.user_id or None,
        now=now,
        on=format_day(on),
    )
    return pdf_of("figures/daily_summary.typ", content)


def _content(daily: Daily, now: datetime) -> dict[str, Any]:
    """Everything as text."""
    return {
        "title": _("Daily summary"),
        "day": f"{day_name(daily.on, 'fa')} {_day(daily.on)}",
        "figures": [_figure(*each) for each in _figures(daily.whole)],
        "tables": _tables(daily, now),
        "empty": _("None."),
        "printed": _("Printed on {at}").format(at=to_persian(format_instant(now))),
        "page_word": _("Page"),
        "of_word": _("of"),
    }


def _tables(daily: Daily, now: datetime) -> list[list[dict[str, Any]]]:
    """Those that stand side by side in a list of their own; after column ``name`` are numbers."""
    expiring = _count(daily.letters.total, daily.letters.is_total_capped)
    letters = _("{n} in all, the first of them").format(n=expiring)

    def table(title: str, note: str, content: dict[str, Any], name: int = 0) -> dict[str, Any]:
        return {"title": title, "note": note, "name": name, **content}

    return [
        [table(_("By kind"), "", _kinds(daily))],
        [
            table(_("From cost to payable"), "", _money(daily)),
            table(_("In hand in each state"), _at(now), _ages(daily)),
        ],
        [table(_("Reasons of deduction"), "", _reasons(daily), 1)],
        [table(_("Treatment plans"), _at(now), _plans(daily))],
        [table(_("Letters about to expire"), letters, _letters(daily), 1)],
    ]


def _figures(view: Throughput) -> list[tuple[str, str, str]]:
    (flow,) = view.flows
    return [
        (_("Came in"), _number(flow.came), words.came_is()),
        (_("Decided"), _number(flow.decided), words.decided_is()),
        (_("Returned"), _number(flow.returned), words.returned_is()),
        (_("In work at the end"), _number(view.backlogs[-1]), _("At the end of the day.")),
        (_("On time"), _percent(view.on_time_percent), words.on_time_is()),
        (_("Median to decision"), _decimal(view.turnaround.median_days), words.median_is()),
    ]


def _figure(label: str, value: str, meaning: str) -> dict[str, str]:
    return {"label": label, "value": value, "meaning": meaning}


def _kinds(daily: Daily) -> dict[str, Any]:
    head = [_("Kind"), _("Came in"), _("Decided"), _("Returned"), _("In work at the end")]
    rows = []
    for kind, view in daily.kinds.items():
        (flow,) = view.flows
        figures = (flow.came, flow.decided, flow.returned, view.backlogs[-1])
        on_time = _percent(view.on_time_percent)
        rows.append([words.kind_name(kind), *(_number(each) for each in figures), on_time])
    return {"head": [*head, _("On time")], "rows": rows}


def _money(daily: Daily) -> dict[str, Any]:
    cost = daily.money.amounts["cost_rial"]
    rows = [
        [words.column_name(name), _rial(amount), _percent(100 * amount / cost if cost else None)]
        for name, amount in daily.money.amounts.items()
    ]
    return {"head": [_("Column of money"), _("Rials"), _("of the cost")], "rows": rows}


def _reasons(daily: Daily) -> dict[str, Any]:
    rows = [
        [
            *(each.code, each.title, _rial(each.amount_rial), _number(each.lines)),
            _percent(100 * each.share_so_far),
        ]
        for each in daily.money.reasons[:REASONS_MAX]
    ]
    head = [_("Code"), _("Reason"), _("Rials"), _("Service lines"), _("So far")]
    return {"head": head, "rows": rows}


def _ages(daily: Daily) -> dict[str, Any]:
    rows = [
        [
            *(state_name(each.state), _number(each.total)),
            DASH if each.target is None else _number(each.target),
            *(_number(each.counts[-1]), _number(each.overdue)),
        ]
        for each in daily.whole.ages
    ]
    head = [_("State"), _("Cases"), _("Target"), _("over 4 days"), _("Past their deadline")]
    return {"head": head, "rows": rows}


def _plans(daily: Daily) -> dict[str, Any]:
    names = {
        "open": _("Waiting for a decision"),
        "at_risk": _("Due soon"),
        "overdue": _("Past their deadline"),
    }
    rows = [[names[tab], _count(*found)] for tab, found in daily.plans.items()]
    return {"head": [_("State"), _("Treatment plans")], "rows": rows}


def _letters(daily: Daily) -> dict[str, Any]:
    rows = [
        [
            *(to_persian(each.number), each.centre_name, _day(each.last_valid_on)),
            *(_number(each.days_left), _rial(each.amount_rial)),
        ]
        for each in daily.letters.rows
    ]
    head = [_("Letter"), _("Centre"), _("Valid until"), _("Days left"), _("Rials")]
    return {"head": head, "rows": rows}


def _at(now: datetime) -> str:
    return _("at {at}").format(at=to_persian(format_instant(now)))


def _day(on: date) -> str:
    return to_persian(format_day(on))


def _number(count: int) -> str:
    return format_rial(count, "fa")


def _count(count: int, is_capped: bool) -> str:
    return _number(count) + ("+" if is_capped else "")


def _rial(amount: int) -> str:
    return format_rial(amount, "fa")


def _decimal(number: float | None) -> str:
    return DASH if number is None else to_persian(f"{number:.1f}").replace(".", "٫")


def _percent(share: float | None) -> str:
    return DASH if share is None else f"{_decimal(share)}٪"
