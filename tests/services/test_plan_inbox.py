"""The commission's inbox: what is in which list, in which order, and for whom."""

from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
import registered_world as world
from plan_world import Panel, crowns, pack, plan, plan_of, refused, unit, vote
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, Claim, Person, TreatmentPlan
from workbench.persian.jalali import day_of
from workbench.rules.facts import EvidenceKind
from workbench.rules.workflow import Role
from workbench.rules.working_time import ClockState
from workbench.services.access import Actor
from workbench.services.commission.access import Interest
from workbench.services.commission.inbox import (
    Tab,
    count_inbox,
    export_inbox,
    next_to_vote,
    read_inbox,
)
from workbench.services.commission.listed import ListedPlan, Own
from workbench.services.commission.rounds import PlanDefectInput, return_plan
from workbench.services.commission.seats import Replacement, replace_member, take_seat
from workbench.services.commission.submission import submit_plan
from workbench.services.list_pages import ListPage

HOUR = timedelta(hours=1)


def submit(database: Database, at: datetime, *teeth: int, shade: int = 30, **changes: Any) -> str:
    """A plan of implants, or of crowns when three teeth are named."""
    units = crowns(*teeth) if len(teeth) > 2 else tuple(unit(n, t) for n, t in enumerate(teeth, 1))
    sent = plan(**({"units": units, "images": pack(first_shade=shade)} | changes))
    return database.in_tx(lambda s: submit_plan(s, None, sent, now=at).number)


def inbox(
    database: Database, actor: Actor, at: datetime, tab: Tab = Tab.OPEN, **given: Any
) -> ListPage[ListedPlan]:
    with database.reading() as session:
        return read_inbox(session, actor, tab, now=at, **given)


def numbers(page: ListPage[ListedPlan]) -> list[str]:
    return [row.number for row in page.rows]


def row_of(database: Database, actor: Actor, at: datetime) -> ListedPlan:
    return inbox(database, actor, at).rows[0]


def test_the_least_working_time_left_comes_first_on_every_page(
    database: Database, panel: Panel, now: Any
) -> None:
    member = panel.members[0]
    first = plan_of(database).number
    later = [submit(database, now + n * HOUR, 40 + n, shade=30 + 9 * n) for n in (3, 1, 2)]
    at = now + 4 * HOUR
    expected = [first, later[1], later[2], later[0]]
    assert numbers(inbox(database, member, at)) == expected
    page = inbox(database, member, at, size=3)
    assert (numbers(page), page.total) == (expected[:3], 4)
    rest = inbox(database, member, at, size=3, after=page.next_key)
    assert (numbers(rest), rest.next_key) == (expected[3:], None)
    back = inbox(database, member, at, size=3, before=rest.previous_key)
    assert numbers(back) == expected[:3]


def test_a_row_says_what_is_planned_and_how_the_clock_stands(
    database: Database, panel: Panel, now: Any
) -> None:
    row = row_of(database, panel.members[0], now + HOUR)
    assert (row.clock, row.left_hours, row.counted_hours) == (ClockState.RUNNING, 47, 1)
    assert [u.tooth for u in row.units] == [36, 37]
    assert (row.pack.asked, row.pack.missing, row.votes, row.seats) == (4, (), 0, 3)
    assert "*" in row.masked_national_code
    late = row_of(database, panel.members[0], plan_of(database).due_at + HOUR)
    assert (late.clock, late.left_hours) == (ClockState.OVERDUE, -1)


def test_a_plan_without_a_document_that_is_no_must_is_shown_as_incomplete(
    database: Database, panel: Panel, now: Any
) -> None:
    braces = unit(1, None, "710", jaw="upper", amount_rial=50_000_000)
    submit(
        database, now - HOUR, units=(braces,),
        images=pack((EvidenceKind.IDENTITY, EvidenceKind.PLAN_FORM, EvidenceKind.PHOTOGRAPH), 60),
    )  # fmt: skip
    row = row_of(database, panel.members[0], now)
    assert (row.pack.asked, [item.name for item in row.pack.missing]) == (
        5,
        ["panoramic", "cephalometric"],
    )


