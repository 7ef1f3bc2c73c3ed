"""Findings about services that exclude each other, and about referrals beside a direct claim."""

from collections.abc import Iterator

from workbench.rules.facts import Case, ClaimKind, Line
from workbench.rules.finding import Finding, Severity
from workbench.rules.findings.build import NOTHING, reject
from workbench.rules.parameters import Parameters, in_force
from workbench.rules.teeth import Tooth


def visit_with_treatment(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """A visit that leads to a treatment by the same dentist is not paid (clinical.md §3; D11).

    A claim has one dentist; the treatment is on the day of the visit or later.
    """
    for line in _of_groups(case, ("visit",)):
        spared = in_force(parameters.no_treatment_groups, line.service_on).value
        for other in case.lines:
            is_treatment = other.service is not None and other.service.group not in spared
            if is_treatment and other.service_on >= line.service_on:
                yield _beside("visit_with_treatment", line, other, "D11", "iran_insurance")
                break


def alveoloplasty_with_extraction(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """Alveoloplasty together with an extraction of the same jaw is not paid (clinical.md §3; D10).

    Where a jaw is not named, the extraction counts.
    """
    for line in _of_groups(case, ("alveoloplasty",)):
        groups = in_force(parameters.extraction_groups, line.service_on).value
        other = _first_in_jaw(case, line, groups)
        if other is not None:
            yield _beside("alveoloplasty_with_extraction", line, other, "D10", "aspa")


def flap_with_surgery(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """Flap and suture are included in the surgery of the same jaw (clinical.md §3; D09)."""
    for line in _of_groups(case, ("flap",)):
        groups = in_force(parameters.flap_included_groups, line.service_on).value
        other = _first_in_jaw(case, line, groups)
        if other is not None:
            yield _beside("flap_with_surgery", line, other, "D09", "aspa")


def open_referral_beside_direct(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """An open referral at a centre blocks the member's own direct claims of the cover (B19)."""
    if case.kind is not ClaimKind.DIRECT:
        return
    for referral in case.open_referrals:
        yield Finding(
            code="open_referral_beside_direct",
            severity=Severity.DECIDE,
            line=None,
            proposal=NOTHING,
            facts={
                "key": referral.number,
                "referral": referral.number,
                "issued_on": referral.issued_on,
                "centre": referral.centre_name,
            },
            source="aspa",
        )


def _of_groups(case: Case, groups: tuple[str, ...]) -> Iterator[Line]:
    return (line for line in case.lines if line.service and line.service.group in groups)


def _first_in_jaw(case: Case, line: Line, groups: tuple[str, ...]) -> Line | None:
    jaw = _jaw_of(line)
    for other in _of_groups(case, groups):
        if None in (jaw, _jaw_of(other)) or jaw == _jaw_of(other):
            return other
    return None


def _jaw_of(line: Line) -> str | None:
    return line.jaw if line.tooth is None else Tooth(line.tooth).jaw.value


def _beside(code: str, line: Line, other: Line, reason: str, source: str) -> Finding:
    assert other.service is not None
    return reject(
        code,
        line,
        reason,
        source,
        other_line=other.number,
        other_title=other.service.title,
        other_on=other.service_on,
    )
