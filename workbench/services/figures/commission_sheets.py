"""The sheets of the commission's figures."""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.i18n import _, language
from workbench.persian.jalali import day_name
from workbench.services.access import Actor
from workbench.services.figures import commission_words as words
from workbench.services.figures.commission import CommissionFigures, read_commission
from workbench.services.figures.sheets import Cell, Column, FigureSheet, shown_day, sums_sheet
from workbench.services.figures.throughput import Wanted
from workbench.services.referrals.letter_words import group_name


def plan_figure_sheets(
    session: Session, actor: Actor, wanted: Wanted, *, now: datetime
) -> tuple[FigureSheet, ...]:
    """In the order of the page; refused as ``read_commission``."""
    view = read_commission(session, actor, wanted, now=now)
    return (_sums(view), _days(view), _told(view), _groups(view), _members(view))


def _sums(view: CommissionFigures) -> FigureSheet:
    decided, on_time = view.total("decided"), view.total("on_time")
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("Came in"), view.total("came"), words.came_is()),
        (_("Decided"), decided, words.decided_is()),
        (_("On time (per cent)"), view.on_time_percent, words.on_time_is()),
        (_("Decided late"), decided - on_time, _("Decisions after the deadline.")),
        (_("Returned"), view.total("returned"), words.returned_is()),
        (_("Median time of a round (working hours)"), view.hours.median, words.hours_is()),
        (
            _("Ninetieth percentile (working hours)"),
            view.hours.p90,
            _("Nine in ten rounds took no longer."),
        ),
        (_("Approval share (per cent)"), view.approved_percent, words.approved_is()),
    )
    return sums_sheet(rows)


def _days(view: CommissionFigures) -> FigureSheet:
    columns = (
        Column(title=_("Day")),
        Column(title=_("Weekday")),
        Column(title=_("Came in"), meaning=words.came_is()),
        Column(title=_("Decided"), meaning=words.decided_is()),
        Column(title=_("Returned"), meaning=words.returned_is()),
        Column(title=_("Closed"), meaning=_("Rounds that ended, whatever their result.")),
        Column(title=_("On time"), meaning=_("Decisions at their deadline at the latest.")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(shown_day(flow.on), day_name(flow.on, language()), flow.came, flow.decided),
            *(flow.returned, flow.left, flow.on_time),
        )
        for flow in view.flows
    )
    return FigureSheet(name=_("By day"), columns=columns, rows=rows)


def _told(view: CommissionFigures) -> FigureSheet:
    columns = (
        Column(title=_("Day")),
        Column(title=_("Expected"), meaning=_("Plans, as forecast that morning at 08:00.")),
        Column(title=_("Came in"), meaning=_("Plans; rest days before it are counted to it.")),
        Column(title=_("Spoken of"), meaning=_("Plans due by its end that the forecast was for.")),
        Column(title=_("Forecast right"), meaning=_("Late as said, or in time as said.")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (shown_day(each.on), each.expected, each.came, each.tested.count, each.tested.right)
        for each in view.told
    )
    return FigureSheet(name=_("Forecast against what came"), columns=columns, rows=rows)


def _groups(view: CommissionFigures) -> FigureSheet:
    columns = (
        Column(title=_("Group"), meaning=_("A plan counts in each of its groups.")),
        Column(
            title=_("Plans"), meaning=_("Plans decided in the period with a unit of the group.")
        ),
        Column(title=_("Units"), meaning=_("Planned units decided in the period.")),
        Column(title=_("Approval share (per cent)"), meaning=words.approved_is()),
        Column(title=_("As asked"), meaning=_("Units approved without a change.")),
        Column(
            title=_("With a change"), meaning=_("Units approved as another service or for less.")
        ),
        Column(title=_("Not approved"), meaning=_("Units that were rejected.")),
        Column(title=_("Asked for (rials)"), meaning=_("Of the decided units.")),
        Column(title=_("Allowed (rials)"), meaning=_("Of the decided units.")),
        Column(title=_("Rounds a plan"), meaning=_("Until the decision, of the decided plans.")),
        Column(title=_("Returns"), meaning=words.returned_is()),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(group_name(each.group), each.plans, each.units, each.approved_percent),
            *(each.approved, each.modified, each.rejected),
            *(each.asked_rial, each.allowed_rial, each.rounds_per_plan, each.returns),
        )
        for each in view.groups
    )
    return FigureSheet(name=_("By group of services"), columns=columns, rows=rows)


def _members(view: CommissionFigures) -> FigureSheet:
    few = _("Per cent; empty where he voted on too few units to compare by.")
    columns = (
        Column(title=_("Member")),
        Column(title=_("Plans"), meaning=_("Decided plans that he voted on.")),
        Column(title=_("Units"), meaning=_("Units of these plans that he voted on.")),
        Column(title=_("He approved"), meaning=few),
        Column(title=_("As decided"), meaning=few),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.name, each.plans, each.units, each.approved_percent, each.agreed_percent)
        for each in view.members
    )
    return FigureSheet(name=_("Members of the panel"), columns=columns, rows=rows)
