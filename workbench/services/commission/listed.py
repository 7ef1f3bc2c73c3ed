"""Plans as lists show them: clock, pack, panel, and what the reader has to do with each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from workbench.db.models import PlanSeat, TreatmentPlan
from workbench.db.queries import plan_lists as queries
from workbench.persian.identifiers import mask_national_code
from workbench.rules.approval import Unit
from workbench.rules.working_time import (
    ClockState,
    Deadline,
    WorkCalendar,
    state_of,
    working_hours_between,
)
from workbench.services.access import Actor
from workbench.services.commission.access import Interest
from workbench.services.commission.pack import Pack, packs_of, pages_of, units_of_plans
from workbench.services.commission.seats import is_live


class Own(StrEnum):
    """What the reader has to do with a plan's panel."""

    NONE = "none"
    WAITS = "waits"
    VOTED = "voted"
    REPLACED = "replaced"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPlan:
    """A plan as the inbox shows it; hours are working hours, ``left_hours`` negative when late.

    ``interest`` is why the reader may not decide it; ``members`` sit on its panel now;
    ``counted_hours`` ran in the round (of a returned plan: until it was returned).
    """

    insurer_id: int
    plan_id: int
    number: str
    state: str
    round: int
    units: tuple[Unit, ...]
    person_name: str
    masked_national_code: str
    centre_name: str
    insurer_name: str
    referral_number: str
    amount_rial: int
    submitted_at: datetime
    due_at: datetime
    closed_at: datetime | None
    clock: ClockState
    left_hours: float
    counted_hours: float
    pack: Pack
    votes: int
    seats: int
    members: tuple[str, ...]
    own: Own
    interest: Interest | None
    needs_chair: bool
    is_late: bool
    result: str | None


def plans_by_key(
    session: Session,
    actor: Actor,
    keys: Sequence[tuple[int, int]],
    calendar: WorkCalendar,
    *,
    now: datetime,
) -> list[ListedPlan]:
    """Known plans in the order given; at most a page or an export of them."""
    if not keys:
        return []
    by_key = {
        (row.TreatmentPlan.insurer_id, row.TreatmentPlan.id): row
        for some in pages_of(keys)
        for row in session.execute(queries.listed_plans(some))
    }
    found = [by_key[key] for key in keys if key in by_key]
    plans = [row.TreatmentPlan for row in found]
    units = units_of_plans(session, plans)
    about = _About(
        calendar=calendar,
        packs=packs_of(session, plans, units),
        units=units,
        seats=_seats(session, plans),
        letters=_own_letters(session, actor, plans),
    )
    return [_listed(row, actor, about, now) for row in found]


@dataclass(frozen=True, slots=True, kw_only=True)
class _About:
    """What belongs to a page of plans, by plan id; ``letters``: of the reader's own cases."""

    calendar: WorkCalendar
    packs: dict[int, Pack]
    units: dict[int, list[Unit]]
    seats: dict[int, list[tuple[PlanSeat, str]]]
    letters: set[tuple[int, int]]


def _listed(row: Any, actor: Actor, about: _About, now: datetime) -> ListedPlan:
    plan: TreatmentPlan = row.TreatmentPlan
    seats = [each for each in about.seats.get(plan.id, []) if each[0].round == plan.round]
    until = plan.decided_at or row.closed_at or now
    return ListedPlan(
        insurer_id=plan.insurer_id,
        plan_id=plan.id,
        number=plan.number,
        state=plan.state,
        round=plan.round,
        units=tuple(about.units.get(plan.id, [])),
        person_name=f"{row.first_name} {row.last_name}",
        masked_national_code=mask_national_code(row.national_code),
        centre_name=row.centre_name,
        insurer_name=row.insurer_name,
        referral_number=row.referral_number,
        amount_rial=plan.amount_rial,
        submitted_at=plan.submitted_at,
        due_at=plan.due_at,
        closed_at=row.closed_at,
        clock=state_of(clock_of(plan), until),
        left_hours=working_hours_between(about.calendar, until, plan.due_at),
        counted_hours=max(0.0, working_hours_between(about.calendar, plan.start_at, until)),
        pack=about.packs[plan.id],
        votes=plan.votes,
        seats=plan.panel_seats,
        members=tuple(name for seat, name in seats if is_live(seat, now)),
        own=_own(actor, [seat for seat, _name in seats], now),
        interest=_interest(actor, plan, about.letters),
        needs_chair=plan.needs_chair,
        is_late=plan.is_late,
        result=plan.result,
    )


def clock_of(plan: TreatmentPlan) -> Deadline:
    """The clock of the plan's present round."""
    return Deadline(
        start_at=plan.start_at,
        at_risk_at=plan.at_risk_at,
        due_at=plan.due_at,
        limit_at=plan.limit_at,
    )


def _own(actor: Actor, seats: Iterable[PlanSeat], now: datetime) -> Own:
    seat = next((each for each in seats if each.member_id == actor.user_id), None)
    if seat is None:
        return Own.NONE
    if seat.ended_at is not None:
        return Own.REPLACED
    if seat.has_voted:
        return Own.VOTED
    return Own.WAITS if seat.is_open and is_live(seat, now) else Own.NONE


def _interest(actor: Actor, plan: TreatmentPlan, letters: set[tuple[int, int]]) -> Interest | None:
    if actor.centre_id is not None and actor.centre_id == plan.centre_id:
        return Interest.CENTRE
    if actor.dentist_id is not None and actor.dentist_id == plan.dentist_id:
        return Interest.TREATMENT
    return Interest.CASE if (plan.insurer_id, plan.referral_id) in letters else None


def _seats(
    session: Session, plans: Sequence[TreatmentPlan]
) -> dict[int, list[tuple[PlanSeat, str]]]:
    found: dict[int, list[tuple[PlanSeat, str]]] = {}
    for keys in pages_of([(plan.insurer_id, plan.id) for plan in plans]):
        for row in session.execute(queries.seats_on(keys)):
            found.setdefault(row[0].plan_id, []).append((row[0], row[1]))
    return found


def _own_letters(
    session: Session, actor: Actor, plans: Sequence[TreatmentPlan]
) -> set[tuple[int, int]]:
    letters = sorted({(plan.insurer_id, plan.referral_id) for plan in plans})
    return {
        (row.insurer_id, row.referral_id)
        for keys in pages_of(letters)
        for row in session.execute(queries.own_letters(keys, actor.user_id))
    }
