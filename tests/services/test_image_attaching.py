"""Adding images to a claim: new ones, earlier ones of the patient, who may, twice, at once."""

import threading
from dataclasses import replace

import pytest
from sqlalchemy import func, select

from tests import builders
from tests.services import registered_world as world
from tests.services.office import CLEAN, DIRECT, ROOT, TWO_LINES, Office, refused
from workbench.db.models import Attachment, AuditEvent, EvidenceImage
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.rules.facts import EvidenceKind, Phase
from workbench.rules.workflow import Role
from workbench.services.claims import deciding
from workbench.services.claims.registration import register_claim
from workbench.services.images.attach_rights import attachable, may_attach, teeth_of
from workbench.services.images.attaching import add_images, attach_earlier
from workbench.services.images.earlier import Earlier, earlier_images
from workbench.services.images.upload import FILES_MAX, Upload, upload_images

TRIES = 6


def upload(shade: int, name: str = "new.jpg", **changes: object) -> Upload:
    base = Upload(name=name, read=lambda: world.picture(shade), kind=EvidenceKind.PERIAPICAL)
    return replace(base, **changes)


@pytest.fixture
def store(tmp_path):
    return EvidenceStore(f"file://{tmp_path / 'store'}")


def send(office: Office, store, number, *files, actor=None):
    who = actor or office.desk.assessor
    place = replace(office.place(number), version=None)
    return upload_images(office.database, store, who, place, files, now=office.now)


def attached(office: Office, number):
    with office.database.reading() as session:
        rows = session.scalars(
            select(Attachment)
            .where(Attachment.claim_id == office.keys[number].claim_id)
            .order_by(Attachment.number)
        )
        return [(x.number, x.kind, x.phase, x.teeth, x.lines, x.file_name) for x in rows]


def last_event(office: Office):
    with office.database.reading() as session:
        return session.scalars(select(AuditEvent).order_by(AuditEvent.id.desc()).limit(1)).one()


def put(office: Office, number, *shades, actor=None):
    images = [world.image(shade, f"{shade}.jpg") for shade in shades]
    return office.write(add_images, actor or office.desk.lead, number, images=images)


def codes(result):
    return [(name, refusal.code) for name, refusal in result.refused]


def test_uploaded_images_are_kept_as_described_on_the_record(office: Office, store) -> None:
    office.take(CLEAN)
    before = office.claim(CLEAN)
    result = send(
        office, store, CLEAN, upload(1, phase=Phase.AFTER, teeth=(26,)), upload(2, "b.jpg")
    )
    assert (result.numbers, result.refused) == ((1, 2), ())
    assert attached(office, CLEAN) == [
        (1, "periapical", "after", [26], [], "new.jpg"),
        (2, "periapical", "none", [], [], "b.jpg"),
    ]
    after, event = office.claim(CLEAN), last_event(office)
    assert (after.image_count, after.version) == (2, before.version + 1)
    assert (event.action, event.actor_id) == ("claim.attach", office.desk.assessor.user_id)
    assert (event.facts["images"], event.facts["version"]) == ([1, 2], after.version)


def test_a_missing_document_that_comes_ends_its_finding(office: Office, store) -> None:
    office.take(ROOT)
    before = {f.code for f in office.assessment(ROOT).open_findings}
    films = [
        upload(number, f"{phase}.jpg", phase=phase, teeth=(11,))
        for number, phase in enumerate((Phase.BEFORE, Phase.DURING, Phase.AFTER), 1)
    ]
    send(office, store, ROOT, *films)
    gone = before - {f.code for f in office.assessment(ROOT).open_findings}
    assert gone, before
    assert office.claim(ROOT).open_finding_count == len(office.open_keys(ROOT))


def test_each_bad_file_is_named_and_the_good_ones_are_kept(office: Office, store) -> None:
    office.take(CLEAN)
    put(office, TWO_LINES, 5)
    bad = upload(1, "bad.jpg", read=lambda: b"no picture")
    result = send(
        office,
        store,
        CLEAN,
        upload(1, "one.jpg"),
        bad,
        upload(1, "twice.jpg"),
        upload(5, "known.jpg"),
        upload(3, "tooth.jpg", teeth=(99,)),
        upload(2, "two.jpg"),
    )
    assert sorted(codes(result)) == [
        ("bad.jpg", "evidence_not_jpeg"),
        ("known.jpg", "evidence_of_same_patient_case"),
        ("tooth.jpg", "image_tooth_wrong"),
        ("twice.jpg", "evidence_attached_already"),
    ]
    assert [row[5] for row in attached(office, CLEAN)] == ["one.jpg", "two.jpg"]
    assert office.claim(CLEAN).image_count == 2


