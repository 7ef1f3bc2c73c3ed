"""``backup`` under load, ``restore`` and ``verify``: one consistent state, on either engine."""

import json
import threading
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from tests.cli.finished_desk import PAYABLE_RIAL, build_finished
from tests.services import registered_world as world
from workbench.db.engine import Database
from workbench.db.migrations import migrate
from workbench.db.models import AuditEvent, Base, Claim, ClaimLine, EvidenceImage, InternalNote
from workbench.errors import Refused
from workbench.evidence.intake import take_in
from workbench.evidence.store import EvidenceStore
from workbench.services.backups.backup import back_up
from workbench.services.backups.restoration import restore
from workbench.services.claims.registration import register_claim
from workbench.services.verification.verification import verify


@pytest.fixture
def other(tmp_path: Path) -> Database:
    """An empty, migrated SQLite database to restore into."""
    empty = Database(f"sqlite:///{tmp_path / 'other.db'}", synchronous="NORMAL")
    migrate(empty.write_engine)
    yield empty
    empty.dispose()


@pytest.fixture
def other_store(tmp_path: Path) -> EvidenceStore:
    """An empty store to restore into."""
    return EvidenceStore(f"file://{tmp_path / 'other-evidence'}")


def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    with database.reading() as session:
        return {
            table.name: sorted((tuple(row) for row in session.execute(select(table))), key=repr)
            for table in Base.metadata.sorted_tables
        }


def test_a_restored_backup_is_the_same(desk, store, other, other_store, tmp_path, now) -> None:
    made = back_up(desk, store, tmp_path / "b.zip", now=now)
    found = restore(other, other_store, tmp_path / "b.zip", now=now)
    assert found.is_sound and (made.images, made.missing) == (1, ())
    assert rows_of(other) == rows_of(desk)
    with other.reading() as session:
        assert session.scalar(select(Claim.payable_rial)) == PAYABLE_RIAL
        sha256 = session.scalars(select(EvidenceImage.sha256)).one()
        assert verify(session, now=now, store=other_store, anchor=made.head).is_sound
    assert other_store.read(sha256) == store.read(sha256)


@pytest.mark.postgres
def test_a_backup_of_postgresql_restores_into_sqlite(
    desk, store, other, other_store, tmp_path, now
) -> None:
    assert not desk.is_sqlite
    back_up(desk, store, tmp_path / "b.zip", now=now)
    assert restore(other, other_store, tmp_path / "b.zip", now=now).is_sound
    assert rows_of(other) == rows_of(desk)


@pytest.mark.postgres
def test_a_backup_of_sqlite_restores_into_postgresql(
    database, other, store, other_store, tmp_path, now
) -> None:
    build_finished(other, store, now)
    back_up(other, store, tmp_path / "b.zip", now=now)
    assert restore(database, other_store, tmp_path / "b.zip", now=now).is_sound
    assert rows_of(database) == rows_of(other)


def test_a_backup_under_load_is_one_consistent_state(
    desk, store, other, other_store, tmp_path, now
) -> None:
    """Claims with images arrive while it runs: each is in the backup whole or not at all."""
    stopped, landed, failed = threading.Event(), [], []

    def write() -> None:
        try:
            for number in range(400):
                if stopped.is_set():
                    return
                take_in(store, world.picture(number % 200 + 41), "before.jpg")
                claim = replace(
                    world.direct(),
                    number=f"1402{number:06d}",
                    images=(world.image(number % 200 + 41),),
                )
                desk.in_tx(lambda s, c=claim: register_claim(s, None, c, now=now))
                landed.append(number)
        except BaseException as error:
            failed.append(error)
            raise

    writer = threading.Thread(target=write)
    writer.start()
    while len(landed) < 3 and writer.is_alive():
        pass
    before = len(landed)
    made = back_up(desk, store, tmp_path / "b.zip", now=now)
    after = len(landed)
    stopped.set()
    writer.join()
    assert not failed and made.missing == ()
    assert restore(other, other_store, tmp_path / "b.zip", now=now).is_sound
    with other.reading() as session:
        claims = session.scalar(select(func.count()).select_from(Claim)) - 1
        lines = session.scalar(select(func.count()).select_from(ClaimLine)) - 1
        assert verify(session, now=now, store=other_store).is_sound
    assert before <= claims <= after + 1 and lines == claims


def test_a_backup_never_overwrites(desk, store, tmp_path, now) -> None:
    (tmp_path / "b.zip").write_bytes(b"precious")
    with pytest.raises(Refused, match="backup_exists"):
        back_up(desk, store, tmp_path / "b.zip", now=now)
    assert (tmp_path / "b.zip").read_bytes() == b"precious"


