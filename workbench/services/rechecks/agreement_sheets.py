"""The sheets of the page of agreement."""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.i18n import _
from workbench.persian.jalali import day_of
from workbench.rules.agreement import Estimate, ReasonAgreement
from workbench.services.access import Actor
from workbench.services.figures.sheets import Cell, Column, FigureSheet, shown_day, sums_sheet
from workbench.services.figures.throughput import Wanted
from workbench.services.rechecks import agreement_words as words
from workbench.services.rechecks.agreement import Agreement, read_agreement


def agreement_sheets(
    session: Session, actor: Actor, wanted: Wanted, *, now: datetime
) -> tuple[FigureSheet, ...]:
    """In the order of the page; refused as ``read_agreement``."""
    view = read_agreement(session, actor, wanted, now=now, has_all=True)
    return (_sums(view), _reasons(view), _couples(view), _cases(view))


def _sums(view: Agreement) -> FigureSheet:
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("Decided"), view.decided, _("Decided cases.")),
        (_("Drawn"), view.drawn, _("Of these, those that chance chose to be assessed again.")),
        (_("Assessed twice"), view.cases, words.twice_is()),
        (_("Same decision (per cent)"), _share(view.equal_cases, view.cases), words.same_is()),
        (_("Same on the line (per cent)"), _share(view.equal_lines, view.lines), words.line_is()),
        (_("Same amount (per cent)"), _share(view.equal_amounts, view.cases), words.amount_is()),
        (
            _("Mean difference (rials)"),
            _rials(view.mean_difference_rial),
            _("Between the two payable amounts, up or down."),
        ),
        (
            _("Median difference (rials)"),
            _rials(view.median_difference_rial),
            _("Half of the cases differ by no more."),
        ),
        *_estimate(_("Money found wrong (rials)"), view.wrong, words.wrong_is()),
        *_estimate(_("Paid too much (rials)"), view.overpaid, words.overpaid_is()),
        (_("Not resolved yet"), view.unresolved, _("Cases that differ and wait for the lead.")),
    )
    return sums_sheet(rows)


def _rials(amount: float | None) -> int | None:
    return None if amount is None else round(amount)


def _share(some: int, of: int) -> float | None:
    return 100 * some / of if of else None


def _estimate(name: str, found: Estimate | None, meaning: str) -> tuple[tuple[Cell, ...], ...]:
    """The sum and the ends of its interval, each with its row."""
    total, low, high = (
        (None, None, None) if found is None else (found.total_rial, found.low_rial, found.high_rial)
    )
    return (
        (name, total, meaning),
        (_("{figure}: lower end").format(figure=name), low, _("Of the 95 % interval.")),
        (_("{figure}: upper end").format(figure=name), high, _("Of the 95 % interval.")),
    )


def _reasons(view: Agreement) -> FigureSheet:
    few = _("Empty where the lines are too few.")
    columns = (
        Column(title=_("Code")),
        Column(title=_("Reason")),
        Column(title=_("Both"), meaning=_("Lines on which both used it.")),
        Column(title=_("First only"), meaning=_("Lines on which only the first used it.")),
        Column(title=_("Second only"), meaning=_("Lines on which only the second used it.")),
        Column(title=_("Same (per cent)"), meaning=_("Of all lines, with those of neither.")),
        Column(title=_("Kappa"), meaning=words.kappa_is(), places=2),
        Column(title=_("Lower end of the interval"), meaning=few, places=2),
        Column(title=_("Upper end of the interval"), meaning=few, places=2),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(each.code, view.titles.get(each.code, ""), each.both),
            *(each.first_only, each.second_only, 100 * each.equal_share, *_kappa(each)),
        )
        for each in view.reasons
    )
    return FigureSheet(name=_("Agreement by reason"), columns=columns, rows=rows)


def _kappa(each: ReasonAgreement) -> tuple[Cell, ...]:
    found = each.kappa
    if found is None:
        return (None, None, None)
    return (found.value, found.low, found.high)


def _couples(view: Agreement) -> FigureSheet:
    columns = (
        Column(title=_("First")),
        Column(title=_("Second")),
        Column(title=_("Cases"), meaning=_("That both decided.")),
        Column(title=_("Same (per cent)"), meaning=_("Empty where too few cases are in common.")),
        Column(title=_("First less second (rials)"), meaning=_("Of the payable amounts, in all.")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(each.first_by, each.second_by, each.cases),
            None if each.equal is None else _share(each.equal, each.cases),
            each.difference_rial,
        )
        for each in view.couples
    )
    return FigureSheet(name=_("By assessor"), columns=columns, rows=rows)


def _cases(view: Agreement) -> FigureSheet:
    late = _("Rials; empty until both decisions are in.")
    columns = (
        Column(title=_("Case")),
        Column(title=_("Decided")),
        Column(title=_("First")),
        Column(title=_("Second")),
        Column(title=_("First payable"), meaning=late),
        Column(title=_("Second payable"), meaning=late),
        Column(title=_("State")),
        Column(title=_("Who was right")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(each.number, shown_day(day_of(each.decided_at)), each.first_by, each.second_by),
            *(each.payable_rial, each.second_payable_rial, words.state_word(each.state)),
            words.resolution_word(each.resolution),
        )
        for each in (*view.open, *view.closed)
    )
    return FigureSheet(name=_("Drawn cases"), columns=columns, rows=rows)
