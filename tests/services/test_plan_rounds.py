"""A plan that lacks something goes back and comes again: another round, another clock."""

from datetime import timedelta
from typing import Any

import pytest
import registered_world as world
from plan_world import CLERK, Panel, plan, plan_of, refused, unit, vote
from sqlalchemy import select
from sqlalchemy.orm import Session

from workbench.db.engine import Database
from workbench.db.models import AuditEvent, PlanDefect, PlanImage, PlanRound, TreatmentPlan
from workbench.persian.jalali import parse_instant
from workbench.rules.facts import EvidenceKind
from workbench.services.commission.access import PlanPlace
from workbench.services.commission.rounds import PlanDefectInput, resubmit_plan, return_plan
from workbench.services.commission.submission import submit_plan

CEPHALOGRAM = PlanDefectInput(reason="R06", text="سفالومتری نیم‌رخ")


def give_back(
    database: Database, panel: Panel, now: Any, *defects: PlanDefectInput, **given: Any
) -> int:
    place, actor = given.get("place", panel.place), given.get("actor", panel.members[0])
    return database.in_tx(lambda s: return_plan(s, actor, place, defects, now=now).version)


def come_back(database: Database, panel: Panel, now: Any, **sent: Any) -> int:
    place, actor = sent.pop("place", panel.place), sent.pop("actor", CLERK)
    return database.in_tx(lambda s: resubmit_plan(s, actor, place, now=now, **sent).round)


def test_a_returned_plan_names_its_defects_and_ends_its_round(
    database: Database, panel: Panel, now: Any
) -> None:
    vote(database, panel, panel.members[1], "aa", now)
    later = now + timedelta(hours=2)
    give_back(database, panel, later, CEPHALOGRAM, PlanDefectInput(reason="R07"))
    assert plan_of(database).state == "returned"
    with database.reading() as session:
        defects = session.scalars(select(PlanDefect).order_by(PlanDefect.reason)).all()
        assert [(d.reason, d.round, d.text) for d in defects] == [
            ("R06", 1, "سفالومتری نیم‌رخ"),
            ("R07", 1, ""),
        ]
        opened = session.scalars(select(PlanRound)).one()
        assert (opened.result, opened.closed_at) == ("returned", later)
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "plan.return")).one()
    assert event.facts["defects"] == ["R06", "R07"]
    assert (
        refused(lambda: vote(database, panel, panel.members[0], "aa", later)).code == "wrong_state"
    )


def test_the_next_round_has_its_own_clock_and_its_own_votes(
    database: Database, panel: Panel, now: Any
) -> None:
    vote(database, panel, panel.members[0], "aa", now)
    give_back(database, panel, now, CEPHALOGRAM)
    at = parse_instant("1404/09/05 15:00")  # a Wednesday
    assert come_back(database, panel, at, explanation="پیوست شد") == 2
    row = plan_of(database)
    assert (row.state, row.start_at, row.due_at) == (
        "submitted",
        at,
        parse_instant("1404/09/09 15:00"),
    )
    with database.reading() as session:
        rounds = session.scalars(select(PlanRound).order_by(PlanRound.number)).all()
        assert [(r.number, r.result, r.explanation) for r in rounds] == [
            (1, "returned", ""),
            (2, None, "پیوست شد"),
        ]
        assert rounds[0].due_at != rounds[1].due_at
    assert not vote(database, panel, panel.members[0], "aa", at).is_decided
    assert vote(database, panel, panel.members[1], "aa", at).is_decided


def test_the_missing_document_makes_the_pack_complete(
    database: Database, panel: Panel, now: Any
) -> None:
    braces = unit(code="710", tooth=None, jaw="upper", amount_rial=145_000_000)

    def work(session: Session) -> PlanPlace:
        images = tuple(
            world.image(40 + n, f"{kind}.jpg", kind=kind)
            for n, kind in enumerate(
                (EvidenceKind.IDENTITY, EvidenceKind.PLAN_FORM, EvidenceKind.PHOTOGRAPH)
            )
        )
        row = submit_plan(session, None, plan(units=(braces,), images=images), now=now)
        assert not row.is_complete
        return PlanPlace(insurer_id=row.insurer_id, plan_id=row.id)

    place = database.in_tx(work)
    give_back(database, panel, now, CEPHALOGRAM, place=place)
    more = (
        world.image(50, "opg.jpg", kind=EvidenceKind.PANORAMIC),
        world.image(51, "ceph.jpg", kind=EvidenceKind.CEPHALOMETRIC),
    )
    come_back(database, panel, now, images=more, place=place, actor=None)

    def is_complete(session: Session) -> tuple[bool, list[int]]:
        row = session.get_one(TreatmentPlan, (place.insurer_id, place.plan_id))
        added = select(PlanImage.round_added).where(PlanImage.plan_id == place.plan_id)
        return row.is_complete, list(session.scalars(added.order_by(PlanImage.number)))

    with database.reading() as session:
        assert is_complete(session) == (True, [1, 1, 1, 2, 2])


@pytest.mark.parametrize(
    ("defects", "code"),
    [
        ((), "plan_return_without_defect"),
        ((PlanDefectInput(reason="D01"),), "plan_defect_unknown"),
        ((PlanDefectInput(reason="R77"),), "plan_defect_unknown"),
        ((CEPHALOGRAM, CEPHALOGRAM), "plan_defect_unknown"),
        ((PlanDefectInput(reason="R06", text="ا" * 2_001),), "text_too_long"),
    ],
)
def test_what_a_return_must_not_be(
    database: Database, panel: Panel, now: Any, defects: tuple[PlanDefectInput, ...], code: str
) -> None:
    assert refused(lambda: give_back(database, panel, now, *defects)).code == code
    assert plan_of(database).state == "submitted"


def test_only_a_returned_plan_comes_back_and_with_something_new(
    database: Database, panel: Panel, now: Any
) -> None:
    assert refused(lambda: come_back(database, panel, now, explanation="الف")).code == "wrong_state"
    give_back(database, panel, now, CEPHALOGRAM)
    assert refused(lambda: come_back(database, panel, now)).code == "plan_resubmission_empty"
    known = (world.image(3, "opg.jpg", kind=EvidenceKind.PANORAMIC),)
    again = refused(lambda: come_back(database, panel, now, images=known))
    assert again.code == "evidence_attached_already"
    assert plan_of(database).round == 1
    come_back(database, panel, now, explanation="الف")
    assert refused(lambda: come_back(database, panel, now, explanation="ب")).code == "wrong_state"


def test_who_returns_and_who_submits_again(database: Database, panel: Panel, now: Any) -> None:
    assert (
        refused(lambda: give_back(database, panel, now, CEPHALOGRAM, actor=CLERK)).code
        == "not_permitted"
    )
    give_back(database, panel, now, CEPHALOGRAM, actor=panel.chair)
    assert (
        refused(lambda: come_back(database, panel, now, explanation="الف", actor=panel.chair)).code
        == "not_permitted"
    )
