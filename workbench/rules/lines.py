"""From what the assessor put into a line to its deductions, and from a case to its money.

Order on a line: what exceeds the tariff is gone first (T), then the re-code, then the cut, then
what he typed. A rejection takes all of C − T instead. Source: domain/money.md.
"""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain

from workbench.errors import Refused
from workbench.rules.facts import Case, Cite, Deduction, Line, Service, Tariff
from workbench.rules.finding import Finding, ProposalKind
from workbench.rules.money import (
    CaseMoney,
    LineInput,
    cut_deduction_rial,
    recode_deduction_rial,
    settle,
    tariff_reject_rial,
)

COMPUTED_REASONS = frozenset({"D17", "D18"})
"""Ceiling and tariff reject: computed, never typed."""

REASON_WITH_TEXT = "D99"
"""«Other»: the text is a must."""


def case_money(case: Case, *, with_open_proposals: Iterable[Finding] = ()) -> CaseMoney:
    """The money of a case as assessed so far, lines in the order of the case.

    ``with_open_proposals`` are findings counted as if accepted. Refused as ``settle`` and
    ``deductions_of``.
    """
    lines = {line.number: line for line in case.lines}
    for finding in with_open_proposals:
        if finding.line in lines:
            lines[finding.line] = _previewed(lines[finding.line], finding)
    return settle(
        [line_input(line) for line in lines.values()],
        franchise_basis=case.cover.franchise_basis,
        available_rial=case.available_rial,
    )


def line_input(line: Line) -> LineInput:
    """What ``settle`` needs of this line."""
    return LineInput(
        cost_rial=line.cost_rial,
        tariff_rial=tariff_rial(line),
        deduction_rial=sum(deduction.amount_rial for deduction in deductions_of(line)),
    )


def tariff_rial(line: Line) -> int | None:
    """The tariff of the code as requested times the requested quantity; None: no tariff."""
    return None if line.tariff is None else line.tariff.unit_rial * line.quantity


def payable_base_rial(line: Line) -> int:
    """C − T: the most that can be deducted from the line."""
    return line.cost_rial - tariff_reject_rial(line.cost_rial, tariff_rial(line))


def rest_rial(line: Line, *, without_source: str | None = None) -> int:
    """What may still be deducted: C − T less all deductions, those of one source left out."""
    return payable_base_rial(line) - sum(
        deduction.amount_rial
        for deduction in deductions_of(line)
        if deduction.source != without_source
    )


def deductions_of(line: Line) -> tuple[Deduction, ...]:
    """All deductions of a line, computed and typed, whose sum is D; those of nothing left out.

    Refused: ``deduction_without_reason``, ``computed_reason``, ``reason_needs_text``,
    ``negative_amount``, ``recode_without_tariff``; whether the sum fits is for ``settle`` to say.
    """
    if line.is_rejected:
        rejected = _computed(line.reject_reason, payable_base_rial(line), "reject", line)
        return (rejected,) if rejected.amount_rial else ()
    for deduction in line.deductions:
        check_deduction(deduction, line.number)
    recode_rial = _recode_rial(line)
    cut_rial = _cut_rial(line, recode_rial)
    computed = []
    if recode_rial:
        computed.append(_computed(line.recode_reason, recode_rial, "recode", line))
    if cut_rial:
        computed.append(_computed(line.cut_reason, cut_rial, "cut", line))
    return (*computed, *line.deductions)


def check_deduction(deduction: Deduction, number: int) -> None:
    """Refuse a typed deduction without a reason or amount that may be typed on line ``number``."""
    if not deduction.reason:
        raise Refused("deduction_without_reason", line=number)
    if deduction.reason in COMPUTED_REASONS:
        raise Refused("computed_reason", line=number, reason=deduction.reason)
    if deduction.reason == REASON_WITH_TEXT and not deduction.text.strip():
        raise Refused("reason_needs_text", line=number, reason=deduction.reason)
    if deduction.amount_rial < 0:
        raise Refused("negative_amount", line=number)


def is_recoded(line: Line) -> bool:
    """Whether the assessor gave the line another code than the requested one."""
    return line.assessed_code is not None and line.assessed_code != line.code


