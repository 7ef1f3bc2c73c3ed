"""The promise board counts what is on time, at risk and late, and forecasts from rounds alone."""

import io
import zipfile
from datetime import timedelta
from typing import Any

import registered_world as world
from plan_world import NO_BONE, Panel, refused
from sqlalchemy import select, text, update

from scripts.bench.timing import statements_of
from workbench.db.engine import Database
from workbench.db.models import AuditEvent, CalendarDay, PlanRound, TreatmentPlan
from workbench.db.queries import plan_flow
from workbench.rules.workflow import Role
from workbench.services.commission.promise_board import Board, export_forecast, read_board

CHAIR = world.actor(Role.CHAIR)
HOUR = timedelta(hours=1)


def board(database: Database, now: Any, actor: Any = CHAIR) -> Board:
    with database.reading() as session:
        return read_board(session, actor, now=now)


def due_at(database: Database) -> Any:
    with database.reading() as session:
        return session.scalars(select(TreatmentPlan)).one()


def numbers(found: Board, name: str) -> list[str]:
    return [row.number for row in found.lists[name]]


def close(database: Database, at: Any, result: str = "decided") -> None:
    """The end of the only round, at an instant that the test needs."""

    def work(session: Any) -> None:
        session.execute(update(PlanRound).values(closed_at=at, result=result))
        session.execute(update(TreatmentPlan).values(state=result, decided_at=at))

    database.in_tx(work)


def test_an_open_plan_goes_from_running_to_breached(
    database: Database, panel: Panel, now: Any
) -> None:
    plan = due_at(database)
    second = timedelta(seconds=1)
    states = ("at_risk", "overdue", "breached")
    for at, name in (
        (plan.at_risk_at, ""),
        (plan.at_risk_at + second, "at_risk"),
        (plan.due_at, "at_risk"),
        (plan.due_at + second, "overdue"),
        (plan.limit_at, "overdue"),
        (plan.limit_at + second, "breached"),
    ):
        found = board(database, at)
        assert [each for each in states if found.lists[each]] == ([name] if name else [])
        assert numbers(found, "open") == [plan.number]


def test_a_decision_at_the_deadline_is_on_time_and_a_second_later_not(
    database: Database, panel: Panel, now: Any
) -> None:
    plan = due_at(database)
    for at, in_time in ((plan.due_at, 1), (plan.due_at + timedelta(seconds=1), 0)):
        close(database, at)
        found = board(database, at + timedelta(minutes=1))
        assert (found.today.decided, found.today.in_time) == (1, in_time)
        assert (found.month.decided, found.month.in_time) == (1, in_time)
        assert numbers(found, "today") == [plan.number] and found.open_count == 0
    assert found.month.per_cent == 0


def test_a_returned_plan_waits_for_its_centre_and_is_no_decision(
    database: Database, panel: Panel, now: Any
) -> None:
    close(database, now + HOUR, "returned")
    found = board(database, now + 2 * HOUR)
    assert numbers(found, "returned") == [due_at(database).number]
    assert (found.open_count, found.today.decided, found.today.per_cent) == (0, 0, None)
    assert sum(flow.closed for flow in found.flows) == 1


def test_without_a_measured_speed_an_open_plan_has_no_end_in_sight(
    database: Database, panel: Panel, now: Any
) -> None:
    [row] = board(database, now + HOUR).lists["open"]
    assert row.expected_at is None and board(database, now + HOUR).pace.closed_per_hour == 0


def test_only_the_insurers_of_the_actor_are_counted(
    database: Database, panel: Panel, now: Any
) -> None:
    mine = world.actor(Role.MANAGER, insurer_ids=frozenset({panel.place.insurer_id}))
    other = world.actor(Role.MANAGER, insurer_ids=frozenset({panel.place.insurer_id + 1}))
    assert board(database, now + HOUR, mine).open_count == 1
    assert board(database, now + HOUR, other).open_count == 0
    close(database, now + HOUR)
    assert board(database, now + 2 * HOUR, mine).month.decided == 1
    found = board(database, now + 2 * HOUR, other)
    assert found.month.decided == found.today.decided == 0
    assert not any(found.lists.values()) and not any(flow.closed for flow in found.flows)


def test_who_neither_leads_nor_oversees_has_no_board(
    database: Database, panel: Panel, now: Any
) -> None:
    for role in (Role.COMMISSION, Role.ASSESSOR, Role.RECEPTION, Role.FINANCE, Role.ADMIN):
        assert refused(lambda r=role: board(database, now, world.actor(r))).code == "not_permitted"
    for role in (Role.CHAIR, Role.MANAGER, Role.AUDITOR, Role.LEAD):
        assert board(database, now + HOUR, world.actor(role)).open_count == 1


def test_the_forecast_as_a_file_is_on_the_record(
    database: Database, panel: Panel, now: Any
) -> None:
    content = database.in_tx(lambda s: export_forecast(s, panel.chair, now=now + HOUR))
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        assert due_at(database).number in book.read("xl/sharedStrings.xml").decode()
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "board.export")).one()
    assert event.facts["rows"] == 1 and NO_BONE not in str(event.facts)


def test_rounds_are_found_by_the_index_of_their_end(database: Database, now: Any) -> None:
    if not database.is_sqlite:
        return
    for statement in (plan_flow.closed_rounds(now, now), plan_flow.decided_counts(now, now)):
        with database.reading() as session:
            sql = statement.compile(session.get_bind(), compile_kwargs={"literal_binds": True})
            said = " ".join(row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {sql}")))
        assert "ix_plan_round_closed" in said


def test_days_that_are_over_are_read_once_an_hour_and_today_every_time(
    database: Database, panel: Panel, now: Any
) -> None:
    day = timedelta(days=1)
    at = (now + 3 * day).replace(minute=10)
    close(database, now + HOUR)
    before = board(database, at)
    with statements_of(database.read_engine) as first:
        board(database, at + HOUR)
    with statements_of(database.read_engine) as again:
        board(database, at + HOUR + timedelta(minutes=1))
    assert len(again) == len(first) - 1
    close(database, at + HOUR + timedelta(minutes=2))
    after = board(database, at + HOUR + timedelta(minutes=3))
    assert (before.flows[-1].closed, after.flows[-1].closed) == (0, 1)
    assert after.pace == before.pace
    tomorrow = board(database, at + day)
    assert (tomorrow.flows[-1].closed, tomorrow.flows[-2].closed) == (0, 1)


def test_a_closure_of_the_calendar_is_in_the_next_board(
    database: Database, panel: Panel, now: Any
) -> None:
    before = board(database, now)
    day = [each.on for each in before.flows if each.is_working and each.is_over][-1]
    database.in_tx(
        lambda s: s.add(CalendarDay(day_on=day, is_off=True, title="x", recorded_at=now))
    )
    after = board(database, now + timedelta(seconds=1))
    (same,) = [each for each in after.flows if each.on == day]
    assert not same.is_working
