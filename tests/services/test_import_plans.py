"""Treatment plans arrive by import, and an export carries them on."""

import import_bundle as bundles
from registered_world import COUNCIL, INSURER
from sqlalchemy import select

from workbench.db.models import PlanImage, PlanUnit, TreatmentPlan
from workbench.evidence.store import EvidenceStore
from workbench.persian.jalali import parse_instant
from workbench.services.backups.exports_bundle import export_folder
from workbench.services.imports import import_folder

FILES = {"id.jpg": 11, "form.jpg": 12, "opg.jpg": 13, "photo.jpg": 14}
KINDS = ("identity", "plan_form", "panoramic", "photograph")


def plan(**changes):
    images = [
        {"file": name, "kind": kind, "teeth": ["LL6"]}
        for name, kind in zip(FILES, KINDS, strict=True)
    ]
    base = {
        "insurer": INSURER,
        "number": "۱۰۰۰۰۰۱",
        "referral": "700001",
        "dentist": COUNCIL,
        "submitted_at": "1402/09/13 15:00",
        "units": [{"number": 1, "code": "610", "tooth": "۶ پایین چپ", "amount_rial": "98,000,000"}],
        "images": images,
    }
    return base | changes


def bundle(*plans):
    content = bundles.bundle()
    content["services"].append({"code": "610", "title": "ایمپلنت", "group": "implant"})
    content["plans"] = list(plans)
    return content


def load(database, store, folder, now, *plans):
    written = bundles.write(folder, bundle(*plans), bundles.IMAGES | FILES)
    return import_folder(database, store, written, now=now)


def content(database):
    with database.reading() as session:
        rows = session.scalars(select(TreatmentPlan)).all()
        units = session.scalars(select(PlanUnit)).all()
        images = session.scalars(select(PlanImage).order_by(PlanImage.number)).all()
        return (
            [(row.number, row.kinds, row.start_at, row.due_at) for row in rows],
            [(unit.code, unit.tooth, unit.amount_rial) for unit in units],
            [(image.kind, image.sha256, tuple(image.teeth)) for image in images],
        )


def test_a_plan_lands_with_its_pack_and_its_clock(database, store, tmp_path, now):
    report = load(database, store, tmp_path / "in", now, plan())
    assert [row.sentence for row in report.refused] == []
    (row,), units, images = content(database)
    start_at = parse_instant("1402/09/13 15:00")  # a Monday; Thursday and Friday are off
    assert row[1:] == ("implant", start_at, parse_instant("1402/09/15 15:00"))
    assert units == [("610", 36, 98_000_000)]
    assert [kind for kind, _sha, _teeth in images] == list(KINDS)
    again = load(database, store, tmp_path / "in", now, plan())
    assert again.counts()["plans"] == {"unchanged": 1}


def test_a_bad_plan_is_named_and_the_rest_lands(database, store, tmp_path, now):
    without_form = plan(number="1000002", images=plan()["images"][:1])
    report = load(database, store, tmp_path / "in", now, plan(), without_form)
    (refused,) = report.refused
    assert (refused.kind, refused.problems[0].code) == ("plans", "plan_pack_missing")
    assert report.counts()["plans"] == {"landed": 1, "refused": 1}


def test_an_export_carries_the_plans_on(database, other, store, tmp_path, now):
    load(database, store, tmp_path / "in", now, plan())
    export_folder(database, store, tmp_path / "out", now=now)
    second = EvidenceStore(f"file://{tmp_path / 'second'}")
    landed = import_folder(other, second, tmp_path / "out", now=now)
    assert [row.sentence for row in landed.refused] == []
    assert content(other) == content(database)