def accept_finding(
    line: Line,
    finding: Finding,
    *,
    deduct_instead: bool = False,
    text: str = "",
    cites: tuple[Cite, ...] = (),
) -> Line:
    """The line after the proposal of a finding is accepted; a return leaves it as it is.

    ``deduct_instead`` takes the deduction that stands beside a proposed return, ``text`` is its
    wording. A deduction never exceeds what is left. ``cites`` are the frames that what is taken off
    rests on, beside those it has. Refused: ``recode_without_tariff``.
    """
    proposal = finding.proposal
    if proposal.kind is ProposalKind.REJECT:
        rejected = replace(line, is_rejected=True, reject_reason=proposal.reason)
        return replace(rejected, cites=_together(line.cites, cites))
    if proposal.kind is ProposalKind.RECODE:
        recoded = _recoded(line, proposal.code, proposal.reason)
        return replace(recoded, cites=_together(line.cites, cites))
    if proposal.kind is ProposalKind.DEDUCT or deduct_instead:
        return _deducted(line, finding, text, cites)
    return line


def _together(*cites: tuple[Cite, ...]) -> tuple[Cite, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(cites)))


def rests_on(line: Line, cites: Iterable[Cite]) -> bool:
    """Whether each of the frames stands beside something that is taken off the line."""
    held = {cite for each in line.deductions for cite in each.cites} | set(line.cites)
    return held.issuperset(cites)


def takes_frames(finding: Finding) -> bool:
    """Whether accepting the finding does something to a line that frames can stand beside."""
    if finding.line is None or finding.proposal.kind is ProposalKind.NONE:
        return False
    return finding.proposal.kind is not ProposalKind.RETURN or bool(finding.proposal.reason)


def _recoded(line: Line, code: str | None, reason: str | None) -> Line:
    service, tariff = _known_code(line, code)
    return replace(
        line,
        assessed_code=code,
        assessed_service=service,
        assessed_tariff=tariff,
        recode_reason=reason,
    )


def _known_code(line: Line, code: str | None) -> tuple[Service, Tariff]:
    for service, tariff in (
        (line.equivalent_service, line.equivalent_tariff),
        (line.matching_service, line.matching_tariff),
    ):
        if service is not None and tariff is not None and service.code == code:
            return service, tariff
    raise Refused(
        "recode_without_tariff", line=line.number, service_code=code, service_on=line.service_on
    )


def _deducted(line: Line, finding: Finding, text: str, cites: tuple[Cite, ...]) -> Line:
    """One deduction a code: another finding of the same code leaves its frames where they were."""
    former = [each.cites for each in line.deductions if each.source == finding.code]
    others = tuple(d for d in line.deductions if d.source != finding.code)
    left_rial = rest_rial(replace(line, deductions=others))
    deduction = Deduction(
        reason=finding.proposal.reason or "",
        amount_rial=max(0, min(finding.proposal.amount_rial, left_rial)),
        source=finding.code,
        text=text,
        cites=_together(*former, cites),
    )
    return replace(line, deductions=(*others, deduction) if deduction.amount_rial else others)


def _previewed(line: Line, finding: Finding) -> Line:
    """The line as if accepted, or as it is if his own deductions leave no room for that."""
    accepted = accept_finding(line, finding)
    return accepted if rest_rial(accepted) >= 0 else line


def _recode_rial(line: Line) -> int:
    if not is_recoded(line):
        return 0
    if line.assessed_tariff is None:
        raise Refused(
            "recode_without_tariff",
            line=line.number,
            service_code=line.assessed_code,
            service_on=line.service_on,
        )
    return recode_deduction_rial(
        line.cost_rial,
        tariff_reject_rial(line.cost_rial, tariff_rial(line)),
        line.assessed_tariff.unit_rial * line.quantity,
    )


def _cut_rial(line: Line, recode_rial: int) -> int:
    """The cut after the re-code: assessed quantity × the least of the prices that hold."""
    if line.assessed_quantity is None and line.assessed_unit_price_rial is None:
        return 0
    quantity = line.quantity if line.assessed_quantity is None else line.assessed_quantity
    prices = [line.unit_price_rial]
    if line.assessed_unit_price_rial is not None:
        prices.append(line.assessed_unit_price_rial)
    if is_recoded(line) and line.assessed_tariff is not None:
        prices.append(line.assessed_tariff.unit_rial)
    if quantity < 0 or min(prices) < 0:
        raise Refused("negative_amount", line=line.number)
    return cut_deduction_rial(
        line.cost_rial,
        line.cost_rial - payable_base_rial(line) + recode_rial,
        quantity=quantity,
        unit_price_rial=min(prices),
    )


def _computed(reason: str | None, amount_rial: int, source: str, line: Line) -> Deduction:
    if not reason:
        raise Refused("deduction_without_reason", line=line.number)
    return Deduction(reason=reason, amount_rial=amount_rial, source=source, cites=line.cites)
