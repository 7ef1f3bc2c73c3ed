"""What the assessors' figures are, which page and export share."""

from workbench.i18n import _, language
from workbench.persian.digits import to_persian
from workbench.rules.standardised import STRATUM_LEAST, Standing


def cases_is() -> str:
    """What counts as a decided case."""
    return _("Cases he finished in the period whose decision still holds; reopened ones left out.")


def lines_is() -> str:
    """What counts as a service line."""
    return _("Service lines of these cases, in the round that was finished.")


def rate_is() -> str:
    """What the deduction rate is of."""
    return _(
        "Technical deduction of the cost of these lines. What the tariff rejects is no deduction: "
        "nobody decides it."
    )


def returns_is() -> str:
    """What the return rate is of."""
    return _("Returns with defects of all his decisions (finished and returned) in the period.")


def time_is() -> str:
    """What the time of a case is."""
    return _(
        "Working minutes from the last taking of a case to its finish or return: half took no "
        "longer. A case that was parked in between counts from its last taking."
    )


def expected_is() -> str:
    """What the expected deduction is."""
    return _(
        "What would have been deducted had each of his lines got the mean deduction of all "
        "assessors for the same service code and kind of case in the period; codes with fewer "
        "than {n} lines are taken together by their group."
    ).format(n=_digits(STRATUM_LEAST))


def expected_returns_is() -> str:
    """What the expected returns are."""
    return _(
        "What would have been returned had each of his cases had the return rate of all assessors "
        "for cases with the same groups of services, kind and round; rare mixes are taken together."
    )


def interval_is() -> str:
    """What the ratio and its interval are."""
    return _(
        "Observed ÷ expected with a 95% interval. Above or below only where the whole interval is; "
        "one in twenty will be so by chance."
    )


def standing_name(standing: Standing) -> str:
    """Where an assessor stands against the expected, in a word."""
    return {
        Standing.ABOVE: _("above"),
        Standing.WITHIN: _("in range"),
        Standing.BELOW: _("below"),
    }[standing]


def _digits(number: int) -> str:
    return to_persian(str(number)) if language() == "fa" else str(number)
