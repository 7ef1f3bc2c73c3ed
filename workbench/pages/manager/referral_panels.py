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
from workbench.services.figures import referral_words as words
from workbench.services.figures.referrals import LetterPart, LetterRow, ReferralFigures
from workbench.services.figures.throughput import Wanted
from workbench.services.figures.words import part_name
from workbench.services.referrals.lists import referral_state_name
from workbench.ui.format import day, digits, instant, ltr, pill, rial, whole

PARTS_MAX = 50
LONG_RIAL = 10**12
"""From so many rials on a sum is written smaller, to stay within its tile."""
CLASSES = {Fate.USED: "f-used", Fate.OPEN: "f-open", Fate.EXPIRED: "f-expired", Fate.ENDED: "f-end"}


def tiles(view: ReferralFigures) -> str:
    """The figures of the period."""
    whole = view.whole
    return parts.tiles(
        (
            parts.tile("issued", _("Issued"), number(view.total("issued")), "", words.issued_is()),
            parts.tile("used", _("First used"), number(view.total("used")), "", words.used_is()),
            parts.tile(
                "expired", _("Expired"), number(view.total("expired")), "", words.expired_is()
            ),
            parts.tile(
                "expired", _("Reserve returned"), _amount(view), _held(view), words.returned_is()
            ),
            parts.tile(
                "fate_used",
                _("Share used"),
                percent(whole.used_percent),
                _open(whole.letters.get(Fate.OPEN, 0)),
                words.share_is(),
            ),
            parts.tile(
                None, _("From issue to use"), _days(whole.median_days), _p90(view), words.days_is()
            ),
        )
    )


def _amount(view: ReferralFigures) -> str:
    if not view.returned_rial:
        return parts.NONE
    size = "mg-rial mg-long" if view.returned_rial >= LONG_RIAL else "mg-rial"
    return f'<span class="{size}">{rial(view.returned_rial)}</span>'


def _held(view: ReferralFigures) -> str:
    if not view.held_rial:
        return _("rials")
    return _("rials; {amount} still held").format(amount=parts.plain_decimal(view.held_rial, 0))


def _open(count: int) -> str:
    if not count:
        return ""
    return counted(count, _("{n} letter still open"), _("{n} letters still open")).format(
        n=whole(count)
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
        (_("Share"), words.share_is()),
        (_("Rials"), _("The amounts of these letters.")),
    )
    whole = view.whole
    rows = [
        parts.row(
            f"fate_{fate}",
            [
                f'<i class="mg-dot {CLASSES[fate]}"></i>{escape(words.fate_name(fate))}',
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


def expiring(view: ReferralFigures) -> str:
    """What is about to expire now, whatever the period."""
    many = counted(view.expiring, _("{n} letter"), _("{n} letters")).format(n=whole(view.expiring))
    note = _("within {n} days from today, whatever the period").format(n=digits(WARNING_DAYS))
    body = (
        f'<div class="mg-late"><span>{escape(many)}</span>'
        f"<b>{rial(view.expiring_rial or None)} {escape(_('rials'))}</b></div>"
    )
    definition = _("Unused letters whose last valid day is near; the rials are what they hold.")
    return parts.card(_("About to expire"), note, body, definition)


def by_part(view: ReferralFigures) -> str:
    """The letters of each centre or insurer; a press shows them."""
    columns = (
        (part_name(view.parted_by), ""),
        (_("Issued"), words.issued_is()),
        (_("Used"), words.share_is()),
        (_("Expired"), _("Of the letters issued in the period, those that expired until now.")),
        (_("Still open"), _("Of the letters issued in the period, those that may still be used.")),
        (_("Share used"), words.share_is()),
        (
            _("Of those whose fate is known"),
            _("Used of the letters that are used, expired or cancelled; open ones left out."),
        ),
        (_("Days to use"), words.days_is()),
        (_("Rials"), _("The amounts of the letters issued in the period.")),
    )
    rows = [_part(view.parted_by, each) for each in view.parts[:PARTS_MAX]]
    body = parts.table(columns, rows) if rows else parts.empty(_("No letter was issued."))
    note = _("by letters issued; under {n} letters no share is told").format(
        n=digits(LETTERS_LEAST)
    )
    return parts.card(parts.by_part(view.parted_by), note, body)


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
        return _("Issued in the period: {fate}").format(fate=words.fate_name(fate))
    return {
        "issued": _("Letters issued"),
        "used": _("Letters first used"),
        "expired": _("Letters expired"),
    }[figure]


def letters(title: str, wanted: Wanted, rows: Sequence[LetterRow]) -> str:
    """The letters behind a figure, the newest first; a row opens its letter."""
    columns = (
        (_("Letter"), ""),
        (_("State"), _("As time has made it.")),
        (_("Centre"), ""),
        (_("Issued"), ""),
        (_("Valid until"), ""),
        (_("First use"), ""),
        (_("Rials"), ""),
    )
    return parts.behind(
        title,
        wanted,
        columns,
        [_letter(row) for row in rows],
        words=6,
        many=counted(len(rows), _("the newest {n} letter"), _("the newest {n} letters")),
        nothing=_("No letter is here."),
    )


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
