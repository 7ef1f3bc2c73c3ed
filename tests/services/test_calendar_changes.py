"""Changes of the working calendar: what they move is shown, then moved and recorded."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Event
from time import sleep

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.services import registered_world as world
from tests.services.calendar_world import (
    ADMIN,
    clocks_of,
    closing,
    copy_plans,
    events,
    make,
    preview,
    withdrawing,
)
from tests.services.office import DIRECT, TWO_LINES, Office
from tests.services.plan_world import Panel, decide, pack, plan, plan_of, refused, unit, vote
from workbench.db.engine import Database
from workbench.db.models import CalendarDay, Claim, PlanRound
from workbench.db.queries.calendar import work_calendar
from workbench.persian.jalali import parse_day, parse_instant
from workbench.rules.workflow import Role
from workbench.rules.working_time import DayKind
from workbench.services.audit import seal, verify_trail
from workbench.services.calendar.changes import (
    LISTED_MAX,
    TITLE_MAX,
    Change,
    CloseDay,
    NewWeek,
    WorkDay,
)
from workbench.services.claims.deciding import DefectInput
from workbench.services.commission.rounds import PlanDefectInput, resubmit_plan, return_plan
from workbench.services.commission.submission import submit_plan

SUNDAY, MONDAY, THURSDAY_DAY, FRIDAY_DAY = "1404/09/02", "1404/09/03", "1404/09/06", "1404/09/07"
"""A working day, a holiday of the package, a weekend; the plan comes on the Saturday before."""


@pytest.fixture
def calm(now: datetime) -> datetime:
    """The plan's deadline by the calendar as it is: Monday is a holiday."""
    return parse_instant("1404/09/04 10:00")


def test_a_closure_moves_an_open_plan_with_its_round(
    database: Database, panel: Panel, now: datetime, calm: datetime
) -> None:
    assert plan_of(database).due_at == calm
    shown = preview(database, closing(SUNDAY), now)
    assert plan_of(database).due_at == calm, "a preview writes nothing"
    made = make(database, closing(SUNDAY), now, seen=shown.seen)
    assert made == shown
    assert (made.plan_count, made.claim_count, made.overdue_count, made.relieved_count) == (
        *(1, 0, 0, 0),
    )
    [moved] = made.listed
    assert (moved.number, moved.former_due_at, moved.due_at) == (
        plan_of(database).number,
        calm,
        calm + timedelta(days=1),
    )
    assert moved.limit_at == parse_instant("1404/09/06 00:00")
    [instants] = clocks_of(database).values()
    assert instants == (
        now,
        parse_instant("1404/09/05 02:00"),
        calm + timedelta(days=1),
        parse_instant("1404/09/06 00:00"),
    )


def test_what_is_moved_stands_in_the_trail(
    database: Database, panel: Panel, now: datetime, calm: datetime
) -> None:
    mine = plan_of(database)
    make(database, closing(SUNDAY), now)
    [moved] = events(database, "plan.deadline_moved")
    assert (moved.stream, moved.insurer_id) == (
        f"plan:{mine.insurer_id}-{mine.id}",
        mine.insurer_id,
    )
    assert moved.facts == {
        "plan": mine.number,
        "round": 1,
        "former_due_at": calm.isoformat(),
        "due_at": (calm + timedelta(days=1)).isoformat(),
        "former_limit_at": parse_instant("1404/09/05 00:00").isoformat(),
        "limit_at": parse_instant("1404/09/06 00:00").isoformat(),
    }
    [change] = events(database, "calendar.close")
    assert (change.stream, change.actor_id) == ("calendar", ADMIN.user_id)
    assert change.facts["on"] == parse_day(SUNDAY).isoformat()
    assert (change.facts["moved_plans"], change.facts["moved_claims"]) == (1, 0)
    assert "آلودگی" not in str(change.facts), "free text stays out of the trail"
    database.in_tx(lambda s: seal(s, now=now))
    with database.reading() as session:
        assert verify_trail(session, now=now).problems == ()


def test_a_closed_day_in_the_past_moves_what_is_still_open(
    database: Database, panel: Panel, now: datetime, calm: datetime
) -> None:
    later = calm + timedelta(hours=2)
    shown = preview(database, closing(SUNDAY), later)
    assert (shown.overdue_count, shown.relieved_count) == (0, 1)
    make(database, closing(SUNDAY), later)
    back = make(database, withdrawing(SUNDAY), later)
    assert (back.overdue_count, back.relieved_count) == (1, 0)
    assert plan_of(database).due_at == calm


