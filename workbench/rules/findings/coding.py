"""Findings about the code: against age, surfaces, canals, and the tooth."""

from collections.abc import Iterator

from workbench.persian.jalali import age_years_months, completed_years
from workbench.rules.facts import Case, Line, Service, Tariff
from workbench.rules.finding import Finding, Proposal, ProposalKind, Severity
from workbench.rules.findings.build import NOTHING, decide, left_rial, reject, send_back
from workbench.rules.money import recode_deduction_rial
from workbench.rules.parameters import Parameters, in_force
from workbench.rules.teeth import Tooth, distinct_surfaces


def paediatric_code_age(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """A paediatric code for a patient of ten or over: the adult equivalent (B14; D03).

    Age alone tells the two codes apart: the adult code on a primary tooth is no finding.
    """
    for line in case.lines:
        limit_years = in_force(parameters.adult_from_years, line.service_on).value
        if line.service is None or not line.service.is_paediatric:
            continue
        if completed_years(case.birth_on, line.service_on) < limit_years:
            continue
        years, months = age_years_months(case.birth_on, line.service_on)
        proposal, facts = _recode(line, line.equivalent_service, line.equivalent_tariff, "D03")
        yield decide(
            "paediatric_code_age",
            line,
            proposal,
            "syndicate",
            {
                "title": line.service.title,
                "limit_years": limit_years,
                "age_years": years,
                "age_months": months,
                **facts,
            },
        )


def surfaces_mismatch(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """The number of surfaces must match the code (clinical.md §1; D04).

    Fewer than the code pays: a re-code to the matching one, else a return. More: said, no money.
    A class III, one proximal surface of an anterior tooth, matches its two-surface code.
    """
    for line in case.lines:
        wanted = line.service.surfaces if line.service else None
        stated = len(distinct_surfaces(line.surfaces))
        if wanted is None or not stated or stated == wanted or _is_class_three(line, parameters):
            continue
        yield _count_mismatch("surfaces_mismatch", line, stated=stated, wanted=wanted)


def canals_mismatch(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """The number of canals must match the code; extra canals of the tooth count (B7; D04)."""
    for line in case.lines:
        service = line.service
        if service is None or service.group != "root_canal" or service.canals is None:
            continue
        main = in_force(parameters.canals_before_extra, line.service_on).value
        extra = _extra_canals(case, line.tooth) if service.canals == main else 0
        if line.canals is not None and line.canals not in (service.canals, service.canals + extra):
            yield _count_mismatch(
                "canals_mismatch", line, stated=line.canals, wanted=service.canals
            )


def extra_canal_without_three(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """An extra canal needs a three-canal line on the same tooth in the claim (B7; D04)."""
    for line in case.lines:
        if line.service is None or line.service.group != "extra_canal":
            continue
        main = in_force(parameters.canals_before_extra, line.service_on).value
        if not any(_is_main_line(other, line.tooth, main) for other in case.lines):
            yield reject(
                "extra_canal_without_three",
                line,
                "D04",
                "portal",
                tooth=line.tooth,
                main_canals=main,
            )


def dentition_mismatch(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """A code for permanent or for primary teeth only, on the other kind (clinical.md §1; D20)."""
    for line in case.lines:
        dentition = line.service.dentition if line.service else None
        if dentition is None or line.tooth is None:
            continue
        if Tooth(line.tooth).is_primary != (dentition == "primary"):
            yield reject(
                "dentition_mismatch",
                line,
                "D20",
                "catalogue",
                tooth=line.tooth,
                is_primary_code=dentition == "primary",
            )


def primary_tooth_age(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """A primary tooth at an age over fourteen completed years (clinical.md §1, ILL; D20)."""
    for line in case.lines:
        if line.tooth is None or not Tooth(line.tooth).is_primary:
            continue
        limit_years = in_force(parameters.primary_tooth_until_years, line.service_on).value
        if completed_years(case.birth_on, line.service_on) > limit_years:
            years, months = age_years_months(case.birth_on, line.service_on)
            yield reject(
                "primary_tooth_age",
                line,
                "D20",
                "illustrative",
                tooth=line.tooth,
                limit_years=limit_years,
                age_years=years,
                age_months=months,
            )


def tooth_missing(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """Every service names its tooth, or its jaw where it is per jaw (clinical.md §3; R12)."""
    for line in case.lines:
        scope = line.service.scope if line.service else None
        is_placed = line.tooth is not None or (scope == "jaw" and line.jaw is not None)
        if scope in ("tooth", "jaw") and not is_placed:
            yield send_back("tooth_missing", line, "R12", "sharif_list", scope=scope)


def surfaces_missing(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """A code per number of surfaces names the surfaces (clinical.md §3; R12)."""
    for line in case.lines:
        if line.service is not None and line.service.surfaces and not line.surfaces:
            yield send_back(
                "surfaces_missing", line, "R12", "sharif_list", wanted=line.service.surfaces
            )


def _recode(
    line: Line, service: Service | None, tariff: Tariff | None, reason: str
) -> tuple[Proposal, dict[str, object]]:
    """The proposal to re-code and its figures; nothing to propose where no tariff is known."""
    if service is None or tariff is None:
        return Proposal(kind=ProposalKind.NONE, reason=reason), {"new_title": None}
    new_tariff_rial = tariff.unit_rial * line.quantity
    requested = line.cost_rial
    reject_rial = max(0, requested - line.tariff.unit_rial * line.quantity) if line.tariff else 0
    amount_rial = recode_deduction_rial(requested, reject_rial, new_tariff_rial)
    proposal = Proposal(
        kind=ProposalKind.RECODE, reason=reason, amount_rial=amount_rial, code=service.code
    )
    facts: dict[str, object] = {
        "new_code": service.code,
        "new_title": service.title,
        "new_unit_rial": tariff.unit_rial,
        "new_tariff_rial": new_tariff_rial,
    }
    return proposal, facts


def _count_mismatch(code: str, line: Line, *, stated: int, wanted: int) -> Finding:
    """Surfaces or canals stated against those of the code; too few is the payer's question."""
    facts: dict[str, object] = {"stated": stated, "wanted": wanted, "tooth": line.tooth}
    if stated > wanted:
        return Finding(
            code=code,
            severity=Severity.INFORM,
            line=line.number,
            proposal=NOTHING,
            facts={"service_code": line.code, "service_on": line.service_on, **facts},
            source="catalogue",
        )
    proposal, figures = _recode(line, line.matching_service, line.matching_tariff, "D04")
    if proposal.kind is ProposalKind.NONE:
        proposal = Proposal(
            kind=ProposalKind.RETURN,
            reason="D04",
            defect="R12",
            amount_rial=left_rial(line, code),
        )
    return decide(code, line, proposal, "catalogue", facts | figures)


def _is_class_three(line: Line, parameters: Parameters) -> bool:
    codes = in_force(parameters.class_three_codes, line.service_on).value
    if line.code not in codes or line.tooth is None or not Tooth(line.tooth).is_anterior:
        return False
    return line.surfaces in ("M", "D")


def _extra_canals(case: Case, tooth: int | None) -> int:
    return sum(
        other.quantity
        for other in case.lines
        if other.tooth == tooth and other.service and other.service.group == "extra_canal"
    )


def _is_main_line(line: Line, tooth: int | None, main_canals: int) -> bool:
    """Whether the line, as assessed so far, is the root treatment that extra canals hang on."""
    service = line.assessed_service or line.service
    return (
        tooth is not None
        and line.tooth == tooth
        and service is not None
        and service.group == "root_canal"
        and service.canals == main_canals
    )
