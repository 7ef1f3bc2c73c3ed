"""import → export → import into a fresh database gives the same claims; nothing internal leaves."""

import json

import import_bundle as bundles
import pytest
import registered_world as world
from sqlalchemy import select

from workbench.db.models import (
    Attachment,
    CeilingAccount,
    Claim,
    ClaimLine,
    Draft,
    InternalNote,
    User,
)
from workbench.errors import Refused
from workbench.evidence.store import EvidenceStore
from workbench.rules.workflow import Role
from workbench.services.backups.exports_bundle import export_folder
from workbench.services.batches.receipt import receive_batch
from workbench.services.ceiling.ledger_check import verify_balances
from workbench.services.imports import import_folder

SECRET = "یادداشت محرمانه کارشناس"
CLAIM_COLUMNS = (
    *("number", "kind", "cover_code", "case_on", "tracking_code", "has_prescription"),
    *("registered_at", "line_count", "image_count", "cost_rial", "requested_payable_rial"),
    *("service_groups", "open_finding_count", "round"),
)
LINE_COLUMNS = (
    *("number", "service_on", "code", "tooth", "jaw", "surfaces", "canals", "quantity"),
    *("unit_price_rial", "note"),
)
IMAGE_COLUMNS = ("number", "sha256", "kind", "phase", "teeth", "lines", "taken_on", "file_name")


def content(database):
    """All claims with their lines and images, without ids."""

    def rows(session, model, columns, claim):
        found = session.scalars(
            select(model).where(model.claim_id == claim.id).order_by(model.number)
        )
        return [tuple(getattr(row, name) for name in columns) for row in found]

    with database.reading() as session:
        return [
            (
                tuple(getattr(claim, name) for name in CLAIM_COLUMNS),
                rows(session, ClaimLine, LINE_COLUMNS, claim),
                rows(session, Attachment, IMAGE_COLUMNS, claim),
            )
            for claim in session.scalars(select(Claim).order_by(Claim.number))
        ]


def test_a_fresh_database_gets_the_same_claims(database, other, store, tmp_path, now):
    folder = bundles.write(tmp_path / "in", bundles.bundle())
    import_folder(database, store, folder, now=now)
    report = export_folder(database, store, tmp_path / "out", now=now)
    assert (report.counts["claims"], report.missing_images) == (2, ())

    second_store = EvidenceStore(f"file://{tmp_path / 'second'}")
    landed = import_folder(other, second_store, tmp_path / "out", now=now)
    assert [row.problems for row in landed.refused] == []
    assert content(other) == content(database)
    export_folder(other, second_store, tmp_path / "again", now=now)
    for path in (tmp_path / "out").iterdir():
        if path.is_file():
            assert (tmp_path / "again" / path.name).read_text() == path.read_text()


def test_what_a_receipt_released_is_not_reserved_again(database, other, store, tmp_path, now):
    """Else two letters that fit one ceiling, one after the other, would not fit it together."""
    before = bundles.bundle()
    before["referrals"][0]["amount_rial"] = 33_000_000
    import_folder(database, store, bundles.write(tmp_path / "in", before), now=now)
    database.in_tx(lambda s: receive_batch(s, world.actor(Role.RECEPTION), "366590", now=now))
    database.in_tx(lambda s: world.referral(s, now, "700002", amount_rial=25_000_000))

    export_folder(database, store, tmp_path / "out", now=now)
    landed = import_folder(other, store, tmp_path / "out", now=now)
    assert [row.problems for row in landed.refused] == []
    with other.reading() as session, database.reading() as first:
        accounts = [x.scalars(select(CeilingAccount)).one() for x in (session, first)]
        assert accounts[0].reserved_rial == accounts[1].reserved_rial
        assert verify_balances(session) == []


def test_notes_drafts_and_unfinished_assessments_stay_inside(database, store, tmp_path, now):
    import_folder(database, store, bundles.write(tmp_path / "in", bundles.bundle()), now=now)

    def plant(session):
        user = User(username="a", display_name="a", created_at=now)
        session.add(user)
        session.flush()
        session.add(Draft(user_id=user.id, key="claim:1", value=SECRET, updated_at=now))
        for claim in session.scalars(select(Claim)):
            note = InternalNote(author_id=user.id, at=now, text=SECRET, claim_id=claim.id)
            note.insurer_id = claim.insurer_id
            session.add(note)
        for line in session.scalars(select(ClaimLine)):
            line.assessor_note, line.assessed_code = SECRET, "110"

    database.in_tx(plant)
    export_folder(database, store, tmp_path / "out", now=now)
    for path in (tmp_path / "out").glob("*.jsonl"):
        assert SECRET not in json.dumps(
            [json.loads(line) for line in path.read_text().splitlines()], ensure_ascii=False
        )
    results = [json.loads(x) for x in (tmp_path / "out/results.jsonl").read_text().splitlines()]
    assert [(x["money"], x["lines"]) for x in results] == [(None, []), (None, [])]


def test_an_image_that_is_missing_in_the_store_is_named_and_the_claim_is_written(
    database, store, tmp_path, now
):
    import_folder(database, store, bundles.write(tmp_path / "in", bundles.bundle()), now=now)
    with database.reading() as session:
        lost = session.scalars(
            select(Attachment.sha256).where(Attachment.file_name == "a.jpg")
        ).one()
    store.delete(lost)
    report = export_folder(database, store, tmp_path / "out", now=now)
    assert report.missing_images == (lost,)
    claims = [json.loads(x) for x in (tmp_path / "out/claims.jsonl").read_text().splitlines()]
    images = {claim["number"]: [x["file"] for x in claim["images"]] for claim in claims}
    assert images == {"990748655": ["b.jpg"], "1402000001": ["c.jpg"]}


def test_an_export_never_writes_into_a_folder_that_holds_something(database, store, tmp_path, now):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "x").write_text("kept")
    with pytest.raises(Refused) as refused:
        export_folder(database, store, tmp_path / "out", now=now)
    assert refused.value.code == "export_folder_not_empty"
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["x"]