def test_a_decided_plan_keeps_its_deadline(
    database: Database, panel: Panel, now: datetime, calm: datetime
) -> None:
    for member in panel.members[:2]:
        vote(database, panel, member, "aa", now)
    late = calm + timedelta(hours=1)
    if plan_of(database).state != "decided":
        decide(database, panel, late, late_reason="دیر")
    before = plan_of(database)
    assert make(database, closing(SUNDAY), late).count == 0
    after = plan_of(database)
    assert (after.due_at, after.is_late, after.version) == (
        before.due_at,
        before.is_late,
        before.version,
    )


def test_former_rounds_and_returned_plans_stay_as_they_are(
    database: Database, panel: Panel, now: datetime, calm: datetime
) -> None:
    defects = [PlanDefectInput(reason="R07")]
    database.in_tx(lambda s: return_plan(s, panel.members[0], panel.place, defects, now=now))
    assert preview(database, closing(SUNDAY), now).count == 0
    again = now + timedelta(hours=3)
    database.in_tx(lambda s: resubmit_plan(s, None, panel.place, explanation="الف", now=again))
    assert make(database, closing(SUNDAY), again).plan_count == 1
    with database.reading() as session:
        due = session.scalars(select(PlanRound.due_at).order_by(PlanRound.number)).all()
    assert due == [calm, again + timedelta(days=4)]


def test_a_vote_that_is_being_typed_is_not_refused_for_a_moved_deadline(
    database: Database, panel: Panel, now: datetime
) -> None:
    version = plan_of(database).version
    make(database, closing(SUNDAY), now)
    assert plan_of(database).version == version
    seen = replace(panel, place=replace(panel.place, version=version))
    assert vote(database, seen, panel.members[0], "aa", now) is not None


def test_a_working_day_in_place_of_a_holiday_and_its_withdrawal(
    database: Database, panel: Panel, now: datetime, calm: datetime
) -> None:
    work = WorkDay(day=parse_day(MONDAY), title="مصوبه")
    make(database, work, now)
    assert plan_of(database).due_at == calm - timedelta(days=1)
    assert kind_of(database, MONDAY) is DayKind.EXTRA_WORKING
    make(database, withdrawing(MONDAY), now)
    assert plan_of(database).due_at == calm
    assert kind_of(database, MONDAY) is DayKind.HOLIDAY
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(CalendarDay)) == 2


def test_a_withdrawn_correction_follows_the_week_again(database: Database, now: datetime) -> None:
    """What is withdrawn is no correction to the opposite: a later week is obeyed."""
    database.in_tx(lambda s: world.build(s, now))
    make(database, closing(SUNDAY), now)
    make(database, withdrawing(SUNDAY), now)
    assert kind_of(database, SUNDAY) is DayKind.WORKING
    make(database, week("1404/09/01", 0, 1, 6), now)
    assert kind_of(database, SUNDAY) is DayKind.WEEKEND
    work = WorkDay(day=parse_day(SUNDAY), title="مصوبه")
    make(database, work, now)
    make(database, withdrawing(SUNDAY), now)
    make(database, week("1404/09/02", 5, 6), now)
    assert kind_of(database, SUNDAY) is DayKind.WORKING


def test_another_week_holds_from_its_day_until_a_later_one(
    database: Database, panel: Panel, now: datetime, calm: datetime
) -> None:
    make(database, closing("1404/09/04"), now)
    make(database, closing("1404/09/05"), now)
    assert plan_of(database).due_at == parse_instant("1404/09/08 10:00")
    moved = make(database, week("1404/09/06", 6), now)
    assert moved.plan_count == 1
    assert plan_of(database).due_at == parse_instant("1404/09/06 10:00")
    make(database, week("1404/09/05", 4, 6), now)
    assert plan_of(database).due_at == parse_instant("1404/09/06 10:00")
    assert kind_of(database, "1404/09/12") is DayKind.WORKING, "the later week has taken over"
    [*_first, change] = events(database, "calendar.week")
    assert change.facts["weekdays"] == [4, 6]
    assert change.facts["from_on"] == parse_day("1404/09/05").isoformat()


def test_open_claims_move_too_and_others_do_not(office: Office) -> None:
    made = make(office.database, closing(SUNDAY), office.now)
    with office.database.reading() as session:
        due = {
            row.number: row.due_at for row in session.execute(select(Claim.number, Claim.due_at))
        }
    assert made.claim_count == len(due) == 6
    moved = events(office.database, "claim.deadline_moved")
    assert {event.facts["claim"] for event in moved} == set(due)
    for event in moved:
        assert due[event.facts["claim"]].isoformat() == event.facts["due_at"]
        assert event.facts["former_due_at"] < event.facts["due_at"]
        assert "limit_at" not in event.facts
    assert {event.stream for event in moved} == {
        f"claim:{key.insurer_id}-{key.claim_id}" for key in office.keys.values()
    }


