"""Bringing a unit of the demo in, and sending it on once its cases are decided."""

import random
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from workbench.demo import covers
from workbench.demo.approvals import decide_plan_of, is_of_pack
from workbench.demo.cast import Cast
from workbench.demo.pictures import Picture
from workbench.demo.plans import CasePlan, Ending, Letter, Unit
from workbench.demo.timing import Steps, day_in_tehran
from workbench.evidence.jpeg import Accepted
from workbench.rules.facts import ClaimKind
from workbench.rules.working_time import WorkCalendar
from workbench.services.batches import batches, finance
from workbench.services.claims.content import ImageRequest
from workbench.services.claims.registration import (
    BatchInput,
    ClaimInput,
    ReferralInput,
    issue_referral,
    register_batch,
    register_claim,
)

JUST_NOW = timedelta(minutes=25)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """What every unit needs: the desk's people, the present instant, calendar and first day."""

    cast: Cast
    now: datetime
    calendar: WorkCalendar


def send_batch(session: Session, unit: Unit) -> None:
    assert unit.centre is not None and unit.sent_at is not None
    sent = BatchInput(
        insurer_code=unit.insurer_code,
        centre_code=unit.centre.code,
        acceptance_number=unit.acceptance_number,
        sent_at=unit.sent_at,
    )
    register_batch(session, None, sent, now=unit.sent_at)


def image_of(picture: Picture, accepted: Accepted) -> ImageRequest:
    shot = picture.shot
    return ImageRequest(
        accepted=accepted,
        file_name=picture.file_name,
        kind=shot.kind,
        phase=shot.phase,
        teeth=(shot.tooth,) if shot.tooth else (),
        lines=shot.lines,
        taken_on=picture.taken_on,
    )


def register_case(
    session: Session, stage: Stage, unit: Unit, case: CasePlan, images: tuple[ImageRequest, ...]
) -> tuple[int, int]:
    """Issue the letters of a case, have its plan decided and register it; returns its key."""
    contract = covers.CONTRACTS[case.person.contract]
    number = contract.number(day_in_tehran(stage.now))
    for letter in case.letters:
        _issue(session, unit, case, letter, number)
    if case.recipe.approval is not None:
        decide_plan_of(
            session, stage.cast, stage.calendar, unit.insurer_code, case, case.recipe.approval,
            images,
        )  # fmt: skip
        images = tuple(replace(x, is_earlier=is_of_pack(x)) for x in images)
    registered = register_claim(
        session,
        None,
        ClaimInput(
            insurer_code=unit.insurer_code,
            number=case.number,
            kind=ClaimKind(case.recipe.kind),
            contract_number=number,
            cover_code=case.recipe.cover_code,
            national_code=case.person.national_code,
            centre_code=case.centre.code,
            medical_council_number=case.dentist_number,
            case_on=case.case_on,
            lines=case.lines,
            images=images,
            tracking_code=case.tracking_code,
            referral_number=case.referral_number,
            acceptance_number=unit.acceptance_number,
            has_prescription=case.recipe.cover_code == "outpatient",
            registered_at=case.registered_at,
        ),
        now=max(case.registered_at, unit.sent_at or case.registered_at),
    )
    return registered.insurer_id, registered.claim_id


def _issue(
    session: Session, unit: Unit, case: CasePlan, letter: Letter, contract_number: str
) -> None:
    age = day_in_tehran(case.registered_at) - letter.issued_on
    issue_referral(
        session,
        None,
        ReferralInput(
            insurer_code=unit.insurer_code,
            number=letter.number,
            contract_number=contract_number,
            cover_code=case.recipe.cover_code,
            national_code=case.person.national_code,
            centre_code=letter.centre_code,
            issued_on=letter.issued_on,
            amount_rial=letter.amount_rial,
            reserve_rial=letter.reserve_rial,
            replaces_number=letter.replaces_number,
        ),
        now=case.registered_at - max(age, timedelta()),
    )


def end_unit(
    session: Session, stage: Stage, unit: Unit, keys: list[tuple[int, int]], last_at: datetime
) -> None:
    """Send the unit on: a batch to finance and archive, direct cases to their payment."""
    if unit.ending is Ending.OPEN:
        return
    chance = random.Random(f"unit/{unit.key}")
    steps = Steps(stage.calendar, chance, last_at, stage.now - JUST_NOW)
    if unit.acceptance_number is None:
        _pay(session, stage, unit, keys, steps)
        return
    lead, number = stage.cast["lead"], unit.acceptance_number
    if unit.ending is Ending.SPLIT:
        batches.split_returned(session, lead, number, version=None, now=steps.later(2, 20))
    batches.send_batch_to_finance(session, lead, number, version=None, now=steps.later(2, 30))
    if unit.ending is Ending.ARCHIVE:
        money = stage.cast["finance"]
        batches.archive_batch(session, money, number, version=None, now=steps.later(20, 90))


def _pay(
    session: Session, stage: Stage, unit: Unit, keys: list[tuple[int, int]], steps: Steps
) -> None:
    money = stage.cast["finance"]
    now = steps.later(3, 30)
    order = finance.order_remittance(
        session,
        money,
        keys[0][0],
        [finance.ClaimKey(insurer_id=insurer, claim_id=claim) for insurer, claim in keys],
        number=unit.remittance_number or "",
        ordered_on=day_in_tehran(now),
        now=now,
    )
    if unit.ending is Ending.ARCHIVE:
        later = steps.later(20, 60)
        finance.send_remittance(session, money, order.insurer_id, order.id, now=later)
