"""The HTML of the letters' figures: tiles, what became of the letters, parts, letters behind."""

from collections.abc import Sequence
from html import escape

from workbench.i18n import _, counted
from workbench.pages.manager import figure_parts as parts
from workbench.pages.manager.throughput_panels import number, percent
from workbench.pages.referrals.letter_panels import STATE_TONES
from workbench.rules.referral import WARNING_DAYS
from workbench.rules.referral_figures import LETTERS_LEAST, Fate, Fates
from workbench.rules.throughput import Grain, grain_of
from workbench.services.referral_figures import LetterPart, LetterRow, ReferralFigures
from workbench.services.referral_lists import referral_state_name
from workbench.services.throughput import Wanted
from workbench.ui.format import day, digits, instant, ltr, pill, rial

PARTS_MAX = 50
CLASSES = {Fate.USED: "f-used", Fate.OPEN: "f-open", Fate.EXPIRED: "f-expired", Fate.ENDED: "f-end"}


def tiles(view: ReferralFigures) -> str:
    """The figures of the period."""
    whole = view.whole
    return parts.tiles(
        (
            parts.tile("issued", _("Issued"), number(view.total("issued")), "", issued_is()),
            parts.tile("used", _("First used"), number(view.total("used")), "", used_is()),
            parts.tile("expired", _("Expired"), number(view.total("expired")), "", expired_is()),
            parts.tile(
                "expired", _("Reserve returned"), _amount(view), _held(view), _returned_is()
            ),
            parts.tile(
                "fate_used",
                _("Share used"),
                percent(whole.used_percent),
                _open(whole.letters.get(Fate.OPEN, 0)),
                share_is(),
            ),
            parts.tile(
                None, _("From issue to use"), _days(whole.median_days), _p90(view), days_is()
            ),
        )
    )


def issued_is() -> str:
    """What counts as an issued letter."""
    return _("Letters issued in the period; asked for and declined ones were never issued.")


def used_is() -> str:
    """What counts as used."""
    return _("Letters whose first service was registered in the period, whenever they were issued.")


def expired_is() -> str:
    """What counts as expired."""
    return _("Unused letters whose last valid day lies in the period and is over.")


def _returned_is() -> str:
    return _(
        "Rials that these expired letters gave back to the ceilings. What the nightly job has not "
        "come to is still held."
    )


def share_is() -> str:
    """What the share used is of."""
    return _(
        "Of the letters issued in the period, those used until now. Young letters are still open: "
        "their share will rise."
    )


def days_is() -> str:
    """What the days are."""
    return _(
        "Days from issue to the first service, of the letters issued in the period that were used; "
        "half took no longer."
    )


def _amount(view: ReferralFigures) -> str:
    if not view.returned_rial:
        return parts.NONE
    return f'<span class="mg-rial">{rial(view.returned_rial)}</span>'


def _held(view: ReferralFigures) -> str:
    if not view.held_rial:
        return _("rials")
    return _("rials; {amount} still held").format(amount=parts.plain_decimal(view.held_rial, 0))


def _open(count: int) -> str:
    return counted(count, _("{n} letter still open"), _("{n} letters still open")).format(
        n=digits(count)
    )


def _days(days: int | None) -> str:
    if days is None:
        return parts.NONE
    return f"{parts.decimal(days, 0)} <i>{escape(_('days'))}</i>"


def _p90(view: ReferralFigures) -> str:
    if view.whole.p90_days is None:
        return _("none was used")
    return _("ninetieth percentile {n}").format(n=digits(view.whole.p90_days))


def flow_head(view: ReferralFigures) -> str:
    """What the bars and lines are."""
    note = {
        Grain.DAY: _("letters a day; bars issued, line first used, dotted expired"),
        Grain.WEEK: _(
            "letters a week, from Saturday; bars issued, line first used, dotted expired"
        ),
        Grain.MONTH: _("letters a month; bars issued, line first used, dotted expired"),
    }[grain_of(len(view.flows))]
    return parts.heading(_("Issued, used and expired"), note)


def fates(view: ReferralFigures) -> str:
    """What became of the letters issued in the period: how many, and their rials."""
    columns = (
        (_("Until now"), _("What became of the letters issued in the period, until now.")),
        (_("Letters"), ""),
        (_("Share"), share_is()),
        (_("Rials"), _("The amounts of these letters.")),
    )
    whole = view.whole
    rows = [
        parts.row(
            f"fate_{fate}",
            [
                f'<i class="mg-dot {CLASSES[fate]}"></i>{escape(fate_name(fate))}',
                number(whole.letters.get(fate, 0)),
                _share(whole, fate),
                rial(whole.amount_rial.get(fate, 0) or None),
            ],
        )
        for fate in CLASSES
    ]
    body = parts.table(columns, rows) if whole.issued else parts.empty(_("No letter was issued."))
    return parts.card(_("What became of them"), _("letters issued in the period"), body)


