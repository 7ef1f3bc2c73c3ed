"""The pieces of HTML of a batch's page: steps, equation, tables. Every text is escaped."""

from collections.abc import Iterable, Sequence
from html import escape

from workbench.i18n import _, counted, language
from workbench.pages.batch_images import images_cell, images_width
from workbench.persian.jalali import TEHRAN
from workbench.rules.teeth import describe_jaw, describe_tooth
from workbench.services.batches.lines import LineReason, LineRow
from workbench.services.batches.steps import Step
from workbench.services.batches.view import COLUMNS, BatchView, CaseLines, CaseRow, Columns
from workbench.services.batches.words import column_title, outcome_name, result_name
from workbench.services.errors import state_name
from workbench.ui.format import day, digits, instant, listed, ltr, rial, state_pill

RESULT_LOOKS = {
    "approved": ("approved", "check"),
    "deducted": ("deducted", "tag"),
    "ceiling": ("deducted", "tag"),
    "rejected": ("deducted", "cross"),
}
OUTCOME_RESULTS = {1: "approved", 2: "deducted", 3: "deducted", 4: "rejected", 5: "returned"}
STEP_LOOKS = {"done": ("approved", "check"), "current": ("review", "clock")}
REDUCING = frozenset({"tariff_reject_rial", "technical_deduction_rial", "ceiling_reject_rial"})
MONEY_WIDTH = '<col style="width:7%">'
RESULT_WIDTH = '<col style="width:132px">'
LINE_WIDTHS = ("30px", "auto", "clamp(84px, 8vw, 150px)", "90px", "clamp(112px, 11vw, 240px)")


def icon(name: str) -> str:
    """A line icon of 16 pixels."""
    return f'<i class="ic ic-{name} i"></i>'


def batch_head(view: BatchView) -> str:
    """Number, state, centre, insurer and receipt on one line."""
    said = [view.centre, view.insurer]
    if view.received_at:
        said.append(_("received {on}").format(on=day(view.received_at.astimezone(TEHRAN).date())))
    cases = counted(len(view.cases), _("{n} case"), _("{n} cases"))
    said.append(cases.format(n=digits(len(view.cases))))
    if view.follows_number:
        said.append(_("follows batch {number}").format(number=digits(view.follows_number)))
    if view.follow_up_numbers:
        numbers = listed(digits(number) for number in view.follow_up_numbers)
        said.append(_("followed by batch {number}").format(number=numbers))
    pill = (
        badge("review", "check", _("All finished, ready for finance"))
        if view.is_ready_for_finance
        else state_pill(view.state)
    )
    title = escape(_("Batch"))
    return f"""<div class="az"><div class="ph"><h1 style="white-space:nowrap">{title}
{ltr(view.acceptance_number)}</h1>{pill}
<span class="ink2 s13">{dotted(said)}</span></div></div>"""


def dotted(texts: Iterable[str]) -> str:
    """Texts on one line (HTML), each kept apart so that none turns the direction of the next."""
    return " · ".join(f"<bdi>{escape(text)}</bdi>" for text in texts)


def isolated(name: str) -> str:
    """A name that keeps its own direction inside a sentence of the other one (text)."""
    return f"\u2068{name}\u2069"


def badge(tone: str, name: str, word: str) -> str:
    """A tinted pill with an icon and a word."""
    return f'<span class="bdg {tone}">{icon(name)}{escape(word)}</span>'


def result_badge(result: str) -> str:
    """What became of a case or line, or the state it stands in."""
    if result in RESULT_LOOKS:
        tone, name = RESULT_LOOKS[result]
        return badge(tone, name, result_name(result))
    return state_pill(result)


def steps(view: BatchView) -> str:
    """The five steps with who and when."""
    parts = "".join(_step(step) for step in view.steps)
    return f'<div class="az panel"><div class="steps">{parts}</div></div>'


def _step(step: Step) -> str:
    tone, name = STEP_LOOKS.get(step.status, ("waiting", "minus"))
    said = [escape(_people(step))] if step.names else []
    if step.at:
        said.append(ltr(instant(step.at)))
    parts = "".join(f"<span>{part}</span>" for part in said or [escape(_("Not yet"))])
    word = _("Sent by the centre") if step.is_centre else state_name(step.state)
    return f"""<div class="{tone}"><b>{icon(name)}{escape(word)}</b>
<span class="mut s12" style="display:flex;flex-wrap:wrap;column-gap:8px">{parts}</span></div>"""


