"""B19: which referral letters count as open beside a member's own direct claim."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy.orm import Session

from tests.services import registered_world as world
from workbench.db.engine import Database
from workbench.db.models import Claim
from workbench.db.snapshots import ACCEPTANCE_KEY, load_case
from workbench.persian.jalali import day_of
from workbench.rules.workflow import Role
from workbench.services.batches.receipt import receive_batch
from workbench.services.claims.registration import register_claim
from workbench.services.referrals.letters import acceptance_key


def open_numbers(session: Session, now: datetime) -> tuple[str, ...]:
    """The letters that the member's direct claim sees."""
    made = register_claim(session, None, world.direct(), now=now)
    claim = session.get_one(Claim, (made.insurer_id, made.claim_id))
    return tuple(letter.number for letter in load_case(session, claim).open_referrals)


@pytest.fixture
def session(database: Database, now: datetime):
    with Session(database.write_engine) as session, session.begin():
        world.build(session, now)
        yield session


def test_an_unused_letter_counts_while_it_is_valid(session: Session, now: datetime) -> None:
    world.referral(session, now, issued_on=day_of(now) - timedelta(days=5))
    assert open_numbers(session, now) == ("700001",)


def test_an_unused_letter_that_has_run_out_does_not_count(session: Session, now: datetime) -> None:
    world.referral(session, now, issued_on=day_of(now) - timedelta(days=100))
    assert open_numbers(session, now) == ()


def test_a_letter_in_use_counts_until_its_papers_are_accepted(
    session: Session, now: datetime
) -> None:
    world.received_claim(session, now)
    assert open_numbers(session, now) == ("700001",)


def test_an_accepted_letter_no_longer_counts(session: Session, now: datetime) -> None:
    world.received_claim(session, now)
    receive_batch(session, world.actor(Role.RECEPTION), "366590", now=now)
    assert open_numbers(session, now) == ()


def test_the_key_of_an_acceptance_is_the_one_that_is_written() -> None:
    assert acceptance_key(17) == f"{ACCEPTANCE_KEY.value}17"
