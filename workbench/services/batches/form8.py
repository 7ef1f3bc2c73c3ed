"""Form no. 8 «فرم شماره ۸»: the covering form of a batch as a PDF, now and again at any time.

Identical data and ``now`` give identical bytes. It shows the stored result of the one settlement
and never a note; the layout is ``form8.typ``.
"""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from workbench.errors import Refused
from workbench.i18n import _
from workbench.persian.digits import to_persian
from workbench.persian.jalali import format_instant
from workbench.persian.rial import format_rial
from workbench.services.access import Actor, require
from workbench.services.batches.batches import record_export
from workbench.services.batches.view import COLUMNS, BatchView, CaseRow, Columns, read_batch
from workbench.services.batches.words import column_title, on_paper, result_name
from workbench.services.errors import state_name
from workbench.services.printing import pdf_of

DASH = "–"
PER_CENT_BASIS = 100


def form8_pdf(session: Session, actor: Actor, acceptance_number: str, *, now: datetime) -> bytes:
    """The covering form of a batch as PDF bytes, with the day of print; leaves an audit event.

    For who may see money. Needs a writing transaction. Refused: ``recheck_counts_here``.
    """
    require(actor, "claim.money")
    view = read_batch(session, actor, acceptance_number)
    if not view.may_see_money:
        raise Refused("recheck_counts_here")
    record_export(session, actor, acceptance_number, "form8", now=now)
    with on_paper():
        content = _content(view, now)
    return pdf_of("batches/form8.typ", content)


def _content(view: BatchView, now: datetime) -> dict[str, Any]:
    return {
        "title": _("Form no. 8"),
        "subtitle": _("Covering form of a batch of dental claims"),
        "batch_label": _("Acceptance number"),
        "batch_number": to_persian(view.acceptance_number),
        "header": _header(view),
        "columns": [
            _("Row"),
            _("Case"),
            _("Insured"),
            _("Lines"),
            _("Franchise"),
            *(column_title(name) for name in COLUMNS),
            _("Result"),
        ],
        "rows": [_row(place, case) for place, case in enumerate(view.cases, 1)],
        "sums": _sums(view),
        "note": _(
            "All amounts are rials. The totals are the sums of the cases; rounding to ten rials"
            " and the ceiling are applied once per case. Void cases are not counted."
        ),
        "signatures": [
            _("Centre: name, date, stamp and signature"),
            _("Lead assessor: name, date and signature"),
            _("Finance: name, date and signature"),
            _("Insurer: name, date and signature"),
        ],
        "printed_label": _("Printed on"),
        "printed_at": to_persian(format_instant(now)),
        "page_word": _("Page"),
        "of_word": _("of"),
    }


def _header(view: BatchView) -> list[tuple[str, str, bool]]:
    """Label, value, and whether the value runs from left to right (numbers and instants)."""
    sent, received, _review, finance, _archive = (step.at for step in view.steps)
    header = [
        (_("Insurer"), view.insurer, False),
        (_("Centre"), view.centre, False),
        (_("Number of cases"), to_persian(str(len(view.cases))), True),
        (_("State"), state_name(view.state), False),
        (_("Sent by the centre"), _instant(sent), True),
        (_("Physical receipt"), _instant(received), True),
        (_("Sent to finance"), _instant(finance), True),
    ]
    if view.follows_number:
        header.append((_("Follows batch"), to_persian(view.follows_number), True))
    return header


def _row(place: int, case: CaseRow) -> list[str]:
    return [
        to_persian(str(place)),
        to_persian(case.number),
        case.patient,
        to_persian(str(case.line_count)),
        franchise_text(case.franchise_basis),
        *amounts(case.money, case.cost_rial),
        result_name(case.result),
    ]


def _sums(view: BatchView) -> list[dict[str, Any]]:
    assert view.settled is not None, "the form is for who may see money"
    finished = _("Sum of {n} finished cases").format(n=to_persian(str(view.settled_count)))
    sums = [{"label": finished, "values": amounts(view.settled, None)}]
    if view.unsettled_count:
        label = _("Requested on {n} cases that are not finished").format(
            n=to_persian(str(view.unsettled_count))
        )
        sums.append({"label": label, "values": amounts(None, view.unsettled_cost_rial)})
    return sums


def amounts(money: Columns | None, cost_rial: int | None) -> list[str]:
    """The seven columns as Persian text; of an unfinished case only the cost, then dashes."""
    if money is None:
        cost = DASH if cost_rial is None else format_rial(cost_rial, "fa")
        return [cost] + [DASH] * (len(COLUMNS) - 1)
    return [format_rial(getattr(money, name), "fa") for name in COLUMNS]


def franchise_text(basis: int | None) -> str:
    """A franchise in basis points as Persian per cent."""
    return DASH if basis is None else to_persian(f"{basis / PER_CENT_BASIS:g}") + "٪"


def _instant(at: datetime | None) -> str:
    return DASH if at is None else to_persian(format_instant(at))
