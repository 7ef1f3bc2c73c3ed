"""Words of second assessments: their states, who was right, what an answer does."""

from workbench.i18n import _, language
from workbench.persian.rial import format_rial
from workbench.rules.finding import Finding, ProposalKind
from workbench.rules.second_assessment import Choice, may_deduct
from workbench.services.rechecks.agreement_words import state_word
from workbench.ui.format import pill

STATE_TONES = {
    "waiting": "waiting",
    "assessing": "review",
    "agreed": "approved",
    "differs": "returned",
    "resolved": "approved",
}


def recheck_pill(state: str) -> str:
    """The same as a pill (HTML)."""
    return pill(STATE_TONES[state], state_word(state))


def choices_of(finding: Finding) -> dict[Choice, str]:
    """What can be said about a finding, with its words."""
    accept = _accept_word(finding)
    found = {Choice.ACCEPT: accept} if accept else {}
    if may_deduct(finding):
        found[Choice.DEDUCT] = _deduct_word(finding)
    return found | {Choice.OVERRIDE: _("Does not hold")}


def _accept_word(finding: Finding) -> str:
    proposal = finding.proposal
    match proposal.kind:
        case ProposalKind.DEDUCT:
            return _deduct_word(finding)
        case ProposalKind.RECODE:
            return _("Re-code to {code}").format(code=proposal.code)
        case ProposalKind.REJECT:
            return _("Reject the line ({reason})").format(reason=proposal.reason)
        case ProposalKind.RETURN:
            defect = proposal.defect or proposal.reason
            return _("Return the case ({defect})").format(defect=defect)
        case _:
            return _("It holds")


def _deduct_word(finding: Finding) -> str:
    amount = format_rial(finding.proposal.amount_rial, language())
    return _("Deduct {amount} ({reason})").format(amount=amount, reason=finding.proposal.reason)
