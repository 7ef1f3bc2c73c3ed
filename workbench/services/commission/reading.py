"""Reading a plan: permission in the fetch, everything its page needs, nothing written.

Who has an interest in a plan sees it, but neither votes nor internal notes.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.models import CeilingAccount, Person, PlanRound, PlanSeat, TreatmentPlan
from workbench.db.queries import plan_page as queries
from workbench.db.queries.calendar import work_calendar
from workbench.errors import Refused
from workbench.i18n import language
from workbench.rules.clock_table import clock_table
from workbench.rules.workflow import PLAN_TRANSITIONS, PlanState
from workbench.rules.working_time import WorkCalendar, state_of, working_hours_between
from workbench.services.access import Actor, may, require, within_insurers
from workbench.services.ceiling import ledger
from workbench.services.claims.reading import patient_of, reasons_of
from workbench.services.claims.view import Ceiling, Image, Note
from workbench.services.commission.access import (
    Interest,
    PlanPlace,
    interest_in,
    record_plan,
    seen_plan,
)
from workbench.services.commission.listed import clock_of
from workbench.services.commission.pack import evidence_of, pack_from, units_of_plans
from workbench.services.commission.reading_panel import read_panel, seated_on
from workbench.services.commission.reading_units import read_units
from workbench.services.commission.seats import is_live
from workbench.services.commission.view import (
    Clock,
    EarlierPlan,
    Outcome,
    PlanClock,
    PlanRoundView,
    PlanView,
)
from workbench.services.images.cites import cites_of
from workbench.services.images.queue import hurry_plan_images


def find_plan(session: Session, actor: Actor, number: str) -> tuple[int, int]:
    """The key (insurer, plan) of a plan's number, if the actor may read it."""
    require(actor, "plan.read")
    statement = within_insurers(
        select(TreatmentPlan.insurer_id, TreatmentPlan.id).where(TreatmentPlan.number == number),
        actor,
        TreatmentPlan.insurer_id,
    )
    row = session.execute(statement.order_by(TreatmentPlan.id.desc())).first()
    if row is None:
        raise Refused("plan_not_found")
    return row[0], row[1]


def open_plan(session: Session, actor: Actor, place: PlanPlace, *, now: datetime) -> None:
    """Record that the actor opened a plan with its evidence; images that wait are hurried."""
    plan = seen_plan(session, actor, place)
    hurry_plan_images(session, plan, now=now)
    record_plan(session, plan, "opened", actor, now)


def read_plan(session: Session, actor: Actor, place: PlanPlace, *, now: datetime) -> PlanView:
    """One plan with images, clock, panel and history; refused: ``plan_not_found``."""
    plan = seen_plan(session, actor, place)
    head = session.execute(queries.header(plan)).one()
    calendar, interest = work_calendar(session), interest_in(session, actor, plan)
    seated = seated_on(session, plan)
    seats = [seat for seat, _name in seated]
    own = next((seat for seat in seats if seat.member_id == actor.user_id), None)
    rounds = session.execute(queries.rounds(plan)).all()
    images = _images(session, plan)
    units = read_units(session, plan, head, may_see_votes=interest is None)
    may_act = _Allowed(actor, plan, seats, own, interest, now)
    return PlanView(
        place=PlanPlace(insurer_id=plan.insurer_id, plan_id=plan.id, version=plan.version),
        person_id=plan.person_id,
        centre_id=plan.centre_id,
        number=plan.number,
        state=plan.state,
        round=plan.round,
        kinds=tuple(plan.kinds.split(",")),
        insurer=head.insurer,
        centre=head.centre,
        dentist=head.Dentist.name,
        dentist_number=head.Dentist.medical_council_number,
        dentist_speciality=head.Dentist.speciality,
        policyholder=head.policyholder,
        contract_number=head.Contract.number,
        plan=head.Contract.plan,
        referral_number=head.Referral.number,
        referral_issued_on=head.Referral.issued_on,
        referral_last_valid_on=head.Referral.last_valid_on,
        patient=patient_of(head, now),
        ceiling=_ceiling(session, plan, head),
        clock=_clock(plan, rounds[-1].PlanRound, calendar, now),
        rounds=_rounds(session, plan, rounds, images, calendar, now),
        units=units,
        images=images,
        pack=pack_from(plan, [unit.place for unit in units], evidence_of(images)),
        panel=read_panel(session, actor, plan, interest, seated, now=now),
        outcome=_outcome(plan, rounds[-1].display_name),
        earlier=_earlier(session, plan),
        notes=_notes(session, plan) if may(actor, "plan.notes") and interest is None else None,
        defect_reasons=reasons_of(session, "defect"),
        deduction_reasons=reasons_of(session, "deduction"),
        interest=interest,
        held_until_at=own.held_until_at if own is not None and is_live(own, now) else None,
        has_voted=own is not None and own.has_voted and own.ended_at is None,
        may_take=may_act.take(),
        may_vote=may_act.vote(),
        may_decide=may_act.do("decide") and plan.needs_chair,
        may_return=may_act.do("return"),
        may_replace=may_act.do("replace"),
        needs_chair=plan.needs_chair,
    )


def read_clock(session: Session, actor: Actor, place: PlanPlace, *, now: datetime) -> PlanClock:
    """The plan's clock alone: what counts down by itself; refused: ``plan_not_found``."""
    plan = seen_plan(session, actor, place)
    opened = session.scalars(queries.present_round(plan)).one()
    return PlanClock(clock=_clock(plan, opened, work_calendar(session), now), round=plan.round)


