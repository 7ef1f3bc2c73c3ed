"""The defects that the open findings of a case ask for, as the return dialog proposes them."""

from collections.abc import Mapping

from workbench.rules.facts import FindingState
from workbench.rules.finding import Finding
from workbench.rules.findings.similar import is_undecided
from workbench.services.claims.view import CaseView


def proposed_defects(view: CaseView) -> Mapping[str, tuple[int, ...]]:
    """Defect → the lines it is missing on, in order; no line: the whole case.

    What was overridden, deducted instead or is for information only is not among them.
    """
    found: dict[str, set[int | None]] = {}
    for finding in view.findings:
        defect = finding.proposal.defect
        if defect and _is_open(view, finding):
            found.setdefault(defect, set()).add(finding.line)
    return {
        defect: () if None in lines else tuple(sorted(each for each in lines if each is not None))
        for defect, lines in sorted(found.items())
    }


def proposed_images(view: CaseView) -> Mapping[str, int]:
    """Defect → the image that it is about, where the whole case is not."""
    return {
        finding.proposal.defect: finding.image
        for finding in reversed(view.findings)
        if finding.proposal.defect
        and finding.image is not None
        and finding.line is None
        and _is_open(view, finding)
    }


def _is_open(view: CaseView, finding: Finding) -> bool:
    """Two images about which nobody said yet whether they are the same are no defect."""
    return view.states[finding.key] is FindingState.OPEN and not is_undecided(finding)
