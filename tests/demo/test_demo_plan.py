"""The plan of the full demo, before anything is written: quick, and the same for the same seed."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache

from workbench.demo.plan_scenes import OPEN
from workbench.demo.plans import Ending, Fate, Unit
from workbench.demo.recipes_odd import odd_recipes
from workbench.demo.schedule import Setting, plan_units
from workbench.demo.timing import accepted_for, day_in_tehran
from workbench.demo.world import plan_world
from workbench.rules.facts import EvidenceKind
from workbench.rules.working_time import WorkCalendar, WorkWeek, deadline, working_hours_between

NOW = datetime(2026, 11, 21, 9, 10, tzinfo=UTC)
CALENDAR = WorkCalendar(weeks=(WorkWeek(valid_from=date(2020, 1, 1), off_days=frozenset({5, 6})),))


@cache
def plan(seed: int = 1405, claims: int = 600) -> tuple[Unit, ...]:
    setting = Setting(seed=seed, claims=claims, now=NOW, calendar=CALENDAR)
    return tuple(plan_units(setting, plan_world(seed, day_in_tehran(NOW), 400)))


def test_the_same_seed_plans_the_same_and_another_one_something_else() -> None:
    first = plan()
    plan.cache_clear()
    assert first == plan()
    assert first != plan(seed=1)


def test_sizes_are_exact() -> None:
    for claims in (20, 60, 333, 600):
        assert sum(len(unit.cases) for unit in plan(claims=claims)) == claims
    assert 1_650 <= sum(len(unit.pictures) for unit in plan()) <= 1_750


def test_keys_numbers_and_letters_are_unique() -> None:
    cases = [case for unit in plan() for case in unit.cases]
    letters = [letter.number for case in cases for letter in case.letters]
    batches = [unit.acceptance_number for unit in plan() if unit.acceptance_number]
    for values in (
        [unit.key for unit in plan()],
        [case.number for case in cases],
        [case.tracking_code for case in cases],
        letters,
        batches,
    ):
        assert len(values) == len(set(values))


def test_the_scripted_and_open_units_come_first() -> None:
    endings = [unit.ending is not Ending.OPEN for unit in plan()]
    assert endings == sorted(endings)
    assert [unit.key for unit in plan()[:6]] == [
        "script-repeated",
        "script-reused",
        "script-largest",
        "script-recoded",
        "script-clean",
        "script-round_two",
    ]
    assert sum(len(unit.cases) for unit in plan()[:11]) >= 30


def test_every_odd_recipe_is_dealt_and_every_fate_happens() -> None:
    cases = [case for unit in plan() for case in unit.cases]
    names = Counter(case.recipe.name for case in cases)
    assert {r.name: names[r.name] for r in odd_recipes() if names[r.name] < 5} == {}
    fates = Counter(case.fate for case in cases)
    assert {fate: fates[fate] for fate in Fate if fates[fate] < 5} == {}


def test_copied_pictures_are_of_cases_of_the_demo() -> None:
    cases = [case for unit in plan(claims=60) for case in unit.cases]
    drawn = {(p.seed, p.shot.kind) for case in cases for p in case.pictures if not p.shot.copied}
    copied = [
        (p.shot.copied.seed, p.shot.kind) for case in cases for p in case.pictures if p.shot.copied
    ]
    waiting = [scene.copied for scene in OPEN if scene.copied]
    copied += [(each.seed, EvidenceKind.PANORAMIC) for each in waiting]
    assert len(waiting) == 1 and len(copied) >= 2
    assert set(copied) <= drawn


def test_nobody_assesses_a_case_of_his_own_centre() -> None:
    own = [c for unit in plan() for c in unit.cases if c.centre.index == 7]
    assert own and all(case.assessor != "assessor3" for case in own)


def test_acceptance_is_counted_back_from_the_hours_that_are_left() -> None:
    for hours_left in (2.7, 5 + 40 / 60, 30.0, 71.5):
        accepted_at = accepted_for(CALENDAR, NOW, hours_left)
        due_at = deadline(accepted_at, CALENDAR, 72).due_at
        left = working_hours_between(CALENDAR, NOW, due_at)
        assert abs(left - hours_left) * timedelta(hours=1) < timedelta(minutes=2)
