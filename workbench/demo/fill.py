"""Filling an empty database with the demo, through the services and nothing else.

The demo is written in units of one transaction each, open cases first. Each unit leaves a record of
its key, so a fill that was killed is finished by starting it again: the plan follows from the
recorded seed, size and instant.
"""

import logging
import os
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

from workbench.db.engine import Database
from workbench.db.queries.calendar import work_calendar
from workbench.demo import marks, rechecks, waiting_change, waiting_letters
from workbench.demo.acting import play
from workbench.demo.cast import read_cast, register_users
from workbench.demo.passing import Stage
from workbench.demo.people import INSURED
from workbench.demo.pictures import Studio
from workbench.demo.plan_acting import play_plan
from workbench.demo.plan_casting import PlanUnit, pictures_in_order, plan_scenes_of
from workbench.demo.plan_history import history_units
from workbench.demo.plans import Unit
from workbench.demo.schedule import Setting, plan_units
from workbench.demo.scripted import COPIED_CASES
from workbench.demo.timing import day_in_tehran
from workbench.demo.world import World, plan_world, register_world
from workbench.errors import Refused
from workbench.evidence.jpeg import Accepted
from workbench.evidence.store import EvidenceStore
from workbench.services.images.queue import hurry_images
from workbench.services.people.passwords import new_password_hash
from workbench.web.demo_users import DEMO_PASSWORD

CLAIMS, SEED = 600, 1405
CLAIMS_MIN, CLAIMS_MAX = 20, 20_000
INSURED_MIN = 160
WORLD_AGE = timedelta(days=120)
UNITS_AHEAD = 6

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Called with the cases that are done and the cases there will be."""


class DemoState(StrEnum):
    """What a database holds, seen from the demo."""

    EMPTY = "empty"
    INCOMPLETE = "incomplete"
    COMPLETE = "complete"
    FOREIGN = "foreign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a fill wrote: units and cases of this run, and whether it went on with an old one."""

    unit_count: int
    claim_count: int
    was_resumed: bool


def demo_state(database: Database) -> DemoState:
    """Whether the demo stands in the database, was broken off, or other data is there."""
    with database.reading() as session:
        if marks.is_complete(session):
            return DemoState.COMPLETE
        if marks.read_start(session) is not None:
            return DemoState.INCOMPLETE
        return DemoState.FOREIGN if marks.has_data(session) else DemoState.EMPTY


def fill(
    database: Database,
    store: EvidenceStore,
    *,
    claims: int = CLAIMS,
    seed: int = SEED,
    now: datetime,
    on_progress: Progress | None = None,
    draw: bool = True,
) -> Filled:
    """Fill an empty database with the demo, or finish a fill that was broken off.

    ``draw`` False takes tiny images, for tests. Refused: ``demo_not_empty``, ``demo_size``.
    """
    if not CLAIMS_MIN <= claims <= CLAIMS_MAX:
        raise Refused("demo_size", minimum=CLAIMS_MIN, maximum=CLAIMS_MAX)
    state = demo_state(database)
    if state not in (DemoState.EMPTY, DemoState.INCOMPLETE):
        raise Refused("demo_not_empty")
    wanted = marks.Start(seed=seed, claims=claims, at=now.replace(microsecond=0))
    start = database.in_tx(lambda session: marks.keep_start(session, wanted))
    world = plan_world(start.seed, day_in_tehran(start.at), _insured(start.claims))
    _prepare(database, world, start)
    stage, units = _plan(database, world, start)
    database.in_tx(lambda session: _issue_waiting(session, stage, world))
    with database.reading() as session:
        done = marks.units_done(session)
    left = [unit for unit in units if unit.key not in done]
    scenes = plan_scenes_of(world, start.at, stage.calendar)
    past = [u for u in history_units(scenes, world.centres, start.at) if u.key not in done]
    plans = [unit for unit in scenes if unit.key not in done]
    studio = Studio(store, is_drawn=draw, workers=min(2, os.cpu_count() or 1))
    try:
        _play_all(database, studio, stage, past, 0, None)
        _play_plans(database, studio, stage, plans)
        _play_all(database, studio, stage, left, sum(len(u.cases) for u in units), on_progress)
    finally:
        studio.close()
    database.in_tx(lambda session: _assess_again(session, stage, start))
    database.in_tx(lambda session: _end(session, now))
    return Filled(
        unit_count=len(left),
        claim_count=sum(len(unit.cases) for unit in left),
        was_resumed=state is DemoState.INCOMPLETE,
    )


