"""A change of prices or rules tried on one case that was decided: what would have come out.

The rules run twice on the facts of then, once as they stand today and once with the change as if
it had always held; only what differs between the two is laid over the decision that was made. A
finding that is new is accepted as proposed, what was taken off because of one that is gone is given
back; a proposed return or a mere question moves no money and is told. Each case stands for itself:
its ceiling is what it had.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from workbench.errors import Refused
from workbench.persian.jalali import completed_months
from workbench.rules.changes import CoefficientItem, Item, PriceItem
from workbench.rules.facts import Case, FindingState, Line, Tariff
from workbench.rules.finding import Finding, ProposalKind, Severity
from workbench.rules.lines import accept_finding, case_money, deductions_of, payable_base_rial
from workbench.rules.money import CaseMoney, spread_over_lines, tariff_unit_rial
from workbench.rules.parameters import Parameters
from workbench.rules.rulebook import find_all

NEW_TARIFF_ID = 0
ROUNDING_RIAL = 10
"""A case is rounded to it, on its last line."""
TARIFFS = ("tariff", "equivalent_tariff", "matching_tariff", "assessed_tariff")
SERVICES = ("service", "equivalent_service", "matching_service", "assessed_service")


class FlipKind(StrEnum):
    """What becomes of a line: less is paid, or more, it would go back, somebody is asked.

    ``CEILING``: otherwise approved, but the ceiling leaves the same for it.
    """

    LESS = "less"
    MORE = "more"
    CEILING = "ceiling"
    RETURNED = "returned"
    ASKED = "asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a case belongs, by codes: what its prices hang on. ``level`` is the dentist's."""

    tariff_set: str
    centre: str
    is_contracted: bool
    level: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """One line that comes out otherwise; amounts are what is paid for it, in rials.

    ``rules`` are the findings that came or went (empty: the price alone), ``reasons`` those whose
    deduction changed; ``gap_months``: completed Jalali months since the treatment it repeats.
    """

    line: Line
    kind: FlipKind
    before_rial: int
    after_rial: int
    rules: tuple[str, ...]
    reasons: tuple[str, ...]
    gap_months: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One case with the change: its money before and after, its lines that flip.

    ``by_reason``: how much more (or less) is deducted for each reason, in rials;
    ``known_gaps_months``: of repeated treatments that are found with the change and without it.
    """

    before: CaseMoney
    after: CaseMoney
    flips: tuple[Flip, ...]
    by_reason: Mapping[str, int]
    known_gaps_months: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is tried: the parameters of today, those with the change, and the prices in it."""

    present: Parameters
    changed: Parameters
    items: tuple[Item, ...]


def try_on(case: Case, place: Place, trial: Trial) -> Tried:
    """What would have become of a decided case. The facts are those of its frozen document."""
    before = case_money(case)
    priced = replace(case, lines=tuple(_priced(line, place, trial.items) for line in case.lines))
    former = {each.key: each for each in find_all(case, trial.present)}
    found = {each.key: each for each in find_all(priced, trial.changed)}
    new = [each for key, each in found.items() if key not in former and _is_asked(each)]
    gone = [each for key, each in former.items() if key not in found]
    kept = [(each, found[key]) for key, each in former.items() if key in found]
    lines = tuple(
        _fitted(_followed(_decided(line, case, new, gone, found), kept)) for line in priced.lines
    )
    after = case_money(replace(priced, lines=lines))
    return Tried(
        before=before,
        after=after,
        flips=tuple(_flips(case, lines, (before, after), new, gone)),
        by_reason=_by_reason(case.lines, lines),
        known_gaps_months=tuple(gap for each, _now in kept if (gap := _gap(each)) is not None),
    )


def _is_asked(finding: Finding) -> bool:
    return finding.severity is Severity.DECIDE and finding.line is not None


def _decided(
    line: Line,
    case: Case,
    new: Sequence[Finding],
    gone: Sequence[Finding],
    found: Mapping[str, Finding],
) -> Line:
    """The line as it would have been decided."""
    for finding in gone:
        if finding.line == line.number:
            line = _undone(line, case, finding, found)
    for finding in new:
        if finding.line == line.number and not line.is_rejected:
            line = _accepted(line, finding)
    return line


def _followed(line: Line, kept: Sequence[tuple[Finding, Finding]]) -> Line:
    """The line where what a finding took off follows the amount that it proposes now."""
    for former, finding in kept:
        was_rial, is_rial = former.proposal.amount_rial, finding.proposal.amount_rial
        if finding.line != line.number or was_rial == is_rial or line.is_rejected:
            continue
        for taken in line.deductions:
            if (taken.source, taken.amount_rial) == (finding.code, was_rial):
                line = accept_finding(line, finding, deduct_instead=True, text=taken.text)
                break
    return line


def _accepted(line: Line, finding: Finding) -> Line:
    try:
        return accept_finding(line, finding)
    except Refused:  # no price to re-code to: somebody would have to look at it
        return line


def _undone(line: Line, case: Case, finding: Finding, found: Mapping[str, Finding]) -> Line:
    """The line without what was taken off it because of a finding that is gone."""
    if dict(case.decided).get(finding.key) is FindingState.OVERRIDDEN:
        return line
    proposal = finding.proposal
    if proposal.kind is ProposalKind.REJECT:
        if line.is_rejected and line.reject_reason == proposal.reason:
            return replace(line, is_rejected=False, reject_reason=None)
        return line
    if proposal.kind is ProposalKind.RECODE:
        if line.assessed_code == proposal.code and line.recode_reason == proposal.reason:
            return replace(
                line,
                assessed_code=None,
                assessed_service=None,
                assessed_tariff=None,
                recode_reason=None,
            )
        return line
    if any(each.code == finding.code and each.line == line.number for each in found.values()):
        return line
    kept = tuple(each for each in line.deductions if each.source != finding.code)
    return replace(line, deductions=kept)


