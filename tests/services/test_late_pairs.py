"""A likeness found after the decision waits for the lead, who answers it on the ended case."""

import pytest
from sqlalchemy import delete

from tests.builders import Key
from tests.services import registered_world as world
from tests.services.office import Office, refused
from tests.services.test_similar_pairs import FIRST, SECOND, stored
from tests.services.test_similar_pairs import found as find
from workbench.db.models import ImageJob
from workbench.rules.findings.similar import COINCIDENCE, SAME, key_of
from workbench.services.access import Actor
from workbench.services.claims import deciding, registration
from workbench.services.claims.reading import read_case
from workbench.services.desk.desk import read_desk
from workbench.services.images.late_pairs import LatePair
from workbench.services.images.pair_answers import answer_late_pair


@pytest.fixture
def late(office: Office) -> str:
    """The second case was finished before its image was compared; its key."""
    for number, shade, code in ((FIRST, 1, world.PRINCIPAL), (SECOND, 2, world.CHILD)):
        request = world.direct(number=number, national_code=code, images=(world.image(shade),))
        made = office.database.in_tx(
            lambda s, sent=request: registration.register_claim(s, None, sent, now=office.now)
        )
        office.keys[number] = Key(insurer_id=made.insurer_id, claim_id=made.claim_id, number=number)
    office.database.in_tx(lambda s: s.execute(delete(ImageJob)))
    office.take(SECOND)
    office.decide_all(SECOND)
    office.finish(SECOND)
    assert find(office) == 1
    return key_of(stored(office).id)


def listed(office: Office, actor: Actor) -> tuple[LatePair, ...]:
    with office.database.reading() as session:
        return read_desk(session, actor, now=office.now).late_pairs


def codes(office: Office, actor: Actor) -> list[str]:
    key = office.keys[SECOND]
    with office.database.reading() as session:
        view = read_case(session, actor, key.insurer_id, key.claim_id, now=office.now)
    assert [each.number for each in view.others] == ([1_000] if actor.roles & {"lead"} else [])
    return [each.code for each in view.findings]


def say(office: Office, decision: str, key: str, reason: str = "", **given: object) -> object:
    return office.write(
        answer_late_pair,
        given.pop("actor", office.desk.lead),
        given.pop("number", SECOND),
        key=key,
        decision=decision,
        reason=reason,
    )


def test_the_lead_sees_it_on_the_desk_and_on_the_case(office: Office, late: str) -> None:
    (row,) = listed(office, office.desk.lead)
    assert (row.number, row.is_plan, row.image, row.state) == (SECOND, False, 1, "finished")
    assert listed(office, office.desk.assessor) == ()
    assert "similar_image" in codes(office, office.desk.lead)
    assert "similar_image" not in codes(office, office.desk.assessor)


def test_a_coincidence_needs_a_reason_and_is_gone(office: Office, late: str) -> None:
    refused("coincidence_needs_reason", lambda: say(office, COINCIDENCE, late))
    say(office, COINCIDENCE, late, "دو دندان متفاوت")
    assert listed(office, office.desk.lead) == ()
    assert stored(office).decided_by_id == office.desk.lead.user_id
    assert office.claim(SECOND).state == "finished"


def test_the_same_picture_is_said_and_the_decision_stands(office: Office, late: str) -> None:
    say(office, SAME, late)
    assert listed(office, office.desk.lead) == ()
    assert office.claim(SECOND).state == "finished"
    refused("pair_decided", lambda: say(office, SAME, late))


def test_reopened_it_is_a_finding_like_any_other(office: Office, late: str) -> None:
    office.write(deciding.reopen_claim, office.desk.lead, SECOND, reason="تصویر تکراری")
    assert listed(office, office.desk.lead) == ()
    assert late in office.open_keys(SECOND)
    refused("pair_case_open", lambda: say(office, SAME, late))


def test_only_the_lead_answers_and_not_of_his_own_centre(office: Office, late: str) -> None:
    for actor in (office.desk.assessor, office.desk.manager):
        refused("not_permitted", lambda who=actor: say(office, SAME, late, actor=who))
    lead = office.desk.lead
    own = Actor(
        user_id=lead.user_id,
        username=lead.username,
        display_name=lead.display_name,
        roles=lead.roles,
        centre_id=office.claim(SECOND).centre_id,
    )
    refused("conflict_of_interest", lambda: say(office, SAME, late, actor=own))
    assert listed(office, own) == ()
    refused("finding_not_found", lambda: say(office, SAME, "similar_image@case:pair1"))
