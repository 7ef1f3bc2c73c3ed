"""Two images that look alike: kept once, asked of the later one, decided once for all."""

import pytest
from sqlalchemy import delete, select

from tests.builders import Key
from tests.services import registered_world as world
from tests.services.office import Office, refused
from workbench.db.models import ImageJob, SimilarPair
from workbench.rules.workflow import ClaimState
from workbench.services.claims import assessing, deciding, registration
from workbench.services.claims.reading import read_case
from workbench.services.images.similar_pairs import (
    DECIDED,
    Alike,
    decide_pair,
    keep_pairs,
    pair_seal,
)

FIRST, SECOND = "1402000021", "1402000022"


@pytest.fixture
def pair(office: Office) -> str:
    """Two members' documents of two patients, whose images look alike; the second one is mine."""
    for number, shade, code in ((FIRST, 1, world.PRINCIPAL), (SECOND, 2, world.CHILD)):
        request = world.direct(number=number, national_code=code, images=(world.image(shade),))
        made = office.database.in_tx(
            lambda s, sent=request: registration.register_claim(s, None, sent, now=office.now)
        )
        office.keys[number] = Key(insurer_id=made.insurer_id, claim_id=made.claim_id, number=number)
    assert found(office) == 1
    office.database.in_tx(lambda s: s.execute(delete(ImageJob)))
    office.take(SECOND)
    return f"similar_image@case:pair{stored(office).id}"


def found(office: Office) -> int:
    """The worker found them alike."""
    shas = [world.image(shade).accepted.sha256 for shade in (1, 2)]
    alike = Alike(sha256=shas[1], other_sha256=shas[0], distance=9, change={"codes": ["mirrored"]})
    return office.database.in_tx(lambda s: keep_pairs(s, [alike], now=office.now))


def stored(office: Office) -> SimilarPair:
    with office.database.reading() as session:
        return session.scalars(select(SimilarPair)).one()


def answer(office: Office, service: object, number: str, key: str, **given: object) -> object:
    return office.write(service, office.desk.assessor, number, key=key, **given)


def test_a_pair_found_twice_is_kept_once(office: Office, pair: str) -> None:
    assert found(office) == 0
    assert stored(office).decision is None


def test_the_later_image_asks_and_the_earlier_one_only_tells(office: Office, pair: str) -> None:
    assert pair in office.open_keys(SECOND)
    assert office.claim(SECOND).open_finding_count == len(office.open_keys(SECOND))
    told = [f.code for f in office.assessment(FIRST).findings]
    assert "image_used_again" in told
    assert not [key for key in office.open_keys(FIRST) if "pair" in key]


def test_the_finding_names_the_other_case_and_image(office: Office, pair: str) -> None:
    (finding,) = [f for f in office.assessment(SECOND).findings if f.key == pair]
    assert finding.facts["other_claim"] == FIRST
    assert finding.facts["other_image"] == 1
    assert finding.facts["is_same_patient"] is False
    assert finding.facts["changes"] == ("mirrored",)


def test_the_case_cannot_be_finished_before_it_is_decided(office: Office, pair: str) -> None:
    for key in office.open_keys(SECOND):
        if key != pair:
            answer(office, assessing.override_finding, SECOND, key, reason="دیده شد")
    refused("undecided_case", lambda: office.finish(SECOND))


def test_the_same_picture_waits_for_the_return(office: Office, pair: str) -> None:
    answer(office, assessing.accept_finding, SECOND, pair)
    assert stored(office).decision == "same"
    assert pair in office.open_keys(SECOND)
    refused("needs_return", lambda: answer(office, assessing.accept_finding, SECOND, pair))
    office.give_back(
        SECOND, deciding.DefectInput(reason="R14", scope="image", image_number=1, text="همان")
    )
    assert office.claim(SECOND).state == ClaimState.RETURNED


def test_a_coincidence_needs_a_reason_and_is_remembered(office: Office, pair: str) -> None:
    override = assessing.override_finding
    refused("coincidence_needs_reason", lambda: answer(office, override, SECOND, pair, reason=" "))
    answer(office, override, SECOND, pair, reason="دو دندان متفاوت")
    assert (stored(office).decision, stored(office).reason) == ("coincidence", "دو دندان متفاوت")
    assert pair not in office.open_keys(SECOND)
    assert [f for f in office.assessment(SECOND).findings if f.code == "similar_image"]
    office.give_back(SECOND, deciding.DefectInput(reason="R09"))
    office.resubmit(SECOND)
    assert not [f for f in office.assessment(SECOND).findings if f.code == "similar_image"]


def test_a_same_picture_may_be_overridden_and_stays_the_same(office: Office, pair: str) -> None:
    answer(office, assessing.accept_finding, SECOND, pair)
    answer(office, assessing.override_finding, SECOND, pair, reason="اسکن دوباره همان فیلم")
    assert stored(office).decision == "same"
    assert pair not in office.open_keys(SECOND)


def test_it_is_decided_once(office: Office, pair: str) -> None:
    answer(office, assessing.accept_finding, SECOND, pair)
    pair_id = stored(office).id
    facts = refused(
        "pair_decided",
        lambda: office.database.in_tx(
            lambda s: decide_pair(
                s, office.desk.assessor, pair_id, "coincidence", "دیگر", now=office.now
            )
        ),
    )
    assert facts["decision"] == "same"
    refused(
        "pair_unknown",
        lambda: office.database.in_tx(
            lambda s: decide_pair(s, office.desk.assessor, 5, "same", "", now=office.now)
        ),
    )


def test_the_decision_stands_in_the_trail_of_both_cases(office: Office, pair: str) -> None:
    answer(office, assessing.accept_finding, SECOND, pair)
    for number in (FIRST, SECOND):
        (event,) = [each for each in office.events(number) if each.action == DECIDED]
        assert event.facts == {
            "pair": str(stored(office).id),
            "decision": "same",
            "images": [1],
            "seal": pair_seal(stored(office)),
        }


def test_the_page_shows_both_sides(office: Office, pair: str) -> None:
    for number, code in ((FIRST, "image_used_again"), (SECOND, "similar_image")):
        key = office.keys[number]
        with office.database.reading() as session:
            view = read_case(
                session, office.desk.assessor, key.insurer_id, key.claim_id, now=office.now
            )
        assert code in {f.code for f in view.findings}
