"""The HTML of the deductions page: figures in short, defects, parts, cases behind a figure."""

from collections.abc import Sequence
from html import escape

from workbench.i18n import _, counted, language
from workbench.pages.manager.figure_parts import by_part
from workbench.pages.manager.throughput_panels import NONE, number, percent, tile
from workbench.persian.rial import format_rial
from workbench.services.figures import words
from workbench.services.figures.deductions import (
    RANKED_LEAST,
    DeductedCase,
    Deductions,
    PartSum,
    is_newest_first,
)
from workbench.ui import charts
from workbench.ui.format import digits, instant, ltr, rial, state_pill, whole

DEFECTS_MAX, PARTS_MAX = 10, 50


def amounts_head(view: Deductions) -> str:
    """What the waterfall is of."""
    if not view.cases:
        none = escape(_("No decision in the period."))
        return f'{_head(_("From cost to payable"), "")}<div class="az"><p>{none}</p></div>'
    many = counted(view.cases, _("{n} decided case"), _("{n} decided cases"))
    note = _("{cases}; million rials and share of the cost").format(
        cases=many.format(n=whole(view.cases))
    )
    return _head(_("From cost to payable"), note)


def _head(name: str, note: str) -> str:
    return (
        f'<div class="az"><h2 class="mg-h">{escape(name)}'
        f'<span class="mut s13">{escape(note)}</span></h2></div>'
    )


def _card(name: str, note: str, body: str) -> str:
    return f'<div class="az panel mg-card">{_head(name, note)}{body}</div>'


def tiles(view: Deductions) -> str:
    """The figures of the page in short."""
    cases = number(view.cases)
    rounds = NONE if view.mean_rounds is None else ltr(charts.decimal(view.mean_rounds))
    parts_ = (
        tile(None, _("Decided"), cases, _("cases"), words.decided_is()),
        tile(None, _("Returned"), number(view.returns), _("times"), words.returned_is()),
        tile(
            None,
            _("Deduction rate"),
            percent(view.deduction_percent),
            _("of the cost"),
            words.deduction_rate_is(),
        ),
        tile(
            None,
            _("Return rate"),
            percent(view.return_percent),
            _("of all that left work"),
            words.return_rate_is(),
        ),
        tile(None, _("Rounds per case"), rounds, _rounds_note(view), words.rounds_are()),
        tile(
            None,
            _("In the first round"),
            percent(view.first_round_percent),
            _("of the decided cases"),
            words.first_is(),
        ),
    )
    return f'<div class="az mg-tiles">{"".join(parts_)}</div>'


def _rounds_note(view: Deductions) -> str:
    """How many took how many rounds."""
    most = max(view.rounds, default=1)
    return _("at most {n}").format(n=digits(most)) if view.rounds else _("no case in the period")


def reasons_head(view: Deductions) -> str:
    """What the bars of the reasons are of."""
    if not view.reasons:
        empty = f'<div class="az"><p>{escape(_("No deduction."))}</p></div>'
        return _head(_("Deductions by reason"), "") + empty
    total = format_rial(sum(each.amount_rial for each in view.reasons), language())
    note = _("million rials, {amount} rials in all; beside it the share so far")
    return _head(_("Deductions by reason"), note.format(amount=f"\u2066{total}\u2069"))


def code(text: str) -> str:
    """A code of the catalogue, in its own digits."""
    return f'<bdi dir="ltr">{escape(text)}</bdi>'


def defects(view: Deductions) -> str:
    """The defects that cases were returned with; a press shows the cases."""
    if not view.defects:
        return _card(_("Returns by defect"), "", f"<p>{escape(_('No return.'))}</p>")
    rows = "".join(
        f'<tr data-open="{escape(each.code)}" role="button" tabindex="0">'
        f"<td>{code(each.code)} <bdi>{escape(each.title)}</bdi></td>"
        f"<td class='num'>{number(each.returns)}</td>"
        f"<td class='num'>{number(each.repeated)}</td></tr>"
        for each in view.defects[:DEFECTS_MAX]
    )
    heads = (_("Defect"), _("Returns"), _("again for the same case"))
    return _card(_("Returns by defect"), "", _table(heads, rows))


