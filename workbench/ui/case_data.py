"""From a ``CaseView`` to the data of the lines and viewer components. No HTML, no arithmetic."""

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.i18n import _, language
from workbench.persian.jalali import day_of
from workbench.persian.rial import format_rial, isolate
from workbench.rules import sentences
from workbench.rules.facts import Cite, FindingState, Line
from workbench.rules.finding import Finding, ProposalKind
from workbench.rules.findings.similar import CODES, is_undecided, pair_of
from workbench.rules.lines import deductions_of, is_recoded, takes_frames
from workbench.rules.money import LineMoney
from workbench.rules.teeth import describe_jaw, describe_surfaces, describe_tooth
from workbench.rules.workflow import ENDED_STATES
from workbench.services.claims.view import Answer, CaseView
from workbench.ui import words
from workbench.ui.case_images import compared, line_cites
from workbench.ui.format import clock_time, day, digits, images_added, listed
from workbench.ui.frames import frame_data

REPLY = "case.reply"


def lines_data(
    view: CaseView,
    drafts: Mapping[str, str],
    focus: Mapping[str, Any] | None,
    reply: Mapping[str, Any] | None,
    pending: Sequence[Cite] = (),
) -> dict[str, Any]:
    """What ``ui.components.lines`` draws."""
    total = format_rial(view.money_with_proposals.payable_rial, language())
    return {
        "case": view.number,
        "version": view.version,
        "readonly": not view.is_mine,
        "focus": focus,
        "reply": reply,
        "pending": [frame_data(each) for each in pending],
        "drafts": {key: value for key, value in drafts.items() if key.startswith("line:")},
        "codes": [
            {"code": each.code, "title": each.title, "price": each.price_rial}
            for each in view.codes
        ],
        "reasons": [
            {"code": each.code, "title": each.title, "needsText": each.needs_text}
            for each in view.deduction_reasons
        ],
        "lines": [
            _line(view, line, money)
            for line, money in zip(view.case.lines, view.money_with_proposals.lines, strict=True)
        ],
        "caseFindings": [_finding(view, each) for each in view.findings if each.line is None],
        "totalLabel": _("Payable: {amount} rials").format(amount=total),
        "changed": _changed(view),
    }


def _line(view: CaseView, line: Line, money: LineMoney) -> dict[str, Any]:
    service = line.assessed_service or line.service
    status, label = _status(view, line, money)
    return {
        "id": str(line.line_id),
        "number": line.number,
        "code": line.assessed_code or line.code,
        "formerCode": line.code if is_recoded(line) else None,
        "title": service.title if service else _("unknown service"),
        "place": _place(line),
        "surfaces": describe_surfaces(line.surfaces, language()) if line.surfaces else "",
        "date": day(line.service_on),
        "quantity": line.quantity,
        "unitPrice": line.unit_price_rial,
        "assessedQuantity": _or(line.assessed_quantity, line.quantity),
        "assessedUnitPrice": _or(line.assessed_unit_price_rial, line.unit_price_rial),
        "assessedNote": line.assessor_note,
        "cost": money.cost_rial,
        "tariffReject": money.tariff_reject_rial,
        "deduction": money.technical_deduction_rial,
        "share": money.patient_share_rial,
        "approval": money.technical_approval_rial,
        "status": status,
        "statusLabel": label,
        "isClosed": line.number in view.looked_at,
        "former": _former(view, line),
        "isChanged": any(change.number == line.number for change in view.changes),
        "deductions": _deductions(view, line),
        "cites": [frame_data(each) for each in line.cites],
        "frames": [frame_data(each) for _reason, each in line_cites(line)],
        "findings": [
            _finding(view, each) | _frames(view, line, each)
            for each in view.findings
            if each.line == line.number
        ],
    }


def _former(view: CaseView, line: Line) -> str:
    """What the returned round had decided about the line, in one sentence; empty: nothing."""
    before = view.former.get(line.number)
    if before is None:
        return ""
    parts = []
    if before.assessed_code is not None and before.assessed_code != line.code:
        parts.append(_("re-coded to {code}").format(code=digits(before.assessed_code)))
    if before.assessed_quantity is not None:
        parts.append(_("quantity {n}").format(n=digits(before.assessed_quantity)))
    if before.assessed_unit_price_rial is not None:
        amount = format_rial(before.assessed_unit_price_rial, language())
        parts.append(_("unit price {amount}").format(amount=amount))
    if before.reject_reason is not None:
        parts.append(_("rejected ({reason})").format(reason=before.reject_reason))
    parts += [
        _("deduction {reason} {amount}").format(
            reason=reason, amount=format_rial(amount_rial, language())
        )
        for reason, amount_rial in before.deductions
    ]
    number = digits(len(view.rounds) - 1)
    return _("Decided in round {n}: {decisions}").format(n=number, decisions=" · ".join(parts))


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value


def _place(line: Line) -> str:
    if line.tooth is not None:
        return describe_tooth(line.tooth, language())
    if line.jaw:
        return describe_jaw(line.jaw, language())
    return ""


def _status(view: CaseView, line: Line, money: LineMoney) -> tuple[str, str]:
    found = [each for each in view.findings if each.line == line.number]
    if any(view.states[each.key] is FindingState.OPEN for each in found):
        has_amount = money.technical_deduction_rial > 0
        return "open", _("proposed") if has_amount else _("open finding")
    if line.is_rejected:
        return "rejected", _("rejected")
    if money.technical_deduction_rial or money.tariff_reject_rial:
        return "deducted", _("deducted")
    if found or line.number in view.looked_at or line.number in view.outcomes:
        return "approved", _("approved")
    return "none", _("no finding")


