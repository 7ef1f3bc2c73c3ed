"""The HTML of the page of letters about to expire: strip, rows, reserve at stake, contacts."""

from datetime import date, datetime
from html import escape

from workbench.i18n import _, counted, language
from workbench.persian.jalali import day_of, month_name, parts
from workbench.persian.rial import format_rial
from workbench.services.referrals.contacts import Contact
from workbench.services.referrals.list_words import OUTCOME_NAMES, outcome_name, relation_name
from workbench.services.referrals.lists import LetterPage, ListedLetter
from workbench.services.referrals.sums import ContactCounts, DayAtStake, Share
from workbench.ui.format import clock_time, day, days_word, digits, instant, listed, ltr, rial

MILLION = 1_000_000
SOON_DAYS = 3
LABELLED_DAYS = (1, 10, 20)
SHARES_MAX = 7
TONES: dict[str | None, str] = {
    "will_come": "approved",
    "promised_today": "review",
    "no_answer": "returned",
    "gave_up": "deducted",
    None: "waiting",
}
ICONS: dict[str | None, str] = {
    "will_come": "check",
    "promised_today": "phone",
    "no_answer": "minus",
    "gave_up": "cross",
    None: "clock",
}


def letters_word(count: int | str) -> str:
    """A number of letters: «۱۴ معرفی‌نامه»."""
    one, many = _("{n} letter"), _("{n} letters")
    return (counted(count, one, many) if isinstance(count, int) else many).format(n=digits(count))


def left_word(days: int) -> str:
    """Days left in words: «امروز», «۳ روز»; past days: «تمام شده»."""
    if days < 0:
        return _("over")
    return _("today") if days == 0 else days_word(days)


def outcome_pill(outcome: str | None) -> str:
    """The pill of a contact's outcome."""
    return (
        f'<span class="bdg {TONES[outcome]}"><i class="ic ic-{ICONS[outcome]}"></i>'
        f"{escape(outcome_name(outcome))}</span>"
    )


def strip(days: tuple[DayAtStake, ...], chosen_on: date | None, within_days: int) -> str:
    """The coming days as bars that filter the table; time runs as the language is read."""
    shown = next((each for each in days if each.on == chosen_on), days[0])
    top = _axis_top(max(each.reserve_rial for each in days))
    peak = max(days, key=lambda each: each.reserve_rial)
    bars = "".join(
        _bar(each, n, top, within_days, each.on == chosen_on, each in (shown, peak))
        for n, each in enumerate(days)
    )
    lines = "".join(
        f'<i class="ln" style="bottom:{share}%"></i>'
        f'<span class="ax" style="bottom:{share}%">{ltr(_millions(top * share // 100))}</span>'
        for share in (50, 100)
    )
    name = _("today") if shown.on == days[0].on else day(shown.on)
    said = _("{day}: {amount} rial in {letters}").format(
        day=f"<b>{escape(name)}</b>",
        amount=f"<b>{rial(shown.reserve_rial)}</b>",
        letters=escape(letters_word(shown.count)),
    )
    back = (
        f'<span class="rx-back" role="button" tabindex="0" data-open="all">'
        f"{escape(_('Show all days again'))}</span>"
        if chosen_on
        else ""
    )
    note = _("Reserve by last valid day, million rial; grey: not worked; a day filters the table")
    return (
        f'<div class="az card rx-strip"><header><h2>{escape(_("The coming 60 days"))}</h2>'
        f'<span class="mut s13 lg-only">{escape(note)}</span><span class="sp"></span>{back}'
        f'<span class="s13">{said}</span></header>'
        f'<div class="rx-chart"><div class="rx-grid">{lines}</div><div class="rx-days">{bars}</div>'
        "</div></div>"
    )


def _bar(
    each: DayAtStake, ahead: int, top: int, within_days: int, is_chosen: bool, is_named: bool
) -> str:
    tone = "far" if ahead > within_days else "near"
    if ahead <= min(SOON_DAYS, within_days):
        tone = "soon" if ahead else "now"
    classes = ["rx-day", tone, "" if each.is_working else "off", "on" if is_chosen else ""]
    height = round(100 * each.reserve_rial / top, 1) if top else 0
    value = f"<em>{ltr(_millions(each.reserve_rial))}</em>" if is_named and each.count else ""
    parts = (format_rial(each.reserve_rial, language()), letters_word(each.count))
    said = f"{day(each.on)}: {listed(parts)}"
    return (
        f'<div class="{" ".join(filter(None, classes))}" role="button" tabindex="0"'
        f' data-open="{each.on.isoformat()}" title="{escape(said)}" aria-label="{escape(said)}"'
        f' aria-pressed="{str(is_chosen).lower()}"><div class="rx-bar">'
        f'<i style="height:{height}%">{value}</i></div><span>{_tick(each.on, ahead)}</span></div>'
    )


def _tick(on: date, ahead: int) -> str:
    if ahead == 0:
        return escape(_("today"))
    _year, month, number = parts(on)
    if number not in LABELLED_DAYS or ahead < SOON_DAYS:
        return ""
    if language() == "en":
        return ltr(f"{month}/{number}")
    return f"{digits(number)} {escape(month_name(month))}"


