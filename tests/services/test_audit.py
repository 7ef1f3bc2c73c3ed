"""The audit trail: sealed in a chain; what was done to it afterwards is found."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from tests import builders
from tests.services import registered_world as world
from tests.services.office import CHILD_CODE, Office
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, AuditSeal, AuditUnsealed, new_id
from workbench.services import audit
from workbench.services.batches import batches
from workbench.services.claims import assessing, deciding, notes, reading, taking
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim
from workbench.services.verification.verification import Anchor, verify

EVENTS = 12
SECRET = "راز-کاشته‌شده"


@pytest.fixture
def trail(database: Database, now: datetime) -> Database:
    """Twelve sealed events in three streams."""
    _record(database, now, EVENTS)
    database.in_tx(lambda s: audit.seal(s, now=now))
    return database


def _record(database: Database, at: datetime, count: int, first: int = 0) -> None:
    def work(session: Session) -> None:
        for n in range(first, first + count):
            audit.record(
                session, action="test.done", stream=f"claim:{n % 3}", actor_id=7, now=at, amount=n
            )

    database.in_tx(work)


def _report(database: Database, now: datetime) -> audit.TrailReport:
    with database.reading() as session:
        return audit.verify_trail(session, now=now)


def _event_id(database: Database, position: int) -> int:
    with database.reading() as session:
        return session.scalars(
            select(AuditSeal.event_id).where(AuditSeal.position == position)
        ).one()


def _tamper(database: Database, work: Callable[[Session], Any]) -> None:
    database.in_tx(work)


def test_an_honest_trail_has_no_problem(trail: Database, now: datetime) -> None:
    report = _report(trail, now + timedelta(hours=1))
    assert (report.event_count, report.sealed_count, report.problems) == (EVENTS, EVENTS, ())
    assert len(report.head_hash) == 64


def test_each_stream_counts_its_own_events(trail: Database) -> None:
    with trail.reading() as session:
        rows = session.execute(
            select(AuditEvent.stream, AuditEvent.sequence).order_by(
                AuditEvent.stream, AuditEvent.sequence
            )
        ).all()
    assert [tuple(row) for row in rows] == [
        (f"claim:{stream}", sequence) for stream in range(3) for sequence in range(1, 5)
    ]


@pytest.mark.parametrize(
    "column, value",
    [
        ("action", "test.undone"),
        ("actor_id", 8),
        ("at", "later"),
        ("facts", {"amount": 999}),
        ("insurer_id", 5),
    ],
)
def test_a_changed_event_is_found(
    trail: Database, now: datetime, column: str, value: object
) -> None:
    event_id = _event_id(trail, 5)
    changed = {column: now + timedelta(microseconds=1) if value == "later" else value}
    _tamper(
        trail,
        lambda s: s.execute(update(AuditEvent).where(AuditEvent.id == event_id).values(**changed)),
    )
    assert _report(trail, now).problems == (f"event {event_id} of claim:1 was changed",)


def test_a_changed_event_with_its_own_hash_made_anew_breaks_the_chain(
    trail: Database, now: datetime
) -> None:
    event_id = _event_id(trail, 5)

    def work(session: Session) -> None:
        event = session.get_one(AuditEvent, event_id)
        event.facts = {"amount": 999}
        names = AuditEvent.__table__.c.keys()
        event.content_hash = audit.content_hash({name: getattr(event, name) for name in names})

    _tamper(trail, work)
    assert _report(trail, now).problems == ("the chain breaks at seal 5",)


@pytest.mark.parametrize("position", [5, EVENTS])
def test_a_deleted_event_is_found(trail: Database, now: datetime, position: int) -> None:
    event_id = _event_id(trail, position)
    _tamper(trail, lambda s: s.execute(delete(AuditEvent).where(AuditEvent.id == event_id)))
    problems = _report(trail, now).problems
    assert problems[0] == f"event {event_id} of seal {position} is missing"


def test_an_event_deleted_with_its_seal_leaves_a_gap(trail: Database, now: datetime) -> None:
    event_id = _event_id(trail, 5)

    def work(session: Session) -> None:
        session.execute(delete(AuditEvent).where(AuditEvent.id == event_id))
        session.execute(delete(AuditSeal).where(AuditSeal.position == 5))

    _tamper(trail, work)
    assert _report(trail, now).problems == (
        "seal 5 is missing",
        "the chain breaks at seal 6",
        "stream claim:1 has a gap",
    )


def test_an_event_that_was_slipped_in_stands_outside_the_chain(
    trail: Database, now: datetime
) -> None:
    values: dict[str, Any] = {
        "id": new_id(),
        "insurer_id": 0,
        "stream": "claim:1",
        "sequence": 5,
        "at": now,
        "actor_id": 7,
        "action": "test.done",
        "facts": {},
    }
    values["content_hash"] = audit.content_hash(values)
    _tamper(trail, lambda s: s.execute(insert(AuditEvent).values(values)))
    assert _report(trail, now).problems == ("1 events stand outside the chain",)


def test_a_deleted_event_that_was_not_sealed_yet_is_found_at_once(
    trail: Database, now: datetime
) -> None:
    _record(trail, now, 1, first=EVENTS)
    with trail.reading() as session:
        event_id = session.scalars(select(AuditUnsealed.event_id)).one()
    _tamper(trail, lambda s: s.execute(delete(AuditEvent).where(AuditEvent.id == event_id)))
    assert _report(trail, now).problems == (f"unsealed event {event_id} is missing",)


def test_a_cut_tail_is_found_only_against_an_anchor_kept_outside(
    trail: Database, now: datetime
) -> None:
    head = _report(trail, now).head_hash
    with trail.reading() as session:
        gone = session.scalars(select(AuditSeal.event_id).where(AuditSeal.position > 9)).all()

    def work(session: Session) -> None:
        session.execute(delete(AuditSeal).where(AuditSeal.position > 9))
        session.execute(delete(AuditEvent).where(AuditEvent.id.in_(gone)))

    _tamper(trail, work)
    assert _report(trail, now).problems == ()

    def anchored(count: int, chain_hash: str) -> tuple[str, ...]:
        with trail.reading() as session:
            found = verify(session, now=now, anchor=Anchor(count=count, chain_hash=chain_hash))
        return next(check for check in found.checks if check.name == "anchor").problems

    assert anchored(EVENTS, head) == ("the trail was cut: 9 of 12 sealed events are left",)
    assert anchored(9, _report(trail, now).head_hash) == ()
    assert anchored(9, head) == ("seal 9 is not the one of the anchor: the trail was written anew",)


@pytest.mark.parametrize("seconds, problems", [(60, 0), (61, 1)])
def test_an_event_that_waits_for_its_seal_for_more_than_a_minute_is_told(
    trail: Database, now: datetime, seconds: int, problems: int
) -> None:
    _record(trail, now, 2, first=EVENTS)
    told = _report(trail, now + timedelta(seconds=seconds)).problems
    assert told == ("2 events older than a minute are not sealed",)[:problems]


def test_sealing_goes_on_where_it_stopped(
    trail: Database, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "SEAL_BATCH_MAX", 4)
    _record(trail, now, 10, first=EVENTS)
    sealed = [trail.in_tx(lambda s: audit.seal(s, now=now)) for _ in range(5)]
    assert sealed == [4, 4, 2, 0, 0]
    report = _report(trail, now + timedelta(hours=1))
    assert (report.sealed_count, report.problems) == (EVENTS + 10, ())


def test_what_was_rolled_back_left_no_event(trail: Database, now: datetime) -> None:
    def work(session: Session) -> None:
        audit.record(session, action="test.done", stream="claim:1", actor_id=7, now=now)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        trail.in_tx(work)
    assert _report(trail, now).event_count == EVENTS


def test_after_a_whole_journey_no_fact_holds_a_name_a_national_code_or_a_free_text(
    office: Office,
) -> None:
    key, assessor, lead = office.keys[CHILD_CODE], office.desk.assessor, office.desk.lead
    _journey(office)
    with office.database.reading() as session:
        rows = session.execute(select(AuditEvent.action, AuditEvent.facts)).all()
        people = reading.read_case(session, lead, key.insurer_id, key.claim_id, now=office.now)
    told = {row.action for row in rows}
    assert {
        "claim.take",
        "claim.assess",
        "claim.park",
        "claim.return",
        "claim.resubmit",
        "claim.finish",
        "claim.reopen",
        "claim.void",
        "claim.note_added",
        "claim.national_code_opened",
    } <= told
    everything = "\n".join(json.dumps(row.facts, ensure_ascii=False) for row in rows)
    names = {user.display_name for user in office.desk.everyone().values()}
    assert people.patient.name.strip() and assessor.display_name in names
    for word in (SECRET, world.PRINCIPAL, world.CHILD, "خانوادگی", "مرکز نمونه", *names):
        assert word not in everything
    reasons = {row.facts.get("reason") for row in rows if row.action == "claim.assess"}
    assert {"D01", "D99"} <= reasons


def _journey(office: Office) -> None:
    """Every free text of the desk holds the planted words."""
    number, assessor = CHILD_CODE, office.desk.assessor
    office.take(number)
    office.call(reading.open_national_code, assessor, number)
    office.call(notes.add_note, assessor, number, text=SECRET)
    office.deduct(number, 1_000, reason="D99", text=SECRET)
    line_id = office.line_id(number)
    office.write(
        assessing.cut_line, assessor, number, line_id=line_id, quantity=None,
        unit_price_rial=7_000_000, reason="D01", note=SECRET,
    )  # fmt: skip
    office.write(
        assessing.recode_line, assessor, number, line_id=line_id, code="125", reason="D03",
        note=SECRET,
    )  # fmt: skip
    office.write(
        assessing.reject_line, assessor, number, line_id=line_id, reason="D99", text=SECRET
    )
    office.write(assessing.restore_line, assessor, number, line_id=line_id)
    office.call(
        taking.park_claim, assessor, number, reason=SECRET, until_on=office.now.date(), version=None
    )
    office.take(number)
    office.give_back(number, deciding.DefectInput(reason="R01", text=SECRET))
    answer = ResubmissionInput(claim_number=number, explanation=SECRET)
    office.database.in_tx(lambda s: resubmit_claim(s, None, answer, now=office.now))
    office.take(number)
    while keys := office.open_keys(number):
        office.write(assessing.override_finding, assessor, number, key=keys[0], reason=SECRET)
    office.finish(number)
    office.reopen(number, SECRET)
    office.give_back(
        number, deciding.DefectInput(reason="R01", text=SECRET), actor=office.desk.lead
    )
    office.write(deciding.void_claim, office.desk.lead, number, reason=SECRET)
    office.database.in_tx(
        lambda s: batches.record_export(
            s, office.desk.finance, builders.BATCH, "form8", now=office.now
        )
    )
