"""The money of a claim: the one function that computes it, and the formulas of its deductions.

Every screen, print, export and the command line call ``settle``. All amounts are whole rials,
franchise and coefficients are basis points (10,000 = 1). Source: domain/money.md, I1 to I4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from workbench.errors import Refused

ONE_BASIS = 10_000
"""100 % franchise, or a coefficient of one."""

PAYABLE_STEP_RIAL = 10
"""A case is paid in whole tens of rials (I3)."""


class Outcome(IntEnum):
    """What became of a line; derived, never typed (domain/money.md, Outcomes)."""

    LESS_FRANCHISE = 1
    LESS_FRANCHISE_AND_OVERCLAIM = 2
    LESS_FRANCHISE_AND_OVER_TARIFF = 3
    NOT_PAYABLE = 4
    RETURNED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class LineInput:
    """What ``settle`` needs of a line: C, its tariff times quantity (None: none known), and D."""

    cost_rial: int
    tariff_rial: int | None
    deduction_rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LineMoney:
    """C, T, D, S and A of one line."""

    cost_rial: int
    tariff_reject_rial: int
    technical_deduction_rial: int
    patient_share_rial: int
    technical_approval_rial: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseMoney:
    """The seven columns of a case; the first five are the sums of its lines."""

    lines: tuple[LineMoney, ...]
    cost_rial: int
    tariff_reject_rial: int
    technical_deduction_rial: int
    patient_share_rial: int
    technical_approval_rial: int
    ceiling_reject_rial: int
    payable_rial: int


def settle(
    lines: Sequence[LineInput], *, franchise_basis: int, available_rial: int | None
) -> CaseMoney:
    """The money of a case of these lines (domain/money.md, I1 to I4).

    ``franchise_basis`` is 0 to 10,000; ``available_rial`` is what the ceiling can still pay, None
    for unlimited. Refused: ``franchise_out_of_range``, ``negative_ceiling``, ``negative_amount``
    and ``deduction_above_rest``, which name the line by its place.
    """
    if not 0 <= franchise_basis <= ONE_BASIS:
        raise Refused("franchise_out_of_range", franchise_basis=franchise_basis)
    if available_rial is not None and available_rial < 0:
        raise Refused("negative_ceiling", available_rial=available_rial)
    settled = tuple(
        _settle_line(line, franchise_basis, number) for number, line in enumerate(lines, 1)
    )
    approval_rial = sum(line.technical_approval_rial for line in settled)
    rounded_rial = round10(approval_rial)
    payable_rial = rounded_rial if available_rial is None else min(rounded_rial, available_rial)
    return CaseMoney(
        lines=settled,
        cost_rial=sum(line.cost_rial for line in settled),
        tariff_reject_rial=sum(line.tariff_reject_rial for line in settled),
        technical_deduction_rial=sum(line.technical_deduction_rial for line in settled),
        patient_share_rial=sum(line.patient_share_rial for line in settled),
        technical_approval_rial=approval_rial,
        ceiling_reject_rial=rounded_rial - payable_rial,
        payable_rial=payable_rial,
    )


def _settle_line(line: LineInput, franchise_basis: int, number: int) -> LineMoney:
    cost_rial, deduction_rial = line.cost_rial, line.deduction_rial
    if min(cost_rial, deduction_rial, line.tariff_rial or 0) < 0:
        raise Refused("negative_amount", line=number)
    reject_rial = tariff_reject_rial(cost_rial, line.tariff_rial)
    rest_rial = cost_rial - reject_rial - deduction_rial
    if rest_rial < 0:
        raise Refused(
            "deduction_above_rest",
            line=number,
            deduction_rial=deduction_rial,
            rest_rial=cost_rial - reject_rial,
        )
    share_rial = round_half_up(rest_rial * franchise_basis, ONE_BASIS)
    return LineMoney(
        cost_rial=cost_rial,
        tariff_reject_rial=reject_rial,
        technical_deduction_rial=deduction_rial,
        patient_share_rial=share_rial,
        technical_approval_rial=rest_rial - share_rial,
    )


def round_half_up(numerator: int, denominator: int) -> int:
    """The whole number nearest to a quotient that is not negative; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def round10(amount_rial: int) -> int:
    """The nearest ten rials, half up: the rounding of a case (I3)."""
    return PAYABLE_STEP_RIAL * round_half_up(amount_rial, PAYABLE_STEP_RIAL)


def tariff_reject_rial(cost_rial: int, tariff_rial: int | None) -> int:
    """T: what exceeds the tariff of the line; nothing where no tariff is known."""
    return 0 if tariff_rial is None else max(0, cost_rial - tariff_rial)


def tariff_unit_rial(base_rial: int, coefficient_basis: int) -> int:
    """The tariff of one unit: the table's price times the centre's coefficient, half up."""
    return round_half_up(base_rial * coefficient_basis, ONE_BASIS)


def recode_deduction_rial(cost_rial: int, tariff_reject_rial: int, new_tariff_rial: int) -> int:
    """What a re-code deducts: C − T less the new code's tariff × quantity, never below zero."""
    return max(0, cost_rial - tariff_reject_rial - new_tariff_rial)


def cut_deduction_rial(
    cost_rial: int, tariff_reject_rial: int, *, quantity: int, unit_price_rial: int
) -> int:
    """What a cut deducts: C − T less assessed quantity × assessed unit price, never below zero.

    ``unit_price_rial`` is the smaller of the requested and the assessed price.
    """
    return max(0, cost_rial - tariff_reject_rial - quantity * unit_price_rial)


def outcome_of(line: LineMoney, *, is_rejected: bool, returned: bool) -> Outcome:
    """The outcome of a line, from its money and the two decisions that money does not show."""
    if returned:
        return Outcome.RETURNED
    if is_rejected and line.technical_approval_rial == 0:
        return Outcome.NOT_PAYABLE
    if line.technical_deduction_rial > 0:
        return Outcome.LESS_FRANCHISE_AND_OVERCLAIM
    if line.tariff_reject_rial > 0:
        return Outcome.LESS_FRANCHISE_AND_OVER_TARIFF
    return Outcome.LESS_FRANCHISE


def spread_over_lines(money: CaseMoney) -> list[tuple[int, int]]:
    """X and P per line, in rials, where a print needs them; they add up to those of the case.

    The rounding falls on the last line with an approval, X is taken from the last line backwards.
    """
    approved = [line.technical_approval_rial for line in money.lines]
    rounding_rial = round10(money.technical_approval_rial) - money.technical_approval_rial
    for index in reversed(range(len(approved))):
        if approved[index] > 0:
            change_rial = max(rounding_rial, -approved[index])
            approved[index] += change_rial
            rounding_rial -= change_rial
    rejected = [0] * len(approved)
    left_rial = money.ceiling_reject_rial
    for index in reversed(range(len(approved))):
        rejected[index] = min(left_rial, approved[index])
        left_rial -= rejected[index]
    return [(x, a - x) for x, a in zip(rejected, approved, strict=True)]
