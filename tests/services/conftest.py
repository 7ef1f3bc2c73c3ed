"""What many tests begin with: a staffed desk, a received batch, a whole office."""

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import desk as people_of_the_desk
import plan_world
import pytest
import registered_world
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import Desk, Key
from tests.services.batch_world import received_batch
from tests.services.office import (
    CHILD_CODE,
    CLEAN,
    TWO_LINES,
    TYPED_RIAL,
    Office,
    Prepared,
    prepare,
)
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.evidence.store import EvidenceStore
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.access import Actor
from workbench.services.claims.deciding import DefectInput


@pytest.fixture
def desk(prepared: Prepare, now: datetime) -> Desk:
    """The small world with a user for each role."""
    made: Desk = prepared(builders.build_desk, now)
    return made


@pytest.fixture
def received(prepared: Prepare, desk: Desk, now: datetime) -> dict[str, Key]:
    """A received batch of four cases at the desk."""
    made: dict[str, Key] = prepared(received_batch, desk, now)
    return made


@pytest.fixture
def office(database: Database, prepared: Prepare, now: datetime) -> Office:
    """A desk with work on it, for this test alone."""
    made: Prepared = prepared(prepare, now)
    return Office(
        database=database, desk=made.desk, colleague=made.colleague, keys=made.keys, now=now
    )


@pytest.fixture
def worked_day(office: Office) -> Office:
    """Two cases finished, one with a deduction of ``TYPED_RIAL``; one returned."""
    office.finished(CLEAN)
    office.ready(TWO_LINES)
    office.deduct(TWO_LINES, TYPED_RIAL, reason="D02")
    office.finish(TWO_LINES)
    office.take(CHILD_CODE)
    office.give_back(CHILD_CODE, DefectInput(reason="R03", scope="line", line_number=1, text="-"))
    return office


@pytest.fixture
def reception(prepared: Prepare, now: datetime) -> Actor:
    """A letter of ten million of forty, issued today, and a receptionist."""
    made: Actor = prepared(_letter_of_today, now)
    return made


@pytest.fixture
def panel(prepared: Prepare, now: datetime) -> plan_world.Panel:
    """A plan of two implants, four members and two chairs."""
    prepared(plan_world.fill, now)
    made: plan_world.Panel = prepared(plan_world.seat_panel_in, now)
    return made


def _letter_of_today(database: Database, now: datetime) -> Actor:
    def work(session: Session) -> Actor:
        registered_world.build(session, now)
        registered_world.referral(session, now, issued_on=day_of(now))
        return people_of_the_desk.user(session, now, "reception-1", Role.RECEPTION)

    return database.in_tx(work)


@pytest.fixture
def store(tmp_path: Path) -> EvidenceStore:
    """An empty store of images."""
    return EvidenceStore(f"file://{tmp_path / 'store'}")


@pytest.fixture
def other(tmp_path: Path, sqlite_template: Path) -> Iterator[Database]:
    """A second database, fresh, for what an export brings."""
    path = tmp_path / "other.db"
    shutil.copyfile(sqlite_template, path)
    database = Database(f"sqlite:///{path}", synchronous="NORMAL")
    yield database
    database.dispose()