def _people(step: Step) -> str:
    first, others = isolated(step.names[0]), len(step.names) - 1
    if not others:
        return first
    sentence = counted(others, _("{name} and {n} other"), _("{name} and {n} others"))
    return sentence.format(name=first, n=digits(others))


def equation(view: BatchView) -> str:
    """C − T − D − S = A − X = P over the finished cases, and what still waits beside it."""
    if view.settled is None:
        return ""
    signs = ("", "−", "−", "−", "=", "−", "=")
    parts = "".join(
        (f"<u>{sign}</u>" if sign else "") + _term(name, getattr(view.settled, name))
        for sign, name in zip(signs, COLUMNS, strict=True)
    )
    return f"""<div class="az panel" style="padding:12px 14px"><div class="eqw">
<div class="eq">{parts}</div><div class="mut s12" style="text-align:end">{_beside(view)}</div>
</div></div>"""


def _term(name: str, amount_rial: int) -> str:
    kind = "tot" if name == "payable_rial" else "x" if name in REDUCING and amount_rial else ""
    shown = rial(amount_rial, zero=_("zero"))
    return f'<div class="{kind}"><span>{escape(column_title(name))}</span><b>{shown}</b></div>'


def _beside(view: BatchView) -> str:
    settled, others = view.settled_count, view.unsettled_count
    finished = counted(settled, _("Sum of {n} finished case"), _("Sum of {n} finished cases"))
    rounded = _("Rounded to ten rials once per case, before the ceiling")
    said = [escape(finished.format(n=digits(settled))), escape(rounded)]
    if others:
        waiting = counted(
            others,
            _("{n} case not finished; requested on it:"),
            _("{n} cases not finished; requested on them:"),
        )
        text = escape(waiting.format(n=digits(others)))
        said.append(f"{text} {rial(view.unsettled_cost_rial)}")
    return "<br>".join(said)


def cases_table(view: BatchView, chosen: str | None, open_ids: frozenset[int]) -> str:
    """The cases with the seven columns, for who may see money; a row opens its lines.

    ``open_ids``: the cases that the reader may add images to; their rows have a button for it.
    """
    sees = view.may_see_money
    heads = (_("Case"), _("Insured"), _("Lines"), _("Franchise"))
    rows = "".join(_case_row(case, chosen, sees, open_ids) for case in view.cases)
    if not view.cases:
        rows = (
            f'<tr><td colspan="12" class="empty">{escape(_("This batch holds no case."))}</td></tr>'
        )
    widths = '<col style="width:124px"><col><col style="width:60px"><col style="width:76px">'
    unit = escape(_("All amounts in rials")) if sees else ""
    return f"""<section class="az card"><header><h2>{escape(_("Cases"))}</h2>
<span class="c">{escape(digits(len(view.cases)))}</span><span class="sp"></span>
<span class="mut s12">{unit}</span></header>
<div class="scroll"><table><colgroup>{widths}{_money_widths(sees)}
{images_width(open_ids, sees)}</colgroup>
<thead><tr>{_heads(heads, sees)}{"<th></th>" if open_ids else ""}</tr></thead>
<tbody>{rows}</tbody>{_sum_rows(view, open_ids)}</table></div></section>"""


def _money_widths(sees_money: bool) -> str:
    return (MONEY_WIDTH * len(COLUMNS) if sees_money else "") + RESULT_WIDTH


def _heads(plain: Iterable[str], sees_money: bool) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in plain)
    money = "".join(
        f'<th class="n" style="white-space:normal">{escape(column_title(name))}</th>'
        for name in COLUMNS
    )
    return f"{titles}{money if sees_money else ''}<th>{escape(_('Result'))}</th>"


def _case_row(case: CaseRow, chosen: str | None, sees_money: bool, open_ids: frozenset[int]) -> str:
    is_chosen = case.number == chosen
    attributes = f'data-open="{escape(case.number)}" tabindex="0"' if sees_money else ""
    selected = 'class="sel" aria-selected="true"' if is_chosen else ""
    money = _money_cells(case.money, case.cost_rial) if sees_money else ""
    return f"""<tr {selected} {attributes} style="cursor:{"pointer" if sees_money else "auto"}">
<td class="w6">{ltr(case.number)}</td><td>{escape(case.patient)}</td>
<td>{escape(digits(case.line_count))}</td><td>{_franchise(case.franchise_basis)}</td>
{money}<td>{result_badge(case.result)}</td>{images_cell(case, sees_money, open_ids)}</tr>"""


def _franchise(basis: int | None) -> str:
    """A franchise in basis points as per cent (HTML), with the sign of the language."""
    if basis is None:
        return "–"
    sign = "٪" if language() == "fa" else "%"
    return ltr(f"{basis / 100:g}{sign}")


