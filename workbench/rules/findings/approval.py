"""Findings about the commission's approval: there is none, or more is billed than it approves."""

from collections.abc import Iterator

from workbench.rules.approval_standing import (
    Reach,
    Standing,
    billed_place,
    priced_rial,
    standings,
)
from workbench.rules.facts import Case, Line
from workbench.rules.finding import Finding, Proposal, ProposalKind
from workbench.rules.findings.build import decide, left_rial, reject
from workbench.rules.money import round_half_up
from workbench.rules.parameters import Parameters

UNAPPROVED = frozenset(
    {Reach.NONE, Reach.WAITING, Reach.REJECTED, Reach.LATE, Reach.EXPIRED, Reach.OTHER_CENTRE}
)
VALIDITY = frozenset({Reach.EXPIRED, Reach.OTHER_CENTRE})
"""What no public source says: how long an approval is good, and that its centre keeps it."""


def no_approval(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """What needs the commission's approval has none on its service day (README.md, B12; D13).

    A rejected unit, a plan that still waits, a decision after the service and one that is no longer
    valid are no approval either.
    """
    for line, standing in standings(case, parameters):
        if standing.reach in UNAPPROVED:
            cited = standing.need.source.partition("+")[0]  # The parameters name them all.
            source = "illustrative" if standing.reach in VALIDITY else cited
            yield reject("no_approval", line, "D13", source, **_facts(line, standing))


def beyond_approval(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """Other or more than the commission approved is billed (functions.md, W13; D14).

    Another tooth or code, and a unit that is billed already, are not payable; of more units or a
    higher amount the difference is deducted. The amount is compared after the tariff reject, else
    the same rials would be taken off twice.
    """
    for line, standing in standings(case, parameters):
        if standing.reach in (Reach.ELSEWHERE, Reach.USED_UP):
            facts = _facts(line, standing)
            yield reject("beyond_approval", line, "D14", "illustrative", **facts)
        elif standing.reach is Reach.COVERED:
            yield from _difference(line, standing)


def _difference(line: Line, standing: Standing) -> Iterator[Finding]:
    """What the line costs beyond its approved units and their amount."""
    assert standing.unit is not None, "a covered line has its unit"
    rial = priced_rial(line)
    allowed_rial = min(
        round_half_up(rial * standing.covered, standing.billed),
        round_half_up(standing.unit.approved_rial * standing.covered, standing.unit.quantity),
    )
    amount_rial = min(rial - allowed_rial, left_rial(line, "beyond_approval"))
    if amount_rial <= 0:
        return
    yield decide(
        "beyond_approval",
        line,
        Proposal(kind=ProposalKind.DEDUCT, reason="D14", amount_rial=amount_rial),
        "illustrative",
        _facts(line, standing) | {"priced_rial": rial, "allowed_rial": allowed_rial},
    )


def _facts(line: Line, standing: Standing) -> dict[str, object]:
    """How it was derived: the need, the plan and what was taken from it."""
    plan, unit, former = standing.plan, standing.unit, standing.former
    facts: dict[str, object] = {
        "why": standing.reach.value,
        "service_code": standing.service.code,
        "title": standing.service.title,
        "tooth": line.tooth,
        "units": standing.counted,
        "from_units": standing.need.from_units,
        "billed_units": standing.billed,
        "billed_places": (billed_place(line, standing.service),),
    }
    if plan is not None:
        facts |= {
            "plan": plan.number,
            "decided_on": plan.decided_on,
            "valid_until_on": plan.valid_until_on,
            "approved_places": standing.approved_places,
        }
    if unit is not None:
        facts |= {"approved_units": unit.quantity, "free_units": standing.free}
    if former is not None:
        facts |= {
            "other_claim": former.claim,
            "other_line": former.line,
            "other_on": former.service_on,
        }
    return facts
