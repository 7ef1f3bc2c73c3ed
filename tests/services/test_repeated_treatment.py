"""What was done before in ended cases reaches the next case as facts, a finding and its images."""

from dataclasses import replace

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from tests import builders
from tests.services import registered_world as world
from tests.services.office import CLEAN, DIRECT, Office
from tests.services.test_tooth_history import _second_insurer
from workbench.db.case_history import load_history
from workbench.db.models import Attachment, Claim, ClaimLine, EvidenceImage, new_id
from workbench.db.snapshots import load_case
from workbench.rules.document import thaw, thaw_parameters
from workbench.rules.facts import EarlierTreatment
from workbench.rules.parameters import load_parameters
from workbench.rules.rulebook import find_all
from workbench.rules.workflow import ClaimState
from workbench.services.access import Actor
from workbench.services.claims import reading
from workbench.services.claims.view import CaseView
from workbench.services.images.other import others_of

EARLIER_ON = world.SERVICE_ON.replace(year=world.SERVICE_ON.year - 1)


def _end(office: Office, number: str = CLEAN) -> None:
    builders.bring(
        office.database, office.desk, office.keys[number], office.now, ClaimState.FINISHED
    )


def _change(office: Office, number: str = CLEAN, **values: object) -> None:
    """The lines of a case as if they had been registered so."""
    statement = update(ClaimLine).where(ClaimLine.claim_id == office.keys[number].claim_id)
    office.database.in_tx(lambda session: session.execute(statement.values(**values)))


def _history(office: Office, number: str = DIRECT) -> tuple[EarlierTreatment, ...]:
    with office.database.reading() as session:
        key = office.keys[number]
        return load_case(session, session.get_one(Claim, (key.insurer_id, key.claim_id))).history


def _attach(office: Office, of_case: str, **values: object) -> None:
    def work(session: Session) -> None:
        key = office.keys[of_case]
        sha256 = f"{new_id():064x}"
        claim = session.get_one(Claim, (key.insurer_id, key.claim_id))
        image = {"person_id": claim.person_id, "size_bytes": 9, "width": 20, "height": 10}
        session.execute(insert(EvidenceImage).values(sha256=sha256, stored_at=office.now, **image))
        row = {"kind": "periapical", "phase": "after", "round_added": 1, "file_name": "a.jpg"}
        keys = {"insurer_id": key.insurer_id, "claim_id": key.claim_id, "id": new_id()}
        session.execute(insert(Attachment).values(sha256=sha256, **keys, **(row | values)))

    office.database.in_tx(work)


def test_the_same_filling_in_an_ended_case_is_found_with_its_images(office: Office) -> None:
    _end(office)
    _change(office, service_on=EARLIER_ON)
    _attach(office, CLEAN, number=1, teeth=[26], lines=[])
    _attach(office, CLEAN, number=2, teeth=[11], lines=[])
    _attach(office, CLEAN, number=3, teeth=[], lines=[1])
    (treatment,) = _history(office)
    assert (treatment.on, treatment.group) == (EARLIER_ON, "filling")
    assert (treatment.claim_number, treatment.images) == (CLEAN, (1, 3))
    (finding,) = [
        each for each in office.assessment(DIRECT).findings if each.code == "treated_before"
    ]
    assert (finding.proposal.reason, finding.facts["earlier_claim"]) == ("D05", CLEAN)
    assert finding.facts["earlier_images"] == (1, 3)


def test_a_case_is_not_its_own_history(office: Office) -> None:
    _end(office)
    office.reopen(CLEAN)
    assert _history(office, CLEAN) == ()


def test_only_ended_cases_count(office: Office) -> None:
    office.take(CLEAN)
    _change(office, service_on=EARLIER_ON)
    assert _history(office) == ()


def test_what_is_beyond_every_interval_is_not_read(office: Office) -> None:
    _end(office)
    _change(office, service_on=EARLIER_ON.replace(year=EARLIER_ON.year - 2))
    assert _history(office) == ()


def test_another_tooth_and_another_treatment_are_left_out(office: Office) -> None:
    _end(office)
    _change(office, service_on=EARLIER_ON, tooth=27)
    assert _history(office) == ()
    _change(office, service_on=EARLIER_ON, tooth=26, code="810")
    assert _history(office) == ()


def test_of_another_insurer_only_day_code_and_place_are_told(office: Office) -> None:
    """The case of the second insurer is asked about; the ended one is of the first."""
    _end(office)
    _change(office, service_on=EARLIER_ON)
    other_id = office.database.in_tx(lambda session: _second_insurer(session, office.now))
    told = _told_to(office, other_id)
    assert told == (EarlierTreatment(on=EARLIER_ON, code="125", tooth=26, jaw=None),)


def _told_to(office: Office, other_id: int) -> tuple[EarlierTreatment, ...]:
    """The history that a claim of the other insurer would be told."""
    lines = office.assessment(DIRECT).case.lines
    with office.database.reading() as session:
        claim = session.get_one(
            Claim, (office.keys[DIRECT].insurer_id, office.keys[DIRECT].claim_id)
        )
        session.expunge(claim)
        claim.insurer_id = other_id
        return load_history(session.connection(), claim, lines, load_parameters())


def test_the_frozen_round_gives_the_same_finding_again(office: Office) -> None:
    _end(office)
    _change(office, service_on=EARLIER_ON)
    office.finished(DIRECT)
    document = office.round_of(DIRECT, 1).document
    assert document is not None
    found = find_all(thaw(document), thaw_parameters(document))
    assert "treated_before@1" in {each.key for each in found}


def _view(office: Office, actor: Actor, number: str = DIRECT) -> CaseView:
    key = office.keys[number]
    with office.database.reading() as session:
        return reading.read_case(session, actor, key.insurer_id, key.claim_id, now=office.now)


def _with_images(office: Office) -> None:
    _end(office)
    _change(office, service_on=EARLIER_ON)
    _attach(office, CLEAN, number=1, teeth=[26], lines=[])
    _attach(office, CLEAN, number=3, teeth=[], lines=[1])


def test_the_images_of_the_earlier_treatment_come_with_the_case(office: Office) -> None:
    _with_images(office)
    others = _view(office, office.desk.lead).others
    assert [(each.number, each.image, each.claim_number) for each in others] == [
        (1_000, 1, CLEAN),
        (1_001, 3, CLEAN),
    ]
    assert {each.finding for each in others} == {"treated_before@1"}


def test_who_may_not_see_the_other_case_gets_none_of_its_images(office: Office) -> None:
    _with_images(office)
    with office.database.reading() as session:
        key = office.keys[CLEAN]
        dentist_id = session.get_one(Claim, (key.insurer_id, key.claim_id)).dentist_id
    with office.database.reading() as session:
        claim = session.get_one(Claim, (key.insurer_id, office.keys[DIRECT].claim_id))
        findings = office.assessment(DIRECT).findings
        actor = replace(office.desk.lead, dentist_id=dentist_id)
        assert others_of(session, actor, claim, findings) == ()
        assert len(others_of(session, office.desk.lead, claim, findings)) == 2


def test_an_image_of_another_case_is_on_the_trail_of_that_case(office: Office) -> None:
    _with_images(office)
    others = _view(office, office.desk.lead).others
    before = office.actions(DIRECT)
    office.database.in_tx(
        lambda s: reading.record_others_seen(
            s, office.desk.lead, others, [1, 1_001, 1_002], now=office.now
        )
    )
    last = office.events(CLEAN)[-1]
    assert (last.action, last.facts["images"]) == ("evidence.shown", [3])
    assert office.actions(DIRECT) == before
