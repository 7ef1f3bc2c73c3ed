"""All rules in their order, and what became of the findings.

The order is precedence: what makes a line not payable stands before what corrects it, documents
come last.
"""

from collections.abc import Callable, Iterator

from workbench.rules.facts import Case, FindingState, Line
from workbench.rules.finding import Finding, ProposalKind, Severity
from workbench.rules.findings.approval import beyond_approval, no_approval
from workbench.rules.findings.coding import (
    canals_mismatch,
    dentition_mismatch,
    extra_canal_without_three,
    paediatric_code_age,
    primary_tooth_age,
    surfaces_mismatch,
    surfaces_missing,
    tooth_missing,
)
from workbench.rules.findings.combination import (
    alveoloplasty_with_extraction,
    flap_with_surgery,
    open_referral_beside_direct,
    visit_with_treatment,
)
from workbench.rules.findings.cover import cosmetic, other_cover, service_not_covered
from workbench.rules.findings.dates import (
    case_date_invalid,
    reissued_referral_needs_note,
    service_after_registration,
    service_outside_contract,
    service_outside_membership,
    service_outside_referral,
)
from workbench.rules.findings.evidence import evidence_misdated, evidence_missing
from workbench.rules.findings.history import treated_before
from workbench.rules.findings.quality import (
    image_blurred,
    image_dark,
    image_not_radiograph,
    image_small,
)
from workbench.rules.findings.similar import similar_image
from workbench.rules.findings.tariff import (
    four_canal_without_price,
    no_tariff,
    tariff_excess,
    unknown_code,
)
from workbench.rules.lines import is_recoded
from workbench.rules.parameters import Parameters

Rule = Callable[[Case, Parameters], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    open_referral_beside_direct,
    case_date_invalid,
    service_not_covered,
    other_cover,
    cosmetic,
    service_outside_contract,
    service_outside_membership,
    service_outside_referral,
    service_after_registration,
    no_approval,
    unknown_code,
    four_canal_without_price,
    no_tariff,
    tariff_excess,
    paediatric_code_age,
    dentition_mismatch,
    primary_tooth_age,
    extra_canal_without_three,
    canals_mismatch,
    surfaces_mismatch,
    beyond_approval,
    visit_with_treatment,
    alveoloplasty_with_extraction,
    flap_with_surgery,
    treated_before,
    tooth_missing,
    surfaces_missing,
    reissued_referral_needs_note,
    similar_image,
    evidence_missing,
    evidence_misdated,
    image_small,
    image_dark,
    image_blurred,
    image_not_radiograph,
)

RECODE_SETTLES = frozenset(
    {
        "unknown_code",
        "no_tariff",
        "four_canal_without_price",
        "paediatric_code_age",
        "dentition_mismatch",
        "surfaces_mismatch",
        "surfaces_missing",
        "canals_mismatch",
    }
)
"""Findings about the requested code, which another code settles."""


def find_all(case: Case, parameters: Parameters) -> tuple[Finding, ...]:
    """All findings of a case in order of precedence, whatever became of them."""
    return tuple(finding for rule in RULES for finding in rule(case, parameters))


def open_findings(case: Case, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that still wait for the assessor and keep the case from being finished."""
    states = states_of(case, findings)
    return tuple(finding for finding in findings if states[finding.key] is FindingState.OPEN)


def states_of(case: Case, findings: tuple[Finding, ...]) -> dict[str, FindingState]:
    """What became of each finding, by its key."""
    decided = dict(case.decided)
    lines = {line.number: line for line in case.lines}
    return {
        finding.key: _state(finding, lines.get(finding.line or 0), decided.get(finding.key))
        for finding in findings
    }


def _state(finding: Finding, line: Line | None, decided: FindingState | None) -> FindingState:
    if finding.severity is Severity.AUTOMATIC:
        return FindingState.AUTOMATIC
    if finding.severity is Severity.INFORM:
        return FindingState.INFORMATION
    if decided is not None and decided is not FindingState.OPEN:
        return decided
    if line is not None and _is_settled_by_his_work(finding, line):
        return FindingState.ACCEPTED
    return FindingState.OPEN


def _is_settled_by_his_work(finding: Finding, line: Line) -> bool:
    """A rejected line leaves nothing to decide; a re-coded one nothing about the former code.

    Where a re-code to one code is proposed for the patient's age, only an adult code will do.
    """
    if line.is_rejected:
        return True
    if not is_recoded(line) or finding.code not in RECODE_SETTLES:
        return False
    if finding.proposal.kind is ProposalKind.RECODE and line.assessed_code == finding.proposal.code:
        return True
    service = line.assessed_service
    return service is not None and not (
        finding.code == "paediatric_code_age" and service.is_paediatric
    )
