"""The plan of the demo as plain values: units of work, each with its cases and their fates."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workbench.demo.people import CentrePlan, PersonPlan
from workbench.demo.pictures import Picture
from workbench.demo.shapes import Recipe
from workbench.services.claims.content import LineRequest


class Fate(StrEnum):
    """Where a case has come to by now."""

    ON_ITS_WAY = "on_its_way"
    WAITING = "waiting"
    TAKEN = "taken"
    LET_GO = "let_go"
    PARKED = "parked"
    RETURNED = "returned"
    RESUBMITTED = "resubmitted"
    MANY_ROUNDS = "many_rounds"
    FINISHED = "finished"
    SECOND_ROUND = "second_round"
    REOPENED = "reopened"
    VOIDED = "voided"
    RETURNED_VOIDED = "returned_voided"


RETURNS = {
    Fate.RETURNED: 1,
    Fate.RESUBMITTED: 1,
    Fate.MANY_ROUNDS: 3,
    Fate.SECOND_ROUND: 1,
    Fate.RETURNED_VOIDED: 1,
}
"""How often a case of this fate is returned."""

RESUBMISSIONS = {Fate.RESUBMITTED: 1, Fate.MANY_ROUNDS: 3, Fate.SECOND_ROUND: 1}


class Ending(StrEnum):
    """How far a unit has come after its cases."""

    OPEN = "open"
    SPLIT = "split"
    FINANCE = "finance"
    ARCHIVE = "archive"


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A referral letter; ``reserve_rial`` None: all of its amount."""

    number: str
    centre_code: str
    issued_on: date
    amount_rial: int
    reserve_rial: int | None = None
    replaces_number: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePlan:
    """One case: as it is registered, and what it goes through."""

    seed: int
    number: str
    tracking_code: str | None
    recipe: Recipe
    fate: Fate
    person: PersonPlan
    centre: CentrePlan
    dentist_number: str
    case_on: date
    registered_at: datetime
    lines: tuple[LineRequest, ...]
    pictures: tuple[Picture, ...]
    letters: tuple[Letter, ...] = ()
    later_pictures: tuple[Picture, ...] = ()
    defects: tuple[tuple[str, ...], ...] = ()
    back_hours_left: float = 0
    assessor: str = ""

    @property
    def referral_number(self) -> str | None:
        """The letter that the case stands on: the last one issued for it."""
        return self.letters[-1].number if self.letters and self.recipe.kind == "indirect" else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What is written in one transaction: a batch, or some direct cases of one insurer."""

    key: str
    insurer_code: str
    cases: tuple[CasePlan, ...]
    ending: Ending = Ending.OPEN
    acceptance_number: str | None = None
    centre: CentrePlan | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    remittance_number: str | None = None

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """All pictures in the order in which they are drawn."""
        return tuple(p for case in self.cases for p in (*case.pictures, *case.later_pictures))
