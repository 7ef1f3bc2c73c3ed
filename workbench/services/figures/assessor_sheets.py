"""The sheets of the assessors' figures."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from workbench.i18n import _
from workbench.rules.standardised import Ratio
from workbench.services.access import Actor
from workbench.services.figures import assessor_words as words
from workbench.services.figures.assessors import AssessorFigures, Assessors, read_assessors
from workbench.services.figures.sheets import Cell, Column, FigureSheet, sums_sheet
from workbench.services.figures.throughput import Wanted


def assessor_figure_sheets(
    session: Session, actor: Actor, wanted: Wanted, *, now: datetime
) -> tuple[FigureSheet, ...]:
    """In the order of the page; refused as ``read_assessors``."""
    view = read_assessors(session, actor, wanted, now=now)
    return (_sums(view), _deductions(view), _returns(view), _work(view))


def _sums(view: Assessors) -> FigureSheet:
    whole = view.whole
    who = _("Users who finished or returned a case in the period; those who left count.")
    longest = _("Nine in ten of the cases took no longer.")
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("Assessors"), len(view.each), who),
        (_("Decided"), whole.cases, words.cases_is()),
        (_("Returned"), whole.returns, _("Cases returned with defects in the period.")),
        (_("Assessed lines"), whole.lines, words.lines_is()),
        (_("Deduction rate (per cent)"), whole.deduction_percent, words.rate_is()),
        (_("Return rate (per cent)"), whole.return_percent, words.returns_is()),
        (_("Time of a case, median (working minutes)"), whole.median_minutes, words.time_is()),
        (_("Ninetieth percentile (working minutes)"), whole.p90_minutes, longest),
    )
    return sums_sheet(rows)


def _deductions(view: Assessors) -> FigureSheet:
    columns = (
        Column(title=_("Assessor")),
        Column(title=_("Cost (rials)"), meaning=_("Of the lines of his decided cases.")),
        Column(title=_("Technical deduction (rials)"), meaning=words.rate_is()),
        Column(title=_("Deduction rate (per cent)"), meaning=words.rate_is()),
        Column(title=_("Expected (rials)"), meaning=words.expected_is()),
        *_compared_columns(),
    )
    rows = _rows(
        view, lambda e: (e.cost_rial, e.deduction_rial, e.deduction_percent), lambda e: e.deductions
    )
    return FigureSheet(name=_("Deductions against the expected"), columns=columns, rows=rows)


def _returns(view: Assessors) -> FigureSheet:
    columns = (
        Column(title=_("Assessor")),
        Column(title=_("Decisions"), meaning=_("Finished and returned.")),
        Column(title=_("Returned"), meaning=_("Cases returned with defects in the period.")),
        Column(title=_("Return rate (per cent)"), meaning=words.returns_is()),
        Column(title=_("Expected"), meaning=words.expected_returns_is()),
        *_compared_columns(),
    )
    rows = _rows(view, lambda e: (e.decisions, e.returns, e.return_percent), lambda e: e.returned)
    return FigureSheet(name=_("Returns against the expected"), columns=columns, rows=rows)


def _compared_columns() -> tuple[Column, ...]:
    few = _("Empty where he has too few cases to be compared.")
    return (
        Column(title=_("Observed ÷ expected"), meaning=few, places=2),
        Column(title=_("Lower end of the interval"), meaning=words.interval_is(), places=2),
        Column(title=_("Upper end of the interval"), meaning=words.interval_is(), places=2),
        Column(title=_("Standing"), meaning=few),
    )


def _rows(
    view: Assessors,
    figures: Callable[[AssessorFigures], tuple[Cell, ...]],
    ratio_of: Callable[[AssessorFigures], Ratio | None],
) -> tuple[tuple[Cell, ...], ...]:
    return tuple((each.name, *figures(each), *_compared(ratio_of(each))) for each in view.each)


def _compared(ratio: Ratio | None) -> tuple[Cell, ...]:
    """The expected, the ratio with its interval, and where he stands in words."""
    if ratio is None:
        return (None, None, None, None, None)
    standing = None if ratio.value is None else words.standing_name(ratio.standing)
    return (float(ratio.expected), ratio.value, ratio.low, ratio.high, standing)


def _work(view: Assessors) -> FigureSheet:
    columns = (
        Column(title=_("Assessor")),
        Column(title=_("Decided"), meaning=words.cases_is()),
        Column(title=_("Returned"), meaning=_("Cases returned with defects in the period.")),
        Column(title=_("Assessed lines"), meaning=words.lines_is()),
        Column(
            title=_("Lines a decided case"),
            meaning=_("Lines of the decided cases ÷ these cases."),
        ),
        Column(title=_("Median time"), meaning=words.time_is()),
        Column(
            title=_("90% time"),
            meaning=_("Nine in ten of his cases took no longer; working minutes."),
        ),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(each.name, each.cases, each.returns, each.lines),
            each.lines / each.cases if each.cases else None,
            *(each.median_minutes, each.p90_minutes),
        )
        for each in view.each
    )
    return FigureSheet(name=_("Work of each"), columns=columns, rows=rows)
