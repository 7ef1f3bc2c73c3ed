"""A claim as the rules see it: facts, findings and money, computed together."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from workbench.db.models import Claim
from workbench.db.rule_parameters import parameters_of
from workbench.db.snapshots import load_case
from workbench.errors import Refused
from workbench.rules.facts import Case
from workbench.rules.finding import Finding
from workbench.rules.lines import case_money
from workbench.rules.money import CaseMoney
from workbench.rules.parameters import Parameters
from workbench.rules.rulebook import find_all, open_findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A claim's facts with what follows from them; ``open_findings`` block the finish.

    ``parameters`` are those the findings were found with, None where the round has ended.
    """

    case: Case
    findings: tuple[Finding, ...]
    open_findings: tuple[Finding, ...]
    money: CaseMoney
    parameters: Parameters | None = None

    @property
    def money_with_proposals(self) -> CaseMoney:
        """The money as if every open proposal were accepted (the decision bar)."""
        return case_money(self.case, with_open_proposals=self.open_findings)


def assess(session: Session, claim: Claim) -> Assessment:
    """Load a claim and compute its findings and money; refuses what ``case_money`` refuses."""
    parameters = parameters_of(session)
    case = load_case(session, claim, parameters=parameters)
    findings = find_all(case, parameters)
    return Assessment(
        parameters=parameters,
        case=case,
        findings=findings,
        open_findings=open_findings(case, findings),
        money=case_money(case),
    )


def check_decided(still_open: Iterable[Finding]) -> None:
    """Refused: ``undecided_lines`` (names them), ``undecided_case`` (a finding of no line)."""
    lines = {finding.line for finding in still_open}
    if numbers := sorted(line for line in lines if line is not None):
        raise Refused("undecided_lines", lines=tuple(numbers))
    if lines:
        raise Refused("undecided_case")


def refresh_finding_count(session: Session, claim: Claim) -> Assessment:
    """Assess again and keep the number of open findings, which the queue shows."""
    session.flush()
    assessment = assess(session, claim)
    claim.open_finding_count = len(assessment.open_findings)
    return assessment