def _table(heads: Sequence[str], rows: str) -> str:
    """A table whose first column is a name and the others numbers."""
    head = "".join(f"<th{' class=num' if n else ''}>{escape(w)}</th>" for n, w in enumerate(heads))
    return f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def parts(view: Deductions) -> str:
    """Who the deductions fall on; a press limits the page, or shows a service's cases."""
    is_service = view.parted_by == "service"
    heads = (
        *(words.part_name(view.parted_by), _("Cases"), _("Cost"), _("Technical deduction")),
        *(_("Deduction rate"), _("First reason")),
        *(() if is_service else (_("Return rate"),)),
    )
    top = max((each.deduction_percent or 0 for each in view.parts if each.is_ranked), default=0)
    rows = "".join(_part(each, top) for each in view.parts[:PARTS_MAX])
    note = _("by technical deduction, rials; under {n} cases no rate is told")
    title = by_part(view.parted_by)
    none = f"<p>{escape(_('No decision in the period.'))}</p>"
    body = _table(heads, rows) if rows else none
    return _card(title, note.format(n=digits(RANKED_LEAST)), body)


def _part(each: PartSum, top: float) -> str:
    few = f'<span class="mut">{escape(_("too few"))}</span>'
    rate = percent(each.deduction_percent)
    width = 100 * (each.deduction_percent or 0) / top if top else 0
    bar = f'<div class="mg-rate"><div><i style="width:{width:.1f}%"></i></div><b>{rate}</b></div>'
    figures = [
        number(each.cases),
        rial(each.cost_rial or None),
        rial(each.technical_deduction_rial or None),
    ]
    figures.append(bar if each.is_ranked else few)
    figures.append(code(each.first_reason) if each.first_reason else NONE)
    if each.returns is not None:
        figures.append(percent(each.return_percent) if each.is_ranked else few)
    cells = "".join(f'<td class="num">{cell}</td>' for cell in figures)
    name = f"{code(str(each.key))} " if each.returns is None else ""
    return (
        f'<tr data-open="{escape(str(each.key))}" role="button" tabindex="0">'
        f"<td>{name}<bdi>{escape(each.name)}</bdi></td>{cells}</tr>"
    )


def cases(view: Deductions, kind: str, key: str, rows: Sequence[DeductedCase]) -> str:
    """The cases behind a bar or row, the largest or the newest first."""
    is_defect = kind == "defect"
    last = _("times named") if is_defect else _("Rials")
    heads = (_("Case"), _("State"), _("When"), _("Centre"), _("Who"))
    head = (
        "".join(f"<th>{escape(each)}</th>" for each in heads) + f"<th class=num>{escape(last)}</th>"
    )
    body = "".join(_case(row, is_defect=is_defect) for row in rows)
    many = (
        counted(len(rows), _("the newest {n} case"), _("the newest {n} cases"))
        if is_newest_first(kind, key)
        else counted(len(rows), _("{n} case, the largest first"), _("{n} cases, the largest first"))
    )
    table = f'<table class="c"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    note = many.format(n=digits(len(rows)))
    return f"<div data-into-sight>{_card(_chosen_name(view, kind, key), note, table)}</div>"


def _chosen_name(view: Deductions, kind: str, key: str) -> str:
    """What was pressed."""
    if kind == "column":
        return words.column_name(key)
    titles = {each.code: each.title for each in view.reasons}
    titles |= {each.code: each.title for each in view.defects}
    titles |= {str(each.key): each.name for each in view.parts if kind == "service"}
    return f"\u2066{key}\u2069 {titles.get(key, '')}".strip()


def _case(row: DeductedCase, *, is_defect: bool) -> str:
    amount = number(row.amount) if is_defect else rial(row.amount)
    return (
        f'<tr data-open="{escape(row.number)}" role="button" tabindex="0">'
        f"<td>{ltr(row.number)}</td><td>{state_pill(row.state)}</td>"
        f"<td>{ltr(instant(row.at))}</td><td><bdi>{escape(row.centre)}</bdi></td>"
        f"<td><bdi>{escape(row.actor or '–')}</bdi></td><td class='num'>{amount}</td></tr>"
    )