def test_lists_of_a_member_follow_his_seat_and_his_vote(
    database: Database, panel: Panel, now: Any
) -> None:
    member, number = panel.members[0], plan_of(database).number
    assert numbers(inbox(database, member, now, Tab.FREE)) == [number]
    assert not numbers(inbox(database, member, now, Tab.VOTE))
    database.in_tx(lambda s: take_seat(s, member, panel.place, now=now))
    assert numbers(inbox(database, member, now, Tab.VOTE)) == [number]
    assert not numbers(inbox(database, panel.members[1], now, Tab.VOTE))
    assert not numbers(inbox(database, panel.members[1], now, Tab.FREE))
    assert row_of(database, member, now).own is Own.WAITS
    assert row_of(database, panel.members[1], now).members == ("member-1",)
    vote(database, panel, member, "aa", now)
    assert not numbers(inbox(database, member, now, Tab.VOTE))
    assert numbers(inbox(database, member, now, Tab.MINE)) == [number]
    assert row_of(database, member, now).own is Own.VOTED
    vote(database, panel, panel.members[1], "aa", now)
    assert not numbers(inbox(database, member, now, Tab.MINE))
    assert numbers(inbox(database, member, now, Tab.DECIDED)) == [number]


def test_a_seat_whose_time_is_over_leaves_the_plan_free(
    database: Database, panel: Panel, now: Any
) -> None:
    database.in_tx(lambda s: take_seat(s, panel.members[0], panel.place, now=now))
    later = now + 2 * HOUR
    assert len(numbers(inbox(database, panel.members[1], later, Tab.FREE))) == 1
    assert not numbers(inbox(database, panel.members[0], later, Tab.VOTE))


def test_a_tie_waits_for_the_chair(database: Database, panel: Panel, now: Any) -> None:
    for member, marks in zip(panel.members[:2], ("aa", "ar"), strict=True):
        vote(database, panel, member, marks, now)
    assert len(numbers(inbox(database, panel.chair, now, Tab.CHAIR))) == 1
    with database.reading() as session:
        found = next_to_vote(session, panel.chair, now=now)
    assert found is not None and found.needs_chair


def test_the_next_plan_is_one_whose_quorum_lacks_a_member(
    database: Database, panel: Panel, now: Any
) -> None:
    first, second, third, _fourth = panel.members

    def next_of(member: Any, at: Any) -> str | None:
        with database.reading() as session:
            found = next_to_vote(session, member, now=at)
        return found.number if found is not None else None

    number = plan_of(database).number
    vote(database, panel, first, "aa", now)
    assert next_of(first, now) is None
    assert next_of(second, now) == number
    database.in_tx(lambda s: take_seat(s, second, panel.place, now=now))
    assert next_of(third, now) is None
    assert next_of(third, now + 2 * HOUR) == number
    change = Replacement(member_id=first.user_id, reason="در مرخصی است")
    database.in_tx(lambda s: replace_member(s, panel.chair, panel.place, change, now=now).number)
    assert next_of(first, now) is None
    assert next_of(third, now) == number


def test_lists_by_the_clock(database: Database, panel: Panel, now: Any) -> None:
    number, due_at = plan_of(database).number, plan_of(database).due_at
    cases = [
        (due_at - 9 * HOUR, set()),
        (due_at - 8 * HOUR + timedelta(seconds=1), {Tab.AT_RISK}),
        (due_at, {Tab.AT_RISK}),
        (due_at + timedelta(seconds=1), {Tab.OVERDUE}),
        (plan_of(database).limit_at + timedelta(seconds=1), {Tab.BREACHED}),
    ]
    for at, expected in cases:
        found = {
            tab
            for tab in (Tab.AT_RISK, Tab.OVERDUE, Tab.BREACHED)
            if numbers(inbox(database, panel.chair, at, tab)) == [number]
        }
        assert found == expected, at


def test_a_returned_plan_stands_still_in_its_own_list(
    database: Database, panel: Panel, now: Any
) -> None:
    later = now + 5 * HOUR
    defects = [PlanDefectInput(reason="R07")]
    database.in_tx(
        lambda s: return_plan(s, panel.members[0], panel.place, defects, now=later).number
    )
    assert not numbers(inbox(database, panel.members[0], later))
    row = inbox(database, panel.members[0], later + 90 * HOUR, Tab.RETURNED).rows[0]
    assert (row.counted_hours, row.closed_at) == (5, later)


def test_why_somebody_may_not_decide_is_said_and_the_next_plan_is_another_one(
    database: Database, panel: Panel, now: Any
) -> None:
    plan_row = plan_of(database)
    other = submit(database, now + HOUR, 46)
    member = panel.members[0]
    of_centre = replace(member, centre_id=plan_row.centre_id)
    of_dentist = replace(member, dentist_id=plan_row.dentist_id)
    assert row_of(database, member, now).interest is None
    assert row_of(database, of_centre, now).interest is Interest.CENTRE
    assert row_of(database, of_dentist, now).interest is Interest.TREATMENT

    def assess(session: Session) -> None:
        world.batch(session, now)
        claim = world.indirect(
            case_on=day_of(now), lines=(world.line(service_on=day_of(now)),), registered_at=now
        )
        world.register_claim(session, None, claim, now=now)
        session.execute(update(Claim).values(assignee_id=panel.members[1].user_id))

    database.in_tx(assess)
    assert row_of(database, panel.members[1], now).interest is Interest.CASE
    with database.reading() as session:
        assert next_to_vote(session, of_centre, now=now) is None
        found = next_to_vote(session, member, now=now)
        assert found is not None and found.number == plan_row.number
    assert other in numbers(inbox(database, member, now))


