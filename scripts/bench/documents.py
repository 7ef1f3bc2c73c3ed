"""The frozen documents of bulk-filled claims, stamped from a template or computed one by one."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from scripts.bench.scenarios import Template, canonical
from workbench.rules import facts
from workbench.rules.document import FORMAT, rules_hash
from workbench.rules.money import CaseMoney
from workbench.rules.parameters import load_parameters
from workbench.rules.plain import to_plain
from workbench.rules.rulebook import find_all, states_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What differs from claim to claim."""

    claim_id: int
    number: str
    line_ids: tuple[int, ...]
    service_on: date
    registered_on: date
    birth_on: date
    joined_on: date
    contract_end_on: date
    referral_number: str | None
    issued_on: date
    last_valid_on: date
    reserved_rial: int
    available_rial: int | None


def stamped(template: Template, stamp: Stamp) -> facts.Case:
    """The template's case with a claim's own ids and days."""
    case = template.case
    referral = case.referral and replace(
        case.referral,
        number=stamp.referral_number or "",
        issued_on=stamp.issued_on,
        expires_on=stamp.last_valid_on,
        reserved_left_rial=stamp.reserved_rial,
        first_recorded_on=stamp.registered_on,
    )
    return replace(
        case,
        claim_id=stamp.claim_id,
        number=stamp.number,
        case_on=stamp.service_on,
        registered_on=stamp.registered_on,
        birth_on=stamp.birth_on,
        joined_on=stamp.joined_on,
        contract_start_on=stamp.joined_on,
        contract_end_on=stamp.contract_end_on,
        lines=tuple(
            replace(line, line_id=line_id, service_on=stamp.service_on)
            for line, line_id in zip(case.lines, stamp.line_ids, strict=True)
        ),
        referral=referral,
        evidence=tuple(replace(image, taken_on=stamp.service_on) for image in case.evidence),
        available_rial=stamp.available_rial,
    )


def document_text(template: Template, stamp: Stamp, money: CaseMoney) -> str:
    """The canonical text of the document that ``freeze`` would make of a claim."""
    money_text = template.money_text
    if money is not template.money:
        money_text = canonical(to_plain(money))
    if not template.is_alone:
        return _joined(canonical(_stamped_plain(template, stamp)), "[]", money_text, "{}")
    case = stamped(template, stamp)
    findings = find_all(case, load_parameters())
    states = {key: state.value for key, state in states_of(case, findings).items()}
    return _joined(
        canonical(to_plain(case)), canonical(to_plain(findings)), money_text, canonical(states)
    )


def _stamped_plain(template: Template, stamp: Stamp) -> dict[str, Any]:
    plain = template.plain
    service_on, registered_on = stamp.service_on.isoformat(), stamp.registered_on.isoformat()
    plain["claim_id"], plain["number"] = stamp.claim_id, stamp.number
    plain["case_on"], plain["registered_on"] = service_on, registered_on
    plain["birth_on"] = stamp.birth_on.isoformat()
    plain["joined_on"] = plain["contract_start_on"] = stamp.joined_on.isoformat()
    plain["contract_end_on"] = stamp.contract_end_on.isoformat()
    plain["available_rial"] = stamp.available_rial
    for line, line_id in zip(plain["lines"], stamp.line_ids, strict=True):
        line["line_id"], line["service_on"] = line_id, service_on
    for image in plain["evidence"]:
        image["taken_on"] = service_on
    if plain["referral"] is not None:
        plain["referral"].update(
            number=stamp.referral_number,
            issued_on=stamp.issued_on.isoformat(),
            expires_on=stamp.last_valid_on.isoformat(),
            reserved_left_rial=stamp.reserved_rial,
            first_recorded_on=registered_on,
        )
    return plain


def _joined(case: str, findings: str, money: str, states: str) -> str:
    return (
        f'{{"case":{case},"findings":{findings},"format":{FORMAT},"money":{money},'
        f'"parameters":{_parameters_text()},"rules_hash":"{rules_hash()}","states":{states}}}'
    )


@cache
def _parameters_text() -> str:
    return canonical(to_plain(load_parameters()))
