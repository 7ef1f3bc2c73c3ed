"""Playing one unit of the demo: everything is done through the services, at its own instant."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from workbench.db.models import Claim
from workbench.demo import texts
from workbench.demo.deciding import decide, follow, place_of
from workbench.demo.passing import (
    JUST_NOW,
    Stage,
    end_unit,
    image_of,
    register_case,
    send_batch,
)
from workbench.demo.plans import RESUBMISSIONS, RETURNS, CasePlan, Fate, Unit
from workbench.demo.timing import Steps, accepted_for, day_in_tehran
from workbench.evidence.jpeg import Accepted
from workbench.services.batches import receipt
from workbench.services.claims import deciding, notes, taking
from workbench.services.claims.content import ImageRequest
from workbench.services.claims.demo_answer import unjudged_defects
from workbench.services.claims.facts import assess
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim

TAKEN_MINUTES = (2, 18)
LET_GO_BEFORE = timedelta(minutes=45)
NOTE_EVERY = 6


def play(session: Session, stage: Stage, unit: Unit, accepted: list[Accepted]) -> None:
    """Register a unit and take it as far as it has come."""
    images = iter(accepted)
    if unit.acceptance_number is not None:
        send_batch(session, unit)
    played = []
    for case in unit.cases:
        own = [image_of(picture, next(images)) for picture in case.pictures]
        later = [image_of(picture, next(images)) for picture in case.later_pictures]
        played.append((case, register_case(session, stage, unit, case, tuple(own)), later))
    if unit.received_at is not None:
        receipt.receive_batch(
            session, stage.cast["reception"], unit.acceptance_number or "", now=unit.received_at
        )
    last_at = max(
        [_Case(session, stage, unit, case, key, later).play() for case, key, later in played]
    )
    end_unit(session, stage, unit, [key for _, key, _ in played], last_at)


class _Case:
    """One case at the desk, step by step."""

    def __init__(
        self,
        session: Session,
        stage: Stage,
        unit: Unit,
        plan: CasePlan,
        key: tuple[int, int],
        later: list[ImageRequest],
    ) -> None:
        self._session, self._stage, self._unit, self._plan = session, stage, unit, plan
        self._key, self._later = key, iter(later)
        self._chance = random.Random(f"case/{plan.seed}")
        self._actor = stage.cast[plan.assessor]
        latest = stage.now - (LET_GO_BEFORE if plan.fate is Fate.LET_GO else JUST_NOW)
        start = unit.received_at or plan.registered_at
        self._steps = Steps(stage.calendar, self._chance, start, max(start, latest))
        self._turn = plan.seed // 1_000

    def play(self) -> datetime:
        """Take the case to its fate; returns the instant of its last step."""
        plan = self._plan
        for turn in range(RETURNS.get(plan.fate, 0)):
            self._return(turn)
            if turn < RESUBMISSIONS.get(plan.fate, 0):
                self._resubmit(is_last=turn + 1 == RESUBMISSIONS[plan.fate])
        match plan.fate:
            case Fate.FINISHED | Fate.SECOND_ROUND:
                self._finish()
            case Fate.REOPENED:
                self._finish()
                self._reopen()
            case Fate.TAKEN:
                self._take(at=self._just_now())
                self._begin()
            case Fate.LET_GO:
                self._take()
            case Fate.PARKED:
                self._park()
            case Fate.VOIDED | Fate.RETURNED_VOIDED:
                self._void()
            case _:
                pass
        return self._steps.at

    def _just_now(self) -> datetime:
        self._steps.at = self._stage.now - timedelta(minutes=self._chance.randint(*TAKEN_MINUTES))
        return self._steps.at

    def _take(self, at: datetime | None = None) -> Claim:
        now = at or self._steps.later(2, 40)
        claim = taking.take_claim(self._session, self._actor, *self._key, now=now)
        taking.open_case(self._session, self._actor, *self._key, now=now)
        if self._turn % NOTE_EVERY == 0:
            text = texts.NOTES[self._turn // NOTE_EVERY % len(texts.NOTES)]
            notes.add_note(self._session, self._actor, *self._key, text=text, now=now)
        return claim

    def _begin(self) -> None:
        """Half of the taken cases have their first order done already."""
        claim = self._claim()
        for order in self._plan.recipe.orders[:1]:
            found = assess(self._session, claim)
            follow(self._session, self._actor, claim, found, order, now=self._steps.at)

    def _claim(self) -> Claim:
        return self._session.get_one(Claim, self._key)

    def _finish(self) -> None:
        claim = self._take()
        self._judge_defects(claim)
        now = self._steps.minutes(2, 9)
        found = decide(self._session, self._actor, claim, self._plan.recipe.orders, now=now)
        self._end_round(claim, found.case.available_rial)

    def _end_round(self, claim: Claim, available_rial: int | None) -> None:
        deciding.finish_claim(
            self._session,
            self._actor,
            place_of(claim),
            nonce=f"demo:finish:{claim.number}:{claim.round}",
            seen_available_rial=available_rial,
            now=self._steps.minutes(1, 4),
        )

    def _judge_defects(self, claim: Claim) -> None:
        if claim.round == 1:
            return
        for number, defect_id in enumerate(unjudged_defects(self._session, claim)):
            is_remedied = (self._turn + number) % 5 != 0
            notes.judge_defect(
                self._session, self._actor, *self._key, defect_id=defect_id,
                is_remedied=is_remedied, now=self._steps.at,
            )  # fmt: skip

    def _return(self, turn: int) -> None:
        claim = self._take()
        deciding.return_claim(
            self._session,
            self._actor,
            place_of(claim),
            defects=list(self._defects(turn)),
            nonce=f"demo:return:{claim.number}:{claim.round}",
            now=self._steps.minutes(2, 12),
        )

    def _defects(self, turn: int) -> Iterator[deciding.DefectInput]:
        for reason in self._plan.defects[turn]:
            is_line = reason in texts.LINE_DEFECTS
            is_image = reason in texts.IMAGE_DEFECTS and bool(self._plan.pictures)
            yield deciding.DefectInput(
                reason=reason,
                scope="line" if is_line else "image" if is_image else "case",
                line_number=1 if is_line else None,
                image_number=1 if is_image else None,
                text=texts.DEFECTS[reason],
            )

    def _resubmit(self, *, is_last: bool) -> None:
        plan = self._plan
        now = self._steps.later(16, 40)
        if is_last and plan.fate in (Fate.RESUBMITTED, Fate.MANY_ROUNDS):
            back_at = accepted_for(self._stage.calendar, self._stage.now, plan.back_hours_left)
            now = self._steps.at = max(now, back_at)
        explanation = texts.EXPLANATIONS[self._turn % len(texts.EXPLANATIONS)]
        sent = ResubmissionInput(
            claim_number=plan.number,
            insurer_code=self._unit.insurer_code,
            explanation=explanation,
            images=(next(self._later),),
        )
        resubmit_claim(self._session, None, sent, now=now)

    def _park(self) -> None:
        claim = self._take()
        now = self._steps.minutes(2, 15)
        taking.park_claim(
            self._session,
            self._actor,
            *self._key,
            reason=texts.PARK_REASONS[self._turn % len(texts.PARK_REASONS)],
            until_on=day_in_tehran(now) + timedelta(days=self._chance.randint(1, 9)),
            version=claim.version,
            now=now,
        )

    def _reopen(self) -> None:
        lead = self._stage.cast["lead"]
        claim = self._claim()
        reason = texts.REOPEN_REASONS[self._turn % len(texts.REOPEN_REASONS)]
        now = self._steps.later(3, 20)
        deciding.reopen_claim(self._session, lead, place_of(claim), reason=reason, now=now)
        self._actor = lead
        found = decide(self._session, lead, claim, (), now=self._steps.minutes(1, 5))
        self._end_round(claim, found.case.available_rial)

    def _void(self) -> None:
        deciding.void_claim(
            self._session,
            self._stage.cast["lead"],
            place_of(self._claim()),
            reason=texts.VOID_REASONS[self._turn % len(texts.VOID_REASONS)],
            now=self._steps.later(4, 30),
        )
