"""Playing the demo's treatment plans: submitted, voted, returned, decided by the services."""

import random
from datetime import date, timedelta

from sqlalchemy.orm import Session

from workbench.db.models import TreatmentPlan
from workbench.demo import covers
from workbench.demo.passing import Stage, image_of
from workbench.demo.plan_casting import PlanUnit, submitted_for
from workbench.demo.plan_scenes import (
    ABUTMENT,
    BRACES,
    CROWN,
    IMPLANT,
    MODIFY,
    PIER,
    PONTIC,
    REJECT,
    REMOVABLE,
    ZIRCONIA,
)
from workbench.demo.prices import tariff_rial
from workbench.demo.timing import day_in_tehran, office
from workbench.evidence.jpeg import Accepted
from workbench.rules.panel import Choice
from workbench.rules.working_time import (
    DUE_HOURS,
    add_working_hours,
    working_hours_between,
)
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.content import UnitRequest
from workbench.services.commission.notes import add_plan_note
from workbench.services.commission.rounds import PlanDefectInput, resubmit_plan, return_plan
from workbench.services.commission.seats import take_seat
from workbench.services.commission.submission import PlanInput, submit_plan
from workbench.services.commission.votes import UnitVote, cast_vote, decide_plan
from workbench.services.referrals.letters import ReferralInput, issue_referral

FIRST_LETTER, FIRST_PLAN = 620_001, 184_101
LETTERS_RIAL = 48_000_000
SEAT_AGE = timedelta(minutes=9)
CHEAPER = {IMPLANT: ABUTMENT, BRACES: REMOVABLE, ZIRCONIA: CROWN, PIER: PONTIC}
NO_NEED = "در رادیوگرافی نیازی به این واحد دیده نمی‌شود"
CHEAPER_DOES = "گزینه ارزان‌تر همان کارایی را دارد"
LATE = "رأی سوم در مرخصی عضو دیر رسید"
BACK = "تصویر خواناتر پیوست شد"


def play_plan(session: Session, stage: Stage, unit: PlanUnit, accepted: list[Accepted]) -> None:
    """Submit a plan and take it as far as its scene says."""
    _Played(session, stage, unit, accepted).play()


class _Played:
    """One plan at the commission, step by step."""

    def __init__(
        self, session: Session, stage: Stage, unit: PlanUnit, accepted: list[Accepted]
    ) -> None:
        self._session, self._stage, self._unit, self._scene = session, stage, unit, unit.scene
        count = len(unit.pictures)
        self._images = [image_of(p, a) for p, a in zip(unit.pictures, accepted, strict=False)]
        self._later = [
            image_of(p, a) for p, a in zip(unit.later_pictures, accepted[count:], strict=True)
        ]
        self._round_at = unit.submitted_at
        self._chance = random.Random(unit.key)

    def play(self) -> None:
        plan = self._submit()
        self._place = PlanPlace(insurer_id=plan.insurer_id, plan_id=plan.id)
        if self._scene.note:
            self._note(plan)
        if self._scene.defects:
            self._return()
        if self._scene.defects and not self._scene.is_back:
            return
        for member in self._scene.seated:
            at = self._stage.now - SEAT_AGE
            take_seat(self._session, self._stage.cast[member], self._place, now=at)
        self._vote(plan)

    def _submit(self) -> TreatmentPlan:
        letter = self._issue()
        sent = PlanInput(
            insurer_code=letter.insurer_code,
            number=str(FIRST_PLAN + 7 * self._unit.number),
            referral_number=letter.number,
            medical_council_number=self._unit.centre.dentists[0],
            units=self._units(),
            images=tuple(self._images),
            submitted_at=self._unit.submitted_at,
        )
        return submit_plan(self._session, None, sent, now=self._unit.submitted_at)

    def _issue(self) -> ReferralInput:
        contract = covers.CONTRACTS[self._unit.person.contract]
        issued_at = self._unit.submitted_at - timedelta(days=2)
        letter = ReferralInput(
            insurer_code=contract.insurer_code,
            number=str(FIRST_LETTER + self._unit.number),
            contract_number=contract.number(day_in_tehran(self._stage.now)),
            cover_code="dental",
            national_code=self._unit.person.national_code,
            centre_code=self._unit.centre.code,
            issued_on=day_in_tehran(issued_at),
            amount_rial=LETTERS_RIAL,
        )
        issue_referral(self._session, None, letter, now=issued_at)
        return letter

    def _units(self) -> tuple[UnitRequest, ...]:
        on = day_in_tehran(self._unit.submitted_at)
        return tuple(
            UnitRequest(
                number=number,
                code=wish.code,
                tooth=wish.tooth,
                jaw=wish.jaw,
                amount_rial=self._price(wish.code, on),
            )
            for number, wish in enumerate(self._scene.wishes, 1)
        )

    def _price(self, code: str, on: date) -> int:
        contract = self._unit.person.contract
        price_rial = tariff_rial(contract, code, on, self._unit.centre)
        assert price_rial is not None, f"{code} has a tariff"
        return price_rial

    def _note(self, plan: TreatmentPlan) -> None:
        at = min(plan.start_at + timedelta(hours=2), self._stage.now)
        author = self._stage.cast["commission2"]
        add_plan_note(self._session, author, self._place, text=self._scene.note, now=at)

    def _return(self) -> None:
        calendar, after = self._stage.calendar, self._scene.returned_after
        at = add_working_hours(calendar, self._round_at, after)
        defects = [
            PlanDefectInput(reason=reason, text=text) for reason, text in self._scene.defects
        ]
        member = self._stage.cast["commission"]
        return_plan(self._session, member, self._place, defects, now=at)
        if not self._scene.is_back:
            return
        left = DUE_HOURS - self._scene.left_hours
        self._round_at = submitted_for(calendar, self._stage.now, left)
        resubmit_plan(
            self._session,
            None,
            self._place,
            images=tuple(self._later),
            explanation=BACK,
            now=self._round_at,
        )

    def _vote(self, plan: TreatmentPlan) -> None:
        calendar = self._stage.calendar
        decided = self._scene.decided_after
        done = working_hours_between(calendar, plan.start_at, self._stage.now)
        for turn, (member, marks) in enumerate(self._scene.votes):
            share = 0.55 + 0.35 * turn
            hours = decided * (0.7 if turn == 0 else 1.0) if decided else min(done * share, 40)
            at = add_working_hours(calendar, plan.start_at, hours)
            if decided:
                at = office(calendar, at, self._stage.now)
            votes = [self._word(number, mark) for number, mark in enumerate(marks, 1)]
            actor = self._stage.cast[member]
            standing = cast_vote(self._session, actor, self._place, votes, now=at)
            if decided and turn and not standing.is_decided:
                chair = self._stage.cast["chair"]
                decide_plan(self._session, chair, self._place, late_reason=LATE, now=at)

    def _word(self, number: int, mark: str) -> UnitVote:
        if mark == REJECT:
            return UnitVote(unit_number=number, choice=Choice.REJECT, reason=NO_NEED)
        if mark != MODIFY:
            return UnitVote(unit_number=number, choice=Choice.APPROVE)
        wish = self._scene.wishes[number - 1]
        on = day_in_tehran(self._unit.submitted_at)
        code = CHEAPER.get(wish.code, wish.code)
        return UnitVote(
            unit_number=number,
            choice=Choice.MODIFY,
            changed_code=code,
            changed_rial=min(self._price(code, on), self._price(wish.code, on)),
            reason=CHEAPER_DOES,
        )