def test_a_claim_that_came_back_counts_from_then(office: Office) -> None:
    later = replace(office, now=office.now + timedelta(days=9))
    give_back(office, DIRECT)
    later.resubmit(DIRECT)
    again = later.claim(DIRECT).due_at
    make(office.database, closing(SUNDAY), later.now)
    assert later.claim(DIRECT).due_at == again
    make(office.database, closing("1404/09/11"), later.now)
    assert again is not None
    assert later.claim(DIRECT).due_at == again + timedelta(days=1)


def test_a_reopened_claim_goes_on_by_the_clock_it_had(office: Office) -> None:
    office.finished(TWO_LINES)
    former = office.claim(TWO_LINES).due_at
    later = replace(office, now=office.now + timedelta(days=1))
    later.reopen(TWO_LINES)
    assert later.claim(TWO_LINES).due_at == former
    make(office.database, closing("1404/12/02"), later.now)  # beyond every deadline
    assert later.claim(TWO_LINES).due_at == former
    assert not events(office.database, "claim.deadline_moved")
    make(office.database, closing(SUNDAY), later.now)
    assert former == parse_instant("1404/09/05 10:00")
    assert later.claim(TWO_LINES).due_at == parse_instant("1404/09/08 10:00")


def test_returned_claims_have_no_running_clock(office: Office) -> None:
    give_back(office, DIRECT)
    make(office.database, closing(SUNDAY), office.now)
    moved = {event.facts["claim"] for event in events(office.database, "claim.deadline_moved")}
    assert DIRECT not in moved and len(moved) == 5


def test_many_moves_are_counted_and_the_first_listed_late_ones_before(
    database: Database, panel: Panel, now: datetime, calm: datetime
) -> None:
    instants = [now - timedelta(minutes=n) for n in range(LISTED_MAX + 20)]
    database.in_tx(lambda s: copy_plans(s, instants))
    make(database, closing(SUNDAY), now)
    later = calm + timedelta(minutes=-10)
    moves = preview(database, withdrawing(SUNDAY), later)
    assert moves.plan_count == LISTED_MAX + 21
    assert moves.overdue_count == sum(calm - timedelta(minutes=n) < later for n in range(70))
    assert len(moves.listed) == LISTED_MAX
    assert [each.becomes_overdue(later) for each in moves.listed] == [True] * LISTED_MAX
    clocks_of(database)


def test_a_preview_that_is_no_longer_true_is_refused_with_the_new_numbers(
    database: Database, panel: Panel, now: datetime
) -> None:
    shown = preview(database, closing(SUNDAY), now)
    database.in_tx(lambda s: copy_plans(s, [now]))
    answer = refused(lambda: make(database, closing(SUNDAY), now, seen=shown.seen))
    assert (answer.code, answer.facts) == ("calendar_moves_changed", {"plans": 2, "claims": 0})
    assert kind_of(database, SUNDAY) is DayKind.WORKING
    again = preview(database, closing(SUNDAY), now)
    assert make(database, closing(SUNDAY), now, seen=again.seen).plan_count == 2


def test_a_second_click_changes_nothing(database: Database, panel: Panel, now: datetime) -> None:
    make(database, closing(SUNDAY), now)
    assert refused(lambda: make(database, closing(SUNDAY), now)).code == "calendar_day_off_already"
    make(database, withdrawing(SUNDAY), now)
    assert (
        refused(lambda: make(database, withdrawing(SUNDAY), now)).code
        == "calendar_nothing_to_withdraw"
    )
    assert len(events(database, "plan.deadline_moved")) == 2


def week(day: str, *off_days: int) -> NewWeek:
    return NewWeek(valid_from=parse_day(day), off_days=frozenset(off_days))


def work_on(day: str, title: str = "مصوبه") -> WorkDay:
    return WorkDay(day=parse_day(day), title=title)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (week("1404/09/10", *range(7)), "calendar_week_without_work"),
        (week("1404/09/10", 6, 7), "calendar_weekday_unknown"),
        (week("1404/09/10", 5, 6), "calendar_same_week"),
        (week("1390/01/01", 6), "calendar_day_unsupported"),
        (week("1420/01/01", 6), "calendar_day_unsupported"),
        (closing(SUNDAY, "  "), "calendar_title_needed"),
        (closing(SUNDAY, "ا" * (TITLE_MAX + 1)), "calendar_title_long"),
        (closing("1390/01/01"), "calendar_day_unsupported"),
        (closing(MONDAY), "calendar_day_off_already"),
        (closing(THURSDAY_DAY), "calendar_day_off_already"),
        (work_on(SUNDAY), "calendar_day_worked_already"),
        (work_on(MONDAY, ""), "calendar_title_needed"),
        (work_on("1420/01/01"), "calendar_day_unsupported"),
        (withdrawing(SUNDAY), "calendar_nothing_to_withdraw"),
    ],
)
def test_what_is_no_change_is_refused(
    database: Database, now: datetime, change: Change, code: str
) -> None:
    database.in_tx(lambda s: world.build(s, now))
    assert refused(lambda: preview(database, change, now)).code == code
    assert refused(lambda: make(database, change, now)).code == code
    assert not events(database, "calendar.close") + events(database, "calendar.week")


