"""What the rules are told about the dental commission: plans with their units, and what is billed.

It is part of a ``Case``, so findings about approvals follow from the frozen round alone. Money is
whole rials.
"""

from dataclasses import dataclass
from datetime import date

from workbench.rules.panel import Choice


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedUnit:
    """One unit of a plan and what became of it; ``choice`` None: it is not decided.

    ``approved_code`` is the code that may be billed, ``approved_rial`` what for the whole quantity.
    """

    number: int
    code: str
    group: str
    quantity: int = 1
    tooth: int | None = None
    jaw: str | None = None
    choice: Choice | None = None
    approved_code: str | None = None
    approved_rial: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """A treatment plan as the commission left it; ``decided_on`` None: it waits or was returned.

    ``decided_on`` is the day in Tehran. ``is_of_centre``: the centre of the plan is the claim's.
    """

    number: str
    result: str | None
    decided_on: date | None
    valid_until_on: date | None
    is_of_centre: bool
    units: tuple[PlannedUnit, ...]

    def is_valid_on(self, day: date) -> bool:
        """Whether a service of that day comes after the decision and within its validity."""
        return (
            self.decided_on is not None
            and self.valid_until_on is not None
            and self.decided_on <= day <= self.valid_until_on
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledUnit:
    """A line of another case of the patient that may need an approval.

    ``is_of_letter``: it is billed under the claim's letter or the expired one that it replaces;
    ``is_earlier``: that case was registered before the claim.
    """

    claim: str
    line: int
    service_on: date
    code: str
    group: str
    quantity: int = 1
    tooth: int | None = None
    jaw: str | None = None
    is_of_letter: bool = True
    is_earlier: bool = False
    is_rejected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """Everything that the approvals of a claim follow from.

    Of a case under a letter: the plans of that letter and of the expired one that it replaces. Of a
    direct claim, which has no letter: all plans of the person at the insurer, whatever their letter
    and centre, for there is no other way in which its treatment could have been approved.
    """

    plans: tuple[Plan, ...] = ()
    billed: tuple[BilledUnit, ...] = ()
