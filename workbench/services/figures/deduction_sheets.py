"""The sheets of the page of deductions and returns."""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.i18n import _
from workbench.services.access import Actor
from workbench.services.figures import words
from workbench.services.figures.deductions import PARTED_FIRST, Deductions, read_deductions
from workbench.services.figures.sheets import Cell, Column, FigureSheet, sums_sheet
from workbench.services.figures.throughput import Wanted


def deduction_sheets(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    *,
    now: datetime,
    part_by: str = PARTED_FIRST,
) -> tuple[FigureSheet, ...]:
    """In the order of the page; refused as ``read_deductions``."""
    view = read_deductions(session, actor, wanted, now=now, part_by=part_by)
    return (_sums(view), _amounts(view), _reasons(view), _defects(view), _parts(view))


def _amounts(view: Deductions) -> FigureSheet:
    cost = view.amounts["cost_rial"]
    meaning = _("Sum over the decided cases of the period, rials.")
    columns = (
        Column(title=_("Column of money")),
        Column(title=_("Rials"), meaning=meaning),
        Column(title=_("Share of the cost (per cent)")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (words.column_name(name), amount, 100 * amount / cost if cost else None)
        for name, amount in view.amounts.items()
    )
    return FigureSheet(name=_("From cost to payable"), columns=columns, rows=rows)


def _reasons(view: Deductions) -> FigureSheet:
    columns = (
        Column(title=_("Code")),
        Column(title=_("Reason")),
        Column(title=_("Rials"), meaning=_("Technical deduction of the decided cases.")),
        Column(title=_("Lines"), meaning=_("Lines that it was taken from.")),
        Column(title=_("So far (per cent)"), meaning=_("Share of all up to and with this row.")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.code, each.title, each.amount_rial, each.lines, 100 * each.share_so_far)
        for each in view.reasons
    )
    return FigureSheet(name=_("Deductions by reason"), columns=columns, rows=rows)


def _defects(view: Deductions) -> FigureSheet:
    columns = (
        Column(title=_("Code")),
        Column(title=_("Defect")),
        Column(title=_("Returns"), meaning=_("Returns that named it.")),
        Column(title=_("again for the same case")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (each.code, each.title, each.returns, each.repeated) for each in view.defects
    )
    return FigureSheet(name=_("Returns by defect"), columns=columns, rows=rows)


def _sums(view: Deductions) -> FigureSheet:
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("Decided"), view.cases, words.decided_is()),
        (_("Returned"), view.returns, words.returned_is()),
        (_("Deduction rate (per cent)"), view.deduction_percent, words.deduction_rate_is()),
        (_("Return rate (per cent)"), view.return_percent, words.return_rate_is()),
        (_("Rounds per case"), view.mean_rounds, words.rounds_are()),
        (_("Decided in the first round (per cent)"), view.first_round_percent, words.first_is()),
    )
    return sums_sheet(rows)


def _parts(view: Deductions) -> FigureSheet:
    few = _("Per cent; empty where too few cases were decided to compare by.")
    name = words.part_name(view.parted_by)
    columns = (
        Column(title=_("Code")),
        Column(title=name),
        Column(title=_("Cases"), meaning=_("Decided cases.")),
        Column(title=_("Cost"), meaning=_("Rials.")),
        Column(title=_("Technical deduction"), meaning=_("Rials.")),
        Column(title=_("Deduction rate"), meaning=few),
        Column(title=_("First reason"), meaning=_("What the most rials were deducted for.")),
        Column(title=_("Return rate"), meaning=few),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            each.key if view.parted_by == "service" else None,
            *(each.name, each.cases, each.cost_rial, each.technical_deduction_rial),
            each.deduction_percent if each.is_ranked else None,
            each.first_reason,
            each.return_percent if each.is_ranked else None,
        )
        for each in view.parts
    )
    return FigureSheet(name=_("By {part}").format(part=name), columns=columns, rows=rows)