def _priced(line: Line, place: Place, items: Sequence[Item]) -> Line:
    """The line with the prices of the change, whatever its day."""
    changes: dict[str, Any] = {}
    for name, of_service in zip(TARIFFS, SERVICES, strict=True):
        service, tariff = getattr(line, of_service), getattr(line, name)
        if service is not None:
            changed = _tariff(line, service.code, tariff, place, items)
            if changed != tariff:
                changes[name] = changed
    return replace(line, **changes) if changes else line


def _tariff(
    line: Line, code: str, tariff: Tariff | None, place: Place, items: Sequence[Item]
) -> Tariff | None:
    base_rial = tariff.base_rial if tariff else None
    level = tariff.level if tariff else "general"
    coefficient_basis = tariff.coefficient_basis if tariff else 10_000
    for item in items:
        if isinstance(item, PriceItem) and _is_of(item, code, place):
            # The specialist's price of a code goes before the general one.
            if item.level in (place.level, level):
                base_rial, level = item.amount_rial, item.level
        elif isinstance(item, CoefficientItem) and _is_for(item, place):
            coefficient_basis = item.basis
    if base_rial is None:
        return None
    return Tariff(
        tariff_id=tariff.tariff_id if tariff else NEW_TARIFF_ID,
        code=code,
        unit_rial=tariff_unit_rial(base_rial, coefficient_basis),
        valid_from=tariff.valid_from if tariff else line.service_on,
        base_rial=base_rial,
        coefficient_basis=coefficient_basis,
        level=level,
    )


def _is_of(item: PriceItem, code: str, place: Place) -> bool:
    asked = (item.tariff_set, item.code, item.is_contracted)
    return asked == (place.tariff_set, code, place.is_contracted)


def _is_for(item: CoefficientItem, place: Place) -> bool:
    return (item.centre, item.tariff_set) == (place.centre, place.tariff_set)


def _fitted(line: Line) -> Line:
    """The line with typed deductions no larger than what a changed price leaves, the last first."""
    if line.is_rejected or not line.deductions:
        return line
    computed_rial = sum(each.amount_rial for each in deductions_of(replace(line, deductions=())))
    left_rial = payable_base_rial(line) - computed_rial
    fitted = []
    for deduction in line.deductions:
        amount_rial = min(deduction.amount_rial, left_rial)
        left_rial -= amount_rial
        fitted.append(replace(deduction, amount_rial=amount_rial))
    return replace(line, deductions=tuple(fitted))


def _flips(
    case: Case,
    lines: Sequence[Line],
    money: tuple[CaseMoney, CaseMoney],
    new: Sequence[Finding],
    gone: Sequence[Finding],
) -> list[Flip]:
    paid = [[payable for _reject, payable in spread_over_lines(each)] for each in money]
    approved = [[line.technical_approval_rial for line in each.lines] for each in money]
    flips = []
    for index, (former, line) in enumerate(zip(case.lines, lines, strict=True)):
        fresh = [each for each in new if each.line == line.number]
        change_rial = paid[1][index] - paid[0][index]
        is_otherwise = approved[0][index] != approved[1][index]
        kind = _kind_of_money(change_rial, is_otherwise) or _kind_of_findings(former, fresh)
        if kind is not None:
            causes = fresh + [each for each in gone if each.line == line.number]
            flips.append(
                Flip(
                    line=former,
                    kind=kind,
                    before_rial=paid[0][index],
                    after_rial=paid[1][index],
                    rules=tuple(sorted({each.code for each in causes})),
                    reasons=tuple(sorted(_by_reason([former], [line]))),
                    gap_months=next(
                        (gap for each in causes if (gap := _gap(each)) is not None), None
                    ),
                )
            )
    return flips


def _gap(finding: Finding) -> int | None:
    """Completed months between a treatment and the one that it repeats."""
    earlier_on, on = finding.facts.get("earlier_on"), finding.facts.get("service_on")
    if not isinstance(earlier_on, date) or not isinstance(on, date):
        return None
    return completed_months(earlier_on, on)


def _kind_of_money(change_rial: int, is_otherwise: bool) -> FlipKind | None:
    """A line that is approved as before flips where the ceiling now leaves more or less for it."""
    if is_otherwise and not change_rial:
        return FlipKind.CEILING
    if is_otherwise or abs(change_rial) >= ROUNDING_RIAL:
        return FlipKind.LESS if change_rial < 0 else FlipKind.MORE
    return None


def _kind_of_findings(line: Line, new: Sequence[Finding]) -> FlipKind | None:
    if line.is_rejected or not new:
        return None
    is_return = any(each.proposal.kind is ProposalKind.RETURN for each in new)
    return FlipKind.RETURNED if is_return else FlipKind.ASKED


def _by_reason(before: Sequence[Line], after: Sequence[Line]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for sign, lines in ((-1, before), (1, after)):
        for deduction in (each for line in lines for each in deductions_of(line)):
            sums[deduction.reason] = sums.get(deduction.reason, 0) + sign * deduction.amount_rial
    return {reason: amount_rial for reason, amount_rial in sums.items() if amount_rial}
