"""A claim as the rules see it: facts, findings and money, computed together."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from workbench.db.models import Claim
from workbench.db.snapshots import load_case
from workbench.rules.facts import Case
from workbench.rules.finding import Finding
from workbench.rules.lines import case_money
from workbench.rules.money import CaseMoney
from workbench.rules.parameters import load_parameters
from workbench.rules.rulebook import find_all, open_findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """A claim's facts with what follows from them; ``open_findings`` block the finish."""

    case: Case
    findings: tuple[Finding, ...]
    open_findings: tuple[Finding, ...]
    money: CaseMoney

    @property
    def money_with_proposals(self) -> CaseMoney:
        """The money as if every open proposal were accepted (the decision bar)."""
        return case_money(self.case, with_open_proposals=self.open_findings)


def assess(session: Session, claim: Claim) -> Assessment:
    """Load a claim and compute its findings and money; refuses what ``case_money`` refuses."""
    case = load_case(session, claim)
    findings = find_all(case, load_parameters())
    return Assessment(
        case=case,
        findings=findings,
        open_findings=open_findings(case, findings),
        money=case_money(case),
    )


def refresh_finding_count(session: Session, claim: Claim) -> Assessment:
    """Assess again and keep the number of open findings, which the queue shows."""
    session.flush()
    assessment = assess(session, claim)
    claim.open_finding_count = len(assessment.open_findings)
    return assessment