def _axis_top(most_rial: int) -> int:
    """A round number of rials at or above the highest bar: 1, 2, 4, 6, 8 or 10 of a power."""
    unit = MILLION
    while unit * 10 < most_rial:
        unit *= 10
    return next((unit * n for n in (1, 2, 4, 6, 8, 10) if unit * n >= most_rial), unit * 10)


def _millions(amount_rial: int) -> str:
    tenths = round(amount_rial / (MILLION / 10))
    whole, rest = divmod(tenths, 10)
    mark = "٫" if language() == "fa" else "."
    return f"{whole}{mark}{rest}" if rest and whole < 100 else str(round(tenths / 10))


def rows(
    page: LetterPage, *, focus: str | None, marked: frozenset[str], within_days: int, may_mark: bool
) -> str:
    """The table of one page; a row chooses the letter to call about, its number opens it."""
    if not page.rows:
        title, hint = (
            _("No letter expires in these days"),
            _("Choose more days, or take a filter away."),
        )
        return f'<div class="az empty rx-empty"><b>{escape(title)}</b><p>{escape(hint)}</p></div>'
    heads = (
        (_("Time remaining"), ""),
        (_("Letter number"), ""),
        (_("National code"), ""),
        (_("Contract"), ""),
        (_("Sent to the insurer"), ""),
        (_("Letter amount (rial)"), "n"),
        (_("Insured person"), ""),
        (_("Relation"), ""),
        (_("Contract valid until"), ""),
        (_("Number of cases"), "n"),
        (_("Last contact"), ""),
    )
    mark = f'<th class="ck"><span class="rx-hidden">{escape(_("Mark"))}</span></th>'
    head = (mark if may_mark else "") + "".join(
        f'<th class="{css}">{escape(title)}</th>' for title, css in heads
    )
    body = "".join(
        _row(letter, letter.key == focus, letter.key in marked, within_days, may_mark)
        for letter in page.rows
    )
    return (
        f'<div class="az scroll"><table class="c rx"><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody>{_sum_row(page, may_mark)}</table></div>"
    )


def _sum_row(page: LetterPage, may_mark: bool) -> str:
    """The letters and the amounts of the rows above, under their columns."""
    is_whole = page.next_key is None and page.previous_key is None
    words = "{letters}" if is_whole else _("This page: {letters}")
    said = words.format(letters=letters_word(len(page.rows)))
    total = rial(sum(letter.amount_rial for letter in page.rows))
    note = _("rials that go back to the ceilings without a service")
    return (
        f'<tfoot><tr><td colspan="{6 if may_mark else 5}" class="w6">{escape(said)}</td>'
        f'<td class="n w6">{total}</td><td colspan="5" class="mut">{escape(note)}</td></tr></tfoot>'
    )


def _row(
    letter: ListedLetter, is_focus: bool, is_marked: bool, within_days: int, may_mark: bool
) -> str:
    checked = " checked" if is_marked else ""
    label = escape(_("Mark letter {number}").format(number=digits(letter.number)))
    mark = (
        f'<td class="ck"><input type="checkbox" data-open="mark:{letter.key}"'
        f' aria-label="{label}"{checked}></td>'
    )
    sent = (
        f'<span class="mut">{escape(_("not sent"))}</span>'
        if letter.sent_at is None
        else ltr(day(day_of(letter.sent_at)))
    )
    number = f'<a role="link" tabindex="0" data-open="go:{letter.key}">{ltr(letter.number)}</a>'
    cells = (
        (_time_left(letter, within_days), ""),
        (number, "w6"),
        (ltr(letter.masked_national_code), ""),
        (ltr(letter.contract_number), ""),
        (sent, ""),
        (rial(letter.amount_rial), "n"),
        (escape(letter.person_name), "w5 who"),
        (escape(relation_name(letter.relation)), ""),
        (ltr(day(letter.contract_end_on)), ""),
        (ltr(letter.case_count), "n"),
        (outcome_pill(letter.outcome), ""),
    )
    classes = " ".join(filter(None, ("sel" if is_focus else "", "mk" if is_marked else "")))
    drawn = "".join(f'<td class="{css}">{cell}</td>' for cell, css in cells)
    return (
        f'<tr class="{classes}" tabindex="0" data-open="at:{letter.key}"'
        f' aria-selected="{str(is_focus).lower()}">{mark if may_mark else ""}{drawn}</tr>'
    )


def _time_left(letter: ListedLetter, within_days: int) -> str:
    left = letter.days_left
    tone = "late" if left == 0 else "returned" if left <= SOON_DAYS else "waiting"
    share = max(4, min(100, round(100 * left / max(1, within_days))))
    _year, month, number = parts(letter.last_valid_on)
    return (
        f'<span class="tl {tone}"><b>{escape(left_word(left))}</b>'
        f'<i><b style="width:{share}%"></b></i>'
        f'<span class="mut">{ltr(f"{month}/{number}")}</span></span>'
    )


