"""Words of the managers' figures, which pages, exports and the daily summary share."""

from workbench.i18n import _


def kind_name(code: str) -> str:
    """A kind of cases in words."""
    return {"indirect": _("Cases of centres"), "direct": _("Direct claims")}[code]


def part_name(code: str) -> str:
    """What the figures are told apart by."""
    return {
        "assessor": _("Assessor"),
        "insurer": _("Insurer"),
        "centre": _("Centre"),
        "kind": _("Kind"),
        "service": _("Service"),
    }[code]


def wait_name(code: str) -> str:
    """Where time goes, in words."""
    return {
        "to_take": _("received to taken"),
        "review": _("review"),
        "defect": _("waiting for the centre"),
        "again": _("second review"),
        "to_finance": _("finished to finance"),
    }[code]


def column_name(name: str) -> str:
    """A column of money in words."""
    return {
        "cost_rial": _("Cost"),
        "tariff_reject_rial": _("Tariff reject"),
        "technical_deduction_rial": _("Technical deduction"),
        "patient_share_rial": _("Patient share"),
        "technical_approval_rial": _("Technical approval"),
        "ceiling_reject_rial": _("Ceiling reject"),
        "payable_rial": _("Payable"),
    }[name]


def came_is() -> str:
    """What the count of arrivals is."""
    return _("Cases that were received, sent again or reopened in the period.")


def decided_is() -> str:
    """What the count of decisions is."""
    return _("Cases finished in the period whose decision still holds; reopened ones are left out.")


def returned_is() -> str:
    """What the count of returns is."""
    return _("Cases returned with defects in the period.")


def left_is() -> str:
    """What the count of what left work is."""
    return _("Cases that left work in the period: finished, returned or voided.")


def backlog_is() -> str:
    """What the backlog is."""
    return _("Accepted, under review or parked at this moment.")


def on_time_is() -> str:
    """What the share on time is."""
    return _("Of all decisions and returns of the period, those before the case's deadline.")


def median_is() -> str:
    """What the median is."""
    return _("Working days from the start of a round's clock to its decision; half took no longer.")


def p90_is() -> str:
    """What the ninetieth percentile is."""
    return _("Working days that nine of ten did not exceed.")


def deduction_rate_is() -> str:
    """What the deduction rate is."""
    return _("Technical deduction of the cost of the decided cases.")


def return_rate_is() -> str:
    """What the return rate is."""
    return _("Returns of all decisions and returns of the period.")


def rounds_are() -> str:
    """What the rounds per case are."""
    return _("Mean number of the round in which the decided cases were decided.")


def first_is() -> str:
    """What the share of the first round is."""
    return _("Of the decided cases, those that were decided without a return.")
