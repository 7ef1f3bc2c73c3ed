"""Returned cases leave a batch in one action, into a follow-up batch with a number of its own."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from tests import builders
from tests.builders import BATCH, Desk, Key
from tests.services.batch_world import CAPPED, CLEAN, finish_all
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Batch, Claim
from workbench.errors import Refused
from workbench.rules.workflow import BatchState, ClaimState, Role
from workbench.services.access import Actor
from workbench.services.batches.batches import SplitOff, send_batch_to_finance, split_returned
from workbench.services.batches.view import read_batch
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim


def _finish_and_return(
    database: Database, desk: Desk, received: dict[str, Key], now: datetime
) -> None:
    finish_all(database, desk, received, now, but=CLEAN)
    builders.bring(database, desk, received[CLEAN], now, ClaimState.RETURNED)


@pytest.fixture
def keys(prepared: Prepare, desk: Desk, received: dict[str, Key], now: datetime) -> dict[str, Key]:
    """A batch with one returned case; the three others are finished."""
    prepared(_finish_and_return, desk, received, now)
    return received


def split(database: Database, actor: Actor, now: datetime, version: int | None = None) -> SplitOff:
    return database.in_tx(lambda s: split_returned(s, actor, BATCH, version=version, now=now))


def test_the_returned_case_moves_and_the_others_stay(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    with database.reading() as session:
        before = read_batch(session, desk.lead, BATCH)
    made = split(database, desk.lead, now, before.version)
    assert made.claim_numbers == (CLEAN,)
    with database.reading() as session:
        first = read_batch(session, desk.lead, BATCH)
        second = read_batch(session, desk.lead, made.acceptance_number)
    assert {case.number for case in first.cases} == set(keys) - {CLEAN}
    assert first.settled == before.settled
    assert (first.unsettled_count, first.is_ready_for_finance) == (0, True)
    assert [case.number for case in second.cases] == [CLEAN]
    assert (second.state, second.follows_number) == (BatchState.ACCEPTED, BATCH)
    assert first.follow_up_numbers == (made.acceptance_number,)
    assert second.received_at == first.received_at


def test_the_rest_goes_to_finance_and_the_follow_up_goes_its_own_way(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    number = split(database, desk.lead, now).acceptance_number
    database.in_tx(lambda s: send_batch_to_finance(s, desk.lead, BATCH, version=None, now=now))
    later = now + timedelta(hours=2)
    database.in_tx(
        lambda s: resubmit_claim(
            s, None, ResubmissionInput(claim_number=CLEAN, explanation="تصویر پیوست شد"), now=later
        )
    )
    builders.bring(database, desk, keys[CLEAN], later, ClaimState.FINISHED)
    done = database.in_tx(
        lambda s: send_batch_to_finance(s, desk.lead, number, version=None, now=later)
    )
    assert done.claim_count == 1


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.LEAD}))
def test_nobody_but_the_lead_splits(
    database: Database, desk: Desk, now: datetime, role: Role
) -> None:
    with pytest.raises(Refused) as refused:
        split(database, desk.everyone()[role], now)
    assert refused.value.code == "not_permitted"


@pytest.mark.usefixtures("keys")
def test_a_second_split_finds_nothing_and_makes_no_batch(
    database: Database, desk: Desk, now: datetime
) -> None:
    split(database, desk.lead, now)
    with pytest.raises(Refused) as refused:
        split(database, desk.lead, now)
    assert refused.value.code == "batch_without_returned"
    with database.reading() as session:
        assert len(session.scalars(select(Batch.id)).all()) == 2


@pytest.mark.usefixtures("keys")
def test_a_stale_version_is_refused(database: Database, desk: Desk, now: datetime) -> None:
    with pytest.raises(Refused) as refused:
        split(database, desk.lead, now, version=1)
    assert refused.value.code == "batch_changed"


def test_a_batch_with_nothing_but_returned_cases_stays_whole(
    database: Database, desk: Desk, now: datetime, received: dict[str, Key]
) -> None:
    for key in received.values():
        to = ClaimState.VOID if key.number == CAPPED else ClaimState.RETURNED
        builders.bring(database, desk, key, now, to)
    with pytest.raises(Refused) as refused:
        split(database, desk.lead, now)
    assert refused.value.code == "batch_all_returned"


@pytest.mark.usefixtures("keys")
def test_nothing_is_split_off_after_finance(database: Database, desk: Desk, now: datetime) -> None:
    split(database, desk.lead, now)
    database.in_tx(lambda s: send_batch_to_finance(s, desk.lead, BATCH, version=None, now=now))
    with pytest.raises(Refused) as refused:
        split(database, desk.lead, now)
    assert refused.value.code == "batch_not_open"


def test_the_trail_tells_both_batches_and_the_case(
    database: Database, desk: Desk, now: datetime, keys: dict[str, Key]
) -> None:
    with database.reading() as session:
        version = session.get_one(Claim, (keys[CLEAN].insurer_id, keys[CLEAN].claim_id)).version
    made = split(database, desk.lead, now)
    with database.reading() as session:
        rows = {
            row.action: row
            for row in session.scalars(
                select(AuditEvent).where(
                    AuditEvent.action.in_(("batch.split", "batch.follow_up", "claim.split"))
                )
            )
        }
        claim = session.get_one(Claim, (keys[CLEAN].insurer_id, keys[CLEAN].claim_id))
    assert rows["batch.split"].facts["claims"] == [CLEAN]
    assert rows["batch.split"].facts["follow_up"] == made.acceptance_number
    assert rows["batch.follow_up"].facts["follows"] == BATCH
    assert rows["batch.follow_up"].stream != rows["batch.split"].stream
    assert rows["claim.split"].facts["claim"] == CLEAN
    assert claim.version == version + 1
