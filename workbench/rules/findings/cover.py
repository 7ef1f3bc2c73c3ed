"""Findings about what the contract covers."""

from collections.abc import Iterator

from workbench.rules.facts import Case
from workbench.rules.finding import Finding
from workbench.rules.findings.build import reject
from workbench.rules.parameters import Parameters


def service_not_covered(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """The contract does not cover this cover, or this group of services (README.md, B1; D06)."""
    for line in case.lines:
        if line.service is None:
            continue
        if not case.cover.is_covered or line.service.group in case.cover.excluded_groups:
            yield reject(
                "service_not_covered",
                line,
                "D06",
                "contract",
                title=line.service.title,
                cover=case.cover.title,
                is_cover_excluded=not case.cover.is_covered,
            )


def other_cover(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """The line belongs to another cover than the claim's one (README.md §2, case; D06)."""
    claimed = case.referral.cover_code if case.referral else case.cover.code
    for line in case.lines:
        if line.service is not None and line.service.cover_code != claimed:
            yield reject(
                "other_cover",
                line,
                "D06",
                "portal",
                title=line.service.title,
                cover=case.cover.title,
                line_cover_code=line.service.cover_code,
            )


def cosmetic(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """Cosmetic work is not payable (clinical.md §3; D07)."""
    for line in case.lines:
        if line.service is not None and line.service.group == "cosmetic":
            yield reject("cosmetic", line, "D07", "aspa", title=line.service.title)
