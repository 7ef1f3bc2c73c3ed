"""Hints about images that are hard to read. They inform and never keep a case from its end."""

from collections.abc import Iterator

from workbench.rules.facts import Case, Evidence, ImageMeasures
from workbench.rules.finding import Finding, Proposal, ProposalKind, Severity
from workbench.rules.parameters import Parameters, QualityLimits, in_force


def image_small(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """The shorter side of an image has too few pixels (clinical.md §6, R13)."""
    limits = _limits(case, parameters)
    for image, measures in _measured(case):
        side = min(measures.width, measures.height)
        if limits and side < limits.side_least:
            yield _hint("image_small", image, limits, side, limits.side_least)


def image_dark(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """An image is dark and shows hardly any difference (clinical.md §6, R13)."""
    limits = _limits(case, parameters)
    for image, measures in _measured(case):
        if not limits or measures.brightness >= limits.brightness_least:
            continue
        if measures.contrast < limits.contrast_least:
            least = limits.contrast_least
            yield _hint("image_dark", image, limits, measures.contrast, least)


def image_blurred(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """An image has no sharp edge (clinical.md §6, R13)."""
    limits = _limits(case, parameters)
    for image, measures in _measured(case):
        if limits and measures.sharpness < limits.sharpness_least:
            least = limits.sharpness_least
            yield _hint("image_blurred", image, limits, measures.sharpness, least)


def image_not_radiograph(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """An image is in colour where a radiograph is meant (clinical.md §6, R13; §5, D16)."""
    limits = _limits(case, parameters)
    for image, measures in _measured(case):
        if not limits or image.kind not in limits.radiograph_kinds:
            continue
        if measures.colour > limits.colour_most:
            most = limits.colour_most
            yield _hint("image_not_radiograph", image, limits, measures.colour, most)


def _limits(case: Case, parameters: Parameters) -> QualityLimits | None:
    """Those of the case day; a round frozen before there were any has none."""
    versions = parameters.quality_limits
    return in_force(versions, case.case_on) if versions else None


def _measured(case: Case) -> Iterator[tuple[Evidence, ImageMeasures]]:
    for image in case.evidence:
        if image.measures is not None and not image.is_damaged:
            yield image, image.measures


def _hint(code: str, image: Evidence, limits: QualityLimits, value: int, limit: int) -> Finding:
    return Finding(
        code=code,
        severity=Severity.INFORM,
        line=None,
        proposal=Proposal(kind=ProposalKind.NONE),
        facts={
            "key": f"image{image.number}",
            "image_number": image.number,
            "measured": value,
            "limit": limit,
        },
        source=limits.source,
        image=image.number,
    )