class _Allowed:
    """What the reader may do with the plan as it stands."""

    def __init__(
        self,
        actor: Actor,
        plan: TreatmentPlan,
        seats: Sequence[PlanSeat],
        own: PlanSeat | None,
        interest: Interest | None,
        now: datetime,
    ) -> None:
        self._actor, self._plan, self._own, self._now = actor, plan, own, now
        self._has_interest = interest is not None
        taken = sum(is_live(seat, now) for seat in seats if seat is not own)
        self._is_full = taken >= plan.panel_seats

    def do(self, action: str) -> bool:
        is_possible = (self._plan.state, action) in PLAN_TRANSITIONS
        return is_possible and not self._has_interest and may(self._actor, f"plan.{action}")

    def take(self) -> bool:
        """A seat is free and he has none."""
        has_seat = self._own is not None and (
            self._own.ended_at is not None or is_live(self._own, self._now)
        )
        return self.do("vote") and not has_seat and not self._is_full

    def vote(self) -> bool:
        """He sits on the panel and has not voted."""
        own = self._own
        return self.do("vote") and own is not None and not own.has_voted and is_live(own, self._now)


def _ceiling(session: Session, plan: TreatmentPlan, head: Any) -> Ceiling:
    letter = head.Referral
    account = session.get_one(CeilingAccount, (plan.insurer_id, letter.account_id))
    balance = ledger.balance(session, plan.insurer_id, letter.account_id)
    held = ledger.reserved_left(session, plan.insurer_id, letter.reservation_id)
    other = balance.reserved_rial - held
    limit = balance.limit_rial
    return Ceiling(
        limit_rial=limit,
        used_rial=balance.used_rial,
        reserved_other_rial=other,
        this_rial=held,
        free_rial=None if limit is None else limit - balance.used_rial - balance.reserved_rial,
        is_family=account.is_family,
    )


def _clock(plan: TreatmentPlan, opened: PlanRound, calendar: WorkCalendar, now: datetime) -> Clock:
    until = max(opened.closed_at or now, opened.submitted_at)
    return Clock(
        submitted_at=plan.submitted_at,
        start_at=plan.start_at,
        due_at=plan.due_at,
        limit_at=plan.limit_at,
        state=state_of(clock_of(plan), until),
        left_hours=working_hours_between(calendar, until, plan.due_at),
        counted_hours=max(0.0, working_hours_between(calendar, plan.start_at, until)),
        days=clock_table(calendar, plan.submitted_at, until),
        is_running=plan.state == PlanState.SUBMITTED,
    )


def _rounds(
    session: Session,
    plan: TreatmentPlan,
    rounds: Sequence[Any],
    images: Sequence[Image],
    calendar: WorkCalendar,
    now: datetime,
) -> tuple[PlanRoundView, ...]:
    defects = session.execute(queries.defects(plan)).all()
    is_persian = language() == "fa"
    return tuple(
        PlanRoundView(
            number=row.number,
            submitted_at=row.submitted_at,
            due_at=row.due_at,
            counted_hours=max(
                0.0, working_hours_between(calendar, row.start_at, row.closed_at or now)
            ),
            explanation=row.explanation,
            closed_at=row.closed_at,
            closed_by=closed_by,
            result=row.result,
            defects=tuple(
                (each.title_fa if is_persian else each.title_en, each.PlanDefect.text)
                for each in defects
                if each.PlanDefect.round == row.number
            ),
            images_added=sum(image.round_added == row.number for image in images),
            defect_cites=tuple(
                (each.title_fa if is_persian else each.title_en, cite)
                for each in defects
                if each.PlanDefect.round == row.number
                for cite in cites_of(each.PlanDefect.cites)
            ),
        )
        for row, closed_by in rounds
    )


def _images(session: Session, plan: TreatmentPlan) -> tuple[Image, ...]:
    return tuple(
        Image(
            number=row.PlanImage.number,
            kind=row.PlanImage.kind,
            phase=row.PlanImage.phase,
            teeth=tuple(row.PlanImage.teeth),
            lines=(),
            taken_on=row.PlanImage.taken_on,
            round_added=row.PlanImage.round_added,
            width=row.width,
            height=row.height,
        )
        for row in session.execute(queries.images(plan))
    )


def _outcome(plan: TreatmentPlan, decided_by: str | None) -> Outcome | None:
    if plan.result is None or plan.decided_at is None:
        return None
    return Outcome(
        result=plan.result,
        decided_at=plan.decided_at,
        decided_by=decided_by or "",
        is_late=plan.is_late,
        late_reason=plan.late_reason or "",
        public_text=plan.public_text or "",
        valid_until_on=plan.valid_until_on,
    )


def _earlier(session: Session, plan: TreatmentPlan) -> tuple[EarlierPlan, ...]:
    rows = session.scalars(queries.earlier(plan)).all()
    units = units_of_plans(session, rows)
    return tuple(
        EarlierPlan(
            number=row.number,
            state=row.state,
            result=row.result,
            submitted_at=row.submitted_at,
            decided_at=row.decided_at,
            units=tuple(units.get(row.id, ())),
        )
        for row in rows
    )


def _notes(session: Session, plan: TreatmentPlan) -> tuple[Note, ...]:
    return tuple(
        Note(at=row.at, author=row.display_name, text=row.text)
        for row in session.execute(queries.notes(plan))
    )


def open_plan_code(session: Session, actor: Actor, place: PlanPlace, *, now: datetime) -> str:
    """The patient's full national code; that it was opened is on the record."""
    plan = seen_plan(session, actor, place)
    if interest_in(session, actor, plan) is not None:
        raise Refused("plan_of_own_interest", number=plan.number)
    record_plan(session, plan, "national_code_opened", actor, now)
    return session.get_one(Person, plan.person_id).national_code
