"""Nothing is decided while its images are about to be compared; what cannot be read waits not."""

from datetime import datetime, timedelta

import pytest
from plan_world import Panel, word
from plan_world import refused as refused_plan
from sqlalchemy import delete, event, select, update

from tests.builders import Key
from tests.services import registered_world as world
from tests.services.office import CLEAN, Office, refused
from workbench.db.engine import Database
from workbench.db.models import ImageJob
from workbench.rules.workflow import ClaimState
from workbench.services.claims import deciding, registration
from workbench.services.commission.reading import open_plan
from workbench.services.commission.votes import cast_vote
from workbench.services.images.queue import FIRST_OF_ALL
from workbench.services.images.waiting import AWAITED, decide_in_tx

NUMBER = "1402000051"
PICTURE, FORM = 71, 72


@pytest.fixture
def waiting(office: Office) -> str:
    """A member's document of mine, decided but for the finish; its two images just came."""
    images = (
        world.image(PICTURE, "opg.jpg", kind="panoramic"),
        world.image(FORM, "invoice.jpg", kind="invoice"),
    )
    request = world.direct(number=NUMBER, national_code=world.CHILD, images=images)
    made = office.database.in_tx(
        lambda s: registration.register_claim(s, None, request, now=office.now)
    )
    office.keys[NUMBER] = Key(insurer_id=made.insurer_id, claim_id=made.claim_id, number=NUMBER)
    office.take(NUMBER)
    office.decide_all(NUMBER)
    return NUMBER


def sha256(shade: int) -> str:
    return world.image(shade).accepted.sha256


def set_job(office: Office, shade: int, **values: object) -> None:
    office.database.in_tx(
        lambda s: s.execute(
            update(ImageJob).where(ImageJob.sha256 == sha256(shade)).values(**values)
        )
    )


def read(office: Office, *shades: int) -> None:
    names = [sha256(shade) for shade in shades]
    office.database.in_tx(lambda s: s.execute(delete(ImageJob).where(ImageJob.sha256.in_(names))))


def finish_facts(office: Office) -> dict[str, object]:
    (finished,) = [each for each in office.events(NUMBER) if each.action == "claim.finish"]
    return finished.facts


def test_a_case_is_not_finished_before_its_image_was_compared(office: Office, waiting: str) -> None:
    facts = refused("images_not_compared", lambda: office.finish(waiting))
    assert facts["images"] == (1,)
    assert facts["until"] == office.now + AWAITED
    assert office.claim(waiting).state == ClaimState.UNDER_REVIEW
    read(office, PICTURE)
    office.finish(waiting)
    assert "not_compared" not in finish_facts(office)


def test_a_sheet_of_paper_is_not_waited_for(office: Office, waiting: str) -> None:
    read(office, PICTURE)
    with office.database.reading() as session:
        assert session.get(ImageJob, sha256(FORM)) is not None
    office.finish(waiting)
    assert "not_compared" not in finish_facts(office)


def test_one_that_is_being_read_is_waited_for(office: Office, waiting: str) -> None:
    soon = office.now + timedelta(minutes=4)
    set_job(office, PICTURE, attempts=1, held_until_at=soon, next_try_at=soon)
    refused("images_not_compared", lambda: office.finish(waiting))


def test_one_that_cannot_be_read_holds_nothing_up_and_is_named(
    office: Office, waiting: str
) -> None:
    set_job(office, PICTURE, attempts=1, error="evidence_missing_file")
    office.finish(waiting)
    assert finish_facts(office)["not_compared"] == [1]


@pytest.mark.parametrize("minutes", [9, 10])
def test_it_is_waited_for_ten_minutes(office: Office, waiting: str, minutes: int) -> None:
    later = office.now + timedelta(minutes=minutes)
    if minutes < 10:
        refused("images_not_compared", lambda: office.finish(waiting, now=later))
        return
    office.finish(waiting, now=later)
    assert finish_facts(office)["not_compared"] == [1]


def test_the_refused_finish_has_the_image_read_first(office: Office, waiting: str) -> None:
    place, seen = office.place(waiting), office.assessment(waiting).case.available_rial
    refused(
        "images_not_compared",
        lambda: decide_in_tx(
            office.database,
            lambda s: deciding.finish_claim(
                s,
                office.desk.assessor,
                place,
                nonce="once",
                seen_available_rial=seen,
                now=office.now,
            ),
            now=office.now,
        ),
    )
    with office.database.reading() as session:
        job = session.get_one(ImageJob, sha256(PICTURE))
        other = session.get_one(ImageJob, sha256(FORM))
    assert job.next_try_at < FIRST_OF_ALL < other.next_try_at


def test_a_case_without_jobs_asks_once(office: Office) -> None:
    office.take(CLEAN)
    office.decide_all(CLEAN)
    statements: list[str] = []
    engine = office.database.write_engine

    def note(*args: object) -> None:
        statements.append(str(args[2]))

    event.listen(engine, "before_cursor_execute", note)
    try:
        office.finish(CLEAN)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert len([each for each in statements if "image_job" in each]) == 1


def test_the_vote_that_would_decide_waits_and_is_not_cast(
    database: Database, panel: Panel, now: datetime
) -> None:
    add_jobs(database, now)
    votes = [word(1, "a"), word(2, "a")]
    database.in_tx(lambda s: cast_vote(s, panel.members[0], panel.place, votes, now=now))
    second = panel.members[1]
    late = refused_plan(
        lambda: decide_in_tx(
            database, lambda s: cast_vote(s, second, panel.place, votes, now=now), now=now
        )
    )
    assert late.code == "images_not_compared"
    assert late.facts["images"] == (3, 4)
    with database.reading() as session:
        hurried = select(ImageJob.sha256).where(ImageJob.next_try_at < FIRST_OF_ALL)
        assert set(session.scalars(hurried)) == {sha256(3), sha256(4)}
    after = now + AWAITED
    done = database.in_tx(lambda s: cast_vote(s, second, panel.place, votes, now=after))
    assert done.is_decided


def test_opening_a_plan_has_its_images_read_first(
    database: Database, panel: Panel, now: datetime
) -> None:
    add_jobs(database, now)
    database.in_tx(lambda s: open_plan(s, panel.members[0], panel.place, now=now))
    with database.reading() as session:
        assert all(at < FIRST_OF_ALL for at in session.scalars(select(ImageJob.next_try_at)))


def add_jobs(database: Database, now: datetime) -> None:
    names = [sha256(shade) for shade in (1, 2, 3, 4)]
    database.in_tx(
        lambda s: s.add_all(
            [ImageJob(sha256=name, created_at=now, next_try_at=now, attempts=0) for name in names]
        )
    )
