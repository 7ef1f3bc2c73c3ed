"""Letters of the demo that nobody has used yet: what *About to expire* is there for."""

import random
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from workbench.demo import covers
from workbench.demo.passing import Stage
from workbench.demo.people import PersonPlan
from workbench.demo.timing import day_in_tehran
from workbench.demo.world import World
from workbench.services.referrals.access import ReferralPlace
from workbench.services.referrals.contacts import add_contact
from workbench.services.referrals.letters import ReferralInput, issue_referral

KEY = "waiting letters"
FIRST_NUMBER = 590_001
SOON = 22
"""So many of the letters end within ten days."""

AGES_SOON, AGES_LATER = (51, 60), (3, 50)
"""Days since the issue; a letter is good for two Jalali months."""

AMOUNTS = (15, 900)
"""In hundred thousand rials."""

SAID = (
    ("will_come", "هفته آینده نوبت گرفته است"),
    ("no_answer", ""),
    ("promised_today", "گفت امروز بعدازظهر می‌رود"),
    ("gave_up", "جای دیگری درمان شده است"),
    ("no_answer", "دو بار زنگ خورد"),
)


def issue_waiting_letters(session: Session, stage: Stage, world: World) -> None:
    """Issue one unused letter to everybody who waits, and note some calls about them.

    Those above their contract's limit are only asked for.
    """
    chance = random.Random(KEY)
    today = day_in_tehran(stage.now)
    for place, person in enumerate(world.waiting):
        days = chance.randint(*(AGES_SOON if place < SOON else AGES_LATER))
        letter = _letter(chance, world, person, place, today - timedelta(days=days))
        if letter.is_requested:
            _ask(session, stage, letter, place)
            continue
        issued_at = stage.now - timedelta(days=days)
        referral = issue_referral(session, None, letter, now=issued_at)
        if place < SOON and place % 3 == 0:
            outcome, note = SAID[place // 3 % len(SAID)]
            add_contact(
                session,
                stage.cast["reception"],
                ReferralPlace(insurer_id=referral.insurer_id, referral_id=referral.id),
                outcome=outcome,
                note=note,
                now=stage.now - timedelta(hours=chance.randint(2, 70)),
            )


def _ask(session: Session, stage: Stage, letter: ReferralInput, place: int) -> None:
    """A letter above its contract's limit was asked for lately and waits for an approval."""
    asked_at = stage.now - timedelta(hours=1 + place)
    lately = replace(letter, issued_on=day_in_tehran(asked_at))
    issue_referral(session, stage.cast["reception"], lately, now=asked_at)


def _letter(
    chance: random.Random, world: World, person: PersonPlan, place: int, issued_on: date
) -> ReferralInput:
    contract = covers.CONTRACTS[person.contract]
    amount_rial = chance.randrange(*AMOUNTS) * 100_000
    limit_rial = contract.letter_limit_rial
    centre = chance.choice([centre for centre in world.centres if centre.is_contracted])
    return ReferralInput(
        insurer_code=contract.insurer_code,
        number=str(FIRST_NUMBER + place),
        contract_number=contract.number(world.today),
        cover_code="dental",
        national_code=person.national_code,
        centre_code=centre.code,
        issued_on=issued_on,
        amount_rial=amount_rial,
        is_requested=place >= SOON and limit_rial is not None and amount_rial > limit_rial,
    )