def test_other_insurers_plans_are_not_there(database: Database, panel: Panel, now: Any) -> None:
    foreign = replace(panel.members[0], insurer_ids=frozenset({12345}))
    for tab in Tab:
        assert not numbers(inbox(database, foreign, now, tab))
    assert not numbers(inbox(database, foreign, now, text=plan_of(database).number))
    with database.reading() as session:
        assert set(count_inbox(session, foreign, now=now).values()) == {(0, False)}


def test_a_search_looks_in_all_states(database: Database, panel: Panel, now: Any) -> None:
    member = panel.members[0]
    number = plan_of(database).number
    for marks, voter in (("aa", panel.members[0]), ("aa", panel.members[1])):
        vote(database, panel, voter, marks, now)
    with database.reading() as session:
        person = session.execute(select(TreatmentPlan.person_id)).scalar_one()
        row = session.get_one(Person, person)
    for text in (number, row.national_code, row.last_name[:4]):
        assert numbers(inbox(database, member, now, text=text)) == [number], text
    assert not numbers(inbox(database, member, now, text="99999"))
    assert refused(lambda: inbox(database, member, now, text="آب")).code == "search_too_short"
    assert refused(lambda: inbox(database, member, now, after="x~y")).code == "page_unknown"


@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.RECEPTION, Role.FINANCE, Role.ADMIN])
def test_other_roles_do_not_read_the_inbox(
    database: Database, panel: Panel, now: Any, role: Role
) -> None:
    assert refused(lambda: inbox(database, world.actor(role), now)).code == "not_permitted"


def test_the_file_has_every_row_and_is_on_record(
    database: Database, panel: Panel, now: Any
) -> None:
    submit(database, now + HOUR, 46)

    def work(session: Session) -> bytes:
        return export_inbox(session, panel.chair, Tab.OPEN, now=now)

    content = database.in_tx(work)
    with ZipFile(BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == 3
    assert 'rightToLeft="1"' in sheet
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "plan.export")).one()
    assert event.facts["rows"] == 2


def test_what_is_overdue_and_what_is_breached_meet_at_the_end_of_the_third_day(
    database: Database, panel: Panel, now: Any
) -> None:
    limit_at = plan_of(database).limit_at
    second = timedelta(seconds=1)
    for at, tab in (
        (plan_of(database).due_at + second, Tab.OVERDUE),
        (limit_at - second, Tab.OVERDUE),
        (limit_at, Tab.OVERDUE),
        (limit_at + second, Tab.BREACHED),
        (limit_at + timedelta(days=30), Tab.BREACHED),
    ):
        with database.reading() as session:
            counts = count_inbox(session, panel.chair, now=at)
        found = {name for name in (Tab.OVERDUE, Tab.BREACHED) if counts[name] == (1, False)}
        assert found == {tab}, (at, counts)
        assert len(inbox(database, panel.chair, at, tab).rows) == 1


def test_a_reader_of_two_insurers_sees_both_in_one_order(
    database: Database, panel: Panel, now: Any
) -> None:
    submit(database, now + HOUR, 46, shade=60)
    own = panel.place.insurer_id
    at = now + 2 * HOUR
    everything = numbers(inbox(database, panel.chair, at))
    both = replace(panel.chair, insurer_ids=frozenset({own, own + 1}))
    assert numbers(inbox(database, both, at)) == everything
    none = replace(panel.chair, insurer_ids=frozenset())
    assert numbers(inbox(database, none, at)) == []


def test_a_name_of_more_people_than_are_looked_at_says_that_there_may_be_more(
    database: Database, panel: Panel, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    with database.reading() as session:
        name = session.scalars(select(Person.search_key)).first() or ""
    key = name.split(" ")[0]
    page = inbox(database, panel.chair, now + HOUR, text=key)
    assert (len(page.rows), page.is_total_capped) == (1, False)
    monkeypatch.setattr("workbench.db.queries.plan_inbox.PEOPLE_MAX", 0)
    page = inbox(database, panel.chair, now + HOUR, text=key)
    assert page.is_total_capped
