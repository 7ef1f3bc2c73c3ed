"""Adding images to a treatment plan: who may, and earlier images of the patient."""

from datetime import timedelta

import plan_world
import pytest
import registered_world as world
from plan_world import Panel, plan_of, refused, vote
from sqlalchemy import select

from workbench.db.models import AuditEvent, PlanImage
from workbench.evidence.store import EvidenceStore
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.workflow import Role
from workbench.services.commission.seats import take_seat
from workbench.services.commission.submission import submit_plan
from workbench.services.images.attach_rights import may_attach
from workbench.services.images.attaching import add_images, attach_earlier
from workbench.services.images.earlier import Earlier, earlier_images
from workbench.services.images.upload import Upload, upload_images

LEAD = world.actor(Role.LEAD)


def add(database, panel: Panel, actor, now, *shades):
    images = [world.image(shade, f"{shade}.jpg") for shade in shades]
    return database.in_tx(lambda s: add_images(s, actor, panel.place, images, now=now))


def may(database, panel: Panel, actor, now):
    with database.reading() as session:
        return may_attach(session, actor, panel.place, now=now)


def test_a_member_adds_images_while_his_seat_holds(database, panel: Panel, now) -> None:
    member = panel.members[0]
    assert not may(database, panel, member, now)
    assert refused(lambda: add(database, panel, member, now, 90)).code == "plan_seat_needed"
    database.in_tx(lambda s: take_seat(s, member, panel.place, now=now))
    assert may(database, panel, member, now)
    before = plan_of(database)
    assert add(database, panel, member, now, 90, 91).numbers == (5, 6)
    after = plan_of(database)
    assert (after.version, after.round) == (before.version + 1, before.round)
    with database.reading() as session:
        event = session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc())).first()
        assert (event.action, event.facts["images"]) == ("plan.attach", [5, 6])
    late = now + timedelta(days=2)
    assert refused(lambda: add(database, panel, member, late, 92)).code == "plan_seat_needed"


@pytest.mark.parametrize("role", list(Role))
def test_who_may_without_a_seat(database, panel: Panel, now, role) -> None:
    actor = world.actor(role)
    allowed = role in {Role.RECEPTION, Role.LEAD, Role.CHAIR}
    assert may(database, panel, actor, now) == allowed
    if allowed:
        assert add(database, panel, actor, now, 90).numbers == (5,)
        return
    code = refused(lambda: add(database, panel, actor, now, 90)).code
    assert code == ("plan_seat_needed" if role is Role.COMMISSION else "not_permitted")


def test_a_plan_of_own_interest_or_another_insurer_takes_nothing(
    database, panel: Panel, now
) -> None:
    plan = plan_of(database)
    own = world.replace(LEAD, centre_id=plan.centre_id)
    assert refused(lambda: add(database, panel, own, now, 90)).code == "plan_of_own_interest"
    foreign = world.replace(LEAD, insurer_ids=frozenset({1}))
    assert refused(lambda: add(database, panel, foreign, now, 90)).code == "plan_not_found"
    assert not may(database, panel, own, now)
    assert not may(database, panel, foreign, now)


def test_a_decided_plan_takes_nothing(database, panel: Panel, now) -> None:
    for member in panel.members[:2]:
        vote(database, panel, member, "aa", now)
    error = refused(lambda: add(database, panel, LEAD, now, 90))
    assert (error.code, error.facts["state"]) == ("wrong_state", "decided")


def test_uploading_to_a_plan_names_what_is_refused(database, panel: Panel, now, tmp_path) -> None:
    files = [
        Upload(name=f"{shade}.jpg", read=lambda x=shade: world.picture(x), kind=EvidenceKind.CBCT)
        for shade in (1, 90)
    ]
    store = EvidenceStore(f"file://{tmp_path}")
    result = upload_images(database, store, LEAD, panel.place, files, now=now)
    assert [(name, each.code) for name, each in result.refused] == [
        ("1.jpg", "evidence_attached_already")
    ]
    assert result.numbers == (5,)


def test_images_of_an_earlier_plan_are_attached_to_the_next(database, panel: Panel, now) -> None:
    second = plan_world.plan(
        units=(plan_world.unit(tooth=46),), images=plan_world.pack(first_shade=40)
    )
    row = database.in_tx(lambda s: submit_plan(s, None, second, now=now + timedelta(minutes=5)))
    with database.reading() as session:
        found = earlier_images(session, LEAD, panel.place, now=now)
    assert [(x.what, x.place_id, x.number) for x in found] == [
        ("plan", row.id, number) for number in (1, 2, 3, 4)
    ]
    third = Earlier(
        what="plan",
        insurer_id=row.insurer_id,
        place_id=row.id,
        number=3,
        kind=EvidenceKind.PANORAMIC,
        phase=Phase.BEFORE,
    )
    done = database.in_tx(lambda s: attach_earlier(s, LEAD, panel.place, [third], now=now))
    assert done.numbers == (5,)
    with database.reading() as session:
        shas = session.scalars(select(PlanImage.sha256)).all()
        assert (len(shas), len(set(shas))) == (9, 8)
        assert len(earlier_images(session, LEAD, panel.place, now=now)) == 3
    assert may_see_nothing(database, panel, now)


def may_see_nothing(database, panel: Panel, now) -> bool:
    """Reception adds images by file, but sees none: no picker for it."""
    with database.reading() as session:
        error = refused(lambda: earlier_images(session, plan_world.CLERK, panel.place, now=now))
    return error.code == "not_permitted"
