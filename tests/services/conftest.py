"""What many tests begin with: a staffed desk, a received batch, a whole office."""

from datetime import datetime

import pytest

from tests import builders
from tests.builders import Desk, Key
from tests.services.batch_world import received_batch
from tests.services.office import Office, Prepared, prepare
from tests.stages import Prepare
from workbench.db.engine import Database


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