def _deductions(view: CaseView, line: Line) -> list[dict[str, Any]]:
    """Typed and accepted ones carry the index by which they can be taken away."""
    titles = view.reason_titles
    rows = []
    for deduction in deductions_of(line):
        index = line.deductions.index(deduction) if deduction in line.deductions else -1
        rows.append(
            {
                "index": index,
                "reason": deduction.reason,
                "title": titles.get(deduction.reason, deduction.reason),
                "amount": deduction.amount_rial,
                "text": deduction.text,
                "cites": [frame_data(each) for each in deduction.cites],
                "source": deduction.source,
            }
        )
    return rows


def _finding(view: CaseView, finding: Finding) -> dict[str, Any]:
    state = view.states[finding.key]
    return {
        "key": finding.key,
        "title": sentences.title(finding),
        "code": finding.proposal.reason or finding.proposal.defect or "",
        "sentence": " ".join(filter(None, (sentences.sentence(finding), _said(view, finding)))),
        "expression": sentences.expression(finding) or None,
        "source": sentences.source(finding),
        "state": state,
        "stateLabel": _state_label(state, view.answers.get(finding.key)),
        "image": finding.image,
        "compare": compared(view, finding),
        "proposalLabel": _proposal(finding),
        "more": _more(view, finding),
        **_answers_to(finding),
    }


def _frames(view: CaseView, line: Line, finding: Finding) -> dict[str, Any]:
    """Whether accepting takes frames along; for an accepted one, what else may be given frames.

    ``held`` {index}: the place of its deduction in the line, None for the line's own change.
    """
    if not takes_frames(finding) or is_undecided(finding):
        return {}
    sources = [each.source for each in line.deductions]
    is_own = finding.proposal.kind in (ProposalKind.RECODE, ProposalKind.REJECT)
    held: dict[str, int | None] | None = {"index": None} if is_own else None
    if finding.code in sources:
        held = {"index": sources.index(finding.code)}
    is_accepted = view.states[finding.key] is FindingState.ACCEPTED
    return {"takesFrames": True, "held": held if is_accepted else None}


def _answers_to(finding: Finding) -> dict[str, str]:
    """What accepting and overriding are called where they are an answer to a question."""
    if not is_undecided(finding):
        return {}
    return {"accept": _("It is the same picture"), "override": _("A coincidence")}


def _more(view: CaseView, finding: Finding) -> list[dict[str, str]]:
    """What can be done about two images that look alike besides accepting and overriding."""
    if finding.code not in CODES:
        return []
    if view.state in ENDED_STATES and is_undecided(finding):
        return [{"action": "answer_late", "label": _("Answer…")}]
    answer = view.pairs.get(pair_of(finding))
    if answer is None or not answer.may_take_back:
        return []
    if not answer.needs_reason:
        return [{"action": "take_back", "label": _("Take the answer back")}]
    return [{"action": "ask_back", "label": _("Take the answer back…")}]


def _said(view: CaseView, finding: Finding) -> str:
    """By whom and when it was said whether two images are the same picture."""
    answer = view.pairs.get(pair_of(finding)) if finding.code in CODES else None
    if answer is None:
        return ""
    return _("Answered by {name}, {day} {time}").format(
        name=isolate(answer.by), day=day(day_of(answer.at)), time=clock_time(answer.at)
    )


def _state_label(state: FindingState, answer: Answer | None) -> str:
    if state is FindingState.AUTOMATIC:
        return _("computed automatically")
    if state is FindingState.INFORMATION:
        return _("for information")
    word = _("overridden") if state is FindingState.OVERRIDDEN else _("accepted")
    if answer is None:
        return word
    label = _("{word}, {name} {time}").format(
        word=word, name=isolate(answer.by), time=clock_time(answer.at)
    )
    return f"{label}: {isolate(answer.reason)}" if answer.reason else label


def _proposal(finding: Finding) -> str:
    proposal = finding.proposal
    if is_undecided(finding):
        return ""
    amount = format_rial(proposal.amount_rial, language())
    if proposal.kind is ProposalKind.RECODE:
        return _("Proposal: re-code to {code}, deduct {amount}").format(
            code=digits(proposal.code), amount=amount
        )
    if proposal.kind is ProposalKind.REJECT:
        return _("Proposal: reject the line ({reason})").format(reason=proposal.reason)
    if proposal.kind is ProposalKind.RETURN and proposal.reason:
        return _("Proposal: return ({defect}, F8), or deduct {amount}").format(
            defect=proposal.defect, amount=amount
        )
    if proposal.kind is ProposalKind.RETURN:
        return _("Proposal: return the case ({defect}, F8)").format(defect=proposal.defect)
    if proposal.kind is ProposalKind.DEDUCT:
        return _("Proposal: deduct {amount} ({reason})").format(
            amount=amount, reason=proposal.reason
        )
    return ""


def _changed(view: CaseView) -> dict[str, str] | None:
    """What is new since the former round, in one line each."""
    if len(view.rounds) < 2:
        return None
    parts = []
    added = [image for image in view.images if image.round_added == len(view.rounds)]
    if added:
        parts.append(images_added(len(added)))
    for change in view.changes:
        names = listed(words.line_column(name) for name in change.changes)
        parts.append(
            _("line {line}: {columns} changed").format(line=digits(change.number), columns=names)
        )
    for defect in view.defects:
        if defect.is_remedied and defect.round == len(view.rounds) - 1:
            parts.append(_("defect {code} remedied").format(code=defect.reason))
    if not parts:
        parts.append(_("nothing but the explanation"))
    return {
        "title": _("What changed since round {n}").format(n=digits(len(view.rounds) - 1)),
        "text": " · ".join(parts),
    }
