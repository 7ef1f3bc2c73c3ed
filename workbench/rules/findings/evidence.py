"""Findings about images: missing for the service, or dated against their phase."""

from collections.abc import Iterator

from workbench.rules.facts import Case, Evidence, Line, Phase
from workbench.rules.finding import Finding, Proposal, ProposalKind
from workbench.rules.findings.build import decide, left_rial
from workbench.rules.parameters import EvidenceNeed, Parameters, in_force
from workbench.rules.teeth import Tooth


def evidence_missing(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """A document that the treatment needs is not there (clinical.md §3; R02 to R06, R16, R17).

    Proposes the return with its defect, and the deduction of the line instead; for an extra canal
    without a radiograph during treatment the deduction comes first (D19).
    """
    for line in case.lines:
        for need in _needs(case, line, parameters):
            if not any(_satisfies(image, line, need, parameters) for image in case.evidence):
                yield _missing(case, line, need)


def evidence_misdated(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """A "before" taken after the service, or an "after" taken before it (clinical.md §3; R11)."""
    for line in case.lines:
        misdated = [image for image in case.evidence if _is_misdated(image, line)]
        needs = list(_needs(case, line, parameters)) if misdated else []
        for image in misdated:
            if any(
                image.kind in need.kinds
                and image.phase in need.phases
                and _is_of(image, line, need, parameters)
                for need in needs
            ):
                yield _misdated(line, image)


def _needs(case: Case, line: Line, parameters: Parameters) -> Iterator[EvidenceNeed]:
    group = _group(line)
    for need in parameters.evidence_needs:
        if group not in need.groups or not need.is_in_force(line.service_on):
            continue
        is_anterior = line.tooth is not None and Tooth(line.tooth).is_anterior
        if (need.is_anterior_always and is_anterior) or _units(case, need) > need.more_than:
            yield need


def _group(line: Line) -> str | None:
    service = line.service or line.assessed_service
    return service.group if service else None


def _units(case: Case, need: EvidenceNeed) -> int:
    """How many units of the need's groups the claim asks for."""
    services = ((line, line.service or line.assessed_service) for line in case.lines)
    return sum(
        line.quantity for line, service in services if service and service.group in need.groups
    )


def _satisfies(image: Evidence, line: Line, need: EvidenceNeed, parameters: Parameters) -> bool:
    return (
        not image.is_damaged
        and image.kind in need.kinds
        and image.phase in need.phases
        and (image.taken_on is not None or not need.must_be_dated)
        and _is_of(image, line, need, parameters)
    )


def _is_of(image: Evidence, line: Line, need: EvidenceNeed, parameters: Parameters) -> bool:
    """Whether the image counts for the line: its tooth or line matches, or it shows all teeth."""
    wide_kinds = in_force(parameters.whole_mouth_kinds, line.service_on).value
    return (
        need.is_any_tooth
        or line.tooth is None
        or image.kind in wide_kinds
        or line.tooth in image.teeth
        or line.number in image.lines
    )


def _missing(case: Case, line: Line, need: EvidenceNeed) -> Finding:
    kind = ProposalKind.DEDUCT if need.deducts else ProposalKind.RETURN
    return decide(
        "evidence_missing",
        line,
        Proposal(
            kind=kind,
            reason=need.reason,
            amount_rial=left_rial(line, "evidence_missing"),
            defect=need.defect,
        ),
        need.source,
        {
            "key": need.name,
            "tooth": line.tooth,
            "units": _units(case, need),
            "more_than": need.more_than,
        },
    )


def _is_misdated(image: Evidence, line: Line) -> bool:
    if image.taken_on is None:
        return False
    if image.phase is Phase.BEFORE:
        return image.taken_on > line.service_on
    return image.phase is Phase.AFTER and image.taken_on < line.service_on


def _misdated(line: Line, image: Evidence) -> Finding:
    return decide(
        "evidence_misdated",
        line,
        Proposal(
            kind=ProposalKind.RETURN,
            reason="D16",
            amount_rial=left_rial(line, "evidence_misdated"),
            defect="R11",
        ),
        "portal",
        {
            "key": f"image{image.number}",
            "image_number": image.number,
            "phase": image.phase.value,
            "taken_on": image.taken_on,
        },
        image=image.number,
    )
