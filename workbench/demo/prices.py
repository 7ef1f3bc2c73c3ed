"""What a centre of the demo may bill: the tariff in force, as the shipped catalogue gives it."""

from datetime import date

from workbench.demo.covers import CONTRACTS, KEPT_PRICES_RIAL, KEPT_TARIFF_SET
from workbench.demo.people import CentrePlan
from workbench.demo.shapes import Work
from workbench.persian.jalali import parts
from workbench.rules.money import ONE_BASIS, round_half_up, tariff_unit_rial
from workbench.services.catalogue.catalogue import (
    DEFAULT_TARIFF_SET,
    PRICE_STEP_RIAL,
    default_catalogue,
)

UNPRICED_UNIT_RIAL = 7_200_000
"""What is billed for a code without a tariff."""


def prices_1402() -> dict[str, int]:
    """The contracted price of 1402 of each code that has one, in rials."""
    return {
        row["code"]: row["price_rial"]
        for row in default_catalogue()["services"]
        if "price_rial" in row
    }


def tariff_rial(contract: str, code: str, on: date, centre: CentrePlan) -> int | None:
    """The unit price in force for a code of a contract on a day at a centre; None: no tariff."""
    tariff_set = CONTRACTS[contract].tariff_set
    price_rial = prices_1402().get(code)
    if tariff_set == KEPT_TARIFF_SET:
        return KEPT_PRICES_RIAL.get(code, price_rial)
    if price_rial is None:
        return None
    content = default_catalogue()
    year = parts(on)[0]
    growth = [row["growth_basis"] for row in content["tariff_years"] if row["year"] <= year][-1]
    share = ONE_BASIS if centre.is_contracted else content["elsewhere"]["share_basis"]
    if growth != ONE_BASIS or share != ONE_BASIS:
        grown = round_half_up(price_rial * growth * share, ONE_BASIS * ONE_BASIS)
        price_rial = PRICE_STEP_RIAL * round_half_up(grown, PRICE_STEP_RIAL)
    basis = centre.coefficient_basis if tariff_set == DEFAULT_TARIFF_SET else ONE_BASIS
    return tariff_unit_rial(price_rial, basis)


def billed_rial(contract: str, work: Work, on: date, centre: CentrePlan) -> int:
    """The unit price that the centre bills for a line."""
    if work.price_rial is not None:
        return work.price_rial
    unit_rial = tariff_rial(contract, work.code, on, centre)
    if unit_rial is None:
        return UNPRICED_UNIT_RIAL
    return round_half_up(unit_rial * work.price_basis, ONE_BASIS)