def test_a_closed_day_is_opened_by_withdrawing_the_closure(
    database: Database, now: datetime
) -> None:
    database.in_tx(lambda s: world.build(s, now))
    make(database, closing(SUNDAY), now)
    assert refused(lambda: make(database, work_on(SUNDAY), now)).code == "calendar_day_closed"


def test_the_desk_never_rests_longer_than_the_clock_looks_ahead(
    database: Database, now: datetime
) -> None:
    database.in_tx(lambda s: world.build(s, now))
    first = parse_day("1404/06/01")
    rows = [
        CalendarDay(day_on=first + timedelta(days=n), is_off=True, title="تعطیل", recorded_at=now)
        for n in range(100)
        if n != 50
    ]
    database.in_tx(lambda s: s.add_all(rows))
    change = CloseDay(day=first + timedelta(days=50), title="تعطیل")
    assert refused(lambda: make(database, change, now)).code == "calendar_rest_too_long"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_only_the_administrator_changes_the_calendar(
    database: Database, now: datetime, role: Role
) -> None:
    someone = world.actor(role)
    assert (
        refused(lambda: preview(database, closing(SUNDAY), now, actor=someone)).code
        == "not_permitted"
    )
    assert (
        refused(lambda: make(database, closing(SUNDAY), now, actor=someone)).code == "not_permitted"
    )


def test_plans_of_other_insurers_move_but_are_not_named(
    database: Database, panel: Panel, now: datetime
) -> None:
    foreign = replace(ADMIN, insurer_ids=frozenset({panel.place.insurer_id + 1}))
    moves = make(database, closing(SUNDAY), now, actor=foreign)
    assert (moves.plan_count, moves.listed) == (1, ())
    assert events(database, "plan.deadline_moved")


DAYS = st.dates(date(2025, 11, 10), date(2025, 12, 20))


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(days=st.lists(DAYS, min_size=1, max_size=3, unique=True))
def test_a_closure_never_makes_a_deadline_earlier_and_goes_without_a_trace(
    open_plans: Database, now: datetime, days: list[date]
) -> None:
    with open_plans.reading() as session:
        calendar = work_calendar(session)
    closed = [day for day in days if calendar.is_working_day(day)]
    before = clocks_of(open_plans)
    present = before
    for day in closed:
        make(open_plans, CloseDay(day=day, title="تعطیل"), now)
        after = clocks_of(open_plans)
        for plan_id, instants in after.items():
            assert all(new >= old for new, old in zip(instants, present[plan_id], strict=True))
        present = after
    for day in closed:
        make(open_plans, withdrawing(day), now)
    assert clocks_of(open_plans) == before


@pytest.fixture
def open_plans(database: Database, panel: Panel, now: datetime) -> Iterator[Database]:
    """Plans submitted at odd hours of three weeks."""
    instants = [now + timedelta(hours=17 * n, minutes=7 * n) for n in range(-12, 18)]
    database.in_tx(lambda s: copy_plans(s, instants))
    yield database


@pytest.mark.postgres
def test_a_plan_submitted_at_the_same_moment_is_moved_too(
    database: Database, panel: Panel, now: datetime, calm: datetime
) -> None:
    """Its deadline is written by the calendar before the change, and seen by the change."""
    is_written, is_changing = Event(), Event()
    sent = plan(units=(unit(1, 26),), images=pack(first_shade=30))

    def submit(session: Session) -> None:
        assert submit_plan(session, None, sent, now=now).due_at == calm
        is_written.set()
        is_changing.wait(5)
        sleep(0.3)  # the change stands at its lock by now

    with ThreadPoolExecutor(1) as pool:
        submitted = pool.submit(database.in_tx, submit)
        assert is_written.wait(5)
        is_changing.set()
        assert make(database, closing(SUNDAY), now).plan_count == 2
        submitted.result()
    assert {due_at for _start, _risk, due_at, _limit in clocks_of(database).values()} == {
        calm + timedelta(days=1)
    }


def kind_of(database: Database, day: str) -> DayKind:
    with database.reading() as session:
        return work_calendar(session).kind_of(parse_day(day))


def give_back(office: Office, number: str) -> None:
    office.take(number)
    office.give_back(number, DefectInput(reason="R08"))