def test_nothing_good_changes_nothing(office: Office, store) -> None:
    office.take(CLEAN)
    before = office.claim(CLEAN).version
    result = send(office, store, CLEAN, upload(1, read=lambda: b""))
    assert (result.numbers, codes(result)) == ((), [("new.jpg", "evidence_empty")])
    assert office.claim(CLEAN).version == before
    assert last_event(office).action != "claim.attach"


def test_no_files_and_too_many_are_refused(office: Office, store) -> None:
    office.take(CLEAN)
    refused("upload_without_files", lambda: send(office, store, CLEAN))
    many = [upload(1)] * (FILES_MAX + 1)
    assert refused("too_many_files", lambda: send(office, store, CLEAN, *many)) == {
        "limit": FILES_MAX
    }


@pytest.mark.parametrize("role", list(Role))
def test_who_may_add_to_a_case_that_nobody_holds(office: Office, store, tmp_path, role) -> None:
    actor = office.desk.everyone()[role]
    work = lambda: send(office, store, CLEAN, upload(1), actor=actor)  # noqa: E731
    with office.database.reading() as session:
        may = may_attach(session, actor, office.place(CLEAN), now=office.now)
    assert may == (role in {Role.RECEPTION, Role.LEAD})
    if may:
        assert work().numbers == (1,)
        return
    with pytest.raises(Refused) as caught:
        work()
    code = "claim_not_taken" if role is Role.ASSESSOR else "not_permitted"
    assert caught.value.code == code
    assert not list((tmp_path / "store").rglob("*.jpg")), "nothing is stored for who may not"


def test_only_the_holder_adds_unless_he_leads(office: Office, store) -> None:
    office.take(CLEAN)
    work = lambda who: send(office, store, CLEAN, upload(1), actor=who)  # noqa: E731
    with pytest.raises(Refused) as caught:
        work(office.colleague)
    assert caught.value.code in {"claim_taken", "claim_not_taken"}
    foreign = replace(office.desk.lead, insurer_ids=frozenset({1}))
    refused("claim_not_found", lambda: work(foreign))
    assert work(office.desk.lead).numbers == (1,)


def test_an_ended_case_takes_no_image(office: Office, store) -> None:
    office.finished(CLEAN)
    for actor in (office.desk.lead, office.desk.reception, office.desk.assessor):
        refused("wrong_state", lambda who=actor: send(office, store, CLEAN, upload(1), actor=who))


def test_a_stale_page_is_refused_after_an_image_came(office: Office) -> None:
    office.take(CLEAN)
    seen = office.place(CLEAN).version
    put(office, CLEAN, 1, actor=office.desk.reception)
    refused(
        "claim_changed",
        lambda: office.write(
            deciding.finish_claim,
            office.desk.assessor,
            CLEAN,
            version=seen,
            nonce="n",
            seen_available_rial=None,
        ),
    )


def listed(office: Office, number, actor=None):
    with office.database.reading() as session:
        found = earlier_images(
            session, actor or office.desk.lead, office.place(number), now=office.now
        )
    return [(x.what, x.place_number, x.number) for x in found]


def pick(office: Office, number, image=1, **changes):
    key = office.keys[number]
    base = Earlier(
        what="case",
        insurer_id=key.insurer_id,
        place_id=key.claim_id,
        number=image,
        kind=EvidenceKind.PANORAMIC,
        phase=Phase.BEFORE,
        teeth=(36,),
        lines=(1,),
    )
    return replace(base, **changes)


def child_case(office: Office):
    """A case of another patient with an image."""
    request = world.direct(
        number="1402000099", national_code=world.CHILD, images=(world.image(50, "child.jpg"),)
    )
    made = office.database.in_tx(lambda s: register_claim(s, None, request, now=office.now))
    office.keys[made.number] = builders.Key(
        insurer_id=made.insurer_id, claim_id=made.claim_id, number=made.number
    )
    return made.number


