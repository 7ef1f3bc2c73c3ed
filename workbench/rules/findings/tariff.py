"""Findings about the price: over the tariff, without a tariff, without a known code."""

from collections.abc import Iterator

from workbench.rules.facts import Case, Line
from workbench.rules.finding import Finding, Proposal, ProposalKind, Severity
from workbench.rules.findings.build import NOTHING, decide
from workbench.rules.lines import payable_base_rial
from workbench.rules.parameters import Parameters, in_force


def tariff_excess(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """What exceeds the tariff of the requested code on the service date (money.md, T; D18)."""
    for line in case.lines:
        excess_rial = line.cost_rial - payable_base_rial(line)
        if excess_rial > 0 and line.tariff is not None:
            yield Finding(
                code="tariff_excess",
                severity=Severity.AUTOMATIC,
                line=line.number,
                proposal=Proposal(kind=ProposalKind.NONE, reason="D18", amount_rial=excess_rial),
                facts={
                    "service_code": line.code,
                    "service_on": line.service_on,
                    "cost_rial": line.cost_rial,
                    "quantity": line.quantity,
                    "unit_rial": line.tariff.unit_rial,
                    "tariff_from": line.tariff.valid_from,
                    "level": line.tariff.level,
                    "excess_rial": excess_rial,
                },
                source="tariff",
            )


def unknown_code(case: Case, _parameters: Parameters) -> Iterator[Finding]:
    """The code is not in the catalogue: nothing about it can be checked (README.md, B5)."""
    for line in case.lines:
        if line.service is None:
            yield decide("unknown_code", line, NOTHING, "catalogue")


def no_tariff(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """No tariff on the service date: T is zero and said so (money.md, last rows of the table)."""
    for line in case.lines:
        if line.service is not None and line.tariff is None and not _is_four(line, parameters):
            yield decide("no_tariff", line, NOTHING, "tariff")


def four_canal_without_price(case: Case, parameters: Parameters) -> Iterator[Finding]:
    """A four-canal code has no price: three canals plus one extra canal each (README.md, B7)."""
    for line in case.lines:
        if line.tariff is None and _is_four(line, parameters) and line.service is not None:
            main = in_force(parameters.canals_before_extra, line.service_on).value
            yield decide(
                "four_canal_without_price",
                line,
                NOTHING,
                "portal",
                {
                    "canals": line.service.canals,
                    "main_canals": main,
                    "extra_canals": (line.service.canals or main) - main,
                    "extra_code": in_force(parameters.extra_canal_codes, line.service_on).value[0],
                },
            )


def _is_four(line: Line, parameters: Parameters) -> bool:
    service = line.service
    if service is None or service.group != "root_canal" or service.canals is None:
        return False
    return service.canals > in_force(parameters.canals_before_extra, line.service_on).value
