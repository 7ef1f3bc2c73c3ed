"""My desk, on claims made and decided through the services."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import Desk, build_batch, build_claim, build_desk, finish, place_of
from tests.services import queue_rows, registered_world
from tests.stages import Prepare
from workbench.db.engine import Database
from workbench.db.models import Claim
from workbench.db.queries import desk as queries
from workbench.errors import Refused
from workbench.rules.workflow import ClaimState, Role
from workbench.services.claims import taking
from workbench.services.claims.resubmission import ResubmissionInput, resubmit_claim
from workbench.services.desk.desk import DeskView, read_desk


@pytest.fixture
def desk(prepared: Prepare, now: datetime) -> Desk:
    """The small world with a user for each role, one batch."""
    made: Desk = prepared(build_desk, now)
    prepared(build_batch, now)
    return made


def _read(database: Database, actor: Any, now: datetime) -> DeskView:
    with database.reading() as session:
        return read_desk(session, actor, now=now)


def _accepted(database: Database, desk: Desk, now: datetime, *numbers: str) -> list[Any]:
    return [
        build_claim(database, desk, now, number, to=ClaimState.ACCEPTED, acceptance_number=None)
        for number in numbers
    ]


def test_an_empty_desk_is_no_error(database: Database, desk: Desk, now: datetime) -> None:
    view = _read(database, desk.assessor, now)
    assert view.next_free is None
    assert (view.waiting.total, view.waiting.oldest_at, view.waiting.by_insurer) == (0, None, ())
    assert (view.held, view.parked, view.came_back, view.last_finished) == ((), (), (), ())
    assert view.today.median_seconds is None


def test_the_next_case_is_what_taking_gives_and_looking_takes_nothing(
    database: Database, desk: Desk, now: datetime
) -> None:
    _accepted(database, desk, now, "1402000001", "1402000002")
    first, again = (_read(database, desk.assessor, now).next_free for _ in range(2))
    assert first is not None and again is not None
    assert first == again
    assert not first.is_held(now)
    taken = database.in_tx(lambda s: taking.take_next(s, desk.assessor, now=now))
    assert taken is not None and taken.number == first.number


def test_two_assessors_get_different_cases(database: Database, desk: Desk, now: datetime) -> None:
    _accepted(database, desk, now, "1402000001", "1402000002")
    first = database.in_tx(lambda s: taking.take_next(s, desk.assessor, now=now))
    seen = _read(database, desk.lead, now).next_free
    second = database.in_tx(lambda s: taking.take_next(s, desk.lead, now=now))
    assert first is not None and second is not None and seen is not None
    assert first.number != second.number == seen.number
    assert _read(database, desk.lead, now).next_free is None


@pytest.mark.parametrize("interest", ["centre_id", "dentist_id"])
def test_a_case_of_ones_own_centre_or_treatment_is_not_offered(
    database: Database, desk: Desk, now: datetime, interest: str
) -> None:
    (key,) = _accepted(database, desk, now, "1402000001")
    with database.reading() as session:
        own = getattr(session.get_one(Claim, (key.insurer_id, key.claim_id)), interest)
    actor = replace(desk.assessor, **{interest: own})
    assert _read(database, actor, now).next_free is None
    assert _read(database, desk.assessor, now).next_free is not None


def test_what_i_hold_shows_its_lease_and_its_lines(
    database: Database, desk: Desk, now: datetime
) -> None:
    _accepted(database, desk, now, "1402000001")
    database.in_tx(lambda s: taking.take_next(s, desk.assessor, now=now))
    view = _read(database, desk.assessor, now)
    (held,) = view.held
    assert held.claim.lease_until_at == now + taking.lease_length()
    assert (held.settled_line_count, held.claim.line_count) == (0, 1)
    assert (view.waiting.total, view.waiting.free) == (1, 0)
    assert _read(database, desk.lead, now).held == ()
    assert _read(database, desk.assessor, now + timedelta(hours=1)).waiting.free == 1


def test_a_parked_case_shows_its_reason_and_reminder(
    database: Database, desk: Desk, now: datetime
) -> None:
    (key,) = _accepted(database, desk, now, "1402000001")
    until = (now + timedelta(days=3)).date()

    def work(session: Any) -> None:
        claim = taking.take_next(session, desk.assessor, now=now)
        assert claim is not None
        place = place_of(session, key)
        taking.park_claim(
            session,
            desk.assessor,
            place.insurer_id,
            place.claim_id,
            reason="منتظر پاسخ مرکز",
            until_on=until,
            version=place.version,
            now=now,
        )

    database.in_tx(work)
    view = _read(database, desk.assessor, now)
    assert [(c.park_reason, c.park_until_on) for c in view.parked] == [("منتظر پاسخ مرکز", until)]
    assert view.held == ()
    assert view.next_free is None


def test_what_came_back_names_the_defect_and_what_changed(
    database: Database, desk: Desk, now: datetime
) -> None:
    key = build_claim(
        database, desk, now, "1402000001", to=ClaimState.RETURNED, acceptance_number=None
    )
    assert _read(database, desk.assessor, now).today.returned == 1
    sent = ResubmissionInput(
        claim_number=key.number,
        explanation="اصلاح شد",
        lines=(registered_world.line(note="سطح نوشته شد"),),
    )
    later = now + timedelta(hours=2)
    database.in_tx(lambda s: resubmit_claim(s, None, sent, now=later))
    (back,) = _read(database, desk.assessor, later).came_back
    assert back.claim.number == key.number
    assert back.claim.round == 2
    assert back.defect_codes == ("R03",)
    assert (back.changed_lines, back.added_image_count) == ((1,), 0)
    assert _read(database, desk.lead, later).came_back == ()


def test_today_counts_finishes_and_their_median_time(
    database: Database, desk: Desk, now: datetime
) -> None:
    keys = _accepted(database, desk, now, "1402000001", "1402000002", "1402000003")
    for minutes, key in zip((4, 6, 20), keys, strict=True):
        database.in_tx(
            lambda s, key=key: taking.take_claim(
                s, desk.assessor, key.insurer_id, key.claim_id, now=now
            )
        )
        finish(database, desk, key, now + timedelta(minutes=minutes))
    view = _read(database, desk.assessor, now + timedelta(minutes=30))
    assert (view.today.finished, view.today.median_seconds) == (3, 360)
    assert {c.number for c in view.last_finished} == {key.number for key in keys}
    assert view.last_finished[0].number == keys[-1].number
    tomorrow = _read(database, desk.assessor, now + timedelta(days=1))
    assert tomorrow.today.finished == 0
    assert tomorrow.last_finished == view.last_finished
    assert _read(database, desk.lead, now).today.finished == 0


def test_ages_overdue_and_insurers_agree_with_the_claims(database: Database, now: datetime) -> None:
    def work(session: Any) -> queue_rows.Hall:
        made = queue_rows.open_hall(session, now)
        queue_rows.add_claims(session, made, now, 200)
        return made

    hall = database.in_tx(work)
    with database.reading() as session:
        waiting = [c for c in queue_rows.all_claims(session) if c.is_waiting]
    view = _read(database, hall.assessor, now)
    hours = [(now - (c.accepted_at or c.registered_at)).total_seconds() / 3600 for c in waiting]
    classes = [sum(low <= h < high for h in hours) for low, high in ((0, 24), (24, 48), (48, 72))]
    assert view.waiting.ages == (*classes, sum(h >= 72 for h in hours))
    assert view.waiting.total == len(waiting) == sum(view.waiting.ages)
    assert view.waiting.overdue == sum(c.due_at < now for c in waiting)
    assert view.waiting.oldest_at == min(c.accepted_at or c.registered_at for c in waiting)
    assert [n for _name, n in view.waiting.by_insurer] == [len(waiting)]
    late = database.in_tx(lambda s: taking.take_next(s, hall.colleague, now=now))
    assert late is not None and late.due_at < now
    assert _read(database, hall.assessor, now).waiting.overdue_holders == ("Kaveh",)


def test_other_insurers_stay_out_of_sight(database: Database, desk: Desk, now: datetime) -> None:
    _accepted(database, desk, now, "1402000001")
    other = database.in_tx(lambda s: queue_rows.second_insurer(s, now))
    view = _read(database, replace(desk.assessor, insurer_ids=frozenset({other})), now)
    assert view.next_free is None
    assert (view.waiting.total, view.waiting.by_insurer) == (0, ())


@pytest.mark.parametrize("role", [r for r in Role if r not in (Role.ASSESSOR, Role.LEAD)])
def test_who_has_no_desk(database: Database, desk: Desk, now: datetime, role: Role) -> None:
    with pytest.raises(Refused) as refused:
        _read(database, desk.everyone()[role], now)
    assert refused.value.code == "not_permitted"


def test_nothing_on_the_desk_reads_every_claim(database: Database, now: datetime) -> None:
    def work(session: Any) -> None:
        hall = queue_rows.open_hall(session, now)
        queue_rows.add_claims(session, hall, now, 3_000)

    database.in_tx(work)
    free = {"centre_id": 1, "dentist_id": 2, "may_exceed_rounds": False}
    for insurer_ids in (None, (1, 2)):
        for statement in (
            queries.next_free(now, insurer_ids=insurer_ids, **free),
            queries.waiting_summary(now, insurer_ids, (24, 48, 72)),
            queries.overdue_holders(now, insurer_ids, 10),
            queries.came_back(1, insurer_ids, 10),
        ):
            plan = queue_rows.plan_of(database, statement)
            assert "ix_claim_waiting" in plan, plan
    keys = [(1, 2), (3, 4)]
    for statement in (
        queries.settled_lines(keys),
        queries.returned_defects(keys),
        queries.added_images(keys),
        queries.changed_lines(keys),
        queries.deeds_since(1, now),
        queries.last_finishes(1, now, 5),
    ):
        plan = queue_rows.plan_of(database, statement)
        assert "SCAN claim" not in plan and "Seq Scan on claim" not in plan, plan
        assert "SCAN audit_event" not in plan and "Seq Scan on audit_event" not in plan, plan