def test_the_picker_shows_this_patients_images_of_other_cases_once(office: Office) -> None:
    put(office, CLEAN, 1, 2)
    put(office, TWO_LINES, 3)
    child_case(office)
    assert sorted(listed(office, ROOT)) == [
        ("case", CLEAN, 1),
        ("case", CLEAN, 2),
        ("case", TWO_LINES, 1),
    ]
    office.write(attach_earlier, office.desk.lead, ROOT, images=[pick(office, CLEAN)])
    assert sorted(listed(office, ROOT)) == [("case", CLEAN, 2), ("case", TWO_LINES, 1)]
    assert len(listed(office, DIRECT)) == 3, "one image in two cases is shown once"


def test_the_picker_needs_the_right_to_see_images(office: Office) -> None:
    for role, actor in office.desk.everyone().items():
        if role in {Role.ASSESSOR, Role.LEAD}:
            listed(office, CLEAN, actor)
        else:
            refused("not_permitted", lambda who=actor: listed(office, CLEAN, who))


def test_an_earlier_image_is_attached_as_it_is_described_here(office: Office) -> None:
    put(office, CLEAN, 1)
    version = office.claim(ROOT).version
    result = office.write(attach_earlier, office.desk.lead, ROOT, images=[pick(office, CLEAN)])
    assert (result.numbers, result.refused) == ((1,), ())
    assert attached(office, ROOT) == [(1, "panoramic", "before", [36], [1], "1.jpg")]
    assert office.claim(ROOT).version == version + 1
    facts = last_event(office).facts
    assert (facts["images"], facts["sources"]) == ([1], [f"{CLEAN}/1"])
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidenceImage)) == 1


def test_what_cannot_be_attached_is_refused(office: Office) -> None:
    put(office, CLEAN, 1)
    child = child_case(office)
    attach = lambda *images, actor=None: office.write(  # noqa: E731
        attach_earlier, actor or office.desk.lead, ROOT, images=list(images)
    )
    assert codes(attach(pick(office, child))) == [("child.jpg", "evidence_of_other_patient_case")]
    assert codes(attach(pick(office, CLEAN, lines=(9,)))) == [("1.jpg", "image_line_unknown")]
    attach(pick(office, CLEAN))
    assert codes(attach(pick(office, CLEAN))) == [("1.jpg", "evidence_attached_already")]
    refused("earlier_image_unknown", lambda: attach(pick(office, CLEAN, image=9)))
    refused("earlier_image_unknown", lambda: attach(pick(office, CLEAN, what="sheet")))
    refused("claim_not_taken", lambda: attach(pick(office, CLEAN), actor=office.desk.assessor))
    refused(
        "earlier_image_unknown", lambda: attach(pick(office, CLEAN), actor=office.desk.reception)
    )


def test_the_same_file_by_several_people_at_once_is_one_row(office: Office, store) -> None:
    start, outcomes = threading.Barrier(TRIES), []

    def work(number: int) -> None:
        start.wait()
        case = (CLEAN, TWO_LINES)[number % 2]
        result = send(office, store, case, upload(7, f"{number}.jpg"), actor=office.desk.lead)
        outcomes.append(result.numbers or codes(result)[0][1])

    threads = [threading.Thread(target=work, args=(number,)) for number in range(TRIES)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == TRIES
    assert outcomes.count((1,)) == 1
    told = set(outcomes) - {(1,)}
    assert told <= {"evidence_attached_already", "evidence_of_same_patient_case"}
    with office.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidenceImage)) == 1
        assert session.scalar(select(func.count()).select_from(Attachment)) == 1


def test_the_cases_that_take_images_are_told_to_who_may_add_them(office: Office) -> None:
    office.take(CLEAN)
    office.finished(TWO_LINES)
    ids = {number: key.claim_id for number, key in office.keys.items()}
    insurer_id = office.keys[CLEAN].insurer_id

    def told(actor):
        with office.database.reading() as session:
            found = attachable(session, actor, insurer_id, list(ids.values()), now=office.now)
        return {number for number, claim_id in ids.items() if claim_id in found}

    assert told(office.desk.reception) == told(office.desk.lead) == set(ids) - {TWO_LINES}
    assert told(office.desk.assessor) == {CLEAN}
    assert told(office.desk.finance) == set()
    assert told(replace(office.desk.reception, insurer_ids=frozenset({-1}))) == set()


def test_the_teeth_of_a_case_are_told_to_who_may_add_images(office: Office) -> None:
    def told(actor):
        with office.database.reading() as session:
            return teeth_of(session, actor, office.place(TWO_LINES), now=office.now)

    assert told(office.desk.reception) == (26,)
    refused("not_permitted", lambda: told(office.desk.finance))
    refused("claim_not_taken", lambda: told(office.desk.assessor))