def _end(session: marks.Session, now: datetime) -> None:
    """The images of the case with a copied one, and of the case it is from, are read first."""
    marks.keep_end(session, now)
    hurry_images(session, COPIED_CASES, now=now)


def _assess_again(session: marks.Session, stage: Stage, start: marks.Start) -> None:
    if rechecks.KEY not in marks.units_done(session):
        rechecks.play_rechecks(session, stage.cast, seed=start.seed, now=stage.now)
        marks.keep_unit(session, rechecks.KEY, stage.now)


def _insured(claims: int) -> int:
    """Four hundred insured people in a full demo, fewer in a small one."""
    return min(INSURED, max(INSURED_MIN, claims * INSURED // CLAIMS))


def _prepare(database: Database, world: World, start: marks.Start) -> None:
    """Catalogue, people and users; all of it changes nothing the second time."""
    with database.reading() as session:
        if marks.WORLD in marks.units_done(session):
            return
    password_hash = new_password_hash(DEMO_PASSWORD, "")
    long_ago = start.at - WORLD_AGE

    def work(session: marks.Session) -> None:
        centre_id = register_world(session, world, now=long_ago)
        register_users(session, password_hash, centre_id, now=long_ago)
        marks.keep_unit(session, marks.WORLD, start.at)

    database.in_tx(work)


def _plan(database: Database, world: World, start: marks.Start) -> tuple[Stage, list[Unit]]:
    with database.reading() as session:
        calendar, cast = work_calendar(session), read_cast(session)
    setting = Setting(seed=start.seed, claims=start.claims, now=start.at, calendar=calendar)
    stage = Stage(cast=cast, now=start.at, calendar=calendar)
    return stage, plan_units(setting, world)


def _issue_waiting(session: marks.Session, stage: Stage, world: World) -> None:
    done = marks.units_done(session)
    if waiting_letters.KEY not in done:
        waiting_letters.issue_waiting_letters(session, stage, world)
        marks.keep_unit(session, waiting_letters.KEY, stage.now)
    if waiting_change.KEY not in done:
        waiting_change.propose_changes(session, stage)
        marks.keep_unit(session, waiting_change.KEY, stage.now)


def _play_all(
    database: Database,
    studio: Studio,
    stage: Stage,
    units: Sequence[Unit],
    total: int,
    on_progress: Progress | None,
) -> None:
    """Play the units in their order while the pictures of the next ones are drawn."""
    waiting = deque(units)
    drawn: deque[tuple[Unit, Future[list[Accepted]]]] = deque()
    done = total - sum(len(unit.cases) for unit in units)
    while waiting or drawn:
        while waiting and len(drawn) < UNITS_AHEAD:
            drawn.append((waiting[0], studio.order(waiting.popleft().pictures)))
        unit, pictures = drawn.popleft()
        database.in_tx(partial(_play_one, stage=stage, unit=unit, accepted=pictures.result()))
        done += len(unit.cases)
        if on_progress is not None:
            on_progress(done, total)


def _play_plans(
    database: Database, studio: Studio, stage: Stage, units: Sequence[PlanUnit]
) -> None:
    """Play the plans of the commission; all pictures are ordered at once."""
    drawn = [(unit, studio.order(tuple(pictures_in_order(unit)))) for unit in units]
    for unit, pictures in drawn:
        database.in_tx(partial(_play_plan, stage=stage, unit=unit, accepted=pictures.result()))


def _play_plan(
    session: marks.Session, *, stage: Stage, unit: PlanUnit, accepted: list[Accepted]
) -> None:
    play_plan(session, stage, unit, accepted)
    marks.keep_unit(session, unit.key, stage.now)


def _play_one(
    session: marks.Session, *, stage: Stage, unit: Unit, accepted: list[Accepted]
) -> None:
    play(session, stage, unit, accepted)
    marks.keep_unit(session, unit.key, stage.now)