def test_a_backup_into_no_folder_is_refused(desk, store, tmp_path, now) -> None:
    with pytest.raises(Refused, match="backup_not_written"):
        back_up(desk, store, tmp_path / "nowhere" / "b.zip", now=now)


def test_a_missing_image_is_named_and_the_rest_is_kept(
    desk, store, other, other_store, tmp_path, now
) -> None:
    with desk.reading() as session:
        sha256 = session.scalars(select(EvidenceImage.sha256)).one()
    store.delete(sha256)
    assert back_up(desk, store, tmp_path / "b.zip", now=now).missing == (sha256,)
    assert restore(other, other_store, tmp_path / "b.zip", now=now).is_sound
    assert not other_store.exists(sha256)


def test_restoring_over_data_is_refused(desk, store, tmp_path, now) -> None:
    back_up(desk, store, tmp_path / "b.zip", now=now)
    before = rows_of(desk)
    with pytest.raises(Refused, match="restore_not_empty"):
        restore(desk, store, tmp_path / "b.zip", now=now)
    assert rows_of(desk) == before


def damage(source: Path, target: Path, change: dict[str, bytes]) -> None:
    """A copy of an archive with entries replaced; empty bytes leave an entry out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = change.get(name, old.read(name))
            if content:
                new.writestr(name, content)


@pytest.mark.parametrize("entry", ["manifest.json", "workbench.db"])
def test_a_damaged_backup_is_refused_and_nothing_lands(
    desk, store, other, other_store, tmp_path, now, entry: str
) -> None:
    back_up(desk, store, tmp_path / "b.zip", now=now)
    damage(tmp_path / "b.zip", tmp_path / "without.zip", {entry: b""})
    damage(tmp_path / "b.zip", tmp_path / "other.zip", {entry: b"{}"})
    (tmp_path / "cut.zip").write_bytes((tmp_path / "b.zip").read_bytes()[:-3_000])
    for name in ("without.zip", "other.zip", "cut.zip"):
        with pytest.raises(Refused, match="backup_damaged"):
            restore(other, other_store, tmp_path / name, now=now)
    assert not any(rows_of(other).values())


def test_a_backup_of_a_tampered_database_is_not_restored(
    desk, store, other, other_store, tmp_path, now
) -> None:
    chosen = select(func.min(AuditEvent.id)).scalar_subquery()
    desk.in_tx(lambda s: s.execute(delete(AuditEvent).where(AuditEvent.id == chosen)))
    back_up(desk, store, tmp_path / "b.zip", now=now)
    with pytest.raises(Refused, match="backup_unsound"):
        restore(other, other_store, tmp_path / "b.zip", now=now)
    assert not any(rows_of(other).values())


def test_a_backup_of_a_newer_program_is_refused(
    desk, store, other, other_store, tmp_path, now
) -> None:
    back_up(desk, store, tmp_path / "b.zip", now=now)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    newer = json.dumps(manifest | {"format": 99}).encode()
    damage(tmp_path / "b.zip", tmp_path / "new.zip", {"manifest.json": newer})
    with pytest.raises(Refused, match="backup_newer"):
        restore(other, other_store, tmp_path / "new.zip", now=now)


def test_an_image_changed_in_the_archive_is_refused(
    desk, store, other, other_store, tmp_path, now
) -> None:
    back_up(desk, store, tmp_path / "b.zip", now=now)
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        (name,) = (n for n in archive.namelist() if n.startswith("evidence/original/"))
    damage(tmp_path / "b.zip", tmp_path / "bad.zip", {name: world.picture(99)})
    with pytest.raises(Refused, match="evidence_damaged_file"):
        restore(other, other_store, tmp_path / "bad.zip", now=now)
    assert not any(rows_of(other).values())


def test_internal_notes_travel_with_a_backup(
    desk, store, other, other_store, tmp_path, now
) -> None:
    """A backup is the whole database, unlike an export."""

    def note(session):
        claim = session.scalars(select(Claim)).one()
        session.add(
            InternalNote(
                insurer_id=claim.insurer_id, claim_id=claim.id, author_id=1, at=now, text="پنهان"
            )
        )

    desk.in_tx(note)
    back_up(desk, store, tmp_path / "b.zip", now=now)
    restore(other, other_store, tmp_path / "b.zip", now=now)
    with other.reading() as session:
        assert session.scalars(select(InternalNote.text)).one() == "پنهان"
