"""Who has which plan in the demo, when it was submitted, and with which pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from workbench.demo import covers
from workbench.demo.people import CONFLICT_CENTRE, CentrePlan, PersonPlan
from workbench.demo.pictures import Picture
from workbench.demo.plan_scenes import BRACES, IMPLANT, OPEN, Scene, decided_scenes
from workbench.demo.shapes import Shot
from workbench.demo.timing import SEARCH, day_in_tehran
from workbench.demo.world import World
from workbench.persian.jalali import completed_years
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.working_time import DUE_HOURS, WorkCalendar, working_hours_between

ADULT, YOUNG = 18, 9
DATED = frozenset(
    {
        EvidenceKind.PANORAMIC,
        EvidenceKind.CEPHALOMETRIC,
        EvidenceKind.PERIAPICAL,
        EvidenceKind.PHOTOGRAPH,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanUnit:
    """One plan of the demo with its people and pictures: a unit of work."""

    key: str
    number: int
    scene: Scene
    person: PersonPlan
    centre: CentrePlan
    submitted_at: datetime
    pictures: tuple[Picture, ...]
    later_pictures: tuple[Picture, ...]


def plan_scenes_of(world: World, now: datetime, calendar: WorkCalendar) -> list[PlanUnit]:
    """Every scene with a person of a fitting contract, in the order in which they were submitted.

    The present working time left follows from when a plan came in.
    """
    people = list(world.planned)
    units = []
    for number, scene in enumerate((*OPEN, *decided_scenes())):
        person = next((each for each in people if _fits(each, scene, world.today)), None)
        if person is None:
            continue
        people.remove(person)
        units.append(_unit(world, number, scene, person, now, calendar))
    return sorted(units, key=lambda unit: unit.submitted_at)


def _unit(
    world: World,
    number: int,
    scene: Scene,
    person: PersonPlan,
    now: datetime,
    calendar: WorkCalendar,
) -> PlanUnit:
    contracted = [each for each in world.centres if each.is_contracted]
    usual = [each for each in contracted if each.index != CONFLICT_CENTRE]
    centre = usual[number * 5 % len(usual)]
    if scene.at_conflict_centre:
        centre = next(each for each in contracted if each.index == CONFLICT_CENTRE)
    at = submitted_for(calendar, now, DUE_HOURS - scene.left_hours)
    is_waiting = bool(scene.defects) and not scene.is_back
    if scene.defects:
        first = scene.returned_after + 30
        at = submitted_for(calendar, now, first + (0 if is_waiting else DUE_HOURS))
    kinds = _kinds(scene)
    shots = tuple(_shot(kind, scene) for kind in kinds)
    seed, taken_on = 40_000 + number * 11, day_in_tehran(at) - timedelta(days=4)
    pictures = tuple(
        Picture(
            seed=seed,
            shot=shot,
            taken_on=taken_on if shot.kind in DATED else None,
        )
        for shot in shots
    )
    again = tuple(
        replace(picture, taken_on=taken_on + timedelta(days=3), copy=1)
        for picture in pictures
        if scene.is_back and picture.shot.kind is EvidenceKind.PANORAMIC
    )
    return PlanUnit(
        key=f"plan/{scene.key}",
        number=number,
        scene=scene,
        person=person,
        centre=centre,
        submitted_at=at,
        pictures=pictures,
        later_pictures=again,
    )


DATED = frozenset(
    {
        EvidenceKind.PANORAMIC,
        EvidenceKind.CEPHALOMETRIC,
        EvidenceKind.PERIAPICAL,
        EvidenceKind.PHOTOGRAPH,
    }
)


def submitted_for(calendar: WorkCalendar, now: datetime, hours: float) -> datetime:
    """The instant since which so many working hours have run."""
    low, high = now - SEARCH - timedelta(hours=3 * hours), now
    while high - low > timedelta(seconds=30):
        middle = low + (high - low) / 2
        if working_hours_between(calendar, middle, now) > hours:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def _kinds(scene: Scene) -> list[EvidenceKind]:
    """The pack of what is planned, without what the scene says is missing."""
    common = [EvidenceKind.IDENTITY, EvidenceKind.PLAN_FORM]
    code = scene.wishes[0].code
    if code == IMPLANT:
        own = [EvidenceKind.PANORAMIC, EvidenceKind.PHOTOGRAPH]
    elif code == BRACES:
        own = [EvidenceKind.PHOTOGRAPH, EvidenceKind.PANORAMIC, EvidenceKind.CEPHALOMETRIC]
    else:
        own = [EvidenceKind.PERIAPICAL]
    return [kind for kind in own + common if str(kind) not in scene.missing]


def _shot(kind: EvidenceKind, scene: Scene) -> Shot:
    tooth = scene.wishes[0].tooth if kind is EvidenceKind.PERIAPICAL else None
    phase = Phase.BEFORE if kind in DATED else Phase.NONE
    copied = scene.copied if kind is EvidenceKind.PANORAMIC else None
    return Shot(kind=kind, phase=phase, tooth=tooth, treatment="none", copied=copied)


def _fits(person: PersonPlan, scene: Scene, today: date) -> bool:
    """Old enough, on a contract that covers what is planned."""
    least = YOUNG if scene.wishes[0].code == BRACES else ADULT
    excluded = covers.CONTRACTS[person.contract].excluded_groups
    is_excluded = scene.wishes[0].code in (IMPLANT, BRACES) and bool(excluded)
    return completed_years(person.birth_on, today) >= least and not is_excluded


def pictures_in_order(unit: PlanUnit) -> Sequence[Picture]:
    """All pictures of a unit, those of its second round last."""
    return (*unit.pictures, *unit.later_pictures)
