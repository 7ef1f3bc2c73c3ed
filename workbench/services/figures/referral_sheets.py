"""The sheets of the letters' figures."""

from datetime import datetime

from sqlalchemy.orm import Session

from workbench.i18n import _, language
from workbench.persian.jalali import day_name
from workbench.rules.referral import WARNING_DAYS
from workbench.rules.referral_figures import Fate
from workbench.services.access import Actor
from workbench.services.figures import referral_words as words
from workbench.services.figures.referrals import (
    GROUPS,
    ReferralFigures,
    read_letters_figures,
)
from workbench.services.figures.sheets import (
    Cell,
    Column,
    FigureSheet,
    shown_day,
    shown_digits,
    sums_sheet,
)
from workbench.services.figures.throughput import Wanted
from workbench.services.figures.words import part_name


def letter_figure_sheets(
    session: Session,
    actor: Actor,
    wanted: Wanted,
    *,
    now: datetime,
    part_by: str = GROUPS[0],
) -> tuple[FigureSheet, ...]:
    """In the order of the page; refused as ``read_letters_figures``."""
    view = read_letters_figures(session, actor, wanted, now=now, part_by=part_by)
    return (_sums(view), _days(view), _fates(view), _parts(view))


def _sums(view: ReferralFigures) -> FigureSheet:
    whole, soon = view.whole, shown_digits(str(WARNING_DAYS))
    near = _("Unused letters that end within {n} days from today, whatever the period.")
    held = _("Of letters that expired in the period, until the nightly job comes to them.")
    rows: tuple[tuple[Cell, ...], ...] = (
        (_("Issued"), view.total("issued"), words.issued_is()),
        (_("First used"), view.total("used"), words.used_is()),
        (_("Expired"), view.total("expired"), words.expired_is()),
        (_("Reserve returned (rials)"), view.returned_rial, words.returned_is()),
        (_("Still held (rials)"), view.held_rial, held),
        (_("Share used (per cent)"), whole.used_percent, words.share_is()),
        (_("From issue to use, median (days)"), whole.median_days, words.days_is()),
        (
            _("From issue to use, ninetieth percentile (days)"),
            whole.p90_days,
            _("Nine in ten of the used letters took no longer."),
        ),
        (_("About to expire"), view.expiring, near.format(n=soon)),
        (_("About to expire (rials)"), view.expiring_rial, _("What these letters hold.")),
    )
    return sums_sheet(rows)


def _days(view: ReferralFigures) -> FigureSheet:
    columns = (
        Column(title=_("Day")),
        Column(title=_("Weekday")),
        Column(title=_("Issued"), meaning=words.issued_is()),
        Column(title=_("First used"), meaning=words.used_is()),
        Column(title=_("Expired"), meaning=words.expired_is()),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(shown_day(flow.on), day_name(flow.on, language())),
            *(flow.issued, flow.used, flow.expired),
        )
        for flow in view.flows
    )
    return FigureSheet(name=_("By day"), columns=columns, rows=rows)


def _fates(view: ReferralFigures) -> FigureSheet:
    whole = view.whole
    columns = (
        Column(
            title=_("Until now"),
            meaning=_("What became of the letters issued in the period, until now."),
        ),
        Column(title=_("Letters")),
        Column(title=_("Share (per cent)"), meaning=words.share_is()),
        Column(title=_("Rials"), meaning=_("The amounts of these letters.")),
    )
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (
            *(words.fate_name(fate), whole.letters.get(fate, 0)),
            100 * whole.letters.get(fate, 0) / whole.issued if whole.issued else None,
            whole.amount_rial.get(fate, 0),
        )
        for fate in Fate
    )
    return FigureSheet(name=_("What became of them"), columns=columns, rows=rows)


def _parts(view: ReferralFigures) -> FigureSheet:
    """All of them; the page shows the first ones."""
    name, few = part_name(view.parted_by), _("Per cent; empty where there are too few letters.")
    columns = (
        Column(title=name),
        Column(title=_("Issued"), meaning=words.issued_is()),
        *(Column(title=words.fate_name(fate), meaning=_("Until now.")) for fate in Fate),
        Column(title=_("Share used"), meaning=few),
        Column(title=_("Of those whose fate is known"), meaning=few),
        Column(title=_("Days to use"), meaning=words.days_is()),
        Column(title=_("Rials"), meaning=_("The amounts of the letters issued in the period.")),
    )
    rows = []
    for part in view.parts:
        found, nothing = part.fates, (None, None, None)
        shares = (found.used_percent, found.used_of_settled_percent, found.median_days)
        counts = (found.letters.get(fate, 0) for fate in Fate)
        amount_rial = sum(found.amount_rial.values())
        compared = shares if found.is_compared else nothing
        rows.append((part.name, found.issued, *counts, *compared, amount_rial))
    return FigureSheet(name=_("By {part}").format(part=name), columns=columns, rows=tuple(rows))
