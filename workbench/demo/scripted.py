"""The cases told by hand: the first three of «next», the largest one, and those whose money is
written down in ``tests/cases/demo_money.toml``. All stand under the contract that kept 1402."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from workbench.demo import scripted_recipes as recipes
from workbench.demo.covers import SCRIPTED
from workbench.demo.dossier import lines_of, pictures_of
from workbench.demo.pictures import Picture
from workbench.demo.plans import CasePlan, Ending, Fate, Letter, Unit
from workbench.demo.shapes import Recipe
from workbench.demo.timing import accepted_for, day_in_tehran
from workbench.demo.world import World
from workbench.rules.facts import ClaimKind
from workbench.rules.working_time import WorkCalendar

INSURER = "golbarg"
OPEN_HOURS = {
    "clean": 2.7,
    "recoded": 5 + 40 / 60,
    "round_two": 8.0,
    "largest": 9.5,
    "reused": 11.0,
    "repeated": 12.5,
}
"""The working hours that are left of the first cases of «next»."""

HISTORY_DAYS = 21
DIRECT_DAYS = 16
OTHER_LETTER_RIAL = 18_000_000
EARLIER_DAYS = 225
"""The filling that is repeated: eight months before the open case that repeats it."""
LETTER_DAYS, PLANNED_LETTER_DAYS = 7, 18
"""A letter is issued so many days before its case is registered; longer if a plan comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One scripted case: its number, whose it is (index), what it holds in rials.

    ``days_before``: how long before its registration the first service was.
    """

    number: str
    person: int
    recipe: Recipe
    amount_rial: int
    fate: Fate = Fate.FINISHED
    defects: tuple[tuple[str, ...], ...] = ()
    letter: str = ""
    centre: int = 0
    days_before: int = 6


OPEN = {
    "clean": Script(
        number="990701482", person=2, recipe=recipes.CLEAN, amount_rial=7_000_000,
        fate=Fate.WAITING, letter="571841",
    ),
    "recoded": Script(
        number="990701483", person=1, recipe=recipes.RECODED, amount_rial=30_000_000,
        fate=Fate.WAITING, letter="571842",
    ),
    "round_two": Script(
        number="990701484", person=3, recipe=recipes.ROUND_TWO, amount_rial=20_000_000,
        fate=Fate.RESUBMITTED, defects=(("R03", "R13"),), letter="571843",
    ),
    "largest": Script(
        number="990701485", person=4, recipe=recipes.LARGEST, amount_rial=75_000_000,
        fate=Fate.WAITING, letter="571844",
    ),
    "reused": Script(
        number="990701486", person=8, recipe=recipes.REUSED, amount_rial=16_000_000,
        fate=Fate.WAITING, letter="571845",
    ),
    "repeated": Script(
        number="990701487", person=9, recipe=recipes.REPEATED_FILLING, amount_rial=9_000_000,
        fate=Fate.WAITING, letter="571846",
    ),
}  # fmt: skip

PAST = (
    Script(number="990701401", person=5, recipe=recipes.RECODED_ALONE, amount_rial=8_000_000),
    Script(number="990701402", person=6, recipe=recipes.OVER_TARIFF, amount_rial=5_000_000),
    Script(number="990701403", person=7, recipe=recipes.PRICE_CUT, amount_rial=15_000_000),
    Script(number="990701404", person=8, recipe=recipes.QUANTITY_CUT, amount_rial=2_000_000),
    Script(number="990701405", person=9, recipe=recipes.REJECTED, amount_rial=25_000_000),
    Script(number="990701406", person=10, recipe=recipes.CAPPED, amount_rial=9_000_005),
    Script(number="990701407", person=11, recipe=recipes.TWO_REASONS, amount_rial=24_000_000),
    Script(number="990701408", person=1, recipe=recipes.BRACES, amount_rial=42_000_000),
)
COPIED_CASES = ("990701486", "990701403")
"""The case with a copied radiograph, and the one it is from."""
DIRECT = (
    Script(number="1400000001", person=5, recipe=recipes.TESTS, amount_rial=0),
    Script(number="1400000002", person=0, recipe=recipes.PAID_BY_MEMBER, amount_rial=0),
    Script(
        number="1400000003",
        person=9,
        recipe=recipes.EARLIER_FILLING,
        amount_rial=0,
        centre=2,
        days_before=EARLIER_DAYS,
    ),
)


def scripted_units(world: World, now: datetime, calendar: WorkCalendar) -> list[Unit]:
    """The first units of the demo."""
    units = []
    for place, (name, script) in enumerate(OPEN.items()):
        received_at = accepted_for(calendar, now, OPEN_HOURS[name])
        if script.fate is Fate.RESUBMITTED:
            received_at -= timedelta(days=4)
        units.append(_batch(world, f"script-{name}", str(381_902 + 2 * place), [script],
                            received_at, hours_left=OPEN_HOURS[name]))  # fmt: skip
    past_at = (now - timedelta(days=HISTORY_DAYS)).replace(microsecond=0)
    past = _batch(world, "script-past", "381880", list(PAST), past_at)
    units.append(replace(past, ending=Ending.FINANCE))
    units.append(_directs(world, (now - timedelta(days=DIRECT_DAYS)).replace(microsecond=0)))
    return units


def _batch(
    world: World,
    key: str,
    number: str,
    scripts: list[Script],
    received_at: datetime,
    hours_left: float = 0,
) -> Unit:
    sent_at = received_at - timedelta(hours=30)
    registered_at = sent_at - timedelta(hours=3)
    return Unit(
        key=key,
        insurer_code=INSURER,
        cases=tuple(_case(world, script, registered_at, hours_left) for script in scripts),
        acceptance_number=number,
        centre=world.centres[0],
        sent_at=sent_at,
        received_at=received_at,
    )


def _directs(world: World, registered_at: datetime) -> Unit:
    return Unit(
        key="script-direct",
        insurer_code=INSURER,
        cases=tuple(_case(world, script, registered_at, 0) for script in DIRECT),
    )


def _case(world: World, script: Script, registered_at: datetime, hours_left: float) -> CasePlan:
    recipe, person = script.recipe, world.scripted[script.person]
    centre = world.centres[script.centre]
    first_on = day_in_tehran(registered_at) - timedelta(days=script.days_before)
    lines = lines_of(recipe, SCRIPTED, centre, first_on)
    seed = seed_of(script.number)
    letters = tuple(_letters(world, script, registered_at))
    letter = letters[-1].number if letters else ""
    later: tuple[Picture, ...] = ()
    if script.fate is Fate.RESUBMITTED:
        later = pictures_of(recipes.ROUND_TWO_LATER, lines, first_on, seed, letter)
    return CasePlan(
        seed=seed,
        number=script.number,
        tracking_code=f"39{script.number[-6:]}",
        recipe=recipe,
        fate=script.fate,
        person=person,
        centre=centre,
        dentist_number=centre.dentists[0],
        case_on=first_on,
        registered_at=registered_at,
        lines=lines,
        pictures=pictures_of(recipe.shots, lines, first_on, seed, letter),
        letters=letters,
        later_pictures=later,
        defects=script.defects,
        back_hours_left=hours_left,
        assessor="assessor2",
    )


def seed_of(number: str) -> int:
    """The seed of the pictures of a scripted case."""
    return 1_000 * int(number[-3:]) + 7


def _letters(world: World, script: Script, registered_at: datetime) -> Iterator[Letter]:
    if script.recipe.kind is ClaimKind.DIRECT:
        return
    number = script.letter or f"5717{script.number[-2:]}"
    days = PLANNED_LETTER_DAYS if script.recipe.approval else LETTER_DAYS
    issued_on = day_in_tehran(registered_at) - timedelta(days=days)
    if script is OPEN["recoded"]:
        yield Letter(
            number="571790", centre_code=world.centres[3].code, issued_on=issued_on,
            amount_rial=OTHER_LETTER_RIAL,
        )  # fmt: skip
    yield Letter(
        number=number, centre_code=world.centres[0].code, issued_on=issued_on,
        amount_rial=script.amount_rial,
    )  # fmt: skip
