"""Dealing out cases: a recipe meets a person, a centre and days, and becomes a planned case."""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import count

from workbench.demo.covers import CONTRACTS
from workbench.demo.dossier import later_pictures, lines_of, payable_of, pictures_of
from workbench.demo.people import CentrePlan, PersonPlan
from workbench.demo.plans import RETURNS, CasePlan, Fate, Letter
from workbench.demo.recipes import clean_recipes, direct_recipes
from workbench.demo.recipes_odd import odd_recipes
from workbench.demo.shapes import Recipe
from workbench.demo.timing import day_in_tehran
from workbench.demo.world import World
from workbench.persian.jalali import completed_years
from workbench.rules.facts import ClaimKind

AMOUNT_STEP_RIAL = 100_000
SPARE_STEPS_MAX = 40
SMALL_RESERVE_BASIS = 5_500
REFERRAL_DAYS = 50
LATE_DAYS = 2
DEFECTS = tuple(f"R{number:02d}" for number in range(1, 20))
NOT_COVERED_DEFECTS = ("R19", "R18")
PLAN_DAYS = 8
"""So many days before the commission's decision the letter of a plan is issued."""

REISSUED = ("reissued", "approved_long_ago")
LIMITED = ("golbarg_a", "sahel_c", "didar_e")


class Dealer:
    """Gives out recipes, people, numbers and room below ceilings; the same seed, the same cases."""

    def __init__(self, seed: int, world: World, now: datetime) -> None:
        self._chance = random.Random(f"{seed}/cases")
        self._world, self._now = world, now
        self._used: Counter[str] = Counter()
        self._room: dict[tuple[str, str, str], int] = {}
        self._numbers = count(1)
        self._defect_turn = 0
        self._turns: Counter[str] = Counter()
        self._decks = {
            "clean": list(clean_recipes()),
            "odd_decided": [r for r in odd_recipes() if r.kind is ClaimKind.INDIRECT],
            "odd_open": [r for r in odd_recipes() if r.kind is ClaimKind.INDIRECT],
            "direct": list(direct_recipes()),
            "direct_odd": [r for r in odd_recipes() if r.kind is ClaimKind.DIRECT],
        }

    def deal(
        self,
        insurer_code: str,
        centre: CentrePlan,
        registered_at: datetime,
        fate: Fate,
        deck: str,
        hours_left: float = 0,
    ) -> CasePlan:
        """The next case of a deck that fits insurer and day; what does not fit waits its turn."""
        recipes = self._decks[deck]
        for place, recipe in enumerate(recipes):
            first_on = self._first_day(recipe, registered_at)
            person = self._person(recipe, insurer_code, centre, first_on)
            if person is not None:
                recipes.append(recipes.pop(place))
                return self._case(recipe, person, centre, first_on, registered_at, fate, hours_left)
        if deck == "clean":
            raise AssertionError(f"no clean case fits {insurer_code}")
        return self.deal(insurer_code, centre, registered_at, fate, "clean", hours_left)

    def _first_day(self, recipe: Recipe, registered_at: datetime) -> date:
        registered_on = day_in_tehran(registered_at)
        if recipe.oddity == "late_service":
            return registered_on + timedelta(days=LATE_DAYS)
        return registered_on - timedelta(days=self._chance.randint(6, 12))

    def _person(
        self, recipe: Recipe, insurer_code: str, centre: CentrePlan, first_on: date
    ) -> PersonPlan | None:
        """Who has had the fewest cases among those who may have this one."""
        fits = [
            person
            for person in self._world.people
            if CONTRACTS[person.contract].insurer_code == insurer_code
            and self._suits(recipe, person, first_on)
            and self._has_room(recipe, person, centre, first_on)
        ]
        if not fits:
            return None
        return min(fits, key=lambda p: (self._used[p.national_code], p.national_code))

    def _suits(self, recipe: Recipe, person: PersonPlan, first_on: date) -> bool:
        contract = CONTRACTS[person.contract]
        years = completed_years(person.birth_on, first_on)
        if not recipe.ages[0] <= years <= recipe.ages[1]:
            return False
        if recipe.contracts and person.contract not in recipe.contracts:
            return False
        if first_on + timedelta(days=_letter_day(recipe)) < contract.start_on(self._world.today):
            return False
        has_left = person.left_on is not None
        if has_left != (recipe.oddity == "left_the_list"):
            return False
        if person.left_on is not None:
            return 0 < (first_on - person.left_on).days < REFERRAL_DAYS - 15
        end_on = contract.end_on(self._world.today)
        if recipe.oddity == "after_contract":
            return 0 < (first_on - end_on).days < REFERRAL_DAYS - 15
        is_limited = person.contract in LIMITED
        return first_on <= end_on - timedelta(days=25) and (
            recipe.oddity != "small_reserve" or is_limited
        )

    def _has_room(
        self, recipe: Recipe, person: PersonPlan, centre: CentrePlan, first_on: date
    ) -> bool:
        account = _account(recipe, person)
        ceiling = _ceiling(recipe, person)
        if ceiling is None:
            return True
        lines = lines_of(recipe, person.contract, centre, first_on)
        cost_rial = sum(line.cost_rial for line in lines) + AMOUNT_STEP_RIAL * SPARE_STEPS_MAX
        return self._room.setdefault(account, ceiling) >= cost_rial

    def _case(
        self,
        recipe: Recipe,
        person: PersonPlan,
        centre: CentrePlan,
        first_on: date,
        registered_at: datetime,
        fate: Fate,
        hours_left: float,
    ) -> CasePlan:
        self._used[person.national_code] += 1
        number = next(self._numbers)
        lines = lines_of(recipe, person.contract, centre, first_on)
        payable_rial = payable_of(recipe, person.contract, centre, lines)
        letters = tuple(self._letters(recipe, person, centre, first_on, number, payable_rial))
        is_direct = recipe.kind is ClaimKind.DIRECT
        held_rial = payable_rial if is_direct else letters[-1].amount_rial
        if _ceiling(recipe, person) is not None:
            self._room[_account(recipe, person)] -= held_rial
        seed = 1_000 * number + self._chance.randint(0, 999)
        is_early = recipe.oddity == "case_before_referral"
        letter = letters[-1].number if letters else ""
        pictures = pictures_of(recipe.shots, lines, first_on, seed, letter)
        return CasePlan(
            seed=seed,
            number=f"{1_400_000_000 + number}" if is_direct else f"{990_710_000 + number}",
            tracking_code=f"{40_000_000 + 37 * number}",
            recipe=recipe,
            fate=fate,
            person=person,
            centre=centre,
            dentist_number=centre.dentists[number % len(centre.dentists)],
            case_on=letters[-1].issued_on - timedelta(days=1) if is_early else first_on,
            registered_at=registered_at,
            lines=lines,
            pictures=pictures,
            letters=letters,
            later_pictures=later_pictures(fate, lines, first_on, seed),
            defects=tuple(self._defects(recipe, fate) for _ in range(RETURNS.get(fate, 0))),
            back_hours_left=hours_left,
        )

    def _letters(
        self,
        recipe: Recipe,
        person: PersonPlan,
        centre: CentrePlan,
        first_on: date,
        number: int,
        payable_rial: int,
    ) -> Iterator[Letter]:
        letter = Letter(
            number=str(560_000 + number),
            centre_code=centre.code,
            issued_on=self._issue_day(recipe, person, first_on),
            amount_rial=self._amount(recipe, payable_rial),
        )
        if recipe.oddity in REISSUED:
            former = replace(
                letter,
                number=str(460_000 + number),
                issued_on=letter.issued_on - timedelta(days=75)
                if recipe.approval is None
                else first_on + timedelta(days=_letter_day(recipe)),
                reserve_rial=0,
            )
            yield former
            yield replace(letter, replaces_number=former.number)
        elif recipe.kind is ClaimKind.INDIRECT:
            yield letter
        elif recipe.oddity == "open_referral":
            other = self._world.centres[(centre.index + 1) % len(self._world.centres)]
            amount_rial = AMOUNT_STEP_RIAL * 20
            yield replace(letter, centre_code=other.code, amount_rial=amount_rial)

    def _issue_day(self, recipe: Recipe, person: PersonPlan, first_on: date) -> date:
        if recipe.oddity == "service_before_referral":
            return first_on + timedelta(days=3)
        latest = first_on - timedelta(days=self._chance.randint(0, 3))
        if recipe.oddity == "after_contract":
            return CONTRACTS[person.contract].end_on(self._world.today) - timedelta(days=3)
        if recipe.oddity == "late_service":
            return first_on - timedelta(days=LATE_DAYS + 4)
        if recipe.approval is not None and not recipe.approval.is_of_former_letter:
            return first_on + timedelta(days=_letter_day(recipe))
        return min(latest, person.left_on) if person.left_on else latest

    def _amount(self, recipe: Recipe, payable_rial: int) -> int:
        if recipe.oddity == "small_reserve":
            return AMOUNT_STEP_RIAL * max(
                1, payable_rial * SMALL_RESERVE_BASIS // 10_000 // AMOUNT_STEP_RIAL
            )
        steps = -(-payable_rial // AMOUNT_STEP_RIAL) + self._chance.randint(0, SPARE_STEPS_MAX)
        return AMOUNT_STEP_RIAL * max(1, steps)

    def _defects(self, recipe: Recipe, fate: Fate) -> tuple[str, ...]:
        """The natural defect of the case, and the next of all nineteen."""
        if fate is Fate.RETURNED_VOIDED:
            return NOT_COVERED_DEFECTS
        turn = [DEFECTS[(self._defect_turn + step) % len(DEFECTS)] for step in range(2)]
        self._defect_turn += 2
        return tuple(dict.fromkeys((*recipe.defects, *turn)))


def _letter_day(recipe: Recipe) -> int:
    """When a letter is issued at the latest, in days from the first service: before its plan."""
    if recipe.approval is None:
        return 0
    return min(0, recipe.approval.decided_day) - PLAN_DAYS


def _account(recipe: Recipe, person: PersonPlan) -> tuple[str, str, str]:
    is_family = CONTRACTS[person.contract].is_family and recipe.cover_code == "dental"
    holder = person.principal_code if is_family else person.national_code
    return person.contract, recipe.cover_code, holder


def _ceiling(recipe: Recipe, person: PersonPlan) -> int | None:
    covers = CONTRACTS[person.contract].covers()
    return next(c.ceiling_rial for c in covers if c.code == recipe.cover_code)