def stake(shares: tuple[Share, ...], reserve_rial: int, days_text: str) -> str:
    """The sum at stake, and the largest shares with bars."""
    top = max((share.reserve_rial for share in shares), default=0)
    lines = "".join(_share(share, top) for share in shares[:SHARES_MAX])
    rest = shares[SHARES_MAX:]
    if rest:
        others = _("{n} others").format(n=digits(len(rest)))
        lines += (
            f'<div class="rx-share"><div class="row"><span class="mut">{escape(others)}</span>'
            f'<span class="sp"></span>{rial(sum(s.reserve_rial for s in rest))}</div></div>'
        )
    unit = _("rial, {days}").format(days=days_text)
    return (
        f'<div class="az"><div class="row rx-sum"><b>{rial(reserve_rial)}</b>'
        f'<span class="mut s13">{escape(unit)}</span></div>{lines}</div>'
    )


def _share(share: Share, top: int) -> str:
    width = round(100 * share.reserve_rial / top) if top else 0
    number = f' <span class="mut s12">{ltr(share.number)}</span>' if share.number else ""
    return (
        f'<div class="rx-share"><div class="row">'
        f'<span class="cut"><b>{escape(share.name)}</b>{number}</span>'
        f'<span class="mut s12">{escape(letters_word(share.count))}</span><span class="sp"></span>'
        f"<b>{rial(share.reserve_rial)}</b></div>"
        f'<div class="rx-track"><i style="width:{width}%"></i></div></div>'
    )


def results(counts: ContactCounts) -> str:
    """The outcomes of the last contacts as one bar and its words."""
    order = [each for each in OUTCOME_NAMES if counts.by_outcome.get(each)]
    bar = "".join(
        f'<i class="{TONES[each]}" style="flex:{counts.by_outcome[each]}"></i>' for each in order
    )
    words = "".join(
        f'<span class="bdg {TONES[each]}"><i class="ic ic-{ICONS[each]}"></i>'
        f"{escape(outcome_name(each))} {ltr(counts.by_outcome[each])}</span>"
        for each in order
    )
    total = letters_word(f"{counts.total}+" if counts.is_capped else counts.total)
    return (
        f'<div class="az"><div class="row"><h2>{escape(_("Results of the contacts"))}</h2>'
        f'<span class="mut s13">{escape(total)}</span></div>'
        f'<div class="age rx-age">{bar}</div><div class="row wrap">{words}</div></div>'
    )


def contact_head(letter: ListedLetter) -> str:
    """Whom the contact is about, and until when his letter is valid."""
    tone = "late" if letter.days_left <= 0 else "returned" if letter.days_left <= 3 else "waiting"
    until = _("ends: {when}").format(when=left_word(letter.days_left))
    about = _("Letter {number}, {centre}").format(
        number=ltr(letter.number), centre=escape(letter.centre_name)
    )
    return (
        f'<div class="az"><div class="row"><h2 class="cut">'
        f"{escape(_('Contact with {name}').format(name=letter.person_name))}</h2>"
        f'<span class="sp"></span><span class="bdg {tone}"><i class="ic ic-clock"></i>'
        f'{escape(until)}</span></div><p class="mut s13">{about}</p></div>'
    )


def mobile(number: str, principal_name: str) -> str:
    """The number to call and whose it is; none: that there is none."""
    if not number:
        said = _("No mobile number is on the list of the insured.")
        return f'<div class="az"><p class="mut s13">{escape(said)}</p></div>'
    whose = _("of the principal, {name}").format(name=principal_name) if principal_name else ""
    return (
        f'<div class="az"><div class="row wrap rx-mobile"><i class="ic ic-phone"></i>'
        f'<a class="w6" href="tel:{escape(number)}">{ltr(number)}</a>'
        f'<span class="mut s12">{escape(whose)}</span></div></div>'
    )


def former(contacts: tuple[Contact, ...]) -> str:
    """Former contacts of a letter, the latest first."""
    items = "".join(
        f"<li><div class='row'>{outcome_pill(each.outcome)}<span class='mut s12'>"
        f"{ltr(instant(each.at))} · {escape(each.actor_name)}</span></div>"
        f"{f'<p class=rx-note>{escape(each.note)}</p>' if each.note else ''}</li>"
        for each in contacts
    )
    return f'<div class="az"><ul class="rx-former">{items}</ul></div>'


def table_head(total: int | str, marked: int, at: datetime) -> str:
    """How many letters, how many of them marked, and when it was read."""
    some = _("{n} marked").format(n=digits(marked)) if marked else ""
    fresh = _("as of {time}, every 30 seconds; what you type stays").format(time=clock_time(at))
    return (
        f'<div class="az"><div class="row rx-head"><h2>{escape(letters_word(total))}</h2>'
        f'<span class="mut s13">{escape(some)}</span>'
        f'<span class="sp"></span><span class="mut s12 lg-only">{escape(fresh)}</span></div></div>'
    )
