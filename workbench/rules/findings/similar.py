"""Findings about images that look like another one: used twice, or for another patient (R14)."""

from collections.abc import Iterator

from workbench.rules.facts import Case, SimilarImage
from workbench.rules.finding import Finding, Proposal, ProposalKind, Severity
from workbench.rules.findings.build import NOTHING
from workbench.rules.parameters import Parameters

CODE = "similar_image"
CODES = (CODE, "image_used_again")
"""Of the image that was stored second, and of the one that came first."""
DEFECT = "R14"
SAME, COINCIDENCE = "same", "coincidence"
EARLIER, LATER = "earlier", "later"
"""The sides of a pair, by which of the two was stored first."""


def similar_image(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """An image of the claim looks like another one (B6; clinical.md §6, R14).

    Who sent his image second is asked; on the earlier one it is only said. A coincidence is
    remembered: it is no finding any more, save where it was told in this very round.
    """
    answered = {key for key, _state in case.decided}
    for image in case.evidence:
        for other in image.similar:
            found = alike(image.number, other, of_claim=case.number)
            if other.decision != COINCIDENCE or found.key in answered:
                yield found


def alike(number: int, other: SimilarImage, *, of_claim: str | None = None) -> Finding:
    """What is to be said of image ``number`` of a claim or plan and another one.

    Two images of one claim (before and after, say) are shown as alike and ask for nothing.
    """
    is_asked = other.is_later and (of_claim is None or other.claim_number != of_claim)
    return_it = Proposal(kind=ProposalKind.RETURN, defect=DEFECT)
    return Finding(
        code=CODES[0] if other.is_later else CODES[1],
        severity=Severity.DECIDE if is_asked else Severity.INFORM,
        line=None,
        proposal=return_it if is_asked else NOTHING,
        facts={
            "key": f"pair{other.pair}",
            "pair": str(other.pair),
            "image_number": number,
            "distance": other.distance,
            "changes": other.changes,
            "is_same_patient": other.is_same_patient,
            "sent_on": other.sent_on,
            "decision": other.decision,
            "other_claim": other.claim_number,
            "other_plan": other.plan_number,
            "other_image": other.image,
        },
        source="portal",
        image=number,
    )


def is_undecided(finding: Finding) -> bool:
    """Whether it asks about two images about which nobody said anything yet."""
    is_asked = finding.code == CODE and finding.severity is Severity.DECIDE
    return is_asked and finding.facts["decision"] is None


def is_same(finding: Finding) -> bool:
    """Whether the image was found to be one that came before: a reason for a return."""
    return finding.code == CODE and finding.facts["decision"] == SAME


def pair_of(finding: Finding) -> int:
    """The id of the pair that a finding of this kind speaks of."""
    return int(str(finding.facts["pair"]))


def key_of(pair: int) -> str:
    """The key of the finding that asks about a pair, in whatever claim it is asked."""
    return f"{CODE}@case:pair{pair}"


def other_side(finding: Finding) -> str:
    """On which side of its pair the other image stands."""
    return EARLIER if finding.code == CODE else LATER
