"""Builds a claim from the few facts a case names; the rest is a clean claim of Azar 1402."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from workbench.persian.jalali import parse_day
from workbench.rules.commission import BilledUnit, Commission, Plan, PlannedUnit
from workbench.rules.facts import (
    Case,
    ClaimKind,
    Cover,
    Deduction,
    EarlierTreatment,
    Evidence,
    EvidenceKind,
    FindingState,
    ImageMeasures,
    Line,
    OpenReferral,
    Phase,
    Referral,
    Service,
    SimilarImage,
    Tariff,
)
from workbench.rules.panel import Choice

CASES = Path(__file__).parents[2] / "cases"
CATALOGUE = tomllib.loads((CASES / "findings_catalogue.toml").read_text("utf-8"))
SERVICE_ON = "1402/09/14"


def load_cases(pattern: str) -> list[dict[str, Any]]:
    """All ``[[case]]`` tables of the files whose name matches."""
    cases = []
    for path in sorted(CASES.glob(pattern)):
        for case in tomllib.loads(path.read_text("utf-8")).get("case", []):
            cases.append({"family": path.stem.removeprefix("findings_"), **case})
    return cases


def service_of(code: str | None) -> Service | None:
    row = CATALOGUE["service"].get(code)
    if row is None:
        return None
    return Service(code=code, **{key: value for key, value in row.items() if key != "unit"})


def tariff_of(code: str | None) -> Tariff | None:
    unit_rial = CATALOGUE["service"].get(code, {}).get("unit")
    if unit_rial is None:
        return None
    return Tariff(
        tariff_id=int(code or 0),
        code=str(code),
        unit_rial=unit_rial,
        base_rial=unit_rial,
        valid_from=parse_day(CATALOGUE["tariff"]["valid_from"]),
    )


def build_case(given: dict[str, Any], on: str = SERVICE_ON) -> Case:
    """The claim of a case: ``given`` holds ``lines``, ``evidence``, ``cover``, ``referral``, …"""
    given = dict(given)
    service_on = parse_day(on)
    lines = given.pop("lines", [{"code": "601", "jaw": "upper"}])
    kind = ClaimKind(given.pop("kind", "indirect"))
    referral = given.pop("referral", {}) if kind is ClaimKind.INDIRECT else None
    return Case(
        claim_id=1,
        number="990700001",
        kind=kind,
        round=1,
        case_on=_day(given.pop("case_on", on)),
        registered_on=_day(given.pop("registered_on", None)) or service_on + timedelta(days=7),
        birth_on=_day(given.pop("birth", "1365/02/01")),
        joined_on=_day(given.pop("joined", "1402/01/01")),
        left_on=_day(given.pop("left", None)),
        contract_start_on=_day(given.pop("contract_start", "1402/01/01")),
        contract_end_on=_day(given.pop("contract_end", "1402/12/29")),
        cover=_cover(given.pop("cover", {})),
        lines=tuple(build_line(number, line, on) for number, line in enumerate(lines, 1)),
        referral=None if referral is None else _referral(referral),
        evidence=tuple(_image(n, image) for n, image in enumerate(given.pop("evidence", []), 1)),
        open_referrals=tuple(_open_referral(row) for row in given.pop("open_referrals", [])),
        available_rial=given.pop("available_rial", None),
        decided=tuple((key, FindingState(state)) for key, state in given.pop("decided", [])),
        commission=_commission(given.pop("commission", None), on),
        history=tuple(_earlier(row) for row in given.pop("history", [])),
        **given,
    )


def build_line(number: int, given: dict[str, Any], on: str = SERVICE_ON) -> Line:
    """A line at its tariff, one unit, unless told otherwise; ``matching`` names a code."""
    given = dict(given)
    code = given.pop("code")
    service, tariff = service_of(code), tariff_of(code)
    equivalent = service.adult_equivalent_code if service else None
    matching, assessed = given.pop("matching", None), given.get("assessed_code")
    price = given.pop("price", tariff.unit_rial if tariff else 1_000_000)
    return Line(
        line_id=number,
        number=number,
        service_on=_day(given.pop("on", on)),
        code=code,
        quantity=given.pop("quantity", 1),
        unit_price_rial=price,
        service=service,
        tariff=tariff,
        equivalent_service=service_of(equivalent),
        equivalent_tariff=tariff_of(equivalent),
        matching_service=service_of(matching),
        matching_tariff=tariff_of(matching),
        assessed_service=service_of(assessed),
        assessed_tariff=tariff_of(assessed),
        deductions=tuple(
            Deduction(**row) if isinstance(row, dict) else row
            for row in given.pop("deductions", [])
        ),
        **given,
    )


def _day(text: str | None) -> date | None:
    return None if text is None else parse_day(text)


def _cover(given: dict[str, Any]) -> Cover:
    values = {"code": "dental", "title": "دندان", "franchise_basis": 1_000} | given
    values["excluded_groups"] = tuple(values.get("excluded_groups", ()))
    return Cover(**values)


def _referral(given: dict[str, Any]) -> Referral:
    values = {"number": "571842", "cover_code": "dental"} | given
    days = {"issued_on": "1402/09/13", "expires_on": "1402/11/13"}
    for key in ("issued_on", "expires_on", "first_recorded_on"):
        values[key] = _day(given.get(key, days.get(key)))
    return Referral(**values)


def _open_referral(given: dict[str, Any]) -> OpenReferral:
    return OpenReferral(**given | {"issued_on": _day(given["issued_on"])})


def _image(number: int, given: dict[str, Any]) -> Evidence:
    return Evidence(
        number=number,
        kind=EvidenceKind(given["kind"]),
        phase=Phase(given.get("phase", "none")),
        teeth=tuple(given.get("teeth", ())),
        lines=tuple(given.get("lines", ())),
        taken_on=_day(given.get("taken_on")),
        is_damaged=given.get("is_damaged", False),
        similar=tuple(_similar(row) for row in given.get("similar", ())),
        measures=_measures(given.get("measures")),
    )


def _similar(given: dict[str, Any]) -> SimilarImage:
    changes = tuple(given.get("changes", ()))
    return SimilarImage(**given | {"sent_on": _day(given["sent_on"]), "changes": changes})


def _measures(given: dict[str, int] | None) -> ImageMeasures | None:
    """A sharp grey image of a thousand pixels, unless told otherwise; None: not read yet."""
    if given is None:
        return None
    values = {"width": 1_000, "height": 1_000, "brightness": 90, "contrast": 50} | given
    return ImageMeasures(**{"sharpness": 200, "colour": 0} | values)


def _earlier(given: dict[str, Any]) -> EarlierTreatment:
    """Of the same insurer, unless ``is_foreign``: then only day, code and place are told."""
    given = dict(given)
    on, is_foreign = _day(given.pop("on")), given.pop("is_foreign", False)
    assert on is not None
    values: dict[str, Any] = {"tooth": None, "jaw": None, "surfaces": ""}
    service = service_of(given["code"])
    if not is_foreign and service is not None:
        values |= {"group": service.group, "title": service.title, "centre": "درمانگاه نمونه"}
        values |= {"claim_number": "990600001"}
    return EarlierTreatment(on=on, **values | given)


def _commission(given: dict[str, Any] | None, on: str) -> Commission | None:
    """None: nobody asked. A plan is approved four days before the service, unless told."""
    if given is None:
        return None
    return Commission(
        plans=tuple(_plan(n, plan) for n, plan in enumerate(given.get("plans", []), 1)),
        billed=tuple(_billed(unit, on) for unit in given.get("billed", [])),
    )


def _plan(number: int, given: dict[str, Any]) -> Plan:
    units = tuple(_planned(n, unit) for n, unit in enumerate(given["units"], 1))
    choices = {unit.choice for unit in units}
    is_waiting = choices == {None}
    decided_on = None if is_waiting else _day(given.get("decided_on", "1402/09/10"))
    is_refused = is_waiting or choices == {Choice.REJECT}
    return Plan(
        number=str(number),
        result=None if is_waiting else "rejected" if is_refused else "approved",
        decided_on=decided_on,
        valid_until_on=None if is_refused else _day(given.get("valid_until_on", "1403/03/10")),
        is_of_centre=given.get("is_of_centre", True),
        units=units,
    )


def _planned(number: int, given: dict[str, Any]) -> PlannedUnit:
    """Approved as asked at its tariff, unless ``choice``, ``to`` or ``rial`` say otherwise."""
    given = dict(given)
    code, choice = given.pop("code"), given.pop("choice", "approve")
    service, tariff = service_of(code), tariff_of(code)
    assert service is not None and tariff is not None
    quantity, to, rial = given.get("quantity", 1), given.pop("to", code), given.pop("rial", None)
    is_approved = choice in ("approve", "modify")
    return PlannedUnit(
        number=number,
        code=code,
        group=service.group,
        choice=None if choice == "none" else Choice(choice),
        approved_code=to if is_approved else None,
        approved_rial=(rial or tariff.unit_rial * quantity) if is_approved else 0,
        **given,
    )


def _billed(given: dict[str, Any], on: str) -> BilledUnit:
    values = {"claim": "990700000", "line": 1, "is_earlier": True} | given
    values.pop("on", None)
    service = service_of(given["code"])
    assert service is not None
    return BilledUnit(**values | {"group": service.group, "service_on": _day(given.get("on", on))})
