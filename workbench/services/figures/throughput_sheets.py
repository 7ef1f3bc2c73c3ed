"""The sheets of the throughput page: what its figures, charts and tables show."""

from datetime import datetime
from itertools import pairwise

from sqlalchemy.orm import Session

from workbench.i18n import _, language
from workbench.persian.jalali import day_name
from workbench.rules.throughput import AGE_DAYS
from workbench.services.access import Actor
from workbench.services.errors import state_name
from workbench.services.figures import words
from workbench.services.figures.sheets import Cell, Column, FigureSheet, shown_day, sums_sheet
from workbench.services.figures.throughput import PARTED_FIRST, Throughput, Wanted, read_throughput


def throughput_sheets(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    *,
    now: datetime,
    part_by: str = PARTED_FIRST,
) -> tuple[FigureSheet, ...]:
    """In the order of the page; refused as ``read_throughput``."""
    view = read_throughput(session, actor, wanted, now=now, part_by=part_by)
    return (
        *(_sums(view), _same_day(view), _days(view), _parts(view)),
        *(_ages(view), _waits(view), _coming(view)),
    )


def _sums(view: Throughput) -> FigureSheet:
    came, decided, returned = (
        sum(getattr(flow, name) for flow in view.flows) for name in ("came", "decided", "returned")
    )
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("Came in"), came, words.came_is()),
        (_("Decided"), decided, words.decided_is()),
        (_("Returned"), returned, words.returned_is()),
        (_("In work now"), view.backlog, words.backlog_is()),
        (_("On time (per cent)"), view.on_time_percent, words.on_time_is()),
        (_("Median to decision (working days)"), view.turnaround.median_days, words.median_is()),
        (_("Ninetieth percentile (working days)"), view.turnaround.p90_days, words.p90_is()),
    )
    return sums_sheet(rows)


def _days(view: Throughput) -> FigureSheet:
    columns = (
        Column(title=_("Day")),
        Column(title=_("Weekday")),
        Column(title=_("Came in"), meaning=words.came_is()),
        Column(title=_("Decided"), meaning=words.decided_is()),
        Column(title=_("Returned"), meaning=words.returned_is()),
        Column(title=_("Left work"), meaning=words.left_is()),
        Column(title=_("On time"), meaning=_("Decisions and returns before the deadline.")),
        Column(title=_("In work at the end"), meaning=_("Of all assessors, whatever the filter.")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(shown_day(flow.on), day_name(flow.on, language()), flow.came, flow.decided),
            *(flow.returned, flow.left, flow.on_time, backlog),
        )
        for flow, backlog in zip(view.flows, view.backlogs, strict=True)
    )
    return FigureSheet(name=_("By day"), columns=columns, rows=rows)


def _same_day(view: Throughput) -> FigureSheet:
    names = {"came": _("Came in"), "decided": _("Decided"), "returned": _("Returned")}
    meaning = _("Up to the same time of day.")
    columns = (
        Column(title=_("Figure")),
        Column(title=_("Today so far"), meaning=meaning),
        Column(title=_("mean"), meaning=_("Of the former same weekdays.")),
        *(Column(title=shown_day(on), meaning=meaning) for on in view.same_days),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (names[each.name], each.today, each.mean, *each.former) for each in view.same_day
    )
    return FigureSheet(name=_("Today and the same weekday"), columns=columns, rows=rows)


def _parts(view: Throughput) -> FigureSheet:
    name = words.part_name(view.parted_by)
    columns = (
        Column(title=name),
        Column(title=_("Came in"), meaning=words.came_is()),
        Column(title=_("Decided"), meaning=words.decided_is()),
        Column(title=_("Returned"), meaning=words.returned_is()),
        Column(title=_("On time (per cent)"), meaning=words.on_time_is()),
    )
    is_kind = view.parted_by == "kind"
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            words.kind_name(str(part.key)) if is_kind else part.name,
            None if view.parted_by == "assessor" else part.flow.came,
            *(part.flow.decided, part.flow.returned, part.on_time_percent),
        )
        for part in view.parts
    )
    return FigureSheet(name=_("By {part}").format(part=name), columns=columns, rows=rows)


def _ages(view: Throughput) -> FigureSheet:
    meaning = _("Open cases by working days since they came.")
    classes = (
        _("to {n}").format(n=AGE_DAYS[0]),
        *(_("{n} to {m}").format(n=n, m=m) for n, m in pairwise(AGE_DAYS)),
        _("over {n}").format(n=AGE_DAYS[-1]),
    )
    columns = (
        Column(title=_("State"), meaning=meaning),
        *(Column(title=each) for each in classes),
        Column(title=_("All")),
        Column(title=_("Target"), meaning=_("Cases that there may be at the present pace.")),
        Column(title=_("Past their deadline")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (state_name(each.state), *each.counts, each.total, each.target, each.overdue)
        for each in view.ages
    )
    return FigureSheet(name=_("In hand in each state"), columns=columns, rows=rows)


def _waits(view: Throughput) -> FigureSheet:
    columns = (
        Column(title=_("Step")),
        Column(title=_("median"), meaning=_("Working days; half of the steps took no longer.")),
        Column(title=_("90%"), meaning=words.p90_is()),
        Column(title=_("times")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (words.wait_name(name), each.median_days, each.p90_days, each.count)
        for name, each in view.waits.items()
    )
    return FigureSheet(name=_("Time of each step"), columns=columns, rows=rows)


def _coming(view: Throughput) -> FigureSheet:
    meaning = _("Expected in work at its end, at the pace of the last twenty working days.")
    columns = (
        Column(title=_("Day")),
        Column(title=_("Weekday")),
        Column(title=_("In work at the end"), meaning=meaning),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (shown_day(on), day_name(on, language()), cases) for on, cases in view.coming
    )
    return FigureSheet(name=_("Forecast"), columns=columns, rows=rows)