def _money_cells(money: Columns | LineRow | None, cost_rial: int | None) -> str:
    if money is None:
        dashes = '<td class="n mut">–</td>' * (len(COLUMNS) - 1)
        return f'<td class="n">{rial(cost_rial)}</td>{dashes}'
    return "".join(_money_cell(name, getattr(money, name)) for name in COLUMNS)


def _money_cell(name: str, amount_rial: int | None) -> str:
    if not amount_rial:
        shown = _("zero") if amount_rial == 0 and name == "payable_rial" else "–"
        return f'<td class="n mut">{escape(shown)}</td>'
    kind = " x" if name in REDUCING else " w6" if name == "payable_rial" else ""
    return f'<td class="n{kind}">{rial(amount_rial)}</td>'


def _sum_rows(view: BatchView, open_ids: frozenset[int]) -> str:
    if view.settled is None:
        return ""
    sums = [(_("Sum of the finished cases"), _money_cells(view.settled, None))]
    if view.unsettled_count:
        sums.append((_("Not finished"), _money_cells(None, view.unsettled_cost_rial)))
    rest = "<td></td><td></td>" if open_ids else "<td></td>"
    rows = "".join(
        f'<tr class="sum"><td colspan="4">{escape(label)}</td>{cells}{rest}</tr>'
        for label, cells in sums
    )
    return f"<tfoot>{rows}</tfoot>"


def lines_table(case: CaseLines, money: Columns | None) -> str:
    """The lines of the chosen case with the reason of every deduction."""
    heads = ("", _("Service"), _("Tooth"), _("Date"), _("Deduction reason"))
    widths = "".join(f'<col style="width:{width}">' for width in LINE_WIDTHS)
    rows = "".join(_line_row(line) for line in case.lines)
    total = ""
    if money:
        label = f"""{escape(_("Sum of the case"))} <span class="mut" style="font-weight:400">
{escape(_("rounding and ceiling once, for the whole case"))}</span>"""
        cells = _money_cells(money, None)
        row = f'<tr class="sum"><td></td><td colspan="4">{label}</td>{cells}<td></td></tr>'
        total = f"<tfoot>{row}</tfoot>"
    said = [case.patient] + ([outcome_name(case.outcome)] if case.outcome else [])
    return f"""<div class="az" data-into-sight><section class="card"><header>
<h2>{escape(_("Services of case"))} {ltr(case.number)}</h2>
<span class="c s13">{dotted(said)}</span></header>{_defects(case.defects)}
<div class="scroll"><table class="c"><colgroup>{widths}{_money_widths(True)}</colgroup>
<thead><tr>{_heads(heads, True)}</tr></thead>
<tbody>{rows}</tbody>{total}</table></div></section></div>"""


def _defects(defects: Sequence[LineReason]) -> str:
    if not defects:
        return ""
    items = "".join(
        f"<li>{escape(': '.join(filter(None, (f'{d.code} {d.title}', d.text))))}</li>"
        for d in defects
    )
    return f'<div class="warn-note" style="margin:0 14px 12px"><ul>{items}</ul></div>'


def _line_row(line: LineRow) -> str:
    former = ""
    if line.former_code:
        text = _("(requested: {code})").format(code=digits(line.former_code))
        former = f' <span class="mut">{escape(text)}</span>'
    times = f" × {digits(line.quantity)}" if line.quantity > 1 else ""
    result = OUTCOME_RESULTS.get(line.outcome or 0)
    return f"""<tr><td>{escape(digits(line.number))}</td>
<td class="wrap"><b>{ltr(line.code)}</b> {escape(line.title + times)}{former}</td>
<td class="wrap">{escape(_place(line))}</td><td>{ltr(day(line.service_on))}</td>
<td class="wrap">{_reasons(line)}</td>{_money_cells(line, None)}
<td>{result_badge(result) if result else ""}</td></tr>"""


def _reasons(line: LineRow) -> str:
    if not line.reasons:
        return f'<span class="mut">{escape(_("none") if line.outcome else "–")}</span>'
    return "<br>".join(
        f'<span class="kc deducted">{escape(f"{reason.code} {reason.title}")}</span>'
        + (f' <span class="mut">{escape(reason.text)}</span>' if reason.text else "")
        for reason in line.reasons
    )


def _place(line: LineRow) -> str:
    if line.tooth is not None:
        return describe_tooth(line.tooth, language())
    return describe_jaw(line.jaw, language()) if line.jaw else ""