def _share(whole: Fates, fate: Fate) -> str:
    letters = whole.letters.get(fate, 0)
    return percent(100 * letters / whole.issued if letters else None)


def fate_name(fate: Fate) -> str:
    """What became of a letter, in words."""
    return {
        Fate.USED: _("Used"),
        Fate.OPEN: _("Still open"),
        Fate.EXPIRED: _("Expired"),
        Fate.ENDED: _("Cancelled or invalid"),
    }[fate]


def expiring(view: ReferralFigures) -> str:
    """What is about to expire now, whatever the period."""
    many = counted(view.expiring, _("{n} letter"), _("{n} letters")).format(n=digits(view.expiring))
    note = _("within {n} days from today, whatever the period").format(n=digits(WARNING_DAYS))
    body = (
        f'<div class="mg-late"><span>{escape(many)}</span>'
        f"<b>{rial(view.expiring_rial or None)} {escape(_('rials'))}</b></div>"
    )
    definition = _("Unused letters whose last valid day is near; the rials are what they hold.")
    return parts.card(_("About to expire"), note, body, definition)


def group_name(code: str) -> str:
    """What the letters are told apart by."""
    return {"centre": _("Centre"), "insurer": _("Insurer")}[code]


def by_part(view: ReferralFigures) -> str:
    """The letters of each centre or insurer; a press shows them."""
    columns = (
        (group_name(view.parted_by), ""),
        (_("Issued"), issued_is()),
        (_("Used"), share_is()),
        (_("Expired"), _("Of the letters issued in the period, those that expired until now.")),
        (_("Still open"), _("Of the letters issued in the period, those that may still be used.")),
        (_("Share used"), share_is()),
        (
            _("Of those whose fate is known"),
            _("Used of the letters that are used, expired or cancelled; open ones left out."),
        ),
        (_("Days to use"), days_is()),
        (_("Rials"), _("The amounts of the letters issued in the period.")),
    )
    rows = [_part(view.parted_by, each) for each in view.parts[:PARTS_MAX]]
    body = parts.table(columns, rows) if rows else parts.empty(_("No letter was issued."))
    note = _("by letters issued; under {n} letters no share is told").format(
        n=digits(LETTERS_LEAST)
    )
    return parts.card(_("Told apart"), note, body)


def _part(parted_by: str, each: LetterPart) -> str:
    found, few = each.fates, f'<span class="mut">{escape(_("too few"))}</span>'
    shares = (percent(found.used_percent), percent(found.used_of_settled_percent))
    days = parts.decimal(found.median_days, 0)
    cells = [
        parts.name(each.name),
        number(found.issued),
        *(number(found.letters.get(fate, 0)) for fate in (Fate.USED, Fate.EXPIRED, Fate.OPEN)),
        *((*shares, days) if found.is_compared else (few, parts.NONE, parts.NONE)),
        rial(sum(found.amount_rial.values())),
    ]
    return parts.row(f"{parted_by}:{each.key}", cells)


def letters_title(figure: str) -> str:
    """What the list of letters is of."""
    if figure.startswith("fate_"):
        fate = Fate(figure.removeprefix("fate_"))
        return _("Issued in the period: {fate}").format(fate=fate_name(fate))
    return {
        "issued": _("Letters issued"),
        "used": _("Letters first used"),
        "expired": _("Letters expired"),
    }[figure]


def letters(title: str, wanted: Wanted, rows: Sequence[LetterRow]) -> str:
    """The letters behind a figure, the newest first; a row opens its letter."""
    span = _("{first} to {last}").format(first=day(wanted.first_on), last=day(wanted.last_on))
    many = counted(len(rows), _("the newest {n} letter"), _("the newest {n} letters"))
    columns = (
        (_("Letter"), ""),
        (_("State"), _("As time has made it.")),
        (_("Centre"), ""),
        (_("Issued"), ""),
        (_("Valid until"), ""),
        (_("First use"), ""),
        (_("Rials"), ""),
    )
    body = parts.table(columns, map(_letter, rows), words=6)
    if not rows:
        body = parts.empty(_("No letter is here."))
    return parts.card(title, f"{span} · {many.format(n=digits(len(rows)))}", body)


def _letter(row: LetterRow) -> str:
    cells = [
        ltr(row.number),
        pill(STATE_TONES[row.state], referral_state_name(row.state)),
        parts.name(row.centre),
        ltr(day(row.issued_on)),
        ltr(day(row.last_valid_on)),
        ltr(instant(row.used_at)),
        rial(row.amount_rial),
    ]
    return parts.row(f"{row.insurer_id}-{row.letter_id}", cells, words=6)
