"""The managers' figures against a plain count of the same rows."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.services.office import CHILD_CODE, CLEAN, Office, refused
from tests.services.registered_world import actor
from workbench.db.models import Claim, ClaimStep
from workbench.db.queries.calendar import work_calendar
from workbench.persian.jalali import day_of
from workbench.rules.throughput import COUNTED
from workbench.rules.workflow import Role
from workbench.services.claims.deciding import DefectInput
from workbench.services.figures.throughput import (
    FIGURES,
    Throughput,
    Wanted,
    read_cases,
    read_throughput,
)
from workbench.settings import settings

MANAGER = actor(Role.MANAGER)
MISSING = DefectInput(reason="R03", scope="line", line_number=1, text="تصویر بعد")


@pytest.fixture
def worked(office: Office) -> Office:
    """One case finished, reopened and finished again; another returned."""
    office.finished(CLEAN)
    office.reopen(CLEAN)
    office.finish(CLEAN, actor=office.desk.lead)
    office.take(CHILD_CODE)
    office.give_back(CHILD_CODE, MISSING)
    return office


def wanted(office: Office, **limits: object) -> Wanted:
    today = day_of(office.now)
    return Wanted(first_on=today - timedelta(days=41), last_on=today, **limits)


def view(office: Office, **limits: object) -> Throughput:
    with office.database.reading() as session:
        return read_throughput(session, MANAGER, wanted(office, **limits), now=office.now)


def test_each_figure_is_a_plain_count(worked: Office) -> None:
    found = view(worked)
    with worked.database.reading() as session:
        actions = dict(
            session.execute(select(ClaimStep.action, func.count()).group_by(ClaimStep.action)).all()
        )
        in_work = session.scalar(
            select(func.count()).where(Claim.state.in_(["accepted", "under_review", "parked"]))
        )
    came = actions["arrive"] + actions["reopen"]
    assert sum(flow.came for flow in found.flows) == came
    assert sum(flow.decided for flow in found.flows) == actions["finish"] - 1
    assert sum(flow.left for flow in found.flows) == actions["finish"] + actions["return"]
    assert sum(flow.returned for flow in found.flows) == 1
    assert found.backlog == found.backlogs[-1] == in_work
    assert found.backlogs[0] == in_work - came + actions["finish"] + actions["return"]
    assert found.turnaround.count == 1
    assert found.on_time_percent == 100


def test_the_cases_behind_a_figure_are_its_cases(worked: Office) -> None:
    with worked.database.reading() as session:
        rows = {
            name: read_cases(session, MANAGER, wanted(worked), steps, now=worked.now)
            for name, steps in FIGURES.items()
        }
    found = view(worked)
    assert [row.number for row in rows["decided"]] == [CLEAN]
    assert [row.number for row in rows["returned"]] == [CHILD_CODE]
    assert len(rows["came"]) == sum(flow.came for flow in found.flows)


def test_a_filter_leaves_the_rest_out(worked: Office) -> None:
    found = view(worked, assessor_id=worked.desk.assessor.user_id)
    assert [sum(f.decided for f in found.flows), sum(f.returned for f in found.flows)] == [0, 1]
    by_lead = view(worked, assessor_id=worked.desk.lead.user_id)
    assert sum(flow.decided for flow in by_lead.flows) == 1
    assert found.backlogs == view(worked).backlogs
    assert sum(flow.decided for flow in view(worked, assessor_id=1).flows) == 0
    assert view(worked, centre_id=1).backlog == 0
    assert view(worked, kind="direct").backlog == 1
    assert view(worked).waits["to_take"].count == 2


def test_parts_add_up_to_the_whole(worked: Office) -> None:
    whole = view(worked)
    for part_by in ("insurer", "centre", "kind"):
        with worked.database.reading() as session:
            found = read_throughput(
                session, MANAGER, wanted(worked), now=worked.now, part_by=part_by
            )
        for name in COUNTED:
            parts = sum(getattr(part.flow, name) for part in found.parts)
            assert parts == sum(getattr(flow, name) for flow in whole.flows), (part_by, name)
    assert [(part.name, part.flow.decided, part.flow.returned) for part in whole.parts] == [
        (worked.desk.assessor.display_name, 0, 1),
        (worked.desk.lead.display_name, 1, 0),
    ]


def test_ages_are_in_working_days_and_add_up(worked: Office) -> None:
    found = view(worked)
    ages = {each.state: each for each in found.ages}
    assert ages["accepted"].total + ages.pop("returned").total - 1 == found.backlog
    later = worked.now + timedelta(days=30)
    with worked.database.reading() as session:
        limits = Wanted(first_on=day_of(later), last_on=day_of(later))
        old = {s.state: s for s in read_throughput(session, MANAGER, limits, now=later).ages}
    assert old["accepted"].counts == (0, 0, 0, ages["accepted"].total)
    assert old["accepted"].overdue == ages["accepted"].total


def test_a_period_that_is_none_is_refused(office: Office) -> None:
    today = day_of(office.now)

    def read(first: int, last: int) -> object:
        limits = Wanted(first_on=today + timedelta(first), last_on=today + timedelta(last))
        with office.database.reading() as session:
            return read_throughput(session, MANAGER, limits, now=office.now)

    refused("period_wrong", lambda: read(0, 1))
    refused("period_wrong", lambda: read(0, -1))
    refused("period_wrong", lambda: read(-4_000, 0))
    assert read(0, 0) and read(-3_600, 0)


def test_only_those_who_may_see_figures(office: Office) -> None:
    for role in (Role.ASSESSOR, Role.RECEPTION, Role.FINANCE, Role.ADMIN):
        with office.database.reading() as session:
            refused(
                "not_permitted",
                lambda s=session, r=role: read_throughput(
                    s, actor(r), wanted(office), now=office.now
                ),
            )


def test_another_insurers_cases_are_not_counted(worked: Office) -> None:
    foreign = actor(Role.MANAGER, insurer_ids=frozenset({1}))
    with worked.database.reading() as session:
        found = read_throughput(session, foreign, wanted(worked), now=worked.now)
        assert (found.backlog, sum(flow.came for flow in found.flows)) == (0, 0)
        refused(
            "not_permitted",
            lambda: read_throughput(session, foreign, wanted(worked, insurer_id=2), now=worked.now),
        )


def test_today_is_held_against_the_same_weekday_up_to_the_same_time(worked: Office) -> None:
    weeks = timedelta(days=7)
    later = worked.now + weeks
    limits = Wanted(first_on=day_of(later), last_on=day_of(later))

    def read(now: datetime) -> Throughput:
        with worked.database.reading() as session:
            return read_throughput(session, MANAGER, limits, now=now)

    with worked.database.reading() as session:
        plain = {
            name: session.scalar(
                select(func.count()).where(
                    ClaimStep.action.in_(steps),
                    ClaimStep.day == day_of(worked.now).toordinal(),
                    ClaimStep.at <= worked.now,
                    ClaimStep.is_undone.is_(False),
                )
            )
            for name, steps in FIGURES.items()
        }
    assert plain["decided"] == plain["returned"] == 1
    found = {each.name: each for each in read(later).same_day}
    assert [on.weekday() for on in read(later).same_days] == [later.weekday()] * 4
    assert {name: each.former[0] for name, each in found.items()} == plain
    assert found["decided"].today == 0 and found["decided"].mean == 1 / 4
    earlier = {each.name: each for each in read(later - timedelta(hours=1)).same_day}
    assert earlier["decided"].former[0] == 0
    now_on = {each.name: each.today for each in view(worked).same_day}
    assert now_on == plain


def test_the_target_is_days_of_work_at_the_pace_of_the_last_working_days(worked: Office) -> None:
    assert [each.target for each in view(worked).ages] == [0] * len(view(worked).ages)
    later = worked.now + timedelta(days=7)
    limits = Wanted(first_on=day_of(later), last_on=day_of(later))
    with worked.database.reading() as session:
        found = read_throughput(session, MANAGER, limits, now=later)
        calendar = work_calendar(session)
        left = session.scalar(
            select(func.count()).where(ClaimStep.action.in_(["finish", "return", "void"]))
        )
    first = min(flow.on for flow in view(worked).flows)
    days = [first + timedelta(days=n) for n in range((day_of(later) - first).days)]
    working = [on for on in days if calendar.is_working_day(on)][-20:]
    accepted = next(each for each in found.ages if each.state == "accepted")
    assert accepted.target == round(settings().target_accepted_days * left / len(working))
