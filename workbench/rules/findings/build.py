"""How a rule puts a finding together: the proposal with its amount, capped at what is left."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from workbench.rules.facts import Line
from workbench.rules.finding import Finding, Proposal, ProposalKind, Severity
from workbench.rules.lines import payable_base_rial, rest_rial

NOTHING = Proposal(kind=ProposalKind.NONE)


def left_rial(line: Line, code: str) -> int:
    """C − T less what others than the finding ``code`` deduct; a rejection is looked through."""
    return max(0, rest_rial(replace(line, is_rejected=False), without_source=code))


def reject(code: str, line: Line, reason: str, source: str, **facts: object) -> Finding:
    """A finding that proposes to pay nothing for the line."""
    amount_rial = payable_base_rial(line)
    return decide(
        code,
        line,
        Proposal(kind=ProposalKind.REJECT, reason=reason, amount_rial=amount_rial),
        source,
        facts,
    )


def send_back(
    code: str, line: Line, defect: str, source: str, *, reason: str | None = None, **facts: object
) -> Finding:
    """A finding that proposes a return, with the deduction of all that is left instead."""
    return decide(
        code,
        line,
        Proposal(
            kind=ProposalKind.RETURN,
            defect=defect,
            reason=reason,
            amount_rial=left_rial(line, code) if reason else 0,
        ),
        source,
        facts,
    )


def decide(
    code: str,
    line: Line,
    proposal: Proposal,
    source: str,
    facts: Mapping[str, object] = MappingProxyType({}),
    *,
    image: int | None = None,
) -> Finding:
    """A finding on a line that the assessor must decide; its service and C are in the facts."""
    return Finding(
        code=code,
        severity=Severity.DECIDE,
        line=line.number,
        proposal=proposal,
        facts={
            "service_code": line.code,
            "service_on": line.service_on,
            "quantity": line.quantity,
            "unit_price_rial": line.unit_price_rial,
            "cost_rial": line.cost_rial,
            "base_rial": payable_base_rial(line),
            **facts,
        },
        source=source,
        image=image,
    )
