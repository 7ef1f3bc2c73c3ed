"""The defects that the open findings of a case ask for, as the return dialog proposes them."""

from collections.abc import Mapping

from workbench.rules.facts import FindingState
from workbench.services.case_view import CaseView


def proposed_defects(view: CaseView) -> Mapping[str, tuple[int, ...]]:
    """Defect → the lines it is missing on, in order; no line: the whole case.

    What was overridden, deducted instead or is for information only is not among them.
    """
    found: dict[str, set[int | None]] = {}
    for finding in view.findings:
        defect = finding.proposal.defect
        if defect and view.states[finding.key] is FindingState.OPEN:
            found.setdefault(defect, set()).add(finding.line)
    return {
        defect: () if None in lines else tuple(sorted(each for each in lines if each is not None))
        for defect, lines in sorted(found.items())
    }
