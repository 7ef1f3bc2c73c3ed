"""An answer about two look-alike images is taken back: by whom, until when, and what follows."""

import pytest
from sqlalchemy import select

from tests.services.office import Office, refused
from tests.services.test_similar_pairs import FIRST, SECOND, answer, pair, stored
from workbench.db.models import FindingAnswer, InternalNote
from workbench.errors import Refused
from workbench.services.access import Actor
from workbench.services.claims import assessing, deciding, taking
from workbench.services.claims.reading import read_case
from workbench.services.errors import sentence
from workbench.services.images.pair_answers import PairAnswer, take_back_answer
from workbench.services.images.similar_pairs import TAKEN_BACK

__all__ = ["pair"]
WHY = "دو فیلم از یک دندان"


@pytest.fixture
def answered(office: Office, pair: str) -> str:
    """The assessor said that it is a coincidence."""
    answer(office, assessing.override_finding, SECOND, pair, reason=WHY)
    return pair


def back(office: Office, actor: Actor, key: str, number: str = SECOND, **given: object) -> object:
    return office.write(take_back_answer, actor, number, key=key, **given)


def shown(office: Office, actor: Actor, number: str = SECOND) -> PairAnswer | None:
    key = office.keys[number]
    with office.database.reading() as session:
        view = read_case(session, actor, key.insurer_id, key.claim_id, now=office.now)
    return view.pairs.get(stored(office).id)


def test_who_answered_takes_it_back_and_the_finding_is_open_again(
    office: Office, answered: str
) -> None:
    before = office.claim(SECOND)
    back(office, office.desk.assessor, answered)
    row = stored(office)
    assert (row.decision, row.decided_by_id, row.decided_at, row.reason) == (None, None, None, "")
    assert answered in office.open_keys(SECOND)
    after = office.claim(SECOND)
    assert after.open_finding_count == before.open_finding_count + 1
    assert after.version == before.version + 1
    answer(office, assessing.accept_finding, SECOND, answered)
    assert stored(office).decision == "same"


def test_the_same_picture_is_taken_back_with_what_it_was_overridden_by(
    office: Office, pair: str
) -> None:
    answer(office, assessing.accept_finding, SECOND, pair)
    answer(office, assessing.override_finding, SECOND, pair, reason=WHY)
    back(office, office.desk.assessor, pair)
    assert pair in office.open_keys(SECOND)
    with office.database.reading() as session:
        assert session.scalars(select(FindingAnswer.finding_key)).all() == []


def test_it_is_an_event_of_both_cases(office: Office, answered: str) -> None:
    back(office, office.desk.assessor, answered)
    for number in (FIRST, SECOND):
        (event,) = [each for each in office.events(number) if each.action == TAKEN_BACK]
        assert event.actor_id == office.desk.assessor.user_id
        assert event.facts["pair"] == str(stored(office).id)
        assert event.facts["decision"] == "coincidence"
        assert WHY not in str(event.facts)


def test_the_lead_takes_any_answer_back_with_a_reason(office: Office, answered: str) -> None:
    lead = office.desk.lead
    facts = refused("taking_back_needs_reason", lambda: back(office, lead, answered, reason=" "))
    assert facts["name"] == office.desk.assessor.display_name
    back(office, lead, answered, reason="فیلم همان است")
    assert stored(office).decision is None
    with office.database.reading() as session:
        note = session.scalars(select(InternalNote).order_by(InternalNote.id.desc())).first()
        assert note is not None
        assert (note.text, note.author_id) == ("فیلم همان است", lead.user_id)
    claim = office.claim(SECOND)
    assert claim.assignee_id == office.desk.assessor.user_id


def test_the_lead_takes_it_back_from_the_other_case(office: Office, pair: str) -> None:
    answer(office, assessing.accept_finding, SECOND, pair)
    (told,) = [f for f in office.assessment(FIRST).findings if f.code == "image_used_again"]
    back(office, office.desk.lead, told.key, FIRST, reason="اشتباه بود")
    assert pair in office.open_keys(SECOND)


def test_a_colleague_does_not_take_it_back(office: Office, answered: str) -> None:
    office.call(taking.release_claim, office.desk.assessor, SECOND)
    office.take(SECOND, office.colleague)
    facts = refused("pair_of_another", lambda: back(office, office.colleague, answered))
    assert facts["name"] == office.desk.assessor.display_name
    refused("claim_taken", lambda: back(office, office.desk.assessor, answered))
    assert stored(office).decision == "coincidence"


def test_a_manager_may_not(office: Office, answered: str) -> None:
    refused("not_permitted", lambda: back(office, office.desk.manager, answered, reason=WHY))


def test_an_answer_stands_once_the_case_is_decided(office: Office, answered: str) -> None:
    office.decide_all(SECOND)
    office.finish(SECOND)
    for actor in (office.desk.assessor, office.desk.lead):
        facts = refused(
            "pair_case_ended", lambda who=actor: back(office, who, answered, reason=WHY)
        )
        assert facts["number"] == SECOND
    kept = shown(office, office.desk.lead)
    assert kept is not None and not kept.may_take_back


def test_an_answer_stands_while_the_case_is_returned(office: Office, answered: str) -> None:
    office.give_back(SECOND, deciding.DefectInput(reason="R09"))
    refused("pair_case_returned", lambda: back(office, office.desk.lead, answered, reason=WHY))


def test_two_at_once_the_second_one_is_told(office: Office, answered: str) -> None:
    seen = office.claim(SECOND).version
    back(office, office.desk.lead, answered, reason="فیلم همان است")
    refused("claim_changed", lambda: back(office, office.desk.assessor, answered, version=seen))
    refused("pair_not_answered", lambda: back(office, office.desk.assessor, answered))


def test_what_does_not_speak_of_two_images_is_not_found(office: Office, answered: str) -> None:
    refused(
        "finding_not_found",
        lambda: back(office, office.desk.assessor, "evidence_missing@1:before"),
    )


def test_the_page_says_who_may_take_it_back(office: Office, answered: str) -> None:
    own = shown(office, office.desk.assessor)
    assert own is not None
    assert (own.decision, own.reason, own.by) == (
        "coincidence",
        WHY,
        office.desk.assessor.display_name,
    )
    assert (own.may_take_back, own.needs_reason) == (True, False)
    lead = shown(office, office.desk.lead)
    assert lead is not None and (lead.may_take_back, lead.needs_reason) == (True, True)
    manager = shown(office, office.desk.manager)
    assert manager is not None and not manager.may_take_back


def test_one_of_ones_own_centre_is_not_the_leads(office: Office, answered: str) -> None:
    lead = office.desk.lead
    centre_id = office.claim(SECOND).centre_id
    interested = Actor(
        user_id=lead.user_id,
        username=lead.username,
        display_name=lead.display_name,
        roles=lead.roles,
        centre_id=centre_id,
    )
    refused("conflict_of_interest", lambda: back(office, interested, answered, reason=WHY))


@pytest.mark.parametrize(
    "code",
    [
        "pair_case_ended",
        "pair_case_returned",
        "pair_not_answered",
        "pair_of_another",
        "pair_of_another_member",
        "taking_back_needs_reason",
        "pair_plan_decided",
        "pair_plan_returned",
        "coincidence_needs_reason",
        "pair_case_open",
        "images_not_compared",
    ],
)
def test_each_refusal_has_its_sentence(code: str) -> None:
    said = sentence(Refused(code, number="1402000022", name="ن", images=(1,), until=None))
    assert code not in said
