"""``"attach": true`` in an import: an earlier image of the same patient, attached once more."""

import json

import import_bundle as bundles
import pytest
from sqlalchemy import func, select

from workbench.db.models import Attachment, EvidenceImage
from workbench.evidence.store import EvidenceStore
from workbench.services.backups.exports_bundle import export_folder
from workbench.services.imports import Outcome, import_folder
from workbench.services.imports.rows import ImagePart

EARLIER = {"file": "a.jpg", "kind": "panoramic", "teeth": [26], "attach": True}


def content(*images, **changes):
    """The bundle with a second claim of the principal that names these images."""
    bundle = bundles.bundle()
    second = bundles.direct(national_code=bundles.PRINCIPAL, images=list(images), **changes)
    return bundle | {"claims": [bundle["claims"][0], second]}


def load(database, store, folder, now, *images, **changes):
    written = bundles.write(folder, content(*images, **changes))
    return import_folder(database, store, written, now=now)


def test_an_earlier_image_is_attached_and_a_repeat_changes_nothing(database, store, tmp_path, now):
    report = load(database, store, tmp_path / "in", now, EARLIER)
    assert [row.sentence for row in report.refused] == []
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(EvidenceImage)) == 2
        assert session.scalar(select(func.count()).select_from(Attachment)) == 3
    again = import_folder(database, store, tmp_path / "in", now=now)
    assert {row.outcome for row in again.rows} == {Outcome.UNCHANGED}


@pytest.mark.parametrize(
    ("image", "changes", "code"),
    [
        (EARLIER | {"attach": False}, {}, "evidence_of_same_patient_case"),
        (EARLIER | {"file": "c.jpg"}, {}, "evidence_not_earlier"),
        (EARLIER, {"national_code": bundles.CHILD}, "evidence_of_other_patient"),
        (EARLIER | {"attach": "perhaps"}, {}, "choice_wrong"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_row(
    database, store, tmp_path, now, image, changes, code
):
    sent = content(image)
    sent["claims"][1] |= changes
    folder = bundles.write(tmp_path / "in", sent)
    report = import_folder(database, store, folder, now=now)
    assert [(row.kind, row.line_number) for row in report.refused] == [("claims", 2)]
    assert [problem.code for problem in report.refused[0].problems] == [code]


def test_an_export_says_attach_and_lands_in_a_fresh_database(database, other, store, tmp_path, now):
    load(database, store, tmp_path / "in", now, EARLIER)
    export_folder(database, store, tmp_path / "out", now=now)
    lines = (tmp_path / "out" / "claims.jsonl").read_text().splitlines()
    said = [image.get("attach", False) for line in lines for image in json.loads(line)["images"]]
    assert said == [False, False, True]

    second = EvidenceStore(f"file://{tmp_path / 'second'}")
    landed = import_folder(other, second, tmp_path / "out", now=now)
    assert [row.sentence for row in landed.refused] == []
    export_folder(other, second, tmp_path / "again", now=now)
    assert (tmp_path / "again" / "claims.jsonl").read_text().splitlines() == lines


def test_a_row_without_attach_has_the_hash_it_always_had():
    """Else a bundle imported before this field existed would be refused as changed."""
    plain = {"file": "a.jpg", "kind": "other"}
    assert "attach" not in ImagePart.model_validate(plain).model_dump(mode="json")
    attached = ImagePart.model_validate(plain | {"attach": True})
    assert attached.model_dump(mode="json")["attach"] is True
