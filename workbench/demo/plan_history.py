"""What was done before to the teeth that some of the demo's plans are about.

Members paid it themselves, at other centres, and claimed it back: finished and paid months ago.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workbench.demo.covers import CONTRACTS
from workbench.demo.dossier import lines_of, pictures_of
from workbench.demo.people import CONFLICT_CENTRE, CentrePlan
from workbench.demo.plan_casting import PlanUnit
from workbench.demo.plans import CasePlan, Ending, Fate, Unit
from workbench.demo.recipes import recipe_of
from workbench.demo.shapes import Work
from workbench.demo.timing import day_in_tehran
from workbench.demo.treatments import (
    Part,
    crown,
    filling,
    periapicals,
    root_canal,
    together,
)
from workbench.persian.jalali import format_day
from workbench.rules.facts import ClaimKind, Phase

FIRST_NUMBER, FIRST_REMITTANCE, FIRST_SEED = 1_400_900_001, 354_501, 2_000_001
NUMBERS = "14009"
"""What the numbers of these cases begin with, and no other case's does."""

REGISTERED_DAYS_AGO = 97
HOURS_BETWEEN = 5
ASSESSORS = ("assessor1", "assessor2")
SIMPLE, MOLAR = "310", "312"
FROM_MOLAR = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One earlier case: its first service day, and how far from the plan's centre it was done."""

    days_ago: int
    centre_step: int
    part: Part


def extraction(*teeth: int) -> Part:
    """Teeth that were lost, each with the radiograph that says why."""
    works = tuple(
        Work(code=MOLAR if tooth % 10 >= FROM_MOLAR else SIMPLE, tooth=tooth) for tooth in teeth
    )
    shots = tuple(
        shot for tooth in teeth for shot in periapicals(tooth, "extraction", (Phase.BEFORE,))
    )
    return works, shots


PASTS: Mapping[str, tuple[Past, ...]] = {
    "breached": (
        Past(days_ago=281, centre_step=3, part=together(root_canal(11, 1), crown(11))),
        Past(days_ago=142, centre_step=8, part=extraction(12)),
    ),
    "overdue one": (
        Past(days_ago=276, centre_step=0, part=root_canal(46, 3)),
        Past(days_ago=131, centre_step=4, part=extraction(46)),
    ),
    "at risk one": (
        Past(days_ago=188, centre_step=11, part=extraction(14, 15)),
        Past(days_ago=154, centre_step=0, part=filling(16)),
    ),
    "at risk again": (
        Past(days_ago=263, centre_step=6, part=extraction(34, 36)),
        Past(days_ago=171, centre_step=0, part=together(root_canal(35, 2), crown(35))),
    ),
    "a tie": (
        Past(days_ago=233, centre_step=7, part=together(root_canal(21, 1), filling(11))),
        Past(days_ago=127, centre_step=1, part=extraction(21, 22)),
    ),
    "two implants": (
        Past(days_ago=219, centre_step=4, part=extraction(36)),
        Past(days_ago=137, centre_step=12, part=together(extraction(46), filling(47))),
    ),
}  # fmt: skip
"""Earlier cases by the key of the scene; the notes of some scenes speak of them."""


def history_units(
    plans: Sequence[PlanUnit], centres: Sequence[CentrePlan], now: datetime
) -> list[Unit]:
    """The earlier cases of those who have a plan, one unit an insurer, all of them paid."""
    cases: dict[str, list[CasePlan]] = {}
    number = 0
    for plan in sorted(plans, key=lambda each: each.number):
        for past in PASTS.get(plan.scene.key, ()):
            insurer = CONTRACTS[plan.person.contract].insurer_code
            cases.setdefault(insurer, []).append(_case(plan, past, number, centres, now))
            number += 1
    paid_on = format_day(day_in_tehran(now) - timedelta(days=REGISTERED_DAYS_AGO))
    return [
        Unit(
            key=f"history/{insurer}",
            insurer_code=insurer,
            cases=tuple(own),
            ending=Ending.ARCHIVE,
            remittance_number=f"{paid_on}/{FIRST_REMITTANCE + place}",
        )
        for place, (insurer, own) in enumerate(sorted(cases.items()))
    ]


def _case(
    plan: PlanUnit, past: Past, number: int, centres: Sequence[CentrePlan], now: datetime
) -> CasePlan:
    recipe = replace(recipe_of("past", past.part), kind=ClaimKind.DIRECT)
    others = [centre for centre in centres if centre.index != CONFLICT_CENTRE]
    at = next((n for n, each in enumerate(others) if each.index == plan.centre.index), 0)
    centre = others[(at + past.centre_step) % len(others)]
    first_on = day_in_tehran(now) - timedelta(days=past.days_ago)
    lines = lines_of(recipe, plan.person.contract, centre, first_on)
    seed = FIRST_SEED + 13 * number
    registered_at = (
        now - timedelta(days=REGISTERED_DAYS_AGO) + timedelta(hours=HOURS_BETWEEN * number)
    )
    return CasePlan(
        seed=seed,
        number=str(FIRST_NUMBER + number),
        tracking_code=str(41_000_000 + 37 * number),
        recipe=recipe,
        fate=Fate.FINISHED,
        person=plan.person,
        centre=centre,
        dentist_number=centre.dentists[number % len(centre.dentists)],
        case_on=first_on,
        registered_at=registered_at,
        lines=lines,
        pictures=pictures_of(recipe.shots, lines, first_on, seed, ""),
        assessor=ASSESSORS[number % len(ASSESSORS)],
    )
