"""Sending a batch to finance and archiving it: who, in which state, twice, and the trail."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import builders
from tests.builders import BATCH, Desk, Key
from tests.services.batch_world import CAPPED, CLEAN, finish_all
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Batch, Claim
from workbench.errors import Refused
from workbench.rules.workflow import BatchState, ClaimState, Role
from workbench.services import audit
from workbench.services.access import Actor
from workbench.services.batches.batches import BatchDone, archive_batch, send_batch_to_finance


@pytest.fixture
def finished(prepared: Prepare, desk: Desk, received: dict[str, Key], now: datetime) -> None:
    prepared(finish_all, desk, received, now)


def send(database: Database, actor: Actor, now: datetime, version: int | None = None) -> BatchDone:
    return database.in_tx(
        lambda s: send_batch_to_finance(s, actor, BATCH, version=version, now=now)
    )


def archive(
    database: Database, actor: Actor, now: datetime, version: int | None = None
) -> BatchDone:
    return database.in_tx(lambda s: archive_batch(s, actor, BATCH, version=version, now=now))


def batch_row(session: Session) -> Batch:
    return session.scalars(select(Batch).where(Batch.acceptance_number == BATCH)).one()


def states(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(Claim.state)))


def events(database: Database, action: str) -> list[AuditEvent]:
    with database.reading() as session:
        return list(session.scalars(select(AuditEvent).where(AuditEvent.action == action)))


@pytest.mark.usefixtures("finished")
def test_the_lead_sends_a_finished_batch_to_finance(
    database: Database, desk: Desk, now: datetime
) -> None:
    done = send(database, desk.lead, now)
    assert (done.state, done.claim_count) == (BatchState.SENT_TO_FINANCE, 4)
    assert states(database) == {ClaimState.SENT_TO_FINANCE}
    with database.reading() as session:
        row = batch_row(session)
        assert (row.sent_to_finance_at, row.sent_to_finance_by_id) == (now, desk.lead.user_id)
        paid = sum(claim.payable_rial or 0 for claim in session.scalars(select(Claim)))
    assert done.payable_rial == paid > 0


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.LEAD}))
def test_nobody_but_the_lead_sends_it(
    database: Database, desk: Desk, now: datetime, role: Role
) -> None:
    with pytest.raises(Refused) as refused:
        send(database, desk.everyone()[role], now)
    assert refused.value.code == "not_permitted"
    assert states(database) == {ClaimState.FINISHED}


@pytest.mark.usefixtures("finished")
@pytest.mark.parametrize("role", sorted(set(Role) - {Role.FINANCE}))
def test_nobody_but_finance_archives_it(
    database: Database, desk: Desk, now: datetime, role: Role
) -> None:
    send(database, desk.lead, now)
    with pytest.raises(Refused) as refused:
        archive(database, desk.everyone()[role], now)
    assert refused.value.code == "not_permitted"


def test_a_lead_of_another_insurer_finds_no_such_batch(
    database: Database, desk: Desk, now: datetime
) -> None:
    builders.build_batch(database, now)
    stranger = replace(desk.lead, insurer_ids=frozenset({1}))
    with pytest.raises(Refused) as refused:
        send(database, stranger, now)
    assert refused.value.code == "batch_not_found"


def test_unfinished_cases_are_named_and_nothing_moves(
    database: Database, desk: Desk, now: datetime, received: dict[str, Key]
) -> None:
    finish_all(database, desk, received, now, but=CLEAN)
    builders.bring(database, desk, received[CLEAN], now, ClaimState.RETURNED)
    with pytest.raises(Refused) as refused:
        send(database, desk.lead, now)
    assert refused.value.code == "batch_unfinished"
    assert refused.value.facts["numbers"] == (CLEAN,)
    assert ClaimState.SENT_TO_FINANCE not in states(database)


def test_a_void_case_holds_nothing_up_and_stays_void(
    database: Database, desk: Desk, now: datetime, received: dict[str, Key]
) -> None:
    builders.bring(database, desk, received[CAPPED], now, ClaimState.VOID)
    finish_all(database, desk, received, now, but=CAPPED)
    assert send(database, desk.lead, now).claim_count == 3
    assert states(database) == {ClaimState.SENT_TO_FINANCE, ClaimState.VOID}


def test_a_batch_that_was_not_received_does_not_go_to_finance(
    database: Database, desk: Desk, now: datetime
) -> None:
    builders.build_batch(database, now)
    with pytest.raises(Refused) as refused:
        send(database, desk.lead, now)
    assert refused.value.code == "wrong_state"
    assert refused.value.facts["state"] == BatchState.READY_TO_SEND


@pytest.mark.usefixtures("finished")
def test_sending_twice_is_refused_and_names_who_did_it(
    database: Database, desk: Desk, now: datetime
) -> None:
    send(database, desk.lead, now)
    with pytest.raises(Refused) as refused:
        send(database, desk.lead, now + timedelta(seconds=1))
    assert refused.value.code == "batch_sent_already"
    assert (refused.value.facts["name"], refused.value.facts["at"]) == ("lead-1", now)
    assert len(events(database, "batch.send_to_finance")) == 1


@pytest.mark.usefixtures("finished")
def test_a_stale_version_is_refused_and_names_who_changed_it(
    database: Database, desk: Desk, now: datetime
) -> None:
    with pytest.raises(Refused) as refused:
        send(database, desk.lead, now, version=1)
    assert refused.value.code == "batch_changed"
    assert refused.value.facts["name"] == "assessor-1"  # his first taking started the review
    with database.reading() as session:
        version = batch_row(session).version
    assert send(database, desk.lead, now, version=version).claim_count == 4


@pytest.mark.usefixtures("finished")
def test_finance_archives_what_it_was_sent_once(
    database: Database, desk: Desk, now: datetime
) -> None:
    with pytest.raises(Refused) as too_early:
        archive(database, desk.finance, now)
    assert too_early.value.code == "batch_not_sent_to_finance"
    send(database, desk.lead, now)
    assert archive(database, desk.finance, now).state == BatchState.ARCHIVED
    assert states(database) == {ClaimState.ARCHIVED}
    with pytest.raises(Refused) as twice:
        archive(database, desk.finance, now)
    assert (twice.value.code, twice.value.facts["name"]) == ("batch_archived_already", "finance-1")


@pytest.mark.usefixtures("finished")
def test_each_step_leaves_one_event_per_batch_and_claim(
    database: Database, desk: Desk, now: datetime
) -> None:
    done = send(database, desk.lead, now)
    archive(database, desk.finance, now)
    (sent,) = events(database, "batch.send_to_finance")
    assert sent.actor_id == desk.lead.user_id
    assert sent.stream.startswith("batch:")
    assert (sent.facts["batch"], sent.facts["claims"]) == (BATCH, 4)
    assert sent.facts["payable_rial"] == done.payable_rial
    assert len(events(database, "claim.send_to_finance")) == 4
    assert len(events(database, "claim.archive")) == 4
    (archived,) = events(database, "batch.archive")
    assert archived.actor_id == desk.finance.user_id
    database.in_tx(lambda s: audit.seal(s, now=now))
    with database.reading() as session:
        assert audit.verify_trail(session, now=now).problems == ()
