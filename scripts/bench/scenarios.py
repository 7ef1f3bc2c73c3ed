"""What the bulk-filled claims ask for, assessed by the real rules: one template per kind of claim.

A template is computed once (facts, findings, money) and stamped out many times; only ids, days and
numbers differ. A claim whose findings name days, or whose ceiling is short, is computed by itself.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from workbench.rules import facts
from workbench.rules.facts import EvidenceKind, FindingState, Phase
from workbench.rules.finding import Finding, ProposalKind
from workbench.rules.lines import accept_finding, case_money
from workbench.rules.money import CaseMoney
from workbench.rules.parameters import load_parameters
from workbench.rules.plain import to_plain
from workbench.rules.rulebook import find_all, open_findings

Code = tuple[facts.Service, Mapping[int, facts.Tariff]]
"""A service with its tariff per Jalali year."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinePlan:
    """A line to ask for; ``price_percent`` of its tariff."""

    code: str
    tooth: int | None = None
    jaw: str | None = None
    surfaces: str = ""
    canals: int | None = None
    price_percent: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A kind of claim: its share, lines and teeth that have a radiograph before and after."""

    share: int
    lines: tuple[LinePlan, ...]
    filmed: tuple[int, ...] = ()
    deduction_rial: int = 0


_FILLING = LinePlan(code="125", tooth=26, surfaces="MO")
_SMALL = LinePlan(code="110", tooth=36, surfaces="O")
_ROOT = LinePlan(code="830", tooth=46, canals=3)
_SCALING = LinePlan(code="420", jaw="upper")

SCENARIOS = (
    Scenario(share=290, lines=(_FILLING,), filmed=(26,)),
    Scenario(share=160, lines=(_SMALL,)),
    Scenario(share=70, lines=(LinePlan(code="990"),)),
    Scenario(share=60, lines=(_SCALING,)),
    Scenario(share=70, lines=(_ROOT,), filmed=(46,)),
    Scenario(share=40, lines=(replace(_FILLING, price_percent=118),), filmed=(26,)),
    Scenario(share=30, lines=(LinePlan(code="205", tooth=26, surfaces="MO"),), filmed=(26,)),
    Scenario(share=40, lines=(_FILLING,), filmed=(26,), deduction_rial=900_000),
    Scenario(share=130, lines=(replace(_FILLING, tooth=46), _ROOT), filmed=(46,)),
    Scenario(share=60, lines=(_FILLING, _SMALL, _SCALING), filmed=(26,)),
    Scenario(share=50, lines=(_FILLING, _SMALL, _SCALING, _ROOT), filmed=(26, 46)),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A kind of claim under a cover in a year: its case with made-up ids and days, and its money.

    ``plain`` is changed in place while stamping; ``is_alone``: each claim is computed by itself.
    """

    case: facts.Case
    findings: tuple[Finding, ...]
    open_count: int
    money: CaseMoney
    service_groups: str
    plain: dict[str, Any]
    money_text: str
    is_alone: bool


def make_template(
    scenario: Scenario,
    codes: Mapping[str, Code],
    cover: facts.Cover,
    *,
    year: int,
    service_on: date,
    is_direct: bool,
    is_decided: bool,
) -> Template:
    """Assess one claim of this kind; a decided one has its findings answered and deductions."""
    case = _with_adults(_case(scenario, codes, cover, year, service_on, is_direct), codes, year)
    if is_decided:
        case = _decided(case, scenario)
    parameters = load_parameters()
    findings = find_all(case, parameters)
    money = case_money(case)
    groups = {line.service.group for line in case.lines if line.service}
    return Template(
        case=case,
        findings=findings,
        open_count=len(open_findings(case, findings)),
        money=money,
        service_groups=",".join(sorted(groups)),
        plain=to_plain(case),
        money_text=canonical(to_plain(money)),
        is_alone=bool(findings),
    )


def _case(
    scenario: Scenario,
    codes: Mapping[str, Code],
    cover: facts.Cover,
    year: int,
    service_on: date,
    is_direct: bool,
) -> facts.Case:
    lines = tuple(
        _line(plan, number, codes[plan.code], year, service_on)
        for number, plan in enumerate(scenario.lines, 1)
    )
    referral = facts.Referral(
        number="1",
        issued_on=service_on - timedelta(days=3),
        expires_on=service_on + timedelta(days=50),
        cover_code=cover.code,
        first_recorded_on=service_on + timedelta(days=9),
    )
    return facts.Case(
        claim_id=1,
        number="1",
        kind=facts.ClaimKind.DIRECT if is_direct else facts.ClaimKind.INDIRECT,
        round=1,
        case_on=service_on,
        registered_on=service_on + timedelta(days=9),
        birth_on=date(1985, 5, 5),
        joined_on=service_on - timedelta(days=20),
        left_on=None,
        contract_start_on=service_on - timedelta(days=20),
        contract_end_on=service_on + timedelta(days=300),
        cover=cover,
        lines=lines,
        referral=None if is_direct else referral,
        evidence=_evidence(scenario, service_on),
        dentist_speciality="general",
    )


def _line(plan: LinePlan, number: int, code: Code, year: int, service_on: date) -> facts.Line:
    service, tariffs = code
    tariff = tariffs[year]
    return facts.Line(
        line_id=number,
        number=number,
        service_on=service_on,
        code=plan.code,
        quantity=1,
        unit_price_rial=tariff.unit_rial * plan.price_percent // 100,
        tooth=plan.tooth,
        jaw=plan.jaw,
        surfaces=plan.surfaces,
        canals=plan.canals,
        service=service,
        tariff=tariff,
    )


def _with_adults(case: facts.Case, codes: Mapping[str, Code], year: int) -> facts.Case:
    """The case with the adult equivalents of its paediatric codes."""

    def line(row: facts.Line) -> facts.Line:
        adult = row.service.adult_equivalent_code if row.service else None
        if adult is None:
            return row
        service, tariffs = codes[adult]
        return replace(row, equivalent_service=service, equivalent_tariff=tariffs[year])

    return replace(case, lines=tuple(line(row) for row in case.lines))


def _evidence(scenario: Scenario, service_on: date) -> tuple[facts.Evidence, ...]:
    planned = [(tooth, phase) for tooth in scenario.filmed for phase in (Phase.BEFORE, Phase.AFTER)]
    return tuple(
        facts.Evidence(
            number=number,
            kind=EvidenceKind.PERIAPICAL,
            phase=phase,
            teeth=(tooth,),
            lines=tuple(n for n, line in enumerate(scenario.lines, 1) if line.tooth == tooth),
            taken_on=service_on,
        )
        for number, (tooth, phase) in enumerate(planned, 1)
    )


def _decided(case: facts.Case, scenario: Scenario) -> facts.Case:
    """Every open finding accepted (a return overridden), and the typed deduction on line 1."""
    lines = {line.number: line for line in case.lines}
    if scenario.deduction_rial:
        typed = facts.Deduction(reason="D02", amount_rial=scenario.deduction_rial)
        lines[1] = replace(lines[1], deductions=(typed,))
    answers = []
    for finding in open_findings(case, find_all(case, load_parameters())):
        is_kept = finding.line is not None and finding.proposal.kind is not ProposalKind.RETURN
        state = FindingState.ACCEPTED if is_kept else FindingState.OVERRIDDEN
        answers.append((finding.key, state))
        if is_kept and finding.line is not None:
            lines[finding.line] = accept_finding(lines[finding.line], finding)
    return replace(case, lines=tuple(lines.values()), decided=tuple(answers))


def canonical(value: object) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
