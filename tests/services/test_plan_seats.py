"""The panel of a plan: seats, how long they hold, and replacing a member."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from plan_world import Panel, plan_of, refused, vote
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.services.access import Actor
from workbench.services.claims.taking import lease_length
from workbench.services.commission.rounds import PlanDefectInput, resubmit_plan, return_plan
from workbench.services.commission.seats import (
    Replacement,
    fit_colleagues,
    is_live,
    leave_seat,
    renew_seat,
    seats_of,
    take_seat,
)
from workbench.services.commission.votes import replace_on_panel

MINUTE = timedelta(minutes=1)


def take(database: Database, panel: Panel, member: Actor, at: datetime) -> None:
    database.in_tx(lambda s: take_seat(s, member, panel.place, now=at))


def live(database: Database, at: datetime) -> list[int]:
    with database.reading() as session:
        seats = seats_of(session, session.merge(plan_of(database)))
        return [seat.member_id for seat in seats if is_live(seat, at)]


def replace_by(
    database: Database, panel: Panel, member: Actor, by: Actor | None, at: datetime
) -> None:
    change = Replacement(
        member_id=member.user_id, reason="در مرخصی", by_id=by.user_id if by else None
    )
    database.in_tx(lambda s: replace_on_panel(s, panel.chair, panel.place, change, now=at).number)


def test_a_full_panel_takes_nobody_else_until_a_seat_is_free(
    database: Database, panel: Panel, now: Any
) -> None:
    for member in panel.members[:3]:
        take(database, panel, member, now)
    error = refused(lambda: take(database, panel, panel.members[3], now))
    assert (error.code, error.facts["seats"]) == ("panel_full", 3)
    database.in_tx(lambda s: leave_seat(s, panel.members[0], panel.place, now=now + MINUTE))
    take(database, panel, panel.members[3], now + MINUTE)
    assert panel.members[0].user_id not in live(database, now + MINUTE)


def test_a_seat_lapses_unless_it_is_renewed_or_voted(
    database: Database, panel: Panel, now: Any
) -> None:
    late = now + lease_length()
    for member in panel.members[:3]:
        take(database, panel, member, now)
    take(database, panel, panel.members[1], now + MINUTE)
    vote(database, panel, panel.members[2], "aa", now + MINUTE)
    assert live(database, late) == [panel.members[1].user_id, panel.members[2].user_id]
    assert live(database, late + lease_length()) == [panel.members[2].user_id]


def test_a_visit_keeps_a_seat_and_gives_none(database: Database, panel: Panel, now: Any) -> None:
    def visit(member: Actor, at: datetime) -> None:
        database.in_tx(lambda s: renew_seat(s, member, panel.place, now=at))

    first, second = panel.members[:2]
    take(database, panel, first, now)
    soon = now + lease_length() - MINUTE
    visit(first, soon)
    visit(second, soon)
    assert live(database, now + lease_length()) == [first.user_id]
    late = soon + lease_length()
    visit(first, late)
    assert live(database, late) == []


def test_who_lost_his_seat_to_others_cannot_vote(
    database: Database, panel: Panel, now: Any
) -> None:
    for member in panel.members[:3]:
        take(database, panel, member, now)
    late = now + lease_length()
    for member in (panel.members[1], panel.members[2], panel.members[3]):
        take(database, panel, member, late)
    error = refused(lambda: vote(database, panel, panel.members[0], "aa", late))
    assert error.code == "panel_full"


def test_the_vote_of_a_replaced_member_does_not_count(
    database: Database, panel: Panel, now: Any
) -> None:
    first, second, _third, fourth = panel.members
    vote(database, panel, first, "rr", now)
    replace_by(database, panel, first, fourth, now + MINUTE)
    assert plan_of(database).votes == 0
    vote(database, panel, fourth, "aa", now + MINUTE)
    assert vote(database, panel, second, "aa", now + MINUTE).is_decided
    assert plan_of(database).result == "approved"
    error = refused(lambda: vote(database, panel, first, "aa", now + MINUTE))
    assert error.code == "wrong_state"


def test_a_replaced_member_does_not_come_back(database: Database, panel: Panel, now: Any) -> None:
    take(database, panel, panel.members[0], now)
    replace_by(database, panel, panel.members[0], None, now)
    for work in (
        lambda: take(database, panel, panel.members[0], now),
        lambda: vote(database, panel, panel.members[0], "aa", now),
    ):
        assert refused(work).code == "seat_was_replaced"


def test_replacing_a_voter_may_end_the_tie(database: Database, panel: Panel, now: Any) -> None:
    for member, marks in zip(panel.members[:3], ("aa", "rr", "mm"), strict=True):
        vote(database, panel, member, marks, now)
    assert plan_of(database).needs_chair
    replace_by(database, panel, panel.members[1], None, now)
    assert plan_of(database).needs_chair, "two votes that differ are a tie still"
    replace_by(database, panel, panel.members[2], None, now)
    assert not plan_of(database).needs_chair, "one vote is below the quorum"


@pytest.mark.parametrize(
    ("who", "by", "reason", "code"),
    [
        (0, None, "", "reason_needed"),
        (1, None, "مرخصی", "member_unknown"),
        (0, 0, "مرخصی", "colleague_unfit"),
        (0, "outsider", "مرخصی", "colleague_unfit"),
    ],
)
def test_replacements_that_are_refused(
    database: Database, panel: Panel, now: Any, who: int, by: Any, reason: str, code: str
) -> None:
    take(database, panel, panel.members[0], now)
    by_id = 12345 if by == "outsider" else None if by is None else panel.members[by].user_id
    change = Replacement(member_id=panel.members[who].user_id, reason=reason, by_id=by_id)

    def work(session: Session) -> str:
        return replace_on_panel(session, panel.chair, panel.place, change, now=now).number

    assert refused(lambda: database.in_tx(work)).code == code


def test_only_the_chair_replaces(database: Database, panel: Panel, now: Any) -> None:
    take(database, panel, panel.members[0], now)
    change = Replacement(member_id=panel.members[0].user_id, reason="مرخصی")

    def work(session: Session) -> str:
        return replace_on_panel(session, panel.members[1], panel.place, change, now=now).number

    assert refused(lambda: database.in_tx(work)).code == "not_permitted"


def test_the_former_panel_keeps_its_seats_in_the_next_round(
    database: Database, panel: Panel, now: Any
) -> None:
    vote(database, panel, panel.members[0], "aa", now)
    take(database, panel, panel.members[1], now)
    replace_by(database, panel, panel.members[1], None, now)
    defects = [PlanDefectInput(reason="R07")]
    database.in_tx(lambda s: return_plan(s, panel.members[0], panel.place, defects, now=now).number)
    assert live(database, now) == [panel.members[0].user_id], "who voted, not who was replaced"
    with database.reading() as session:
        assert not any(seat.is_open for seat in seats_of(session, plan_of(database)))
    later = now + timedelta(hours=1)
    database.in_tx(
        lambda s: resubmit_plan(s, None, panel.place, explanation="پیوست شد", now=later).number
    )
    row = plan_of(database)
    assert (row.round, row.votes) == (2, 0)
    assert live(database, later) == [panel.members[0].user_id]
    assert live(database, row.due_at) == []


def test_fit_colleagues_leave_out_who_sits_already(
    database: Database, panel: Panel, now: Any
) -> None:
    take(database, panel, panel.members[0], now)
    with database.reading() as session:
        found = {user.username for user in fit_colleagues(session, plan_of(database))}
    assert found == {"member-2", "member-3", "member-4", "chair-1", "chair-2"}
