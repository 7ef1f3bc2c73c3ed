"""The same import from a zip, and what a hostile zip gets."""

import io
import warnings
import zipfile

import import_bundle as bundles
import pytest
import registered_world as world
from sqlalchemy import select

from workbench.db.models import Claim
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.rules.workflow import Role
from workbench.services.imports import Outcome, archive, import_archive

CLERK = world.actor(Role.RECEPTION)


@pytest.fixture
def take(database, tmp_path, now):
    store = EvidenceStore(f"file://{tmp_path / 'store'}")
    return lambda data, actor=CLERK: import_archive(database, store, data, actor=actor, now=now)


def zip_of(*entries):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zipfile warns of the same name twice
        for name, data in entries:
            made.writestr(name, data)
    return buffer.getvalue()


@pytest.mark.parametrize("prefix", ["", "from the centre/"])
def test_a_zip_lands_like_its_folder(take, database, tmp_path, prefix):
    folder = bundles.write(tmp_path / "in", bundles.bundle())
    report = take(bundles.zipped(folder, prefix))
    assert report.count(Outcome.LANDED) == len(report.rows) == 18
    with database.reading() as session:
        assert len(session.scalars(select(Claim)).all()) == 2


@pytest.mark.parametrize(
    "name",
    [
        "../claims.jsonl",
        "/claims.jsonl",
        "evidence/../../a.jpg",
        "evidence\\..\\a.jpg",
        "C:/a.jpg",
        "evidence/deep/a.jpg",
        "evidence/" + "a" * 300 + ".jpg",
    ],
)
def test_a_path_that_leads_elsewhere_refuses_the_whole_zip(take, tmp_path, name):
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Refused) as refused:
        take(zip_of(("insurers.jsonl", "{}"), ("evidence/b.jpg", "x"), (name, "x")))
    assert refused.value.code == "archive_bad_name"
    assert sorted(tmp_path.rglob("*")) == before


def test_the_same_name_twice_is_refused(take):
    with pytest.raises(Refused) as refused:
        take(zip_of(("insurers.jsonl", "{}"), ("insurers.jsonl", "{}")))
    assert refused.value.code == "archive_bad_name"


def test_a_bomb_is_stopped_while_it_unpacks(take):
    with pytest.raises(Refused) as refused:
        take(zip_of(("insurers.jsonl", b"\0" * 300_000_000)))
    assert refused.value.code == "archive_too_large"


def test_too_many_entries_are_refused(take, monkeypatch):
    monkeypatch.setattr(archive, "ENTRIES_MAX", 2)
    with pytest.raises(Refused) as refused:
        take(zip_of(*((f"evidence/{n}.jpg", "x") for n in range(3))))
    assert refused.value.code == "archive_too_large"


@pytest.mark.parametrize("data", [b"", b"PK\3\4 no", b"x" * 1000])
def test_what_is_no_zip_is_refused(take, data):
    with pytest.raises(Refused) as refused:
        take(data)
    assert refused.value.code == "archive_damaged"


def test_a_zip_cut_in_the_middle_is_refused(take, tmp_path):
    whole = bundles.zipped(bundles.write(tmp_path / "in", bundles.bundle()))
    damaged = bytearray(whole)
    damaged[60:80] = b"\xff" * 20
    for data in (whole[: len(whole) // 2], bytes(damaged)):
        with pytest.raises(Refused) as refused:
            take(data)
        assert refused.value.code == "archive_damaged"


def test_an_assessor_may_not(take):
    with pytest.raises(Refused) as refused:
        take(b"", actor=world.actor(Role.ASSESSOR))
    assert refused.value.code == "not_permitted"
