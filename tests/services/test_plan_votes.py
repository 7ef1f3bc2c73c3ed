"""Votes about a plan: who may, how often, what they decide; ties and late ones are the chair's."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import registered_world as world
from plan_world import (
    NO_BONE,
    Panel,
    crowns,
    decide,
    pack,
    plan,
    plan_of,
    refused,
    unit,
    vote,
    word,
)
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import (
    AuditEvent,
    Claim,
    PanelSetting,
    PlanRound,
    PlanUnit,
    PlanVote,
)
from workbench.persian.jalali import add_months, day_of
from workbench.rules.workflow import Role
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.rounds import PlanDefectInput, resubmit_plan, return_plan
from workbench.services.commission.submission import submit_plan
from workbench.services.commission.votes import PlanStanding, UnitVote, cast_vote


def test_two_equal_votes_decide_in_time(database: Database, panel: Panel, now: Any) -> None:
    first = vote(database, panel, panel.members[0], "ar", now)
    assert first == PlanStanding(waiting=(1, 2), tied=(), is_decided=False)
    later = now + timedelta(hours=1)
    assert vote(database, panel, panel.members[1], "ar", later).is_decided
    decided = plan_of(database)
    assert (decided.state, decided.result, decided.is_late) == ("decided", "partly_approved", False)
    assert decided.decided_at == later
    assert decided.valid_until_on == add_months(day_of(later), 6)
    assert decided.public_text.startswith(
        f"ایمپلنت دندان ۶ پایین چپ مورد تایید؛ ایمپلنت دندان ۷ پایین چپ رد شد: {NO_BONE}؛ اعتبار"
    )
    with database.reading() as session:
        units = session.scalars(select(PlanUnit).order_by(PlanUnit.number)).all()
        assert [(u.choice, u.reason) for u in units] == [("approve", ""), ("reject", NO_BONE)]
        opened = session.scalars(select(PlanRound)).one()
        assert (opened.result, opened.closed_at) == ("decided", later)
        actions = session.scalars(
            select(AuditEvent.action)
            .where(AuditEvent.action.like("plan.%"))
            .order_by(AuditEvent.sequence)
        ).all()
    assert actions == ["plan.submit", "plan.vote", "plan.vote", "plan.decide"]


def test_the_trail_does_not_say_how_anybody_voted(
    database: Database, panel: Panel, now: Any
) -> None:
    vote(database, panel, panel.members[0], "ar", now)
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "plan.vote")).one()
    assert set(event.facts) == {"plan", "round"}


def test_a_third_vote_breaks_the_tie(database: Database, panel: Panel, now: Any) -> None:
    vote(database, panel, panel.members[0], "aa", now)
    second = vote(database, panel, panel.members[1], "ar", now)
    assert second == PlanStanding(waiting=(), tied=(2,), is_decided=False)
    assert vote(database, panel, panel.members[2], "aa", now).is_decided
    assert plan_of(database).result == "approved"


def test_a_modification_is_approved_with_its_code_and_amount(
    database: Database, panel: Panel, now: Any
) -> None:
    for member in panel.members[:2]:
        vote(database, panel, member, "mm", now)
    decided = plan_of(database)
    assert decided.result == "partly_approved"
    assert "با تغییر مورد تایید" in decided.public_text
    assert "۳۹٬۰۰۰٬۰۰۰" in decided.public_text
    with database.reading() as session:
        units = session.scalars(select(PlanUnit)).all()
    assert {(u.approved_code, u.approved_rial) for u in units} == {("620", 39_000_000)}


def test_a_rejected_plan_is_good_for_no_day(database: Database, panel: Panel, now: Any) -> None:
    for member in panel.members[:2]:
        vote(database, panel, member, "rr", now)
    decided = plan_of(database)
    assert (decided.result, decided.valid_until_on) == ("rejected", None)
    assert "اعتبار" not in decided.public_text


def test_a_member_votes_once_and_a_fourth_not_at_all(
    database: Database, panel: Panel, now: Any
) -> None:
    vote(database, panel, panel.members[0], "aa", now)
    again = refused(lambda: vote(database, panel, panel.members[0], "rr", now))
    assert again.code == "vote_twice"
    vote(database, panel, panel.members[1], "ar", now)
    vote(database, panel, panel.members[2], "am", now)
    assert plan_of(database).state == "submitted"
    assert refused(lambda: vote(database, panel, panel.members[3], "aa", now)).code == "panel_full"


def test_after_the_decision_nobody_votes(database: Database, panel: Panel, now: Any) -> None:
    for member in panel.members[:2]:
        vote(database, panel, member, "aa", now)
    late = refused(lambda: vote(database, panel, panel.members[2], "rr", now))
    assert late.code == "wrong_state"
    assert refused(lambda: decide(database, panel, now)).code == "wrong_state"
    overdue = plan_of(database).due_at + timedelta(days=1)
    later = refused(lambda: vote(database, panel, panel.members[2], "rr", overdue))
    assert later.code == "wrong_state"
    with database.reading() as session:
        assert len(session.scalars(select(PlanVote)).all()) == 4


@pytest.mark.parametrize(
    ("votes", "code"),
    [
        ([word(1, "a")], "vote_incomplete"),
        ([word(1, "a"), word(1, "a")], "vote_incomplete"),
        ([word(1, "a"), word(3, "a")], "vote_incomplete"),
        ([word(1, "a"), replace(word(2, "r"), reason="  ")], "rejection_needs_reason"),
        ([word(1, "a"), replace(word(2, "m"), changed_rial=98_000_001)], "modification_wrong"),
        ([word(1, "a"), replace(word(2, "m"), changed_rial=0)], "modification_wrong"),
        ([word(1, "a"), replace(word(2, "m"), changed_rial=None)], "modification_wrong"),
        ([word(1, "a"), replace(word(2, "m"), changed_code="710")], "modification_wrong"),
        ([word(1, "a"), replace(word(2, "m"), changed_code="999")], "modification_wrong"),
        ([word(1, "a"), replace(word(2, "a"), changed_rial=1)], "modification_wrong"),
    ],
)
def test_what_a_vote_must_not_be(
    database: Database, panel: Panel, now: Any, votes: list[UnitVote], code: str
) -> None:
    def work(session: Session) -> PlanStanding:
        return cast_vote(session, panel.members[0], panel.place, votes, now=now)

    assert refused(lambda: database.in_tx(work)).code == code
    with database.reading() as session:
        assert session.scalars(select(PlanVote)).all() == []


def test_the_chair_ends_a_tie(database: Database, panel: Panel, now: Any) -> None:
    assert refused(lambda: decide(database, panel, now)).code == "quorum_missing"
    vote(database, panel, panel.members[0], "aa", now)
    vote(database, panel, panel.members[1], "ar", now)
    missing = refused(lambda: decide(database, panel, now))
    assert (missing.code, missing.facts["lines"]) == ("casting_needed", (2,))
    surplus = [word(1, "r"), word(2, "r")]
    assert (
        refused(lambda: decide(database, panel, now, casting=surplus)).code == "casting_not_needed"
    )
    decide(database, panel, now, casting=[word(2, "r")])
    decided = plan_of(database)
    assert decided.result == "partly_approved"
    assert NO_BONE in decided.public_text


def test_a_chair_who_voted_may_still_end_the_tie(
    database: Database, panel: Panel, now: Any
) -> None:
    vote(database, panel, panel.chair, "ar", now)
    vote(database, panel, panel.members[1], "aa", now)
    decide(database, panel, now, casting=[word(2, "a")])
    assert plan_of(database).result == "approved"


def test_two_chairs_decide_once(database: Database, panel: Panel, now: Any) -> None:
    vote(database, panel, panel.members[0], "aa", now)
    vote(database, panel, panel.members[1], "ar", now)
    decide(database, panel, now, casting=[word(2, "a")])
    second = refused(
        lambda: decide(database, panel, now, panel.other_chair, casting=[word(2, "r")])
    )
    assert second.code == "wrong_state"
    assert plan_of(database).result == "approved"


def test_hour_48_is_on_time_and_a_second_later_is_late(
    database: Database, panel: Panel, now: Any
) -> None:
    due_at = plan_of(database).due_at
    vote(database, panel, panel.members[0], "aa", now)
    assert vote(database, panel, panel.members[1], "aa", due_at).is_decided
    assert not plan_of(database).is_late


def test_the_chair_who_ends_a_tie_at_hour_48_needs_no_reason(
    database: Database, panel: Panel, now: Any
) -> None:
    due_at = plan_of(database).due_at
    vote(database, panel, panel.members[0], "aa", now)
    vote(database, panel, panel.members[1], "ar", now)
    casting = [word(2, "a")]
    a_second_later = due_at + timedelta(seconds=1)
    late = refused(lambda: decide(database, panel, a_second_later, casting=casting))
    assert late.code == "late_reason_needed"
    decide(database, panel, due_at, casting=casting)
    assert (plan_of(database).is_late, plan_of(database).late_reason) == (False, None)


def test_a_late_decision_is_the_chairs_and_has_a_reason(
    database: Database, panel: Panel, now: Any
) -> None:
    late_at = plan_of(database).due_at + timedelta(seconds=1)
    vote(database, panel, panel.members[0], "aa", now)
    assert not vote(database, panel, panel.members[1], "aa", late_at).is_decided
    assert refused(lambda: decide(database, panel, late_at)).code == "late_reason_needed"
    decide(database, panel, late_at, late_reason="دو عضو در مرخصی بودند")
    decided = plan_of(database)
    assert (decided.is_late, decided.late_reason) == (True, "دو عضو در مرخصی بودند")
    assert decided.result == "approved"


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.COMMISSION, Role.CHAIR}])
def test_who_has_no_vote(database: Database, panel: Panel, now: Any, role: Role) -> None:
    stranger = replace(panel.members[0], roles=frozenset({role}))
    assert refused(lambda: vote(database, panel, stranger, "aa", now)).code == "not_permitted"


def test_a_member_does_not_decide_like_a_chair(database: Database, panel: Panel, now: Any) -> None:
    member = panel.members[0]
    assert refused(lambda: decide(database, panel, now, member)).code == "not_permitted"


def test_a_plan_of_another_insurer_looks_like_none(
    database: Database, panel: Panel, now: Any
) -> None:
    stranger = replace(panel.members[0], insurer_ids=frozenset({1}))
    assert refused(lambda: vote(database, panel, stranger, "aa", now)).code == "plan_not_found"


@pytest.mark.parametrize("interest", ["centre_id", "dentist_id"])
def test_nobody_votes_about_his_own_centre_or_treatment(
    database: Database, panel: Panel, now: Any, interest: str
) -> None:
    own = replace(panel.members[0], **{interest: getattr(plan_of(database), interest)})
    error = refused(lambda: vote(database, panel, own, "aa", now))
    assert error.code == "plan_of_own_interest"


def test_nobody_votes_about_a_plan_whose_case_he_assesses(
    database: Database, panel: Panel, now: Any
) -> None:
    member = panel.members[0]

    def work(session: Session) -> None:
        world.batch(session, now)
        line = world.line(service_on=day_of(now))
        claim = world.indirect(case_on=day_of(now), lines=(line,), registered_at=now)
        world.register_claim(session, None, claim, now=now)
        session.execute(update(Claim).values(assignee_id=member.user_id))

    database.in_tx(work)
    error = refused(lambda: vote(database, panel, member, "aa", now))
    assert error.code == "plan_of_own_interest"


def test_a_vote_about_a_plan_that_changed_is_refused(
    database: Database, panel: Panel, now: Any
) -> None:
    stale = replace(panel.place, version=1)
    vote(database, panel, panel.members[0], "aa", now)
    votes = [word(1, "a"), word(2, "a")]

    def work(session: Session) -> PlanStanding:
        return cast_vote(session, panel.members[1], stale, votes, now=now)

    assert refused(lambda: database.in_tx(work)).code == "plan_changed"


def test_a_vote_of_this_round_stands_beside_that_of_a_colleague(
    database: Database, panel: Panel, now: Any
) -> None:
    seen = replace(panel.place, round=1)
    votes = [word(1, "a"), word(2, "a")]

    def work(session: Session, member: int) -> PlanStanding:
        return cast_vote(session, panel.members[member], seen, votes, now=now)

    database.in_tx(lambda s: work(s, 0))
    defects = [PlanDefectInput(reason="R07")]
    database.in_tx(lambda s: return_plan(s, panel.members[2], panel.place, defects, now=now).number)
    assert refused(lambda: database.in_tx(lambda s: work(s, 1))).code == "wrong_state"
    database.in_tx(
        lambda s: resubmit_plan(s, None, panel.place, explanation="پیوست شد", now=now).number
    )
    assert refused(lambda: database.in_tx(lambda s: work(s, 1))).code == "plan_changed"
    seen = replace(panel.place, round=2)
    assert not database.in_tx(lambda s: work(s, 0)).is_decided
    assert database.in_tx(lambda s: work(s, 1)).is_decided


def test_the_panel_follows_the_settings_of_group_and_amount(
    database: Database, panel: Panel, now: Any
) -> None:
    def work(session: Session) -> list[PlanPlace]:
        for groups, from_rial, quorum in ((["implant"], 0, 3), ([], 0, 1), ([], 0, 2)):
            session.add(
                PanelSetting(
                    groups=groups, from_rial=from_rial, seats=3, quorum=quorum,
                    majority="more_than_half", recorded_at=now + timedelta(seconds=quorum),
                )
            )  # fmt: skip
        sent = plan(units=crowns(11, 12, 13), images=pack(first_shade=30))
        crowns_row = submit_plan(session, None, sent, now=now)
        implants = plan(units=(unit(tooth=46), unit(2, 47)), images=pack(first_shade=60))
        implants_row = submit_plan(session, None, implants, now=now)
        return [PlanPlace(insurer_id=row.insurer_id, plan_id=row.id)
                for row in (crowns_row, implants_row)]  # fmt: skip

    crowned, implanted = (replace(panel, place=place) for place in database.in_tx(work))
    vote(database, crowned, panel.members[0], "aaa", now)
    assert vote(database, crowned, panel.members[1], "aaa", now).is_decided
    vote(database, implanted, panel.members[0], "aa", now)
    assert not vote(database, implanted, panel.members[1], "aa", now).is_decided
    assert vote(database, implanted, panel.members[2], "aa", now).is_decided
    vote(database, panel, panel.members[0], "aa", now)
    former_rule = vote(database, panel, panel.members[1], "aa", now)
    assert former_rule.is_decided, "a plan is voted by the rule of the day it came in"
