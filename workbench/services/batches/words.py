"""The words of a batch: its columns, results and outcomes; papers are always in Persian."""

from collections.abc import Iterator
from contextlib import contextmanager

from workbench.i18n import N_, _, language, use_language
from workbench.rules.money import Outcome
from workbench.services.errors import state_name

COLUMN_TITLES: dict[str, str] = {
    "cost_rial": N_("Service cost"),
    "tariff_reject_rial": N_("Tariff reject"),
    "technical_deduction_rial": N_("Technical deductions"),
    "patient_share_rial": N_("Patient share"),
    "technical_approval_rial": N_("Technical approval"),
    "ceiling_reject_rial": N_("Ceiling reject"),
    "payable_rial": N_("Payable to the centre"),
}

OUTCOME_NAMES: dict[int, str] = {
    Outcome.LESS_FRANCHISE: N_("Pay less franchise"),
    Outcome.LESS_FRANCHISE_AND_OVERCLAIM: N_("Pay less franchise and over-claimed amount"),
    Outcome.LESS_FRANCHISE_AND_OVER_TARIFF: N_("Pay less franchise and over tariff"),
    Outcome.NOT_PAYABLE: N_("Not payable"),
    Outcome.RETURNED: N_("Returned"),
}

RESULT_NAMES: dict[str, str] = {
    "approved": N_("Approved"),
    "deducted": N_("With deductions"),
    "ceiling": N_("Ceiling reject"),
    "rejected": N_("Rejected"),
}


def column_title(name: str) -> str:
    """The title of one of the seven columns in the present language."""
    return _(COLUMN_TITLES[name])


def outcome_name(outcome: int | None) -> str:
    """The words of an outcome in the present language; empty while there is none."""
    return "" if outcome is None else _(OUTCOME_NAMES[outcome])


def result_name(result: str) -> str:
    """The word for what became of a case: its result, or its state while it has none."""
    return _(RESULT_NAMES[result]) if result in RESULT_NAMES else state_name(result)


@contextmanager
def on_paper() -> Iterator[None]:
    """Everything said inside is Persian: prints and exports go to Iranian offices."""
    former = language()
    use_language("fa")
    try:
        yield
    finally:
        use_language(former)
