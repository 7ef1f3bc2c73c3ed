"""A case assessed a second time from its frozen round, by who does not see the first decision.

The facts stay those of the round; what the first assessor put in is taken away, and what the second
one says is put in by the same functions (``rules.lines``). Money is ``case_money``'s.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from workbench.errors import Refused
from workbench.rules.facts import Case, Deduction, Evidence, FindingState, Line
from workbench.rules.finding import Finding, ProposalKind
from workbench.rules.lines import accept_finding, check_deduction
from workbench.rules.parameters import Parameters
from workbench.rules.rulebook import find_all

OWN = "typed"


class Choice(StrEnum):
    """What he says about a finding: its proposal, its deduction beside a return, or neither."""

    ACCEPT = "accept"
    DEDUCT = "deduct"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What he says about one finding, by its key."""

    key: str
    choice: Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnLine:
    """What he puts into a line beside the findings: a rejection, or deductions with reasons."""

    number: int
    reject_reason: str | None = None
    deductions: tuple[Deduction, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything that the second assessor has said so far."""

    answers: tuple[Answer, ...] = ()
    lines: tuple[OwnLine, ...] = ()
    note: str = ""

    def choice_of(self, key: str) -> Choice | None:
        """His answer about a finding; None: not yet."""
        return next((each.choice for each in self.answers if each.key == key), None)

    def line_of(self, number: int) -> OwnLine:
        """What he put into a line himself."""
        found = (each for each in self.lines if each.number == number)
        return next(found, OwnLine(number=number))


def with_answer(work: Work, key: str, choice: Choice | None) -> Work:
    """The work with one finding answered anew; None takes the answer back."""
    rest = tuple(each for each in work.answers if each.key != key)
    own = () if choice is None else (Answer(key=key, choice=choice),)
    return replace(work, answers=(*rest, *own))


def with_line(work: Work, own: OwnLine) -> Work:
    """The work with what he put into one line."""
    rest = tuple(each for each in work.lines if each.number != own.number)
    is_empty = own.reject_reason is None and not own.deductions
    return replace(work, lines=rest if is_empty else (*rest, own))


def blank(case: Case) -> Case:
    """The case as it was requested: nothing that was said or put in while it was assessed.

    What was answered about images that look alike is taken away too.
    """
    return replace(
        case,
        decided=(),
        lines=tuple(_requested(line) for line in case.lines),
        evidence=tuple(_unanswered(image) for image in case.evidence),
    )


def _requested(line: Line) -> Line:
    return replace(
        line,
        assessed_code=None,
        assessed_service=None,
        assessed_tariff=None,
        assessed_quantity=None,
        assessed_unit_price_rial=None,
        recode_reason=None,
        cut_reason=None,
        is_rejected=False,
        reject_reason=None,
        assessor_note="",
        deductions=(),
        cites=(),
    )


def _unanswered(image: Evidence) -> Evidence:
    similar = tuple(replace(each, decision=None) for each in image.similar)
    return replace(image, similar=similar)


def assessed(case: Case, work: Work, parameters: Parameters) -> Case:
    """The blank case with the work put in: findings in their order, then his own.

    An answer about what is no finding any more (another one settled it) does nothing. Refused as
    ``check_deduction`` and ``accept_finding``.
    """
    for key in [finding.key for finding in find_all(case, parameters)]:
        choice = work.choice_of(key)
        if choice is not None:
            present = {finding.key: finding for finding in find_all(case, parameters)}
            if key in present:
                case = _answered(case, present[key], choice)
    return replace(case, lines=tuple(_own(line, work.line_of(line.number)) for line in case.lines))


def _answered(case: Case, finding: Finding, choice: Choice) -> Case:
    is_accepted = choice is not Choice.OVERRIDE
    state = FindingState.ACCEPTED if is_accepted else FindingState.OVERRIDDEN
    lines = case.lines
    if is_accepted:
        deducts = choice is Choice.DEDUCT
        lines = tuple(
            accept_finding(line, finding, deduct_instead=deducts)
            if line.number == finding.line
            else line
            for line in lines
        )
    return replace(case, lines=lines, decided=(*case.decided, (finding.key, state)))


def _own(line: Line, own: OwnLine) -> Line:
    for deduction in own.deductions:
        check_deduction(deduction, line.number)
    deductions = (*line.deductions, *own.deductions)
    if own.reject_reason is None:
        return replace(line, deductions=deductions)
    return replace(line, deductions=deductions, is_rejected=True, reject_reason=own.reject_reason)


def may_deduct(finding: Finding) -> bool:
    """Whether a proposed return of a line has a deduction beside it."""
    proposal = finding.proposal
    is_return = proposal.kind is ProposalKind.RETURN and finding.line is not None
    return is_return and bool(proposal.reason) and proposal.amount_rial > 0


def returned_for(case: Case, findings: Iterable[Finding]) -> tuple[str, ...]:
    """The defects that he would have returned the case for, sorted."""
    decided = dict(case.decided)
    lines = {line.number: line for line in case.lines}
    found = set()
    for finding in findings:
        line = lines.get(finding.line or 0)
        is_deducted = line is not None and (
            line.is_rejected or any(each.source == finding.code for each in line.deductions)
        )
        defect = finding.proposal.defect or finding.proposal.reason
        is_return = finding.proposal.kind is ProposalKind.RETURN and not is_deducted
        if is_return and defect and decided.get(finding.key) is FindingState.ACCEPTED:
            found.add(defect)
    return tuple(sorted(found))


def check_line(case: Case, number: int) -> None:
    """Refuse a line that the case does not have."""
    if all(line.number != number for line in case.lines):
        raise Refused("recheck_line_unknown", line=number)
