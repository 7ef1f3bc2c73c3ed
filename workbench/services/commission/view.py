"""Everything the plan page shows, read at once: frozen values, no rows, no sentences.

Amounts are whole rials, hours are working hours, instants UTC.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from workbench.rules.approval import Unit
from workbench.rules.clock_table import DayHours
from workbench.rules.facts import Cite
from workbench.rules.panel import Majority, Standing
from workbench.rules.working_time import ClockState
from workbench.services.claims.view import Ceiling, CodeChoice, Image, Note, Patient, ReasonChoice
from workbench.services.commission.access import Interest, PlanPlace
from workbench.services.commission.pack import Pack
from workbench.services.commission.votes import UnitVote


class SeatState(StrEnum):
    """What a member of the panel did so far."""

    WRITING = "writing"
    VOTED = "voted"
    LAPSED = "lapsed"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitWord:
    """What a member said about a unit; ``changed_…`` of a modification."""

    unit_number: int
    choice: str
    changed_title: str
    changed_rial: int | None
    reason: str
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A seat on the panel. ``words`` None: the votes are hidden from this reader still."""

    user_id: int
    name: str
    is_reader: bool
    is_chair: bool
    state: SeatState
    words: tuple[UnitWord, ...] | None
    replaced_reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedUnit:
    """One planned service, as asked and (once decided) as approved.

    ``winning``: what the members' votes say about it while the plan waits for the chair.
    """

    number: int
    code: str
    title: str
    place: Unit
    amount_rial: int
    choice: str | None
    approved_title: str
    approved_rial: int | None
    reason: str
    standing: Standing
    codes: tuple[CodeChoice, ...]
    winning: UnitVote | None = None
    cites: tuple[Cite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRoundView:
    """A round with its clock, how it ended and which defects it named: (title, text).

    ``defect_cites``: the frames of those, each with the title.
    """

    number: int
    submitted_at: datetime
    due_at: datetime
    counted_hours: float
    explanation: str
    closed_at: datetime | None
    closed_by: str | None
    result: str | None
    defects: tuple[tuple[str, str], ...]
    images_added: int
    defect_cites: tuple[tuple[str, Cite], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierPlan:
    """Another plan of the same insured person."""

    number: str
    state: str
    result: str | None
    submitted_at: datetime
    decided_at: datetime | None
    units: tuple[Unit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The clock of the present round; ``left_hours`` negative when late."""

    submitted_at: datetime
    start_at: datetime
    due_at: datetime
    limit_at: datetime
    state: ClockState
    left_hours: float
    counted_hours: float
    days: tuple[DayHours, ...]
    is_running: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanClock:
    """The clock with the number of its round: what the page reads anew every minute."""

    clock: Clock
    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelView:
    """The rule of the round and its members; ``are_votes_open``: the quorum is reached."""

    seats: int
    quorum: int
    majority: Majority
    votes: int
    are_votes_open: bool
    members: tuple[Member, ...]
    casting: tuple[UnitWord, ...]
    cast_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was decided; ``public_text`` is what centre and insured person read."""

    result: str
    decided_at: datetime
    decided_by: str
    is_late: bool
    late_reason: str
    public_text: str
    valid_until_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanView:
    """One plan as its page shows it; what the reader may do with it now stands at the end."""

    place: PlanPlace
    person_id: int
    centre_id: int
    number: str
    state: str
    round: int
    kinds: tuple[str, ...]
    insurer: str
    centre: str
    dentist: str
    dentist_number: str
    dentist_speciality: str
    policyholder: str
    contract_number: str
    plan: str
    referral_number: str
    referral_issued_on: date
    referral_last_valid_on: date
    patient: Patient
    ceiling: Ceiling
    clock: Clock
    rounds: tuple[PlanRoundView, ...]
    units: tuple[PlannedUnit, ...]
    images: tuple[Image, ...]
    pack: Pack
    panel: PanelView
    outcome: Outcome | None
    earlier: tuple[EarlierPlan, ...]
    notes: tuple[Note, ...] | None
    defect_reasons: tuple[ReasonChoice, ...]
    deduction_reasons: tuple[ReasonChoice, ...]
    interest: Interest | None
    held_until_at: datetime | None
    has_voted: bool
    may_take: bool
    may_vote: bool
    may_decide: bool
    may_return: bool
    may_replace: bool
    needs_chair: bool
