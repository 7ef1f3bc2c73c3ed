"""Asking for the history of a tooth: who may, what is told, and the event it leaves."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests import builders
from tests.services import registered_world as world
from tests.services.office import CLEAN, Office, refused
from workbench.db.models import AuditEvent
from workbench.rules.workflow import ClaimState, Role
from workbench.services.access import Actor, may
from workbench.services.teeth.search import FoundTeeth, find_teeth


def _find(
    office: Office, actor: Actor, tooth: str = "", code: str = world.PRINCIPAL
) -> FoundTeeth | None:
    return office.database.in_tx(lambda s: find_teeth(s, actor, code, tooth, now=office.now))


@pytest.fixture
def ended(office: Office) -> Office:
    builders.bring(
        office.database, office.desk, office.keys[CLEAN], office.now, ClaimState.FINISHED
    )
    return office


@pytest.mark.parametrize("tooth", ["26", "UL6", "۶ بالا چپ", "۲۶", ""])
def test_a_tooth_is_found_however_it_is_written(ended: Office, tooth: str) -> None:
    found = _find(ended, ended.desk.lead, tooth)
    assert found is not None
    assert [each.treatment.tooth for each in found.found] == [26]
    assert found.tooth == (26 if tooth else None)
    assert world.PRINCIPAL not in str(found)


def test_another_tooth_has_no_history(ended: Office) -> None:
    found = _find(ended, ended.desk.lead, "36")
    assert found is not None and found.found == ()
    assert len(found.history.treatments) == 1


def test_the_case_is_named_to_those_who_may_open_it_only(ended: Office) -> None:
    desk = ended.desk
    dentist = replace(desk.lead, dentist_id=ended.claim(CLEAN).dentist_id)
    told = {
        actor.username: [each.claim_number for each in found.found]
        for actor in (desk.lead, desk.reception, replace(dentist, username="own"))
        if (found := _find(ended, actor, "26"))
    }
    assert told == {"lead-1": [CLEAN], "reception-1": [None], "own": [None]}


def test_that_it_was_asked_is_on_the_trail_without_the_code(ended: Office) -> None:
    _find(ended, ended.desk.reception, "26")
    stream = f"user:{ended.desk.reception.user_id}"
    with ended.database.reading() as session:
        events = session.scalars(
            select(AuditEvent)
            .where(AuditEvent.stream == stream, AuditEvent.action == "teeth.searched")
            .order_by(AuditEvent.sequence)
        ).all()
    assert [event.facts["tooth"] for event in events] == [26]
    assert world.PRINCIPAL not in str(events[0].facts)


@pytest.mark.parametrize(
    ("code", "national_code", "tooth"),
    [
        ("national_code_wrong", "1234567890", "26"),
        ("national_code_wrong", "", "26"),
        ("tooth_impossible", world.PRINCIPAL, "99"),
        ("tooth_ambiguous", world.PRINCIPAL, "6 upper"),
        ("tooth_unreadable", world.PRINCIPAL, "<b>"),
    ],
)
def test_what_cannot_be_read_is_refused(
    office: Office, code: str, national_code: str, tooth: str
) -> None:
    refused(code, lambda: _find(office, office.desk.lead, tooth, national_code))


def test_a_person_of_foreign_insurers_is_unknown(ended: Office) -> None:
    stranger = replace(ended.desk.lead, insurer_ids=frozenset({1}))
    assert _find(ended, stranger, "26") is None


@pytest.mark.parametrize("role", list(Role))
def test_it_is_asked_by_whom_the_table_names(office: Office, role: Role) -> None:
    actor = office.desk.everyone()[role]
    if may(actor, "teeth.search"):
        assert _find(office, actor) is not None
    else:
        refused("not_permitted", lambda: _find(office, actor))
