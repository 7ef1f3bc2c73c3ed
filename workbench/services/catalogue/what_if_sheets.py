"""The sheets of a tried change: they come from the result, nothing is computed again."""

from workbench.i18n import _, language
from workbench.persian.digits import to_persian
from workbench.rules.what_if import FlipKind
from workbench.services.catalogue.what_if import COLUMNS, WhatIf
from workbench.services.catalogue.what_if_sums import ROWS_MAX
from workbench.services.figures import words as figure_words
from workbench.services.figures.sheets import Cell, Column, FigureSheet, sums_sheet


def what_if_sheets(
    reason: str, found: WhatIf, *_given: object, **_named: object
) -> tuple[FigureSheet, ...]:
    """In the order of the page; ``reason``: of the change. A result needs nothing else."""
    return (_sums(reason, found), _money(found), _reasons(found), *_lines(found))


def kind_name(kind: FlipKind) -> str:
    """What becomes of a line, in words."""
    return {
        FlipKind.LESS: _("less is paid"),
        FlipKind.MORE: _("more is paid"),
        FlipKind.CEILING: _("the ceiling leaves the same"),
        FlipKind.RETURNED: _("would be returned"),
        FlipKind.ASKED: _("would be asked about"),
    }[kind]


def _lines(found: WhatIf) -> tuple[FigureSheet, ...]:
    """The tables of lines: by months since or by service, by centre, and each line."""
    gaps = (_gaps(found),) if found.sums.gaps_months else ()
    return (*gaps, _codes(found), _centres(found), _rows(found))


def _sums(reason: str, found: WhatIf) -> FigureSheet:
    sums = found.sums
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("Change"), reason, ""),
        (_("Lines that flip"), found.flips, _("Lines that come out otherwise.")),
        *((kind_name(kind), sums.by_kind[kind], _("Of these lines.")) for kind in FlipKind),
        (_("Assessed lines"), sums.lines, _("Of all cases decided in the period.")),
        (_("Cases"), sums.changed_cases, _("With a line that comes out otherwise.")),
        (_("All cases"), sums.cases, _("Decided in the period.")),
        (_("Insured people"), len(sums.persons), _("each counted once")),
        (_("Centres"), len(sums.centres), _("with such a line")),
        (_("Change of payment (rials)"), found.difference_rial, _("Below zero: less is paid.")),
        (_("Computed again"), sums.computed, _("Cases that the change speaks of.")),
        (
            _("Came out otherwise without the change"),
            sums.drifted,
            _("Cases whose decision could not be repeated."),
        ),
        (_("Unreadable"), sums.unreadable, _("Cases whose document could not be read.")),
    )
    return sums_sheet(rows)


def _money(found: WhatIf) -> FigureSheet:
    sums, meaning = found.sums, _("Sum over the decided cases of the period, rials.")
    columns = (
        Column(title=_("Column of money")),
        Column(title=_("As decided"), meaning=meaning),
        Column(title=_("With the change"), meaning=meaning),
        Column(title=_("Difference"), meaning=_("Rials; below zero: less with the change.")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(figure_words.column_name(name), sums.before[name], sums.after[name]),
            sums.after[name] - sums.before[name],
        )
        for name in COLUMNS
    )
    return FigureSheet(name=_("Change of payment"), columns=columns, rows=rows)


def _reasons(found: WhatIf) -> FigureSheet:
    columns = (
        Column(title=_("Reason")),
        Column(
            title=_("Difference"),
            meaning=_("Rials deducted more with the change; below zero: deducted less."),
        ),
    )
    amounts = sorted(found.sums.by_reason.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    rows = tuple((code, amount_rial) for code, amount_rial in amounts if amount_rial)
    return FigureSheet(name=_("Deductions by reason"), columns=columns, rows=rows)


def _gaps(found: WhatIf) -> FigureSheet:
    sums = found.sums
    columns = (
        Column(title=_("Months since"), meaning=_("Since the treatment that the line repeats.")),
        Column(title=_("Lines that flip")),
        Column(title=_("Found anyway"), meaning=_("Lines found without the change too.")),
    )
    months = sorted({*sums.gaps_months, *sums.known_gaps_months})
    rows = tuple((n, sums.gaps_months[n], sums.known_gaps_months[n]) for n in months)
    return FigureSheet(name=_("Months since"), columns=columns, rows=rows)


def _codes(found: WhatIf) -> FigureSheet:
    columns = (Column(title=_("Code")), Column(title=_("Lines that flip")))
    rows = tuple(found.sums.lines_by_code.most_common())
    return FigureSheet(name=_("By service"), columns=columns, rows=rows)


def _centres(found: WhatIf) -> FigureSheet:
    sums = found.sums
    columns = (
        Column(title=_("Centre")),
        Column(title=_("Lines that flip")),
        Column(title=_("Difference"), meaning=_("Rials paid more; below zero: paid less.")),
    )
    amounts = sorted(sums.by_centre.items(), key=lambda pair: (-abs(pair[1]), pair[0]))
    rows = tuple((name, sums.lines_by_centre[name], amount_rial) for name, amount_rial in amounts)
    return FigureSheet(name=_("Centres"), columns=columns, rows=rows)


def _rows(found: WhatIf) -> FigureSheet:
    """The lines that were kept, of each kind ``ROWS_MAX`` at most."""
    most = _("Of each kind the {n} largest differences at most.").format(n=_digits(f"{ROWS_MAX:,}"))
    columns = (
        Column(title=_("Case"), meaning=most),
        Column(title=_("Centre")),
        Column(title=_("Number of the line")),
        Column(title=_("Code")),
        Column(title=_("Service")),
        Column(title=_("Tooth and surfaces")),
        Column(title=_("Months since"), meaning=_("Since the treatment that the line repeats.")),
        Column(title=_("With the change")),
        Column(title=_("Reasons")),
        Column(title=_("Paid now"), meaning=_("Rials.")),
        Column(title=_("Then"), meaning=_("Rials.")),
        Column(title=_("Difference"), meaning=_("Rials paid more; below zero: paid less.")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(each.number, each.centre, each.line, each.code, each.title),
            *(" ".join(filter(None, (str(each.tooth or ""), each.surfaces))), each.gap_months),
            *(kind_name(each.kind), " ".join(each.reasons)),
            *(each.before_rial, each.after_rial, each.difference_rial),
        )
        for each in found.sums.rows
    )
    return FigureSheet(name=_("Assessed lines"), columns=columns, rows=rows)


def _digits(text: str) -> str:
    return to_persian(text).replace(",", "٬") if language() == "fa" else text
