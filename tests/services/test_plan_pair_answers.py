"""An answer about a plan's image is taken back while the plan is undecided."""

from datetime import datetime

import pytest
import registered_world as world
from plan_world import Panel, plan_of, refused, vote
from sqlalchemy import select
from test_plan_similar import decide as answer
from test_plan_similar import findings, found

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, PlanNote, SimilarPair
from workbench.rules.finding import Finding
from workbench.rules.findings.similar import COINCIDENCE, SAME
from workbench.services.access import Actor
from workbench.services.commission.rounds import PlanDefectInput, return_plan
from workbench.services.commission.similar import PlanSimilar, read_similar, take_back_plan_answer
from workbench.services.images.similar_pairs import TAKEN_BACK

__all__ = ["found"]


def back(
    database: Database, actor: Actor, panel: Panel, key: str, now: datetime, reason: str = ""
) -> None:
    database.in_tx(
        lambda s: take_back_plan_answer(s, actor, panel.place, key=key, reason=reason, now=now)
    )


def shown(database: Database, actor: Actor, panel: Panel) -> PlanSimilar:
    with database.reading() as session:
        return read_similar(session, actor, panel.place)


def stored(database: Database) -> SimilarPair:
    with database.reading() as session:
        return session.scalars(select(SimilarPair)).one()


@pytest.fixture
def answered(database: Database, panel: Panel, found: Finding, now: datetime) -> str:
    """The first member said that it is a coincidence."""
    answer(database, panel.members[0], panel, found.key, COINCIDENCE, now)
    return found.key


def test_who_answered_takes_it_back_and_it_asks_again(
    database: Database, panel: Panel, answered: str, now: datetime
) -> None:
    back(database, panel.members[0], panel, answered, now)
    (again,) = findings(database, panel)
    assert again.facts["decision"] is None
    row = stored(database)
    assert (row.decided_by_id, row.decided_at, row.reason) == (None, None, "")
    with database.reading() as session:
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == TAKEN_BACK)).all()
    assert sorted(event.stream.partition(":")[0] for event in events) == ["claim", "plan"]
    assert all(event.actor_id == panel.members[0].user_id for event in events)


def test_another_member_does_not_and_the_chair_says_why(
    database: Database, panel: Panel, answered: str, now: datetime
) -> None:
    other = refused(lambda: back(database, panel.members[1], panel, answered, now, "چرا"))
    assert other.code == "pair_of_another_member"
    assert other.facts["name"] == panel.members[0].display_name
    silent = refused(lambda: back(database, panel.chair, panel, answered, now, " "))
    assert silent.code == "taking_back_needs_reason"
    back(database, panel.chair, panel, answered, now, "دو تصویر یکی است")
    assert stored(database).decision is None
    with database.reading() as session:
        note = session.scalars(select(PlanNote)).one()
    assert (note.text, note.author_id) == ("دو تصویر یکی است", panel.chair.user_id)


def test_two_at_once_the_second_one_is_told(
    database: Database, panel: Panel, answered: str, now: datetime
) -> None:
    back(database, panel.members[0], panel, answered, now)
    late = refused(lambda: back(database, panel.chair, panel, answered, now, "دو تصویر یکی است"))
    assert late.code == "pair_not_answered"


def test_the_coincidence_is_shown_to_who_may_take_it_back(
    database: Database, panel: Panel, answered: str
) -> None:
    own = shown(database, panel.members[0], panel).answers[stored(database).id]
    assert (own.decision, own.may_take_back, own.needs_reason) == (COINCIDENCE, True, False)
    chair = shown(database, panel.chair, panel).answers[stored(database).id]
    assert (chair.may_take_back, chair.needs_reason) == (True, True)
    assert shown(database, panel.chair, panel).others
    assert shown(database, panel.members[1], panel).findings == ()


def test_it_stands_once_the_plan_is_decided(
    database: Database, panel: Panel, found: Finding, now: datetime
) -> None:
    answer(database, panel.members[0], panel, found.key, SAME, now)
    for member in panel.members[:2]:
        vote(database, panel, member, "aa", now)
    assert plan_of(database).state == "decided"
    for actor in (panel.members[0], panel.chair):
        late = refused(lambda who=actor: back(database, who, panel, found.key, now, "چرا"))
        assert late.code == "pair_plan_decided"
    (told,) = shown(database, panel.members[0], panel).findings
    assert told.facts["decision"] == SAME
    assert not shown(database, panel.chair, panel).answers[stored(database).id].may_take_back


def test_it_stands_while_the_plan_is_returned(
    database: Database, panel: Panel, answered: str, now: datetime
) -> None:
    database.in_tx(
        lambda s: return_plan(
            s, panel.chair, panel.place, defects=[PlanDefectInput(reason="R14")], now=now
        )
    )
    late = refused(lambda: back(database, panel.members[0], panel, answered, now))
    assert late.code == "pair_plan_returned"


def test_only_the_commission_may(
    database: Database, panel: Panel, answered: str, now: datetime
) -> None:
    for actor in (world.actor("lead"), world.actor("manager")):
        why = refused(lambda who=actor: back(database, who, panel, answered, now, "چرا"))
        assert why.code == "not_permitted"


def test_a_key_of_no_pair_is_not_found(
    database: Database, panel: Panel, answered: str, now: datetime
) -> None:
    why = refused(
        lambda: back(database, panel.chair, panel, "similar_image@case:pair1", now, "چرا")
    )
    assert why.code == "finding_not_found"
