"""What the page of a plan shows, to whom: blind votes, hidden notes, conflicts, the clock."""

import json
from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

import pytest
import registered_world as world
from house_outputs import text_of as text_of_file
from plan_world import (
    NO_BONE,
    Panel,
    crowns,
    decide,
    pack,
    plan,
    plan_of,
    refused,
    vote,
    word,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import AuditEvent
from workbench.rules.panel import Choice, Standing
from workbench.rules.workflow import Role
from workbench.rules.working_time import ClockState, DayKind
from workbench.services.access import Actor
from workbench.services.backups.exports_plans import plan_lines
from workbench.services.commission.access import Interest
from workbench.services.commission.evidence import find_plan_image, record_plan_view
from workbench.services.commission.inbox import Tab, export_inbox
from workbench.services.commission.notes import add_plan_note
from workbench.services.commission.reading import (
    find_plan,
    open_plan,
    open_plan_code,
    read_clock,
    read_plan,
)
from workbench.services.commission.rounds import PlanDefectInput, resubmit_plan, return_plan
from workbench.services.commission.seats import take_seat
from workbench.services.commission.submission import submit_plan
from workbench.services.commission.view import PlanView, SeatState

SECRET = "فاکتور راهنمای جراحی جدا خواسته شده"
HOUR = timedelta(hours=1)


def read(database: Database, panel: Panel, actor: Actor, at: Any) -> PlanView:
    with database.reading() as session:
        return read_plan(session, actor, panel.place, now=at)


def text_of(view: PlanView) -> str:
    """All that a page could show of it."""
    return json.dumps(asdict(view), default=str, ensure_ascii=False)


def write_note(database: Database, panel: Panel, actor: Actor, at: Any, text: str = SECRET) -> None:
    database.in_tx(lambda s: add_plan_note(s, actor, panel.place, text=text, now=at))


def test_votes_are_blind_until_the_quorum_is_reached(
    database: Database, panel: Panel, now: Any
) -> None:
    first, second, third, _fourth = panel.members
    vote(database, panel, first, "ar", now)
    for reader in (second, panel.chair, world.actor(Role.MANAGER), world.actor(Role.AUDITOR)):
        view = read(database, panel, reader, now)
        assert [member.words for member in view.panel.members] == [None]
        assert (view.panel.votes, view.panel.are_votes_open) == (1, False)
        assert NO_BONE not in text_of(view)
    own = read(database, panel, first, now).panel.members[0].words
    assert own is not None
    assert [word.choice for word in own] == ["approve", "reject"]
    vote(database, panel, second, "aa", now)
    seen = read(database, panel, third, now)
    assert seen.panel.are_votes_open
    assert [unit.standing for unit in seen.units] == [Standing.DECIDED, Standing.TIED]
    assert all(member.words for member in seen.panel.members)


def test_beside_a_tie_stands_what_the_votes_decided(
    database: Database, panel: Panel, now: Any
) -> None:
    vote(database, panel, panel.members[0], "ra", now)
    assert [unit.winning for unit in read(database, panel, panel.chair, now).units] == [None, None]
    vote(database, panel, panel.members[1], "rr", now)
    first, second = read(database, panel, panel.chair, now).units
    assert first.winning is not None and second.winning is None
    assert (first.winning.choice, first.winning.reason) == (Choice.REJECT, NO_BONE)
    insider = replace(panel.members[2], centre_id=plan_of(database).centre_id)
    assert NO_BONE not in text_of(read(database, panel, insider, now))


def test_who_has_an_interest_sees_neither_votes_nor_notes(
    database: Database, panel: Panel, now: Any
) -> None:
    for member in panel.members[:2]:
        vote(database, panel, member, "ar", now)
    write_note(database, panel, panel.members[0], now)
    insider = replace(panel.members[2], centre_id=plan_of(database).centre_id)
    view = read(database, panel, insider, now)
    assert view.interest is Interest.CENTRE
    assert view.notes is None
    assert not (view.may_take or view.may_vote or view.may_return)
    text = text_of(read(database, panel, insider, now))
    assert SECRET not in text
    for work in (
        lambda: write_note(database, panel, insider, now),
        lambda: database.in_tx(lambda s: open_plan_code(s, insider, panel.place, now=now)),
        lambda: database.in_tx(lambda s: take_seat(s, insider, panel.place, now=now)),
    ):
        assert refused(work).code == "plan_of_own_interest"


def test_an_internal_note_is_for_colleagues_only(
    database: Database, panel: Panel, now: Any
) -> None:
    write_note(database, panel, panel.members[0], now)
    for role, is_shown in (
        (Role.COMMISSION, True),
        (Role.CHAIR, True),
        (Role.LEAD, True),
        (Role.MANAGER, False),
        (Role.AUDITOR, False),
    ):
        view = read(database, panel, world.actor(role), now)
        assert (view.notes is not None) == is_shown
        assert (SECRET in text_of(view)) == is_shown
    for role in (Role.RECEPTION, Role.ASSESSOR, Role.FINANCE, Role.ADMIN):
        error = refused(lambda role=role: read(database, panel, world.actor(role), now))
        assert error.code == "not_permitted"


def test_no_file_result_or_event_holds_the_note(
    database: Database, panel: Panel, now: Any, tmp_path: Any
) -> None:
    write_note(database, panel, panel.members[0], now)
    for member in panel.members[:2]:
        vote(database, panel, member, "aa", now)
    with database.reading() as session:
        rows = json.dumps(
            list(plan_lines(session, lambda image: {"file": image.sha256})), ensure_ascii=False
        )
        events = json.dumps(
            [event.facts for event in session.scalars(select(AuditEvent))], ensure_ascii=False
        )
    sheet = database.in_tx(lambda s: export_inbox(s, panel.chair, Tab.DECIDED, now=now))
    assert plan_of(database).number in rows
    assert SECRET not in rows + events + (plan_of(database).public_text or "")
    assert plan_of(database).number in text_of_file(sheet)
    assert SECRET not in text_of_file(sheet)


@pytest.mark.parametrize(("text", "code"), [("  ", "note_empty"), ("ی" * 4_001, "text_too_long")])
def test_an_empty_or_endless_note_is_refused(
    database: Database, panel: Panel, now: Any, text: str, code: str
) -> None:
    error = refused(lambda: write_note(database, panel, panel.members[0], now, text))
    assert error.code == code


def test_what_a_member_may_do_follows_his_seat(database: Database, panel: Panel, now: Any) -> None:
    member = panel.members[0]
    before = read(database, panel, member, now)
    assert (before.may_take, before.may_vote, before.may_return) == (True, False, True)
    database.in_tx(lambda s: take_seat(s, member, panel.place, now=now))
    seated = read(database, panel, member, now)
    assert (seated.may_take, seated.may_vote) == (False, True)
    assert seated.panel.members[0].state is SeatState.WRITING
    lapsed = read(database, panel, member, now + 2 * HOUR)
    assert (lapsed.may_take, lapsed.may_vote) == (True, False)
    assert lapsed.panel.members[0].state is SeatState.LAPSED
    vote(database, panel, member, "aa", now)
    voted = read(database, panel, member, now)
    assert (voted.may_take, voted.may_vote, voted.has_voted) == (False, False, True)


def test_a_full_panel_offers_no_seat(database: Database, panel: Panel, now: Any) -> None:
    for member in panel.members[:3]:
        database.in_tx(lambda s, m=member: take_seat(s, m, panel.place, now=now))
    assert not read(database, panel, panel.members[3], now).may_take


def test_the_clock_says_which_hours_counted(database: Database, panel: Panel, now: Any) -> None:
    """Saturday 22 November 2025, 10:00 in Tehran, to Sunday 10:00."""
    clock = read(database, panel, panel.members[0], now + 24 * HOUR).clock
    assert [(day.kind, day.hours) for day in clock.days] == [
        (DayKind.WORKING, 14.0),
        (DayKind.WORKING, 10.0),
    ]
    assert (clock.counted_hours, clock.left_hours) == (24, 24)
    assert clock.state is ClockState.RUNNING


def test_a_decided_plan_says_result_and_casting_votes(
    database: Database, panel: Panel, now: Any
) -> None:
    for member, marks in zip(panel.members[:2], ("aa", "ar"), strict=True):
        vote(database, panel, member, marks, now)
    assert read(database, panel, panel.chair, now).may_decide
    decide(database, panel, now + HOUR, casting=[word(2, "m")])
    view = read(database, panel, panel.members[0], now + 2 * HOUR)
    assert view.outcome is not None
    assert (view.outcome.result, view.outcome.decided_by) == ("partly_approved", "chair-1")
    assert [(u.choice, u.approved_rial) for u in view.units] == [
        ("approve", 98_000_000),
        ("modify", 39_000_000),
    ]
    assert (view.panel.cast_by, len(view.panel.casting)) == ("chair-1", 1)
    assert not view.clock.is_running
    assert view.clock.counted_hours == 1


def test_rounds_defects_and_earlier_plans(database: Database, panel: Panel, now: Any) -> None:
    defects = [PlanDefectInput(reason="R07", text="بدون مهر")]
    later = now + 3 * HOUR
    database.in_tx(
        lambda s: return_plan(s, panel.members[0], panel.place, defects, now=later).number
    )
    image = world.image(77, "form.jpg", kind="plan_form")
    again = later + 24 * HOUR
    database.in_tx(
        lambda s: (
            resubmit_plan(
                s, None, panel.place, images=(image,), explanation="پیوست شد", now=again
            ).number
        )
    )
    other = database.in_tx(
        lambda s: (
            submit_plan(
                s, None, plan(units=crowns(11, 12, 13), images=pack(first_shade=90)), now=again
            ).number
        )
    )
    view = read(database, panel, panel.members[0], again + HOUR)
    first, second = view.rounds
    assert (first.result, first.counted_hours, first.closed_by) == ("returned", 3, "member-1")
    assert [text for _title, text in first.defects] == ["بدون مهر"]
    assert (second.explanation, second.images_added, second.counted_hours) == ("پیوست شد", 1, 1)
    assert [each.number for each in view.earlier] == [other]


def test_opening_and_looking_are_on_record_and_foreign_plans_are_none(
    database: Database, panel: Panel, now: Any
) -> None:
    member = panel.members[0]
    database.in_tx(lambda s: open_plan(s, member, panel.place, now=now))
    code = database.in_tx(lambda s: open_plan_code(s, member, panel.place, now=now))
    assert len(code) == 10

    def look(session: Session) -> bool:
        found = find_plan_image(session, member, panel.place, 1, "view", now=now)
        record_plan_view(session, member, panel.place, now=now)
        return found.is_on_record

    assert [database.in_tx(look), database.in_tx(look)] == [False, True]
    with database.reading() as session:
        actions = [event.action for event in session.scalars(select(AuditEvent))]
    assert actions.count("plan.viewed") == 1
    assert {"plan.opened", "plan.national_code_opened"} <= set(actions)
    foreign = replace(member, insurer_ids=frozenset({5}))
    number = plan_of(database).number
    with database.reading() as session:
        assert find_plan(session, member, number) == (
            panel.place.insurer_id,
            panel.place.plan_id,
        )
        for work in (
            lambda: find_plan(session, foreign, number),
            lambda: read_plan(session, foreign, panel.place, now=now),
            lambda: find_plan_image(session, foreign, panel.place, 1, "view", now=now),
        ):
            assert refused(work).code == "plan_not_found"
        error = refused(lambda: find_plan_image(session, member, panel.place, 99, "view", now=now))
        assert error.code == "evidence_not_found"


def test_the_clock_alone_says_what_the_page_says(
    database: Database, panel: Panel, now: Any
) -> None:
    for at in (now + HOUR, plan_of(database).due_at + HOUR):
        with database.reading() as session:
            running = read_clock(session, panel.chair, panel.place, now=at)
        view = read(database, panel, panel.chair, at)
        assert (running.clock, running.round) == (view.clock, view.round)
    foreign = replace(panel.chair, insurer_ids=frozenset())
    with database.reading() as session:
        said = refused(lambda: read_clock(session, foreign, panel.place, now=now))
    assert said.code == "plan_not_found"
