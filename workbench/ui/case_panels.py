"""The HTML blocks of the case page: head, patient column, equation bar. Everything is escaped."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from html import escape

from workbench.i18n import _, counted, language
from workbench.persian.rial import percent
from workbench.rules.money import CaseMoney
from workbench.rules.workflow import ClaimState
from workbench.services.claims.deciding import DefectInput
from workbench.services.claims.view import CaseView, Ceiling, DefectRow, Note, ReasonChoice
from workbench.services.images.cite_words import cites_text, with_cites
from workbench.ui import words
from workbench.ui.case_commission import commission
from workbench.ui.case_sections import link, pairs, section
from workbench.ui.components.viewer import viewer_keys
from workbench.ui.format import (
    clock_time,
    day,
    digits,
    instant,
    listed,
    ltr,
    rial,
    state_pill,
    time_left,
)

SOON = timedelta(hours=8)
OPEN_CEILING, OPEN_LETTER = "ceiling", "letter"
RUNNING_STATES = (ClaimState.ACCEPTED, ClaimState.UNDER_REVIEW, ClaimState.PARKED)


def head(view: CaseView, now: datetime) -> str:
    """Number, state, round, batch, centre and insurer; deadline and hold at the far side."""
    number = len(view.rounds)
    round_text = escape(_("Round {n}").format(n=digits(number)))
    round_pill = f'<span class="bdg waiting">{round_text}</span>'
    batch = (
        _("Batch {number}").format(number=digits(view.batch_number))
        if view.batch_number
        else _("Direct claim")
    )
    names = (batch, view.centre, view.insurer)
    place = " · ".join(f"<bdi>{escape(text)}</bdi>" for text in names)
    times = _deadline(view, now) + _hold(view)
    line = '<span class="v"></span>' if times else ""
    return f"""<div class="az chead"><h1>{escape(_("Case"))} {ltr(view.number)}</h1>
{state_pill(view.state)}{round_pill}<span class="v"></span>
<span class="ink2 cut">{place}</span><span class="sp"></span>{times}
{line}<span class="row ink2 nw"><kbd>F1</kbd>{escape(_("keys"))}</span></div>"""


def _deadline(view: CaseView, now: datetime) -> str:
    if view.due_at is None or view.state not in RUNNING_STATES:
        return ""
    left = view.due_at - now
    tone = "late" if left < timedelta(0) else "soon" if left < SOON else "waiting"
    share = 100 if tone == "late" else max(4, min(100, int(100 * left / timedelta(hours=72))))
    return (
        f'<span class="ink2 nw">{escape(_("Deadline"))}</span><span class="tl {tone}">'
        f'<i><b style="width:{share}%"></b></i><span>{escape(time_left(view.due_at, now))}</span>'
        "</span>"
    )


def _hold(view: CaseView) -> str:
    """Until when it is mine, where there is room; in whose hands it is else, always."""
    if view.is_mine:
        text = _("in your hands until {time}").format(time=clock_time(view.lease_until_at))
    elif view.holder:
        text = _("in the hands of {name}").format(name=view.holder)
    else:
        return ""
    only = " lg-only" if view.is_mine else ""
    return f'<span class="v{only}"></span><span class="ink2 nw{only}">{escape(text)}</span>'


def patient_column(view: CaseView, national_code: str | None) -> str:
    """Patient, contract, ceiling, referral, commission, dentist and rounds."""
    return (
        '<div class="az side">'
        + "".join(
            (
                _patient(view, national_code),
                _contract(view),
                _ceiling(view.ceiling),
                _referral(view),
                commission(view),
                _dentist(view),
                _rounds(view),
            )
        )
        + "</div>"
    )


def _patient(view: CaseView, national_code: str | None) -> str:
    patient = view.patient
    said = _("{years} y {months} m") if patient.age_months else _("{years} y")
    age = said.format(years=digits(patient.age_years), months=digits(patient.age_months))
    relation = words.relation(patient.relation)
    if patient.principal_name:
        relation = _("{relation} of {name}").format(relation=relation, name=patient.principal_name)
    rows = pairs(
        (_("National code"), ltr(national_code or patient.national_code)),
        (_("Born"), ltr(day(patient.birth_on))),
        (_("Relation"), escape(relation)),
    )
    top = f'<div class="row"><b class="s16">{escape(patient.name)}</b><span class="sp"></span>'
    return f'<div class="sec">{top}<span class="s13 w5 nw">{escape(age)}</span></div>{rows}</div>'


def _contract(view: CaseView) -> str:
    franchise = percent(view.case.cover.franchise_basis, language())
    rows = pairs(
        (_("Policyholder"), escape(view.policyholder)),
        (_("Plan"), escape(view.plan)),
        (_("Valid until"), ltr(day(view.contract_end_on))),
        (
            _("Franchise, {cover}").format(cover=view.case.cover.title),
            f"<b>{ltr(franchise)}</b>",
        ),
    )
    return section(_("Contract"), rows, ltr(view.contract_number))


def _ceiling(ceiling: Ceiling) -> str:
    kind = _("family") if ceiling.is_family else _("individual")
    title = _("Ceiling, {kind}").format(kind=kind)
    if ceiling.limit_rial is None:
        rows = pairs(
            (_("This case"), rial(ceiling.this_rial)), (_("Used"), rial(ceiling.used_rial))
        )
        return section(title, rows + _to_ledger(), f"<b>{escape(_('no limit'))}</b>")
    parts = (
        ("c-used", _("Used"), ceiling.used_rial),
        ("c-res", _("Other reserves"), ceiling.reserved_other_rial),
        ("c-this", _("This case"), ceiling.this_rial),
        ("c-free", _("Free"), max(0, ceiling.free_rial or 0)),
    )
    whole = max(1, sum(amount for *_names, amount in parts))
    bar = "".join(
        f'<i class="{tone}" style="width:{100 * amount / whole:.2f}%"></i>'
        for tone, _name, amount in parts
        if amount
    )
    zero = _("zero")
    legend = "".join(
        f'<i class="{tone}"></i><span>{escape(name)}</span><span>{rial(amount, zero=zero)}</span>'
        for tone, name, amount in parts
    )
    body = f'<div class="ceil">{bar}</div><div class="lg">{legend}</div>{_to_ledger()}'
    return section(title, body, f"<b>{rial(ceiling.limit_rial)}</b>")


def _to_ledger() -> str:
    """The way to the account of the ceiling."""
    return f'<div class="s13">{link(OPEN_CEILING, escape(_("Ledger of the ceiling")))}</div>'


def _referral(view: CaseView) -> str:
    if view.referral_number is None:
        return ""
    rows = pairs(
        (_("Issued on"), ltr(day(view.referral_issued_on))),
        (_("Valid until"), ltr(day(view.referral_last_valid_on))),
        (_("Reserved"), rial(view.referral_amount_rial)),
    )
    number = link(OPEN_LETTER, ltr(view.referral_number))
    return section(_("Referral letter"), rows, number)


def _dentist(view: CaseView) -> str:
    name = f"{escape(view.dentist)} · {escape(words.speciality(view.dentist_speciality))}"
    council = _("council no. {number}").format(number=digits(view.dentist_number))
    return section(_("Dentist"), f'<div class="s13">{name}</div>', escape(council))


def _rounds(view: CaseView) -> str:
    items = []
    for each in reversed(view.rounds):
        tone = {"finished": "approved", "returned": "returned"}.get(each.result or "", "review")
        at = each.closed_at or each.opened_at
        who = f" · <bdi>{escape(each.closed_by)}</bdi>" if each.closed_by else ""
        text = _("Round {n}, {result}").format(
            n=digits(each.number), result=words.round_result(each.result)
        )
        said = (
            f'<div class="said">{escape(_("Sender"))}: <bdi>{escape(each.explanation)}</bdi></div>'
            if each.explanation
            else ""
        )
        items.append(
            f'<li class="{tone}"><span class="w5">{escape(text)}</span>'
            f'<div class="d">{ltr(instant(at))}{who}</div>{said}</li>'
        )
    if view.park_reason:
        until = _("Parked until {day}: {reason}").format(
            day=day(view.park_until_on), reason=view.park_reason
        )
        items.insert(0, f'<li class="waiting"><span>{escape(until)}</span></li>')
    return section(_("Rounds"), f'<ul class="tm">{"".join(items)}</ul>')


def equation(money: CaseMoney, view: CaseView) -> str:
    """C − T − D − S = A − X = P, with what is still open."""
    cells = (
        _amount("", _("Cost"), money.cost_rial),
        "<u>−</u>",
        _amount("x", _("Tariff reject"), money.tariff_reject_rial),
        "<u>−</u>",
        _amount("x", _("Technical deduction"), money.technical_deduction_rial),
        "<u>−</u>",
        _amount("", _("Patient share"), money.patient_share_rial),
        "<u>=</u>",
        _amount("", _("Technical approval"), money.technical_approval_rial),
        "<u>−</u>",
        _amount("x", _("Ceiling reject"), money.ceiling_reject_rial),
        "<u>=</u>",
        _amount("tot", _("Payable"), money.payable_rial),
    )
    return f'<div class="az eqw"><div class="eq">{"".join(cells)}</div>{_open(view)}</div>'


def _amount(tone: str, name: str, amount_rial: int) -> str:
    shown = rial(amount_rial, zero=_("zero"))
    tone = "z" if amount_rial == 0 else tone
    return f'<div class="{tone}"><span>{escape(name)}</span><b>{shown}</b></div>'


def _open(view: CaseView) -> str:
    if not view.is_mine:
        return ""
    if not view.open_lines and not view.has_open_case_finding:
        return f'<span class="open ok">{escape(_("No open finding"))}</span>'
    names = listed(digits(number) for number in view.open_lines)
    text = _("Open finding: line {lines}") if names else _("Open finding: the whole case")
    text = text.format(lines=names)
    note = _("totals include proposals")
    return f'<span class="open">{escape(text)}<br><span class="mut">{escape(note)}</span></span>'


def heading(title: str) -> str:
    """A small heading."""
    return f'<div class="az"><h3 class="mut s12">{escape(title)}</h3></div>'


def hint(text: str) -> str:
    """A grey sentence."""
    return f'<div class="az mut s13">{escape(text)}</div>'


def defect(row: DefectRow, *, with_judgement: bool = False) -> str:
    """A defect: code, title, what it is about, the text, and whether it was judged remedied."""
    where = ""
    if row.line_number is not None:
        where = _("line {n}").format(n=digits(row.line_number))
    elif row.image_number is not None:
        where = _("image {n}").format(n=digits(row.image_number))
    judged = ""
    if with_judgement and row.is_remedied is not None:
        judged = _("remedied") if row.is_remedied else _("not remedied")
    parts = (where, row.text, cites_text(row.cites), judged)
    rest = " · ".join(escape(part) for part in parts if part)
    return (
        f'<div class="az s13"><b>{escape(row.title)}</b> <span class="mut">{escape(row.reason)}'
        f'</span><div class="ink2">{rest}</div></div>'
    )


def defect_title(reason: ReasonChoice) -> str:
    """Title and code of a chosen defect."""
    return (
        f'<div class="az"><b>{escape(reason.title)}</b> '
        f'<span class="mut s12">{escape(reason.code)}</span></div>'
    )


def notes(rows: tuple[Note, ...]) -> str:
    """Internal notes: dashed card with a lock, visibly apart from anything public."""
    title = escape(_("Internal notes"))
    items = "".join(
        f'<div class="said"><span class="mut s12">{escape(row.author)} · {ltr(instant(row.at))}'
        f"</span><div>{escape(row.text)}</div></div>"
        for row in rows
    )
    return f'<div class="az"><div class="internal"><h3 class="s12">{title}</h3>{items}</div></div>'


def line_name(view: CaseView, number: int) -> str:
    """A line in a choice: number, code and title."""
    line = next(each for each in view.case.lines if each.number == number)
    title = line.service.title if line.service else line.code
    return _("line {n}: {code} {title}").format(
        n=digits(number), code=digits(line.code), title=title
    )


def image_name(view: CaseView, number: int) -> str:
    """An image in a choice: number and kind."""
    image = next(each for each in view.images if each.number == number)
    kind = words.evidence_kind(image.kind)
    return _("image {n}: {kind}").format(n=digits(number), kind=kind)


def letter_text(view: CaseView, defects: list[DefectInput], titles: Mapping[str, str]) -> str:
    """What the sender reads about a return: every defect with its place and text."""
    if not defects:
        return ""
    parts = []
    for index, row in enumerate(defects, 1):
        where = ""
        if row.line_number is not None:
            where = line_name(view, row.line_number) + _(": ")
        elif row.image_number is not None:
            where = image_name(view, row.image_number) + _(": ")
        said = with_cites(row.text, row.cites)
        text = f" ({said})" if said else ""
        parts.append(f"{digits(index)}) {where}{titles[row.reason]}{text}")
    one = _("Case {number} was returned with {n} defect:")
    head_text = counted(
        len(defects), one, _("Case {number} was returned with {n} defects:")
    ).format(number=digits(view.number), n=digits(len(defects)))
    return f"{head_text} {_('; ').join(parts)}."


def refusal(text: str) -> str:
    """Why a decision was refused, where it was asked for."""
    return f'<div class="az"><p class="bad-note" role="alert">{escape(text)}</p></div>'


def letter(text: str) -> str:
    """The preview of what the centre reads."""
    title = escape(_("What the centre will read"))
    body = f'<h3 class="s12">{title}</h3><p>{escape(text)}</p>'
    return f'<div class="az"><div class="public">{body}</div></div>'


def keys_help() -> str:
    """The keys of the case page."""
    rows = (
        ("↑ ↓", _("move between the lines")),
        ("Enter", _("accept the next finding of the line")),
        ("F2", _("edit the line: quantity, price, code, deductions")),
        ("F4", _("override a finding with a reason")),
        ("F6", _("show the image of the earlier treatment beside this one")),
        ("F8", _("return the case with its defects")),
        ("F9", _("park the case")),
        ("Shift+F9", _("pass the case on to a colleague")),
        ("Ctrl+Enter", _("finish and open the next case")),
        ("Ctrl+K", _("search")),
        *viewer_keys(),
        ("Esc", _("close what is open")),
    )
    return keys_table(rows)


def keys_table(rows: Iterable[tuple[str, str]]) -> str:
    """Keys with what they do."""
    cells = "".join(
        f"<dt><kbd>{escape(key)}</kbd></dt><dd>{escape(what)}</dd>" for key, what in rows
    )
    return f'<div class="az"><dl class="kv keys">{cells}</dl></div>'
